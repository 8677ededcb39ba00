package instruments

import (
	"slices"

	"hengjian/instruments/procedure"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Replay follows instruments, verification orders and their records through their events, with nothing else at hand.
type Replay struct {
	FromStart bool // every event since index 0 is there: then every instrument is known before it is applied for

	people      *users.Replay
	instruments map[ledger.ID]replayedInstrument
	orders      map[ledger.ID]*replayedOrder
	approved    map[ledger.ID]*replayedOrder // by record
	records     int
}

type replayedInstrument struct {
	number string
	owner  ledger.ID
}

// replayedOrder is an order with its latest record.
type replayedOrder struct {
	instrument        string // its number
	stage             procedure.Stage
	state             OrderState
	record            ledger.ID
	content           ledger.Sum
	revision          int32
	conclusion        procedure.Conclusion
	verifier, checker ledger.ID
}

// NewReplay knows no order yet.
func NewReplay(people *users.Replay) *Replay {
	return &Replay{people: people, instruments: map[ledger.ID]replayedInstrument{}, orders: map[ledger.ID]*replayedOrder{},
		approved: map[ledger.ID]*replayedOrder{}}
}

// Apply takes the event at an index of the log, if its kind is of this room, and names what should not have happened.
// The events of package users come to their replay before.
func (r *Replay) Apply(_ int64, e ledger.Told, data any) []ledger.Fault {
	x := replayStep{r: r, e: &e}
	switch d := data.(type) {
	case *instrumentFiled:
		x.filed(d)
	case *procedureApproved:
		x.by(ledger.TechnicalManager)
	case *equipmentAdded, *equipmentCertified, *standardAdded, *waivedFeeSet:
		x.by(ledger.TechnicalManager, ledger.Administrator)
	case *orderApplied:
		x.applied(d)
	case *orderAccepted, *orderRefused, *verificationRecorded, *recordStep, *recordReturned:
		if x.o = r.orders[ledger.IDOf(e.Subject.ID)]; x.o == nil {
			x.faults.Add("order_unknown", "检定申请%s未提交（%s）", "order %s was not applied for (%s)", e.Subject.Number, e.Kind)
			break
		}
		x.take(data)
	}
	return x.faults
}

// Approved tells the conclusion and the stage of an approved record, and the number of its instrument.
func (r *Replay) Approved(recordID string) (conclusion, stage, instrumentNumber string, ok bool) {
	o, ok := r.approved[ledger.IDOf(recordID)]
	if !ok {
		return "", "", "", false
	}
	return string(o.conclusion), string(o.stage), o.instrument, true
}

// Counts tells what was followed.
func (r *Replay) Counts() []ledger.Count {
	return []ledger.Count{
		{ZH: "计量器具", EN: "instruments", N: len(r.instruments)},
		{ZH: "检定申请", EN: "verification orders", N: len(r.orders)},
		{ZH: "检定记录（各版）", EN: "records of verification", N: r.records},
		{ZH: "已批准的检定记录", EN: "approved records", N: len(r.approved)},
	}
}

// replayStep is one event on its way into the replay.
type replayStep struct {
	r      *Replay
	o      *replayedOrder
	e      *ledger.Told
	faults ledger.Faults
}

// fault notes what is wrong; both texts begin with the number of the order.
func (x *replayStep) fault(code, zh, en string, args ...any) {
	x.faults.Add(code, "检定申请%s："+zh, "order %s: "+en, append([]any{x.e.Subject.Number}, args...)...)
}

// by notes a step that was done in another role than one of those that may do it.
func (x *replayStep) by(roles ...ledger.Role) {
	if !slices.Contains(roles, x.e.Role) {
		x.faults.Add("role_missing", "角色%s不能执行此操作（%s，%s）", "the role %s does not allow this (%s, %s)", x.e.Role, x.e.Kind,
			x.e.Subject.Number)
	}
}

// moved takes the order a step further by the state table, for the role in which it was done. What the table does not
// have is a fault; the state is then the one to which the step leads from elsewhere.
func (x *replayStep) moved(step Step) {
	t, known, allowed := x.o.state.after(step, func(role ledger.Role) bool { return role == x.e.Role })
	switch {
	case allowed:
		x.o.state = t.To
		return
	case known:
		x.fault("role_missing", "角色%s不能执行此操作（%s）", "the role %s does not allow this (%s)", x.e.Role, x.e.Kind)
	default:
		x.fault("order_state", "当前状态（%[2]s）不允许此操作（%[3]s）", "it is %[4]q: this step is not possible (%[3]s)",
			orderStateZH[x.o.state], x.e.Kind, string(x.o.state))
	}
	for _, t := range orderFlow {
		if t.Step == step {
			x.o.state = t.To
			return
		}
	}
}
