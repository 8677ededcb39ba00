package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"hengjian/internal/errs"

	"github.com/pressly/goose/v3"
)

// Migration is one numbered step of the schema.
type Migration struct {
	Version int64
	Name    string    // of its file
	Applied time.Time // zero: not yet
}

// Migrate brings the schema up to the newest migration in files and returns those that it applied. It connects as
// the owner of the tables. Several processes may call it at once; one works, the others wait. A schema newer than
// files is left alone and refused.
func Migrate(ctx context.Context, ownerURL string, files fs.FS) ([]Migration, error) {
	var applied []Migration
	err := withMigrations(ctx, ownerURL, files, func(db *DB, p *goose.Provider) error {
		if err := ensureAppRole(ctx, db); err != nil {
			return err
		}
		if _, err := p.Status(ctx); err != nil { // makes goose's table while it holds the lock; Up makes it without
			return err
		}
		if err := refuseNewer(ctx, p); err != nil {
			return err
		}
		done, err := p.Up(ctx)
		if partial, ok := errors.AsType[*goose.PartialError](err); ok {
			done = partial.Applied
		}
		for _, r := range done {
			applied = append(applied, Migration{Version: r.Source.Version, Name: path.Base(r.Source.Path)})
		}
		return err
	})
	return applied, err
}

// Migrations lists all migrations in files, in order, with the time when each was applied.
func Migrations(ctx context.Context, ownerURL string, files fs.FS) ([]Migration, error) {
	var list []Migration
	err := withMigrations(ctx, ownerURL, files, func(_ *DB, p *goose.Provider) error {
		states, err := p.Status(ctx)
		for _, s := range states {
			list = append(list, Migration{
				Version: s.Source.Version, Name: path.Base(s.Source.Path), Applied: s.AppliedAt,
			})
		}
		return err
	})
	return list, err
}

func withMigrations(ctx context.Context, ownerURL string, files fs.FS, work func(*DB, *goose.Provider) error) error {
	db, err := Open(ctx, ownerURL, Options{
		MaxConns: 2, StatementTimeout: -1, IdleInTxTimeout: -1, LockTimeout: 10 * time.Second,
	})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	p, err := goose.NewProvider(goose.DialectPostgres, db.x.DB, files,
		goose.WithSessionLocker(migrationLock{}), goose.WithLogger(goose.NopLogger()),
		goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	err = work(db, p)
	switch {
	case err == nil:
		return nil
	case SQLState(err) != "": // a fault of a migration is ours, never a reason for the user
		return fmt.Errorf("migrate: %w", err)
	}
	return translate(ctx, err)
}

func refuseNewer(ctx context.Context, p *goose.Provider) error {
	have, want, err := p.GetVersions(ctx)
	if err != nil || have <= want {
		return err
	}
	return errs.New(errs.Conflict, "schema_newer",
		fmt.Sprintf("数据库结构为第 %d 版，本程序只认识到第 %d 版：请使用更新的程序", have, want),
		fmt.Sprintf("the schema is of version %d, this program knows it up to %d: use a newer program", have, want))
}

const (
	migrationLockID    = 0x68656e676a69616e // "hengjian" in ASCII
	migrationLockPause = 25 * time.Millisecond
	migrationLockLimit = 10 * time.Minute // longer than any migration of one of our releases
)

// migrationLock lets one process migrate at a time. It asks again and again: a session that waited inside
// pg_advisory_lock would hold a snapshot, for which CREATE INDEX CONCURRENTLY in the other process waits. goose's own
// locker asks every second at best.
type migrationLock struct{}

// SessionLock implements goose's lock.SessionLocker.
func (migrationLock) SessionLock(ctx context.Context, c *sql.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, migrationLockLimit)
	defer cancel()
	for {
		var locked bool
		if err := c.QueryRowContext(ctx, `
			SELECT pg_try_advisory_lock($1)`, int64(migrationLockID)).Scan(&locked); err != nil {
			return err
		}
		if locked {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(migrationLockPause):
		}
	}
}

// SessionUnlock implements goose's lock.SessionLocker.
func (migrationLock) SessionUnlock(ctx context.Context, c *sql.Conn) error {
	var held bool
	err := c.QueryRowContext(ctx, `
		SELECT pg_advisory_unlock($1)`, int64(migrationLockID)).Scan(&held)
	if err == nil && !held {
		return errors.New("the lock on the schema was lost during the migration")
	}
	return err
}
