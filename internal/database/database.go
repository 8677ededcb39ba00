// Package database opens PostgreSQL for everything else: connections that a frozen server cannot hold, prepared
// statements, transactions, errors with a kind, migrations, notifications, and a private server for a start without
// a database. It owns no tables but goose's version table. sqlx, lib/pq and goose stay in here. Read this file first,
// then tx.go and errors.go; conn.go says what is done about lib/pq's limits and private.go starts the server.
package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// The two roles of the schema: OwnerRole owns the tables and migrates, AppRole is all that the running system needs.
const (
	OwnerRole = "hengjian_owner"
	AppRole   = "hengjian_app"
)

// Queryer runs SQL; DB and Tx are its implementations. Columns are scanned by their `db` tags.
type Queryer interface {
	// Get scans exactly the first row into dest; sql.ErrNoRows when there is none.
	Get(ctx context.Context, dest any, query string, args ...any) error
	// Select appends all rows to the slice that dest points to.
	Select(ctx context.Context, dest any, query string, args ...any) error
	// Exec returns the number of rows changed. Several statements at once are allowed when there are no args.
	Exec(ctx context.Context, query string, args ...any) (rows int64, err error)
}

// Options of a DB. A zero duration means the default in brackets, a negative one means none.
type Options struct {
	Role             string        // switch to this role after signing in, so that one URL serves owner and application
	MaxConns         int           // size of the pool [16]
	StatementTimeout time.Duration // the server gives up a statement [15 s]
	LockTimeout      time.Duration // the server gives up waiting for a lock [5 s]
	IdleInTxTimeout  time.Duration // the server ends a transaction in which nothing happens [60 s]
	ReadTimeout      time.Duration // silence after which the server counts as gone [StatementTimeout + 5 s]
	CommitTimeout    time.Duration // a commit that takes longer has an unknown outcome [15 s]
	ConnectWait      time.Duration // how long a server that is just starting is waited for [3 s]
}

// withDefaults fills what is zero; afterwards a duration of zero means none.
func (o Options) withDefaults() Options {
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	fill := func(d *time.Duration, def time.Duration) {
		switch {
		case *d == 0:
			*d = def
		case *d < 0:
			*d = 0
		}
	}
	fill(&o.StatementTimeout, 15*time.Second)
	fill(&o.LockTimeout, 5*time.Second)
	fill(&o.IdleInTxTimeout, time.Minute)
	if o.ReadTimeout == 0 && o.StatementTimeout > 0 {
		o.ReadTimeout = o.StatementTimeout + 5*time.Second
	}
	o.ReadTimeout = max(o.ReadTimeout, 0)
	fill(&o.CommitTimeout, 15*time.Second)
	fill(&o.ConnectWait, 3*time.Second)
	return o
}

// DB is a pool of connections to one database, safe for use by many goroutines.
type DB struct{ x *sqlx.DB }

var _, _ Queryer = (*DB)(nil), (*Tx)(nil)

// Open connects to the database at url (postgres://… or key=value, as lib/pq reads them, several hosts allowed) and
// verifies that it answers.
func Open(ctx context.Context, url string, opts Options) (*DB, error) {
	c, err := newConnector(url, opts.withDefaults())
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(c.opts.MaxConns)
	pool.SetMaxIdleConns(c.opts.MaxConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour)
	db := &DB{sqlx.NewDb(pool, "postgres")}
	if err := db.Ping(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// Close ends all connections.
func (db *DB) Close() error { return db.x.Close() }

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return translate(ctx, db.x.PingContext(ctx)) }

// Get implements Queryer.
func (db *DB) Get(ctx context.Context, dest any, query string, args ...any) error {
	return translate(ctx, sqlx.GetContext(ctx, db.x, dest, query, args...))
}

// Select implements Queryer.
func (db *DB) Select(ctx context.Context, dest any, query string, args ...any) error {
	return translate(ctx, sqlx.SelectContext(ctx, db.x, dest, query, args...))
}

// Exec implements Queryer.
func (db *DB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return run(ctx, db.x, query, args)
}

func run(ctx context.Context, x sqlx.ExecerContext, query string, args []any) (int64, error) {
	r, err := x.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, translate(ctx, err)
	}
	return r.RowsAffected()
}

// Strings is a column of type text[].
type Strings = pq.StringArray

// Array makes a PostgreSQL array of a slice, as an argument (for unnest) or, given a pointer, as a scan target.
func Array(a any) interface {
	driver.Valuer
	sql.Scanner
} {
	return pq.Array(a)
}
