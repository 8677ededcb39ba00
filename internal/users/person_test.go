package users

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// fieldCode returns the codes of all faults, each with its path when there are several.
func fieldCode(err error) string {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return ""
	}
	if len(e.Fields) == 1 {
		return e.Fields[0].Code
	}
	var all []string
	for _, f := range e.Fields {
		all = append(all, f.Path+" "+f.Code)
	}
	return strings.Join(all, ", ")
}

func TestNewPersonValidate(t *testing.T) {
	t.Parallel()
	good := NewPerson{Login: "zhang.san", Name: "张三", Password: goodPassword, Roles: []ledger.Role{ledger.Sampler}}
	company := "01978a3e-5b7c-7c3e-9d6a-0123456789ab"
	for _, c := range []struct {
		name   string
		change func(n *NewPerson)
		want   string
	}{
		{"as it is", func(*NewPerson) {}, ""},
		{"id", func(n *NewPerson) { n.ID = company }, ""},
		{"id of version 4", func(n *NewPerson) { n.ID = "3fe0b0a2-6e0b-4a49-8f0a-0123456789ab" }, "bad_id"},
		{"id as URN", func(n *NewPerson) { n.ID = "urn:uuid:" + company }, "bad_id"},
		{"id that is none", func(n *NewPerson) { n.ID = "1" }, "bad_id"},
		{"login upper case", func(n *NewPerson) { n.Login = "Zhang" }, "bad_login"},
		{"login of one letter", func(n *NewPerson) { n.Login = "z" }, "bad_login"},
		{"login with digit first", func(n *NewPerson) { n.Login = "1z" }, "bad_login"},
		{"login too long", func(n *NewPerson) { n.Login = strings.Repeat("z", 41) }, "bad_login"},
		{"login with line end", func(n *NewPerson) { n.Login = "zhang\n" }, "bad_login"},
		{"no name", func(n *NewPerson) { n.Name = " " }, "required"},
		{"name with NUL", func(n *NewPerson) { n.Name = "张\x00" }, "bad_characters"},
		{"no role", func(n *NewPerson) { n.Roles = nil }, "required"},
		{"unknown role", func(n *NewPerson) { n.Roles = []ledger.Role{"king"} }, "role_unknown"},
		{"business without one", func(n *NewPerson) { n.Roles = []ledger.Role{ledger.Business} }, "required"},
		{"staff with a business", func(n *NewPerson) { n.BusinessID = company }, "not_business"},
		{"business and staff", func(n *NewPerson) {
			n.Roles, n.BusinessID = []ledger.Role{ledger.Sampler, ledger.Business}, company
		}, "roles_exclude"},
		{"business", func(n *NewPerson) { n.Roles, n.BusinessID = []ledger.Role{ledger.Business}, company }, ""},
		{"all at once", func(n *NewPerson) { *n = NewPerson{} },
			"login bad_login, name required, password password_short, roles required"},
	} {
		n := good
		c.change(&n)
		if got := fieldCode(n.Validate()); got != c.want {
			t.Errorf("%s: Validate() = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCreatePerson(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	n := NewPerson{ID: newID(t), Login: "zhang", Name: " 张三 ", Password: goodPassword,
		Roles: []ledger.Role{ledger.Checker, ledger.Verifier, ledger.Checker}}
	p, err := b.CreatePerson(t.Context(), b.admin, n)
	if err != nil {
		t.Fatal(err)
	}
	want := Person{ID: n.ID, Division: changqing, Login: "zhang", Name: "张三",
		Roles: []ledger.Role{ledger.Verifier, ledger.Checker}, CreatedAt: b.clock.now(), Version: 1}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, b.person(t, n.ID)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	again, err := b.CreatePerson(t.Context(), b.admin, n)
	if diff := cmp.Diff(want, again); err != nil || diff != "" {
		t.Errorf("the same id again: %v (-want +got):\n%s", err, diff)
	}
	if got, want := b.kinds(t, "person", n.ID), []string{"person.created"}; !cmp.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
	n.ID = ""
	_, err = b.CreatePerson(t.Context(), b.admin, n)
	wantError(t, "a login that is taken", err, errs.Conflict, "login_taken")
	n.ID, n.Login = p.ID, "li"
	_, err = b.CreatePerson(t.Context(), b.admin, n)
	wantError(t, "an id that is taken", err, errs.Conflict, "login_taken")
}

func TestCreatePersonOfBusiness(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	company, owner := b.addBusiness(t, 1, "owner")
	if owner.BusinessID != company.ID {
		t.Errorf("actor's business %q, want %q", owner.BusinessID, company.ID)
	}
	n := NewPerson{Login: "zhao", Name: "赵", Password: goodPassword, Roles: []ledger.Role{ledger.Business}}
	other := b.bootstrap(t, "other", "370112")
	for _, c := range []struct {
		actor    ledger.Actor
		business string
	}{{b.admin, newID(t)}, {b.admin, "no id"}, {other, company.ID}} {
		n.BusinessID = c.business
		_, err := b.CreatePerson(t.Context(), c.actor, n)
		if got := fieldCode(err); got != "business_unknown" {
			t.Errorf("person of business %q by division %s: %v, want business_unknown", c.business, c.actor.Division, err)
		}
	}
}

func TestChangeRoles(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Sampler)
	p, err := b.ChangeRoles(t.Context(), b.admin, zhang.PersonID, 1, []ledger.Role{ledger.Reviewer, ledger.Technician})
	if err != nil {
		t.Fatal(err)
	}
	if want := []ledger.Role{ledger.Technician, ledger.Reviewer}; !cmp.Equal(p.Roles, want) || p.Version != 2 {
		t.Errorf("changed to %v version %d, want %v version 2", p.Roles, p.Version, want)
	}
	if diff := cmp.Diff(p, b.person(t, zhang.PersonID)); diff != "" {
		t.Errorf("stored (-answered +stored):\n%s", diff)
	}
	_, err = b.ChangeRoles(t.Context(), b.admin, zhang.PersonID, 1, []ledger.Role{ledger.Leader})
	wantError(t, "an old version", err, errs.Version, "version")
	_, err = b.ChangeRoles(t.Context(), b.admin, zhang.PersonID, 2, []ledger.Role{ledger.Business})
	if got := fieldCode(err); got != "required" {
		t.Errorf("staff to business: %v, want a business_id required", err)
	}
	if got := b.person(t, zhang.PersonID); !cmp.Equal(got, p) {
		t.Errorf("after refusals %+v, want %+v", got, p)
	}
	other := b.bootstrap(t, "other", "370112")
	_, err = b.ChangeRoles(t.Context(), other, zhang.PersonID, 2, []ledger.Role{ledger.Leader})
	wantError(t, "another division", err, errs.NotFound, "person_unknown")
	wantKinds := []string{"person.created", "person.roles_changed"}
	if got := b.kinds(t, "person", zhang.PersonID); !cmp.Equal(got, wantKinds) {
		t.Errorf("events %q, want %q", got, wantKinds)
	}
}

func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.bootstrap(t, "other", "370112") // another division's does not count
	_, err := b.Disable(t.Context(), b.admin, b.admin.PersonID, 1)
	wantError(t, "disable the last", err, errs.Conflict, "last_administrator")
	_, err = b.ChangeRoles(t.Context(), b.admin, b.admin.PersonID, 1, []ledger.Role{ledger.Leader})
	wantError(t, "strip the last", err, errs.Conflict, "last_administrator")
	second := b.add(t, "second", ledger.Administrator)
	if _, err := b.Disable(t.Context(), b.admin, second.PersonID, 1); err != nil {
		t.Fatal(err)
	}
	_, err = b.Disable(t.Context(), b.admin, b.admin.PersonID, 1)
	wantError(t, "the other is disabled", err, errs.Conflict, "last_administrator")
	if _, err := b.Enable(t.Context(), b.admin, second.PersonID, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Disable(t.Context(), second, b.admin.PersonID, 1); err != nil {
		t.Errorf("with another administrator: %v", err)
	}
}

// Two administrators who shut each other out at the same moment: one of them stays.
func TestLastAdministratorStaysInARace(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	second := b.add(t, "second", ledger.Administrator)
	for round := range 10 {
		var wg sync.WaitGroup
		outcome := make([]error, 2)
		for i, id := range []string{b.admin.PersonID, second.PersonID} {
			version := b.person(t, id).Version
			wg.Go(func() { _, outcome[i] = b.Disable(t.Context(), b.admin, id, version) })
		}
		wg.Wait()
		if (outcome[0] == nil) == (outcome[1] == nil) {
			t.Fatalf("round %d: %v and %v, want exactly one refused", round, outcome[0], outcome[1])
		}
		for _, id := range []string{b.admin.PersonID, second.PersonID} {
			p := b.person(t, id)
			if p.DisabledAt == nil {
				continue
			}
			if _, err := b.Enable(t.Context(), b.admin, id, p.Version); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestDisable(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Sampler)
	token := b.signIn(t, "zhang")
	p, err := b.Disable(t.Context(), b.admin, zhang.PersonID, 1)
	if err != nil || p.DisabledAt == nil || !p.DisabledAt.Equal(b.clock.now()) {
		t.Fatalf("Disable = %+v, %v", p, err)
	}
	_, err = b.Disable(t.Context(), b.admin, zhang.PersonID, 2)
	wantError(t, "disable twice", err, errs.Conflict, "disabled_already")
	p, err = b.Enable(t.Context(), b.admin, zhang.PersonID, 2)
	if err != nil || p.DisabledAt != nil {
		t.Fatalf("Enable = %+v, %v", p, err)
	}
	_, err = b.Enable(t.Context(), b.admin, zhang.PersonID, 3)
	wantError(t, "enable twice", err, errs.Conflict, "not_disabled")
	_, err = b.Resume(t.Context(), token)
	wantError(t, "a session from before", err, errs.Unauthenticated, "session_ended")
	want := []string{"person.created", "person.disabled", "person.enabled"}
	if got := b.kinds(t, "person", zhang.PersonID); !cmp.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
}

// walk reads a list page by page to its end.
func walk[T any](t *testing.T, page func(cursor string) (paging.Page[T], error), name func(T) string) (names []string) {
	t.Helper()
	cursor := ""
	for range 20 {
		p, err := page(cursor)
		if err != nil {
			t.Fatalf("page at %q: %v", cursor, err)
		}
		for _, item := range p.Items {
			names = append(names, name(item))
		}
		if cursor = p.Next; cursor == "" {
			return names
		}
	}
	t.Fatalf("the list has no end: %q", names)
	return nil
}

func TestPeople(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	var all []string
	for i := range 7 {
		login := fmt.Sprintf("p%d", i)
		b.add(t, login, []ledger.Role{ledger.Sampler, ledger.Reviewer}[i%2])
		all = append(all, login)
	}
	all = append([]string{"admin"}, all...)
	b.bootstrap(t, "other", "370112")
	list := func(f Filter) []string {
		return walk(t, func(cursor string) (paging.Page[Person], error) {
			f.Cursor = cursor
			return b.People(t.Context(), b.admin, f)
		}, func(p Person) string { return p.Login })
	}
	for _, c := range []struct {
		f    Filter
		want []string
	}{
		{Filter{}, all},
		{Filter{Limit: 1}, all},
		{Filter{Limit: 3}, all},
		{Filter{Limit: 8}, all},
		{Filter{Role: ledger.Reviewer}, []string{"p1", "p3", "p5"}},
		{Filter{Role: ledger.Reviewer, Limit: 2}, []string{"p1", "p3", "p5"}},
		{Filter{Q: "王管"}, []string{"admin"}},
		{Filter{Q: " P3 "}, []string{"p3"}},
		{Filter{Q: "%"}, nil},
		{Filter{Role: "king"}, nil},
	} {
		if got := list(c.f); !cmp.Equal(got, c.want) {
			t.Errorf("People(%+v) = %q, want %q", c.f, got, c.want)
		}
	}
	for _, f := range []Filter{{Cursor: "!"}, {Q: "\x00"}, {Role: "\x00"}} {
		if _, err := b.People(t.Context(), b.admin, f); errs.KindOf(err) != errs.Invalid {
			t.Errorf("People(%+v): %v, want Invalid", f, err)
		}
	}
}

func TestWhoMayKnowOfWhom(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	clerk := b.add(t, "clerk", ledger.Custodian)
	_, one := b.addBusiness(t, 1, "one")
	_, two := b.addBusiness(t, 2, "two")
	other := b.bootstrap(t, "other", "370112")
	none := ledger.Actor{PersonID: newID(t), Division: changqing}
	for _, c := range []struct {
		who, whom ledger.Actor
		want      bool
	}{
		{clerk, b.admin, true}, {clerk, one, true}, {b.admin, clerk, true},
		{one, one, true}, {one, two, false}, {one, clerk, false}, {one, b.admin, false},
		{other, clerk, false}, {clerk, other, false}, {none, clerk, false},
	} {
		p, err := b.Person(t.Context(), c.who, c.whom.PersonID)
		if (err == nil) != c.want || err == nil && p.ID != c.whom.PersonID {
			t.Errorf("%s looks at %s: %+v, %v, want %t", c.who.Login, c.whom.Login, p, err, c.want)
		}
		if err != nil {
			wantError(t, c.who.Login+" looks at "+c.whom.Login, err, errs.NotFound, "person_unknown")
		}
	}
	for _, id := range []string{"", "1", newID(t), "' OR 1=1 --"} {
		_, err := b.Person(t.Context(), b.admin, id)
		wantError(t, "person "+id, err, errs.NotFound, "person_unknown")
	}
	page, err := b.People(t.Context(), one, Filter{})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != one.PersonID {
		t.Errorf("a business lists %+v, %v, want its own person only", page.Items, err)
	}
	_, err = b.People(t.Context(), ledger.Actor{Roles: []ledger.Role{ledger.Business}, Division: changqing}, Filter{})
	wantError(t, "a business role without a business", err, errs.Forbidden, "role_missing")
}

func TestNames(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	clerk := b.add(t, "clerk", ledger.Custodian)
	got, err := Names(t.Context(), b.db, []string{clerk.PersonID, b.admin.PersonID, newID(t), "", "x"})
	want := map[string]string{clerk.PersonID: "李clerk", b.admin.PersonID: "王管理"}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("Names = %v, %v, want %v", got, err, want)
	}
	if got, err := Names(t.Context(), b.db, nil); err != nil || len(got) != 0 {
		t.Errorf("Names(nil) = %v, %v, want none", got, err)
	}
	if got, err := NameOf(t.Context(), b.db, clerk.PersonID); err != nil || got != "李clerk" {
		t.Errorf("NameOf = %q, %v", got, err)
	}
	_, err = NameOf(t.Context(), b.db, newID(t))
	wantError(t, "the name of nobody", err, errs.NotFound, "person_unknown")
}
