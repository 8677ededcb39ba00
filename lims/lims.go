// Package lims owns the sample's way through the laboratory: sampling forms and samples, portions under numbered seals,
// custody by handovers that both sides sign, analyses and the versions of their results, imports of instrument files,
// and reports up to their approval (tables sample, portion, seal, sample_photo, handover, handover_portion, seal_check,
// analysis, result, instrument_import, instrument_import_row, report, report_result). What is issued becomes a document
// of package certificates.
//
// Read sample_flow.go and report_flow.go first: they are the steps. form.go and form_fields.go hold the sampling form,
// custody.go the handovers, chain.go the detector of gaps, result_entry.go the gates before a result, report.go the
// report, replay.go what follows from the events alone; all SQL is in store_*.go.
package lims

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
)

// Service holds the use cases.
type Service struct {
	db        *database.DB
	now       func() time.Time
	standards *standards.Service
	days      *calendar.Calendar
}

// New makes the service; now is the clock, rules what judges results.
func New(db *database.DB, now func() time.Time, rules *standards.Service) *Service {
	return &Service{db: db, now: now, standards: rules, days: calendar.Official()}
}

// at is the present as the database keeps it.
func (s *Service) at() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

func (s *Service) today() calendar.Date { return calendar.DateOf(s.now()) }

// staff are the roles of the bureau that may look at samples.
var staff = []ledger.Role{
	ledger.Sampler, ledger.Custodian, ledger.Technician, ledger.Reviewer, ledger.Signatory,
	ledger.Auditor, ledger.Leader, ledger.TechnicalManager, ledger.Administrator,
}

// mayRead lets staff look at all samples of the division, and a business at its own.
func mayRead(actor ledger.Actor) error {
	if actor.BusinessID != "" {
		return actor.As(ledger.Business)
	}
	return actor.As(staff...)
}

// newID returns the caller's id, a fresh UUIDv7 when there is none.
func newID(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("new id: %w", err)
	}
	return id.String(), nil
}

// newIDs makes n fresh ids.
func newIDs(n int) ([]string, error) {
	ids := make([]string, n)
	for i := range ids {
		id, err := newID("")
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	return ids, nil
}

// act is one step of a person on a sample: the sample locked, in the transaction of the step.
type act struct {
	*Service
	tx     *database.Tx
	actor  ledger.Actor
	proof  users.Proof
	role   ledger.Role // in which the actor takes the step
	sample Sample
	at     time.Time
}

// onSample runs one step on a sample of the actor's division, in the version that the caller has seen.
func onSample[T any](ctx context.Context, s *Service, by signer, ref Ref, step func(a *act) (T, error)) (T, error) {
	var out T
	err := s.db.InTx(ctx, func(tx *database.Tx) error {
		a, err := s.begin(ctx, tx, by, ref)
		if err == nil {
			out, err = step(a)
		}
		return err
	})
	if err != nil {
		var none T
		return none, fmt.Errorf("sample %s: %w", short(ref.Number), err)
	}
	return out, nil
}

// signer is who takes a step, with the proof for the signature where the step needs one.
type signer struct {
	actor ledger.Actor
	proof users.Proof
}

// begin locks the sample for a step.
func (s *Service) begin(ctx context.Context, tx *database.Tx, by signer, ref Ref) (*act, error) {
	sample, err := lockSample(ctx, tx, by.actor.Division, ref.Number)
	if err != nil {
		return nil, err
	}
	if err := sample.at(ref.Version); err != nil {
		return nil, err
	}
	return &act{Service: s, tx: tx, actor: by.actor, proof: by.proof, sample: sample, at: s.at()}, nil
}

// sign stores the actor's signature under the content of a hash, and returns its id.
func (a *act) sign(ctx context.Context, meaning, kind, id string, hash [sha256.Size]byte) (string, error) {
	return users.Sign(ctx, a.tx, a.proof, a.actor, a.at, users.Signing{
		Role: a.role, Meaning: meaning, ContentHash: hash,
		Subject: ledger.Subject{Kind: kind, ID: id, Number: a.sample.Number},
	})
}

// save stores where the sample is now and counts its version up: whatever changes on a sample changes its version.
func (a *act) save(ctx context.Context) error { return saveSample(ctx, a.tx, &a.sample) }

func isKind(err error, kind errs.Kind) bool { return err != nil && errs.KindOf(err) == kind }

// fault makes the refusal of one field.
func fault(path, code, zh, en string) error {
	var l errs.List
	l.Add(path, code, zh, en)
	return l.Err()
}
