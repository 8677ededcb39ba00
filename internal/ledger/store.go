package ledger

import (
	"context"
	"fmt"
	"time"

	"hengjian/internal/database"
)

type row struct {
	ID, Division, Kind                    string
	SubjectKind, SubjectID, SubjectNumber string
	ActorID, ActorRole                    string
	At                                    time.Time
	Body                                  string
	BodyHash                              []byte
}

func insertEvent(ctx context.Context, tx *database.Tx, r row) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO event (id, division, kind, subject_kind, subject_id, subject_number,
			actor_id, actor_role, at, body, body_hash)
		VALUES ($1, $2, $3, $4, $5, $6, nullif($7, '')::uuid, $8, $9, $10, $11)`,
		r.ID, r.Division, r.Kind, r.SubjectKind, r.SubjectID, r.SubjectNumber,
		r.ActorID, r.ActorRole, r.At, r.Body, r.BodyHash)
	if err != nil {
		return fmt.Errorf("append event %s: %w", r.Kind, err)
	}
	return nil
}

func eventsOf(ctx context.Context, q database.Queryer, kind string, ids []string) ([]Entry, error) {
	var entries []Entry
	err := q.Select(ctx, &entries, `
		SELECT e.id, e.kind, coalesce(e.actor_id::text, '') AS actor_id, coalesce(p.name, '') AS actor,
			e.actor_role, e.at, encode(e.body_hash, 'hex') AS hash, e.body
		FROM event e
		LEFT JOIN person p ON p.id = e.actor_id
		WHERE e.subject_kind = $1 AND e.subject_id = ANY ($2)
		ORDER BY e.at, e.id`, kind, database.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("events of %s: %w", kind, err)
	}
	return entries, nil
}
