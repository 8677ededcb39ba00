//go:build linux || darwin

package database_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
)

// interrupt calls a function of the server, from another connection, on the backend pid once it waits in the way given.
func interrupt(t *testing.T, url string, pid int, wait, function string) {
	t.Helper()
	other := openAt(t, url, database.Options{MaxConns: 1})
	eventually(t, "the backend waits", func() bool {
		return get[int](t, other, `
			SELECT count(*)
			FROM pg_stat_activity
			WHERE pid = $1 AND wait_event = $2`, pid, wait) == 1
	})
	mustExec(t, other, `SELECT `+function+`($1)`, pid)
}

// TestLostConnection breaks the connection during a call. A sequence, which no rollback sets back, counts how often
// the server ran it: never more than once.
func TestLostConnection(t *testing.T) {
	t.Parallel()
	const slow = `INSERT INTO t (id) SELECT nextval('runs') FROM pg_sleep($1)`
	const slowRead = `SELECT nextval('runs') FROM pg_sleep($1)`
	sleep := limit.Seconds()
	tests := []struct {
		name string
		call func(context.Context, *database.DB) error
		kind errs.Kind
		runs int
	}{
		{"read", func(ctx context.Context, db *database.DB) error {
			var n int
			return db.Get(ctx, &n, slowRead, sleep)
		}, errs.Unavailable, 0},
		{"write", func(ctx context.Context, db *database.DB) error {
			_, err := db.Exec(ctx, slow, sleep)
			return err
		}, errs.OutcomeUnknown, 0},
		{"write that returns", func(ctx context.Context, db *database.DB) error {
			var n int
			return db.Get(ctx, &n, slow+" RETURNING id", sleep)
		}, errs.OutcomeUnknown, 0},
		{"statement in a transaction", func(ctx context.Context, db *database.DB) error {
			return db.InTx(ctx, func(tx *database.Tx) error {
				_, err := tx.Exec(ctx, slow, sleep)
				return err
			})
		}, errs.Unavailable, 0},
		{"commit", func(ctx context.Context, db *database.DB) error {
			return db.InTx(ctx, func(tx *database.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO slow_commit (id) SELECT nextval('runs')`)
				return err
			})
		}, errs.OutcomeUnknown, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			url := dbtest.Empty(t)
			db := openAt(t, url, database.Options{MaxConns: 1})
			mustExec(t, db, slowSchema)
			pid := backend(t, db)
			var all sync.WaitGroup
			all.Go(func() { interrupt(t, url, pid, "PgSleep", "pg_terminate_backend") })
			err := within(t, "the call", func() error { return test.call(context.Background(), db) })
			all.Wait()
			if got := errs.KindOf(err); got != test.kind {
				t.Errorf("got %v of kind %d, want kind %d", err, got, test.kind)
			}
			if n := get[int](t, db, `SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM runs`); n != test.runs {
				t.Errorf("the server ran it %d times, want %d", n, test.runs)
			}
		})
	}
}

// slowSchema has a table whose rows make COMMIT sleep.
const slowSchema = `
CREATE SEQUENCE runs;
CREATE TABLE t (id int);
CREATE TABLE slow_commit (id int);
CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_sleep(60);
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER doze AFTER INSERT ON slow_commit
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION doze()`

// TestSlowCommit: a commit is not cancelled by its context, and ends by its own limit with an unknown outcome.
func TestSlowCommit(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{MaxConns: 1, CommitTimeout: time.Second}, slowSchema)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := within(t, "InTx", func() error {
		return db.InTx(ctx, func(tx *database.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO slow_commit (id) VALUES (1)`)
			return err
		})
	})
	if !isUnknown(err) {
		t.Errorf("got %v, want an unknown outcome", err)
	}
}

// overTCP returns the address of the same database through a TCP port: there, unlike on a Unix socket, writing into a
// connection that the other side has closed succeeds.
func overTCP(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	socket := filepath.Join(query.Get("host"), ".s.PGSQL."+query.Get("port"))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go forward(client, socket)
		}
	}()
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	query.Set("host", host)
	query.Set("port", port)
	u.RawQuery = query.Encode()
	return u.String()
}

// forward joins two connections until one side closes.
func forward(client net.Conn, socket string) {
	server, err := net.Dial("unix", socket)
	if err != nil {
		_ = client.Close()
		return
	}
	join := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_, _ = to.Close(), from.Close()
	}
	go join(server, client)
	join(client, server)
}

// TestOpenWaitsForStart opens a database whose server begins to listen a little later.
func TestOpenWaitsForStart(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(dbtest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	query, dir := u.Query(), t.TempDir()
	name := ".s.PGSQL." + query.Get("port")
	server := filepath.Join(query.Get("host"), name)
	query.Set("host", dir)
	u.RawQuery = query.Encode()
	time.AfterFunc(200*time.Millisecond, func() {
		listener, err := net.Listen("unix", filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = listener.Close() }()
		if client, err := listener.Accept(); err == nil {
			forward(client, server)
		}
	})
	openAt(t, u.String(), database.Options{MaxConns: 1, ConnectWait: limit})
}

// TestIdleConnectionEnded: what the server closed while it was idle is replaced without anyone noticing, and a write
// is never sent into it.
func TestIdleConnectionEnded(t *testing.T) {
	t.Parallel()
	socket := dbtest.Empty(t)
	other := openAt(t, socket, database.Options{MaxConns: 1})
	mustExec(t, other, `CREATE TABLE t (id int)`)
	for kind, address := range map[string]string{"socket": socket, "TCP": overTCP(t, socket)} {
		db := openAt(t, address, database.Options{MaxConns: 1})
		for name, call := range map[string]func(context.Context, *database.DB) error{
			"read": readOne, "write": writeOne, "transaction": inTx,
		} {
			pid := backend(t, db)
			mustExec(t, other, `SELECT pg_terminate_backend($1, 30000)`, pid)
			time.Sleep(50 * time.Millisecond) // until the end has passed through the port as well
			if err := call(t.Context(), db); err != nil {
				t.Errorf("%s by %s on a connection that was ended while idle: %v", name, kind, err)
			}
		}
	}
}
