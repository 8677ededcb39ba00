package files

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
)

func TestScrub(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		db := dbtest.New(t)
		want := map[Hash]Fault{}
		for i := range 20 {
			named(t, db, p, fmt.Sprint("content ", i))
		}
		for i, content := range []string{"CONTENT", "conten", ""} { // swapped, truncated, emptied
			h := named(t, db, p, fmt.Sprint("damaged ", i))
			p.swap(keyOf(h), content)
			want[h] = Damaged
		}
		gone := named(t, db, p, "lost")
		lose(t, p, gone)
		want[gone] = Missing
		p.swap(keyOf(aged(t, p, "an orphan", old)), "which nobody names")
		var order []Hash
		steps := 0
		sum, err := p.Scrub(t.Context(), db, Scrubbing{
			Found: func(f Failure) {
				order = append(order, f.Hash)
				if f.Fault != want[f.Hash] || f.Name == "" || f.Division != "370113" || len(f.UsedBy) != 0 {
					t.Errorf("%s: %+v, want %s with what the row says", f.Hash, f, want[f.Hash])
				}
			},
			Progress: func(done, total int) {
				if steps++; done != steps || total != 24 {
					t.Errorf("progress %d of %d at step %d", done, total, steps)
				}
			},
		})
		if err != nil || sum.Files != 24 || sum.Failures != 4 || len(order) != 4 || steps != 24 {
			t.Errorf("scrub: %+v, %v, failures %v; want 24 files, 4 failures", sum, err, order)
		}
		if !slices.IsSortedFunc(order, func(a, b Hash) int { return slices.Compare(a[:], b[:]) }) {
			t.Errorf("failures %v are not in order", order)
		}
	})
}

// What the disk does not give is told of one file, and the others are read.
func TestScrubUnreadable(t *testing.T) {
	t.Parallel()
	db, p := dbtest.New(t), inFolder(t)
	h := named(t, db, p, "bad sector")
	named(t, db, p, "good")
	lose(t, p, h)
	must(t, os.Mkdir(filepath.Join(p.contents.(folder).dir, keyOf(h)), 0o700))
	var got []Failure
	sum, err := p.Scrub(t.Context(), db, Scrubbing{Found: func(f Failure) { got = append(got, f) }})
	if err != nil || sum.Files != 2 || len(got) != 1 || got[0].Fault != Unreadable || got[0].Cause == nil {
		t.Errorf("scrub: %+v, %v, %+v; want one unreadable", sum, err, got)
	}
}

// A server that does not answer, or breaks off, must not be told as lost files.
func TestScrubOfADeadServer(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			db, p := dbtest.New(t), inBucket(t, s)
			named(t, db, p, "content")
			p.Store.contents = hasty(p)
			s.fail(fault)
			sum, err := p.Scrub(t.Context(), db, Scrubbing{Found: func(f Failure) { t.Errorf("told as a failure: %+v", f) }})
			if errs.KindOf(err) != errs.Unavailable {
				t.Errorf("scrub: %+v, %v; want unavailable", sum, err)
			}
		})
	}
}

var faults = map[string]func(http.ResponseWriter, *http.Request, http.Handler){
	"slow":      func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { stall(r) },
	"aborts":    func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) },
	"busy":      func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { refuse(w, 503, "SlowDown") },
	"no bucket": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { refuse(w, 404, "NoSuchBucket") },
	"denied":    func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { refuse(w, 403, "AccessDenied") },
	"cut off": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Length", "7")
		w.Header().Set("Last-Modified", noon.Format(http.TimeFormat))
		_, _ = io.WriteString(w, "cont")
	},
}

// stall waits until nobody waits for the answer any more.
func stall(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(5 * time.Second):
	}
}

// hasty is the bucket of a place with short time limits.
func hasty(p place) bucket {
	b := p.contents.(bucket)
	b.answer, b.transfer = 300*time.Millisecond, 300*time.Millisecond
	return b
}
