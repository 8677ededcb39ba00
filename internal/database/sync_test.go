//go:build linux || darwin

package database_test

import (
	"context"
	"sync"
	"testing"

	"hengjian/internal/database"
)

// TestSynchronousStandbys commits while the standbys, of which there are none, do not answer, and cancels the wait.
// PostgreSQL then answers success with a warning; that must not pass for success.
func TestSynchronousStandbys(t *testing.T) {
	t.Parallel()
	p := startPrivate(t, clusterFolder(t, ""), database.PrivateOptions{Settings: map[string]string{
		"fsync": "off", "synchronous_standby_names": "nowhere", "synchronous_commit": "local",
	}})
	url := p.URL(database.OwnerRole)
	setup := openAt(t, url, database.Options{MaxConns: 1})
	mustExec(t, setup, `CREATE TABLE t (id int)`)
	const waiting = `SET synchronous_commit = on`
	tests := []struct {
		name string
		call func(context.Context, *database.DB) error
	}{
		{"transaction", inTx},
		{"write", writeOne},
		{"write with an argument", func(ctx context.Context, db *database.DB) error {
			_, err := db.Exec(ctx, `INSERT INTO t (id) VALUES ($1)`, 1)
			return err
		}},
		{"write that returns a row", func(ctx context.Context, db *database.DB) error {
			var id int
			return db.Get(ctx, &id, `INSERT INTO t (id) VALUES ($1) RETURNING id`, 1)
		}},
		{"write that returns rows", func(ctx context.Context, db *database.DB) error {
			var ids []int
			return db.Select(ctx, &ids, `INSERT INTO t (id) VALUES ($1) RETURNING id`, 1)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db := openAt(t, url, database.Options{MaxConns: 1})
			mustExec(t, db, waiting)
			pid := backend(t, db)
			var all sync.WaitGroup
			all.Go(func() { interrupt(t, url, pid, "SyncRep", "pg_cancel_backend") })
			err := within(t, "the call", func() error { return test.call(context.Background(), db) })
			all.Wait()
			if !isUnknown(err) {
				t.Errorf("got %v, want an unknown outcome", err)
			}
			if err := readOne(t.Context(), db); err != nil {
				t.Errorf("the next call: %v", err)
			}
		})
	}
}
