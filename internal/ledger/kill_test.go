//go:build linux || darwin

package ledger

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

// childVariable makes the test binary a sequencer on the database and the key folder that it names.
const childVariable = "HENGJIAN_TEST_SEQUENCER"

func TestMain(m *testing.M) {
	if given := os.Getenv(childVariable); given != "" {
		url, folder, _ := strings.Cut(given, "\n")
		if err := sequencer(context.Background(), url, folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func sequencer(ctx context.Context, url, folder string) error {
	db, err := database.Open(ctx, url, database.Options{LockTimeout: -1, StatementTimeout: -1})
	if err != nil {
		return err
	}
	NewLog(db, time.Now, NewKeys(folder, "", rand.Reader), testBase, slog.New(slog.NewTextHandler(os.Stderr, nil))).Run(ctx)
	return nil
}

// heldAt are the places at which a sequencer is killed: before and after each table that it writes, and in its commit.
var heldAt = []struct{ name, trigger string }{
	{"before the log begins", "BEFORE INSERT ON log FOR EACH STATEMENT"},
	{"after the log began", "AFTER INSERT ON log FOR EACH STATEMENT"},
	{"before the first event", "BEFORE INSERT ON event FOR EACH STATEMENT"},
	{"before the entries", "BEFORE INSERT ON log_entry FOR EACH STATEMENT"},
	{"after the entries", "AFTER INSERT ON log_entry FOR EACH STATEMENT"},
	{"before a tile", "BEFORE INSERT ON log_tile FOR EACH STATEMENT"},
	{"after a tile", "AFTER INSERT ON log_tile FOR EACH STATEMENT"},
	{"before the queue is emptied", "BEFORE DELETE ON event_pending FOR EACH STATEMENT"},
	{"after the queue was emptied", "AFTER DELETE ON event_pending FOR EACH STATEMENT"},
	{"in the commit of the entries", "AFTER INSERT ON log_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"},
	{"before the checkpoint", "BEFORE INSERT ON log_checkpoint FOR EACH STATEMENT"},
	{"after the checkpoint", "AFTER INSERT ON log_checkpoint FOR EACH STATEMENT"},
	{"in the commit of the checkpoint", "AFTER INSERT ON log_checkpoint DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"},
}

// A sequencer that is killed at any step leaves a log that verifies, and the next one goes on as if nothing had been.
func TestKilledSequencerLosesNothing(t *testing.T) {
	t.Parallel()
	for _, step := range heldAt {
		t.Run(step.name, func(t *testing.T) {
			t.Parallel()
			db := dbtest.New(t)
			owner := dbtest.Owner(t, db)
			folder := filepath.Join(t.TempDir(), "keys")
			constraint := ""
			if strings.Contains(step.trigger, "DEFERRABLE") {
				constraint = "CONSTRAINT "
			}
			if _, err := owner.Exec(t.Context(), `
				CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END';
				GRANT EXECUTE ON FUNCTION hold() TO hengjian_app;
				CREATE `+constraint+`TRIGGER zz_hold `+step.trigger+` EXECUTE FUNCTION hold()`); err != nil {
				t.Fatal(err)
			}
			appendMany(t, db, person, 300)
			killHeld(t, owner, dbtest.URL(db, database.AppRole), folder)
			verifyLog(t, db, person.Division)

			appendMany(t, db, person, 5)
			l := NewLog(db, time.Now, NewKeys(folder, "", rand.Reader), testBase, slog.New(slog.DiscardHandler))
			if err := l.Settle(t.Context()); err != nil {
				t.Fatalf("the next sequencer: %v", err)
			}
			if size := verifyLog(t, db, person.Division); size != 306 || unsequenced(t, db) != 0 {
				t.Errorf("log of %d entries, %d events left out; want 306 and 0", size, unsequenced(t, db))
			}
			if last, err := lastCheckpoint(t.Context(), db, person.Division); err != nil || last.Size != 306 {
				t.Errorf("checkpoint of %d, %v; want 306", last.Size, err)
			}
		})
	}
}

// killHeld starts a sequencer, waits until it hangs at the held step, and kills it with SIGKILL.
func killHeld(t *testing.T, owner *database.DB, url, folder string) {
	t.Helper()
	err := owner.InTx(t.Context(), func(tx *database.Tx) error {
		if _, err := tx.Exec(t.Context(), `SELECT pg_advisory_xact_lock(4711)`); err != nil {
			return err
		}
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childVariable+"="+url+"\n"+folder)
		child.Stderr = os.Stderr
		if err := child.Start(); err != nil {
			return err
		}
		held := waitUntil(t, tx, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted)`)
		if err := child.Process.Kill(); err != nil {
			return err
		}
		_ = child.Wait() // says that it was killed
		if !held {
			return fmt.Errorf("the sequencer never came to the step")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !waitUntil(t, owner, `SELECT NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711)
		AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE '%in transaction%')`) {
		t.Fatal("the killed sequencer's transaction does not end")
	}
}

func waitUntil(t *testing.T, q database.Queryer, query string) bool {
	t.Helper()
	for range 400 {
		var yes bool
		if err := q.Get(t.Context(), &yes, query); err != nil {
			t.Fatal(err)
		}
		if yes {
			return true
		}
		time.Sleep(25 * time.Millisecond)
	}
	return false
}
