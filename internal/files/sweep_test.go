package files

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
)

var (
	old   = noon.Add(-25 * time.Hour)
	young = noon.Add(-23 * time.Hour)
)

// named stores a content with a row.
func named(t *testing.T, db *database.DB, p place, content string) Hash {
	t.Helper()
	h := put(t, p, content)
	must(t, record(t, db, p, File{Hash: h, Size: int64(len(content)), Name: content, Division: "370113", CreatedAt: noon}))
	return h
}

func aged(t *testing.T, p place, content string, stored time.Time) Hash {
	t.Helper()
	h := put(t, p, content)
	p.age(keyOf(h), stored)
	return h
}

func TestSweep(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		db := dbtest.New(t)
		for _, content := range []string{"row 1", "row 2", "row 3"} {
			p.age(keyOf(named(t, db, p, content)), old)
		}
		kept := []string{
			keyOf(aged(t, p, "young", young)), "new/put-young", "new/README", "ab/README", "ab/cd/deep", "other/x",
		}
		taken := []string{keyOf(aged(t, p, "orphan 1", old)), keyOf(aged(t, p, "orphan 2", old)), "new/put-old"}
		for _, key := range append(slices.Clone(kept[1:]), taken[2]) {
			p.swap(key, "half")
			p.age(key, old)
		}
		p.age("new/put-young", young)
		all := p.keys()
		want := Swept{Named: 3, Young: 2, Orphans: 2, HalfWritten: 1, Bytes: 20}
		steps := 0
		how := Sweeping{Now: noon, DryRun: true, Progress: func(done, total int) {
			if steps++; done != steps || done > total {
				t.Errorf("progress %d of %d at step %d", done, total, steps)
			}
		}}
		got, err := p.Sweep(t.Context(), db, how)
		foreign := got.Foreign
		got.Foreign = 0
		if err != nil || got != want || foreign < 2 || !slices.Equal(p.keys(), all) {
			t.Errorf("looking: %+v, %v, %v; want %+v and nothing taken", got, err, p.keys(), want)
		}
		how.DryRun, steps = false, 0
		if got, err = p.Sweep(t.Context(), db, how); err != nil || got.Foreign != foreign || got.Orphans != 2 || got.HalfWritten != 1 {
			t.Errorf("sweeping: %+v, %v; want %+v", got, err, want)
		}
		left := slices.DeleteFunc(all, func(key string) bool { return slices.Contains(taken, key) })
		if got := p.keys(); !slices.Equal(got, left) {
			t.Errorf("left %v, want %v", got, left)
		}
		if got, err = p.Sweep(t.Context(), db, Sweeping{Now: noon}); err != nil || got.Orphans+got.HalfWritten != 0 {
			t.Errorf("sweeping again: %+v, %v; want nothing", got, err)
		}
	})
}

// A sweep with the wrong database would take everything.
func TestSweepRefusesTheWrongDatabase(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		db := dbtest.New(t)
		named(t, db, p, "row")
		aged(t, p, "orphan 1", old)
		aged(t, p, "orphan 2", old)
		p.age(keyOf(put(t, p, "row")), old)
		if got, err := p.Sweep(t.Context(), db, Sweeping{Now: noon}); errs.KindOf(err) != errs.Blocked || len(p.keys()) != 3 {
			t.Errorf("2 orphans, 1 row: %+v, %v, %v; want a refusal", got, err, p.keys())
		}
		if got, err := p.Sweep(t.Context(), db, Sweeping{Now: noon, Force: true}); err != nil || got.Orphans != 2 || len(p.keys()) != 1 {
			t.Errorf("forced: %+v, %v, %v; want 2 taken", got, err, p.keys())
		}
	})
}

// Put makes an orphan young, also between the sweep's two looks at it.
func TestSweepSparesWhatIsPutAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		db := dbtest.New(t)
		h := aged(t, p, "again", old)
		put(t, p, "again")
		if got, err := p.Sweep(t.Context(), db, Sweeping{Now: noon, Force: true}); err != nil || got.Orphans != 0 || got.Young != 1 {
			t.Errorf("put again: %+v, %v; want it kept", got, err)
		}
		p.age(keyOf(h), old)
		inner := p.contents
		p.Store.contents = hooked{contents: inner, listed: func() { _, _ = p.Put(t.Context(), []byte("again")) }}
		sweep := &sweep{store: p.Store, db: db, before: noon.Add(-youth), take: true}
		must(t, sweep.shelf(t.Context(), keyOf(h)[:2]))
		if sweep.found.Orphans != 0 || len(p.keys()) != 1 {
			t.Errorf("put again while it was swept: %+v; want it kept", sweep.found)
		}
	})
}

// A content that is being recorded is kept though its row cannot be seen yet.
func TestSweepSparesWhatIsBeingRecorded(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		db := dbtest.New(t)
		h := aged(t, p, "slow transaction", old)
		must(t, db.InTx(t.Context(), func(tx *database.Tx) error {
			if err := p.Record(t.Context(), tx, File{Hash: h, Division: "370113", CreatedAt: noon}); err != nil {
				return err
			}
			got, err := p.Sweep(t.Context(), db, Sweeping{Now: noon, Force: true})
			if err != nil || got.Orphans != 0 {
				t.Errorf("sweep before the commit: %+v, %v; want it kept", got, err)
			}
			return nil
		}))
		if _, err := p.Read(t.Context(), h); err != nil {
			t.Errorf("a row without its file: %v", err)
		}
	})
}

// What is recorded while it is being taken away is refused.
func TestRecordDuringRemoval(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		db := dbtest.New(t)
		h := aged(t, p, "going", old)
		recorded := make(chan error, 1)
		var once sync.Once
		p.Store.contents = hooked{contents: p.contents, removing: func() {
			once.Do(func() {
				go func() { recorded <- record(t, db, p, File{Hash: h, Division: "370113", CreatedAt: noon}) }()
				select {
				case err := <-recorded:
					t.Errorf("recorded while it was taken away: %v", err)
					recorded <- err
				case <-time.After(200 * time.Millisecond):
				}
			})
		}}
		if got, err := p.Sweep(t.Context(), db, Sweeping{Now: noon, Force: true}); err != nil || got.Orphans != 1 {
			t.Errorf("sweep: %+v, %v; want 1 taken", got, err)
		}
		select {
		case err := <-recorded:
			if errs.KindOf(err) != errs.Unavailable {
				t.Errorf("recorded afterwards: %v, want a refusal", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("not recorded after 10 s")
		}
	})
}

// Whatever comes in between whatever: each row has its file.
func TestPutAndSweepAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		db := dbtest.New(t)
		stop := make(chan struct{})
		var sweeper, work sync.WaitGroup
		sweeper.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				sweep := &sweep{store: p.Store, db: db, before: noon.Add(365 * 24 * time.Hour), take: true}
				for _, shelf := range shelves() {
					if err := sweep.shelf(t.Context(), shelf); err != nil {
						t.Errorf("sweep: %v", err)
					}
				}
			}
		})
		for w := range 3 {
			work.Go(func() {
				for i := range 25 {
					h, err := p.Put(t.Context(), fmt.Appendf(nil, "%d of %d", i, w))
					if err == nil {
						err = record(t, db, p, File{Hash: h, Division: "370113", CreatedAt: noon})
					}
					if err != nil && errs.KindOf(err) != errs.Unavailable {
						t.Errorf("put and record: %v", err)
					}
				}
			})
		}
		work.Wait()
		close(stop)
		sweeper.Wait()
		sum, err := p.Scrub(t.Context(), db, Scrubbing{Found: func(f Failure) { t.Errorf("a row without its file: %+v", f) }})
		if err != nil || sum.Files == 0 {
			t.Errorf("scrub: %+v, %v", sum, err)
		}
		t.Logf("%d of 75 recorded", sum.Files)
	})
}
