package lims

import (
	"context"

	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
)

// What the events of a sample tell.
type (
	sampleRegistered struct {
		Category  Category      `json:"category" doc:"food, drug, device, fuel or coal"`
		FormHash  ledger.Sealed `json:"form_hash" doc:"SHA-256 of the signed sampling form, hexadecimal: the form names people"`
		Samplers  []string      `json:"samplers" doc:"ids of the two samplers; the first applied the seals, both hold the portions"`
		SampledOn calendar.Date `json:"sampled_on" doc:"day of the sampling"`
		Portions  []toldPortion `json:"portions" doc:"what was taken"`
		Seals     []toldSeal    `json:"seals" doc:"the seals on the portions"`
		Analyses  []toldItem    `json:"analyses" doc:"what is to be tested"`
		Photos    []string      `json:"photos" doc:"SHA-256 of the photos of the form, hexadecimal"`
	}

	toldPortion struct {
		ID    string      `json:"id" doc:"id of the portion"`
		Role  PortionRole `json:"role" doc:"test or reserve"`
		Label string      `json:"label" doc:"number on the portion"`
	}

	toldSeal struct {
		ID      string `json:"id" doc:"id of the seal"`
		Portion string `json:"portion" doc:"id of the portion that it closes"`
		Number  string `json:"number" doc:"number on the seal"`
		Photo   string `json:"photo,omitempty" doc:"SHA-256 of its photo, hexadecimal, where there is one"`
	}

	toldItem struct {
		ID     string `json:"id" doc:"id of the analysis"`
		Item   string `json:"item" doc:"what is tested"`
		Method string `json:"method" doc:"number of the method"`
	}

	sampleDelivered struct {
		Handover string `json:"handover" doc:"id of the handover that delivers the sample"`
	}

	sampleReceived struct {
		Handover       string         `json:"handover" doc:"id of the handover that delivered the sample"`
		DueOn          *calendar.Date `json:"due_on,omitempty" doc:"last day for the report, where there is one"`
		DueProvisional bool           `json:"due_provisional" doc:"whether that day crosses a year without an official calendar"`
		DueBasis       string         `json:"due_basis" doc:"article on which that day rests"`
	}

	sampleRefused struct {
		Handover string        `json:"handover" doc:"id of the handover that was to deliver the sample"`
		Reason   ledger.Sealed `json:"reason" doc:"why it was refused"`
	}

	handoverOffered struct {
		handoverStep
		Portions []string `json:"portions" doc:"ids of the portions"`
	}

	handoverDecided struct {
		handoverStep
		Checks []toldCheck   `json:"checks" doc:"what the receiver saw of the seals"`
		Reason ledger.Sealed `json:"reason" doc:"why it was declined; empty when accepted"`
	}

	handoverStep struct {
		Handover    string  `json:"handover" doc:"id of the handover"`
		Purpose     Purpose `json:"purpose" doc:"delivery, analysis, return or storage"`
		Giver       string  `json:"giver" doc:"id of who gives"`
		Receiver    string  `json:"receiver" doc:"id of who is to receive"`
		ContentHash string  `json:"content_hash" doc:"SHA-256 of what was signed, hexadecimal"`
		Signature   string  `json:"signature" doc:"id of the signature of who acts"`
	}

	toldCheck struct {
		Seal    string        `json:"seal" doc:"id of the seal"`
		Finding Finding       `json:"finding" doc:"intact, broken, missing or mismatch"`
		Read    ledger.Sealed `json:"read" doc:"the other number that was read on a mismatch"`
	}

	sealBroken struct {
		Seal        string        `json:"seal" doc:"id of the seal"`
		Portion     string        `json:"portion" doc:"id of the portion"`
		ContentHash ledger.Sealed `json:"content_hash" doc:"SHA-256 of seal, number, person, time and reason, hexadecimal"`
	}
)

// What the events of results and reports tell.
type (
	resultsKept struct {
		Results []toldResult `json:"results" doc:"the versions of results"`
	}

	toldResult struct {
		ID          string        `json:"id" doc:"id of this version of the result"`
		Analysis    string        `json:"analysis" doc:"id of the analysis"`
		Portion     string        `json:"portion" doc:"id of the portion that was tested"`
		Version     int           `json:"version" doc:"version of the result of this analysis, from 1"`
		Verdict     Outcome       `json:"verdict" doc:"pass, fail or undetermined"`
		ContentHash string        `json:"content_hash" doc:"SHA-256 of the version as entered, hexadecimal"`
		Import      string        `json:"import,omitempty" doc:"id of the import that brought it, where one did"`
		AgreedBy    string        `json:"agreed_by,omitempty" doc:"id of the second person of a correction"`
		Reason      ledger.Sealed `json:"reason" doc:"why it was corrected; empty for the first version"`
	}

	correctionAgreed struct {
		Result      string `json:"result" doc:"id of the new version of the result"`
		Analysis    string `json:"analysis" doc:"id of the analysis"`
		ContentHash string `json:"content_hash" doc:"SHA-256 of the version as entered, hexadecimal"`
		Signature   string `json:"signature" doc:"id of the signature of who agrees"`
	}

	reportCompiled struct {
		reportStep
		Conclusion Outcome  `json:"conclusion" doc:"pass or fail"`
		Results    []string `json:"results" doc:"ids of the versions of results that it rests on"`
	}

	reportStep struct {
		reportRef
		Signature string `json:"signature" doc:"id of the signature of who acts"`
	}

	reportReturned struct {
		reportRef
		Reason ledger.Sealed `json:"reason" doc:"why it was returned"`
	}

	reportReopened struct {
		reportStep
		Issued string        `json:"issued" doc:"id of the issued revision that is to be corrected"`
		Reason ledger.Sealed `json:"reason" doc:"why it is corrected"`
	}

	reportRef struct {
		Report      string `json:"report" doc:"id of the revision of the report"`
		Revision    int    `json:"revision" doc:"revision of the sample's report, from 1"`
		ContentHash string `json:"content_hash" doc:"SHA-256 of its summary, hexadecimal"`
	}

	fileTakenIn struct {
		FileHash     string            `json:"file_hash" doc:"SHA-256 of the instrument's file, hexadecimal"`
		Profile      string            `json:"profile" doc:"how the file is read"`
		Equipment    string            `json:"equipment" doc:"id of the equipment that wrote it"`
		Rows         int               `json:"rows" doc:"how many rows it has"`
		DatesIgnored bool              `json:"dates_ignored" doc:"whether the clock of the equipment was stated to be wrong"`
		Units        map[string]string `json:"units,omitempty" doc:"units that were stated for the file's numbers, by what the file says"`
	}
)

// The kinds of events of this room. Those of handovers, seals, results and reports are about their sample.
var (
	kindSampleRegistered = ledger.Define[sampleRegistered]("sample.registered", 1, "样品登记", "sample registered")
	kindSampleDelivered  = ledger.Define[sampleDelivered]("sample.delivered", 1, "送样", "sample delivered")
	kindSampleReceived   = ledger.Define[sampleReceived]("sample.received", 1, "收样", "sample received")
	kindSampleRefused    = ledger.Define[sampleRefused]("sample.refused", 1, "拒收样品", "sample refused")
	kindHandoverOffered  = ledger.Define[handoverOffered]("handover.offered", 1, "移交样品", "sample handed over")
	kindHandoverAccepted = ledger.Define[handoverDecided]("handover.accepted", 1, "接收样品", "handover accepted")
	kindHandoverDeclined = ledger.Define[handoverDecided]("handover.declined", 1, "拒绝接收样品", "handover declined")
	kindSealBroken       = ledger.Define[sealBroken]("seal.broken", 1, "拆封", "seal broken")
	kindResultEntered    = ledger.Define[resultsKept]("result.entered", 1, "录入结果", "result entered")
	kindResultCorrected  = ledger.Define[resultsKept]("result.corrected", 1, "更正结果", "result corrected")
	kindCorrectionAgreed = ledger.Define[correctionAgreed]("correction.agreed", 1, "同意更正结果", "correction agreed to")
	kindReportCompiled   = ledger.Define[reportCompiled]("report.compiled", 1, "编制报告", "report compiled")
	kindReportReviewed   = ledger.Define[reportStep]("report.reviewed", 1, "审核报告", "report reviewed")
	kindReportReturned   = ledger.Define[reportReturned]("report.returned", 1, "退回报告", "report returned")
	kindReportApproved   = ledger.Define[reportStep]("report.approved", 1, "批准报告", "report approved")
	kindReportReopened   = ledger.Define[reportReopened]("report.reopened", 1, "启动更正报告", "report reopened for correction")
	kindImportStarted    = ledger.Define[fileTakenIn]("import.started", 1, "导入仪器文件", "instrument file taken in")
	kindImportResumed    = ledger.Define[fileTakenIn]("import.resumed", 1, "继续导入仪器文件", "import of the instrument file taken up again")
)

// Events lists the kinds of events of this room.
func Events() []ledger.Definition {
	return []ledger.Definition{
		kindSampleRegistered.Definition(), kindSampleDelivered.Definition(), kindSampleReceived.Definition(),
		kindSampleRefused.Definition(), kindHandoverOffered.Definition(), kindHandoverAccepted.Definition(),
		kindHandoverDeclined.Definition(), kindSealBroken.Definition(), kindResultEntered.Definition(),
		kindResultCorrected.Definition(), kindCorrectionAgreed.Definition(), kindReportCompiled.Definition(),
		kindReportReviewed.Definition(), kindReportReturned.Definition(), kindReportApproved.Definition(),
		kindReportReopened.Definition(), kindImportStarted.Definition(), kindImportResumed.Definition(),
	}
}

// note appends what happened to the sample.
func note[D any](ctx context.Context, a *act, kind ledger.Kind[D], data D) error {
	about := ledger.Subject{Kind: "sample", ID: a.sample.ID, Number: a.sample.Number}
	return ledger.Append(ctx, a.tx, a.actor, a.at, kind.Event(a.role, about, data))
}

// registered is what the event of a new sample tells.
func (s Sample) registered(portions []Portion, seals []Seal, analyses []Analysis, photos []Photo) sampleRegistered {
	told := sampleRegistered{Category: s.Category, FormHash: ledger.Seal(s.FormHash), Samplers: []string{s.Sampler1, s.Sampler2},
		SampledOn: s.SampledOn, Photos: []string{}}
	for _, p := range portions {
		told.Portions = append(told.Portions, toldPortion{p.ID, p.Role, p.Label})
	}
	for _, x := range seals {
		told.Seals = append(told.Seals, toldSeal{x.ID, x.PortionID, x.Number, x.PhotoHash})
	}
	for _, p := range photos {
		told.Photos = append(told.Photos, p.FileHash)
	}
	for _, x := range analyses {
		told.Analyses = append(told.Analyses, toldItem{x.ID, x.Item, x.Method})
	}
	return told
}

// step is what every event of a handover tells.
func (h Handover) step(contentHash, signature string) handoverStep {
	return handoverStep{h.ID, h.Purpose, h.Giver, h.Receiver, contentHash, signature}
}

// decidedAs is what the event of the receiver's decision tells.
func (h Handover) decidedAs(contentHash string) handoverDecided {
	told := handoverDecided{handoverStep: h.step(contentHash, h.ReceiverSignature), Checks: make([]toldCheck, len(h.Checks)),
		Reason: ledger.Seal(h.Refusal)}
	for i, c := range h.Checks {
		told.Checks[i] = toldCheck{Seal: c.SealID, Finding: c.Finding}
		if c.Finding == Mismatch {
			told.Checks[i].Read = ledger.Seal(c.ReadNumber)
		}
	}
	return told
}

func (r Result) told(contentHash string) toldResult {
	return toldResult{ID: r.ID, Analysis: r.AnalysisID, Portion: r.PortionID, Version: r.Version, Verdict: r.Verdict,
		ContentHash: contentHash, Import: r.ImportID, AgreedBy: r.AgreedBy, Reason: ledger.Seal(r.Reason)}
}

func (r Report) ref() reportRef { return reportRef{r.ID, r.Revision, r.SummaryHash} }
