package database_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

const insertRow = `INSERT INTO t (id) VALUES ($1)`

func TestInTxEnds(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{}, `CREATE TABLE t (id int PRIMARY KEY)`)
	own := errors.New("our own refusal")
	tests := []struct {
		name string
		end  func() error
		rows int
		err  error
	}{
		{"commit", func() error { return nil }, 1, nil},
		{"error", func() error { return own }, 0, own},
		{"panic", func() error { panic("boom") }, 0, nil},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var err error
			func() {
				defer func() {
					if r := recover(); (r != nil) != (test.name == "panic") {
						t.Errorf("recovered %v", r)
					}
				}()
				err = db.InTx(t.Context(), func(tx *database.Tx) error {
					mustExec(t, tx, insertRow, i)
					return test.end()
				})
			}()
			if !errors.Is(err, test.err) {
				t.Errorf("InTx = %v, want %v", err, test.err)
			}
			if n := get[int](t, db, `SELECT count(*) FROM t WHERE id = $1`, i); n != test.rows {
				t.Errorf("rows = %d, want %d", n, test.rows)
			}
		})
	}
}

// TestInTxReleases runs more failing transactions than there are connections: one that kept its own would block.
func TestInTxReleases(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{MaxConns: 1})
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for range 3 {
		func() {
			defer func() { _ = recover() }()
			_ = db.InTx(ctx, func(*database.Tx) error { panic("boom") })
		}()
		if err := db.InTx(ctx, func(*database.Tx) error { return errors.New("no") }); ctx.Err() != nil {
			t.Fatalf("a connection is missing: %v", err)
		}
	}
}

// TestInTxSwallowedError commits a transaction in which a statement failed: nothing was stored, so it must not succeed.
func TestInTxSwallowedError(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{}, `CREATE TABLE t (id int PRIMARY KEY)`)
	err := db.InTx(t.Context(), func(tx *database.Tx) error {
		mustExec(t, tx, insertRow, 1)
		_, _ = tx.Exec(t.Context(), insertRow, 1) // the fault that the caller overlooks
		return nil
	})
	if err == nil {
		t.Error("InTx = nil, want an error: the transaction was rolled back")
	}
}

// TestInTxCancelled ends the context before the commit: database/sql rolls back, at once or a moment later.
func TestInTxCancelled(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{}, `CREATE TABLE t (id int PRIMARY KEY)`)
	for _, pause := range []time.Duration{0, 100 * time.Millisecond} {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.InTx(ctx, func(tx *database.Tx) error {
			mustExec(t, tx, insertRow, 1)
			cancel()
			time.Sleep(pause)
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("InTx, %v after the end = %v, want context.Canceled", pause, err)
		}
	}
	if n := get[int](t, db, `SELECT count(*) FROM t`); n != 0 {
		t.Errorf("rows = %d, want 0", n)
	}
}

// TestInTxDeadlock locks two rows crosswise in two transactions; the server breaks one off, and InTx repeats it.
func TestInTxDeadlock(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{}, `CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL)`,
		`INSERT INTO t (id, n) VALUES (1, 0), (2, 0)`)
	var runs atomic.Int32
	var meet, all sync.WaitGroup
	meet.Add(2)
	cross := func(first, second int) {
		once := sync.OnceFunc(func() { meet.Done(); meet.Wait() })
		err := db.InTx(t.Context(), func(tx *database.Tx) error {
			runs.Add(1)
			if _, err := tx.Exec(t.Context(), `UPDATE t SET n = n + 1 WHERE id = $1`, first); err != nil {
				return err
			}
			once()
			_, err := tx.Exec(t.Context(), `UPDATE t SET n = n + 1 WHERE id = $1`, second)
			return err
		})
		if err != nil {
			t.Errorf("rows %d, %d: %v", first, second, err)
		}
	}
	all.Go(func() { cross(1, 2) })
	all.Go(func() { cross(2, 1) })
	all.Wait()
	if got := runs.Load(); got < 3 { // more when the repetition was again the faster one
		t.Errorf("the function ran %d times, want 3 or more: two and a repetition", got)
	}
	if n := get[int](t, db, `SELECT sum(n) FROM t`); n != 4 {
		t.Errorf("sum = %d, want 4", n)
	}
}

func TestInTxGivesUpRepeating(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{})
	runs := 0
	err := db.InTx(t.Context(), func(tx *database.Tx) error {
		runs++
		_, err := tx.Exec(t.Context(), `DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'serialization_failure'; END $$`)
		return err
	})
	if errs.KindOf(err) != errs.Unavailable || runs != 5 {
		t.Errorf("after %d runs: %v; want 5 runs and kind Unavailable", runs, err)
	}
}

func TestReadCommitted(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{})
	err := db.InTx(t.Context(), func(tx *database.Tx) error {
		if got := get[string](t, tx, `SELECT current_setting('transaction_isolation')`); got != "read committed" {
			t.Errorf("isolation = %q", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
