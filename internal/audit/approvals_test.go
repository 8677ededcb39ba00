package audit_test

import (
	"crypto/rand"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/internal/audit"
	"hengjian/internal/calendar"
	"hengjian/internal/demo"
	"hengjian/internal/jobs"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

// What a bulk approval did verifies as what was approved one by one does, also in a bundle that begins between the
// signature under the list and those under what is on it.
func TestBulkApprovalIsClean(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	at := now
	clock := func() time.Time { return at }
	people := users.New(b.db, clock, users.Options{HashMemory: 64, HashTime: 1, HashThreads: 1, Log: slog.New(slog.DiscardHandler)})
	service := certificates.New(b.db, clock, rand.Reader, "http://localhost:8080", certificates.Rooms{Users: people, Files: b.files, Log: b.log,
		LIMS: lims.New(b.db, clock, standards.New(b.db, clock)), Instruments: instruments.New(b.db, clock, people)})
	_, signatory, err := people.SignIn(t.Context(), "signatory1", demo.Password, "")
	b.must(err)
	proof, err := people.Reauthenticate(t.Context(), signatory, demo.Password)
	b.must(err)
	var sample string
	b.must(b.db.Get(t.Context(), &sample, `
		SELECT s.number
		FROM sample s
		JOIN report r ON r.sample_id = s.id
		WHERE r.state = 'reviewed'`))
	detail, err := lims.New(b.db, clock, nil).Detail(t.Context(), signatory, sample)
	b.must(err)
	id, err := service.EnqueueApprovals(t.Context(), signatory, proof, certificates.Approvals{ID: uuid.NewString(), Kind: certificates.Reports,
		Items: []certificates.Approval{{Number: sample, Version: detail.Sample.Version}}})
	b.must(err)
	job, err := jobs.Asked(t.Context(), b.db, signatory, id)
	b.must(err)
	at = at.Add(20 * time.Hour)
	_, err = service.RunApprovals(t.Context(), job, func(int, int) error { return nil })
	b.must(err)
	b.must(b.log.Settle(t.Context()))
	approved := calendar.DateOf(at)
	for what, since := range map[string]*calendar.Date{"all": nil, "from the approval on": &approved} {
		report, err := verify(t.Context(), b.bundle(since, false), audit.Options{})
		b.must(err)
		if !report.Clean() || counted(report, "documents") == 0 {
			t.Errorf("%s: %s", what, report.Text())
		}
	}
}
