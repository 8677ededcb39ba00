package lims

import (
	"context"
	"encoding/hex"
	"slices"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// SealBreak says why a seal is opened.
type SealBreak struct {
	SealID string `json:"seal_id,omitempty"`
	Why    string `json:"why,omitempty"`
}

// BreakSeal records that the technician who holds a test portion opens its seal. No reserve portion is opened here.
func (s *Service) BreakSeal(ctx context.Context, actor ledger.Actor, ref Ref, b SealBreak) (Seal, error) {
	trim(&b.Why)
	var l errs.List
	l.Require("why", b.Why, "拆封原因", "the reason")
	checkText(&l, "why", b.Why, "拆封原因", "the reason", 200)
	if err := l.Err(); err != nil {
		return Seal{}, err
	}
	if err := actor.As(ledger.Technician); err != nil {
		return Seal{}, err
	}
	return onSample(ctx, s, signer{actor: actor}, ref, func(a *act) (Seal, error) {
		a.role = ledger.Technician
		seal, err := a.breakable(ctx, b.SealID)
		if err != nil {
			return seal, err
		}
		seal.BrokenBy, seal.BrokenAt, seal.BrokenWhy = actor.PersonID, &a.at, b.Why
		if err := saveBreak(ctx, a.tx, seal); err != nil {
			return seal, err
		}
		if err := a.save(ctx); err != nil {
			return seal, err
		}
		hash, _,
			err := ledger.Hash(map[string]string{"seal": seal.ID, "number": seal.Number, "broken_by": seal.BrokenBy,
			"broken_at": seal.BrokenAt.Format(layout), "why": seal.BrokenWhy})
		if err != nil {
			return seal, err
		}
		return seal, note(ctx, a, kindSealBroken, sealBroken{seal.ID, seal.PortionID, ledger.Seal(hex.EncodeToString(hash[:]))})
	})
}

// breakable finds an unbroken seal on a test portion that the actor holds.
func (a *act) breakable(ctx context.Context, id string) (Seal, error) {
	seals, err := selectSeals(ctx, a.tx, a.sample.ID)
	if err != nil {
		return Seal{}, err
	}
	at := slices.IndexFunc(seals, func(s Seal) bool { return s.ID == id })
	if at < 0 {
		return Seal{}, errs.New(errs.NotFound, "seal_missing", "没有此封条", "there is no such seal")
	}
	seal := seals[at]
	if seal.BrokenAt != nil {
		return seal, errs.New(errs.Conflict, "seal_broken", "封条"+seal.Number+"已拆封",
			"seal "+seal.Number+" is broken already")
	}
	held, err := selectHoldings(ctx, a.tx, a.sample.ID)
	if err != nil {
		return seal, err
	}
	on := slices.IndexFunc(held, func(h holding) bool { return h.PortionID == seal.PortionID })
	switch h := held[on]; {
	case h.Role == ReservePortion:
		return seal, errs.New(errs.Forbidden, "reserve_kept", "备份样品无指令不得拆封",
			"a reserve portion is not opened without an order")
	case h.HandoverID == "" || h.Holder != a.actor.PersonID || h.Open != "":
		return seal, errs.New(errs.Blocked, "not_holder", "样品份"+h.Label+"不在您手中",
			"you do not hold portion "+h.Label)
	}
	return seal, nil
}
