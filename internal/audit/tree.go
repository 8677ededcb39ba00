package audit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/ledger/checkpoint"
)

// growing is a Merkle tree to which leaves are added; of the hashes it keeps only what the next ones need.
type growing struct {
	peaks []peak
	size  int64
}

// peak is the root of a complete subtree.
type peak struct {
	hash   tlog.Hash
	leaves int64
}

func (g *growing) add(leaf tlog.Hash) {
	g.size++
	p := peak{leaf, 1}
	for n := len(g.peaks); n > 0 && g.peaks[n-1].leaves == p.leaves; n-- {
		p = peak{tlog.NodeHash(g.peaks[n-1].hash, p.hash), 2 * p.leaves}
		g.peaks = g.peaks[:n-1]
	}
	g.peaks = append(g.peaks, p)
}

func (g *growing) root() tlog.Hash {
	if len(g.peaks) == 0 {
		return sha256.Sum256(nil) // RFC 6962 2.1: of the empty tree
	}
	h := g.peaks[len(g.peaks)-1].hash
	for i := len(g.peaks) - 2; i >= 0; i-- {
		h = tlog.NodeHash(g.peaks[i].hash, h)
	}
	return h
}

// entries reads every entry of the log, computes the tree anew, and compares it with the tiles and, at its size, with an
// older checkpoint. It returns the commitments one after the other.
func (v *verification) entries() ([]byte, error) {
	size := v.head.Size
	commitments := make([]byte, 0, size*sha256.Size)
	tiles := 0
	var tree growing
	v.compareOlder(&tree)
	for bundle := int64(0); bundle*checkpoint.TileWidth < size; bundle++ {
		if err := v.ctx.Err(); err != nil {
			return nil, err
		}
		width := int(min(size-bundle*checkpoint.TileWidth, checkpoint.TileWidth))
		name := checkpoint.Path{Entries: true, Number: bundle, Width: width}.String()
		entries, err := v.bundle(name, width)
		if err != nil {
			return nil, err
		}
		hashes := make([]byte, 0, width*tlog.HashSize)
		for _, e := range entries {
			commitments = append(commitments, e...)
			leaf := tlog.RecordHash(e)
			hashes = append(hashes, leaf[:]...)
			tree.add(leaf)
			v.compareOlder(&tree)
		}
		n, err := v.compareTiles(0, bundle, hashes)
		if err != nil {
			return nil, err
		}
		tiles += n
		v.progress(int(min((bundle+1)*checkpoint.TileWidth, size)))
	}
	v.report.count(int(size), "日志条目，据以重算整棵树", "entries of the log, from which the whole tree was computed anew")
	v.report.count(tiles, "日志分块与重算结果一致", "tiles of the log, equal to the tree computed anew")
	if tree.root() != v.head.Root {
		v.report.fail(-1, checkpointPart, "root_differs", "由条目重算的根哈希与检查点不符：日志条目被增删改",
			"the root computed from the entries is not that of the checkpoint: entries were changed, added or removed")
	}
	return commitments, nil
}

// bundle reads a bundle of entries, each of which is a commitment of 32 bytes.
func (v *verification) bundle(name string, width int) ([][]byte, error) {
	data, err := v.from.read(name, maxTile)
	if err != nil {
		return nil, missing(name, err)
	}
	entries, err := checkpoint.ParseBundle(data)
	if err != nil {
		return nil, unreadable(name, "日志条目包有误", "it is no bundle of entries").With(err)
	}
	if len(entries) != width {
		return nil, unreadable(name, fmt.Sprintf("应有%d条，实有%d条", width, len(entries)),
			fmt.Sprintf("it has %d entries, want %d", len(entries), width))
	}
	for _, e := range entries {
		if len(e) != sha256.Size {
			return nil, unreadable(name, "条目不是32字节的承诺值", "an entry is not a commitment of 32 bytes")
		}
	}
	return entries, nil
}

// compareTiles compares the tile of the hashes with the stored one, and those above that are full or end with it.
func (v *verification) compareTiles(level int, number int64, hashes []byte) (int, error) {
	width := len(hashes) / tlog.HashSize
	path := checkpoint.Path{Level: level, Number: number, Width: width}
	stored, err := v.from.read(path.String(), maxTile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.report.fail(-1, path.String(), "tile_missing", "缺少日志分块", "a tile of the log is missing")
	case err != nil:
		return 0, err
	case !bytes.Equal(stored, hashes):
		v.report.fail(-1, path.String(), "tile_differs", "日志分块与由条目重算的不符", "a tile is not what follows from the entries")
	}
	if level == len(v.above) {
		return 1, nil
	}
	return v.compareAbove(level, number, hashes)
}

// compareAbove adds the root of a full tile to the tile above, and compares that when it is full or the log ends.
func (v *verification) compareAbove(level int, number int64, hashes []byte) (int, error) {
	compared := 1
	above := &v.above[level]
	if len(hashes) == checkpoint.TileWidth*tlog.HashSize {
		var tile growing
		for ; len(hashes) > 0; hashes = hashes[tlog.HashSize:] {
			tile.add(tlog.Hash(hashes[:tlog.HashSize]))
		}
		root := tile.root()
		*above = append(*above, root[:]...)
	}
	full := len(*above) == checkpoint.TileWidth*tlog.HashSize
	last := v.lastTile(level, number)
	if len(*above) == 0 || !full && !last {
		return compared, nil
	}
	n, err := v.compareTiles(level+1, number/checkpoint.TileWidth, *above)
	*above = (*above)[:0]
	return compared + n, err
}

// lastTile tells whether no tile of the level follows.
func (v *verification) lastTile(level int, number int64) bool {
	hashes := v.head.Size >> (8 * level)
	return (number+1)*checkpoint.TileWidth >= hashes
}
