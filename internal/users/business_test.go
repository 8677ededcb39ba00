package users

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

func goodBusiness(serial int) NewBusiness {
	return NewBusiness{Name: fmt.Sprintf("第%03d食品厂", serial), CreditCode: CreditCode(serial, changqing),
		Address: "平安街道1号", Street: "平安街道", Contact: "赵联系", Phone: "13800002121"}
}

func TestNewBusinessValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(n *NewBusiness)
		want   string
	}{
		{"as it is", func(*NewBusiness) {}, ""},
		{"code in lower case", func(n *NewBusiness) { n.CreditCode = " " + strings.ToLower(n.CreditCode) }, ""},
		{"wrong check character", func(n *NewBusiness) { n.CreditCode = "91330100799655058C" }, "credit_code_check"},
		{"no code", func(n *NewBusiness) { n.CreditCode = "" }, "credit_code_length"},
		{"a form's slash", func(n *NewBusiness) { n.CreditCode = "/" }, "credit_code_length"},
		{"no address", func(n *NewBusiness) { n.Address = "" }, "required"},
		{"no contact", func(n *NewBusiness) { n.Contact, n.Phone, n.Street = "", "", "" }, ""},
		{"phone too long", func(n *NewBusiness) { n.Phone = strings.Repeat("1", 41) }, "too_long"},
		{"all at once", func(n *NewBusiness) { *n = NewBusiness{ID: "1"} },
			"id bad_id, name required, address required, credit_code credit_code_length"},
	} {
		n := goodBusiness(1)
		c.change(&n)
		if got := fieldCode(n.Validate()); got != c.want {
			t.Errorf("%s: Validate() = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestRegisterBusiness(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	sampler := b.add(t, "sampler", ledger.Sampler)
	n := goodBusiness(7)
	n.ID, n.Name = newID(t), " "+n.Name
	company, err := b.RegisterBusiness(t.Context(), sampler, n)
	if err != nil {
		t.Fatal(err)
	}
	want := Business{ID: n.ID, Division: changqing, Name: "第007食品厂", CreditCode: n.CreditCode, Address: n.Address,
		Street: n.Street, Contact: n.Contact, Phone: n.Phone, CreatedAt: b.clock.now(), Version: 1}
	if diff := cmp.Diff(want, company); diff != "" {
		t.Errorf("registered (-want +got):\n%s", diff)
	}
	n.Name = "another name"
	again, err := b.RegisterBusiness(t.Context(), sampler, n)
	if diff := cmp.Diff(want, again); err != nil || diff != "" {
		t.Errorf("the same id again: %v (-want +got):\n%s", err, diff)
	}
	entries := b.history(t, "business", n.ID)
	if len(entries) != 1 || entries[0].Kind != "business.registered" || entries[0].Role != ledger.Sampler ||
		!strings.Contains(entries[0].Body, n.CreditCode) {
		t.Errorf("events %+v, want one with the credit code", entries)
	}
	n.ID = newID(t)
	_, err = b.RegisterBusiness(t.Context(), sampler, n)
	wantError(t, "a code that is known", err, errs.Conflict, "business_known")
	n.ID, n.CreditCode = company.ID, CreditCode(8, changqing)
	_, err = b.RegisterBusiness(t.Context(), sampler, n)
	wantError(t, "an id that is known", err, errs.Conflict, "business_known")
	other := b.bootstrap(t, "other", "370112")
	n.CreditCode = company.CreditCode
	_, err = b.RegisterBusiness(t.Context(), other, n)
	wantError(t, "the same from another division", err, errs.Conflict, "business_known")
}

// The same phone sends the same form many times: one business, one event, the same answer.
func TestRegisterBusinessAtOnce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	n := goodBusiness(1)
	n.ID = newID(t)
	var wg sync.WaitGroup
	answers, outcome := make([]Business, 8), make([]error, 8)
	for i := range answers {
		wg.Go(func() { answers[i], outcome[i] = b.RegisterBusiness(t.Context(), b.admin, n) })
	}
	wg.Wait()
	for i := range answers {
		if outcome[i] != nil || answers[i] != answers[0] {
			t.Errorf("answer %d: %+v, %v, want %+v", i, answers[i], outcome[i], answers[0])
		}
	}
	if got := b.kinds(t, "business", n.ID); len(got) != 1 {
		t.Errorf("events %q, want one", got)
	}
}

func TestBusinesses(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	var all []string
	for serial := range 7 {
		n := goodBusiness(serial)
		if serial%3 == 0 {
			n.Name = "同名食品厂" // the id orders those of one name
		}
		if serial == 5 {
			n.Street = "万德街道"
		}
		if _, err := b.RegisterBusiness(t.Context(), b.admin, n); err != nil {
			t.Fatal(err)
		}
		all = append(all, n.CreditCode)
	}
	list := func(f BusinessFilter) []string {
		return walk(t, func(cursor string) (paging.Page[Business], error) {
			f.Cursor = cursor
			return b.Businesses(t.Context(), b.admin, f)
		}, func(company Business) string { return company.CreditCode })
	}
	whole := list(BusinessFilter{})
	if len(whole) != len(all) {
		t.Errorf("%d businesses, want %d", len(whole), len(all))
	}
	for _, limit := range []int{1, 2, 3, 7} {
		if got := list(BusinessFilter{Limit: limit}); !cmp.Equal(got, whole) {
			t.Errorf("in pages of %d: %q, want %q", limit, got, whole)
		}
	}
	for _, c := range []struct {
		f    BusinessFilter
		want []string
	}{
		{BusinessFilter{Q: "002食"}, all[2:3]},
		{BusinessFilter{Q: strings.ToLower(all[4])}, all[4:5]},
		{BusinessFilter{Street: "万德街道"}, all[5:6]},
		{BusinessFilter{Q: "002食", Street: "万德街道"}, nil},
		{BusinessFilter{Q: "_"}, nil},
	} {
		if got := list(c.f); !cmp.Equal(got, c.want) {
			t.Errorf("Businesses(%+v) = %q, want %q", c.f, got, c.want)
		}
	}
	for _, f := range []BusinessFilter{{Cursor: "!"}, {Q: "\x00"}, {Street: "\x00"}} {
		if _, err := b.Businesses(t.Context(), b.admin, f); errs.KindOf(err) != errs.Invalid {
			t.Errorf("Businesses(%+v): %v, want Invalid", f, err)
		}
	}
}

// Who sees a business, and who sees how to reach it.
func TestWhoSeesABusiness(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	one, owner := b.addBusiness(t, 1, "one")
	_, rival := b.addBusiness(t, 2, "two")
	other := b.bootstrap(t, "other", "370112")
	const full, hidden, none = "13800002121 赵联系", "138****2121 赵*", ""
	for _, c := range []struct {
		actor        ledger.Actor
		single, list string
	}{
		{owner, full, full}, {rival, none, none}, {other, none, none},
		{ledger.Actor{Division: changqing, Roles: []ledger.Role{ledger.Business}}, none, none},
		{ledger.Actor{Division: changqing}, none, none},
		{b.admin, full, hidden},
		{b.add(t, "sampler", ledger.Sampler, ledger.Auditor), full, hidden},
		{b.add(t, "verifier", ledger.Verifier), full, hidden},
		{b.add(t, "leader", ledger.Leader), hidden, hidden},
		{b.add(t, "auditor", ledger.Auditor), hidden, hidden},
	} {
		c.actor.Login += string(actingAs(c.actor, ledger.Roles()...))
		logged := strings.Count(b.log.String(), "personal data shown")
		single, got := none, none
		if company, err := b.Business(t.Context(), c.actor, one.ID); err == nil {
			single = company.Phone + " " + company.Contact
		} else if errs.KindOf(err) != errs.NotFound {
			t.Errorf("%s: %v, want NotFound", c.actor.Login, err)
		}
		page, _ := b.Businesses(t.Context(), c.actor, BusinessFilter{})
		for _, company := range page.Items {
			if company.ID == one.ID {
				got = company.Phone + " " + company.Contact
			}
		}
		if single != c.single || got != c.list {
			t.Errorf("%s sees %q alone and %q listed, want %q and %q", c.actor.Login, single, got, c.single, c.list)
		}
		shown := strings.Count(b.log.String(), "personal data shown") > logged
		if want := c.single == full && c.actor.BusinessID == ""; shown != want {
			t.Errorf("%s: in the security log %t, want %t", c.actor.Login, shown, want)
		}
	}
	for _, id := range []string{"", "1", newID(t)} {
		_, err := b.Business(t.Context(), b.admin, id)
		wantError(t, "business "+id, err, errs.NotFound, "business_unknown")
	}
}

func TestBusinessByCode(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	company, _ := b.addBusiness(t, 1, "one")
	got, err := BusinessByCode(t.Context(), b.db, " "+strings.ToLower(company.CreditCode))
	if diff := cmp.Diff(company, got); err != nil || diff != "" {
		t.Errorf("BusinessByCode: %v (-want +got):\n%s", err, diff)
	}
	for _, code := range []string{"", "\x00", CreditCode(2, changqing)} {
		_, err := BusinessByCode(t.Context(), b.db, code)
		wantError(t, "business "+code, err, errs.NotFound, "business_unknown")
	}
}
