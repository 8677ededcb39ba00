package users

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

func (b *bureau) signIn(t *testing.T, login string) string {
	t.Helper()
	token, _, err := b.SignIn(t.Context(), login, goodPassword, "test")
	if err != nil {
		t.Fatalf("sign in %s: %v", login, err)
	}
	return token
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Sampler, ledger.Verifier)
	token, actor, err := b.SignIn(t.Context(), " Zhang ", goodPassword, "agent\r\n\x00\xff"+strings.Repeat("长", 300))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(zhang, actor); diff != "" {
		t.Errorf("signed in as (-want +got):\n%s", diff)
	}
	resumed, err := b.Resume(t.Context(), token)
	if diff := cmp.Diff(zhang, resumed); err != nil || diff != "" {
		t.Errorf("resumed %v (-want +got):\n%s", err, diff)
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < 16 {
		t.Errorf("a token of %d bytes, %v, want 128 bits or more", len(raw), err)
	}
	if again := b.signIn(t, "zhang"); again == token {
		t.Error("the same token twice")
	}
	row := storedSession(t, b.db, token)
	if bytes.Contains(row.TokenHash, raw) || !bytes.Equal(row.TokenHash, tokenHash(token)) {
		t.Errorf("stored %x for the token %x, want its SHA-256", row.TokenHash, raw)
	}
	if want := "agent" + strings.Repeat("长", 195); row.UserAgent != want {
		t.Errorf("user agent %q, want %q", row.UserAgent, want)
	}
}

// Whoever guesses learns nothing from the answer, and nothing from its cost: each of the three computes a hash.
func TestRefusalsAreAlike(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.add(t, "zhang", ledger.Sampler)
	gone := b.add(t, "gone", ledger.Sampler)
	if _, err := b.Disable(t.Context(), b.admin, gone.PersonID, 1); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, login, password, reason string }{
		{"unknown", "nobody", goodPassword, "unknown login"},
		{"not even a login", "\x00'; DROP TABLE person", goodPassword, "unknown login"},
		{"empty", "", "", "unknown login"},
		{"wrong password", "zhang", "wrong-password", "wrong password"},
		{"disabled", "gone", goodPassword, "disabled"},
		{"disabled with a wrong password", "gone", "wrong-password", "wrong password"},
	}
	for _, c := range cases {
		before := len(b.log.String())
		token, actor, err := b.SignIn(t.Context(), c.login, c.password, "")
		if token != "" || actor.PersonID != "" || !errors.Is(err, errRefused) || err.Error() != errRefused.Error() {
			t.Errorf("%s: %q, %+v, %v, want %v and nothing else", c.name, token, actor, err, errRefused)
		}
		if logged := strings.ReplaceAll(b.log.String()[before:], `"`, ""); !strings.Contains(logged, "reason="+c.reason) {
			t.Errorf("%s: the security log says %q, want %q", c.name, logged, c.reason)
		}
	}
	for range cap(b.hashes.queue) {
		b.hashes.queue <- struct{}{}
	}
	for _, c := range cases {
		_, _, err := b.SignIn(t.Context(), c.login, c.password, "")
		wantError(t, c.name+" without a place to hash", err, errs.TooMany, "sign_in_busy")
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.add(t, "zhang", ledger.Sampler)
	resume := func(what, token string, alive bool) {
		t.Helper()
		actor, err := b.Resume(t.Context(), token)
		if alive && (err != nil || actor.Login != "zhang") {
			t.Errorf("%s: %+v, %v, want alive", what, actor, err)
		}
		if !alive {
			wantError(t, what, err, errs.Unauthenticated, "session_ended")
		}
	}
	token := b.signIn(t, "zhang")
	b.clock.advance(30*time.Minute - time.Microsecond)
	resume("just before the idle limit", token, true)
	b.clock.advance(30*time.Minute - time.Microsecond)
	resume("use has moved the idle limit", token, true)
	b.clock.advance(30 * time.Minute)
	resume("at the idle limit", token, false)
	resume("no token", "", false)
	resume("an unknown token", strings.Repeat("A", 43), false)

	token = b.signIn(t, "zhang")
	for range 35 {
		b.clock.advance(20 * time.Minute)
		resume("in use", token, true)
	}
	b.clock.advance(20*time.Minute - time.Microsecond)
	resume("just before the absolute limit", token, true)
	b.clock.advance(time.Microsecond)
	resume("at the absolute limit", token, false)
}

// Disabling ends a person's sessions even where their rows are still there.
func TestSessionOfADisabledPerson(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.add(t, "zhang", ledger.Sampler)
	token := b.signIn(t, "zhang")
	disableOnly(t, b.db, "zhang", b.clock.now())
	_, err := b.Resume(t.Context(), token)
	wantError(t, "disabled", err, errs.Unauthenticated, "session_ended")
}

// A change of roles counts from the next request on.
func TestSessionHasTheRolesHeldNow(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Sampler)
	token := b.signIn(t, "zhang")
	if _, err := b.ChangeRoles(t.Context(), b.admin, zhang.PersonID, 1, []ledger.Role{ledger.Auditor}); err != nil {
		t.Fatal(err)
	}
	actor, err := b.Resume(t.Context(), token)
	if want := []ledger.Role{ledger.Auditor}; err != nil || !cmp.Equal(actor.Roles, want) {
		t.Errorf("roles %v, %v, want %v", actor.Roles, err, want)
	}
}

func TestSessionIsTouchedOnceAMinute(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.add(t, "zhang", ledger.Sampler)
	token := b.signIn(t, "zhang")
	opened := b.clock.now()
	for _, c := range []struct{ after, want time.Duration }{
		{0, 0}, {59 * time.Second, 0}, {time.Minute, time.Minute}, {119 * time.Second, time.Minute},
		{2 * time.Minute, 2 * time.Minute},
	} {
		b.clock.advance(opened.Add(c.after).Sub(b.clock.now()))
		if _, err := b.Resume(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if got := storedSession(t, b.db, token).SeenAt.Sub(opened); got != c.want {
			t.Errorf("used after %v: seen after %v, want %v", c.after, got, c.want)
		}
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.add(t, "zhang", ledger.Sampler)
	token, other := b.signIn(t, "zhang"), b.signIn(t, "zhang")
	for range 2 { // twice is no error
		if err := b.SignOut(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	_, err := b.Resume(t.Context(), token)
	wantError(t, "signed out", err, errs.Unauthenticated, "session_ended")
	if _, err := b.Resume(t.Context(), other); err != nil {
		t.Errorf("the other session: %v", err)
	}
}

func TestEndSessions(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang, li := b.add(t, "zhang", ledger.Sampler), b.add(t, "li", ledger.Sampler)
	other := b.bootstrap(t, "other", "370112")
	for _, c := range []struct {
		actor ledger.Actor
		kind  errs.Kind
		code  string
	}{
		{li, errs.Forbidden, "role_missing"}, {other, errs.NotFound, "person_unknown"},
		{zhang, errs.Internal, ""}, {b.admin, errs.Internal, ""},
	} {
		tokens := []string{b.signIn(t, "zhang"), b.signIn(t, "zhang")}
		err := b.EndSessions(t.Context(), c.actor, zhang.PersonID)
		wantError(t, "ended by "+c.actor.Login, err, c.kind, c.code)
		for _, token := range tokens {
			if _, alive := b.Resume(t.Context(), token); (alive == nil) != (err != nil) {
				t.Errorf("ended by %s: %v; then the session: %v", c.actor.Login, err, alive)
			}
		}
	}
	want := []string{"person.created", "person.sessions_ended", "person.sessions_ended"}
	if got := b.kinds(t, "person", zhang.PersonID); !cmp.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
}

// A session cannot slip in between the check of a password and its change, or the person's being disabled.
func TestSessionNeedsTheCheckedPassword(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Sampler)
	c, err := b.verify(t.Context(), "zhang", goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	open := func() bool {
		opened, err := within(t, b.db, func(tx *database.Tx) (bool, error) {
			now := b.at()
			return insertSession(t.Context(), tx, c.hash, session{TokenHash: random(32), PersonID: c.ID, CreatedAt: now,
				ExpiresAt: now.Add(time.Hour)})
		})
		if err != nil {
			t.Fatal(err)
		}
		return opened
	}
	if !open() {
		t.Error("no session with the checked password")
	}
	if _, err := b.Disable(t.Context(), b.admin, zhang.PersonID, 1); err != nil {
		t.Fatal(err)
	}
	if open() {
		t.Error("a session of a disabled person")
	}
	if _, err := b.Enable(t.Context(), b.admin, zhang.PersonID, 2); err != nil {
		t.Fatal(err)
	}
	reset := PasswordChange{PersonID: zhang.PersonID, New: "another-Secret-9"}
	if err := b.SetPassword(t.Context(), b.admin, reset); err != nil {
		t.Fatal(err)
	}
	if open() {
		t.Error("a session with a password that is no longer the person's")
	}
}

// Whoever signs in with the old password while it is being changed is refused, not let in after the change.
func TestSignInDuringAChangeOfPassword(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Sampler)
	outcome := make(chan error, 1)
	err := b.db.InTx(t.Context(), func(tx *database.Tx) error {
		if err := savePassword(t.Context(), tx, b.person(t, zhang.PersonID), b.hashes.nobody); err != nil {
			return err
		}
		go func() {
			_, _, err := b.SignIn(t.Context(), "zhang", goodPassword, "")
			outcome <- err
		}()
		awaitLockWait(t, b.db)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, "the old password", <-outcome, errs.Unauthenticated, "credentials_refused")
	if sessions, _ := rowCounts(t, b.db); sessions != 0 {
		t.Errorf("%d sessions, want none", sessions)
	}
}

func TestSignInSweeps(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	old := b.signIn(t, "admin")
	_, _, err := b.SignIn(t.Context(), "nobody", "wrong-password", "")
	wantError(t, "nobody", err, errs.Unauthenticated, "credentials_refused")
	b.clock.advance(12*time.Hour - time.Microsecond)
	b.signIn(t, "admin")
	if sessions, failed := rowCounts(t, b.db); sessions != 2 || failed != 1 {
		t.Errorf("before their time: %d sessions, %d failures, want 2, 1", sessions, failed)
	}
	b.clock.advance(12*time.Hour + time.Microsecond)
	b.signIn(t, "admin")
	if sessions, failed := rowCounts(t, b.db); sessions != 1 || failed != 0 {
		t.Errorf("after their time: %d sessions, %d failures, want 1, 0", sessions, failed)
	}
	_, err = b.Resume(t.Context(), old)
	wantError(t, "the old session", err, errs.Unauthenticated, "session_ended")
}
