package users

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Business is an enterprise that is sampled, or that owns measuring instruments. CreditCode is its unified social
// credit code 统一社会信用代码, Street the street office or town 街道/镇 in which it lies.
type Business struct {
	ID         string    `json:"id" db:"id"`
	Division   string    `json:"division" db:"division"`
	Name       string    `json:"name" db:"name"`
	CreditCode string    `json:"credit_code" db:"credit_code"`
	Address    string    `json:"address" db:"address"`
	Street     string    `json:"street" db:"street"`
	Contact    string    `json:"contact" db:"contact"`
	Phone      string    `json:"phone" db:"phone"`
	CreatedAt  time.Time `json:"created_at" db:"created_at"`
	Version    int       `json:"version" db:"version"`
}

// masked hides the contact's name and number.
func (b Business) masked() Business {
	b.Contact, b.Phone = MaskName(b.Contact), MaskPhone(b.Phone)
	return b
}

// NewBusiness is what is asked for to register a Business. ID may be given by the client: the same id again returns the
// first answer.
type NewBusiness struct {
	ID         string `json:"id,omitempty"`
	Name       string `json:"name"`
	CreditCode string `json:"credit_code"`
	Address    string `json:"address"`
	Street     string `json:"street,omitempty"`
	Contact    string `json:"contact,omitempty"`
	Phone      string `json:"phone,omitempty"`
}

// Validate tells all that is wrong with the input.
func (n NewBusiness) Validate() error {
	var l errs.List
	checkID(&l, n.ID)
	l.Require("name", n.Name, "企业名称", "the name")
	l.Require("address", n.Address, "地址", "the address")
	checkText(&l, "name", n.Name, 200, "企业名称", "the name")
	checkText(&l, "address", n.Address, 300, "地址", "the address")
	checkText(&l, "street", n.Street, 100, "街道", "the street")
	checkText(&l, "contact", n.Contact, 40, "联系人", "the contact")
	checkText(&l, "phone", n.Phone, 40, "联系电话", "the telephone number")
	l.Merge("credit_code", CheckCreditCode(plainCode(n.CreditCode)))
	return l.Err()
}

// plainCode is a credit code as people type it, brought to the form in which it is kept.
func plainCode(code string) string { return strings.ToUpper(strings.TrimSpace(code)) }

func (n NewBusiness) business(division string, at time.Time) (Business, error) {
	id, err := idOr(n.ID)
	trim := strings.TrimSpace
	return Business{ID: id, Division: division, Name: trim(n.Name), CreditCode: plainCode(n.CreditCode),
		Address: trim(n.Address), Street: trim(n.Street), Contact: trim(n.Contact), Phone: trim(n.Phone),
		CreatedAt: at, Version: 1}, err
}

// Who registers businesses, and who sees how to reach them: those who go there or keep their file.
var (
	registrars  = []ledger.Role{ledger.Administrator, ledger.Sampler, ledger.Custodian, ledger.Verifier}
	contactRead = []ledger.Role{ledger.Administrator, ledger.Sampler, ledger.Verifier}
)

var errBusinessUnknown = errs.New(errs.NotFound, "business_unknown", "没有此企业", "there is no such business")

// RegisterBusiness adds a business to the actor's division.
func (s *Service) RegisterBusiness(ctx context.Context, actor ledger.Actor, n NewBusiness) (Business, error) {
	if err := actor.As(registrars...); err != nil {
		return Business{}, err
	}
	if err := n.Validate(); err != nil {
		return Business{}, err
	}
	b, err := n.business(actor.Division, s.at())
	if err != nil {
		return Business{}, err
	}
	var registered Business
	err = s.db.InTx(ctx, func(tx *database.Tx) (err error) {
		registered, err = addBusiness(ctx, tx, actor, b)
		return err
	})
	if err != nil {
		return Business{}, fmt.Errorf("business %s: %w", b.CreditCode, err)
	}
	return registered, nil
}

// addBusiness stores the business with its event; when the id is there already with the same code, it returns that
// one.
func addBusiness(ctx context.Context, tx *database.Tx, actor ledger.Actor, b Business) (Business, error) {
	added, err := insertBusiness(ctx, tx, b)
	if err != nil {
		return Business{}, err
	}
	if !added {
		first, err := businessByID(ctx, tx, b.ID)
		if err == nil && first.CreditCode == b.CreditCode && first.Division == b.Division {
			return first, nil
		}
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return Business{}, err
		}
		return Business{}, errs.New(errs.Conflict, "business_known", "该统一社会信用代码或标识已登记",
			"a business with this credit code or id is registered already")
	}
	about := ledger.Subject{Kind: "business", ID: b.ID, Number: b.CreditCode}
	return b, ledger.Append(ctx, tx, actor, b.CreatedAt, kindBusinessRegistered.Event(actingAs(actor, registrars...), about,
		businessRegistered{b.CreditCode, OrganisationCodeHolds(b.CreditCode)}))
}

// BusinessFilter narrows the list of businesses: Q is part of the name or of the credit code.
type BusinessFilter struct {
	Cursor string
	Limit  int
	Q      string
	Street string
}

// Businesses lists the businesses of the actor's division by name, their contacts masked; a business's person sees the
// own one only, in full.
func (s *Service) Businesses(ctx context.Context, actor ledger.Actor, f BusinessFilter) (paging.Page[Business], error) {
	if err := admit(actor); err != nil {
		return paging.Page[Business]{}, err
	}
	keys, err := paging.Decode(f.Cursor, paging.Text, paging.UUID)
	if err != nil {
		return paging.Page[Business]{}, err
	}
	var l errs.List
	checkText(&l, "q", f.Q, 100, "查询内容", "the query")
	checkText(&l, "street", f.Street, 100, "街道", "the street")
	if err := l.Err(); err != nil {
		return paging.Page[Business]{}, err
	}
	limit := paging.Limit(f.Limit)
	found, err := listBusinesses(ctx, s.db, actor, f, keys, limit+1)
	if err != nil {
		return paging.Page[Business]{}, err
	}
	page := paging.Cut(found, limit, func(b Business) []string { return []string{b.Name, b.ID} })
	if isStaff(actor) {
		for i, b := range page.Items {
			page.Items[i] = b.masked()
		}
	}
	return page, nil
}

// Business returns one business. Its contact is masked unless the actor's role needs it; then the security log tells
// who saw it.
func (s *Service) Business(ctx context.Context, actor ledger.Actor, id string) (Business, error) {
	b, err := businessByID(ctx, s.db, id)
	if err == nil && (b.Division != actor.Division || !isStaff(actor) && !isOf(actor, b.ID)) {
		err = errBusinessUnknown
	}
	if err != nil {
		return Business{}, fmt.Errorf("business %s: %w", id, err)
	}
	if isOf(actor, b.ID) {
		return b, nil
	}
	if !slices.ContainsFunc(contactRead, actor.Is) {
		return b.masked(), nil
	}
	s.opts.Log.InfoContext(ctx, "personal data shown", "person_id", actor.PersonID,
		"role", actingAs(actor, contactRead...), "business_id", b.ID)
	return b, nil
}

// BusinessByCode finds a business by its credit code, in full and in whichever division: for use cases, not for people.
func BusinessByCode(ctx context.Context, q database.Queryer, code string) (Business, error) {
	b, err := businessByCode(ctx, q, plainCode(code))
	if err != nil {
		return Business{}, fmt.Errorf("business %s: %w", code, err)
	}
	return b, nil
}
