package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

var (
	noon   = time.Date(2026, 9, 18, 12, 0, 0, 123456789, time.FixedZone("CST", 8*3600))
	person = Actor{PersonID: "01990000-0000-7000-8000-000000000001", Name: "李检", Roles: []Role{Verifier}, Division: "370113"}
)

func received(id string) Event {
	return Event{Kind: "sample.received", Role: Custodian, Subject: Subject{"sample", id, "YP26-" + id},
		Data: map[string]any{"z": 1, "a": "甲"}}
}

func appendTo(t *testing.T, db *database.DB, at time.Time, e Event) {
	t.Helper()
	if err := db.InTx(t.Context(), func(tx *database.Tx) error { return Append(t.Context(), tx, person, at, e) }); err != nil {
		t.Fatalf("append %s: %v", e.Kind, err)
	}
}

// The body that is hashed is fixed to the byte, and so is the time: UTC to the microsecond.
func TestAppendStoresCanonicalBody(t *testing.T) {
	t.Parallel()
	dbtest.Tx(t, func(tx *database.Tx) {
		if err := Append(t.Context(), tx, person, noon, received("b1")); err != nil {
			t.Fatal(err)
		}
		got, err := History(t.Context(), tx, "sample", "b1")
		if err != nil || len(got) != 1 {
			t.Fatalf("history: %+v, %v; want one event", got, err)
		}
		e := got[0]
		body := fmt.Sprintf(`{"actor":{"id":"%s","role":"custodian"},"at":"2026-09-18T04:00:00.123456Z","data":{"a":"甲","z":1},`+
			`"division":"370113","id":"%s","kind":"sample.received","schema":1,`+
			`"subject":{"id":"b1","kind":"sample","number":"YP26-b1"}}`, person.PersonID, e.ID)
		want := Entry{ID: e.ID, Kind: "sample.received", ActorID: person.PersonID, Role: Custodian,
			At: noon.UTC().Truncate(time.Microsecond), Hash: fmt.Sprintf("%x", sha256.Sum256([]byte(body))), Body: body}
		e.At = e.At.UTC()
		if diff := cmp.Diff(want, e); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
		if !e.Intact() {
			t.Errorf("body %s does not have its hash %s", e.Body, e.Hash)
		}
	})
}

func TestHistory(t *testing.T) {
	t.Parallel()
	dbtest.Tx(t, func(tx *database.Tx) {
		system := person
		system.PersonID = ""
		for _, a := range []struct {
			actor Actor
			at    time.Time
			kind  string
			about Subject
		}{
			{person, noon.Add(time.Hour), "sample.stored", Subject{"sample", "h1", "n"}},
			{system, noon, "sample.received", Subject{"sample", "h1", "n"}},
			{person, noon, "sample.received", Subject{"sample", "h2", "n"}},
			{person, noon, "report.compiled", Subject{"report", "h1", "n"}},
		} {
			if err := Append(t.Context(), tx, a.actor, a.at, Event{Kind: a.kind, Subject: a.about}); err != nil {
				t.Fatal(err)
			}
		}
		entries, err := History(t.Context(), tx, "sample", "h1")
		got := []string{}
		for _, e := range entries {
			got = append(got, e.Kind+" "+e.ActorID)
		}
		if diff := cmp.Diff([]string{"sample.received ", "sample.stored " + person.PersonID}, got); err != nil || diff != "" {
			t.Errorf("history of h1: %v (-want +got):\n%s", err, diff)
		}
		none, err := History(t.Context(), tx, "sample", "nobody")
		if err != nil || len(none) != 0 {
			t.Errorf("history of nobody: %v, %v; want none", none, err)
		}
	})
}

// No event without its change.
func TestRollbackLeavesNoEvent(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	failed := errors.New("the change failed")
	err := db.InTx(t.Context(), func(tx *database.Tx) error {
		if err := Append(t.Context(), tx, person, noon, received("r1")); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatalf("got %v, want %v", err, failed)
	}
	if got, err := History(t.Context(), db, "sample", "r1"); err != nil || len(got) != 0 {
		t.Errorf("history: %v, %v; want none", got, err)
	}
}

func TestAppendRefusesWhatCannotBeTold(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	for _, tt := range []struct {
		name  string
		actor Actor
		event Event
	}{
		{"data without JSON", person, Event{Kind: "sample.received", Data: func() {}}},
		{"a kind without a verb", person, Event{Kind: "sample"}},
		{"no division", Actor{PersonID: person.PersonID}, Event{Kind: "sample.received"}},
	} {
		err := db.InTx(t.Context(), func(tx *database.Tx) error { return Append(t.Context(), tx, tt.actor, noon, tt.event) })
		if err == nil {
			t.Errorf("%s: stored, want an error", tt.name)
		}
	}
}

// The ledger is never rewritten: not by its owner, and not by the application, even if it were granted the right.
func TestEventIsAppendOnly(t *testing.T) {
	t.Parallel()
	const denied, restricted = "42501", "23001"
	db := dbtest.New(t)
	owner := dbtest.Owner(t, db)
	appendTo(t, db, noon, received("a1"))
	check := func(who string, as *database.DB, want string) {
		for _, query := range []string{
			`UPDATE event SET kind = 'sample.lost'`,
			`UPDATE event SET body = body`,
			`DELETE FROM event`,
			`TRUNCATE event`,
		} {
			_, err := as.Exec(context.Background(), query)
			if got := database.SQLState(err); got != want {
				t.Errorf("%s as %s: %v (SQLSTATE %q), want %q", query, who, err, got, want)
			}
		}
	}
	check("the owner", owner, restricted)
	check("the application", db, denied)
	if _, err := owner.Exec(t.Context(), `GRANT UPDATE, DELETE, TRUNCATE ON event TO hengjian_app`); err != nil {
		t.Fatal(err)
	}
	check("the application with grants", db, restricted)
	got, err := History(t.Context(), db, "sample", "a1")
	if err != nil || len(got) != 1 || !got[0].Intact() {
		t.Errorf("history: %+v, %v; want the event untouched", got, err)
	}
}
