package paper

// Kind is what sort of document a content is.
type Kind string

// The kinds of documents that are issued: signed, numbered, and checked by anybody at their public address.
const (
	InspectionReport        Kind = "inspection_report"        // 检验报告
	VerificationCertificate Kind = "verification_certificate" // 检定证书
	VerificationNotice      Kind = "verification_notice"      // 检定结果通知书
	CalibrationCertificate  Kind = "calibration_certificate"  // 校准证书
)

// The kinds of papers that are printed from the records, to be signed and sealed by hand. They have no public address.
const (
	SamplingForm      Kind = "sampling_form"      // 抽样单
	CustodySheet      Kind = "custody_sheet"      // 样品流转单
	RetestApplication Kind = "retest_application" // 复检申请书
	RetestDecision    Kind = "retest_decision"    // 复检受理或不予受理通知书
	RetestHandover    Kind = "retest_handover"    // 复检样品移交单
	ResultNotice      Kind = "result_notice"      // 检验结果通知书, with 送达回证
	HandlingNotice    Kind = "handling_notice"    // 核查处置通知书
	SampleDisposal    Kind = "sample_disposal"    // 样品处置单
)

// numberLabels say what the number on the page is called.
var numberLabels = map[Kind]string{
	InspectionReport: "报告编号", VerificationCertificate: "证书编号", VerificationNotice: "通知书编号", CalibrationCertificate: "证书编号",
	SamplingForm: "抽样单编号", CustodySheet: "样品编号", RetestApplication: "检验报告编号", RetestDecision: "检验报告编号",
	RetestHandover: "检验报告编号", ResultNotice: "检验报告编号", HandlingNotice: "检验报告编号", SampleDisposal: "检验报告编号",
}

// Issued tells whether documents of the kind are issued, with a public address; the others are printed from records.
func (k Kind) Issued() bool {
	switch k {
	case InspectionReport, VerificationCertificate, VerificationNotice, CalibrationCertificate:
		return true
	}
	return false
}
