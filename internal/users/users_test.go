package users

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// safeBuffer is a log that many may write to.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// bureau is a division with its administrator, on a database of its own.
type bureau struct {
	*Service
	clock *clock
	log   *safeBuffer
	admin ledger.Actor
}

const (
	changqing    = "370113"
	goodPassword = "山高水长-7291"
)

func division(code string) Division {
	return Division{Code: code, Name: "长清区", Bureau: "长清区市场监督管理局", Laboratory: "长清区检验检测中心",
		Address: "清河街1号", Phone: "0531-00000000", CMANumber: "CMA-1", MetrologyAuthorisation: "鲁法计-1"}
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	b := &bureau{clock: &clock{t: time.Date(2026, 9, 18, 1, 2, 3, 456789000, time.UTC)}, log: &safeBuffer{}}
	b.Service = New(dbtest.New(t), b.clock.now, b.lightOptions())
	b.admin = b.bootstrap(t, "admin", changqing)
	return b
}

// lightOptions make hashes that cost next to nothing.
func (b *bureau) lightOptions() Options {
	return Options{HashMemory: 64, HashTime: 1, HashThreads: 1, MaxHashes: 1, Log: slog.New(slog.NewTextHandler(b.log, nil))}
}

func (b *bureau) bootstrap(t *testing.T, login, code string) ledger.Actor {
	t.Helper()
	p, err := b.Bootstrap(t.Context(), NewPerson{Login: login, Name: "王管理", Password: goodPassword}, division(code))
	if err != nil {
		t.Fatalf("bootstrap %s: %v", code, err)
	}
	return p.Actor()
}

// add makes a colleague with the roles.
func (b *bureau) add(t *testing.T, login string, roles ...ledger.Role) ledger.Actor {
	t.Helper()
	return b.create(t, NewPerson{Login: login, Name: "李" + login, Password: goodPassword, Roles: roles})
}

func (b *bureau) create(t *testing.T, n NewPerson) ledger.Actor {
	t.Helper()
	p, err := b.CreatePerson(t.Context(), b.admin, n)
	if err != nil {
		t.Fatalf("create person %s: %v", n.Login, err)
	}
	return p.Actor()
}

// addBusiness registers the invented business of this serial, with a person of its own.
func (b *bureau) addBusiness(t *testing.T, serial int, login string) (Business, ledger.Actor) {
	t.Helper()
	company, err := b.RegisterBusiness(t.Context(), b.admin, goodBusiness(serial))
	if err != nil {
		t.Fatalf("register business %d: %v", serial, err)
	}
	return company, b.create(t, NewPerson{Login: login, Name: "赵企业", Password: goodPassword,
		Roles: []ledger.Role{ledger.Business}, BusinessID: company.ID})
}

func (b *bureau) person(t *testing.T, id string) Person {
	t.Helper()
	p, err := personByID(t.Context(), b.db, id)
	if err != nil {
		t.Fatalf("person %s: %v", id, err)
	}
	return p
}

// kinds returns the kinds of the events on one thing, oldest first.
func (b *bureau) kinds(t *testing.T, subject, id string) []string {
	t.Helper()
	var kinds []string
	for _, e := range b.history(t, subject, id) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func (b *bureau) history(t *testing.T, subject, id string) []ledger.Entry {
	t.Helper()
	entries, err := ledger.History(t.Context(), b.db, subject, id)
	if err != nil {
		t.Fatalf("history of %s %s: %v", subject, id, err)
	}
	return entries
}

// wantError reports an error of another kind or code.
func wantError(t *testing.T, what string, err error, kind errs.Kind, code string) {
	t.Helper()
	if errs.KindOf(err) != kind || codeOf(err) != code {
		t.Errorf("%s: %v (kind %d, code %q), want kind %d, code %q", what, err, errs.KindOf(err), codeOf(err), kind, code)
	}
}

func newID(t *testing.T) string {
	t.Helper()
	return uuid.Must(uuid.NewV7()).String()
}

// Every use case names the roles that may call it, and refuses all others before it looks at anything else.
func TestDenyByDefault(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	other := b.add(t, "other", ledger.Sampler)
	for name, c := range useCases(b.Service, newID(t), other.PersonID) {
		for _, role := range append(ledger.Roles(), "") { // "" stands for no role at all
			actor := ledger.Actor{PersonID: newID(t), Roles: []ledger.Role{role}, Division: changqing}
			err := c.call(t.Context(), actor)
			hidden := errs.KindOf(err) == errs.NotFound && codeOf(err) == "person_unknown"
			refused := errs.KindOf(err) == errs.Forbidden
			if allowed := slices.Contains(c.allowed, role); allowed && refused || !allowed && !refused && !hidden {
				t.Errorf("%s as %q: %v, want allowed %t", name, role, err, allowed)
			}
		}
	}
}

// useCase is one that not everybody may call.
type useCase struct {
	allowed []ledger.Role
	call    func(ctx context.Context, actor ledger.Actor) error
}

// useCases calls each use case with an input that is refused later than the actor, on somebody who is not there or on
// another person.
func useCases(b *Service, nobody, other string) map[string]useCase {
	admin, manager := []ledger.Role{ledger.Administrator}, []ledger.Role{ledger.TechnicalManager}
	return map[string]useCase{
		"CreatePerson": {admin, func(ctx context.Context, a ledger.Actor) error {
			_, err := b.CreatePerson(ctx, a, NewPerson{})
			return err
		}},
		"ChangeRoles": {admin, func(ctx context.Context, a ledger.Actor) error {
			_, err := b.ChangeRoles(ctx, a, nobody, 1, nil)
			return err
		}},
		"Disable": {admin, func(ctx context.Context, a ledger.Actor) error {
			_, err := b.Disable(ctx, a, nobody, 1)
			return err
		}},
		"Enable": {admin, func(ctx context.Context, a ledger.Actor) error {
			_, err := b.Enable(ctx, a, nobody, 1)
			return err
		}},
		"SetPassword of another": {admin, func(ctx context.Context, a ledger.Actor) error {
			return b.SetPassword(ctx, a, PasswordChange{PersonID: other})
		}},
		"EndSessions of another": {admin, func(ctx context.Context, a ledger.Actor) error {
			return b.EndSessions(ctx, a, other)
		}},
		"PutDivision": {admin, func(ctx context.Context, a ledger.Actor) error { return b.PutDivision(ctx, a, Division{}) }},
		"RegisterBusiness": {registrars, func(ctx context.Context, a ledger.Actor) error {
			_, err := b.RegisterBusiness(ctx, a, NewBusiness{})
			return err
		}},
		"Authorise": {manager, func(ctx context.Context, a ledger.Actor) error {
			return b.Authorise(ctx, a, NewAuthorisation{})
		}},
		"EndAuthorisation": {manager, func(ctx context.Context, a ledger.Actor) error {
			return b.EndAuthorisation(ctx, a, nobody, day("2026-01-01"))
		}},
		"Authorisations": {staffRoles(), func(ctx context.Context, a ledger.Actor) error {
			_, err := b.Authorisations(ctx, a, other)
			return err
		}},
		"People": {staffRoles(), func(ctx context.Context, a ledger.Actor) error {
			_, err := b.People(ctx, a, Filter{})
			return err
		}},
		"Businesses": {staffRoles(), func(ctx context.Context, a ledger.Actor) error {
			_, err := b.Businesses(ctx, a, BusinessFilter{})
			return err
		}},
	}
}

// What people are called, how they sign in and how they are reached never enters an event.
func TestEventsHoldNoPersonalData(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	_, owner := b.addBusiness(t, 1, "ownerlogin")
	clerk := b.add(t, "clerklogin", ledger.Sampler)
	manager := b.add(t, "managerlogin", ledger.TechnicalManager)
	b.authorise(t, manager, clerk, "JJG-539-2016")
	b.mustSign(t, clerk, ledger.Sampler)
	reset := PasswordChange{PersonID: owner.PersonID, New: "another-Secret-9"}
	if err := b.SetPassword(t.Context(), b.admin, reset); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Disable(t.Context(), b.admin, clerk.PersonID, 1); err != nil {
		t.Fatal(err)
	}
	bodies := allEvents(t, b.db)
	if len(bodies) < 9 {
		t.Errorf("%d events, want all that was done above", len(bodies))
	}
	for _, secret := range []string{"ownerlogin", "clerklogin", "managerlogin", "李", "赵", "王管理", "13800002121",
		goodPassword, "another-Secret-9", "argon2"} {
		for _, body := range bodies {
			if strings.Contains(body, secret) {
				t.Errorf("an event holds %q: %s", secret, body)
			}
		}
	}
	for _, secret := range []string{"ownerlogin", "李", "13800002121", goodPassword, "another-Secret-9", "argon2"} {
		if strings.Contains(b.log.String(), secret) {
			t.Errorf("the security log holds %q: %s", secret, b.log)
		}
	}
}

func TestTextOfPeople(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"长清<b>'\"--", ""},
		{strings.Repeat("长", 10), ""},
		{strings.Repeat("长", 11), "too_long"},
		{"a\x00b", "bad_characters"},
		{"a\r\nb", "bad_characters"},
		{"a\xffb", "bad_characters"},
	} {
		var l errs.List
		checkText(&l, "name", c.text, 10, "名称", "the name")
		if got := fieldCode(l.Err()); got != c.want {
			t.Errorf("checkText(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

// within runs fn in a transaction.
func within[T any](t *testing.T, db *database.DB, fn func(tx *database.Tx) (T, error)) (T, error) {
	t.Helper()
	var result T
	err := db.InTx(t.Context(), func(tx *database.Tx) (err error) {
		result, err = fn(tx)
		return err
	})
	return result, err
}

// What New is given nothing for is safe: the minimum for argon2id that OWASP advises, and sessions that end.
func TestDefaults(t *testing.T) {
	t.Parallel()
	o := Options{}.withDefaults()
	if o.HashMemory != 19456 || o.HashTime != 2 || o.HashThreads != 1 || o.MaxHashes < 1 {
		t.Errorf("hashes of %d KiB, %d passes, %d lanes, %d at once", o.HashMemory, o.HashTime, o.HashThreads, o.MaxHashes)
	}
	if o.Idle != 30*time.Minute || o.Absolute != 12*time.Hour || o.Log == nil {
		t.Errorf("sessions end after %v unused, %v in all; log %v", o.Idle, o.Absolute, o.Log)
	}
	nobody := New(nil, (&clock{}).now, Options{}).hashes.nobody
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(nobody, want) {
		t.Errorf("what an unknown login costs: %q, want %q", nobody, want)
	}
}
