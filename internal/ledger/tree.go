package ledger

import (
	"bytes"
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// tree reads the Merkle tree of a log from the database, as of a size. It implements tlog.HashReader.
type tree struct {
	ctx      context.Context //nolint:containedctx // tlog.HashReader has no parameter for it
	q        database.Queryer
	division string
	size     int64
	tiles    map[tileAt][]tlog.Hash
}

type tileAt struct {
	level  int
	number int64
}

func newTree(ctx context.Context, q database.Queryer, division string, size int64) *tree {
	return &tree{ctx: ctx, q: q, division: division, size: size, tiles: map[tileAt][]tlog.Hash{}}
}

// ReadHashes implements tlog.HashReader.
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		span := int64(1) << (level % 8)
		first := n * span
		hashes, err := t.tile(tileAt{level / 8, first / tileWidth})
		if err != nil {
			return nil, err
		}
		at := first % tileWidth
		if at+span > int64(len(hashes)) {
			return nil, fmt.Errorf("the tree of %d has no hash %d at level %d", t.size, n, level)
		}
		out[i] = fold(hashes[at : at+span])
	}
	return out, nil
}

// tile returns the hashes of a tile, as many as the size gives it.
func (t *tree) tile(at tileAt) ([]tlog.Hash, error) {
	if hashes, ok := t.tiles[at]; ok {
		return hashes, nil
	}
	width := min(t.size>>(8*at.level)-at.number*tileWidth, tileWidth)
	if width <= 0 {
		return nil, fmt.Errorf("the tree of %d has no tile %d/%d", t.size, at.level, at.number)
	}
	hashes, err := tileHashes(t.ctx, t.q, t.division, at, int(width))
	if err != nil {
		return nil, err
	}
	t.tiles[at] = hashes
	return hashes, nil
}

// tileHashes returns the first width hashes of a tile: from the stored one when it is full, else from what is below.
func tileHashes(ctx context.Context, q database.Queryer, division string, at tileAt, width int) ([]tlog.Hash, error) {
	if width < tileWidth {
		return hashesAt(ctx, q, division, at.level, at.number, width)
	}
	stored, err := selectTile(ctx, q, division, at)
	if err != nil {
		return nil, err
	}
	hashes := make([]tlog.Hash, 0, tileWidth)
	for len(stored) >= tlog.HashSize {
		hashes = append(hashes, tlog.Hash(stored[:tlog.HashSize]))
		stored = stored[tlog.HashSize:]
	}
	return hashes, nil
}

// root is the tree head of an older size or of this one.
func (t *tree) root(size int64) (tlog.Hash, error) {
	root, err := tlog.TreeHash(size, t)
	if err != nil {
		return root, fmt.Errorf("root of %d: %w", size, err)
	}
	return root, nil
}

// contains tells whether the tree still begins with what a checkpoint was signed for. A log that does not is never
// signed again.
func (t *tree) contains(c Published) error {
	if c.Size == 0 {
		return nil
	}
	if c.Size <= t.size {
		root, err := t.root(c.Size)
		if err != nil {
			return err
		}
		if bytes.Equal(root[:], c.Root) {
			return nil
		}
	}
	return rewritten(c.Size)
}

func rewritten(size int64) error {
	return errs.New(errs.Conflict, "log_rewritten",
		fmt.Sprintf("日志与其%d条时签署的检查点不符：数据库中的日志被改动，停止签署", size),
		fmt.Sprintf("the log does not begin any more with what was signed of it at size %d: the stored log was changed; "+
			"nothing is signed", size))
}
