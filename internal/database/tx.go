package database

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
)

// Tx is a transaction in progress; it lives as long as the function given to InTx.
type Tx struct {
	x       *sqlx.Tx
	hurried bool // it commits without waiting for the disk; InTx waits after it
}

// maxAttempts bounds how often InTx runs a transaction that the server broke off for the sake of another one.
const maxAttempts = 5

// InTx runs fn in a read committed transaction: committed when fn returns nil, rolled back when it returns an error,
// panics or calls runtime.Goexit. A deadlock or serialization failure runs fn again, so fn changes nothing outside
// the transaction. A commit is not interrupted by ctx; when its outcome cannot be known, the error says so
// (errs.OutcomeUnknown).
func (db *DB) InTx(ctx context.Context, fn func(*Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := db.attempt(ctx, fn)
		if err == nil || attempt == maxAttempts || !again(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(attempt*attempt) * 5 * time.Millisecond):
		}
	}
}

func (db *DB) attempt(ctx context.Context, fn func(*Tx) error) error {
	tx, err := db.x.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return translate(ctx, err)
	}
	finished := false
	defer func() {
		if !finished {
			_ = tx.Rollback() // when even this fails the connection is lost, and the server rolls back
		}
	}()
	t := &Tx{x: tx}
	if err := fn(t); err != nil {
		return err
	}
	finished = true
	if err := translate(ctx, tx.Commit()); err != nil || !t.hurried {
		return err
	}
	return db.settle(ctx)
}

// settle waits until all that was committed so far is on the disk: the message commits by itself, and its commit takes
// everything before it along. When that cannot be known, neither can the outcome of what was committed.
func (db *DB) settle(ctx context.Context) error {
	if _, err := db.Exec(context.WithoutCancel(ctx), `SELECT pg_logical_emit_message(true, '', '')`); err != nil {
		return errUnknown.With(err)
	}
	return nil
}

// Get implements Queryer.
func (tx *Tx) Get(ctx context.Context, dest any, query string, args ...any) error {
	return translate(ctx, sqlx.GetContext(ctx, tx.x, dest, query, args...))
}

// Select implements Queryer.
func (tx *Tx) Select(ctx context.Context, dest any, query string, args ...any) error {
	return translate(ctx, sqlx.SelectContext(ctx, tx.x, dest, query, args...))
}

// Exec implements Queryer.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return run(ctx, tx.x, query, args)
}
