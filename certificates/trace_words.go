package certificates

import (
	"fmt"

	"hengjian/instruments/procedure"
	"hengjian/internal/ledger"
	"hengjian/lims"
)

// name is what a code is called in words.
type name struct{ zh, en string }

var kindNames = map[Kind]name{
	InspectionReport:        {"检验报告", "Inspection report"},
	VerificationCertificate: {"检定证书", "Verification certificate"},
	VerificationNotice:      {"检定结果通知书", "Notice of verification result"},
}

var portionNames = map[lims.PortionRole]name{
	lims.TestPortion:    {"检验样品", "test portion"},
	lims.ReservePortion: {"复检备份样品", "reserve portion"},
}

var roleNames = map[ledger.Role]name{
	ledger.Sampler:          {"抽样人员", "sampler"},
	ledger.Custodian:        {"样品管理员", "custodian"},
	ledger.Technician:       {"检验员", "technician"},
	ledger.Reviewer:         {"审核人", "reviewer"},
	ledger.Signatory:        {"授权签字人", "signatory"},
	ledger.Verifier:         {"检定员", "verifier"},
	ledger.Checker:          {"核验员", "checker"},
	ledger.Approver:         {"批准人", "approver"},
	ledger.Business:         {"企业", "business"},
	ledger.Auditor:          {"审计人员", "auditor"},
	ledger.Leader:           {"负责人", "leader"},
	ledger.TechnicalManager: {"技术负责人", "technical manager"},
	ledger.Administrator:    {"系统管理员", "administrator"},
}

// verdictNames are those of an item that was judged.
var verdictNames = map[procedure.Conclusion]name{
	procedure.Pass: {"合格", "pass"}, procedure.Fail: {"不合格", "fail"}, procedure.Undetermined: {"待判定", "undetermined"},
}

// eventNames are the events of documents, instruments, procedures, verification orders and samples: those that a trace can meet.
var eventNames = map[string]name{
	"document.issued":               {"签发文书", "document issued"},
	"document.revocation_requested": {"申请撤销文书", "revocation of the document requested"},
	"document.revoked":              {"撤销文书", "document revoked"},
	"document.revocation_declined":  {"不同意撤销文书", "revocation of the document declined"},
	"import.started":                {"导入仪器文件", "instrument file taken in"},
	"import.resumed":                {"继续导入仪器文件", "import of the instrument file taken up again"},
	"instrument.filed":              {"备案计量器具", "instrument filed"},
	"procedure.approved":            {"批准规程数据", "data of the procedure approved"},
	"verification_order.applied":    {"提交检定申请", "verification applied for"},
	"verification_order.accepted":   {"受理检定申请", "application accepted"},
	"verification_order.refused":    {"不予受理检定申请", "application refused"},
	"verification.recorded":         {"检定记录", "verification recorded"},
	"verification.checked":          {"核验检定记录", "record checked"},
	"verification.returned":         {"退回检定记录", "record returned"},
	"verification.approved":         {"批准检定记录", "record approved"},
	"sample.registered":             {"样品登记", "sample registered"},
	"sample.delivered":              {"送样", "sample delivered"},
	"sample.received":               {"收样", "sample received"},
	"sample.refused":                {"拒收样品", "sample refused"},
	"handover.offered":              {"移交样品", "sample handed over"},
	"handover.accepted":             {"接收样品", "handover accepted"},
	"handover.declined":             {"拒绝接收样品", "handover declined"},
	"seal.broken":                   {"拆封", "seal broken"},
	"result.entered":                {"录入结果", "result entered"},
	"result.corrected":              {"更正结果", "result corrected"},
	"correction.agreed":             {"同意更正结果", "correction agreed to"},
	"report.compiled":               {"编制报告", "report compiled"},
	"report.reviewed":               {"审核报告", "report reviewed"},
	"report.returned":               {"退回报告", "report returned"},
	"report.approved":               {"批准报告", "report approved"},
	"report.reopened":               {"启动更正报告", "report reopened for correction"},
}

// eventName is what an event is called; one without a name says so and keeps its code.
func eventName(kind string) name {
	if n, ok := eventNames[kind]; ok {
		return n
	}
	return name{fmt.Sprintf("其他事件（%s）", kind), fmt.Sprintf("another event (%s)", kind)}
}
