package ledger

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

// Proof is an event with the proof that it is in the log. Anybody can check it: SHA-256 of Event is the entry at Index,
// and Text, a C2SP tlog-proof, leads from there to a checkpoint signed by Key.
type Proof struct {
	Event  string `json:"event" doc:"the exact body of the event"`
	Text   string `json:"proof" doc:"inclusion proof with a signed checkpoint (C2SP tlog-proof)"`
	Origin string `json:"origin" doc:"name of the log"`
	Key    string `json:"key" doc:"verifier key of the log; take it from elsewhere to trust it"`
	Index  int64  `json:"index" doc:"place in the log, from 0"`
}

// ErrNotPublished is returned for an event that no checkpoint covers yet.
var ErrNotPublished = errs.New(errs.Unavailable, "not_in_log", "该事件尚未进入已签署的日志，请稍后再试",
	"the event is not in the signed log yet; try again in a moment")

// ProofOf proves the one event of a kind about a subject, under the newest checkpoint.
func (l *Log) ProofOf(ctx context.Context, q database.Queryer, kind Definition, subjectID string) (Proof, error) {
	e, err := placedEvent(ctx, q, kind.Name, subjectID)
	if err != nil {
		return Proof{}, err
	}
	last, err := lastCheckpoint(ctx, q, e.Division)
	if err != nil {
		return Proof{}, err
	}
	if e.Index == nil || *e.Index >= last.Size {
		return Proof{}, ErrNotPublished
	}
	hashes, err := tlog.ProveRecord(last.Size, *e.Index, newTree(ctx, q, e.Division, last.Size))
	if err != nil {
		return Proof{}, fmt.Errorf("proof of event %d: %w", *e.Index, err)
	}
	signed, err := cosigned(ctx, q, last)
	if err != nil {
		return Proof{}, err
	}
	key, err := keyAt(ctx, q, e.Division, last.Size)
	if err != nil {
		return Proof{}, err
	}
	return Proof{
		Event: e.Body, Origin: last.Origin, Key: key, Index: *e.Index,
		Text: string(checkpoint.Proof{Index: *e.Index, Hashes: hashes, Checkpoint: signed}.Text()),
	}, nil
}

// keyAt is the verifier key whose signature a checkpoint of the size must bear.
func keyAt(ctx context.Context, q database.Queryer, division string, size int64) (string, error) {
	changes, err := keyChanges(ctx, q, division)
	if err != nil {
		return "", err
	}
	key := ""
	for _, c := range changes {
		if c.Index < size {
			key = c.Key
		}
	}
	return key, nil
}

// Check makes sure that the proof holds at its index under one of the keys, or where none is given under its own, and
// returns the checkpoint that it leads to.
func (p Proof) Check(keys ...string) (checkpoint.Checkpoint, error) {
	if len(keys) == 0 {
		keys = []string{p.Key}
	}
	known, err := verifiers(keys)
	if err != nil {
		return checkpoint.Checkpoint{}, err
	}
	proof, err := checkpoint.ParseProof([]byte(p.Text))
	if err != nil {
		return checkpoint.Checkpoint{}, err
	}
	if proof.Index != p.Index {
		return checkpoint.Checkpoint{}, errs.New(errs.Invalid, "proof_index",
			fmt.Sprintf("所称的序号%d不是证明中的序号%d", p.Index, proof.Index),
			fmt.Sprintf("it says index %d, but proves index %d", p.Index, proof.Index))
	}
	return proof.Verify(Leaf([]byte(p.Event)), known)
}

// CheckKeys refuses what is no verifier key of a log.
func CheckKeys(keys ...string) error {
	_, err := verifiers(keys)
	return err
}

func verifiers(keys []string) (note.Verifiers, error) {
	var known []note.Verifier
	for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		verifier, err := note.NewVerifier(key) // of logs only: what a witness cosigned can be any log
		if err != nil {
			return nil, errs.New(errs.Invalid, "log_key", "不是日志的公钥：“"+key+"”",
				fmt.Sprintf("this is no verifier key of a log: %q", key)).With(err)
		}
		known = append(known, verifier)
	}
	return note.VerifierList(known...), nil
}

// Leaf is the hash of the entry of an event with the body.
func Leaf(body []byte) tlog.Hash {
	commitment := Commitment(body)
	return tlog.RecordHash(commitment[:])
}
