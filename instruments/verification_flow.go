package instruments

import (
	"context"
	"encoding/json"
	"fmt"

	"hengjian/instruments/procedure"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// CheckRecord is the second person's check of the record of an order.
func (s *Service) CheckRecord(ctx context.Context, actor ledger.Actor, proof users.Proof, number string, version int) (Order, error) {
	return inTx(ctx, s.db, func(tx *database.Tx) (Order, error) {
		o, role, err := s.stepOrder(ctx, tx, actor, number, version, Check)
		if err != nil {
			return o, err
		}
		v, err := lastVerification(ctx, tx, o.ID)
		if err != nil {
			return o, err
		}
		if v.VerifiedBy == actor.PersonID {
			return o, errSamePerson("检定员不能核验自己的记录", "the verifier cannot check the own record")
		}
		signature, hash, err := s.sign(ctx, tx, actor, proof, role, v, "核验 checked")
		if err != nil {
			return o, err
		}
		if err := markChecked(ctx, tx, v.ID, actor.PersonID, s.now(), signature); err != nil {
			return o, err
		}
		return s.saveStep(ctx, tx, actor, o, kindVerificationChecked.Event(role, o.about(), recordStep{v.ref(hash), signature}))
	})
}

// ReturnRecord sends a record back to the verifier with the reason; a new revision must follow.
func (s *Service) ReturnRecord(ctx context.Context, actor ledger.Actor, number string, version int, reason string) (Order, error) {
	var l errs.List
	l.Require("reason", reason, "退回原因", "reason")
	tooLong(&l, "reason", reason, 500)
	if err := l.Err(); err != nil {
		return Order{}, err
	}
	return inTx(ctx, s.db, func(tx *database.Tx) (Order, error) {
		o, role, err := s.stepOrder(ctx, tx, actor, number, version, Return)
		if err != nil {
			return o, err
		}
		v, err := lastVerification(ctx, tx, o.ID)
		if err != nil {
			return o, err
		}
		hash, err := v.ContentHash()
		if err != nil {
			return o, err
		}
		if err := markReturned(ctx, tx, v.ID, actor.PersonID, s.now(), reason); err != nil {
			return o, err
		}
		return s.saveStep(ctx, tx, actor, o, kindVerificationReturned.Event(role, o.about(),
			recordReturned{v.ref(hash), ledger.Seal(reason)}))
	})
}

// ApprovedVerification is all that a certificate says of a verification.
type ApprovedVerification struct {
	Order      Order
	Instrument Instrument
	Record     Verification
	Standard   MeasurementStandard
	Edition    Edition
	Evaluation procedure.Evaluation
}

// ApproveIn approves the record of an order in the caller's transaction, which issues the certificate. Approver, checker
// and verifier are three people.
func (s *Service) ApproveIn(ctx context.Context, tx *database.Tx, actor ledger.Actor, proof users.Proof, number string, version int,
) (ApprovedVerification, error) {
	var a ApprovedVerification
	o, role, err := s.stepOrder(ctx, tx, actor, number, version, Approve)
	if err != nil {
		return a, err
	}
	v, err := lastVerification(ctx, tx, o.ID)
	if err != nil {
		return a, err
	}
	if v.VerifiedBy == actor.PersonID || v.CheckedBy == actor.PersonID {
		return a, errSamePerson("检定员、核验员不能批准同一记录", "who verified or checked a record cannot approve it")
	}
	signature, hash, err := s.sign(ctx, tx, actor, proof, role, v, "批准 approved")
	if err != nil {
		return a, err
	}
	at := s.now()
	if err := markApproved(ctx, tx, v.ID, actor.PersonID, at, signature); err != nil {
		return a, err
	}
	v.ApprovedBy, v.Approver, v.ApprovedAt = actor.PersonID, actor.Name, &at
	if a.Order, err = s.saveStep(ctx, tx, actor, o,
		kindVerificationApproved.Event(role, o.about(), recordStep{v.ref(hash), signature})); err != nil {
		return a, err
	}
	a.Record = v
	return a, s.complete(ctx, tx, actor, &a)
}

// ApprovalHash is the hash, hexadecimal, under which the actor's approval of an order's record would be, without locking
// anything. An order that was changed since the version, or that is not there to be approved, is refused.
func (s *Service) ApprovalHash(ctx context.Context, q database.Queryer, actor ledger.Actor, number string, version int) (string, error) {
	o, err := selectOrder(ctx, q, actor, number)
	if err != nil {
		return "", err
	}
	if version != o.Version {
		return "", errVersion
	}
	if _, _, err := o.State.next(Approve, actor); err != nil {
		return "", err
	}
	v, err := lastVerification(ctx, q, o.ID)
	if err != nil {
		return "", err
	}
	return v.ContentHash()
}

// WithdrawIn ends, in the caller's transaction, what a verification is good for: its certificate or notice is revoked
// there, with the reason and its two signatures.
func (s *Service) WithdrawIn(ctx context.Context, tx *database.Tx, verificationID string) error {
	return insertWithdrawal(ctx, tx, verificationID, s.now())
}

// complete gathers what stands around an approved record.
func (s *Service) complete(ctx context.Context, q database.Queryer, actor ledger.Actor, a *ApprovedVerification) (err error) {
	if a.Instrument, err = selectInstrumentByID(ctx, q, actor, a.Order.InstrumentID); err != nil {
		return err
	}
	if a.Standard, err = selectMeasurementStandard(ctx, q, actor.Division, a.Record.StandardID); err != nil {
		return err
	}
	if a.Edition, err = selectEdition(ctx, q, a.Record.ProcedureID); err != nil {
		return err
	}
	if err := json.Unmarshal(a.Record.Evaluation, &a.Evaluation); err != nil {
		return fmt.Errorf("evaluation of record %s: %w", a.Record.RecordNumber, err)
	}
	return nil
}

func (s *Service) sign(ctx context.Context, tx *database.Tx, actor ledger.Actor, proof users.Proof, role ledger.Role,
	v Verification, meaning string,
) (signature, hash string, err error) {
	sum, _, err := ledger.Hash(v.shown())
	if err != nil {
		return "", "", err
	}
	signature, err = users.Sign(ctx, tx, proof, actor, s.now(), users.Signing{
		Role: role, Meaning: meaning, ContentHash: sum,
		Subject: ledger.Subject{Kind: "verification", ID: v.ID, Number: v.RecordNumber},
	})
	return signature, fmt.Sprintf("%x", sum), err
}

func errSamePerson(zh, en string) error { return errs.New(errs.Forbidden, "same_person", zh, en) }
