package users

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Proof is that a person has just given the password again, or has signed a list of what is to be signed (ProofOfList).
// Only this package makes one; its zero value proves nothing.
type Proof struct {
	personID string
	at       time.Time
	list     *signedList
}

var errNoProof = errs.New(errs.Unauthenticated, "proof_missing", "签名前须重新输入密码（5分钟内有效）",
	"a signature needs the signer's password again, at most 5 minutes before")

// holds tells whether the proof is the actor's, not too old, and good for the signature.
func (p Proof) holds(actor ledger.Actor, at time.Time, sig Signing) error {
	life := proofLife
	if p.list != nil {
		life = listLife
	}
	switch {
	case p.personID == "" || p.personID != actor.PersonID || at.Sub(p.at).Abs() > life:
		return errNoProof
	case p.list != nil && !p.list.covers(sig):
		return errs.New(errs.Conflict, "not_on_list", "内容与批量签署时所示不同，不在签署之列",
			"it is not what was shown when the list was signed, and not on it")
	}
	return nil
}

// proofLife is how long after re-authentication one may sign.
const proofLife = 5 * time.Minute

// Signing is what a signature says: in which role, what it means (such as 审核通过), about what, and the SHA-256 of
// exactly what was shown.
type Signing struct {
	Role        ledger.Role
	Meaning     string
	Subject     ledger.Subject
	ContentHash [32]byte
}

// check refuses a signature that says too little, or whose proof is another's or too old.
func (sig Signing) check(p Proof, actor ledger.Actor, at time.Time) error {
	if err := p.holds(actor, at, sig); err != nil {
		return err
	}
	if err := actor.As(sig.Role); err != nil {
		return err
	}
	var l errs.List
	l.Require("meaning", sig.Meaning, "签名含义", "the meaning of the signature")
	checkText(&l, "meaning", sig.Meaning, 200, "签名含义", "the meaning of the signature")
	l.Require("subject.kind", sig.Subject.Kind, "签名对象", "the kind of what is signed")
	l.Require("subject.id", sig.Subject.ID, "签名对象", "the id of what is signed")
	if sig.ContentHash == [32]byte{} {
		l.Add("content_hash", "required", "签名内容的摘要必填", "the hash of what is signed is required")
	}
	return l.Err()
}

// Sign stores a signature in the transaction of the step that it belongs to, and returns its id. It refuses a proof
// that is another person's or older than 5 minutes, a role that the signer does not hold now, and a disabled signer
// (21 CFR 11.50, 11.70, 11.200).
func Sign(ctx context.Context, tx *database.Tx, p Proof, actor ledger.Actor, at time.Time,
	sig Signing) (string, error) {
	at = at.UTC().Truncate(time.Microsecond)
	id, err := p.store(ctx, tx, actor, at, sig)
	if err != nil {
		return "", err
	}
	about := ledger.Subject{Kind: "signature", ID: id, Number: sig.Subject.Number}
	return id, ledger.Append(ctx, tx, actor, at, kindSignatureMade.Event(sig.Role, about, signatureMade{
		Meaning: strings.TrimSpace(sig.Meaning), SubjectKind: sig.Subject.Kind, SubjectID: sig.Subject.ID,
		ContentHash: hex.EncodeToString(sig.ContentHash[:]), List: p.listID(),
	}))
}

// store keeps the row of a signature, and returns its id.
func (p Proof) store(ctx context.Context, tx *database.Tx, actor ledger.Actor, at time.Time, sig Signing) (string, error) {
	if err := sig.check(p, actor, at); err != nil {
		return "", fmt.Errorf("sign %s %s: %w", sig.Subject.Kind, sig.Subject.Number, err)
	}
	id, err := idOr("")
	if err != nil {
		return "", err
	}
	signed, err := insertSignature(ctx, tx, id, actor.PersonID, p.listID(), at, sig)
	if err != nil {
		return "", fmt.Errorf("sign %s %s: %w", sig.Subject.Kind, sig.Subject.Number, err)
	}
	if !signed {
		return "", errs.New(errs.Forbidden, "signer_not_allowed", "签名人已停用或不再具有该角色",
			"the signer is disabled or no longer holds the role")
	}
	return id, nil
}

// listID is the id of the signature under the list that stands for the password; empty when there is none.
func (p Proof) listID() string {
	if p.list == nil {
		return ""
	}
	return p.list.id
}

// Signature is a signature as read back, with the signer's name. ContentHash is the SHA-256 in hexadecimal.
type Signature struct {
	ID          string      `json:"id" db:"id"`
	PersonID    string      `json:"person_id" db:"person_id"`
	Name        string      `json:"name" db:"name"`
	Role        ledger.Role `json:"role" db:"role"`
	Meaning     string      `json:"meaning" db:"meaning"`
	SubjectKind string      `json:"subject_kind" db:"subject_kind"`
	SubjectID   string      `json:"subject_id" db:"subject_id"`
	ContentHash string      `json:"content_hash" db:"content_hash"`
	SignedAt    time.Time   `json:"signed_at" db:"signed_at"`
}
