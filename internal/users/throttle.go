package users

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// Guessing is slowed down by login, known or not, without shutting anybody out for long: after freeFailures the next
// attempt must wait a second, then two, four, … up to longestWait. Attempts made while waiting are refused and do not
// count. A success, or a day without failure, clears the count (OWASP ASVS 5.0 6.3.1, 2.4.1).
const (
	freeFailures = 10
	longestWait  = 5 * time.Minute
	failureLife  = 24 * time.Hour
)

// failures is what is kept of a login's failed attempts.
type failures struct {
	Count  int       `db:"count"`
	LastAt time.Time `db:"last_at"`
}

// wait tells how long the next attempt has to wait from now.
func (f failures) wait(now time.Time) time.Duration {
	if f.Count < freeFailures {
		return 0
	}
	pause := longestWait
	if doublings := f.Count - freeFailures; doublings < 10 {
		pause = min(longestWait, time.Second<<doublings)
	}
	return max(0, f.LastAt.Add(pause).Sub(now))
}

// attempted counts one more attempt at now, as a failure until it turns out a success: so attempts made at once cannot
// all pass before the first has failed.
func (f failures) attempted(now time.Time) failures {
	if now.Sub(f.LastAt) >= failureLife {
		f.Count = 0
	}
	return failures{Count: f.Count + 1, LastAt: now}
}

// failureKey is under what a login's failures are kept: its hash, since what is typed as a login may be a password.
func failureKey(login string) string {
	sum := sha256.Sum256([]byte(login))
	return hex.EncodeToString(sum[:])
}

// claimAttempt counts an attempt to sign in as login, or refuses it.
func (s *Service) claimAttempt(ctx context.Context, login string) error {
	now, key := s.at(), failureKey(login)
	return s.db.InTx(ctx, func(tx *database.Tx) error {
		f, err := lockFailures(ctx, tx, key, now)
		if err != nil {
			return err
		}
		if wait := f.wait(now); wait > 0 {
			s.refused(ctx, "", "too many attempts")
			seconds := int(math.Ceil(wait.Seconds()))
			return errs.New(errs.TooMany, "too_many_attempts", fmt.Sprintf("尝试次数过多，请%d秒后再试", seconds),
				fmt.Sprintf("too many attempts: try again in %d s", seconds))
		}
		return saveFailures(ctx, tx, key, f.attempted(now))
	})
}
