package lims

import (
	"slices"

	"hengjian/internal/ledger"
)

// replayedDelivery is the delivery of a sample as its receiver decided it, until the sample follows.
type replayedDelivery struct {
	id       ledger.ID
	accepted bool
}

// registered makes the sample with its portions, seals and analyses.
func (x *replayStep) registered(d *sampleRegistered) {
	id := ledger.IDOf(x.e.Subject.ID)
	known := State("")
	if x.s = x.r.samples[id]; x.s != nil {
		known = x.s.state
	}
	state := moved(x, sampleFlow, known, Register)
	if x.s != nil {
		return
	}
	x.s = &replayedSample{number: x.e.Subject.Number, state: state}
	x.r.samples[id] = x.s
	x.samplers(d.Samplers)
	x.contents(d)
}

// samplers notes samplers who are not two people, or not samplers of the division, and a sampler who registers what
// others took.
func (x *replayStep) samplers(ids []string) {
	if len(ids) != 2 || ids[0] == ids[1] {
		x.fault("two_samplers", "抽样人员不是两名不同的人", "the samplers are not two people")
	}
	for i, id := range ids {
		if i < len(x.s.samplers) {
			x.s.samplers[i] = ledger.IDOf(id)
		}
		if !x.r.people.Holds(id, ledger.Sampler) {
			x.fault("not_a_sampler", "%s不是在岗的抽样人员", "%s is not a sampler who works here", id)
		}
	}
	if x.e.Role == ledger.Sampler && !slices.Contains(ids, x.e.ActorID) {
		x.fault("registrar_other", "登记人%s不是该样品的抽样人员", "%s, who registered it, did not take it", x.e.ActorID)
	}
}

// contents takes in what the sample has, and notes what does not belong together: no test portion, seals on nothing.
func (x *replayStep) contents(d *sampleRegistered) {
	x.s.portions = make([]replayedPortion, len(d.Portions))
	test, sealed := false, make([]bool, len(d.Portions))
	for i, p := range d.Portions {
		x.s.portions[i] = replayedPortion{id: ledger.IDOf(p.ID), label: p.Label, reserve: p.Role == ReservePortion}
		test = test || p.Role == TestPortion
	}
	x.s.seals = make([]replayedSeal, 0, len(d.Seals))
	for _, l := range d.Seals {
		at := x.s.portion(l.Portion)
		if at < 0 {
			x.fault("portion_unknown", "封条%s不在该样品的任何一份上", "seal %s is on no portion of the sample", l.Number)
			continue
		}
		sealed[at] = true
		x.s.seals = append(x.s.seals, replayedSeal{id: ledger.IDOf(l.ID), number: l.Number, portion: at})
	}
	for i, p := range x.s.portions {
		if !sealed[i] {
			x.fault("unsealed", "样品份%s没有封条", "portion %s bears no seal", p.label)
		}
	}
	x.s.analyses = make([]replayedAnalysis, len(d.Analyses))
	for i, a := range d.Analyses {
		x.s.analyses[i] = replayedAnalysis{id: ledger.IDOf(a.ID)}
	}
	if !test || len(d.Analyses) == 0 {
		x.fault("nothing_to_test", "没有检验样品或检验项目", "there is no test portion or nothing to test")
	}
}

// portion finds a portion of the sample by its id; -1 when it has none.
func (s *replayedSample) portion(id string) int {
	key := ledger.IDOf(id)
	return slices.IndexFunc(s.portions, func(p replayedPortion) bool { return p.id == key })
}

func (x *replayStep) delivered(d *sampleDelivered) {
	x.s.state = moved(x, sampleFlow, x.s.state, Deliver)
	at := x.s.handover(d.Handover)
	if at < 0 || x.s.open[at].purpose != ForDelivery {
		x.fault("handover_missing", "没有送样交接%s", "there is no handover %s for its delivery", d.Handover)
	}
}

// received takes the sample in after its delivery was accepted, all of it.
func (x *replayStep) received(d *sampleReceived) {
	x.s.state = moved(x, sampleFlow, x.s.state, Receive)
	missing := false
	for i := range x.s.portions {
		p := &x.s.portions[i]
		if len(p.holders) > 0 {
			continue
		}
		missing = true
		x.fault("no_delivery", "样品份%s没有送样交接记录", "there is no signed delivery of portion %s", p.label)
	}
	if !missing {
		x.settled(d.Handover, true)
	}
	x.s.delivery = replayedDelivery{}
}

func (x *replayStep) refused(d *sampleRefused) {
	x.s.state = moved(x, sampleFlow, x.s.state, Refuse)
	x.reasoned(d.Reason)
	x.settled(d.Handover, false)
	x.s.delivery = replayedDelivery{}
}

// settled notes that the receiver did not decide the delivery so.
func (x *replayStep) settled(handover string, accepted bool) {
	if x.s.delivery != (replayedDelivery{ledger.IDOf(handover), accepted}) {
		x.fault("handover_missing", "送样交接%s没有相应的接收人决定", "the receiver did not decide so on the delivery, handover %s", handover)
	}
}
