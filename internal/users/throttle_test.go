package users

import (
	"strings"
	"sync"
	"testing"
	"time"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

func TestWait(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		count       int
		after, want time.Duration
	}{
		{0, 0, 0},
		{9, 0, 0},
		{10, 0, time.Second},
		{10, 400 * time.Millisecond, 600 * time.Millisecond},
		{10, time.Second, 0},
		{11, 0, 2 * time.Second},
		{18, 0, 256 * time.Second},
		{19, 0, 5 * time.Minute},
		{20, 0, 5 * time.Minute},
		{1_000_000, 0, 5 * time.Minute},
		{1_000_000, time.Hour, 0},
	} {
		if got := (failures{c.count, last}).wait(last.Add(c.after)); got != c.want {
			t.Errorf("%d failures, %v after the last: wait %v, want %v", c.count, c.after, got, c.want)
		}
	}
}

func TestAttempted(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		count int
		after time.Duration
		want  int
	}{{0, 0, 1}, {12, time.Hour, 13}, {12, 24*time.Hour - 1, 13}, {12, 24 * time.Hour, 1}} {
		now := last.Add(c.after)
		if got := (failures{c.count, last}).attempted(now); got != (failures{c.want, now}) {
			t.Errorf("%d failures, one more after %v = %+v, want %d", c.count, c.after, got, c.want)
		}
	}
}

// exhaust fails until the login must wait.
func (b *bureau) exhaust(t *testing.T, login string) {
	t.Helper()
	for range freeFailures {
		_, _, err := b.SignIn(t.Context(), login, "wrong-password", "")
		wantError(t, login+" with a wrong password", err, errs.Unauthenticated, "credentials_refused")
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Sampler)
	for _, login := range []string{"zhang", "nobody", "not a login!"} {
		b.exhaust(t, login)
		_, _, err := b.SignIn(t.Context(), login, goodPassword, "")
		wantError(t, login+" at once", err, errs.TooMany, "too_many_attempts")
	}
	if got := strings.Count(b.log.String(), "too many attempts"); got != 3 {
		t.Errorf("the security log tells of %d attempts too many, want 3", got)
	}
	_, _, err := b.SignIn(t.Context(), " ZHANG ", goodPassword, "")
	wantError(t, "the login in another form", err, errs.TooMany, "too_many_attempts")
	_, err = b.Reauthenticate(t.Context(), zhang, goodPassword)
	wantError(t, "re-authentication", err, errs.TooMany, "too_many_attempts")
	_, _, err = b.ReauthenticateAs(t.Context(), changqing, "zhang", goodPassword)
	wantError(t, "re-authentication as another", err, errs.TooMany, "too_many_attempts")
	if _, _, err := b.SignIn(t.Context(), "admin", goodPassword, ""); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	b.clock.advance(time.Second) // refused attempts did not lengthen the wait
	_, _, err = b.SignIn(t.Context(), "zhang", "wrong-password", "")
	wantError(t, "the 11th failure", err, errs.Unauthenticated, "credentials_refused")
	b.clock.advance(time.Second)
	_, _, err = b.SignIn(t.Context(), "zhang", goodPassword, "")
	wantError(t, "a second after the 11th", err, errs.TooMany, "too_many_attempts")
	b.clock.advance(time.Second)
	if _, _, err := b.SignIn(t.Context(), "zhang", goodPassword, ""); err != nil {
		t.Errorf("two seconds after the 11th: %v", err)
	}
	b.exhaust(t, "zhang") // the success has cleared the count
}

// Failed re-authentications count as failed sign-ins do.
func TestGuessingAtSignaturesIsSlowedDown(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Sampler)
	for range freeFailures {
		_, err := b.Reauthenticate(t.Context(), zhang, "wrong-password")
		wantError(t, "a wrong password", err, errs.Unauthenticated, "credentials_refused")
	}
	_, err := b.Reauthenticate(t.Context(), zhang, goodPassword)
	wantError(t, "the next", err, errs.TooMany, "too_many_attempts")
}

// Attempts made all at once do not pass before the first has failed.
func TestGuessingAtOnceIsSlowedDown(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.add(t, "zhang", ledger.Sampler)
	var wg sync.WaitGroup
	outcome := make([]error, 4*freeFailures)
	for i := range outcome {
		wg.Go(func() { _, _, outcome[i] = b.SignIn(t.Context(), "zhang", "wrong-password", "") })
	}
	wg.Wait()
	tried := 0
	for _, err := range outcome {
		switch errs.KindOf(err) {
		case errs.Unauthenticated:
			tried++
		case errs.TooMany:
		default:
			t.Errorf("unexpected: %v", err)
		}
	}
	if tried != freeFailures {
		t.Errorf("%d guesses were tried, want %d", tried, freeFailures)
	}
}
