// Package ledger owns the event table: the append-only record of all that happened. A use case appends its event in
// the transaction of the change, so that neither exists without the other. Who acts, and in which role, is an Actor.
// Read this file first; store.go holds the SQL.
package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/gowebpki/jcs"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// Role is what a person may act as.
type Role string

// The roles of the bureau and of those it serves.
const (
	Sampler          Role = "sampler"           // 抽样人员
	Custodian        Role = "custodian"         // 样品管理员
	Technician       Role = "technician"        // 检验员
	Reviewer         Role = "reviewer"          // 审核人
	Signatory        Role = "signatory"         // 授权签字人
	Verifier         Role = "verifier"          // 检定员
	Checker          Role = "checker"           // 核验员
	Approver         Role = "approver"          // 批准人
	Business         Role = "business"          // 企业
	Auditor          Role = "auditor"           // 审计人员
	Leader           Role = "leader"            // 负责人
	TechnicalManager Role = "technical_manager" // 技术负责人
	Administrator    Role = "administrator"     // 系统管理员
)

// System is the role of the program itself, which acts without a person. Nobody holds it.
const System Role = "system"

// Roles lists all roles, in the order in which they are shown.
func Roles() []Role {
	return []Role{Sampler, Custodian, Technician, Reviewer, Signatory, Verifier, Checker, Approver,
		Business, Auditor, Leader, TechnicalManager, Administrator}
}

// Actor is who acts: a person with the roles held now, within a division; BusinessID is set for a business's people.
type Actor struct {
	PersonID   string
	Login      string
	Name       string
	Roles      []Role
	Division   string
	BusinessID string
}

// Is tells whether the actor holds the role.
func (a Actor) Is(role Role) bool { return slices.Contains(a.Roles, role) }

// Any tells whether the actor holds one of the roles.
func (a Actor) Any(roles ...Role) bool { return slices.ContainsFunc(roles, a.Is) }

// As returns nil when the actor holds one of the roles, else the refusal.
func (a Actor) As(roles ...Role) error {
	if a.Any(roles...) {
		return nil
	}
	return errs.New(errs.Forbidden, "role_missing", "您的角色不能执行此操作", "your role does not allow this")
}

// Subject is what an event is about: the noun, its id, and the number that people read.
type Subject struct {
	Kind   string
	ID     string
	Number string
}

// Schema is the version of the body of an event. Version 1 had neither the version of the kind nor the nonce,
// without which the published hash of a body of which the rest is known could be recognised.
const Schema = 2

type body struct {
	Schema   int       `json:"schema"`
	ID       string    `json:"id"`
	Division string    `json:"division"`
	Kind     string    `json:"kind"`
	Version  int       `json:"version"`
	Subject  bodyOf    `json:"subject"`
	Actor    bodyActor `json:"actor"`
	At       string    `json:"at"`
	Data     any       `json:"data"`
	Nonce    string    `json:"nonce"`
}

type bodyOf struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Number string `json:"number"`
}

type bodyActor struct {
	ID   string `json:"id"`
	Role Role   `json:"role"`
}

// timeLayout keeps microseconds, which is what PostgreSQL keeps.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// Append records the event in the transaction of the change. The body is RFC 8785 JSON; its SHA-256 stands beside it,
// and in the log as soon as the sequencer has seen the event.
func Append(ctx context.Context, tx *database.Tx, actor Actor, at time.Time, e Event) error {
	r, err := rowOf(actor, at, e)
	if err != nil {
		return fmt.Errorf("event %s: %w", e.kind.Name, err)
	}
	if err := insertEvent(ctx, tx, r); err != nil {
		return err
	}
	return insertSealed(ctx, tx, r.ID, sealedIn(e.Data))
}

// rowOf makes the row of an event with its body.
func rowOf(actor Actor, at time.Time, e Event) (row, error) {
	if e.kind.Name == "" {
		return row{}, errors.New("an event is made by its kind")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return row{}, err
	}
	at = at.UTC().Truncate(time.Microsecond)
	text, err := Canonical(body{
		Schema: Schema, ID: id.String(), Division: actor.Division, Kind: e.kind.Name, Version: e.kind.Version,
		Subject: bodyOf(e.Subject), Actor: bodyActor{actor.PersonID, e.Role},
		At: at.Format(timeLayout), Data: e.Data, Nonce: rand.Text(),
	})
	if err != nil {
		return row{}, err
	}
	sum := Commitment(text)
	return row{
		ID: id.String(), Division: actor.Division, Kind: e.kind.Name, SubjectKind: e.Subject.Kind, SubjectID: e.Subject.ID,
		SubjectNumber: e.Subject.Number, ActorID: actor.PersonID, ActorRole: string(e.Role), At: at,
		Body: string(text), BodyHash: sum[:],
	}, nil
}

// Commitment is what stands in the log for an event: the SHA-256 of its body.
func Commitment(body []byte) [sha256.Size]byte { return sha256.Sum256(body) }

// Canonical returns v as RFC 8785 JSON: the one encoding of which hashes are taken.
func Canonical(v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	canonical, err := jcs.Transform(plain)
	if err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	return canonical, nil
}

// Hash returns the SHA-256 of the canonical JSON of v, with that JSON.
func Hash(v any) (sum [sha256.Size]byte, text []byte, err error) {
	text, err = Canonical(v)
	if err != nil {
		return sum, nil, err
	}
	return sha256.Sum256(text), text, nil
}

// Entry is an event as read back.
type Entry struct {
	ID      string    `json:"id" db:"id"`
	Kind    string    `json:"kind" db:"kind"`
	ActorID string    `json:"actor_id" db:"actor_id"`
	Actor   string    `json:"actor" db:"actor"`
	Role    Role      `json:"role" db:"actor_role"`
	At      time.Time `json:"at" db:"at"`
	Hash    string    `json:"hash" db:"hash"`
	Body    string    `json:"-" db:"body"`
}

// History returns the events of one subject, oldest first.
func History(ctx context.Context, q database.Queryer, kind, id string) ([]Entry, error) {
	return eventsOf(ctx, q, kind, []string{id})
}

// Intact tells whether an entry's body still has the hash that was stored beside it.
func (e Entry) Intact() bool {
	sum := sha256.Sum256([]byte(e.Body))
	return hex.EncodeToString(sum[:]) == e.Hash
}
