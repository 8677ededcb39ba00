package checkpoint

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParsePath(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Path{
		"tile/0/000":                                {Width: 256},
		"tile/0/x001/067":                           {Number: 1067, Width: 256},
		"tile/0/x001/x234/067":                      {Number: 1234067, Width: 256}, // the example of tlog-tiles
		"tile/0/273.p/112":                          {Number: 273, Width: 112},     // and those of a tree of 70,000
		"tile/1/001.p/17":                           {Level: 1, Number: 1, Width: 17},
		"tile/2/000.p/1":                            {Level: 2, Width: 1},
		"tile/63/000.p/255":                         {Level: 63, Width: 255},
		"tile/entries/000.p/12":                     {Entries: true, Width: 12},
		"tile/entries/x001/000":                     {Entries: true, Number: 1000, Width: 256},
		"tile/0/x018/x014/x398/x509/x481/983":       {Number: maxNumber - 1, Width: 256},
		"tile/entries/x018/x014/x398/x509/x481/983": {Entries: true, Number: maxNumber - 1, Width: 256},
	} {
		got, err := ParsePath(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v (%s), %v; want %+v", text, got, got, err, want)
		}
	}
	for _, text := range []string{
		"", "tile", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile//000", "Tile/0/000", "checkpoint", "tile/data/000", "tile/8/0/000",
		"tile/00/000", "tile/-1/000", "tile/64/000", "tile/+1/000", "tile/x/000", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1000", "tile/0/x000",
		"tile/0/001/067", "tile/0/x000/067", "tile/0/x001/x067", "tile/0/x1/067", "tile/0/xx01/067", "tile/0/+01", "tile/0/-01", "tile/0/００1",
		"tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/257", "tile/0/000.p/01", "tile/0/000.p/-1", "tile/0/000.p/1/2", "tile/0/000.p/1.p/1",
		"tile/0/x001.p/067", "tile/0/.p/1", "tile/entries", "tile/entries/", "tile/entries/0/000", "tile/entries/x000/000", "tile/0/000?x", "tile/0/000\n",
		"tile/0/x018/x014/x398/x509/x481/984", "tile/0/" + strings.Repeat("x999/", 7) + "999", "tile/0/" + strings.Repeat("x000/", 1000) + "000",
	} {
		got, err := ParsePath(text)
		if err == nil {
			t.Errorf("%q is read as %+v", text, got)
			continue
		}
		wantCode(t, text, err, "tile_path")
	}
}

func TestBundle(t *testing.T) {
	t.Parallel()
	full := [][]byte{[]byte("a"), {}, bytes.Repeat([]byte("检"), MaxEntry/3)}
	for len(full) < TileWidth {
		full = append(full, fmt.Append(nil, len(full)))
	}
	for _, entries := range [][][]byte{full, full[:1], full[1:2], full[2:3], full[:255]} {
		var bundle []byte
		for _, e := range entries {
			bundle = AppendEntry(bundle, e)
		}
		got, err := ParseBundle(bundle)
		if diff := cmp.Diff(entries, got); err != nil || diff != "" {
			t.Errorf("%d entries: %v (-want +got):\n%s", len(entries), err, diff)
		}
		for i, cut := range [][]byte{bundle[:len(bundle)-1], append(slices.Clip(bundle), 0), nil} {
			if got, err := ParseBundle(cut); err == nil && len(entries[len(entries)-1]) > 0 {
				t.Errorf("%d: read as %d entries", i, len(got))
			}
		}
		_, err = ParseBundle(AppendEntry(bundle, nil))
		if more := len(entries) == TileWidth; more {
			wantCode(t, "257 entries", err, "bundle_malformed")
		} else if err != nil {
			t.Error(err)
		}
	}
	if want := []byte{0, 1, 'a', 0, 0}; !bytes.Equal(AppendEntry(AppendEntry(nil, full[0]), nil), want) {
		t.Errorf("not encoded as %v", want)
	}
	got, err := ParseBundle([]byte{0, 1, 'a', 0, 1, 'b'})
	if err != nil {
		t.Fatal(err)
	}
	_ = append(got[0], "xyz"...) // must not run into the next entry
	if string(got[1]) != "b" {
		t.Errorf("the second entry became %q", got[1])
	}
}

func TestEntryTooLarge(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("an entry of 64 KiB was taken")
		}
	}()
	AppendEntry(nil, make([]byte, MaxEntry+1))
}

func FuzzParsePath(f *testing.F) {
	for _, s := range []string{"tile/0/x001/067", "tile/entries/000.p/12", "tile/63/x123/x456/789.p/255", "tile/0/x000/000", "tile/0/000.p/256", "tile/entries/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePath(text)
		if err != nil {
			return
		}
		if p.String() != text || p.Width < 1 || p.Width > TileWidth || p.Level < 0 || p.Level > maxLevel || p.Number < 0 || p.Number >= maxNumber || p.Entries && p.Level != 0 {
			t.Errorf("%q is read as %+v: %s", text, p, p)
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	f.Add([]byte{0, 1, 'a', 0, 0})
	f.Add([]byte{0, 2, 'a'})
	f.Add(bytes.Repeat([]byte{0, 0}, TileWidth))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, bundle []byte) {
		entries, err := ParseBundle(bundle)
		if err != nil {
			return
		}
		var again []byte
		for _, e := range entries {
			again = AppendEntry(again, e)
		}
		if !bytes.Equal(again, bundle) || len(entries) < 1 || len(entries) > TileWidth {
			t.Errorf("%x is read as %d entries, which are %x", bundle, len(entries), again)
		}
	})
}
