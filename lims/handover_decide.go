package lims

import (
	"context"
	"encoding/hex"
	"slices"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Acceptance is a receiver's taking over portions within the laboratory. Seals that are not yet broken are checked.
type Acceptance struct {
	Checks []SealReading `json:"checks,omitempty"`
	Place  string        `json:"place,omitempty" doc:"where the receiver keeps the portions"`
}

// Refusal is a receiver's declining portions, in writing. What was seen of the seals may be told.
type Refusal struct {
	Checks []SealReading `json:"checks,omitempty"`
	Reason string        `json:"reason,omitempty"`
}

// verdict is what a receiver decided about a handover.
type verdict struct {
	state   HandoverState
	place   string
	refusal string
	checks  []SealReading
}

func (v verdict) step() Step {
	if v.state == Accepted {
		return Accept
	}
	return Decline
}

// Accept takes over the portions of a handover that is offered to the actor.
func (s *Service) Accept(ctx context.Context, actor ledger.Actor, proof users.Proof, ref Ref, handover string,
	in Acceptance,
) (Handover, error) {
	trim(&in.Place)
	return s.decideOpen(ctx, signer{actor, proof}, ref, handover, verdict{Accepted, in.Place, "", in.Checks})
}

// Decline refuses the portions of a handover that is offered to the actor; the giver keeps them.
func (s *Service) Decline(ctx context.Context, actor ledger.Actor, proof users.Proof, ref Ref, handover string,
	in Refusal,
) (Handover, error) {
	trim(&in.Reason)
	return s.decideOpen(ctx, signer{actor, proof}, ref, handover, verdict{Declined, "", in.Reason, in.Checks})
}

func (s *Service) decideOpen(ctx context.Context, by signer, ref Ref, handover string, v verdict) (Handover, error) {
	return onSample(ctx, s, by, ref, func(a *act) (Handover, error) {
		if a.sample.State != Received {
			return Handover{}, errs.New(errs.Conflict, "sample_state", "送样须以收样或拒收办理",
				"a delivery is decided by receiving or refusing the sample")
		}
		var err error
		if _, a.role, err = next(handoverFlow, Offered, v.step(), a.actor); err != nil {
			return Handover{}, err
		}
		h, err := a.decide(ctx, handover, v)
		if err != nil {
			return h, err
		}
		err = a.save(ctx)
		h.SampleVersion = a.sample.Version
		return h, err
	})
}

// decide stores the receiver's decision on an offered handover with the receiver's signature. An empty id stands for
// the sample's only offered handover, its delivery.
func (a *act) decide(ctx context.Context, id string, v verdict) (Handover, error) {
	h, err := a.openHandover(ctx, id)
	if err != nil {
		return h, err
	}
	portions, seals, err := contents(ctx, a.tx, a.sample.ID)
	if err != nil {
		return h, err
	}
	if h, err = h.decided(a.actor, v, seals); err != nil {
		return h, err
	}
	h.DecidedAt = &a.at
	for i := range h.Checks {
		h.Checks[i].CheckedBy, h.Checks[i].CheckedAt = a.actor.PersonID, a.at
	}
	hash, _, err := ledger.Hash(h.decision(a.sample, portions, seals))
	if err != nil {
		return h, err
	}
	meaning := named(handoverFlow.Steps, string(v.step())).ZH + "样品：" + named(purposeNames, string(h.Purpose)).ZH
	if h.ReceiverSignature, err = a.sign(ctx, meaning, "handover", h.ID, hash); err != nil {
		return h, err
	}
	if err := saveDecision(ctx, a.tx, h); err != nil {
		return h, err
	}
	kind := kindHandoverAccepted
	if v.state == Declined {
		kind = kindHandoverDeclined
	}
	return h, note(ctx, a, kind, h.decidedAs(hex.EncodeToString(hash[:])))
}

// openHandover finds the offered handover and makes sure that it is the actor's to decide.
func (a *act) openHandover(ctx context.Context, id string) (Handover, error) {
	all, err := selectHandovers(ctx, a.tx, a.sample.ID)
	if err != nil {
		return Handover{}, err
	}
	at := slices.IndexFunc(all, func(h Handover) bool { return h.ID == id || (id == "" && h.State == Offered) })
	switch {
	case at < 0:
		return Handover{}, errs.New(errs.NotFound, "handover_missing", "没有此移交", "there is no such handover")
	case all[at].Receiver != a.actor.PersonID:
		return Handover{}, errs.New(errs.Forbidden, "not_receiver", "您不是指定的接收人", "you are not the named receiver")
	case all[at].State != Offered:
		return Handover{}, errs.New(errs.Conflict, "handover_state", "该移交已办结", "the handover is decided already")
	}
	return all[at], nil
}

// decided is the handover after the receiver's decision, or all that forbids it. Taking over needs the receiver's role,
// a place and all unbroken seals intact; refusing needs a reason.
func (h Handover) decided(actor ledger.Actor, v verdict, seals []Seal) (Handover, error) {
	mayReceive := func(p passage) bool { return p.purpose == h.Purpose && actor.Is(p.receiver) }
	if !slices.ContainsFunc(passages, mayReceive) {
		return h, errs.New(errs.Forbidden, "role_missing", "您的角色不能接收此移交",
			"your role does not allow to take this over")
	}
	var l errs.List
	sealed := slices.DeleteFunc(slices.Clone(seals), func(s Seal) bool {
		return s.BrokenAt != nil || !slices.Contains(h.Portions, s.PortionID)
	})
	h.Checks = []SealCheck{}
	if v.state == Accepted || h.Purpose == ForDelivery || len(v.checks) > 0 {
		h.Checks = readSeals(&l, sealed, v.checks)
	}
	if v.state == Accepted {
		l.Require("place", v.place, "存放地点", "the place")
		checkText(&l, "place", v.place, "存放地点", "the place", 100)
	} else {
		l.Require("reason", v.refusal, "拒收理由", "the reason")
		checkText(&l, "reason", v.refusal, "拒收理由", "the reason", 500)
	}
	if err := l.Err(); err != nil {
		return h, err
	}
	if reasons := notIntact(h.Checks); v.state == Accepted && len(reasons) > 0 {
		return h, errSeals(reasons)
	}
	h.State, h.Place, h.Refusal = v.state, v.place, v.refusal
	return h, nil
}

// contents reads the portions and seals of a sample.
func contents(ctx context.Context, q database.Queryer, sampleID string) ([]Portion, []Seal, error) {
	portions, err := selectPortions(ctx, q, sampleID)
	if err != nil {
		return nil, nil, err
	}
	seals, err := selectSeals(ctx, q, sampleID)
	return portions, seals, err
}
