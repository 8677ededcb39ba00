package witness

import (
	"crypto/rand"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/ledger/checkpoint"
)

// bureau is a log on a database of its own, and a witness of another bureau that knows it.
type bureau struct {
	*testing.T
	db   *database.DB
	keys ledger.Keys
	log  *ledger.Log
	at   time.Time
	ask  *Client
	key  string // of the witness
}

var happened = ledger.Define[struct{}]("sample.happened", 1, "", "")

func (b *bureau) grow(n int) {
	b.Helper()
	ctx := b.Context()
	err := b.db.InTx(ctx, func(tx *database.Tx) error {
		for range n {
			if err := ledger.Append(ctx, tx, ledger.Actor{Division: "370113"}, b.at,
				happened.Event(ledger.System, ledger.Subject{Kind: "sample", ID: "x"}, struct{}{})); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = b.log.Settle(ctx)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	b := &bureau{T: t, db: dbtest.New(t), at: time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)}
	b.keys = ledger.NewKeys(filepath.Join(t.TempDir(), "keys"), "", rand.Reader)
	b.log = ledger.NewLog(b.db, func() time.Time { return b.at }, b.keys, "lims.example/log", slog.New(slog.DiscardHandler))
	b.grow(3)
	known, err := b.log.VerifierKeys(t.Context(), "370113")
	if err != nil {
		t.Fatal(err)
	}
	w, err := Open(Options{Name: "other.example/witness", Logs: known, Dir: t.TempDir(), Now: func() time.Time { return b.at },
		Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w)
	t.Cleanup(func() {
		server.Close()
		_ = w.Close()
	})
	b.key = w.VerifierKey()
	if b.ask, err = ParseClient(server.URL + " " + w.VerifierKey()); err != nil {
		t.Fatal(err)
	}
	return b
}

// cosigned opens the published checkpoint under the witness's key.
func (b *bureau) cosigned() (checkpoint.Checkpoint, error) {
	b.Helper()
	signed, _, err := b.log.Checkpoint(b.Context(), "370113")
	if err != nil {
		b.Fatal(err)
	}
	c, _, err := checkpoint.Open(signed, note.VerifierList(b.ask.Verifier))
	return c, err
}

// A witness's cosignature comes back onto the published checkpoint, again for each that follows.
func TestCollect(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, n := range []int{1, 300, 5} {
		b.grow(n)
		if _, err := b.cosigned(); err == nil {
			t.Fatal("the checkpoint is cosigned before anybody asked")
		}
		for range 2 { // the second time there is nothing to ask
			if err := b.ask.collect(t.Context(), b.log); err != nil {
				t.Fatal(err)
			}
		}
		if c, err := b.cosigned(); err != nil || c.Origin != "lims.example/log/370113" {
			t.Errorf("the checkpoint %+v is not cosigned: %v", c, err)
		}
	}
}

// Whoever owns the database and the key can write another history and sign it; the witness does not.
func TestRewrittenHistoryIsRefused(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	if err := b.ask.collect(t.Context(), b.log); err != nil {
		t.Fatal(err)
	}
	other := &bureau{T: t, db: dbtest.New(t), at: b.at, ask: b.ask}
	other.log = ledger.NewLog(other.db, func() time.Time { return b.at }, b.keys, "lims.example/log", slog.New(slog.DiscardHandler))
	for _, n := range []int{1, 10} { // shorter than what was cosigned, and longer
		other.grow(n)
		err := b.ask.collect(t.Context(), other.log)
		if errs.KindOf(err) != errs.Conflict {
			t.Errorf("the witness answers %v to another history of %d more", err, n)
		}
		if _, err := other.cosigned(); err == nil {
			t.Error("the other history is cosigned")
		}
	}
}

func TestParseClient(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	key := b.key
	for _, bad := range []string{"", "http://w.example", "w.example " + key, "http://w.example nonsense", key + " http://w.example"} {
		if _, err := ParseClient(bad); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q: %v, want a refusal", bad, err)
		}
	}
	if c, err := ParseClient("https://w.example/witness  " + key + "\n"); err != nil || c.URL != "https://w.example/witness" {
		t.Errorf("%+v, %v", c, err)
	}
}
