package lims

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	company, err := b.people.RegisterBusiness(b.ctx(), b.admin, users.NewBusiness{Name: "长清某超市",
		CreditCode: users.CreditCode(7, "370113"), Address: "清河街9号"})
	b.must(err)
	f := b.form(7)
	f.ID = idA
	f.Photos = []PhotoForm{{FileHash: b.file("门头"), Caption: "门头"}}
	f.Portions[0].Seals[0].PhotoHash = b.file("封条")
	s, err := b.Register(b.ctx(), b.li, f)
	b.must(err)
	if s.Number != "YP26-370113-00001" || s.State != Collected || s.BusinessID != company.ID || s.Version != 1 || s.ID != idA {
		t.Errorf("sample %+v", s)
	}
	d, err := b.Detail(b.ctx(), b.zhang, s.Number)
	b.must(err)
	if len(d.Portions) != 2 || d.Portions[1].Label != s.Number+"-2" || d.Portions[1].Role != ReservePortion ||
		d.Portions[0].Seals[0].PhotoHash == "" || len(d.Photos) != 1 || len(d.Analyses) != 2 || d.Analyses[1].Item != "镉" {
		t.Errorf("detail %+v", d)
	}
	if got := d.Portions[0].Holders; !slices.Equal(got, []string{b.zhang.PersonID, b.li.PersonID}) {
		t.Errorf("holders %v, want the two samplers", got)
	}
	if got := b.eventKinds(s.ID); got != "sample.registered " {
		t.Errorf("events %s", got)
	}
}

// TestRegisterAgain retries a form: the same content is the same sample, another content is a conflict.
func TestRegisterAgain(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	f := b.form(1)
	f.ID = idA
	first, err := b.Register(b.ctx(), b.zhang, f)
	b.must(err)
	f.Details["imported"] = " " // spelling, not content
	again, err := b.Register(b.ctx(), b.li, f)
	b.must(err)
	if again.Number != first.Number {
		t.Errorf("again %s, want %s", again.Number, first.Number)
	}
	f.ProductName = "韭菜"
	_, err = b.Register(b.ctx(), b.zhang, f)
	refused(t, "other content", err, errs.Conflict, "id_taken")
	f = b.form(1)
	_, err = b.Register(b.ctx(), b.zhang, f)
	refused(t, "same form without id", err, errs.Invalid, "seal_taken")
	f.Portions[0].Seals[0].Number, f.Portions[1].Seals[0].Number = "N1", "N2"
	_, err = b.Register(b.ctx(), b.zhang, f)
	refused(t, "same form number", err, errs.Conflict, "form_number_taken")
	if got := b.eventKinds(first.ID); got != "sample.registered " {
		t.Errorf("events %s, want one", got)
	}
}

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	disabled := b.gone("gone", ledger.Sampler)
	for _, c := range []struct {
		name  string
		actor ledger.Actor
		make  func(*SamplingForm)
		kind  errs.Kind
		code  string
	}{
		{"technician", b.zhao, func(*SamplingForm) {}, errs.Forbidden, "role_missing"},
		{"a third sampler", b.add("third", ledger.Sampler), func(*SamplingForm) {}, errs.Forbidden, "not_a_sampler"},
		{"sampler who is none", b.zhang, func(f *SamplingForm) { f.Sampler2 = b.zhao.PersonID }, errs.Invalid, "not_a_sampler"},
		{"sampler unknown", b.zhang, func(f *SamplingForm) { f.Sampler2 = idB }, errs.Invalid, "not_a_sampler"},
		{"sampler disabled", b.zhang, func(f *SamplingForm) { f.Sampler2 = disabled.PersonID }, errs.Invalid, "not_a_sampler"},
		{"business unknown", b.zhang, func(f *SamplingForm) { f.BusinessID = idB }, errs.Invalid, "business_unknown"},
		{"photo not stored", b.zhang, func(f *SamplingForm) { f.Photos = []PhotoForm{{FileHash: strings.Repeat("ab", 32)}} },
			errs.Invalid, "file_missing"},
		{"seal photo not stored", b.zhang, func(f *SamplingForm) { f.Portions[0].Seals[0].PhotoHash = strings.Repeat("ab", 32) },
			errs.Invalid, "file_missing"},
		{"photo that is none", b.zhang, func(f *SamplingForm) { f.Photos = []PhotoForm{{FileHash: b.stored("%PDF", "application/pdf")}} },
			errs.Invalid, "no_picture"},
		{"seal photo that is none", b.zhang, func(f *SamplingForm) {
			f.Portions[0].Seals[0].PhotoHash = b.stored("<svg>", "application/octet-stream")
		}, errs.Invalid, "no_picture"},
		{"method unknown", b.zhang, func(f *SamplingForm) { f.Analyses[0].Method = "GB 0000" }, errs.Invalid, "method_not_in_force"},
	} {
		f := b.form(fresh())
		c.make(&f)
		_, err := b.Register(b.ctx(), c.actor, f)
		refused(t, c.name, err, c.kind, c.code)
	}
	page, err := b.Samples(b.ctx(), b.auditor, ListFilter{})
	b.must(err)
	if len(page.Items) != 0 {
		t.Errorf("%d samples stored by refused forms", len(page.Items))
	}
	s, err := b.Register(b.ctx(), b.wang, b.form(fresh()))
	b.must(err)
	if s.Number != "YP26-370113-00001" {
		t.Errorf("number %s: a refused form has used one", s.Number)
	}
}

// TestRegisterBusinessAgrees refuses a business whose code is not that of the form.
func TestRegisterBusinessAgrees(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	company, err := b.people.RegisterBusiness(b.ctx(), b.admin, users.NewBusiness{Name: "某店",
		CreditCode: users.CreditCode(900001, "370113"), Address: "清河街9号"})
	b.must(err)
	f := b.form(fresh())
	f.BusinessID = company.ID
	_, err = b.Register(b.ctx(), b.zhang, f)
	refused(t, "another code", err, errs.Invalid, "business_differs")
	f.SampledUnit.CreditCode = company.CreditCode
	s, err := b.Register(b.ctx(), b.zhang, f)
	b.must(err)
	if s.BusinessID != company.ID {
		t.Errorf("business %q, want %q", s.BusinessID, company.ID)
	}
}

// TestRegisterParallel registers twenty forms at once, each of them in two windows, and wants the same answer in both and
// numbers without a gap.
func TestRegisterParallel(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	const forms = 20
	var numbers [2 * forms]string
	var wg sync.WaitGroup
	for i := range forms {
		f := b.form(fresh())
		f.ID = uuid.NewString()
		for window := range 2 {
			wg.Go(func() {
				s, err := b.Register(b.ctx(), b.zhang, f)
				if err != nil {
					t.Errorf("form %d, window %d: %v", i, window, err)
				}
				numbers[i+window*forms] = s.Number
			})
		}
	}
	wg.Wait()
	for i := range forms {
		if numbers[i] != numbers[i+forms] {
			t.Errorf("the same form got %s and %s", numbers[i], numbers[i+forms])
		}
	}
	all := slices.Sorted(slices.Values(numbers[:forms]))
	for i, n := range all {
		if want := fmt.Sprintf("YP26-370113-%05d", i+1); n != want {
			t.Errorf("number %d is %s, want %s", i, n, want)
		}
	}
}

// TestRegisterTwiceAtOnce holds the counter until two windows with the same form wait for it, so that both believe to be
// the first: both get the same sample.
func TestRegisterTwiceAtOnce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.registered() // makes the counter
	f := b.form(fresh())
	f.ID = idA
	var numbers [2]string
	var failures [2]error
	var wg sync.WaitGroup
	err := b.db.InTx(b.ctx(), func(tx *database.Tx) error {
		if _, err := database.NextNumber(b.ctx(), tx, "370113", "sample", 2026); err != nil {
			return err
		}
		for i := range numbers {
			wg.Go(func() {
				s, err := b.Register(b.ctx(), b.zhang, f)
				numbers[i], failures[i] = s.Number, err
			})
		}
		ctx, stop := context.WithTimeout(b.ctx(), 30*time.Second)
		defer stop()
		for waiting := 0; waiting < 2; {
			if err := tx.Get(ctx, &waiting, `
				SELECT count(*)
				FROM pg_locks
				WHERE locktype = 'advisory' AND NOT granted
					AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`); err != nil {
				return err
			}
		}
		return nil
	})
	wg.Wait()
	for _, err := range append(failures[:], err) {
		b.must(err)
	}
	if numbers[0] != numbers[1] || numbers[0] != "YP26-370113-00003" {
		t.Errorf("the same form became %v", numbers)
	}
}

// TestRegisterRollsBack makes the last insert fail and wants the number to be free again.
func TestRegisterRollsBack(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	f := b.form(fresh())
	f.ID = idA
	err := b.db.InTx(b.ctx(), func(tx *database.Tx) error {
		a := &act{Service: b.Service, tx: tx, actor: b.zhang, role: ledger.Sampler, sample: f.normal().sample(b.zhang), at: b.at()}
		a.sample.FormHash, a.sample.form, a.sample.RegisteredAt = strings.Repeat("00", 32), "{}", a.at
		if err := a.store(b.ctx(), f.normal()); err != nil {
			return err
		}
		return errs.New(errs.Unavailable, "broken", "断", "broken")
	})
	refused(t, "broken off", err, errs.Unavailable, "broken")
	s, err := b.Register(b.ctx(), b.zhang, f)
	b.must(err)
	if s.Number != "YP26-370113-00001" {
		t.Errorf("number %s, want the first", s.Number)
	}
}
