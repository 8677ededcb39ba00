package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
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
	conn, tx, err := db.begin(ctx)
	if err != nil {
		return translate(ctx, err)
	}
	defer func() { _ = conn.Close() }() // back to the pool, or away with it when it is broken
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
	return settle(ctx, conn)
}

// begin starts a transaction on a connection of its own, which outlives it. Connections that broke while they lay in the
// pool are thrown away until one is good.
func (db *DB) begin(ctx context.Context) (conn *sqlx.Conn, tx *sqlx.Tx, err error) {
	for range db.x.Stats().MaxOpenConnections + 1 {
		if conn, err = db.x.Connx(ctx); err != nil {
			return nil, nil, err
		}
		if tx, err = conn.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted}); err == nil {
			return conn, tx, nil
		}
		_ = conn.Close() // what it could say is less than why nothing began on it
		if !errors.Is(err, driver.ErrBadConn) {
			break
		}
	}
	return nil, nil, err
}

// settle waits until all that was committed so far is on the disk: the message commits by itself, and its commit takes
// everything before it along. It goes over the connection that committed: over another one it might reach a server that
// crashed meanwhile, lost what was committed, and has started anew. When the outcome cannot be known, it says so.
func settle(ctx context.Context, conn *sqlx.Conn) error {
	if _, err := run(context.WithoutCancel(ctx), conn, `SELECT pg_logical_emit_message(true, '', '')`, nil); err != nil {
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
