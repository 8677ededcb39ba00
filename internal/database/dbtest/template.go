package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"hengjian/internal/database"
	"hengjian/migrations"
)

// cluster is a test server, seen by its superuser.
type cluster struct {
	url      string // of the superuser
	admin    *database.DB
	template func() (name string, err error) // made once; shared by all processes with the same migrations
}

func connect(address string) (*cluster, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	admin, err := openAdmin(ctx, address)
	if err != nil {
		return nil, err
	}
	c := &cluster{url: address, admin: admin}
	c.template = sync.OnceValues(func() (string, error) { return c.makeTemplate(migrations.FS) })
	return c, nil
}

func openAdmin(ctx context.Context, address string) (*database.DB, error) {
	return database.Open(ctx, address, database.Options{
		MaxConns: connections, StatementTimeout: 2 * limit, LockTimeout: -1, IdleInTxTimeout: -1,
	})
}

// templateLock is the advisory lock under which one process makes the template and the others wait.
const templateLock = 0x686a5f74706c // "hj_tpl" in ASCII

// makeTemplate returns the database that all test databases are copied from. Its name holds the hash of the
// migrations. It is marked as a template when it is complete; one without the mark was interrupted and is made again.
func (c *cluster) makeTemplate(files fs.FS) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	hash, err := hashFiles(files)
	if err != nil {
		return "", err
	}
	lock, err := openAdmin(ctx, c.url) // apart: who waits for the lock takes no connection from its holder
	if err != nil {
		return "", err
	}
	defer func() { _ = lock.Close() }()
	name := "hj_template_" + hash
	err = lock.InTx(ctx, func(tx *database.Tx) error {
		if _, err := tx.Exec(ctx, `
			SELECT pg_advisory_xact_lock($1)`, int64(templateLock)); err != nil {
			return err
		}
		var complete bool
		if err := tx.Get(ctx, &complete, `
			SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)`, name); err != nil || complete {
			return err
		}
		return c.buildTemplate(ctx, name, files)
	})
	return name, err
}

func (c *cluster) buildTemplate(ctx context.Context, name string, files fs.FS) error {
	if err := c.drop(ctx, name); err != nil {
		return err
	}
	owner, err := c.create(ctx, name, "TEMPLATE template0")
	if err != nil {
		return err
	}
	if _, err := database.Migrate(ctx, owner, files); err != nil {
		return err
	}
	_, err = c.admin.Exec(ctx, fmt.Sprintf("ALTER DATABASE %s IS_TEMPLATE true ALLOW_CONNECTIONS false", name))
	return err
}

// create copies files; copying through the log, PostgreSQL's default, takes three times as long.
func (c *cluster) create(ctx context.Context, name, from string) (ownerURL string, err error) {
	_, err = c.admin.Exec(ctx, fmt.Sprintf("CREATE DATABASE %s OWNER %s STRATEGY file_copy %s",
		name, database.OwnerRole, from))
	return withDatabase(withUser(c.url, database.OwnerRole), name), err
}

func (c *cluster) drop(ctx context.Context, name string) error {
	_, err := c.admin.Exec(ctx, fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name))
	return err
}

// hashFiles tells one set of files from another: names and contents, each with its length.
func hashFiles(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(h, "%d %s %d %s", len(path), path, len(b), b)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)[:8]), err
}
