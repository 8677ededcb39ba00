package files

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// youth is how long a content may wait for the row that names it.
const youth = 24 * time.Hour

// Sweeping says how to sweep.
type Sweeping struct {
	Now      time.Time
	DryRun   bool // look only
	Force    bool // also when most of what is stored has no row
	Progress func(done, total int)
}

// Swept is what a sweep found; what it found it took away, unless it was to look only.
type Swept struct {
	Named       int // contents that a row names
	Young       int // contents and half-written files younger than a day
	Orphans     int // contents without a row
	HalfWritten int // left behind by an interrupted Put
	Bytes       int64
	Foreign     int // names that are not ours: left alone
}

// Sweep takes away the contents that no row names, or only one that has expired, and that were put more than a day ago,
// and what interrupted Puts left. It looks at all before it takes anything: where most of what is stored has no row, it is
// the wrong database or the wrong place, and the sweep refuses (errs.Blocked).
func (s *Store) Sweep(ctx context.Context, db *database.DB, how Sweeping) (Swept, error) {
	sweep := &sweep{store: s, db: db, now: how.Now, before: how.Now.Add(-youth)}
	places := append(shelves(), halfWritten)
	steps := 2 * len(places)
	if how.DryRun {
		steps = len(places)
	}
	done := 0
	walk := func() error {
		for _, shelf := range places {
			if err := sweep.shelf(ctx, shelf); err != nil {
				return fmt.Errorf("sweep %s: %w", shelf, err)
			}
			if done++; how.Progress != nil {
				how.Progress(done, steps)
			}
		}
		return nil
	}
	if err := walk(); err != nil || how.DryRun {
		return sweep.found, err
	}
	if found := sweep.found; found.Orphans > found.Named && !how.Force {
		return found, errs.New(errs.Blocked, "sweep_doubtful",
			fmt.Sprintf("存有%d个无记录的文件，多于有记录的%d个：数据库与文件存储可能不匹配。确认后用 --force", found.Orphans, found.Named),
			fmt.Sprintf("%d stored files have no row, more than the %d that have one: this may be the wrong database or the wrong "+
				"file store; --force when you are sure", found.Orphans, found.Named))
	}
	sweep.found, sweep.take = Swept{}, true
	err := walk()
	return sweep.found, err
}

type sweep struct {
	store  *Store
	db     *database.DB
	now    time.Time
	before time.Time
	take   bool
	found  Swept
}

func (w *sweep) shelf(ctx context.Context, shelf string) error {
	old := map[Hash]item{}
	var halves []item
	err := w.store.contents.list(ctx, shelf, func(i item) error {
		hash, ours := hashOf(i.key)
		half := shelf == halfWritten && strings.HasPrefix(i.key, halfWritten+"/put-")
		switch {
		case !ours && !half:
			w.found.Foreign++
		case !i.stored.Before(w.before):
			w.found.Young++
		case half:
			halves = append(halves, i)
		default:
			old[hash] = i
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, i := range halves {
		if err := w.half(ctx, i); err != nil {
			return err
		}
	}
	return w.contents(ctx, old)
}

func (w *sweep) half(ctx context.Context, i item) error {
	w.found.HalfWritten++
	w.found.Bytes += i.size
	if !w.take {
		return nil
	}
	return w.store.contents.remove(ctx, i.key)
}

func (w *sweep) contents(ctx context.Context, old map[Hash]item) error {
	named, err := selectNamed(ctx, w.db, old, w.now)
	if err != nil {
		return err
	}
	w.found.Named += len(named)
	for _, hash := range named {
		delete(old, hash)
	}
	for hash, i := range old {
		gone := true
		if w.take {
			if gone, err = w.orphan(ctx, hash); err != nil {
				return err
			}
		}
		if gone {
			w.found.Orphans++
			w.found.Bytes += i.size
		} else {
			w.found.Young++
		}
	}
	return nil
}

// orphan takes a content away if it is one still. Whoever records it holds it to the end of the transaction: it is left
// to them. Whoever would record it afterwards waits, and is told that it is not stored.
func (w *sweep) orphan(ctx context.Context, hash Hash) (gone bool, err error) {
	err = w.db.InTx(ctx, func(tx *database.Tx) error {
		gone = false
		free, err := seizeFile(ctx, tx, hash)
		if err != nil || !free {
			return err
		}
		named, err := selectNamed(ctx, tx, map[Hash]item{hash: {}}, w.now)
		if err != nil || len(named) > 0 {
			return err
		}
		i, err := w.store.contents.stat(ctx, keyOf(hash))
		if errs.KindOf(err) == errs.NotFound || err == nil && !i.stored.Before(w.before) {
			return nil
		}
		if err != nil {
			return err
		}
		gone = true
		return w.store.contents.remove(ctx, i.key)
	})
	return gone && err == nil, err
}
