package instruments

import (
	"encoding/json"
	"strings"
	"testing"

	"hengjian/internal/ledger"
)

// The events of an order say which record they are about, by number and id, and what it contains; why it was returned
// is sealed.
func TestOrderEvents(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	o, v := b.recorded("feng", "E-1")
	_, err := b.ReturnRecord(t.Context(), b.actors["chen"], o.Number, 0, "冯某某读数存疑")
	b.must(err)
	content, err := v.ContentHash()
	b.must(err)
	entries, err := ledger.History(t.Context(), b.db, "verification_order", o.ID)
	b.must(err)
	var kinds []string
	for _, e := range entries {
		kinds = append(kinds, e.Kind)
		if strings.Contains(e.Body, "冯某某") {
			t.Errorf("event %s holds the reason: %s", e.Kind, e.Body)
		}
	}
	want := "verification_order.applied verification_order.accepted verification.recorded verification.returned"
	if got := strings.Join(kinds, " "); got != want {
		t.Fatalf("events %s, want %s", got, want)
	}
	var applied struct{ Data orderApplied }
	b.must(json.Unmarshal([]byte(entries[0].Body), &applied))
	if applied.Data.InstrumentID != o.InstrumentID || applied.Data.Instrument != o.Instrument {
		t.Errorf("applied for %+v, want instrument %s %s", applied.Data, o.Instrument, o.InstrumentID)
	}
	var recorded struct{ Data verificationRecorded }
	b.must(json.Unmarshal([]byte(entries[2].Body), &recorded))
	var returned struct{ Data recordReturned }
	b.must(json.Unmarshal([]byte(entries[3].Body), &returned))
	ref := recordRef{v.RecordNumber, v.ID, 1, content}
	if recorded.Data.recordRef != ref || recorded.Data.Signature == "" || returned.Data.recordRef != ref ||
		returned.Data.Reason.Commitment() == (ledger.Sealed{}).Commitment() {
		t.Errorf("recorded %+v, returned %+v; want both about %+v", recorded.Data, returned.Data, ref)
	}
}
