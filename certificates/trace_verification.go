package certificates

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"hengjian/instruments"
)

// traceVerification walks from a certificate or notice back over the record of the verification.
func (s *Service) traceVerification(w *walker, d Document) error {
	a, err := s.instruments.Approved(w.ctx, w.actor, d.SubjectID)
	if err != nil {
		return err
	}
	v, at := a.Record, a.Record.VerifiedAt
	results := w.items(a)
	record := Node{
		ID: v.ID, Kind: "verification", Number: v.RecordNumber, Person: v.Verifier, At: &at,
		ZH:    fmt.Sprintf("检定记录 第%d版：%s，%s °C，%s %%RH", v.Revision, v.Place, v.Temperature, v.Humidity),
		EN:    fmt.Sprintf("Verification record, revision %d: %s, %s °C, %s %%RH", v.Revision, v.Place, v.Temperature, v.Humidity),
		Rests: []string{a.Order.ID},
	}
	for _, r := range results {
		record.Rests = append(record.Rests, r.ID)
	}
	w.add(record)
	if d.Conclusion != v.Conclusion || fmt.Sprint(d.ValidUntil) != fmt.Sprint(v.ValidUntil) {
		w.gap(v.ID, "document_differs", "文书登记的结论或有效期与检定记录不一致",
			"the document is on file with another conclusion or validity than the record")
	}
	hash, err := v.ContentHash()
	if err != nil {
		return err
	}
	if err := w.signatures("verification", v.ID, hash); err != nil {
		return err
	}
	for _, r := range results {
		w.add(r)
	}
	if err := w.order(a); err != nil {
		return err
	}
	w.procedure(a.Edition)
	w.standard(a)
	if err := w.standards(v); err != nil {
		return err
	}
	for _, about := range [][2]string{{"procedure", v.ProcedureID}, {"instrument", a.Instrument.ID}, {"verification_order", v.OrderID}} {
		if err := w.events(about[0], about[1]); err != nil {
			return err
		}
	}
	return nil
}

// items are the results of a record, one of each item that was judged; they rest on the procedure and on the equipment.
func (w *walker) items(a instruments.ApprovedVerification) []Node {
	v, at := a.Record, a.Record.VerifiedAt
	rests := []string{v.ProcedureID, v.StandardID}
	for _, u := range v.Equipment {
		rests = append(rests, u.Certificate.ID)
	}
	var nodes []Node
	for _, i := range a.Evaluation.Items {
		if !i.Judged {
			continue
		}
		said := verdictNames[i.Verdict]
		nodes = append(nodes, Node{
			ID: v.ID + "/" + i.ID, Kind: "result", Number: i.ZH, Person: v.Verifier, At: &at, Rests: rests,
			ZH: fmt.Sprintf("%s：%s，%d 行读数", i.ZH, said.zh, len(i.Rows)), EN: fmt.Sprintf("%s: %s, %d rows of readings", i.EN, said.en, len(i.Rows)),
		})
	}
	return nodes
}

// order adds the application with the instrument that it is about, as it was when it was verified.
func (w *walker) order(a instruments.ApprovedVerification) error {
	o, in, applied := a.Order, a.Instrument, a.Order.AppliedAt
	w.add(Node{
		ID: o.ID, Kind: "order", Number: o.Number, At: &applied, ZH: "检定申请：" + o.Business, EN: "Application: " + o.Business,
		Rests: []string{o.InstrumentID},
	})
	given, err := a.Record.Given()
	if err != nil {
		return err
	}
	told := strings.Join(append([]string{in.Name + " " + in.Model, in.Serial, in.Maker}, a.Edition.Parsed().ParameterWords(given)...), "，")
	w.add(Node{ID: in.ID, Kind: "instrument", Number: in.Number, ZH: "计量器具：" + told, EN: "Instrument: " + told})
	return nil
}

// procedure adds the edition that judged, and holds its text against its hash.
func (w *walker) procedure(e instruments.Edition) {
	w.add(Node{
		ID: e.ID, Kind: "procedure", Number: e.Name(), At: e.ApprovedAt, Hash: e.Hash, ZH: "检定规程：" + e.Name(), EN: "Procedure: " + e.Name(),
	})
	if sum := sha256.Sum256([]byte(e.Definition)); hex.EncodeToString(sum[:]) != e.Hash {
		w.gap(e.ID, "procedure_differs", "规程数据与其哈希不一致", "the data of the procedure have another hash")
	}
}

// standard adds the measurement standard with the certificate of its approval.
func (w *walker) standard(a instruments.ApprovedVerification) {
	m, on := a.Standard, a.Record.VerifiedOn
	w.add(Node{
		ID: m.ID, Kind: "standard", Number: m.Certificate,
		ZH: fmt.Sprintf("计量标准：%s，%s，%s，%s 至 %s", m.Name, m.Range, m.Accuracy, m.ValidFrom, m.ValidUntil),
		EN: fmt.Sprintf("Measurement standard: %s, %s, %s, %s to %s", m.Name, m.Range, m.Accuracy, m.ValidFrom, m.ValidUntil),
	})
	if on.Before(m.ValidFrom) || on.After(m.ValidUntil) {
		w.gap(m.ID, "out_of_validity", "检定时计量标准考核证书不在有效期内", "the certificate of the measurement standard did not cover the day of use")
	}
}

// standards adds the equipment that was used, each piece up to the standard outside the bureau.
func (w *walker) standards(v instruments.Verification) error {
	for _, u := range v.Equipment {
		if err := w.equipment(u.Certificate.ID, v.VerifiedOn.String()); err != nil {
			return err
		}
		if v.VerifiedOn.Before(u.Certificate.ValidFrom) || v.VerifiedOn.After(u.Certificate.ValidUntil) {
			w.gap(u.Certificate.ID, "out_of_validity", "使用时标准器证书不在有效期内", "the certificate did not cover the day of use")
		}
	}
	if len(v.Equipment) == 0 {
		w.gap(v.ID, "no_equipment", "没有登记所用标准器", "no equipment is recorded")
	}
	return nil
}
