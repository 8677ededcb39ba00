package api

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"hengjian/internal/database"
)

type keptRequest struct {
	PersonID  string
	Key       string
	Operation string
	BodyHash  [sha256.Size]byte
}

// keptAnswer has status 0 while its request is under way.
type keptAnswer struct {
	Operation string    `db:"operation"`
	BodyHash  []byte    `db:"body_hash"`
	Status    int       `db:"status"`
	ETag      string    `db:"etag"`
	Location  string    `db:"location"`
	Answer    string    `db:"answer"`
	CreatedAt time.Time `db:"created_at"`
}

// unhurried lets the statement that reads from it commit without waiting for the disk. A key that a crash loses belongs
// to a request that changed nothing, since its change would have taken the key to the disk with it; a lost answer is
// made again from the id that follows from the key.
const unhurried = "set_config('synchronous_commit', 'off', true)"

// reserve takes the key for a request; it returns the first answer when there is one, nil when the request shall run.
func reserve(ctx context.Context, db *database.DB, r keptRequest, at time.Time, takeOver time.Duration) (*keptAnswer, error) {
	n, err := db.Exec(ctx, `
		INSERT INTO idempotency (person_id, key, operation, body_hash, status, etag, location, answer, created_at)
		SELECT $1::uuid, $2, $3, $4::bytea, 0, '', '', '', $5::timestamptz
		FROM `+unhurried+`
		ON CONFLICT (person_id, key) DO NOTHING`,
		r.PersonID, r.Key, r.Operation, r.BodyHash[:], at)
	if err != nil {
		return nil, fmt.Errorf("reserve idempotency key: %w", err)
	}
	if n == 1 {
		return nil, nil
	}
	var a keptAnswer
	if err := db.Get(ctx, &a, `
		SELECT operation, body_hash, status, etag, location, answer, created_at
		FROM idempotency
		WHERE person_id = $1 AND key = $2`, r.PersonID, r.Key); err != nil {
		return nil, errKeyBusy.With(err)
	}
	if a.Operation != r.Operation || [sha256.Size]byte(a.BodyHash) != r.BodyHash {
		return nil, errKeyReused
	}
	if a.Status != 0 {
		return &a, nil
	}
	n, err = db.Exec(ctx, `
		UPDATE idempotency
		SET created_at = $3
		WHERE person_id = $1 AND key = $2 AND status = 0 AND created_at < $4`,
		r.PersonID, r.Key, at, at.Add(-takeOver))
	if err != nil {
		return nil, fmt.Errorf("take over idempotency key: %w", err)
	}
	if n == 0 {
		return nil, errKeyBusy
	}
	return nil, nil
}

func saveAnswer(ctx context.Context, db *database.DB, r keptRequest, a keptAnswer) error {
	_, err := db.Exec(context.WithoutCancel(ctx), `
		UPDATE idempotency
		SET status = $3, etag = $4, location = $5, answer = $6
		FROM `+unhurried+`
		WHERE person_id = $1 AND key = $2`, r.PersonID, r.Key, a.Status, a.ETag, a.Location, a.Answer)
	return err
}

func release(ctx context.Context, db *database.DB, r keptRequest) error {
	_, err := db.Exec(context.WithoutCancel(ctx), `
		DELETE FROM idempotency
		WHERE person_id = $1 AND key = $2 AND status = 0`, r.PersonID, r.Key)
	return err
}
