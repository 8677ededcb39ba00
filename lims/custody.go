package lims

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Delivery is a sampler's bringing a sample to a custodian.
type Delivery struct {
	Receiver string `json:"receiver,omitempty" doc:"id of the custodian"`
}

// Reception is a custodian's taking a sample in, after a look at every seal.
type Reception struct {
	Checks []SealReading `json:"checks,omitempty"`
	Place  string        `json:"place,omitempty" doc:"where it is stored"`
}

// Rejection is a custodian's refusing a sample, in writing (食品安全抽样检验管理办法 art. 22).
type Rejection struct {
	Checks []SealReading `json:"checks,omitempty"`
	Reason string        `json:"reason,omitempty"`
}

// Passing hands portions over within the laboratory.
type Passing struct {
	Purpose  Purpose  `json:"purpose,omitempty" doc:"analysis, return or storage"`
	Receiver string   `json:"receiver,omitempty"`
	Portions []string `json:"portions,omitempty" doc:"ids of the portions"`
}

// holding tells who answers for a portion. Before the first accepted handover both samplers do.
type holding struct {
	PortionID  string      `db:"portion_id"`
	Label      string      `db:"label"`
	Role       PortionRole `db:"role"`
	HandoverID string      `db:"handover_id"` // the accepted handover, empty while with the samplers
	Holder     string      `db:"holder"`
	Open       string      `db:"open"` // an offered handover of the portion
}

func (h holding) by(sample Sample, person string) bool {
	if h.HandoverID == "" {
		return person == sample.Sampler1 || person == sample.Sampler2
	}
	return h.Holder == person
}

// Deliver is signed by the sampler who gives the sample away; it is in transit until the custodian has decided.
func (s *Service) Deliver(ctx context.Context, actor ledger.Actor, proof users.Proof, ref Ref, d Delivery,
) (Sample, error) {
	return onSample(ctx, s, signer{actor, proof}, ref, func(a *act) (Sample, error) {
		state, role, err := next(sampleFlow, a.sample.State, Deliver, actor)
		if err != nil {
			return a.sample, err
		}
		held, err := selectHoldings(ctx, a.tx, a.sample.ID)
		if err != nil {
			return a.sample, err
		}
		ids := make([]string, len(held))
		for i, h := range held {
			ids[i] = h.PortionID
		}
		h, err := a.offer(ctx, Passing{Purpose: ForDelivery, Receiver: d.Receiver, Portions: ids})
		if err != nil {
			return a.sample, err
		}
		a.role, a.sample.State = role, state
		if err := a.save(ctx); err != nil {
			return a.sample, err
		}
		return a.sample, note(ctx, a, kindSampleDelivered, sampleDelivered{h.ID})
	})
}

// HandOver offers portions that the actor holds to a colleague, who accepts or declines.
func (s *Service) HandOver(ctx context.Context, actor ledger.Actor, proof users.Proof, ref Ref, p Passing,
) (Handover, error) {
	return onSample(ctx, s, signer{actor, proof}, ref, func(a *act) (Handover, error) {
		if a.sample.State != Received {
			return Handover{}, errs.New(errs.Conflict, "sample_state", "样品尚未收样，不能移交",
				"the sample is not received: it cannot be handed over")
		}
		if p.Purpose == ForDelivery {
			return Handover{}, fault("purpose", "choice", "送样不是实验室内部移交",
				"a delivery is no handover within the laboratory")
		}
		h, err := a.offer(ctx, p)
		if err != nil {
			return h, err
		}
		err = a.save(ctx)
		h.SampleVersion = a.sample.Version
		return h, err
	})
}

// offer stores an offered handover with the giver's signature, after everything that forbids it has been told.
func (a *act) offer(ctx context.Context, p Passing) (Handover, error) {
	if _, _, err := next(handoverFlow, "", Offer, a.actor); err != nil {
		return Handover{}, err
	}
	var err error
	if a.role, err = a.mayPass(ctx, p); err != nil {
		return Handover{}, err
	}
	id, err := newID("")
	if err != nil {
		return Handover{}, err
	}
	h := Handover{ID: id, SampleID: a.sample.ID, Purpose: p.Purpose, Giver: a.actor.PersonID, GiverName: a.actor.Name,
		Receiver: p.Receiver, State: Offered, OfferedAt: a.at, Portions: p.Portions, Checks: []SealCheck{}}
	portions, seals, err := contents(ctx, a.tx, a.sample.ID)
	if err != nil {
		return h, err
	}
	hash, _, err := ledger.Hash(h.offer(a.sample, portions, seals))
	if err != nil {
		return h, err
	}
	meaning := "移交样品：" + named(purposeNames, string(p.Purpose)).ZH
	if h.GiverSignature, err = a.sign(ctx, meaning, "handover", h.ID, hash); err != nil {
		return h, err
	}
	if err := insertHandover(ctx, a.tx, a.sample.Division, h); err != nil {
		return h, err
	}
	return h, note(ctx, a, kindHandoverOffered,
		handoverOffered{h.step(hex.EncodeToString(hash[:]), h.GiverSignature), h.Portions})
}

// mayPass tells all that forbids the actor to hand these portions to that receiver; when nothing does, the role in
// which the actor gives them.
func (a *act) mayPass(ctx context.Context, p Passing) (ledger.Role, error) {
	var l errs.List
	receiver, err := a.colleague(ctx, &l, p.Receiver)
	if err != nil {
		return "", err
	}
	way, found := passageFor(p.Purpose, a.actor.Roles, receiver.Roles)
	if receiver.ID != "" && !found {
		l.Add("purpose", "passage", fmt.Sprintf("不能以“%s”为由移交给此人", named(purposeNames, string(p.Purpose)).ZH),
			"the roles of giver and receiver do not allow this purpose")
	}
	held, err := selectHoldings(ctx, a.tx, a.sample.ID)
	if err != nil {
		return "", err
	}
	if len(p.Portions) == 0 {
		l.Add("portions", "required", "至少选择一份样品", "at least one portion is needed")
	}
	seen := map[string]bool{}
	for i, id := range p.Portions {
		path := fmt.Sprintf("portions[%d]", i)
		at := slices.IndexFunc(held, func(h holding) bool { return h.PortionID == id })
		if at < 0 || seen[id] {
			l.Add(path, "portion_unknown", "该样品份不属于此样品，或重复选择",
				"this portion is not of the sample, or stands twice")
			continue
		}
		seen[id] = true
		a.mayLeave(&l, path, held[at], way)
	}
	return way.giver, l.Err()
}

// mayLeave notes what keeps one portion where it is.
func (a *act) mayLeave(l *errs.List, path string, h holding, way passage) {
	if !h.by(a.sample, a.actor.PersonID) {
		l.Add(path, "not_holder", "样品份"+h.Label+"不在您手中", "you do not hold portion "+h.Label)
	}
	if h.Open != "" {
		l.Add(path, "handover_open", "样品份"+h.Label+"有未完成的移交",
			"portion "+h.Label+" is in a handover that is not decided")
	}
	if h.Role == ReservePortion && way.purpose != "" && !way.reserve {
		l.Add(path, "reserve_kept", "备份样品"+h.Label+"无指令不得离开保管",
			"reserve portion "+h.Label+" does not leave the custodians without an order")
	}
}

// passageFor finds the way in which these roles may pass portions for the purpose.
func passageFor(purpose Purpose, giver, receiver []ledger.Role) (passage, bool) {
	for _, p := range passages {
		if p.purpose == purpose && slices.Contains(giver, p.giver) && slices.Contains(receiver, p.receiver) {
			return p, true
		}
	}
	return passage{}, false
}

// colleague finds the receiver: another person of the division who works here now.
func (a *act) colleague(ctx context.Context, l *errs.List, id string) (person, error) {
	l.Require("receiver", id, "接收人", "the receiver")
	checkID(l, "receiver", id)
	if l.Len() > 0 {
		return person{}, nil
	}
	people, err := selectPeople(ctx, a.tx, a.actor.Division, []string{id})
	if err != nil {
		return person{}, err
	}
	p, ok := people[id]
	switch {
	case !ok || p.Disabled:
		l.Add("receiver", "person_unknown", "没有此人员，或已停用", "there is no such person, or the person is disabled")
		return person{}, nil
	case id == a.actor.PersonID:
		l.Add("receiver", "two_people", "移交人和接收人须为不同的人", "giver and receiver must be two people")
	}
	return p, nil
}

// Receive takes a sample into the laboratory: only by the named custodian, only when every seal is intact.
func (s *Service) Receive(ctx context.Context, actor ledger.Actor, proof users.Proof, ref Ref, r Reception,
) (Sample, error) {
	trim(&r.Place)
	return onSample(ctx, s, signer{actor, proof}, ref, func(a *act) (Sample, error) {
		h, err := a.settle(ctx, Receive, verdict{Accepted, r.Place, "", r.Checks})
		if err != nil {
			return a.sample, err
		}
		day := dueAfter(s.days, a.sample.Category, calendar.DateOf(a.at))
		a.sample.ReceivedAt, a.sample.DueOn = &a.at, day.On
		a.sample.DueProvisional, a.sample.DueBasis = day.Provisional, day.Basis
		if err := a.save(ctx); err != nil {
			return a.sample, err
		}
		return a.sample, note(ctx, a, kindSampleReceived, sampleReceived{h.ID, day.On, day.Provisional, day.Basis})
	})
}

// Refuse turns a sample away with its reason and what was seen of the seals; the samplers keep it.
func (s *Service) Refuse(ctx context.Context, actor ledger.Actor, proof users.Proof, ref Ref, r Rejection,
) (Sample, error) {
	trim(&r.Reason)
	return onSample(ctx, s, signer{actor, proof}, ref, func(a *act) (Sample, error) {
		h, err := a.settle(ctx, Refuse, verdict{Declined, "", r.Reason, r.Checks})
		if err != nil {
			return a.sample, err
		}
		a.sample.Refusal = r.Reason
		if err := a.save(ctx); err != nil {
			return a.sample, err
		}
		return a.sample, note(ctx, a, kindSampleRefused, sampleRefused{h.ID, ledger.Seal(r.Reason)})
	})
}

// settle decides the delivery of the sample and moves the sample by the step, unsaved.
func (a *act) settle(ctx context.Context, step Step, v verdict) (Handover, error) {
	var err error
	if a.sample.State, a.role, err = next(sampleFlow, a.sample.State, step, a.actor); err != nil {
		return Handover{}, err
	}
	return a.decide(ctx, "", v)
}
