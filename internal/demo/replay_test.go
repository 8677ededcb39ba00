package demo_test

import (
	"slices"
	"testing"

	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/internal/ledger"
	"hengjian/internal/ledger/ledgertest"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

// replay makes sure that the whole story, replayed from its events alone, has no fault.
func (b told) replay(t *testing.T) {
	t.Helper()
	settle := func() {
		t.Helper()
		if err := b.log.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	settle()
	if _, err := b.Certificates.Finish(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	settle()
	people := users.NewReplay()
	lab, metrology := lims.NewReplay(people), instruments.NewReplay(people)
	documents := certificates.NewReplay(people, lab, metrology)
	metrology.FromStart, documents.FromStart = true, true
	stream := ledgertest.Read(t, b.db)
	faults := stream.Replay(t, ledgertest.Rooms{
		Kinds: slices.Concat(ledger.Events(), users.Events(), standards.Events(), lims.Events(), instruments.Events(), certificates.Events()),
		Acted: people.Acted,
		Apply: []func(int64, ledger.Told, any) []ledger.Fault{people.Apply, lab.Apply, metrology.Apply, documents.Apply},
	})
	for _, f := range faults[:min(len(faults), 20)] {
		t.Errorf("%+v", f)
	}
	for _, c := range slices.Concat(people.Counts(), lab.Counts(), metrology.Counts(), documents.Counts()) {
		if c.N == 0 {
			t.Errorf("no %s were followed", c.EN)
		}
		t.Logf("%d %s", c.N, c.EN)
	}
	for d := range documents.Documents() {
		if d.Finished < 0 || d.FileHash == "" {
			t.Errorf("%s is not finished", d.Number)
		}
	}
	t.Logf("%d events", len(stream))
}
