package users

import (
	"context"
	"fmt"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// What a person is authorised for: a test method, or a verification procedure (ISO/IEC 17025:2017 6.2.6).
const (
	ForMethod    = "method"
	ForProcedure = "procedure"
)

// NewAuthorisation is what is asked for to authorise a person for a method or procedure, by its code, from one day to
// another, both included; without ValidTo it has no end. ID may be given by the client, for a retry.
type NewAuthorisation struct {
	ID        string        `json:"id,omitempty"`
	PersonID  string        `json:"person_id"`
	Subject   string        `json:"subject"`
	Code      string        `json:"code"`
	ValidFrom calendar.Date `json:"valid_from"`
	ValidTo   calendar.Date `json:"valid_to,omitzero"`
}

// Validate tells all that is wrong with the input.
func (n NewAuthorisation) Validate() error {
	var l errs.List
	checkID(&l, n.ID)
	l.Require("person_id", n.PersonID, "人员", "the person")
	if n.Subject != ForMethod && n.Subject != ForProcedure {
		l.Add("subject", "bad_subject", "授权对象应为检验方法或检定规程", "the subject is method or procedure")
	}
	l.Require("code", n.Code, "方法或规程编号", "the code")
	checkText(&l, "code", n.Code, 80, "方法或规程编号", "the code")
	if n.ValidFrom.IsZero() {
		l.Add("valid_from", "required", "开始日期必填", "the first day is required")
	}
	if !n.ValidTo.IsZero() && n.ValidTo.Before(n.ValidFrom) {
		l.Add("valid_to", "before_start", "结束日期早于开始日期", "the last day is before the first")
	}
	return l.Err()
}

// Authorisation is a person's authorisation as read back.
type Authorisation struct {
	ID        string        `json:"id" db:"id"`
	PersonID  string        `json:"person_id" db:"person_id"`
	Subject   string        `json:"subject" db:"subject"`
	Code      string        `json:"code" db:"code"`
	ValidFrom calendar.Date `json:"valid_from" db:"valid_from"`
	ValidTo   calendar.Date `json:"valid_to,omitzero" db:"valid_to"`
	GrantedBy string        `json:"granted_by" db:"granted_by"`
	GrantedAt time.Time     `json:"granted_at" db:"granted_at"`
}

// Authorise lets a person of the bureau use a method or procedure. The technical manager does it, never for oneself.
// An authorisation that overlaps another of the same person for the same thing is refused, so that ending it ends it.
func (s *Service) Authorise(ctx context.Context, actor ledger.Actor, n NewAuthorisation) error {
	if err := actor.As(ledger.TechnicalManager); err != nil {
		return err
	}
	if err := n.Validate(); err != nil {
		return err
	}
	a, err := n.authorisation(actor, s.at())
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, func(tx *database.Tx) error { return addAuthorisation(ctx, tx, actor, a) })
	if err != nil {
		return fmt.Errorf("authorise person %s for %s: %w", n.PersonID, n.Code, err)
	}
	return nil
}

func (n NewAuthorisation) authorisation(actor ledger.Actor, at time.Time) (Authorisation, error) {
	id, err := idOr(n.ID)
	return Authorisation{ID: id, PersonID: n.PersonID, Subject: n.Subject, Code: n.Code, ValidFrom: n.ValidFrom,
		ValidTo: n.ValidTo, GrantedBy: actor.PersonID, GrantedAt: at}, err
}

func addAuthorisation(ctx context.Context, tx *database.Tx, actor ledger.Actor, a Authorisation) error {
	p, err := lockPerson(ctx, tx, a.PersonID) // one authorisation of a person after another
	if err != nil {
		return err
	}
	a.PersonID = p.ID // as the database writes it
	if err := mayBeAuthorised(p, actor); err != nil {
		return err
	}
	earlier, err := authorisationsOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	for _, e := range earlier {
		if e.ID == a.ID && e.sameAs(a) {
			return nil // a retry
		}
		if e.overlaps(a) {
			return errs.New(errs.Conflict, "authorised_already", "该人员在此期间已获授权",
				"the person is authorised for it in this time already")
		}
	}
	if err := insertAuthorisation(ctx, tx, a); err != nil {
		return err
	}
	return ledger.Append(ctx, tx, actor, a.GrantedAt, kindAuthorisationGranted.Event(ledger.TechnicalManager, a.about(),
		authorisationGranted{a.PersonID, a.Subject, a.Code, a.ValidFrom, a.ValidTo}))
}

func (a Authorisation) about() ledger.Subject {
	return ledger.Subject{Kind: "authorisation", ID: a.ID, Number: a.Code}
}

// mayBeAuthorised refuses oneself, people of other divisions and people of businesses.
func mayBeAuthorised(p Person, actor ledger.Actor) error {
	switch {
	case p.Division != actor.Division:
		return errPersonUnknown
	case p.ID == actor.PersonID:
		return errs.New(errs.Forbidden, "authorise_oneself", "不能为自己授权", "nobody authorises oneself")
	case p.BusinessID != "":
		return errs.New(errs.Conflict, "authorise_business", "企业人员不能获得授权", "a business's person cannot be authorised")
	}
	return nil
}

// sameAs tells whether both are for the same thing and the same days.
func (a Authorisation) sameAs(b Authorisation) bool {
	return a.Subject == b.Subject && a.Code == b.Code && a.ValidFrom == b.ValidFrom && a.ValidTo == b.ValidTo
}

// overlaps tells whether both are for the same thing and share a day.
func (a Authorisation) overlaps(b Authorisation) bool {
	ends := func(x, y Authorisation) bool { return !x.ValidTo.IsZero() && x.ValidTo.Before(y.ValidFrom) }
	return a.Subject == b.Subject && a.Code == b.Code && !ends(a, b) && !ends(b, a)
}

// EndAuthorisation makes lastDay the last day of an authorisation: earlier than before, and not before its first.
func (s *Service) EndAuthorisation(ctx context.Context, actor ledger.Actor, id string, lastDay calendar.Date) error {
	if err := actor.As(ledger.TechnicalManager); err != nil {
		return err
	}
	err := s.db.InTx(ctx, func(tx *database.Tx) error {
		a, division, err := lockAuthorisation(ctx, tx, id)
		if err != nil {
			return err
		}
		switch {
		case division != actor.Division:
			return errAuthorisationUnknown
		case lastDay.Before(a.ValidFrom):
			return errs.New(errs.Conflict, "before_start", "结束日期早于开始日期", "the last day is before the first")
		case !a.ValidTo.IsZero() && !lastDay.Before(a.ValidTo):
			return errs.New(errs.Conflict, "not_earlier", "该授权已更早结束，延长须重新授权",
				"the authorisation ends no later already; a longer one is granted anew")
		}
		if err := endAuthorisation(ctx, tx, a.ID, lastDay); err != nil {
			return err
		}
		return ledger.Append(ctx, tx, actor, s.at(), kindAuthorisationEnded.Event(ledger.TechnicalManager, a.about(),
			authorisationEnded{a.PersonID, lastDay}))
	})
	if err != nil {
		return fmt.Errorf("authorisation %s: %w", id, err)
	}
	return nil
}

var errAuthorisationUnknown = errs.New(errs.NotFound, "authorisation_unknown", "没有此授权", "there is no such authorisation")

// Authorisations lists what a person of the bureau is or was authorised for, the newest first.
func (s *Service) Authorisations(ctx context.Context, actor ledger.Actor, personID string) ([]Authorisation, error) {
	if err := actor.As(staffRoles()...); err != nil {
		return nil, err
	}
	p, err := s.Person(ctx, actor, personID)
	if err != nil {
		return nil, err
	}
	return authorisationsOf(ctx, s.db, p.ID)
}
