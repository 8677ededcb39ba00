package certificates

import (
	"fmt"
	"strconv"
	"strings"

	"hengjian/instruments/procedure"
	"hengjian/internal/ledger"
)

const (
	aboutReport       = "report"
	aboutVerification = "verification"
	passed, failed    = "pass", "fail"
)

// issue makes the document about what was approved.
func (x *replayStep) issue(d *documentIssued) {
	id := ledger.IDOf(x.e.Subject.ID)
	if _, twice := x.r.byID[id]; twice {
		x.fault("document_twice", "重复签发", "it is issued twice")
		return
	}
	kind := x.kind(d)
	x.subject(d)
	x.conclusion(d, kind)
	x.number(d, kind)
	x.supersedes(d, kind)
	at := int32(len(x.r.documents))
	if _, twice := x.r.about[ledger.IDOf(d.Subject)]; twice {
		x.fault("subject_issued", "同一份报告或检定记录已签发文书（%s）", "a document was issued about the same subject before (%s)", d.SubjectNumber)
	}
	x.r.byID[id], x.r.about[ledger.IDOf(d.Subject)] = at, at
	if kind == InspectionReport {
		x.r.ofSample[d.SubjectNumber] = at
	}
	conclusion := failed
	if d.Conclusion == passed {
		conclusion = passed
	}
	x.r.documents = append(x.r.documents, replayedDocument{id: x.e.Subject.ID, number: x.e.Subject.Number, subjectNumber: d.SubjectNumber,
		kind: kind, conclusion: conclusion, content: ledger.SumOf(d.Content), issued: x.index, finished: -1})
}

// kind notes an issue in another role, or about something else, than the kind of document has.
func (x *replayStep) kind(d *documentIssued) Kind {
	kind, role, about := d.Kind, ledger.Approver, aboutVerification
	switch d.Kind {
	case InspectionReport:
		kind, role, about = InspectionReport, ledger.Signatory, aboutReport
	case VerificationCertificate:
		kind = VerificationCertificate
	case VerificationNotice:
		kind = VerificationNotice
	default:
		x.fault("kind_unknown", "文书种类“%s”不可识别", "its kind is unknown: %s", d.Kind)
	}
	x.by(role)
	if d.SubjectKind != about {
		x.fault("subject_kind", "文书种类与其对象（%s）不符", "its kind does not fit what it is about: %s", d.SubjectKind)
	}
	return kind
}

// subject notes a document about what is not approved, or that says otherwise than what was approved.
func (x *replayStep) subject(d *documentIssued) {
	var conclusion, stage, number string
	var ok bool
	if d.SubjectKind == aboutReport {
		conclusion, number, ok = x.r.lab.Approved(d.Subject)
	} else {
		conclusion, stage, number, ok = x.r.metrology.Approved(d.Subject)
	}
	switch {
	case !ok:
		x.fault("not_approved", "其依据（%s）未经批准", "what it is about was not approved (%s)", d.SubjectNumber)
		return
	case d.Conclusion == passed && conclusion != passed:
		x.fault("false_pass", "文书结论为合格，而所依据的结论为%s", "it says pass, while what it rests on concludes %s", conclusion)
	case d.Conclusion != conclusion:
		x.fault("document_conclusion", "文书结论（%s）与所依据的结论（%s）不一致", "it says %s, while what it rests on concludes %s", d.Conclusion, conclusion)
	}
	if d.SubjectNumber != number {
		x.fault("document_subject", "文书对象编号%s应为%s", "it is about %s, but what was approved is about %s", d.SubjectNumber, number)
	}
	if stage == string(procedure.Inspection) && d.Kind == VerificationCertificate {
		x.fault("inspection_certificate", "使用中检查不出具检定证书", "an in-use inspection gives no certificate")
	}
}

// conclusion notes a kind of document that cannot say what it says: a certificate says pass, a notice says fail.
func (x *replayStep) conclusion(d *documentIssued, kind Kind) {
	switch {
	case d.Conclusion != passed && d.Conclusion != failed:
		x.fault("conclusion_unknown", "文书结论“%s”不可识别", "its conclusion is unknown: %s", d.Conclusion)
	case kind == VerificationCertificate && d.Conclusion == failed:
		x.fault("false_pass", "不合格却出具检定证书", "a certificate was issued for what failed")
	case kind == VerificationNotice && d.Conclusion == passed:
		x.fault("notice_passed", "合格却出具检定结果通知书", "a notice was issued for what passed")
	}
}

// number notes a number that is not of its series, or not the next one.
func (x *replayStep) number(d *documentIssued, kind Kind) {
	got := x.e.Subject.Number
	head := fmt.Sprintf("%s%02d-%s-", kind.prefix(), d.IssuedOn.Year()%100, x.e.Division)
	tail, ok := strings.CutPrefix(got, head)
	serial, err := strconv.Atoi(tail)
	if !ok || err != nil || got != fmt.Sprintf("%s%05d", head, serial) {
		x.fault("number_form", "编号应形如%s00001", "its number should look like %s00001", head)
		return
	}
	s := series{x.e.Division, kind, d.IssuedOn.Year()}
	last := x.r.last[s]
	switch {
	case serial <= last:
		x.fault("number_twice", "编号重复或倒退，此前已到第%d号", "its number was used, or passed over, before: the last one was %d", last)
		return
	case serial > last+1 && x.r.FromStart:
		x.fault("number_gap", "编号不连续，此前为第%d号", "numbers are missing before it: the last one was %d", last)
	}
	x.r.last[s] = serial
}

// supersedes marks the document that this one replaces: one of the same subject, once. A further report of a sample
// replaces the one before.
func (x *replayStep) supersedes(d *documentIssued, kind Kind) {
	if before, issued := x.r.ofSample[d.SubjectNumber]; kind == InspectionReport && issued && x.r.documents[before].id != d.Supersedes {
		x.fault("supersedes_missing", "未替代该样品的上一份报告%s", "it does not replace the report before, %s", x.r.documents[before].number)
	}
	if d.Supersedes == "" {
		return
	}
	at, known := x.r.byID[ledger.IDOf(d.Supersedes)]
	if !known {
		if x.r.FromStart {
			x.fault("supersedes_unknown", "所替代的文书%s未签发", "it replaces a document that was not issued: %s", d.Supersedes)
		}
		return
	}
	old := &x.r.documents[at]
	if old.superseded {
		x.fault("superseded_twice", "所替代的文书%s已被替代", "it replaces %s, which was replaced before", old.number)
	}
	if old.subjectNumber != d.SubjectNumber || (old.kind == InspectionReport) != (kind == InspectionReport) {
		x.fault("supersedes_other", "所替代的文书%s属于另一对象", "it replaces %s, which is about something else", old.number)
	}
	old.superseded = true
}

// IssuedAbout is the number of the sample or instrument that an event of issue is about; empty for other events.
func IssuedAbout(data any) string {
	if d, ok := data.(*documentIssued); ok {
		return d.SubjectNumber
	}
	return ""
}
