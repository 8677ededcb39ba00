package users

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Division is an administrative division by GB/T 2260 (six digits) with the bureau that serves it, as documents show
// it. CMANumber is the laboratory's accreditation 资质认定 number, CNASNumber its registration with CNAS, MetrologyAuthorisation the number of the
// authorisation to verify 计量授权证书.
type Division struct {
	Code                   string `json:"code" db:"code"`
	Name                   string `json:"name" db:"name"`
	Bureau                 string `json:"bureau" db:"bureau"`
	Laboratory             string `json:"laboratory" db:"laboratory"`
	Address                string `json:"address" db:"address"`
	Phone                  string `json:"phone" db:"phone"`
	CMANumber              string `json:"cma_number" db:"cma_number"`
	CNASNumber             string `json:"cnas_number,omitempty" db:"cnas_number"`
	MetrologyAuthorisation string `json:"metrology_authorisation" db:"metrology_authorisation"`
}

var divisionForm = regexp.MustCompile(`^[0-9]{6}$`)

// Validate tells all that is wrong with the input.
func (d Division) Validate() error {
	var l errs.List
	if !divisionForm.MatchString(d.Code) {
		l.Add("code", "bad_division", "行政区划代码应为6位数字", "a division's code is six digits")
	}
	l.Require("name", d.Name, "行政区划名称", "the name")
	l.Require("bureau", d.Bureau, "机关名称", "the bureau")
	checkText(&l, "name", d.Name, 100, "行政区划名称", "the name")
	checkText(&l, "bureau", d.Bureau, 100, "机关名称", "the bureau")
	checkText(&l, "laboratory", d.Laboratory, 100, "检验机构名称", "the laboratory")
	checkText(&l, "address", d.Address, 300, "地址", "the address")
	checkText(&l, "phone", d.Phone, 40, "电话", "the telephone number")
	checkText(&l, "cma_number", d.CMANumber, 60, "资质认定证书编号", "the accreditation number")
	checkText(&l, "cnas_number", d.CNASNumber, 60, "CNAS 注册号", "the CNAS registration number")
	checkText(&l, "metrology_authorisation", d.MetrologyAuthorisation, 60, "计量授权证书编号", "the metrology authorisation")
	return l.Err()
}

var errDivisionUnknown = errs.New(errs.NotFound, "division_unknown", "没有此行政区划", "there is no such division")

// PutDivision changes what is said of the administrator's own division.
func (s *Service) PutDivision(ctx context.Context, actor ledger.Actor, d Division) error {
	if err := actor.As(ledger.Administrator); err != nil {
		return err
	}
	if err := d.Validate(); err != nil {
		return err
	}
	if d.Code != actor.Division {
		return errs.New(errs.Forbidden, "division_other", "只能修改本辖区的信息", "only your own division can be changed")
	}
	return s.db.InTx(ctx, func(tx *database.Tx) error { return s.putDivision(ctx, tx, actor, d) })
}

// putDivision stores a division with its event.
func (s *Service) putDivision(ctx context.Context, tx *database.Tx, actor ledger.Actor, d Division) error {
	if err := saveDivision(ctx, tx, d); err != nil {
		return fmt.Errorf("division %s: %w", d.Code, err)
	}
	about := ledger.Subject{Kind: "division", ID: d.Code, Number: d.Code}
	return ledger.Append(ctx, tx, actor, s.at(), kindDivisionDescribed.Event(ledger.Administrator, about, divisionDescribed{
		Name: d.Name, Bureau: d.Bureau, Laboratory: d.Laboratory, Address: d.Address, Phone: ledger.Seal(d.Phone),
		CMANumber: d.CMANumber, CNASNumber: d.CNASNumber, MetrologyAuthorisation: d.MetrologyAuthorisation,
	}))
}

// Division returns a division and its bureau: public.
func (s *Service) Division(ctx context.Context, code string) (Division, error) {
	return DivisionByCode(ctx, s.db, code)
}

// Bootstrap makes the first administrator of a division, and the division itself. It works only where the division has
// no person yet, and only for somebody of the bureau; the role of administrator is added to those asked for.
func (s *Service) Bootstrap(ctx context.Context, n NewPerson, d Division) (Person, error) {
	n.Roles = append(slices.Clone(n.Roles), ledger.Administrator)
	var l errs.List
	l.Merge("", n.Validate())
	l.Merge("division", d.Validate())
	if err := l.Err(); err != nil {
		return Person{}, err
	}
	p, err := n.person(d.Code, s.at())
	if err != nil {
		return Person{}, err
	}
	hash, err := s.hashes.hash(ctx, n.Password)
	if err != nil {
		return Person{}, err
	}
	err = s.db.InTx(ctx, func(tx *database.Tx) error {
		if err := s.putDivision(ctx, tx, p.Actor(), d); err != nil { // holds the division until the end
			return err
		}
		empty, err := divisionEmpty(ctx, tx, d.Code)
		if err != nil {
			return err
		}
		if !empty {
			return errs.New(errs.Conflict, "bootstrapped", "该辖区已有人员，请由系统管理员添加",
				"the division has people already: its administrator adds more")
		}
		_, err = addPerson(ctx, tx, p.Actor(), p, hash)
		return err
	})
	if err != nil {
		return Person{}, fmt.Errorf("bootstrap %s: %w", d.Code, err)
	}
	return p, nil
}

// Anybody tells whether there is any person at all.
func (s *Service) Anybody(ctx context.Context) (bool, error) { return anyPerson(ctx, s.db) }
