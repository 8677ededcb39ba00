package ledgertest

import (
	"testing"

	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

// Read returns all events of a database with one division in the order of its log, those without an index last.
func Read(t testing.TB, db *database.DB) Stream {
	t.Helper()
	var bodies []string
	if err := db.Select(t.Context(), &bodies, `
		SELECT e.body
		FROM event e
		LEFT JOIN log_entry l ON l.event_id = e.id
		LEFT JOIN event_pending p ON p.event_id = e.id
		ORDER BY l.index NULLS LAST, p.seq`); err != nil {
		t.Fatal(err)
	}
	stream := make(Stream, len(bodies))
	for i, body := range bodies {
		told, err := ledger.ParseEvent([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		stream[i] = Event{Told: told, Index: int64(i)}
	}
	return stream
}
