package lims

import (
	"slices"

	"hengjian/internal/ledger"
)

// replayedPortion is a portion with all who took it over, in order: the last one holds it. Before the first, both
// samplers do.
type replayedPortion struct {
	id      ledger.ID
	label   string
	reserve bool
	holders []ledger.ID
}

type replayedSeal struct {
	id      ledger.ID
	number  string
	portion int
	broken  bool
}

// replayedHandover is a handover that is not decided yet.
type replayedHandover struct {
	id, giver, receiver ledger.ID
	purpose             Purpose
	portions            []int
}

// holds tells whether the person answers for the portion now.
func (s *replayedSample) holds(portion int, person ledger.ID) bool {
	p := &s.portions[portion]
	if len(p.holders) == 0 {
		return slices.Contains(s.samplers[:], person)
	}
	return p.holders[len(p.holders)-1] == person
}

// offers tells whether the portion is in a handover that is not decided.
func (s *replayedSample) offers(portion int) bool {
	return slices.ContainsFunc(s.open, func(h replayedHandover) bool { return slices.Contains(h.portions, portion) })
}

// handover finds an open handover by its id; -1 when there is none.
func (s *replayedSample) handover(id string) int {
	key := ledger.IDOf(id)
	return slices.IndexFunc(s.open, func(h replayedHandover) bool { return h.id == key })
}

// onTheWay notes a handover that the state of the sample does not allow: a delivery before it is received, others after.
func (x *replayStep) onTheWay(purpose Purpose, delivery State) {
	want := Received
	if purpose == ForDelivery {
		want = delivery
	}
	if x.s.state != want {
		state, what := named(sampleFlow.States, string(x.s.state)), named(purposeNames, string(purpose))
		x.fault("sample_state", "样品状态为“%[2]s”，不能办理%[3]s交接", "the sample is %[4]s: no handover for %[5]s is possible",
			state.ZH, what.ZH, state.EN, what.EN)
	}
}

// offered opens a handover by which the giver offers portions that the giver holds.
func (x *replayStep) offered(d *handoverOffered) {
	moved(x, handoverFlow, HandoverState(""), Offer)
	x.signed(d.Signature, d.ContentHash)
	x.onTheWay(d.Purpose, Collected)
	switch {
	case d.Giver != x.e.ActorID:
		x.fault("giver_other", "移交人%s并非操作人%s", "%s gives, but %s did it", d.Giver, x.e.ActorID)
	case d.Giver == d.Receiver:
		x.fault("two_people", "%s移交给自己", "%s hands over to oneself", d.Giver)
	}
	h := replayedHandover{id: ledger.IDOf(d.Handover), giver: ledger.IDOf(d.Giver), receiver: ledger.IDOf(d.Receiver), purpose: d.Purpose}
	way := slices.IndexFunc(passages, func(p passage) bool {
		return p.purpose == d.Purpose && p.giver == x.e.Role && x.r.people.Holds(d.Receiver, p.receiver)
	})
	if way < 0 {
		x.fault("passage", "移交人与接收人%s的角色不允许以“%s”为由移交", "the roles of giver and receiver %s do not allow this purpose: %s", d.Receiver, d.Purpose)
	}
	for _, id := range d.Portions {
		at := x.s.portion(id)
		if at < 0 || slices.Contains(h.portions, at) {
			x.fault("portion_unknown", "交接的样品份%s不属于此样品，或重复", "portion %s of the handover is not of the sample, or stands twice", id)
			continue
		}
		x.leaves(at, h.giver, way < 0 || passages[way].reserve)
		h.portions = append(h.portions, at)
	}
	if len(d.Portions) == 0 {
		x.fault("portion_unknown", "交接%s没有样品份", "handover %s has no portion", d.Handover)
	}
	x.s.open = append(x.s.open, h)
}

// leaves notes what should have kept a portion where it is.
func (x *replayStep) leaves(portion int, giver ledger.ID, reserve bool) {
	p := &x.s.portions[portion]
	if !x.s.holds(portion, giver) {
		x.fault("giver_not_holder", "样品份%s由%s交出，但此前应由%s保管，其间无人签认",
			"portion %s was given away by %s while %s answered for it: nobody signed in between", p.label, giver, x.holders(p))
	}
	if x.s.offers(portion) {
		x.fault("handover_open", "样品份%s有未完成的移交", "portion %s is in a handover that is not decided", p.label)
	}
	if p.reserve && !reserve {
		x.fault("reserve_kept", "备份样品%s离开了保管", "reserve portion %s left the custodians", p.label)
	}
}

// holders names who answers for a portion.
func (x *replayStep) holders(p *replayedPortion) string {
	if n := len(p.holders); n > 0 {
		return p.holders[n-1].String()
	}
	return x.s.samplers[0].String() + ", " + x.s.samplers[1].String()
}

// decided ends a handover: what is accepted is the receiver's from then on.
func (x *replayStep) decided(d *handoverDecided) {
	accepted := x.e.Kind == kindHandoverAccepted.Definition().Name
	step := Decline
	if accepted {
		step = Accept
	} else {
		x.reasoned(d.Reason)
	}
	moved(x, handoverFlow, Offered, step)
	x.signed(d.Signature, d.ContentHash)
	at := x.s.handover(d.Handover)
	if at < 0 {
		x.fault("handover_missing", "没有待接收的移交%s", "no handover %s waits for a decision", d.Handover)
		return
	}
	h := x.s.open[at]
	x.s.open = slices.Delete(x.s.open, at, at+1)
	x.onTheWay(h.purpose, InTransit)
	if h.giver != ledger.IDOf(d.Giver) || h.receiver != ledger.IDOf(d.Receiver) || h.purpose != d.Purpose {
		x.fault("handover_differs", "交接%s与移交时所述不一致", "handover %s is not what was offered", d.Handover)
	}
	if h.receiver != x.who() {
		x.fault("receiver_other", "接收人应为%s，操作人为%s", "the receiver is %s, but %s decided", h.receiver, x.e.ActorID)
	}
	mayReceive := func(p passage) bool { return p.purpose == h.purpose && x.r.people.Holds(x.e.ActorID, p.receiver) }
	if !slices.ContainsFunc(passages, mayReceive) {
		x.fault("passage", "%s的角色不能接收以“%s”为由的移交", "the role of %s does not allow to take it over for %s", x.e.ActorID, h.purpose)
	}
	if accepted || h.purpose == ForDelivery || len(d.Checks) > 0 {
		x.checks(h, d.Checks, accepted)
	}
	if h.purpose == ForDelivery {
		x.s.delivery = replayedDelivery{h.id, accepted}
	}
	if accepted {
		x.takenOver(h)
	}
}

func (x *replayStep) takenOver(h replayedHandover) {
	for _, at := range h.portions {
		x.s.portions[at].holders = append(x.s.portions[at].holders, h.receiver)
	}
	x.r.handovers++
}

// checks names every unbroken seal that the receiver did not look at and, when the portions are accepted, every one
// that was not intact.
func (x *replayStep) checks(h replayedHandover, checks []toldCheck, accepted bool) {
	seen := make([]bool, len(x.s.seals))
	for _, c := range checks {
		id := ledger.IDOf(c.Seal)
		at := slices.IndexFunc(x.s.seals, func(l replayedSeal) bool { return l.id == id })
		switch {
		case at < 0 || seen[at] || !slices.Contains(h.portions, x.s.seals[at].portion):
			x.fault("seal_unknown", "核对的封条%s不属于本次移交，或重复", "seal %s is not part of the handover, or stands twice", c.Seal)
			continue
		case x.s.seals[at].broken && c.Finding == Intact:
			x.fault("seal_contradiction", "封条%s拆封后又被记为完好", "seal %s was recorded as intact after it had been broken", x.s.seals[at].number)
		case accepted && c.Finding != Intact:
			f := named(findingNames, string(c.Finding))
			x.fault("seal_"+f.Key, "接收时封条%[2]s%[3]s", "seal %[2]s was %[4]s when it was taken over", x.s.seals[at].number, f.ZH, f.EN)
		}
		seen[at] = true
	}
	for i, l := range x.s.seals {
		if !seen[i] && !l.broken && slices.Contains(h.portions, l.portion) {
			x.fault("seal_unchecked", "接收样品份%s时未核对封条%s", "portion %s was taken over without a look at seal %s", x.s.portions[l.portion].label, l.number)
		}
	}
}

// sealBroken opens a seal of a test portion, in the hands of who holds it.
func (x *replayStep) sealBroken(d *sealBroken) {
	x.by(ledger.Technician)
	id := ledger.IDOf(d.Seal)
	at := slices.IndexFunc(x.s.seals, func(l replayedSeal) bool { return l.id == id })
	if at < 0 || x.s.seals[at].portion != x.s.portion(d.Portion) {
		x.fault("seal_unknown", "拆封的封条%s不在样品份%s上", "seal %s, which was broken, is not on portion %s", d.Seal, d.Portion)
		return
	}
	l := &x.s.seals[at]
	p := &x.s.portions[l.portion]
	if l.broken {
		x.fault("seal_broken_twice", "封条%s重复拆封", "seal %s was broken twice", l.number)
	}
	if p.reserve {
		x.fault("reserve_opened", "备份样品%s的封条%s被拆", "the seal of reserve portion %s was broken: %s", p.label, l.number)
	}
	if len(p.holders) == 0 || !x.s.holds(l.portion, x.who()) || x.s.offers(l.portion) {
		x.fault("broken_by_other", "封条%s由%s拆封，当时样品份%s不在其手中", "seal %s was broken by %s, who did not hold portion %s then",
			l.number, x.e.ActorID, p.label)
	}
	l.broken = true
}
