package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
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

type told struct {
	Z int    `json:"z"`
	A string `json:"a"`
}

var kindReceived = Define[told]("sample.received", 3, "收样", "sample received")

func received(id string) Event {
	return kindReceived.Event(Custodian, Subject{"sample", id, "YP26-" + id}, told{1, "甲"})
}

// event makes an event of a kind without data.
func event(kind string, about Subject) Event {
	return Define[struct{}](kind, 1, "甲", "a").Event(Custodian, about, struct{}{})
}

func appendTo(t *testing.T, db *database.DB, at time.Time, e Event) {
	t.Helper()
	if err := db.InTx(t.Context(), func(tx *database.Tx) error { return Append(t.Context(), tx, person, at, e) }); err != nil {
		t.Fatalf("append %s: %v", e.kind.Name, err)
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
		nonce := nonceOf(t, e)
		body := fmt.Sprintf(`{"actor":{"id":"%s","role":"custodian"},"at":"2026-09-18T04:00:00.123456Z","data":{"a":"甲","z":1},`+
			`"division":"370113","id":"%s","kind":"sample.received","nonce":"%s","schema":2,`+
			`"subject":{"id":"b1","kind":"sample","number":"YP26-b1"},"version":3}`, person.PersonID, e.ID, nonce)
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

func nonceOf(t *testing.T, e Entry) string {
	t.Helper()
	var body struct{ Nonce string }
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		t.Fatal(err)
	}
	return body.Nonce
}

// The nonce has 130 random bits and is another for each event, so that no event can be guessed from its hash.
func TestNonce(t *testing.T) {
	t.Parallel()
	dbtest.Tx(t, func(tx *database.Tx) {
		for range 2 {
			if err := Append(t.Context(), tx, person, noon, received("n1")); err != nil {
				t.Fatal(err)
			}
		}
		got, err := History(t.Context(), tx, "sample", "n1")
		if err != nil || len(got) != 2 {
			t.Fatalf("history: %+v, %v; want two events", got, err)
		}
		if a, b := nonceOf(t, got[0]), nonceOf(t, got[1]); len(a) < 26 || len(b) < 26 || a == b {
			t.Errorf("nonces %q and %q, want two of 26 signs", a, b)
		}
	})
}

// What an event says sealed is kept beside it, by its commitment, with the salt that opens it.
func TestAppendKeepsWhatIsSealed(t *testing.T) {
	t.Parallel()
	type data struct {
		Name  Sealed   `json:"name"`
		Notes []Sealed `json:"notes"`
	}
	dbtest.Tx(t, func(tx *database.Tx) {
		in := data{Seal("张检定"), []Sealed{Seal(""), Seal("瓶盖松动")}}
		e := Define[data]("sample.noted", 1, "甲", "a").Event(Custodian, Subject{"sample", "p1", "n"}, in)
		if err := Append(t.Context(), tx, person, noon, e); err != nil {
			t.Fatal(err)
		}
		got, err := History(t.Context(), tx, "sample", "p1")
		if err != nil || len(got) != 1 {
			t.Fatalf("history: %+v, %v; want one event", got, err)
		}
		if body := got[0].Body; strings.Contains(body, "张检定") || strings.Contains(body, "瓶盖松动") {
			t.Errorf("the event holds what is sealed: %s", body)
		}
		var rows []struct {
			Commitment, EventID, Text string
			Salt                      []byte
		}
		if err := tx.Select(t.Context(), &rows, `
			SELECT encode(commitment, 'hex') AS commitment, event_id AS eventid, salt, text
			FROM event_personal
			ORDER BY text COLLATE "C"`); err != nil {
			t.Fatal(err)
		}
		if len(rows) != 2 {
			t.Fatalf("%d texts kept, want the two that are not empty: %+v", len(rows), rows)
		}
		for i, text := range []string{"张检定", "瓶盖松动"} {
			r := rows[i]
			if r.Text != text || r.EventID != got[0].ID || !Reveals(r.Commitment, r.Salt, text) ||
				!strings.Contains(got[0].Body, `{"sealed":"`+r.Commitment+`"}`) {
				t.Errorf("kept %+v, want %s under its commitment in %s", r, text, got[0].Body)
			}
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
			if err := Append(t.Context(), tx, a.actor, a.at, event(a.kind, a.about)); err != nil {
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
		{"data without JSON", person, Define[func()]("sample.received", 1, "甲", "a").Event(Custodian, Subject{}, func() {})},
		{"a kind without a verb", person, event("sample", Subject{})},
		{"an event of no kind", person, Event{Role: Custodian}},
		{"no division", Actor{PersonID: person.PersonID}, event("sample.received", Subject{})},
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
			`TRUNCATE event CASCADE`,
		} {
			_, err := as.Exec(context.Background(), query)
			if got := database.SQLState(err); got != want {
				t.Errorf("%s as %s: %v (SQLSTATE %q), want %q", query, who, err, got, want)
			}
		}
	}
	check("the owner", owner, restricted)
	check("the application", db, denied)
	if _, err := owner.Exec(t.Context(), `GRANT UPDATE, DELETE, TRUNCATE ON event, event_personal, log_entry TO hengjian_app`); err != nil {
		t.Fatal(err)
	}
	check("the application with grants", db, restricted)
	got, err := History(t.Context(), db, "sample", "a1")
	if err != nil || len(got) != 1 || !got[0].Intact() {
		t.Errorf("history: %+v, %v; want the event untouched", got, err)
	}
}
