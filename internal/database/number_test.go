//go:build linux

package database_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

const series = `CREATE TABLE number_series (division text, kind text, year int, last int, PRIMARY KEY (division, kind, year));
	CREATE TABLE t (id int)`

// What took a number is on the disk when InTx returns, though its commit did not wait for it.
func TestNumbersAreOnTheDisk(t *testing.T) {
	t.Parallel()
	dir := clusterFolder(t, "")
	p := startPrivate(t, dir, database.PrivateOptions{})
	db := openAt(t, p.URL(database.OwnerRole), database.Options{})
	mustExec(t, db, series)
	freeze(t, walWriter(t, postmaster(dir))) // else it might write in time
	for n := 1; n <= 5; n++ {
		var written string
		err := db.InTx(t.Context(), func(tx *database.Tx) error {
			got, err := database.NextNumber(t.Context(), tx, "370113", "sample", 2026)
			if err != nil || got != n {
				t.Errorf("number %d, %v; want %d", got, err, n)
			}
			mustExec(t, tx, `INSERT INTO t (id) VALUES ($1)`, got)
			written = get[string](t, tx, `SELECT pg_current_wal_insert_lsn()::text`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if !get[bool](t, db, `SELECT pg_current_wal_flush_lsn() > $1::pg_lsn`, written) {
			t.Errorf("number %d: InTx has returned and %s is not on the disk", n, written)
		}
	}
}

// The wait for the disk goes over the connection that committed: nobody gets it in between, and a server that crashed and
// started anew cannot say that what it lost is on the disk.
func TestNumberIsSettledWhereItWasCommitted(t *testing.T) {
	t.Parallel()
	p := startPrivate(t, clusterFolder(t, ""), database.PrivateOptions{})
	db := openAt(t, p.URL(database.OwnerRole), database.Options{MaxConns: 1})
	mustExec(t, db, series)
	var others sync.WaitGroup
	between := atomic.Bool{}
	err := db.InTx(t.Context(), func(tx *database.Tx) error {
		others.Go(func() {
			if _, err := db.Exec(t.Context(), `SELECT pg_sleep(1)`); err != nil { // waits for the only connection
				t.Error(err)
			}
			between.Store(true)
		})
		time.Sleep(200 * time.Millisecond)
		_, err := database.NextNumber(t.Context(), tx, "370113", "sample", 2026)
		return err
	})
	if err != nil || between.Load() {
		t.Errorf("%v; somebody had the connection between the commit and the wait for the disk: %v", err, between.Load())
	}
	others.Wait()
}

// walWriter is the process of the server that writes behind those who do not wait. It bears its name a moment after the
// server answers.
func walWriter(t *testing.T, server int) int {
	t.Helper()
	for range 100 {
		if pid := findWALWriter(t, server); pid != 0 {
			return pid
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("server %d has no WAL writer", server)
	return 0
}

func findWALWriter(t *testing.T, server int) int {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range processes {
		name, _ := os.ReadFile(file) // a process that has ended meanwhile is none that we look for
		if !strings.Contains(string(name), "walwriter") {
			continue
		}
		status, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "status"))
		if strings.Contains(string(status), fmt.Sprintf("\nPPid:\t%d\n", server)) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			if err != nil {
				t.Fatal(err)
			}
			return pid
		}
	}
	return 0
}

// Whose number is committed, but not known to be on the disk, has an unknown outcome.
func TestNumberOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	p := startPrivate(t, clusterFolder(t, ""), database.PrivateOptions{Settings: map[string]string{
		"fsync": "off", "synchronous_standby_names": "nowhere", "synchronous_commit": "local",
	}})
	url := p.URL(database.OwnerRole)
	mustExec(t, openAt(t, url, database.Options{MaxConns: 1}), series)
	db := openAt(t, url, database.Options{MaxConns: 1})
	mustExec(t, db, `SET synchronous_commit = on`)
	pid := backend(t, db)
	var all sync.WaitGroup
	all.Go(func() { interrupt(t, url, pid, "SyncRep", "pg_terminate_backend") })
	err := within(t, "InTx", func() error {
		return db.InTx(t.Context(), func(tx *database.Tx) error {
			_, err := database.NextNumber(t.Context(), tx, "370113", "sample", 2026)
			return err
		})
	})
	all.Wait()
	if errs.KindOf(err) != errs.OutcomeUnknown {
		t.Errorf("got %v, want an unknown outcome", err)
	}
	if last := get[int](t, db, `SELECT last FROM number_series`); last != 1 {
		t.Errorf("the last number is %d, want 1", last)
	}
}
