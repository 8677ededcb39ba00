package lims

import "hengjian/internal/ledger"

// State is where a sample stands between the field and the laboratory's shelf. What follows is told by its portions,
// results and reports (Stage).
type State string

// The states of a sample.
const (
	Collected State = "collected"  // 已抽样
	InTransit State = "in_transit" // 在途
	Received  State = "received"   // 已收样
	Refused   State = "refused"    // 已拒收
)

// The steps of a sample.
const (
	Register Step = "register"
	Deliver  Step = "deliver"
	Receive  Step = "receive"
	Refuse   Step = "refuse"
)

var sampleFlow = Flow{
	Noun: Name{"sample", "样品", "sample"},
	States: []Name{
		{string(Collected), "已抽样", "collected"}, {string(InTransit), "在途", "in transit"},
		{string(Received), "已收样", "received"}, {string(Refused), "已拒收", "refused"},
	},
	Steps: []Name{
		{string(Register), "登记", "registration"}, {string(Deliver), "送样", "delivery"},
		{string(Receive), "收样", "reception"}, {string(Refuse), "拒收", "refusal"},
	},
	Lines: []Transition{
		{"", Register, string(Collected), ledger.Sampler},
		{"", Register, string(Collected), ledger.Custodian},
		{string(Collected), Deliver, string(InTransit), ledger.Sampler},
		{string(InTransit), Receive, string(Received), ledger.Custodian},
		{string(InTransit), Refuse, string(Refused), ledger.Custodian},
	},
}

// Name is what the state is called.
func (s State) Name() Name { return named(sampleFlow.States, string(s)) }

// HandoverState is where a handover stands.
type HandoverState string

// The states of a handover.
const (
	Offered  HandoverState = "offered"  // 待接收
	Accepted HandoverState = "accepted" // 已接收
	Declined HandoverState = "refused"  // 已拒绝
)

// The steps of a handover. That of a delivery is made by Deliver and decided by Receive or Refuse.
const (
	Offer   Step = "offer"
	Accept  Step = "accept"
	Decline Step = "decline"
)

var handoverFlow = Flow{
	Noun: Name{"handover", "样品移交", "handover"},
	States: []Name{
		{string(Offered), "待接收", "offered"}, {string(Accepted), "已接收", "accepted"},
		{string(Declined), "已拒绝", "refused"},
	},
	Steps: []Name{
		{string(Offer), "移交", "handing over"}, {string(Accept), "接收", "acceptance"},
		{string(Decline), "拒绝接收", "refusal"},
	},
	Lines: []Transition{
		{"", Offer, string(Offered), ledger.Sampler},
		{"", Offer, string(Offered), ledger.Custodian},
		{"", Offer, string(Offered), ledger.Technician},
		{string(Offered), Accept, string(Accepted), ledger.Custodian},
		{string(Offered), Accept, string(Accepted), ledger.Technician},
		{string(Offered), Decline, string(Declined), ledger.Custodian},
		{string(Offered), Decline, string(Declined), ledger.Technician},
	},
}

// Name is what the state is called.
func (s HandoverState) Name() Name { return named(handoverFlow.States, string(s)) }

// Purpose is what portions are handed over for.
type Purpose string

// The purposes of a handover.
const (
	ForDelivery Purpose = "delivery" // 送样
	ForAnalysis Purpose = "analysis" // 检验领样
	ForReturn   Purpose = "return"   // 检毕退样
	ForStorage  Purpose = "storage"  // 保管交接
)

// passage says between which roles a purpose passes portions, and whether a reserve portion may go: it never leaves the
// custodians without an order (ISO/IEC 17025 7.4).
type passage struct {
	purpose         Purpose
	giver, receiver ledger.Role
	reserve         bool
}

var passages = []passage{
	{ForDelivery, ledger.Sampler, ledger.Custodian, true},
	{ForAnalysis, ledger.Custodian, ledger.Technician, false},
	{ForAnalysis, ledger.Technician, ledger.Technician, false},
	{ForReturn, ledger.Technician, ledger.Custodian, false},
	{ForStorage, ledger.Custodian, ledger.Custodian, true},
}

var purposeNames = []Name{
	{string(ForDelivery), "送样", "delivery"}, {string(ForAnalysis), "检验领样", "analysis"},
	{string(ForReturn), "检毕退样", "return"}, {string(ForStorage), "保管交接", "storage"},
}

// Name is what the purpose is called.
func (p Purpose) Name() Name { return named(purposeNames, string(p)) }
