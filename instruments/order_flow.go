package instruments

import (
	"fmt"
	"slices"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// OrderState is where a verification order stands.
type OrderState string

// The states of an order.
const (
	None     OrderState = ""
	Applied  OrderState = "applied"  // 已申请
	Accepted OrderState = "accepted" // 已受理
	Refused  OrderState = "refused"  // 不予受理
	Recorded OrderState = "recorded" // 已检定，待核验
	Checked  OrderState = "checked"  // 已核验，待批准
	Approved OrderState = "approved" // 已批准，已出证
)

// Step is one thing that can be done to an order.
type Step string

// The steps of an order.
const (
	Apply   Step = "apply"
	Accept  Step = "accept"
	Refuse  Step = "refuse"
	Record  Step = "record"
	Check   Step = "check"
	Return  Step = "return"
	Approve Step = "approve"
)

// Transition is one line of the state table: from a state, by a step, to a state, done by a role.
type Transition struct {
	From OrderState
	Step Step
	To   OrderState
	By   ledger.Role
}

var orderFlow = []Transition{
	{None, Apply, Applied, ledger.Business},
	{None, Apply, Applied, ledger.Verifier},
	{None, Apply, Applied, ledger.Administrator},
	{Applied, Accept, Accepted, ledger.Verifier},
	{Applied, Refuse, Refused, ledger.Verifier},
	{Accepted, Record, Recorded, ledger.Verifier},
	{Recorded, Check, Checked, ledger.Checker},
	{Recorded, Return, Accepted, ledger.Checker},
	{Checked, Return, Accepted, ledger.Approver},
	{Checked, Approve, Approved, ledger.Approver},
}

// OrderFlow is all that can happen to an order; what is not in it cannot happen.
func OrderFlow() []Transition { return slices.Clone(orderFlow) }

// after finds the step in the state. Known is false when nobody can take it there; allowed is false when none of the
// roles that can may act here.
func (s OrderState) after(step Step, may func(ledger.Role) bool) (t Transition, known, allowed bool) {
	for _, t := range orderFlow {
		if t.From != s || t.Step != step {
			continue
		}
		known = true
		if may(t.By) {
			return t, true, true
		}
	}
	return Transition{}, known, false
}

// next returns the state after the step, or the refusal with its reason.
func (s OrderState) next(step Step, actor ledger.Actor) (OrderState, ledger.Role, error) {
	t, known, allowed := s.after(step, actor.Is)
	if allowed {
		return t.To, t.By, nil
	}
	if known {
		return s, "", errs.New(errs.Forbidden, "role_missing", "您的角色不能执行此操作", "your role does not allow this")
	}
	return s, "", errs.New(errs.Conflict, "order_state",
		fmt.Sprintf("检定申请当前状态（%s）不允许此操作", orderStateZH[s]),
		fmt.Sprintf("the order is %s: this step is not possible", s))
}

// actions lists the steps that the actor may do now.
func (s OrderState) actions(actor ledger.Actor) []Step {
	out := []Step{}
	for _, t := range orderFlow {
		if t.From == s && actor.Is(t.By) {
			out = append(out, t.Step)
		}
	}
	return out
}

var orderStateZH = map[OrderState]string{
	Applied: "已申请", Accepted: "已受理", Refused: "不予受理", Recorded: "待核验", Checked: "待批准", Approved: "已批准",
}
