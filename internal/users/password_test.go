package users

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// OWASP ASVS 5.0 6.2.1, 6.2.4, 6.2.5, 6.2.8, 6.2.9.
func TestPasswordRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ password, want string }{
		{"", "password_short"},
		{"k3#vQ9z", "password_short"},
		{"山高水长七二九", "password_short"}, // seven characters, 21 bytes
		{"k3#vQ9z!", ""},
		{"山高水长七二九一", ""},
		{"correct horse", ""}, // no rule of composition
		{"  k3#v  \t", ""},
		{strings.Repeat("长清", 64), ""},
		{strings.Repeat("长清", 64) + "x", "password_long"},
		{"zhang.san", "password_is_login"},
		{"ZHANG.san", "password_is_login"},
		{"password", "password_common"},
		{"PassWord", "password_common"},
		{"12345678", "password_common"},
		{"woaini1314", "password_common"},
		{"77777777777", "password_common"},
		{"长长长长长长长长", "password_common"},
	} {
		var l errs.List
		checkPassword(&l, "password", c.password, "zhang.san")
		if got := fieldCode(l.Err()); got != c.want {
			t.Errorf("password %q: %q, want %q", c.password, got, c.want)
		}
	}
}

// The list is only worth its words that the length lets through, compared in lower case.
func TestCommonPasswordsCanMatch(t *testing.T) {
	t.Parallel()
	if len(commonPasswords) < 500 {
		t.Errorf("%d words", len(commonPasswords))
	}
	for word := range commonPasswords {
		if len(word) < minPassword || word != strings.ToLower(word) {
			t.Errorf("%q can never match", word)
		}
	}
}

func TestHashes(t *testing.T) {
	t.Parallel()
	h := newHasher(Options{HashMemory: 64, HashTime: 1, HashThreads: 1, MaxHashes: 1})
	one, err := h.hash(t.Context(), goodPassword)
	if err != nil || !strings.HasPrefix(one, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("hash = %q, %v", one, err)
	}
	if two, _ := h.hash(t.Context(), goodPassword); two == one {
		t.Errorf("two hashes of one password are the same: %q", one)
	}
	costlier := newHasher(Options{HashMemory: 128, HashTime: 1, HashThreads: 1, MaxHashes: 1})
	for _, c := range []struct {
		h              *hasher
		password, hash string
		match, stale   bool
	}{
		{h, goodPassword, one, true, false},
		{h, goodPassword + " ", one, false, false},
		{h, "", one, false, false},
		{h, goodPassword, h.nobody, false, false},
		{costlier, goodPassword, one, true, true},
	} {
		match, stale, err := c.h.compare(t.Context(), c.password, c.hash)
		if match != c.match || stale != c.stale || err != nil {
			t.Errorf("compare(%q, %q) = %t, %t, %v, want %t, %t", c.password, c.hash, match, stale, err,
				c.match, c.stale)
		}
	}
	_, _, err = h.compare(t.Context(), goodPassword, "$2a$04$nonsense")
	if err == nil || errs.KindOf(err) != errs.Internal {
		t.Errorf("a hash that is none: %v, want an internal error", err)
	}
}

// Hashes beyond the queue are refused, and a waiting one gives up with its context.
func TestHashesAreBounded(t *testing.T) {
	t.Parallel()
	h := newHasher(Options{HashMemory: 64, HashTime: 1, HashThreads: 1, MaxHashes: 1})
	leave, err := h.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.hash(ctx, goodPassword); !errors.Is(err, context.Canceled) {
		t.Errorf("a waiting hash after its context ended: %v", err)
	}
	if len(h.queue) != 1 {
		t.Fatalf("%d places taken, want only the one in use", len(h.queue))
	}
	for range cap(h.queue) - 1 {
		h.queue <- struct{}{}
	}
	_, err = h.hash(t.Context(), goodPassword)
	wantError(t, "a full queue", err, errs.TooMany, "sign_in_busy")
	leave()
	if len(h.slots) != 0 || len(h.queue) != cap(h.queue)-1 {
		t.Errorf("after leaving: %d slots, %d places taken", len(h.slots), len(h.queue))
	}
}

func TestSetOwnPassword(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Sampler)
	kept, lost := b.signIn(t, "zhang"), b.signIn(t, "zhang")
	c := PasswordChange{PersonID: zhang.PersonID, Old: "wrong-password", New: "another-Secret-9", Session: kept}
	wantError(t, "a wrong old password", b.SetPassword(t.Context(), zhang, c), errs.Unauthenticated, "credentials_refused")
	c.Old, c.New = goodPassword, "password"
	if got := fieldCode(b.SetPassword(t.Context(), zhang, c)); got != "password_common" {
		t.Errorf("a common password: %q", got)
	}
	if _, err := b.Resume(t.Context(), lost); err != nil {
		t.Errorf("a refused change ended a session: %v", err)
	}
	c.New = "another-Secret-9"
	if err := b.SetPassword(t.Context(), zhang, c); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Resume(t.Context(), kept); err != nil {
		t.Errorf("the session that changed the password: %v", err)
	}
	_, err := b.Resume(t.Context(), lost)
	wantError(t, "another session", err, errs.Unauthenticated, "session_ended")
	_, _, err = b.SignIn(t.Context(), "zhang", goodPassword, "")
	wantError(t, "the old password", err, errs.Unauthenticated, "credentials_refused")
	if _, _, err := b.SignIn(t.Context(), "zhang", "another-Secret-9", ""); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if got := b.kinds(t, "person", zhang.PersonID); !slices.Contains(got, "person.password_set") {
		t.Errorf("events %q", got)
	}
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Sampler)
	token := b.signIn(t, "zhang")
	c := PasswordChange{PersonID: zhang.PersonID, New: "another-Secret-9", Session: token}
	if err := b.SetPassword(t.Context(), b.admin, c); err != nil {
		t.Fatal(err)
	}
	_, err := b.Resume(t.Context(), token)
	wantError(t, "a session after a reset", err, errs.Unauthenticated, "session_ended")
	if _, _, err := b.SignIn(t.Context(), "zhang", "another-Secret-9", ""); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if got := b.person(t, zhang.PersonID).Version; got != 2 {
		t.Errorf("version %d, want 2", got)
	}
	other := b.bootstrap(t, "other", "370112")
	wantError(t, "another division's administrator", b.SetPassword(t.Context(), other, c), errs.NotFound, "person_unknown")
	c.PersonID, c.New = b.admin.PersonID, "another-Secret-9"
	wantError(t, "an administrator's own without the old one", b.SetPassword(t.Context(), b.admin, c),
		errs.Unauthenticated, "credentials_refused")
}

// A hash of other parameters is replaced at the next sign-in, which does not change the password.
func TestRehash(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.add(t, "zhang", ledger.Sampler)
	o := b.lightOptions()
	o.HashMemory = 128
	costlier := New(b.db, b.clock.now, o)
	var before, after credentials
	for i, into := range []*credentials{&before, &after} {
		c, found, err := credentialsOf(t.Context(), b.db, "zhang")
		if err != nil || !found {
			t.Fatal(err)
		}
		*into = c
		if i == 0 {
			if _, _, err := costlier.SignIn(t.Context(), "zhang", goodPassword, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !strings.Contains(before.hash, "m=64,") || !strings.Contains(after.hash, "m=128,") {
		t.Errorf("hash %q, then %q, want the parameters replaced", before.hash, after.hash)
	}
	if !cmp.Equal(before.Person, after.Person) {
		t.Errorf("person %+v, then %+v", before.Person, after.Person)
	}
	b.signIn(t, "zhang")
}
