package users

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// The length of a password in characters (OWASP ASVS 5.0 6.2.1 and 6.2.9). There are no rules of composition (6.2.5).
const (
	minPassword = 8
	maxPassword = 128
)

//go:embed common_passwords.txt
var commonText string

// commonPasswords are the commonest passwords of at least the minimal length (ASVS 6.2.4), in lower case.
var commonPasswords = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(commonText) {
		set[word] = true
	}
	return set
}()

// checkPassword notes what is wrong with a new password.
func checkPassword(l *errs.List, path, password, login string) {
	n, lower := utf8.RuneCountInString(password), strings.ToLower(password)
	switch {
	case n < minPassword:
		l.Add(path, "password_short", fmt.Sprintf("密码至少%d个字符", minPassword),
			fmt.Sprintf("a password has at least %d characters", minPassword))
	case n > maxPassword:
		l.Add(path, "password_long", fmt.Sprintf("密码最多%d个字符", maxPassword),
			fmt.Sprintf("a password has at most %d characters", maxPassword))
	case lower == strings.ToLower(login):
		l.Add(path, "password_is_login", "密码不能与用户名相同", "the password must not be the login")
	case commonPasswords[lower] || oneCharacter(lower):
		l.Add(path, "password_common", "该密码过于常见，请换一个", "this password is too common: choose another")
	}
}

// oneCharacter tells whether s is the same character all through.
func oneCharacter(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return strings.Trim(s, string(first)) == ""
}

// hasher computes argon2id hashes, few at a time: each takes 19 MiB and tens of milliseconds, and whoever can reach the
// sign-in can ask for them.
type hasher struct {
	params argon2id.Params
	slots  chan struct{} // held while hashing
	queue  chan struct{} // held while hashing or waiting for a slot
	nobody string        // a hash that no password has, compared with when there is no such login
}

// queueFactor is how many wait for each slot before the next one is turned away.
const queueFactor = 32

func newHasher(o Options) *hasher {
	h := &hasher{
		params: argon2id.Params{Memory: o.HashMemory, Iterations: o.HashTime, Parallelism: o.HashThreads,
			SaltLength: 16, KeyLength: 32},
		slots: make(chan struct{}, o.MaxHashes),
		queue: make(chan struct{}, o.MaxHashes*(1+queueFactor)),
	}
	h.nobody = fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", o.HashMemory, o.HashTime, o.HashThreads,
		base64.RawStdEncoding.EncodeToString(random(16)), base64.RawStdEncoding.EncodeToString(random(32)))
	return h
}

// random returns n bytes of the system's secure source, whose reading never fails.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// enter waits for a slot; leave must be called after.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.queue <- struct{}{}:
	default:
		return nil, errs.New(errs.TooMany, "sign_in_busy", "登录请求过多，请稍后再试",
			"too many sign-ins at once: try again in a moment")
	}
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots; <-h.queue }, nil
	case <-ctx.Done():
		<-h.queue
		return nil, ctx.Err()
	}
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(password, &h.params)
}

// compare tells whether the password has the hash, and whether the hash was made with other parameters than today's.
func (h *hasher) compare(ctx context.Context, password, hash string) (match, stale bool, err error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	match, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, fmt.Errorf("stored password hash: %w", err)
	}
	return match, *params != h.params, nil
}

// PasswordChange sets a person's password. Old is needed for one's own; an administrator sets another's without. All
// sessions of the person end but the one of the token Session, which only one's own change may keep.
type PasswordChange struct {
	PersonID string `json:"person_id"`
	Old      string `json:"old,omitempty"`
	New      string `json:"new"`
	Session  string `json:"-"`
}

// SetPassword changes one's own password, or resets that of a person of the administrator's division.
func (s *Service) SetPassword(ctx context.Context, actor ledger.Actor, c PasswordChange) error {
	p, err := s.Person(ctx, actor, c.PersonID)
	if err != nil {
		return err
	}
	own := p.ID == actor.PersonID
	role, kept := actingAs(actor, ledger.Roles()...), c.Session
	if !own {
		if err := actor.As(ledger.Administrator); err != nil {
			return err
		}
		role, kept = ledger.Administrator, ""
	}
	var l errs.List
	checkPassword(&l, "new", c.New, p.Login)
	if err := l.Err(); err != nil {
		return err
	}
	if own {
		if _, err := s.verify(ctx, p.Login, c.Old); err != nil {
			return err
		}
	}
	hash, err := s.hashes.hash(ctx, c.New)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *database.Tx) error {
		if err := savePassword(ctx, tx, p, hash); err != nil {
			return fmt.Errorf("person %s: %w", p.ID, err)
		}
		if _, err := deleteSessions(ctx, tx, p.ID, kept); err != nil {
			return err
		}
		return ledger.Append(ctx, tx, actor, s.at(), kindPasswordSet.Event(role, p.subject(), passwordSet{own}))
	})
}
