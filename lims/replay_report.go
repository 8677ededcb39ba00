package lims

import (
	"slices"

	"hengjian/internal/ledger"
)

// replayedReport is the latest revision of a sample's report.
type replayedReport struct {
	id                     ledger.ID
	hash                   ledger.Sum
	revision               int32
	stale                  bool // a result was kept since it was compiled
	state                  ReportState
	conclusion             Outcome
	compiledBy, reviewedBy ledger.ID
	enteredBy              []ledger.ID
}

// compiled makes the next revision, which rests on the latest results.
func (x *replayStep) compiled(d *reportCompiled) {
	last := x.s.report
	x.s.report = replayedReport{id: ledger.IDOf(d.Report), hash: ledger.SumOf(d.ContentHash), revision: int32(d.Revision),
		state: moved(x, reportFlow, last.state, Compile), conclusion: known(d.Conclusion), compiledBy: x.who()}
	x.follows(last, d.reportRef)
	x.signed(d.Signature, d.ContentHash)
	if !x.rests(d.Results) {
		x.fault("report_results", "报告所依据的不是各项目的最新结果", "the report does not rest on the latest result of every analysis")
	}
	for _, a := range x.s.analyses {
		if !slices.Contains(x.s.report.enteredBy, a.enteredBy) {
			x.s.report.enteredBy = append(x.s.report.enteredBy, a.enteredBy)
		}
	}
	x.concluded()
}

// known is the outcome as a constant, so that no text of an event is kept.
func known(o Outcome) Outcome {
	switch o {
	case Pass:
		return Pass
	case Fail:
		return Fail
	case Undetermined:
	}
	return Undetermined
}

// follows notes a revision that is not the next one.
func (x *replayStep) follows(last replayedReport, d reportRef) {
	if d.Revision != int(last.revision)+1 || last.id == ledger.IDOf(d.Report) {
		x.fault("report_revision", "报告第%d版之后不是第%d版", "revision %d of the report is not followed by %d", last.revision, d.Revision)
	}
}

// rests tells whether the results are exactly the latest of every analysis.
func (x *replayStep) rests(results []string) bool {
	if len(results) != len(x.s.analyses) {
		return false
	}
	for i, a := range x.s.analyses {
		latest := func(id string) bool { return ledger.IDOf(id) == a.result }
		if a.version == 0 || !latest(results[i]) && !slices.ContainsFunc(results, latest) {
			return false
		}
	}
	return true
}

// concluded holds the conclusion against the verdicts: a pass needs that every one passes.
func (x *replayStep) concluded() {
	undetermined, failed := false, false
	for _, a := range x.s.analyses {
		undetermined = undetermined || a.verdict == replayedUndetermined
		failed = failed || a.verdict == replayedFail
	}
	if undetermined {
		x.fault("report_undetermined", "有待判定的项目，却编制或批准了报告", "the report was compiled or approved though an analysis is undetermined")
	}
	switch c := x.s.report.conclusion; {
	case c == Pass && (failed || undetermined):
		x.fault("false_pass", "报告结论为合格，但并非各项目均合格", "the report concludes pass, but not every analysis passed")
	case c == Fail && !failed, c == Undetermined:
		x.fault("report_conclusion", "报告结论与各项目的判定不符", "the conclusion of the report does not follow from the verdicts")
	}
}

// reportPassed is the review or the approval of the report.
func (x *replayStep) reportPassed(d *reportStep) {
	approval := x.e.Kind == kindReportApproved.Definition().Name
	step := Review
	if approval {
		step = Approve
	}
	report := &x.s.report
	report.state = moved(x, reportFlow, report.state, step)
	x.same(d.reportRef)
	x.signed(d.Signature, d.ContentHash)
	x.separate(report)
	if !approval {
		report.reviewedBy = x.who()
		return
	}
	if report.stale {
		x.fault("report_results", "报告编制后又有新的结果", "results were kept after the report was compiled")
	}
	x.concluded()
	x.r.approved[report.id] = replayedApproval{x.s.number, report.conclusion}
}

// same notes a step on another report than the latest revision, or on other content than was compiled.
func (x *replayStep) same(d reportRef) {
	switch report := &x.s.report; {
	case report.id != ledger.IDOf(d.Report) || int(report.revision) != d.Revision:
		x.fault("report_other", "所办理的报告%s（第%d版）不是最新一版", "report %s (revision %d) is not the latest one", d.Report, d.Revision)
	case report.hash != ledger.SumOf(d.ContentHash):
		x.fault("report_content", "报告%s的内容与编制时不一致", "the content of report %s is not what was compiled", d.Report)
	}
}

// separate notes somebody who already had a hand in the report.
func (x *replayStep) separate(report *replayedReport) {
	if x.who() == report.compiledBy {
		x.fault("compiled_it", "%s编制了报告，又审核或批准", "%s compiled the report, and reviewed or approved it", x.e.ActorID)
	}
	if x.who() == report.reviewedBy {
		x.fault("reviewed_it", "%s审核了报告，又批准", "%s reviewed the report, and approved it", x.e.ActorID)
	}
	if slices.Contains(report.enteredBy, x.who()) {
		x.fault("entered_results", "%s录入了报告中的结果，又审核或批准", "%s entered results of the report, and reviewed or approved it", x.e.ActorID)
	}
}

func (x *replayStep) returned(d *reportReturned) {
	x.s.report.state = moved(x, reportFlow, x.s.report.state, Return)
	x.same(d.reportRef)
	x.reasoned(d.Reason)
}

// reopened makes the first revision after an approved one, with the same content, returned from the start.
func (x *replayStep) reopened(d *reportReopened) {
	last := x.s.report
	if last.id != ledger.IDOf(d.Issued) {
		x.fault("report_other", "重新编制的报告%s不是最新一版（第%d版）", "report %s, which was reopened, is not the latest one (revision %d)", d.Issued, last.revision)
	}
	if last.hash != ledger.SumOf(d.ContentHash) {
		x.fault("report_content", "报告%s的内容与编制时不一致", "the content of report %s is not what was compiled", d.Report)
	}
	x.follows(last, d.reportRef)
	x.signed(d.Signature, d.ContentHash)
	x.reasoned(d.Reason)
	x.s.report = replayedReport{id: ledger.IDOf(d.Report), hash: last.hash, revision: int32(d.Revision),
		state: moved(x, reportFlow, last.state, Reopen), conclusion: last.conclusion, compiledBy: x.who()}
}
