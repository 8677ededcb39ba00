package lims

import (
	"slices"

	"hengjian/internal/ledger"
)

// replayedAnalysis is an analysis with the latest version of its result; none as long as the version is 0.
type replayedAnalysis struct {
	id, result, enteredBy ledger.ID
	version               int32
	verdict               replayedVerdict
}

// replayedVerdict is a verdict in a byte; what is none of the three is undetermined.
type replayedVerdict byte

const (
	replayedUndetermined replayedVerdict = iota
	replayedPass
	replayedFail
)

// replayedAgreement is a second person's consent to a correction that is not there yet.
type replayedAgreement struct {
	result, analysis, by ledger.ID
	hash                 ledger.Sum
}

// resultsKept takes in versions of results: first ones, or corrections.
func (x *replayStep) resultsKept(d *resultsKept) {
	x.by(ledger.Technician)
	correction := x.e.Kind == kindResultCorrected.Definition().Name
	if x.s.state != Received {
		x.fault("not_received", "样品尚未收样，却有检验结果", "there are results though the sample is not received")
	}
	if correction {
		x.correctable()
	}
	for i := range d.Results {
		x.resultKept(&d.Results[i], correction)
	}
}

// correctable notes a correction that pulls the results away from under a report.
func (x *replayStep) correctable() {
	switch x.s.report.state {
	case ReportApproved:
		x.fault("report_issued", "报告已签发，未重新编制即更正结果", "a result was corrected after the report was issued and before it was reopened")
	case ReportCompiled, ReportReviewed:
		x.fault("report_under_review", "报告审核期间更正了结果", "a result was corrected while the report was under review")
	case ReportReturned:
	}
}

func (x *replayStep) resultKept(d *toldResult, correction bool) {
	id := ledger.IDOf(d.Analysis)
	at := slices.IndexFunc(x.s.analyses, func(a replayedAnalysis) bool { return a.id == id })
	if at < 0 {
		x.fault("analysis_unknown", "没有检验项目%s", "there is no analysis %s", d.Analysis)
		return
	}
	a := &x.s.analyses[at]
	if d.Version != int(a.version)+1 || (d.Version > 1) != correction {
		x.fault("result_version", "项目%s的结果版本为%d，此前为%d", "the result of analysis %s has version %d after version %d", d.Analysis, d.Version, a.version)
	}
	x.tested(d, correction)
	if correction {
		x.agreedTo(d)
	}
	verdict := replayedUndetermined
	switch d.Verdict {
	case Pass:
		verdict = replayedPass
	case Fail:
		verdict = replayedFail
	case Undetermined:
	default:
		x.fault("verdict_unknown", "项目%s的判定“%s”不可识别", "the verdict on analysis %s is unknown: %s", d.Analysis, d.Verdict)
	}
	a.result, a.enteredBy, a.version, a.verdict = ledger.IDOf(d.ID), x.who(), int32(d.Version), verdict
	x.r.results++
	x.s.report.stale = true
}

// tested notes a result of what is no test portion, or by somebody who did not hold it: whoever enters a first version
// holds the portion, whoever corrects held it at some time.
func (x *replayStep) tested(d *toldResult, correction bool) {
	at := x.s.portion(d.Portion)
	if at < 0 {
		x.fault("portion_unknown", "结果所依据的样品份%s不属于此样品", "portion %s, on which a result rests, is not of the sample", d.Portion)
		return
	}
	p := &x.s.portions[at]
	if p.reserve {
		x.fault("reserve_tested", "备份样品%s被检验", "reserve portion %s was tested", p.label)
	}
	held := slices.Contains(p.holders, x.who())
	if !correction {
		held = held && x.s.holds(at, x.who()) && !x.s.offers(at)
	}
	if !held {
		x.fault("entered_without_holding", "结果由%s录入，样品份%s不在其手中", "%s entered a result without holding portion %s", x.e.ActorID, p.label)
	}
}

// agreedTo uses up the consent to a correction, which another person gave.
func (x *replayStep) agreedTo(d *toldResult) {
	x.reasoned(d.Reason)
	want := replayedAgreement{ledger.IDOf(d.ID), ledger.IDOf(d.Analysis), ledger.IDOf(d.AgreedBy), ledger.SumOf(d.ContentHash)}
	at := slices.Index(x.s.agreed, want)
	if at >= 0 {
		x.s.agreed = slices.Delete(x.s.agreed, at, at+1)
	}
	switch {
	case d.AgreedBy == "" || at < 0:
		x.fault("correction_not_agreed", "结果%s的更正没有第二人签名同意", "nobody agreed to the correction that made result %s", d.ID)
	case want.by == x.who():
		x.fault("two_people", "结果%s的更正由更正人%s自己同意", "the correction that made result %s was agreed to by its author %s", d.ID, d.AgreedBy)
	}
}

func (x *replayStep) correctionAgreed(d *correctionAgreed) {
	x.by(agreeing...)
	x.signed(d.Signature, d.ContentHash)
	x.s.agreed = append(x.s.agreed, replayedAgreement{ledger.IDOf(d.Result), ledger.IDOf(d.Analysis), x.who(), ledger.SumOf(d.ContentHash)})
}
