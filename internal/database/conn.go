package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"
)

// pqConn is what lib/pq's connections can do.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// conn stands between database/sql and lib/pq and mends what lib/pq leaves open: statements are prepared once for
// each connection; a context ends a call also when the server is frozen; a statement that may have run is never run
// again; a commit is not cancelled by a context, and success is not claimed for one that the standbys lack.
// Statements are cached below database/sql, since preparing through the pool inside a transaction would wait for a
// second connection, and so lock up a full pool.
type conn struct {
	pq          pqConn
	socket      *socket
	statements  *statements
	commitLimit time.Duration
	inTx        bool
	lost        bool
	unconfirmed bool // the server warned that the change is not on the standbys
}

// notice is called by lib/pq while it reads the answer to a statement. PostgreSQL answers success, with a warning,
// when waiting for the synchronous standbys is cancelled; its text is translated, so the routine's name decides.
func (c *conn) notice(n *pq.Error) {
	if n.Routine == "SyncRepWaitForLSN" {
		c.unconfirmed = true
	}
}

// guard lets the server answer a cancellation for a moment after ctx has ended, then gives the connection up. The
// returned function ends the watch.
func (c *conn) guard(ctx context.Context) func() {
	if ctx.Done() == nil {
		return func() {}
	}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		grace := time.NewTimer(cancelGrace)
		defer grace.Stop()
		select {
		case <-grace.C:
			c.socket.expire()
		case <-done:
		}
	})
	return sync.OnceFunc(func() {
		stop()
		close(done)
	})
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	defer c.guard(ctx)()
	if len(args) == 0 { // one round trip, and several statements are allowed
		sent := c.socket.sent.Load()
		r, err := c.pq.ExecContext(ctx, query, nil)
		return r, c.settle(query, sent, err)
	}
	var r driver.Result
	err := c.prepared(ctx, query, func(st driver.Stmt) (err error) {
		r, err = st.(driver.StmtExecContext).ExecContext(ctx, args)
		return err
	})
	return r, err
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	release := c.guard(ctx)
	var inner driver.Rows
	sent := c.socket.sent.Load()
	err := c.prepared(ctx, query, func(st driver.Stmt) (err error) {
		inner, err = st.(driver.StmtQueryContext).QueryContext(ctx, args)
		return err
	})
	if err != nil {
		release()
		return nil, err
	}
	return &rows{Rows: inner, c: c, query: query, sent: sent, release: release}, nil
}

// prepared runs use on the prepared statement of query, and once more on a new one when the schema has changed.
func (c *conn) prepared(ctx context.Context, query string, use func(driver.Stmt) error) error {
	for fresh := false; ; fresh = true {
		st, err := c.statements.prepare(ctx, c.pq, query)
		if err != nil {
			return c.retriable(err)
		}
		sent := c.socket.sent.Load()
		err = use(st)
		if e := pq.As(err); e != nil && stalePlan(e) {
			c.statements.forget(query)
			if !fresh && !c.inTx {
				continue
			}
		}
		return c.settle(query, sent, err)
	}
}

// settle turns the end of a statement into what is known about it. sent is the count of bytes before it.
func (c *conn) settle(query string, sent int64, err error) error {
	unconfirmed := c.unconfirmed && !c.inTx
	if err == nil && unconfirmed {
		c.unconfirmed = false
		return errUnknown.With(errors.New("not confirmed by the synchronous standbys"))
	}
	if err == nil || pq.As(err) != nil || !lost(err) {
		return err
	}
	c.lost = true
	switch {
	case c.socket.sent.Load() == sent && errors.Is(err, driver.ErrBadConn):
		return driver.ErrBadConn // never sent: database/sql takes another connection
	case c.inTx || reads(query):
		return errUnavailable.With(cause(err))
	}
	return errUnknown.With(cause(err))
}

// retriable marks a step that changes nothing, so that database/sql repeats it on another connection.
func (c *conn) retriable(err error) error {
	if pq.As(err) != nil || !lost(err) {
		return err
	}
	c.lost = true
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() || c.inTx {
		return errUnavailable.With(cause(err))
	}
	return driver.ErrBadConn
}

func cause(err error) error {
	if errors.Is(err, driver.ErrBadConn) {
		return errLost
	}
	return err
}

// reads says whether losing the answer to a statement loses nothing.
func reads(query string) bool {
	for word := range strings.FieldsSeq(query) {
		return strings.EqualFold(word, "select")
	}
	return false
}

// BeginTx implements driver.ConnBeginTx. lib/pq would cancel even a COMMIT when ctx ends, so it does not see ctx;
// database/sql does, and rolls back.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	defer c.guard(ctx)()
	inner, err := c.pq.BeginTx(context.WithoutCancel(ctx), opts)
	if err != nil {
		return nil, c.retriable(err)
	}
	c.inTx = true
	return &driverTx{c, inner}, nil
}

// driverTx is a transaction for database/sql.
type driverTx struct {
	c     *conn
	inner driver.Tx
}

// Commit implements driver.Tx.
func (t *driverTx) Commit() error {
	c := t.c
	c.inTx = false
	if c.commitLimit > 0 {
		defer time.AfterFunc(c.commitLimit, c.socket.expire).Stop()
	}
	sent := c.socket.sent.Load()
	err := t.inner.Commit()
	if errors.Is(err, driver.ErrBadConn) && c.socket.sent.Load() == sent {
		c.lost = true
		return errUnavailable.With(errLost) // the connection broke before, COMMIT was never sent
	}
	return c.settle("COMMIT", sent, err)
}

// Rollback implements driver.Tx.
func (t *driverTx) Rollback() error {
	t.c.inTx = false
	return t.inner.Rollback()
}

// rows watches the end of a result: there the server's warning and the loss of the connection show.
type rows struct {
	driver.Rows
	c       *conn
	query   string
	sent    int64
	release func()
}

// Next implements driver.Rows.
func (r *rows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	if errors.Is(err, io.EOF) {
		return err // the end of the rows; Close, which database/sql calls then, says how the statement ended
	}
	return r.c.settle(r.query, r.sent, err)
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	defer r.release()
	return r.c.settle(r.query, r.sent, r.Rows.Close())
}

// Prepare implements driver.Conn.
func (c *conn) Prepare(query string) (driver.Stmt, error) { return c.pq.Prepare(query) }

// PrepareContext implements driver.ConnPrepareContext.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	defer c.guard(ctx)()
	return c.pq.PrepareContext(ctx, query)
}

// Begin implements driver.Conn.
func (c *conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// Close implements driver.Conn.
func (c *conn) Close() error { return c.pq.Close() }

// Ping implements driver.Pinger.
func (c *conn) Ping(ctx context.Context) error {
	defer c.guard(ctx)()
	return c.pq.Ping(ctx)
}

// CheckNamedValue implements driver.NamedValueChecker.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error { return c.pq.CheckNamedValue(v) }

// ResetSession implements driver.SessionResetter: before each use of an idle connection.
func (c *conn) ResetSession(ctx context.Context) error {
	c.unconfirmed = false
	if !c.IsValid() || !c.socket.alive() {
		return driver.ErrBadConn
	}
	return c.pq.ResetSession(ctx)
}

// IsValid implements driver.Validator: after each use.
func (c *conn) IsValid() bool { return !c.lost && !c.socket.dead.Load() && c.pq.IsValid() }
