// Package dbtest gives each test a PostgreSQL database of its own, with the schema of the migrations, on a throw-away
// server: the one whose address is in HENGJIAN_TEST_DATABASE (withpg starts it for a whole test run), else one for
// this test process, which ends with it. It owns no tables. Read this file first; server.go runs the server and
// template.go makes the databases.
package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"hengjian/internal/database"
)

const (
	connections = 4           // of each test database; the server allows 400
	limit       = time.Minute // for each step of making or dropping a database
)

// urls holds the owner's URL of each database handed out by New, for Owner and URL.
var urls sync.Map // *database.DB → string

// New returns a fresh database with all migrations applied, opened as the application role. It is dropped at the end
// of the test.
func New(t testing.TB) *database.DB {
	t.Helper()
	c, err := server()
	if err != nil {
		t.Fatalf("test database server: %v", err)
	}
	template, err := c.template()
	if err != nil {
		t.Fatalf("template database: %v", err)
	}
	owner := create(t, c, "TEMPLATE "+template)
	db := open(t, withUser(owner, database.AppRole))
	urls.Store(db, owner)
	t.Cleanup(func() { urls.Delete(db) })
	return db
}

// Copy returns a copy of the database of db, which is New's and closed: a copy is made of what nobody uses. It is dropped
// at the end of the test.
func Copy(t testing.TB, db *database.DB) *database.DB {
	t.Helper()
	c, err := server()
	if err != nil {
		t.Fatalf("test database server: %v", err)
	}
	of, err := url.Parse(URL(db, database.OwnerRole))
	if err != nil {
		t.Fatalf("address of a test database: %v", err)
	}
	owner := create(t, c, "TEMPLATE "+strings.TrimPrefix(of.Path, "/"))
	copied := open(t, withUser(owner, database.AppRole))
	urls.Store(copied, owner)
	t.Cleanup(func() { urls.Delete(copied) })
	return copied
}

// Owner opens the database of db as the owner role: for what the application may not do.
func Owner(t testing.TB, db *database.DB) *database.DB {
	t.Helper()
	return open(t, URL(db, database.OwnerRole))
}

// URL is the address of the database of db, which is New's, for a role.
func URL(db *database.DB, role string) string {
	owner, ok := urls.Load(db)
	if !ok {
		panic("dbtest.URL: not a database of dbtest.New")
	}
	return withUser(owner.(string), role)
}

// Empty returns the owner's URL of a fresh database without any schema. It is dropped at the end of the test.
func Empty(t testing.TB) string {
	t.Helper()
	c, err := server()
	if err != nil {
		t.Fatalf("test database server: %v", err)
	}
	return create(t, c, "TEMPLATE template0")
}

// Tx runs fn in a transaction of the application role that is rolled back, on a database that the test process
// shares: for tests of plain queries, at a hundredth of New's cost. fn may run twice after a deadlock.
func Tx(t testing.TB, fn func(tx *database.Tx)) {
	t.Helper()
	db, err := shared()
	if err != nil {
		t.Fatalf("shared test database: %v", err)
	}
	err = db.InTx(t.Context(), func(tx *database.Tx) error {
		fn(tx)
		return errRollback
	})
	if !errors.Is(err, errRollback) {
		t.Fatalf("test transaction: %v", err)
	}
}

var errRollback = errors.New("roll back")

// shared opens the database of Tx, which goes with the server.
var shared = sync.OnceValues(func() (*database.DB, error) {
	c, err := server()
	if err != nil {
		return nil, err
	}
	template, err := c.template()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	owner, err := c.create(ctx, newName(), "TEMPLATE "+template)
	if err != nil {
		return nil, err
	}
	return database.Open(ctx, withUser(owner, database.AppRole), database.Options{MaxConns: 2 * connections})
})

func create(t testing.TB, c *cluster, from string) (ownerURL string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	name := newName()
	ownerURL, err := c.create(ctx, name, from)
	if err != nil {
		t.Fatalf("create test database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		if err := c.drop(ctx, name); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	return ownerURL
}

func open(t testing.TB, address string) *database.DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	db, err := database.Open(ctx, address, database.Options{MaxConns: connections})
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close test database: %v", err)
		}
	})
	return db
}

func newName() string { return "hj_" + strings.ToLower(rand.Text()[:16]) }

func withUser(address, user string) string {
	return edit(address, func(u *url.URL) { u.User = url.User(user) })
}

func withDatabase(address, name string) string {
	return edit(address, func(u *url.URL) { u.Path = "/" + name })
}

func edit(address string, change func(*url.URL)) string {
	u, err := url.Parse(address)
	if err != nil {
		panic("the address of the test server is no URL: " + err.Error())
	}
	change(u)
	return u.String()
}
