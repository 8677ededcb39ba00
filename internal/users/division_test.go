package users

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

func TestDivisionValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(d *Division)
		want   string
	}{
		{"as it is", func(*Division) {}, ""},
		{"five digits", func(d *Division) { d.Code = "37011" }, "bad_division"},
		{"a letter", func(d *Division) { d.Code = "37011A" }, "bad_division"},
		{"full-width digits", func(d *Division) { d.Code = "37011３" }, "bad_division"},
		{"no name", func(d *Division) { d.Name = "" }, "required"},
		{"no bureau", func(d *Division) { d.Bureau = " " }, "required"},
		{"only what is required", func(d *Division) { *d = Division{Code: d.Code, Name: d.Name, Bureau: d.Bureau} }, ""},
		{"NUL", func(d *Division) { d.Address = "\x00" }, "bad_characters"},
	} {
		d := division(changqing)
		c.change(&d)
		if got := fieldCode(d.Validate()); got != c.want {
			t.Errorf("%s: Validate() = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPutDivision(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := division(changqing)
	d.Laboratory, d.CMANumber, d.CNASNumber = "新的检测中心", "CMA-2", "L-2"
	if err := b.PutDivision(t.Context(), b.admin, d); err != nil {
		t.Fatal(err)
	}
	got, err := b.Division(t.Context(), changqing)
	if diff := cmp.Diff(d, got); err != nil || diff != "" {
		t.Errorf("Division: %v (-want +got):\n%s", err, diff)
	}
	b.bootstrap(t, "other", "370112")
	err = b.PutDivision(t.Context(), b.admin, division("370112"))
	wantError(t, "another division", err, errs.Forbidden, "division_other")
	for _, code := range []string{"370199", "", "x", "\x00"} {
		_, err = b.Division(t.Context(), code)
		wantError(t, "division "+code, err, errs.NotFound, "division_unknown")
	}
	want := []string{"division.described", "division.described"}
	if got := b.kinds(t, "division", changqing); !cmp.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
}

func TestBootstrap(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	if want := []ledger.Role{ledger.Administrator}; !cmp.Equal(b.admin.Roles, want) {
		t.Errorf("roles %v, want %v", b.admin.Roles, want)
	}
	b.signIn(t, "admin")
	second := NewPerson{Login: "second", Name: "二", Password: goodPassword}
	changed := division(changqing)
	changed.Name = "改名"
	_, err := b.Bootstrap(t.Context(), second, changed)
	wantError(t, "a division with people", err, errs.Conflict, "bootstrapped")
	if d, err := b.Division(t.Context(), changqing); err != nil || d != division(changqing) {
		t.Errorf("after the refusal: %+v, %v, want it unchanged", d, err)
	}
	_, err = b.Bootstrap(t.Context(), NewPerson{Login: "X", Password: "short"}, Division{})
	want := "login bad_login, name required, password password_short, division.code bad_division, " +
		"division.name required, division.bureau required"
	if got := fieldCode(err); got != want {
		t.Errorf("all faults at once: %q, want %q", got, want)
	}
	second.Roles, second.BusinessID = []ledger.Role{ledger.Business}, newID(t)
	_, err = b.Bootstrap(t.Context(), second, division("370112"))
	if got := fieldCode(err); got != "roles_exclude" {
		t.Errorf("a business as administrator: %v", err)
	}
	entries := b.history(t, "person", b.admin.PersonID)
	if len(entries) != 1 || entries[0].ActorID != b.admin.PersonID || entries[0].Kind != "person.created" {
		t.Errorf("events %+v, want the administrator's own creation", entries)
	}
}

// However many try at once, a division gets one first administrator.
func TestBootstrapOnce(t *testing.T) {
	t.Parallel()
	b := &bureau{clock: &clock{}, log: &safeBuffer{}}
	s := New(dbtest.New(t), b.clock.now, b.lightOptions())
	var wg sync.WaitGroup
	outcome := make([]error, 6)
	for i := range outcome {
		wg.Go(func() {
			n := NewPerson{Login: "admin" + string(rune('a'+i)), Name: "王", Password: goodPassword}
			_, outcome[i] = s.Bootstrap(t.Context(), n, division(changqing))
		})
	}
	wg.Wait()
	made := 0
	for _, err := range outcome {
		if err == nil {
			made++
		} else {
			wantError(t, "a later one", err, errs.Conflict, "bootstrapped")
		}
	}
	if made != 1 {
		t.Errorf("%d first administrators", made)
	}
}
