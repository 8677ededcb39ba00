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

// ListItem is one thing on a list that is signed at once: the number that people read, the version, and the SHA-256 of
// exactly what was shown, hexadecimal.
type ListItem struct {
	Number      string `json:"number" doc:"the number that people read"`
	Version     int    `json:"version" doc:"the version that was shown"`
	ContentHash string `json:"content_hash" doc:"SHA-256 of exactly what was shown, hexadecimal"`
}

// ListSigning is what the signature under a list says. Its own content is the list.
type ListSigning struct {
	Role    ledger.Role
	Meaning string
	Subject ledger.Subject
	Items   []ListItem
}

const (
	maxListed = 1000           // things on a list
	listLife  = 24 * time.Hour // how long what is on a signed list may be signed one by one
)

// signedList stands for the password of whoever signed it, for what is on it and for nothing else.
type signedList struct {
	id     string
	role   ledger.Role
	hashes map[[32]byte]bool
}

func (sig ListSigning) check() error {
	var l errs.List
	if len(sig.Items) == 0 || len(sig.Items) > maxListed {
		l.Add("items", "items", fmt.Sprintf("一次签署1至%d项", maxListed), fmt.Sprintf("1 to %d things are signed at once", maxListed))
	}
	seen := map[string]bool{}
	for i, item := range sig.Items {
		path := fmt.Sprintf("items[%d]", i)
		if seen[item.Number] {
			l.Add(path, "twice", item.Number+"重复", item.Number+" is there twice")
		}
		if seen[item.Number] = true; item.Number == "" || item.Version < 1 || ledger.SumOf(item.ContentHash) == (ledger.Sum{}) {
			l.Add(path, "item", "须有编号、版本和内容摘要", "a number, a version and the hash of what was shown are required")
		}
	}
	return l.Err()
}

// SignList has a person sign a list with one re-authentication, as Sign does, and returns the signature's id. What is on
// the list is then signed one by one with the proof that ProofOfList gives.
func SignList(ctx context.Context, tx *database.Tx, p Proof, actor ledger.Actor, at time.Time, list ListSigning) (string, error) {
	at = at.UTC().Truncate(time.Microsecond)
	if err := list.check(); err != nil {
		return "", err
	}
	sum, _, err := ledger.Hash(list.Items)
	if err != nil {
		return "", fmt.Errorf("list to sign: %w", err)
	}
	sig := Signing{Role: list.Role, Meaning: list.Meaning, Subject: list.Subject, ContentHash: sum}
	if p.list != nil {
		return "", errNoProof
	}
	id, err := p.store(ctx, tx, actor, at, sig)
	if err != nil {
		return "", err
	}
	about := ledger.Subject{Kind: "signature", ID: id, Number: sig.Subject.Number}
	return id, ledger.Append(ctx, tx, actor, at, kindListSigned.Event(sig.Role, about, listSigned{
		Meaning: strings.TrimSpace(sig.Meaning), SubjectKind: sig.Subject.Kind, SubjectID: sig.Subject.ID,
		ContentHash: hex.EncodeToString(sum[:]), Items: list.Items,
	}))
}

// ProofOfList returns the proof by which whoever signed the list signs what is on it, in the same role, within a day. It
// refuses a list that is not the one that was signed.
func ProofOfList(ctx context.Context, q database.Queryer, signature string, items []ListItem) (Proof, error) {
	signed, err := selectListSignature(ctx, q, signature)
	if err != nil {
		return Proof{}, err
	}
	sum, _, err := ledger.Hash(items)
	if err != nil {
		return Proof{}, fmt.Errorf("signed list: %w", err)
	}
	if hex.EncodeToString(sum[:]) != signed.ContentHash {
		return Proof{}, errs.New(errs.Forbidden, "list_differs", "清单与所签署的不一致", "the list is not the one that was signed")
	}
	list := &signedList{id: signature, role: signed.Role, hashes: map[[32]byte]bool{}}
	for _, item := range items {
		list.hashes[ledger.SumOf(item.ContentHash)] = true
	}
	return Proof{personID: signed.PersonID, at: signed.SignedAt, list: list}, nil
}

// covers tells whether the list stands for a signature.
func (l *signedList) covers(sig Signing) bool { return l.role == sig.Role && l.hashes[sig.ContentHash] }
