package certificates

import (
	"fmt"
	"slices"

	"hengjian/instruments"
	"hengjian/instruments/procedure"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
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
	ledger.System:           {"系统", "system"},
}

// verdictNames are those of an item that was judged.
var verdictNames = map[procedure.Conclusion]name{
	procedure.Pass: {"合格", "pass"}, procedure.Fail: {"不合格", "fail"}, procedure.Undetermined: {"待判定", "undetermined"},
}

// kinds are the kinds of events of all rooms, by name.
var kinds = byName(ledger.Events(), users.Events(), standards.Events(), instruments.Events(), lims.Events(), Events())

func byName(rooms ...[]ledger.Definition) map[string]ledger.Definition {
	all := map[string]ledger.Definition{}
	for _, d := range slices.Concat(rooms...) {
		all[d.Name] = d
	}
	return all
}

// eventName is what an event is called; one without a name says so and keeps its code.
func eventName(kind string) name {
	if d, ok := kinds[kind]; ok {
		return name{d.ZH, d.EN}
	}
	return name{fmt.Sprintf("其他事件（%s）", kind), fmt.Sprintf("another event (%s)", kind)}
}
