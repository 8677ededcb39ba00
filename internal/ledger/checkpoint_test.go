package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/ledger/checkpoint"
)

func TestCheckpointIsSignedOnceASecond(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	at := &clock{at: noon}
	l := testLog(t, db, at.now)
	var sizes []int64
	for range 6 {
		appendMany(t, db, person, 1)
		sequence(t, l)
		if err := l.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		last, err := lastCheckpoint(t.Context(), db, person.Division)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, last.Size)
		at.advance(500 * time.Millisecond)
	}
	if want := []int64{2, 2, 4, 4, 6, 6}; !slices.Equal(sizes, want) {
		t.Errorf("sizes of the newest checkpoint %v, want %v", sizes, want)
	}
	keys, err := l.VerifierKeys(t.Context(), "")
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	verifier, err := note.NewVerifier(keys[0])
	if err != nil {
		t.Fatal(err)
	}
	signed, _, err := l.Checkpoint(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if c, _, err := checkpoint.Open(signed, note.VerifierList(verifier)); err != nil || c.Size != 6 {
		t.Errorf("checkpoint %+v, %v", c, err)
	}
}

// A log that was changed behind the signature is not signed again.
func TestRewrittenLogIsNotSigned(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, change string }{
		{"an entry changed", `UPDATE log_entry SET commitment = sha256('other') WHERE index = 2`},
		{"the end cut off", `DELETE FROM log_entry WHERE index >= 3`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db := dbtest.New(t)
			l := testLog(t, db, func() time.Time { return noon })
			appendMany(t, db, person, 5)
			sequence(t, l)
			before := publish(t, l)
			asOwner(t, db, tt.change)
			appendMany(t, db, person, 1)
			if tt.name == "an entry changed" {
				sequence(t, l)
			}
			err := l.publish(t.Context(), 0)
			if !is(err, "log_rewritten") {
				t.Errorf("publish: %v, want a refusal", err)
			}
			if last, _ := lastCheckpoint(t.Context(), db, person.Division); last.Size != before.Size {
				t.Errorf("a checkpoint of %d was signed over a changed log", last.Size)
			}
		})
	}
}

// asOwner runs statements as the owner of the database, with triggers off.
func asOwner(t *testing.T, db *database.DB, statements string) {
	t.Helper()
	if _, err := dbtest.Owner(t, db).Exec(t.Context(), withoutTriggers(statements)); err != nil {
		t.Fatalf("as the owner: %v", err)
	}
}

var ledgerTables = []string{"event", "event_pending", "log", "log_entry", "log_tile", "log_checkpoint", "log_cosignature"}

func withoutTriggers(statements string) string {
	var b strings.Builder
	for _, table := range ledgerTables {
		fmt.Fprintf(&b, "ALTER TABLE %s DISABLE TRIGGER USER;\n", table)
	}
	b.WriteString(statements + ";\n")
	for _, table := range ledgerTables {
		fmt.Fprintf(&b, "ALTER TABLE %s ENABLE TRIGGER USER;\n", table)
	}
	return b.String()
}

func TestProof(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	l := testLog(t, db, func() time.Time { return noon })
	ctx := t.Context()
	appendMany(t, db, person, 300)
	appendTo(t, db, noon, happened.Event(Custodian, Subject{"sample", "mine", "n"}, nil))
	appendMany(t, db, person, 300)
	ask := func() (Proof, error) { return l.ProofOf(ctx, db, happened.Definition(), "mine") }
	if _, err := ask(); !is(err, "not_in_log") {
		t.Errorf("before it is sequenced: %v", err)
	}
	sequence(t, l)
	if _, err := ask(); !is(err, "not_in_log") {
		t.Errorf("before it is published: %v", err)
	}
	publish(t, l)
	p, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Check()
	if err != nil || c.Size != 602 || p.Index != 301 {
		t.Errorf("proof at %d leads to %+v, %v; want 301 of 602", p.Index, c, err)
	}
	p.Event = strings.Replace(p.Event, `"mine"`, `"yours"`, 1)
	if _, err := p.Check(); err == nil {
		t.Error("the proof holds for another event")
	}
}
