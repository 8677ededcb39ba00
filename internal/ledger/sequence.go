package ledger

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/database"
	"hengjian/internal/ledger/checkpoint"
)

// queued is a committed event that has no index yet.
type queued struct {
	Seq      int64  `db:"seq"`
	EventID  string `db:"event_id"`
	Division string `db:"division"`
	BodyHash []byte `db:"body_hash"`
}

// Sequence gives the next committed events their indexes and returns how many there were, at most one batch. It is one
// transaction: whatever ends it, an event has its index with all hashes that follow from it, or waits as before. Of
// many processes one at a time works; for the others there is nothing to do.
func (l *Log) Sequence(ctx context.Context) (int, error) {
	sequenced := 0
	err := l.db.InTx(ctx, func(tx *database.Tx) error {
		sequenced = 0
		mine, err := electSequencer(ctx, tx)
		if err != nil || !mine {
			return err
		}
		batch, err := nextQueued(ctx, tx, batchSize)
		if err != nil || len(batch) == 0 {
			return err
		}
		byDivision := map[string][]queued{}
		var divisions []string
		for _, q := range batch {
			if byDivision[q.Division] == nil {
				divisions = append(divisions, q.Division)
			}
			byDivision[q.Division] = append(byDivision[q.Division], q)
		}
		for _, d := range divisions {
			if err := l.extend(ctx, tx, d, byDivision[d]); err != nil {
				return fmt.Errorf("log of %s: %w", d, err)
			}
		}
		sequenced = len(batch)
		return removeQueued(ctx, tx, batch)
	})
	if err != nil {
		return 0, err
	}
	return sequenced, nil
}

// extend appends events to a division's log, which is opened with the first.
func (l *Log) extend(ctx context.Context, tx *database.Tx, division string, events []queued) error {
	size, err := logSize(ctx, tx, division)
	if err != nil {
		return err
	}
	last, err := lastCheckpoint(ctx, tx, division)
	if err != nil {
		return err
	}
	if size < last.Size { // nothing ever stands at an index that was signed for something else
		return rewritten(last.Size)
	}
	if size == 0 {
		first, err := l.open(ctx, tx, division)
		if err != nil {
			return err
		}
		events = append([]queued{first}, events...)
	}
	if err := insertEntries(ctx, tx, division, size, events); err != nil {
		return err
	}
	return fillTiles(ctx, tx, division, size, size+int64(len(events)))
}

// open begins a division's log: with an event that says its origin and its key, at index 0.
func (l *Log) open(ctx context.Context, tx *database.Tx, division string) (queued, error) {
	origin := l.base + "/" + division
	key, err := l.keys.first(division, origin)
	if err != nil {
		return queued{}, err
	}
	at := l.now().UTC().Truncate(time.Microsecond)
	if err := insertLog(ctx, tx, opened{division, origin}, at); err != nil {
		return queued{}, err
	}
	r, err := rowOf(Actor{Division: division}, at, logOpened.Event(System,
		Subject{"log", division, origin}, openedData{Origin: origin, Key: key}))
	if err != nil {
		return queued{}, err
	}
	if err := insertSequenced(ctx, tx, r); err != nil {
		return queued{}, err
	}
	return queued{EventID: r.ID, Division: division, BodyHash: r.BodyHash}, nil
}

// tileWidth is how many hashes a full tile has.
const tileWidth = checkpoint.TileWidth

// fillTiles stores the tiles that became full when the log grew.
func fillTiles(ctx context.Context, tx *database.Tx, division string, was, is int64) error {
	for level := 0; was/tileWidth < is/tileWidth; level++ {
		for number := was / tileWidth; number < is/tileWidth; number++ {
			hashes, err := hashesAt(ctx, tx, division, level, number, tileWidth)
			if err != nil {
				return err
			}
			if err := insertTile(ctx, tx, division, level, number, hashes); err != nil {
				return err
			}
		}
		was, is = was/tileWidth, is/tileWidth
	}
	return nil
}

// hashesAt computes the first width hashes of a tile from what is below: the entries, or the roots of full tiles.
func hashesAt(ctx context.Context, q database.Queryer, division string, level int, number int64, width int) ([]tlog.Hash, error) {
	first := number * tileWidth
	var below [][]byte
	var err error
	if level == 0 {
		below, err = commitments(ctx, q, division, first, width)
	} else {
		below, err = tileRoots(ctx, q, division, level-1, first, width)
	}
	if err != nil {
		return nil, err
	}
	if len(below) != width {
		return nil, damaged(division)
	}
	hashes := make([]tlog.Hash, width)
	for i, b := range below {
		if level == 0 {
			hashes[i] = tlog.RecordHash(b)
		} else {
			hashes[i] = tlog.Hash(b)
		}
	}
	return hashes, nil
}

// fold is the root of a complete subtree; the number of its leaves is a power of two.
func fold(hashes []tlog.Hash) tlog.Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return tlog.NodeHash(fold(hashes[:half]), fold(hashes[half:]))
}
