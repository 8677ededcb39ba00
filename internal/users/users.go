// Package users owns who there is and what they may do: divisions, people and their roles, businesses, authorisations
// for methods and procedures, sessions and signatures (tables division, person, person_role, business, authorisation,
// session, sign_in_failure, signature). Read this file first, then session.go and signature.go; the use cases of a noun
// stand beside it in person.go, business.go, division.go and authorisation.go, and all SQL in store_*.go.
//
// Every change appends its event; no event holds a name, a login, a telephone number or a password. Signing in and out
// changes nothing that is regulated: it goes to the security log (Options.Log), not to the ledger.
package users

import (
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Options of the Service. What is zero gets the default in brackets.
type Options struct {
	HashMemory  uint32        // memory of one argon2id hash in KiB [19,456 = 19 MiB]
	HashTime    uint32        // passes over that memory [2]
	HashThreads uint8         // lanes [1]
	MaxHashes   int           // hashes computed at once [the number of processors]
	Idle        time.Duration // a session ends when unused for so long [30 min]
	Absolute    time.Duration // and in any case after so long [12 h]
	Log         *slog.Logger  // the security log: sign-ins, refusals, personal data shown [slog.Default()]
}

// withDefaults fills what is zero. The argon2id parameters are the minimum that OWASP's password storage cheat sheet
// advises.
func (o Options) withDefaults() Options {
	if o.HashMemory == 0 {
		o.HashMemory = 19 * 1024
	}
	if o.HashTime == 0 {
		o.HashTime = 2
	}
	if o.HashThreads == 0 {
		o.HashThreads = 1
	}
	if o.MaxHashes == 0 {
		o.MaxHashes = runtime.NumCPU()
	}
	if o.Idle == 0 {
		o.Idle = 30 * time.Minute
	}
	if o.Absolute == 0 {
		o.Absolute = 12 * time.Hour
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Service is the use cases of this package.
type Service struct {
	db     *database.DB
	now    func() time.Time
	opts   Options
	hashes *hasher
}

// New makes a Service on the database; now is the clock.
func New(db *database.DB, now func() time.Time, opts Options) *Service {
	opts = opts.withDefaults()
	return &Service{db: db, now: now, opts: opts, hashes: newHasher(opts)}
}

// at is the present as the database keeps it.
func (s *Service) at() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// The refusals that several use cases share.
var (
	errVersion = errs.New(errs.Version, "version",
		"数据已被他人修改，请刷新后重试", "this was changed since you read it: reload and try again")
	errPersonUnknown = errs.New(errs.NotFound, "person_unknown", "没有此人员", "there is no such person")
)

// staffRoles are all roles but the business's.
func staffRoles() []ledger.Role {
	var roles []ledger.Role
	for _, role := range ledger.Roles() {
		if role != ledger.Business {
			roles = append(roles, role)
		}
	}
	return roles
}

// isStaff tells whether the actor works for the bureau.
func isStaff(actor ledger.Actor) bool { return actor.BusinessID == "" && actor.Any(staffRoles()...) }

// isOf tells whether the actor acts for this business.
func isOf(actor ledger.Actor, businessID string) bool {
	return actor.Is(ledger.Business) && actor.BusinessID != "" && actor.BusinessID == businessID
}

// admit refuses an actor who neither works for the bureau nor acts for a business.
func admit(actor ledger.Actor) error {
	if isOf(actor, actor.BusinessID) {
		return nil
	}
	return actor.As(staffRoles()...)
}

// actingAs returns the first of the roles that the actor holds: the one in which an allowed step was done.
func actingAs(actor ledger.Actor, roles ...ledger.Role) ledger.Role {
	for _, role := range roles {
		if actor.Is(role) {
			return role
		}
	}
	return ""
}

// checkText notes a text that is too long or holds characters that no form shows (controls, NUL, broken UTF-8).
func checkText(l *errs.List, path, s string, limit int, zh, en string) {
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		l.Add(path, "bad_characters", zh+"含有不允许的字符", en+" holds characters that are not allowed")
	case utf8.RuneCountInString(s) > limit:
		l.Add(path, "too_long", fmt.Sprintf("%s不得超过%d个字", zh, limit),
			fmt.Sprintf("%s is limited to %d characters", en, limit))
	}
}

// checkID notes a client's id that is not a UUID version 7; none at all is fine.
func checkID(l *errs.List, id string) {
	if id == "" {
		return
	}
	if parsed, err := uuid.Parse(id); err != nil || !paging.UUID(id) || parsed.Version() != 7 {
		l.Add("id", "bad_id", "标识应为UUID第7版", "the id must be a UUID of version 7")
	}
}

// idOr returns the checked id in its usual form, or a new one when the client gave none.
func idOr(id string) (string, error) {
	if id != "" {
		return strings.ToLower(id), nil
	}
	made, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("new id: %w", err)
	}
	return made.String(), nil
}
