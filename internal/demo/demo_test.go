package demo_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/database/paging"
	"hengjian/internal/demo"
	"hengjian/internal/files"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

// told is a bureau with its story, and somebody who sees everything in it.
type told struct {
	demo.Rooms
	auditor ledger.Actor
	db      *database.DB
	log     *ledger.Log
}

// now is the afternoon on which most of the stories here end.
var now = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

// tell tells a story up to its end.
func tell(t testing.TB, scale demo.Scale, end time.Time) told {
	t.Helper()
	db := dbtest.New(t)
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	log := ledger.NewLog(db, func() time.Time { return end }, ledger.NewKeys(t.TempDir(), "", rand.Reader), "lims.example/log",
		slog.New(slog.DiscardHandler))
	wire := func(now func() time.Time) (demo.Rooms, error) {
		people := users.New(db, now, users.Options{HashMemory: 64, HashTime: 1, HashThreads: 1, Log: slog.New(slog.DiscardHandler)})
		limits := standards.New(db, now)
		metrology, laboratory := instruments.New(db, now, people), lims.New(db, now, limits)
		return demo.Rooms{Users: people, Standards: limits, Instruments: metrology, LIMS: laboratory,
			Certificates: certificates.New(db, now, rand.Reader, "http://localhost:8080", certificates.Rooms{
				Users: people, LIMS: laboratory, Instruments: metrology, Files: store, Log: log})}, nil
	}
	r, err := wire(func() time.Time { return end })
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func(context.Context) error{r.Standards.Load, r.Instruments.LoadProcedures, func(ctx context.Context) error {
		return demo.Tell(ctx, wire, end, scale, nil)
	}} {
		if err := do(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return told{Rooms: r, auditor: ledger.Actor{PersonID: "01a00000-0000-7000-8000-000000000001", Division: demo.Division,
		Roles: []ledger.Role{ledger.Auditor}}, db: db, log: log}
}

// all reads a list to its end.
func all[T any](t testing.TB, page func(cursor string) (paging.Page[T], error)) (list []T) {
	t.Helper()
	for cursor := ""; ; {
		p, err := page(cursor)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p.Items...)
		if cursor = p.Next; cursor == "" {
			return list
		}
	}
}

func (b told) samples(t testing.TB) []lims.Row {
	return all(t, func(cursor string) (paging.Page[lims.Row], error) {
		return b.LIMS.Samples(t.Context(), b.auditor, lims.ListFilter{Cursor: cursor, Limit: 200})
	})
}

func (b told) orders(t testing.TB) []instruments.Order {
	return all(t, func(cursor string) (paging.Page[instruments.Order], error) {
		return b.Instruments.Orders(t.Context(), b.auditor, instruments.OrderFilter{Cursor: cursor, Limit: 200})
	})
}

func (b told) documents(t testing.TB) []certificates.Document {
	return all(t, func(cursor string) (paging.Page[certificates.Document], error) {
		return b.Certificates.Documents(t.Context(), b.auditor, certificates.Filter{Cursor: cursor, Limit: 200})
	})
}

// The demonstration shows every category, every stage of a sample and of an order, and every status of every kind of
// document that has it.
func TestEverythingIsThere(t *testing.T) {
	t.Parallel()
	scale := demo.Scale{Batches: demo.Small.Batches / 4, Instruments: demo.Small.Instruments / 4, Seed: 1} // for the time it takes
	b := tell(t, scale, now)
	b.replay(t)
	seen := map[string]int{}
	samples, orders := b.samples(t), b.orders(t)
	for _, s := range samples {
		seen["category "+string(s.Category)]++
		seen["stage "+string(s.Stage)]++
	}
	for _, o := range orders {
		seen["order "+string(o.State)]++
	}
	for _, d := range b.documents(t) {
		seen[fmt.Sprintf("document %s %s", d.Kind, d.Status)]++
	}
	if len(samples) < scale.Batches*9/10 || len(orders) < scale.Instruments*8/10 {
		t.Errorf("%d samples and %d orders are told, fewer than wanted", len(samples), len(orders))
	}
	want := []string{"category food", "category drug", "category device", "category fuel", "category coal"}
	for _, stage := range lims.Stages() {
		want = append(want, "stage "+string(stage))
	}
	for _, state := range []string{"applied", "accepted", "refused", "recorded", "checked", "approved"} {
		want = append(want, "order "+state)
	}
	want = append(want, "document inspection_report valid", "document inspection_report superseded", "document inspection_report revoked",
		"document verification_certificate valid", "document verification_certificate expired",
		"document verification_certificate revoked", "document verification_notice valid")
	for _, w := range want {
		if seen[w] == 0 {
			t.Errorf("the demonstration shows no %s; it has %v", w, seen)
		}
	}
}

// The story can be told on any day: after a procedure has moved, in a year whose holidays are not known yet, before work.
func TestAnyDay(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"2027-02-18T01:00:00Z", "2026-10-04T18:00:00Z"} {
		at, err := time.Parse(time.RFC3339, end)
		if err != nil {
			t.Fatal(err)
		}
		b := tell(t, demo.Scale{Batches: 36, Instruments: 6, Seed: 1}, at)
		for _, status := range []certificates.Status{certificates.Superseded, certificates.Revoked} {
			if !slices.ContainsFunc(b.documents(t), func(d certificates.Document) bool { return d.Status == status }) {
				t.Errorf("a story that ends on %s has no document that is %s", end, status)
			}
		}
	}
}

// The same seed and day tell the same story; another seed tells another.
func TestSameStory(t *testing.T) {
	t.Parallel()
	tale := func(seed uint64) string {
		b := tell(t, demo.Scale{Batches: 8, Instruments: 8, Seed: seed}, now)
		var lines []string
		for _, s := range b.samples(t) {
			lines = append(lines, fmt.Sprint(s.Number, s.Category, s.ProductName, s.SampledUnit, s.SampledOn, s.Stage, s.RegisteredAt))
		}
		for _, o := range b.orders(t) {
			lines = append(lines, fmt.Sprint(o.Number, o.Business, o.State, o.AppliedAt))
		}
		for _, d := range b.documents(t) {
			lines = append(lines, fmt.Sprint(d.Number, d.Kind, d.Status, d.Holder, d.IssuedAt))
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	first := tale(1)
	if diff := cmp.Diff(first, tale(1)); diff != "" {
		t.Errorf("the same seed tells another story: %s", diff)
	}
	if first == tale(2) {
		t.Error("another seed tells the same story")
	}
}
