package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

// bareEvent is the body of an event as it would be without a ledger: canonical JSON with a hash, as an audit table has it.
type bareEvent struct {
	Actor    map[string]string `json:"actor"`
	At       string            `json:"at"`
	Data     appended          `json:"data"`
	Division string            `json:"division"`
	ID       string            `json:"id"`
	Kind     string            `json:"kind"`
	Nonce    string            `json:"nonce"`
	Schema   int               `json:"schema"`
	Subject  map[string]string `json:"subject"`
	Version  int               `json:"version"`
}

// insertBare inserts what Append inserts as an event, in a transaction, for no log: into a table of the same form.
func insertBare(ctx context.Context, db *database.DB, i int) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	at := time.Now()
	sum, body, err := ledger.Hash(bareEvent{
		Actor: map[string]string{"id": benchActor.PersonID, "role": "custodian"}, At: at.Format(time.RFC3339Nano), Data: benchData(i),
		Division: "370113", ID: id.String(), Kind: "sample.received", Nonce: rand.Text(), Schema: ledger.Schema, Version: 1,
		Subject: map[string]string{"kind": "sample", "id": benchSubject.ID, "number": benchSubject.Number},
	})
	if err != nil {
		return err
	}
	return db.InTx(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO bench_event (id, division, kind, subject_kind, subject_id, subject_number, actor_id, actor_role, at, body, body_hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			id.String(), "370113", "sample.received", "sample", benchSubject.ID, benchSubject.Number,
			benchActor.PersonID, "custodian", at, string(body), sum[:])
		return err
	})
}

// createBare makes a table like that of the events, with the same indexes and constraints, but without a log.
func createBare(ctx context.Context, owner *database.DB) error {
	_, err := owner.Exec(ctx, `
		CREATE TABLE bench_event (LIKE event INCLUDING ALL);
		GRANT SELECT, INSERT ON bench_event TO hengjian_app`)
	return err
}

func logEnd(ctx context.Context, db *database.DB) (int64, error) {
	var size int64
	err := db.Get(ctx, &size, `
		SELECT coalesce(max(index) + 1, 0)
		FROM log_entry`)
	return size, err
}

// watchGrowth looks at the log's size every 10 ms until ctx ends.
func watchGrowth(ctx context.Context, db *database.DB) []growth {
	var seen []growth
	for ctx.Err() == nil {
		size, err := logEnd(ctx, db)
		if err == nil {
			seen = append(seen, growth{time.Now(), size})
		}
		time.Sleep(10 * time.Millisecond)
	}
	return seen
}

func waitForLog(ctx context.Context, db *database.DB, size int64) error {
	for range 3000 {
		now, err := logEnd(ctx, db)
		if err != nil || now >= size {
			time.Sleep(20 * time.Millisecond) // for the watcher to see it
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("the log did not come to %d entries", size)
}

func sortTimes(all []time.Time) { slices.SortFunc(all, time.Time.Compare) }

// storedSizes is what an event takes on the disk, by itself and in the ledger, indexes included.
func storedSizes(ctx context.Context, db *database.DB) (event, log float64, err error) {
	var s struct {
		Events float64 `db:"events"`
		Event  float64 `db:"event"`
		Log    float64 `db:"log"`
	}
	err = db.Get(ctx, &s, `
		SELECT (SELECT count(*) FROM log_entry) AS events, pg_total_relation_size('event') AS event,
			pg_total_relation_size('log_entry') + pg_total_relation_size('log_tile') + pg_total_relation_size('log_checkpoint')
				+ pg_total_relation_size('event_pending') AS log`)
	return s.Event / s.Events, s.Log / s.Events, err
}
