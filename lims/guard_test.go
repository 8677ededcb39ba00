package lims

import (
	"testing"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// TestGuards goes past the lock on the sample, as a second server would, and wants every update of stale facts refused.
func TestGuards(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.reviewed()
	report, _, err := latestReport(b.ctx(), b.db, s.ID)
	b.must(err)
	handovers, err := selectHandovers(b.ctx(), b.db, s.ID)
	b.must(err)
	seals, err := selectSeals(b.ctx(), b.db, s.ID)
	b.must(err)
	staleReport, staleSample := report, s
	staleReport.Version--
	staleSample.Version--
	for name, update := range map[string]func(tx *database.Tx) error{
		"sample":   func(tx *database.Tx) error { return saveSample(b.ctx(), tx, &staleSample) },
		"report":   func(tx *database.Tx) error { return saveReport(b.ctx(), tx, &staleReport) },
		"handover": func(tx *database.Tx) error { return saveDecision(b.ctx(), tx, handovers[0]) },
		"seal":     func(tx *database.Tx) error { return saveBreak(b.ctx(), tx, seals[0]) },
	} {
		refused(t, name, b.db.InTx(b.ctx(), update), errs.Version, "changed")
	}
}
