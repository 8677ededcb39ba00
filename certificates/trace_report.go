package certificates

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/lims"
)

// traceReport walks from an inspection report back over its results to people, equipment, portions, seals and handovers.
func (s *Service) traceReport(w *walker, d Document) error {
	detail, err := s.lims.Detail(w.ctx, w.actor, d.SubjectNumber)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(detail.Reports, func(r lims.Report) bool { return r.ID == d.SubjectID })
	if at < 0 {
		w.gap(d.ID, "report_missing", "文书所依据的报告记录缺失", "the report that the document rests on is missing")
		return nil
	}
	report := detail.Reports[at]
	var summary lims.Summary
	if err := json.Unmarshal(report.Summary, &summary); err != nil {
		return fmt.Errorf("summary of report %s: %w", report.ID, err)
	}
	rests := make([]string, 0, len(summary.Items))
	for _, i := range summary.Items {
		rests = append(rests, i.ResultID)
	}
	compiled := report.CompiledAt
	w.add(Node{
		ID: report.ID, Kind: "report", Number: fmt.Sprintf("%s / %d", d.SubjectNumber, report.Revision), Person: report.Compiler,
		At: &compiled, Hash: report.SummaryHash, ZH: fmt.Sprintf("报告第%d版", report.Revision),
		EN: fmt.Sprintf("Report, revision %d", report.Revision), Rests: rests,
	})
	if d.Conclusion != string(report.Conclusion) {
		w.gap(report.ID, "document_differs", "文书登记的结论与报告不一致", "the document is on file with another conclusion than the report")
	}
	hash := sha256.Sum256(report.Summary)
	if err := w.signatures("report", report.ID, hex.EncodeToString(hash[:])); err != nil {
		return err
	}
	if err := s.traceResults(w, detail, summary); err != nil {
		return err
	}
	w.portions(detail)
	if err := w.custody(detail); err != nil {
		return err
	}
	return w.events("sample", detail.Sample.ID)
}

// traceResults adds every result of the report with the equipment that it was measured with, and the instrument's file
// that it was taken from.
func (s *Service) traceResults(w *walker, detail lims.Detail, summary lims.Summary) error {
	for _, item := range summary.Items {
		r, ok := resultByID(detail, item.ResultID)
		if !ok {
			w.gap(item.ResultID, "result_missing", "项目“"+item.Item+"”的结果记录缺失", "the result of "+item.Item+" is missing")
			continue
		}
		entered, rests := r.EnteredAt, []string{r.CertificateID, r.PortionID}
		if r.ImportID != "" {
			rests = append(rests, r.ImportID)
		}
		w.add(Node{
			ID: r.ID, Kind: "result", Number: item.Item, Person: detail.Names[r.EnteredBy], At: &entered,
			ZH:    fmt.Sprintf("%s：%s %s（%s，%s）→ %s", item.Item, r.Raw, r.Unit, item.Method, r.MeasuredOn, r.Proof.ZH),
			EN:    fmt.Sprintf("%s: %s %s (%s, %s) → %s", item.Item, r.Raw, r.Unit, item.Method, r.MeasuredOn, r.Proof.EN),
			Rests: rests,
		})
		if r.Raw != item.Result || r.Unit != item.Unit || r.Verdict != item.Verdict || r.MeasuredOn != item.MeasuredOn {
			w.gap(r.ID, "result_differs", "报告所载结果与原始记录不一致", "the report states another result than the record")
		}
		if err := w.equipment(r.CertificateID, r.MeasuredOn.String()); err != nil {
			return err
		}
		if err := s.traceImport(w, r.ImportID); err != nil {
			return err
		}
	}
	return nil
}

// traceImport adds the instrument's file, once however many results it holds, and reads it again; "" is no import.
func (s *Service) traceImport(w *walker, id string) error {
	if id == "" || w.seen[id] {
		return nil
	}
	from, err := s.lims.ImportSource(w.ctx, w.actor, id)
	if err != nil {
		return err
	}
	w.add(Node{
		ID: id, Kind: "file", Number: from.Profile, Hash: from.FileHash, ZH: "仪器导出文件（格式：" + from.Profile + "）",
		EN: "Instrument file (format: " + from.Profile + ")",
	})
	hash, err := files.ParseHash(from.FileHash)
	if err == nil {
		_, err = s.files.Read(w.ctx, hash)
	}
	if errs.KindOf(err) == errs.Unavailable {
		return err // nothing is known of the file
	}
	if err != nil {
		w.gap(id, "file_differs", "存储的仪器文件缺失或与登记的哈希不一致", "the stored instrument file is missing or has another hash")
	}
	return w.events("import", id)
}

func resultByID(detail lims.Detail, id string) (lims.Result, bool) {
	for _, a := range detail.Analyses {
		for _, r := range a.Results {
			if r.ID == id {
				return r, true
			}
		}
	}
	return lims.Result{}, false
}

// portions adds what was measured and kept, with its seals.
func (w *walker) portions(detail lims.Detail) {
	for _, p := range detail.Portions {
		rests := []string{detail.Sample.ID}
		for _, l := range p.Seals {
			rests = append(rests, l.ID)
		}
		for _, h := range detail.Handovers {
			if slices.Contains(h.Portions, p.ID) {
				rests = append(rests, h.ID)
			}
		}
		w.add(Node{
			ID: p.ID, Kind: "portion", Number: p.Label, Rests: rests,
			ZH: fmt.Sprintf("样品份（%s）%s %s", portionNames[p.Role].zh, p.Quantity, p.Unit),
			EN: fmt.Sprintf("Portion (%s) %s %s", portionNames[p.Role].en, p.Quantity, p.Unit),
		})
		for _, l := range p.Seals {
			applied := l.AppliedAt
			broken, brokenEN := "", ""
			if l.BrokenAt != nil {
				broken = fmt.Sprintf("，由%s拆封：%s", detail.Names[l.BrokenBy], l.BrokenWhy)
				brokenEN = fmt.Sprintf(", broken by %s: %s", detail.Names[l.BrokenBy], l.BrokenWhy)
			}
			w.add(Node{
				ID: l.ID, Kind: "seal", Number: l.Number, Person: detail.Names[l.AppliedBy], At: &applied,
				ZH: "封条" + l.Number + broken, EN: "Seal " + l.Number + brokenEN, Rests: []string{detail.Sample.ID},
			})
		}
	}
}

// handoverNode is a handover by the labels of what was handed over.
func handoverNode(detail lims.Detail, h lims.Handover) Node {
	var labels []string
	for _, p := range detail.Portions {
		if slices.Contains(h.Portions, p.ID) {
			labels = append(labels, p.Label)
		}
	}
	at, purpose, state := h.OfferedAt, h.Purpose.Name(), h.State.Name()
	return Node{
		ID: h.ID, Kind: "custody", Number: strings.Join(labels, "、"), Code: string(h.Purpose), State: string(h.State),
		Person: h.GiverName + " → " + h.ReceiverName, At: &at,
		ZH:    fmt.Sprintf("移交（%s）：%s → %s，%s", purpose.ZH, h.GiverName, h.ReceiverName, state.ZH),
		EN:    fmt.Sprintf("Handover (%s): %s → %s, %s", purpose.EN, h.GiverName, h.ReceiverName, state.EN),
		Rests: []string{detail.Sample.ID},
	}
}

// custody adds every handover with its signatures, the sampling, and the gaps of the chain.
func (w *walker) custody(detail lims.Detail) error {
	for _, h := range detail.Handovers {
		w.add(handoverNode(detail, h))
		if err := w.signatures("handover", h.ID, ""); err != nil {
			return err
		}
	}
	sampled := detail.Sample.SampledOn.Start()
	people := []string{detail.Names[detail.Sample.Sampler1], detail.Names[detail.Sample.Sampler2]}
	w.add(Node{
		ID: detail.Sample.ID, Kind: "sampling", Number: detail.Sample.FormNumber, Person: strings.Join(people, "、"), At: &sampled,
		Hash: detail.Sample.FormHash, ZH: "抽样单 " + detail.Sample.FormNumber + "：" + detail.Sample.SampledUnit,
		EN: "Sampling form " + detail.Sample.FormNumber + ": " + detail.Sample.SampledUnit,
	})
	for _, g := range detail.Gaps {
		w.gap(detail.Sample.ID, g.Code, g.ZH, g.EN)
	}
	return nil
}
