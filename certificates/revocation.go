package certificates

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Revocation is the withdrawal of a document: one person asks with a reason, another decides.
type Revocation struct {
	ID          string     `json:"id" db:"id"`
	State       string     `json:"state" db:"state" enum:"requested,confirmed,declined"`
	Reason      string     `json:"reason" db:"reason"`
	RequestedBy string     `json:"requested_by" db:"requested_by"`
	Requester   string     `json:"requester" db:"requester"`
	RequestedAt time.Time  `json:"requested_at" db:"requested_at"`
	DecidedBy   string     `json:"decided_by,omitempty" db:"decided_by"`
	Decider     string     `json:"decider,omitempty" db:"decider"`
	DecidedAt   *time.Time `json:"decided_at,omitempty" db:"decided_at"`
	Nonce       string     `json:"-" db:"nonce"`
}

// revokers may ask for a revocation and decide on one.
func revokers(kind Kind) []ledger.Role {
	if kind == InspectionReport {
		return []ledger.Role{ledger.Signatory, ledger.TechnicalManager}
	}
	return []ledger.Role{ledger.Approver, ledger.TechnicalManager}
}

func actingAs(actor ledger.Actor, roles []ledger.Role) (ledger.Role, error) {
	for _, r := range roles {
		if actor.Is(r) {
			return r, nil
		}
	}
	return "", actor.As(roles...)
}

// RequestRevocation asks that a document be revoked.
func (s *Service) RequestRevocation(ctx context.Context, actor ledger.Actor, proof users.Proof, number, reason string) (Detail, error) {
	reason = strings.TrimSpace(reason)
	var l errs.List
	l.Require("reason", reason, "撤销原因", "reason")
	if len([]rune(reason)) > 500 {
		l.Add("reason", "too_long", "撤销原因不超过500字", "the reason has at most 500 characters")
	}
	if err := l.Err(); err != nil {
		return Detail{}, err
	}
	err := s.db.InTx(ctx, func(tx *database.Tx) error {
		d, err := s.find(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		role, err := actingAs(actor, revokers(d.Kind))
		if err != nil {
			return err
		}
		if d.Status == Revoked {
			return errs.New(errs.Conflict, "revoked_already", "文书已撤销", "the document is revoked already")
		}
		r := Revocation{Reason: reason, Nonce: rand.Text()}
		signature, err := s.signRevocation(ctx, tx, actor, proof, role, d, "申请撤销 revocation requested", r)
		if err != nil {
			return err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("revocation id: %w", err)
		}
		r.ID, r.RequestedBy, r.RequestedAt = id.String(), actor.PersonID, s.now()
		if err := insertRevocation(ctx, tx, d.ID, r, signature); err != nil {
			return err
		}
		return ledger.Append(ctx, tx, actor, s.now(), kindRevocationRequested.Event(role, d.about(),
			revocationRequested{id.String(), ledger.Seal(reason), signature}))
	})
	if err != nil {
		return Detail{}, err
	}
	return s.Document(ctx, actor, number)
}

// DecideRevocation confirms or declines what another person asked for. Once confirmed, the public page says so
// at once, and an instrument counts as not verified.
func (s *Service) DecideRevocation(ctx context.Context, actor ledger.Actor, proof users.Proof, number string, confirm bool) (Detail, error) {
	err := s.db.InTx(ctx, func(tx *database.Tx) error {
		d, err := s.find(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		role, err := actingAs(actor, revokers(d.Kind))
		if err != nil {
			return err
		}
		r, err := lockRevocation(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if r.RequestedBy == actor.PersonID {
			return errs.New(errs.Forbidden, "same_person", "撤销须由两人办理，申请人不能自己确认",
				"a revocation needs two people: who asked cannot decide")
		}
		state, kind, meaning := "confirmed", kindRevoked, "确认撤销 revocation confirmed"
		if !confirm {
			state, kind, meaning = "declined", kindRevocationDeclined, "不同意撤销 revocation declined"
		}
		signature, err := s.signRevocation(ctx, tx, actor, proof, role, d, meaning, r)
		if err != nil {
			return err
		}
		if err := decideRevocation(ctx, tx, r.ID, state, actor.PersonID, s.now(), signature); err != nil {
			return err
		}
		if confirm && d.Kind != InspectionReport {
			if err := s.instruments.WithdrawIn(ctx, tx, d.SubjectID); err != nil {
				return err
			}
		}
		return ledger.Append(ctx, tx, actor, s.now(), kind.Event(role, d.about(), revocationDecided{r.ID, signature}))
	})
	if err != nil {
		return Detail{}, err
	}
	return s.Document(ctx, actor, number)
}

func (s *Service) signRevocation(ctx context.Context, tx *database.Tx, actor ledger.Actor, proof users.Proof, role ledger.Role,
	d Document, meaning string, r Revocation,
) (string, error) {
	text, err := ledger.Canonical(map[string]string{
		"document": d.Number, "content": d.ContentHash, "reason": r.Reason, "nonce": r.Nonce, // without it, the hash would tell the reason
	})
	if err != nil {
		return "", err
	}
	return users.Sign(ctx, tx, proof, actor, s.now(), users.Signing{
		Role: role, Meaning: meaning, ContentHash: sha256.Sum256(text),
		Subject: d.about(),
	})
}
