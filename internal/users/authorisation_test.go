package users

import (
	"strings"
	"sync"
	"testing"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// day reads a date that is right; "" is none.
func day(s string) calendar.Date {
	if s == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (b *bureau) authorise(t *testing.T, manager, person ledger.Actor, code string) {
	t.Helper()
	err := b.Authorise(t.Context(), manager, NewAuthorisation{PersonID: person.PersonID, Subject: ForProcedure,
		Code: code, ValidFrom: day("2026-01-01")})
	if err != nil {
		t.Fatalf("authorise %s for %s: %v", person.Login, code, err)
	}
}

func TestNewAuthorisationValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(n *NewAuthorisation)
		want   string
	}{
		{"as it is", func(*NewAuthorisation) {}, ""},
		{"one day", func(n *NewAuthorisation) { n.ValidTo = n.ValidFrom }, ""},
		{"a method", func(n *NewAuthorisation) { n.Subject = ForMethod }, ""},
		{"neither", func(n *NewAuthorisation) { n.Subject = "instrument" }, "bad_subject"},
		{"ends before it begins", func(n *NewAuthorisation) { n.ValidTo = day("2025-12-31") }, "before_start"},
		{"all at once", func(n *NewAuthorisation) { *n = NewAuthorisation{} },
			"person_id required, subject bad_subject, code required, valid_from required"},
	} {
		n := NewAuthorisation{PersonID: "x", Subject: ForProcedure, Code: "JJG-539-2016", ValidFrom: day("2026-01-01")}
		c.change(&n)
		if got := fieldCode(n.Validate()); got != c.want {
			t.Errorf("%s: Validate() = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAuthorise(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	manager := b.add(t, "manager", ledger.TechnicalManager, ledger.Verifier)
	zhang := b.add(t, "zhang", ledger.Verifier)
	_, owner := b.addBusiness(t, 1, "owner")
	other := b.bootstrap(t, "other", "370112")
	n := NewAuthorisation{ID: newID(t), PersonID: zhang.PersonID, Subject: ForProcedure, Code: "JJG-539-2016",
		ValidFrom: day("2026-03-01"), ValidTo: day("2026-08-31")}
	if err := b.Authorise(t.Context(), manager, n); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		person string
		kind   errs.Kind
		code   string
	}{
		{manager.PersonID, errs.Forbidden, "authorise_oneself"},
		{strings.ToUpper(manager.PersonID), errs.Forbidden, "authorise_oneself"},
		{owner.PersonID, errs.Conflict, "authorise_business"},
		{other.PersonID, errs.NotFound, "person_unknown"},
		{newID(t), errs.NotFound, "person_unknown"},
		{"x", errs.NotFound, "person_unknown"},
	} {
		bad := n
		bad.ID, bad.PersonID = "", c.person
		wantError(t, "person "+c.person, b.Authorise(t.Context(), manager, bad), c.kind, c.code)
	}
	for _, c := range []struct {
		subject, code, from, to string
		want                    bool
	}{
		{ForProcedure, "JJG-539-2016", "2026-08-31", "", false},
		{ForProcedure, "JJG-539-2016", "2026-01-01", "2026-03-01", false},
		{ForProcedure, "JJG-539-2016", "2026-04-01", "2026-04-01", false},
		{ForProcedure, "JJG-539-2016", "2026-01-01", "2026-12-31", false},
		{ForProcedure, "JJG-539-2016", "2026-01-01", "2026-02-28", true},
		{ForProcedure, "JJG-539-2016", "2026-09-01", "", true},
		{ForProcedure, "JJG-539-2016", "2026-12-31", "", false},
		{ForMethod, "JJG-539-2016", "2026-04-01", "", true},
		{ForProcedure, "JJG-52-2013", "2026-04-01", "", true},
	} {
		err := b.Authorise(t.Context(), manager, NewAuthorisation{PersonID: zhang.PersonID, Subject: c.subject,
			Code: c.code, ValidFrom: day(c.from), ValidTo: day(c.to)})
		if (err == nil) != c.want || err != nil && codeOf(err) != "authorised_already" {
			t.Errorf("%+v: %v, want allowed %t", c, err, c.want)
		}
	}
}

// A retry with the same id is the same thing; the same id for something else is refused.
func TestAuthoriseAgain(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	manager, zhang := b.add(t, "manager", ledger.TechnicalManager), b.add(t, "zhang", ledger.Verifier)
	n := NewAuthorisation{ID: newID(t), PersonID: zhang.PersonID, Subject: ForProcedure, Code: "JJG-539-2016",
		ValidFrom: day("2026-03-01"), ValidTo: day("2026-08-31")}
	for range 2 {
		if err := b.Authorise(t.Context(), manager, n); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.kinds(t, "authorisation", n.ID); len(got) != 1 || got[0] != "authorisation.granted" {
		t.Errorf("events %q, want one", got)
	}
	for name, change := range map[string]func(*NewAuthorisation){
		"first day": func(n *NewAuthorisation) { n.ValidFrom = day("2026-03-02") },
		"last day":  func(n *NewAuthorisation) { n.ValidTo = day("2026-12-31") },
		"code":      func(n *NewAuthorisation) { n.Code = "JJG-52-2013" },
		"subject":   func(n *NewAuthorisation) { n.Subject = ForMethod },
	} {
		other := n
		change(&other)
		if err := b.Authorise(t.Context(), manager, other); errs.KindOf(err) != errs.Conflict {
			t.Errorf("the same id with another %s: %v, want a Conflict", name, err)
		}
	}
}

// The same person cannot be given the same twice by two requests at once.
func TestAuthoriseAtOnce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	manager, zhang := b.add(t, "manager", ledger.TechnicalManager), b.add(t, "zhang", ledger.Verifier)
	var wg sync.WaitGroup
	outcome := make([]error, 6)
	for i := range outcome {
		wg.Go(func() {
			outcome[i] = b.Authorise(t.Context(), manager, NewAuthorisation{PersonID: zhang.PersonID, Subject: ForMethod,
				Code: "GB 5009.12", ValidFrom: day("2026-01-01")})
		})
	}
	wg.Wait()
	granted := 0
	for _, err := range outcome {
		if err == nil {
			granted++
		} else {
			wantError(t, "a later one", err, errs.Conflict, "authorised_already")
		}
	}
	if granted != 1 {
		t.Errorf("granted %d times", granted)
	}
}

func TestAuthorised(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	manager, zhang := b.add(t, "manager", ledger.TechnicalManager), b.add(t, "zhang", ledger.Verifier)
	b.authorise(t, manager, zhang, "JJG-52-2013")
	err := b.Authorise(t.Context(), manager, NewAuthorisation{PersonID: zhang.PersonID, Subject: ForProcedure,
		Code: "JJG-539-2016", ValidFrom: day("2026-03-01"), ValidTo: day("2026-08-31")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		person, subject, code, on string
		want                      bool
	}{
		{zhang.PersonID, ForProcedure, "JJG-539-2016", "2026-02-28", false},
		{zhang.PersonID, ForProcedure, "JJG-539-2016", "2026-03-01", true},
		{zhang.PersonID, ForProcedure, "JJG-539-2016", "2026-08-31", true},
		{zhang.PersonID, ForProcedure, "JJG-539-2016", "2026-09-01", false},
		{zhang.PersonID, ForProcedure, "JJG-52-2013", "2036-09-01", true},
		{zhang.PersonID, ForMethod, "JJG-539-2016", "2026-05-01", false},
		{zhang.PersonID, ForProcedure, "JJG-539", "2026-05-01", false},
		{manager.PersonID, ForProcedure, "JJG-539-2016", "2026-05-01", false},
		{"", ForProcedure, "JJG-539-2016", "2026-05-01", false},
	} {
		got, err := Authorised(t.Context(), b.db, c.person, c.subject, c.code, day(c.on))
		if err != nil || got != c.want {
			t.Errorf("Authorised(%+v) = %t, %v", c, got, err)
		}
	}
}

func TestEndAuthorisation(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	manager, zhang := b.add(t, "manager", ledger.TechnicalManager), b.add(t, "zhang", ledger.Verifier)
	b.authorise(t, manager, zhang, "JJG-52-2013")
	list, err := b.Authorisations(t.Context(), zhang, zhang.PersonID)
	if err != nil || len(list) != 1 {
		t.Fatalf("Authorisations = %+v, %v", list, err)
	}
	id := list[0].ID
	want := Authorisation{ID: id, PersonID: zhang.PersonID, Subject: ForProcedure, Code: "JJG-52-2013",
		ValidFrom: day("2026-01-01"), GrantedBy: manager.PersonID, GrantedAt: b.clock.now()}
	if list[0] != want {
		t.Errorf("granted %+v, want %+v", list[0], want)
	}
	foreign := manager
	foreign.Division = "370112"
	for _, c := range []struct {
		name  string
		actor ledger.Actor
		id    string
		last  string
		want  string
	}{
		{"before its first day", manager, id, "2025-12-31", "before_start"},
		{"another division", foreign, id, "2026-06-30", "authorisation_unknown"},
		{"unknown", manager, newID(t), "2026-06-30", "authorisation_unknown"},
		{"no id", manager, "x", "2026-06-30", "authorisation_unknown"},
		{"ended", manager, id, "2026-06-30", ""},
		{"again", manager, id, "2026-06-30", "not_earlier"},
		{"longer", manager, id, "2026-07-31", "not_earlier"},
		{"earlier", manager, id, "2026-05-31", ""},
	} {
		if got := codeOf(b.EndAuthorisation(t.Context(), c.actor, c.id, day(c.last))); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for _, c := range []struct {
		on   string
		want bool
	}{{"2026-05-31", true}, {"2026-06-01", false}} {
		got, err := Authorised(t.Context(), b.db, zhang.PersonID, ForProcedure, "JJG-52-2013", day(c.on))
		if err != nil || got != c.want {
			t.Errorf("authorised on %s = %t, %v, want %t", c.on, got, err, c.want)
		}
	}
	wantKinds := "authorisation.granted authorisation.ended authorisation.ended"
	if got := strings.Join(b.kinds(t, "authorisation", id), " "); got != wantKinds {
		t.Errorf("events %q, want %q", got, wantKinds)
	}
}
