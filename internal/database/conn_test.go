//go:build linux || darwin

package database_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// preparedCount counts itself, too.
const preparedCount = `SELECT count(*) FROM pg_prepared_statements`

func TestStatementsArePreparedOnce(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{MaxConns: 1})
	for i := range 3 {
		if got := get[int](t, db, `SELECT $1::int + 1`, i); got != i+1 {
			t.Errorf("%d + 1 = %d", i, got)
		}
		err := db.InTx(t.Context(), func(tx *database.Tx) error {
			get[int](t, tx, `SELECT $1::int + 1`, i)
			mustExec(t, tx, `SELECT $1::int + 2`, i)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := get[int](t, db, preparedCount); n != 3 {
		t.Errorf("%d statements are prepared, want 3", n)
	}
}

func TestStatementCacheIsBounded(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{MaxConns: 1})
	const most = 512
	for i := range most + 50 {
		get[int](t, db, fmt.Sprintf(`SELECT $1::int + %d`, i), 1)
	}
	if n := get[int](t, db, preparedCount); n != most {
		t.Errorf("%d statements are prepared, want %d", n, most)
	}
}

// TestTxNeedsOneConnection prepares new statements in as many transactions as there are connections.
func TestTxNeedsOneConnection(t *testing.T) {
	t.Parallel()
	const conns = 3
	db := newDB(t, database.Options{MaxConns: conns})
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var meet, all sync.WaitGroup
	meet.Add(conns)
	for i := range conns {
		all.Go(func() {
			err := db.InTx(ctx, func(tx *database.Tx) error {
				meet.Done()
				meet.Wait()
				var n int
				return tx.Get(ctx, &n, fmt.Sprintf(`SELECT $1::int + %d`, i), 1)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestStalePlan changes the type of a column under a prepared statement.
func TestStalePlan(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{MaxConns: 1}, `CREATE TABLE t (id int, note varchar(10))`,
		`INSERT INTO t (id, note) VALUES (1, 'a')`)
	read := func(q database.Queryer) error {
		var note string
		return q.Get(t.Context(), &note, `SELECT note FROM t WHERE id = $1`, 1)
	}
	inTx := func() error {
		return db.InTx(t.Context(), func(tx *database.Tx) error { return read(tx) })
	}
	tests := []struct {
		change string
		read   func() error
	}{
		{`ALTER TABLE t ALTER note TYPE text`, func() error { return read(db) }},
		{`ALTER TABLE t ALTER note TYPE varchar(20)`, inTx},
	}
	for _, test := range tests {
		if err := read(db); err != nil {
			t.Fatal(err)
		}
		mustExec(t, db, test.change)
		if err := test.read(); err != nil {
			t.Errorf("after %s: %v", test.change, err)
		}
	}
}

func TestPoolIsBounded(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{MaxConns: 1})
	err := db.InTx(t.Context(), func(*database.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		return db.Ping(ctx)
	})
	if !isDeadline(err) {
		t.Errorf("a second connection of one: %v, want to wait for the first until the deadline", err)
	}
}

func backend(t *testing.T, db database.Queryer) int {
	t.Helper()
	return get[int](t, db, `SELECT pg_backend_pid()`)
}

// freeze stops a backend until the end of the test.
func freeze(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatalf("freeze backend %d: %v", pid, err)
	}
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
}

// TestFrozenServer stops the backend of a connection: neither a context nor the silence may leave a call hanging.
func TestFrozenServer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		silence time.Duration
		ctx     time.Duration
		call    func(context.Context, *database.DB) error
		want    func(error) bool
	}{
		{"read, by context", 5 * limit, 100 * time.Millisecond, readOne, isDeadline},
		{"write, by context", 5 * limit, 100 * time.Millisecond, writeOne, isUnknown},
		{"transaction, by context", 5 * limit, 100 * time.Millisecond, inTx, isDeadline},
		{"read, by silence", 2 * time.Second, 0, readOne, isUnavailable},
		{"write, by silence", 2 * time.Second, 0, writeOne, isUnknown},
		{"transaction, by silence", 2 * time.Second, 0, inTx, isUnavailable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db := newDB(t, database.Options{MaxConns: 1, ReadTimeout: test.silence}, `CREATE TABLE t (id int)`)
			freeze(t, backend(t, db))
			ctx := context.Background()
			if test.ctx > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, test.ctx)
				defer cancel()
			}
			begun := time.Now()
			err := within(t, "the call", func() error { return test.call(ctx, db) })
			t.Logf("returned after %v", time.Since(begun))
			if !test.want(err) {
				t.Errorf("got %v (kind %d)", err, errs.KindOf(err))
			}
			if err := within(t, "the next call", func() error { return readOne(t.Context(), db) }); err != nil {
				t.Errorf("the next call: %v", err)
			}
		})
	}
}

func readOne(ctx context.Context, db *database.DB) error {
	var n int
	return db.Get(ctx, &n, `SELECT count(*) FROM t WHERE id > $1`, 0)
}

func writeOne(ctx context.Context, db *database.DB) error {
	_, err := db.Exec(ctx, `INSERT INTO t (id) VALUES (1)`)
	return err
}

func inTx(ctx context.Context, db *database.DB) error {
	return db.InTx(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO t (id) VALUES (1)`)
		return err
	})
}

func isDeadline(err error) bool    { return errors.Is(err, context.DeadlineExceeded) }
func isUnknown(err error) bool     { return errs.KindOf(err) == errs.OutcomeUnknown }
func isUnavailable(err error) bool { return errs.KindOf(err) == errs.Unavailable }

// TestCancelledStatement ends a context while the server works: the error is the context's, the connection stays. A server
// that is too busy to answer in time loses it, so one of several is enough.
func TestCancelledStatement(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{MaxConns: 1})
	for range 5 {
		before := backend(t, db)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := db.Exec(ctx, `SELECT pg_sleep($1)`, limit.Seconds())
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want context.DeadlineExceeded", err)
		}
		if backend(t, db) == before {
			return
		}
	}
	t.Error("the connection is thrown away")
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{StatementTimeout: 300 * time.Millisecond, LockTimeout: 100 * time.Millisecond},
		`CREATE TABLE t (id int)`)
	_, err := db.Exec(t.Context(), `SELECT pg_sleep($1)`, limit.Seconds())
	if e, ok := errors.AsType[*errs.Error](err); !ok || e.Code != "database_timeout" {
		t.Errorf("a long statement: %v, want code database_timeout", err)
	}
	err = db.InTx(t.Context(), func(tx *database.Tx) error {
		mustExec(t, tx, `LOCK TABLE t`)
		return writeOne(t.Context(), db)
	})
	if e, ok := errors.AsType[*errs.Error](err); !ok || e.Code != "database_busy" {
		t.Errorf("a lock held by another: %v, want code database_busy", err)
	}
}
