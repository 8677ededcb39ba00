package checkpoint

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"hengjian/internal/errs"
)

const (
	// TileWidth is the number of hashes in a full tile, and of entries in a full bundle.
	TileWidth = 256
	// MaxEntry is the size of the largest entry, in bytes.
	MaxEntry = math.MaxUint16

	maxLevel  = 63
	maxNumber = MaxSize / TileWidth
	pathBase  = 1000 // three digits an element
)

// Path names a tile of hashes, or a bundle of entries, of a tiled log. Tile Number at Level holds hashes
// Number×256 to Number×256+Width-1 of that level; a bundle holds the entries of the tile of level 0 of its number.
type Path struct {
	Entries bool
	Level   int   // 0 to 63; 0 when Entries
	Number  int64 // from 0
	Width   int   // 1 to 256; less than 256 is a partial tile
}

// ParsePath reads a path below the log's prefix, without a slash in front: tile/0/x001/067, tile/entries/000.p/12.
func ParsePath(p string) (Path, error) {
	bad := errs.New(errs.Invalid, "tile_path", fmt.Sprintf("不是日志分块的路径：%.100q", p), fmt.Sprintf("not the path of a tile: %.100q", p))
	elements := strings.Split(p, "/")
	if len(elements) < 3 || elements[0] != "tile" {
		return Path{}, bad
	}
	read := Path{Width: TileWidth}
	if elements[1] == "entries" {
		read.Entries = true
	} else {
		level, ok := ParseSize(elements[1])
		if !ok || level > maxLevel {
			return Path{}, bad
		}
		read.Level = int(level)
	}
	elements = elements[2:]
	if last := len(elements) - 1; last > 0 && strings.HasSuffix(elements[last-1], ".p") {
		width, ok := ParseSize(elements[last])
		if !ok || width < 1 || width >= TileWidth {
			return Path{}, bad
		}
		read.Width = int(width)
		elements = elements[:last]
		elements[last-1] = strings.TrimSuffix(elements[last-1], ".p")
	}
	for _, e := range elements {
		digits, err := strconv.ParseUint(strings.TrimPrefix(e, "x"), 10, 16)
		if err != nil || digits >= pathBase {
			return Path{}, bad
		}
		if read.Number = read.Number*pathBase + int64(digits); read.Number >= maxNumber {
			return Path{}, bad
		}
	}
	if read.String() != p { // every other way to write the same
		return Path{}, bad
	}
	return read, nil
}

// String is the path as ParsePath reads it.
func (p Path) String() string {
	number := fmt.Sprintf("%03d", p.Number%pathBase)
	for n := p.Number / pathBase; n > 0; n /= pathBase {
		number = fmt.Sprintf("x%03d/%s", n%pathBase, number)
	}
	if p.Width != TileWidth {
		number += fmt.Sprintf(".p/%d", p.Width)
	}
	if p.Entries {
		return "tile/entries/" + number
	}
	return fmt.Sprintf("tile/%d/%s", p.Level, number)
}

// AppendEntry adds an entry to a bundle. It panics when the entry is larger than MaxEntry: nothing of that size may have
// come into a log.
func AppendEntry(bundle, entry []byte) []byte {
	if len(entry) > MaxEntry {
		panic(fmt.Sprintf("an entry of %d bytes is in no bundle", len(entry)))
	}
	return append(binary.BigEndian.AppendUint16(bundle, uint16(len(entry))), entry...)
}

// ParseBundle splits a bundle into its entries, 1 to 256; they share its memory.
func ParseBundle(bundle []byte) ([][]byte, error) {
	var entries [][]byte
	for rest := bundle; len(rest) > 0; {
		if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
			return nil, badBundle("在条目中间截断", "it ends inside an entry")
		}
		if len(entries) == TileWidth {
			return nil, badBundle("多于256条", "it has more than 256 entries")
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		entries = append(entries, rest[2:end:end])
		rest = rest[end:]
	}
	if len(entries) == 0 {
		return nil, badBundle("是空的", "it is empty")
	}
	return entries, nil
}

func badBundle(zh, en string) *errs.Error {
	return errs.New(errs.Invalid, "bundle_malformed", "日志条目包有误："+zh, "the bundle of entries is malformed: "+en)
}
