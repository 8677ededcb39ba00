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

const eventInsert = `
	INSERT INTO event (id, division, kind, subject_kind, subject_id, subject_number,
		actor_id, actor_role, at, body, body_hash)
	VALUES ($1, $2, $3, $4, $5, $6, nullif($7, '')::uuid, $8, $9, $10, $11)`

func (r row) values() []any {
	return []any{r.ID, r.Division, r.Kind, r.SubjectKind, r.SubjectID, r.SubjectNumber, r.ActorID, r.ActorRole, r.At,
		r.Body, r.BodyHash}
}

// insertEvent stores the event and queues it for the log, in one statement.
func insertEvent(ctx context.Context, tx *database.Tx, r row) error {
	_, err := tx.Exec(ctx, `WITH e AS (`+eventInsert+`)
		INSERT INTO event_pending (event_id)
		VALUES ($1)`, r.values()...)
	if err != nil {
		return fmt.Errorf("append event %s: %w", r.Kind, err)
	}
	return nil
}

// insertSequenced stores an event that the caller gives its index itself.
func insertSequenced(ctx context.Context, tx *database.Tx, r row) error {
	if _, err := tx.Exec(ctx, eventInsert, r.values()...); err != nil {
		return fmt.Errorf("append event %s: %w", r.Kind, err)
	}
	return nil
}

// insertSealed keeps what an event says sealed, where it can be erased.
func insertSealed(ctx context.Context, tx *database.Tx, eventID string, sealed []Sealed) error {
	for _, s := range sealed {
		_, err := tx.Exec(ctx, `
			INSERT INTO event_personal (commitment, event_id, salt, text)
			VALUES ($1, $2, $3, $4)`, s.commitment[:], eventID, s.salt[:], s.text)
		if err != nil {
			return fmt.Errorf("sealed text of event %s: %w", eventID, err)
		}
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
