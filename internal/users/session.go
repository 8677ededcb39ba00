package users

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// The answers to someone who is not known. A wrong login, a wrong password and a disabled person are one answer.
var (
	errRefused = errs.New(errs.Unauthenticated, "credentials_refused",
		"用户名或密码不正确", "the login or the password is not right")
	errNoSession = errs.New(errs.Unauthenticated, "session_ended",
		"登录已失效，请重新登录", "you are not signed in, or the session has ended: sign in again")
)

// touchEvery is how exactly a session's last use is kept.
const touchEvery = time.Minute

// credentials is a person with what a password is checked against.
type credentials struct {
	Person
	hash  string
	stale bool
}

// verify finds the person whom a login and password belong to. A login that does not exist costs a hash as well.
func (s *Service) verify(ctx context.Context, login, password string) (credentials, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	if err := s.claimAttempt(ctx, login); err != nil {
		return credentials{}, err
	}
	c := credentials{hash: s.hashes.nobody}
	known := false
	if loginForm.MatchString(login) {
		found, ok, err := credentialsOf(ctx, s.db, login)
		if err != nil {
			return credentials{}, err
		}
		if known = ok; ok {
			c = found
		}
	}
	match, stale, err := s.hashes.compare(ctx, password, c.hash)
	if err != nil {
		return credentials{}, err
	}
	if !known || !match || c.DisabledAt != nil {
		s.refused(ctx, c.ID, refusal(known, match))
		return credentials{}, errRefused
	}
	c.stale = stale
	return c, clearFailures(ctx, s.db, failureKey(login))
}

// refusal is the reason for the security log, which is told to nobody else.
func refusal(known, match bool) string {
	switch {
	case !known:
		return "unknown login"
	case !match:
		return "wrong password"
	}
	return "disabled"
}

func (s *Service) refused(ctx context.Context, personID, reason string) {
	s.opts.Log.WarnContext(ctx, "credentials refused", "person_id", personID, "reason", reason)
}

// SignIn opens a session and returns its token, which is kept as a hash only. An unknown login, a wrong password and a
// disabled person get the same answer at the same cost; failures are slowed down.
func (s *Service) SignIn(ctx context.Context, login, password, userAgent string) (string, ledger.Actor, error) {
	c, err := s.verify(ctx, login, password)
	if err != nil {
		return "", ledger.Actor{}, err
	}
	fresh := c.hash
	if c.stale {
		if fresh, err = s.hashes.hash(ctx, password); err != nil {
			return "", ledger.Actor{}, err
		}
	}
	token := base64.RawURLEncoding.EncodeToString(random(32))
	now := s.at()
	err = s.db.InTx(ctx, func(tx *database.Tx) error {
		if err := rehash(ctx, tx, c.ID, c.hash, fresh); err != nil {
			return err
		}
		opened, err := insertSession(ctx, tx, fresh, session{
			TokenHash: tokenHash(token), PersonID: c.ID, CreatedAt: now, ExpiresAt: now.Add(s.opts.Absolute),
			UserAgent: agent(userAgent),
		})
		if err != nil {
			return err
		}
		if !opened { // disabled, or given another password, while the hash was computed
			return errRefused
		}
		return sweep(ctx, tx, now, now.Add(-failureLife))
	})
	if err != nil {
		return "", ledger.Actor{}, err
	}
	s.opts.Log.InfoContext(ctx, "signed in", "person_id", c.ID)
	return token, c.Actor(), nil
}

// tokenHash is what is kept of a token.
func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// agent makes what a browser says of itself fit to be stored.
func agent(s string) string {
	clean := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
	return string(clean[:min(len(clean), 200)])
}

// Resume returns who the session of the token belongs to, with the roles held now. A session ends when it is unused for
// Options.Idle, after Options.Absolute in any case, and with its person.
func (s *Service) Resume(ctx context.Context, token string) (ledger.Actor, error) {
	hash := tokenHash(token)
	open, found, err := sessionOf(ctx, s.db, hash)
	if err != nil {
		return ledger.Actor{}, err
	}
	now := s.at()
	unused := now.Sub(open.seenAt)
	if !found || open.DisabledAt != nil || !now.Before(open.expiresAt) || unused >= s.opts.Idle {
		return ledger.Actor{}, errNoSession
	}
	if unused >= touchEvery {
		if err := touchSession(ctx, s.db, hash, now); err != nil {
			return ledger.Actor{}, err
		}
	}
	return open.Actor(), nil
}

// openSession is a session's person and its times.
type openSession struct {
	Person
	seenAt, expiresAt time.Time
}

// SignOut ends the session of the token; one that is not there is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	ended, err := deleteSession(ctx, s.db, tokenHash(token))
	if err == nil && ended {
		s.opts.Log.InfoContext(ctx, "signed out")
	}
	return err
}

// EndSessions ends all sessions of a person: one's own, or by an administrator those of anyone in the division.
func (s *Service) EndSessions(ctx context.Context, actor ledger.Actor, personID string) error {
	p, err := s.Person(ctx, actor, personID)
	if err != nil {
		return err
	}
	role := actingAs(actor, ledger.Roles()...)
	if p.ID != actor.PersonID {
		if err := actor.As(ledger.Administrator); err != nil {
			return err
		}
		role = ledger.Administrator
	}
	return s.db.InTx(ctx, func(tx *database.Tx) error {
		ended, err := deleteSessions(ctx, tx, p.ID, "")
		if err != nil || ended == 0 {
			return err
		}
		return ledger.Append(ctx, tx, actor, s.at(), kindSessionsEnded.Event(role, p.subject(), sessionsEnded{ended}))
	})
}

// Reauthenticate has the actor who is signed in give the password again, as proof for signatures. It is slow by
// design: call it before the transaction. Failures are slowed down as at sign-in.
func (s *Service) Reauthenticate(ctx context.Context, actor ledger.Actor, password string) (Proof, error) {
	p, err := personByID(ctx, s.db, actor.PersonID)
	if err != nil {
		return Proof{}, fmt.Errorf("re-authentication: %w", err)
	}
	if _, err := s.verify(ctx, p.Login, password); err != nil {
		return Proof{}, err
	}
	return Proof{personID: p.ID, at: s.at()}, nil
}

// ReauthenticateAs has a second person, who is not signed in, sign at the same device: the receiver of a handover, the
// other sampler. A person of another division is answered as if unknown.
func (s *Service) ReauthenticateAs(ctx context.Context, division, login, password string) (ledger.Actor, Proof, error) {
	c, err := s.verify(ctx, login, password)
	if err != nil {
		return ledger.Actor{}, Proof{}, err
	}
	if c.Division != division {
		s.refused(ctx, c.ID, "other division")
		return ledger.Actor{}, Proof{}, errRefused
	}
	return c.Actor(), Proof{personID: c.ID, at: s.at()}, nil
}
