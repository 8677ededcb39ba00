package ledger

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// ChangeKey makes a new key for a log and tells the log of it, endorsed by the key until now; the checkpoints that hold
// that event are signed by the new key, and by the old one too as long as it is kept. Where the old key is lost, the
// change must be asked for as such: it is not endorsed, and every audit says so.
func (l *Log) ChangeKey(ctx context.Context, actor Actor, role Role, lost bool) (key string, err error) {
	logs, err := selectLogs(ctx, l.db)
	if err != nil {
		return "", err
	}
	for _, one := range logs {
		if one.Division != actor.Division {
			continue
		}
		before, err := keyNow(ctx, l.db, one.Division)
		if err != nil {
			return "", err
		}
		kept, err := l.keys.of(one.Division, one.Origin)
		if err != nil {
			return "", err
		}
		if (kept[before] == nil) != lost {
			return "", errs.New(errs.Conflict, "log_key_lost",
				"原密钥缺失时须注明“遗失”，原密钥在时不得注明", "say that the old key is lost when it is, and only then")
		}
		if key, err = l.keys.add(one.Division, one.Origin); err != nil {
			return "", err
		}
		endorsement, err := endorse(one.Origin, key, kept[before])
		if err != nil {
			return "", err
		}
		return key, l.db.InTx(ctx, func(tx *database.Tx) error {
			return Append(ctx, tx, actor, l.now(), logKeyChanged.Event(role, Subject{"log", one.Division, one.Origin},
				keyChangedData{Origin: one.Origin, Before: before, Key: key, Endorsement: endorsement}))
		})
	}
	return "", errNoLog
}

func keyNow(ctx context.Context, q database.Queryer, division string) (string, error) {
	changes, err := keyChanges(ctx, q, division)
	if err != nil {
		return "", err
	}
	if len(changes) == 0 {
		return "", errNoLog
	}
	return changes[len(changes)-1].Key, nil
}

// endorsementText is what the old key signs for the new one.
func endorsementText(origin, key string) string {
	return fmt.Sprintf("hengjian log key\n%s\n%s\n", origin, key)
}

func endorse(origin, key string, by note.Signer) (string, error) {
	if by == nil {
		return "", nil
	}
	signed, err := note.Sign(&note.Note{Text: endorsementText(origin, key)}, by)
	if err != nil {
		return "", fmt.Errorf("endorse the new key: %w", err)
	}
	return string(signed), nil
}

var errNotEndorsed = errors.New("the new key is not endorsed by the key before")

// CheckEndorsement makes sure that the key before signed for the new one.
func CheckEndorsement(origin, before, key, endorsement string) error {
	verifier, err := note.NewVerifier(before)
	if err != nil {
		return fmt.Errorf("key before: %w", err)
	}
	opened, err := note.Open([]byte(endorsement), note.VerifierList(verifier))
	if err != nil || opened.Text != endorsementText(origin, key) {
		return errNotEndorsed
	}
	return nil
}
