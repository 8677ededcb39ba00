package audit_test

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hengjian/api"
	"hengjian/internal/audit"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// A true history verifies: everything that it holds, in every form of the bundle.
func TestTrueHistoryIsClean(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	keys, err := b.log.VerifierKeys(t.Context(), division)
	b.must(err)
	events := 1 << 30
	for _, tt := range []struct {
		what     string
		since    *calendar.Date
		personal bool
		want     []string
	}{
		{"all", nil, false, []string{"people", "samples", "handovers", "approved reports", "approved records", "documents", "older checkpoint"}},
		{"with personal data", nil, true, []string{"revealed texts", "files of documents"}},
		{"of the last days", day("2026-11-23"), true, []string{"revealed texts", "people"}},
		{"from tomorrow on", day("2026-11-26"), false, []string{"people"}},
	} {
		report, err := verify(t.Context(), b.bundle(tt.since, tt.personal), audit.Options{Older: b.checkpoint(), Keys: keys})
		b.must(err)
		if !report.Clean() {
			t.Errorf("%s: %s", tt.what, report.Text())
		}
		for _, want := range tt.want {
			if counted(report, want) == 0 {
				t.Errorf("%s: no %q counted in %s", tt.what, want, report.Text())
			}
		}
		n := counted(report, "events whose body")
		if tt.since == nil && n != int(report.Checkpoint.Size) || n > events {
			t.Errorf("%s: %d events of %d revealed", tt.what, n, report.Checkpoint.Size)
		}
		events = n
	}
	if events > 200 {
		t.Errorf("%d events are revealed from tomorrow on, which are those of people alone", events)
	}
}

func day(s string) *calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return &d
}

// counted is the count whose English text begins so.
func counted(r *audit.Report, en string) int {
	for _, c := range r.Counts {
		if strings.HasPrefix(c.EN, en) {
			return c.N
		}
	}
	return 0
}

// Erasing personal data takes them out of the next bundle, and leaves all that is checked as it was.
func TestErasedDataVerify(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	older := b.checkpoint()
	var person string
	b.must(b.db.Get(t.Context(), &person, `SELECT id FROM person ORDER BY created_at DESC, id DESC LIMIT 1`))
	before, err := verify(t.Context(), b.bundle(nil, true), audit.Options{})
	b.must(err)
	admin := b.admin()
	b.must(b.db.InTx(t.Context(), func(tx *database.Tx) error {
		n, err := ledger.Erase(t.Context(), tx, admin, ledger.Administrator, now, ledger.Subject{Kind: "person", ID: person}, ledger.OnRequest)
		if n != 2 {
			t.Errorf("%d texts erased, want name and login", n)
		}
		return err
	}))
	b.must(b.log.Settle(t.Context()))
	after, err := verify(t.Context(), b.bundle(nil, true), audit.Options{Older: older})
	b.must(err)
	if !after.Clean() {
		t.Errorf("after the erasure: %s", after.Text())
	}
	const revealed = "revealed texts"
	if got, want := counted(after, revealed), counted(before, revealed)-2; got != want {
		t.Errorf("%d texts are revealed after the erasure, want %d", got, want)
	}
}

func (b *bureau) admin() ledger.Actor {
	b.Helper()
	var id string
	b.must(b.db.Get(b.Context(), &id, `
		SELECT p.id FROM person p JOIN person_role r ON r.person_id = p.id WHERE r.role = 'administrator' LIMIT 1`))
	return ledger.Actor{PersonID: id, Roles: []ledger.Role{ledger.Administrator}, Division: division}
}

// A log is verified from where it is published, too.
func TestVerifyLog(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	older := b.checkpoint()
	server := httptest.NewServer(api.New(api.Services{Log: b.log, DB: b.db},
		api.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)}))
	defer server.Close()
	check := func(address string, o audit.Options) (*audit.Report, error) {
		remote, err := audit.NewRemote(t.Context(), address)
		if err != nil {
			return nil, err
		}
		return audit.VerifyLog(t.Context(), remote, o)
	}
	for _, address := range []string{server.URL, server.URL + "/", server.URL + "/log", server.URL + "/log/370113/"} {
		report, err := check(address, audit.Options{Older: older})
		if err != nil || !report.Clean() || counted(report, "entries of the log") != int(report.Checkpoint.Size) {
			t.Errorf("%s: %+v, %v", address, report, err)
		}
	}
	for address, kind := range map[string]errs.Kind{
		"ftp://x": errs.Invalid, "nonsense": errs.Invalid, server.URL + "/log/370102": errs.Invalid, "http://127.0.0.1:1": errs.Unavailable,
	} {
		if _, err := check(address, audit.Options{}); errs.KindOf(err) != kind {
			t.Errorf("%s: %v, want kind %v", address, err, kind)
		}
	}
	b.asOwner(`UPDATE log_entry SET commitment = sha256('x') WHERE index = 300`)
	if report, err := check(server.URL, audit.Options{}); err != nil || report.Clean() {
		t.Errorf("a changed log: %+v, %v", report, err)
	}
}

// An event that this program does not know, by its schema, its kind, the version of its kind or its data, is never passed over.
func TestUnknownEvents(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	admin := b.admin()
	for _, kind := range []ledger.Kind[map[string]int]{
		ledger.Define[map[string]int]("sample.received", 99, "", ""),
		ledger.Define[map[string]int]("sample.teleported", 1, "", ""),
		ledger.Define[map[string]int]("sample.received", 1, "", ""),
	} {
		b.must(b.db.InTx(t.Context(), func(tx *database.Tx) error {
			return ledger.Append(t.Context(), tx, admin, now, kind.Event(ledger.Administrator,
				ledger.Subject{Kind: "sample", ID: "01a21780-3817-72b4-974d-3b382ef30804"}, map[string]int{"other": 1}))
		}))
	}
	for _, body := range []string{
		`{"actor":{"id":"","role":"system"},"at":"2026-09-18T04:00:00.000000Z","data":{},"schema":3}`,
		`{"actor":{"id":"","role":"system"}, "at":"2026-09-18T04:00:00.000000Z","data":{},"schema":1}`, // white space
		`{"actor":{"id":"","role":"system"},"at":"today","data":{},"schema":2}`,
		`no JSON`,
	} {
		_, err := b.db.Exec(t.Context(), `
			WITH e AS (
				INSERT INTO event (id, division, kind, subject_kind, subject_id, subject_number, actor_role, at, body, body_hash)
				VALUES (gen_random_uuid(), '370113', 'sample.new', 's', 's', '', '', now(), $1, sha256(convert_to($1, 'UTF8')))
				RETURNING id)
			INSERT INTO event_pending (event_id) SELECT id FROM e`, body)
		b.must(err)
	}
	b.must(b.log.Settle(t.Context()))
	b.reveals("unknown events", b.bundle(nil, false), audit.Options{}, "event_version", "kind_unknown", "event_data", "event_schema",
		"not_canonical", "event_unreadable")
}
