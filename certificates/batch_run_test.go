package certificates

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// At whatever document a run is broken off, it leaves nothing half made; the next one comes to
// the same as one that was never interrupted, and makes nothing twice.
func TestBatchInterrupted(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for i := range 3 {
		b.finishedDocument(fmt.Sprint("S-", i))
	}
	batch := Batch{Selection: Selection{Day: "2026-09-18"}, As: []Form{ZIP, Print}}
	whole := b.made(b.work(b.ask("feng", batch).ID).Result)
	killed := errors.New("killed")
	job := b.ask("feng", batch)
	run := func(documents int) (string, error) {
		first := 0
		r := &batchRun{s: b.Service, job: job, every: 1, progress: func(done, _ int) error {
			if first == 0 {
				first = done
			}
			if documents > 3 && first != 3 {
				t.Errorf("a run that finds the ZIP made begins with document %d", first)
			}
			if done > documents {
				return killed
			}
			return nil
		}}
		return r.run(t.Context())
	}
	var text string
	for documents := range 7 {
		var err error
		if text, err = run(documents); (err == nil) != (documents == 6) {
			t.Fatalf("broken off after %d documents: %v", documents, err)
		}
		made, err := files.MadeBy(t.Context(), b.db, job.ID)
		if want := documents / 3; err != nil || len(made) != want {
			t.Errorf("after %d documents %d files are made, %v; want %d", documents, len(made), err, want)
		}
	}
	resumed := b.made(text)
	for i := range resumed.Files { // names have the job's id, and pdfcpu dates its files
		resumed.Files[i].Name, whole.Files[i].Name = "", ""
	}
	resumed.Files[1].SHA256, whole.Files[1].SHA256 = "", ""
	resumed.Files[1].Size, whole.Files[1].Size = 0, 0
	if diff := cmp.Diff(whole, resumed); diff != "" {
		t.Errorf("taken up again it came to another result (-whole +resumed):\n%s", diff)
	}
}

// Cancelled, a batch ends, gives no file and leaves no temporary one.
func TestBatchCancelled(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for i := range 3 {
		b.finishedDocument(fmt.Sprint("S-", i))
	}
	job := b.ask("feng", Batch{Selection: Selection{Day: "2026-09-18"}, As: []Form{ZIP}})
	if _, err := b.RunBatch(t.Context(), job, func(int, int) error { return jobs.ErrCancelled }); !errors.Is(err, jobs.ErrCancelled) {
		t.Errorf("cancelled at work: %v", err)
	}
	cancelled, err := jobs.Cancel(t.Context(), b.db, b.actors["feng"], b.at, job.ID)
	if err != nil || cancelled.State != jobs.Cancelled {
		t.Fatalf("cancel: %s, %v", cancelled.State, err)
	}
	_, err = b.BatchFile(t.Context(), b.actors["feng"], job.ID, 1)
	b.wantCode("a file of a cancelled job", err, errs.Conflict, "job_not_done")
}

// A document whose file is missing or damaged is named, wherever it is wanted, and nobody waits for what does not pass.
func TestLostFile(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.finishedDocument("S-1")
	d := b.finishedDocument("S-2")
	path := filepath.Join(b.folder, d.FileHash[:2], d.FileHash[2:])
	whole, err := os.ReadFile(path)
	b.must(err)
	for name, spoil := range map[string]func() error{
		"missing": func() error { return os.Remove(path) },
		"damaged": func() error { return os.WriteFile(path, append(slices.Clone(whole), 'x'), 0o600) },
	} {
		b.must(spoil())
		_, _, err := b.PDF(t.Context(), b.actors["feng"], d.Number)
		b.wantCode(name, err, errs.Internal, "document_file_lost")
		for _, form := range []Form{ZIP, Print} {
			job := b.work(b.ask("feng", Batch{Selection: Selection{Day: "2026-09-18"}, As: []Form{form}}).ID)
			if job.State != jobs.Failed || job.Attempts != 1 || !strings.Contains(job.ErrorZH, d.Number) || !strings.Contains(job.ErrorEN, d.Number) {
				t.Errorf("%s in a %s: %s after %d attempts, %s / %s", name, form, job.State, job.Attempts, job.ErrorZH, job.ErrorEN)
			}
		}
	}
}

// Files of a batch are for who may see its job and read documents, for a week.
func TestWhoFetchesABatch(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.finishedDocument("S-1")
	elsewhere := b.actors["feng"]
	elsewhere.Division = "370102"
	b.actors["elsewhere"] = elsewhere
	day := Selection{Day: "2026-09-18"}
	staffs := b.work(b.ask("feng", Batch{Selection: day, As: []Form{ZIP}}).ID).ID
	shops := b.work(b.ask("shop", Batch{Selection: day, As: []Form{ZIP}}).ID).ID
	for _, tt := range []struct {
		who, job string
		number   int
		kind     errs.Kind
		code     string
	}{
		{"feng", staffs, 1, 0, "<nil>"}, {"chen", staffs, 1, 0, "<nil>"}, {"feng", shops, 1, 0, "<nil>"}, {"shop", shops, 1, 0, "<nil>"},
		{"shop", staffs, 1, errs.NotFound, "job_missing"}, {"stranger", shops, 1, errs.NotFound, "job_missing"},
		{"elsewhere", staffs, 1, errs.NotFound, "job_missing"}, {"sampler", staffs, 1, errs.Forbidden, "role_missing"},
		{"feng", staffs, 2, errs.NotFound, "file_missing"}, {"feng", staffs, 0, errs.NotFound, "file_missing"},
		{"feng", uuid.NewString(), 1, errs.NotFound, "job_missing"},
	} {
		_, err := b.BatchFile(t.Context(), b.actors[tt.who], tt.job, tt.number)
		b.wantCode(fmt.Sprintf("%s fetches file %d", tt.who, tt.number), err, tt.kind, tt.code)
	}
	b.at = b.at.Add(batchLife)
	_, err := b.BatchFile(t.Context(), b.actors["feng"], staffs, 1)
	b.wantCode("after a week", err, errs.NotFound, "file_expired")
}

// Who may not read documents any more when the batch is run, or never might read these, gets nothing.
func TestBatchOfWhoMayNotReadAnyMore(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.finishedDocument("S-1")
	batch := Batch{Selection: Selection{Day: "2026-09-18"}, As: []Form{ZIP}}
	job := b.ask("feng", batch)
	forged := job
	forged.CreatedBy = b.actors["stranger"].PersonID
	_, err := b.RunBatch(t.Context(), forged, quiet)
	b.wantCode("of another business", err, errs.Forbidden, "batch_not_yours")
	admins, err := b.people.People(t.Context(), b.actors["chief"], users.Filter{Role: ledger.Administrator})
	b.must(err)
	admin, feng := admins.Items[0].Actor(), b.actors["feng"].PersonID
	_, err = b.people.ChangeRoles(t.Context(), admin, feng, 1, []ledger.Role{ledger.Sampler})
	b.must(err)
	_, err = b.RunBatch(t.Context(), job, quiet)
	b.wantCode("without the role", err, errs.Forbidden, "role_missing")
	_, err = b.people.Disable(t.Context(), admin, feng, 2)
	b.must(err)
	_, err = b.RunBatch(t.Context(), job, quiet)
	b.wantCode("disabled", err, errs.Forbidden, "person_disabled")
}
