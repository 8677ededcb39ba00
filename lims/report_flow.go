package lims

import "hengjian/internal/ledger"

// ReportState is where a revision of a report stands.
type ReportState string

// The states of a report.
const (
	ReportCompiled ReportState = "compiled" // 待审核
	ReportReviewed ReportState = "reviewed" // 待批准
	ReportReturned ReportState = "returned" // 已退回
	ReportApproved ReportState = "approved" // 已批准
)

// The steps of a report. What is returned stays as it is: the next compilation is a further revision. Reopen makes the
// first revision after an issued one, returned from the start, so that results can be corrected for it.
const (
	Compile Step = "compile"
	Review  Step = "review"
	Return  Step = "return"
	Approve Step = "approve"
	Reopen  Step = "reopen"
)

var reportFlow = Flow{
	Noun: Name{"report", "检验报告", "report"},
	States: []Name{
		{string(ReportCompiled), "待审核", "compiled"}, {string(ReportReviewed), "待批准", "reviewed"},
		{string(ReportReturned), "已退回", "returned"}, {string(ReportApproved), "已批准", "approved"},
	},
	Steps: []Name{
		{string(Compile), "编制", "compilation"}, {string(Review), "审核", "review"}, {string(Return), "退回", "return"},
		{string(Approve), "批准", "approval"}, {string(Reopen), "重新编制", "reopening"},
	},
	Lines: []Transition{
		{"", Compile, string(ReportCompiled), ledger.Technician},
		{string(ReportCompiled), Review, string(ReportReviewed), ledger.Reviewer},
		{string(ReportCompiled), Return, string(ReportReturned), ledger.Reviewer},
		{string(ReportReviewed), Return, string(ReportReturned), ledger.Signatory},
		{string(ReportReviewed), Approve, string(ReportApproved), ledger.Signatory},
		{string(ReportReturned), Compile, string(ReportCompiled), ledger.Technician},
		{string(ReportApproved), Reopen, string(ReportReturned), ledger.Reviewer},
		{string(ReportApproved), Reopen, string(ReportReturned), ledger.Signatory},
	},
}

// Stage is what people call the state of a sample. It is derived from the sample, its portions, results and reports,
// never stored.
type Stage string

// The stages of a sample. UnderWay is all that a business learns before its report is issued.
const (
	StageCollected Stage = "collected"  // 已抽样
	StageInTransit Stage = "in_transit" // 在途
	StageReceived  Stage = "received"   // 待检
	StageRefused   Stage = "refused"    // 已拒收
	StageTesting   Stage = "testing"    // 检验中
	StageCompiled  Stage = "compiled"   // 待审核
	StageReviewed  Stage = "reviewed"   // 待批准
	StageIssued    Stage = "issued"     // 已签发
	StageUnderWay  Stage = "under_way"  // 在办
)

// Stages lists the stages that staff see, in the order of the work.
func Stages() []Stage {
	return []Stage{StageCollected, StageInTransit, StageRefused, StageReceived, StageTesting, StageCompiled,
		StageReviewed, StageIssued}
}
