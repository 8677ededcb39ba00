package audit_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/audit"
	"hengjian/internal/errs"
)

// parts unpacks a bundle, in order.
type parts struct {
	names []string
	data  map[string][]byte
}

func unpack(t testing.TB, bundle []byte) parts {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	p := parts{data: map[string][]byte{}}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		p.names = append(p.names, f.Name)
		p.data[f.Name] = data
	}
	return p
}

// with packs the parts again with one of them changed; nil leaves it out.
func (p parts) with(t testing.TB, name string, data []byte) []byte {
	t.Helper()
	names := p.names
	if _, ok := p.data[name]; !ok {
		names = append(slices.Clip(names), name)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, n := range names {
		content := p.data[n]
		if n == name {
			content = data
		}
		if content == nil {
			continue
		}
		pack(t, w, n, content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// pack writes a part, packed only where it is large: packing takes long.
func pack(t testing.TB, w *zip.Writer, name string, content []byte) {
	t.Helper()
	header := &zip.FileHeader{Name: name, Method: zip.Store}
	if len(content) > 10<<20 {
		header.Method = zip.Deflate
	}
	f, err := w.CreateHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
}

func (p parts) replaced(t testing.TB, name, old, with string) []byte {
	t.Helper()
	changed := bytes.Replace(p.data[name], []byte(old), []byte(with), 1)
	if bytes.Equal(changed, p.data[name]) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	return p.with(t, name, changed)
}

// unreadable makes sure that a bundle is refused with an error that names the part.
func unreadable(t *testing.T, what string, bundle []byte, part string) {
	t.Helper()
	report, err := verify(t.Context(), bundle, audit.Options{})
	known, ok := errors.AsType[*errs.Error](err)
	if !ok || known.Kind != errs.Invalid || !strings.Contains(known.EN, part) || !strings.Contains(known.ZH, part) {
		t.Errorf("%s: %v, report %+v; want an error that names %s", what, err, report, part)
	}
}

// A bundle that is not what Write wrote is refused, with the part named; it is never taken for clean.
func TestBadBundles(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	good := b.bundle(nil, true)
	p := unpack(t, good)
	for _, cut := range []int{0, 1, 22, len(good) / 2, len(good) - 1} {
		unreadable(t, fmt.Sprintf("cut to %d bytes", cut), good[:cut], "ZIP")
	}
	for _, name := range []string{
		"extra.txt", "../evil", "/etc/passwd", "contents/../../x.json", "tile/0/00", "tile/entries/0", "files/" + strings.Repeat("0", 63) + ".pdf",
		`events.log\x`, "EVENTS.LOG",
	} {
		unreadable(t, "with "+name, p.with(t, name, []byte("x")), name)
	}
	for _, name := range []string{"bundle.json", "checkpoint", "keys", "tile/entries/000"} {
		unreadable(t, "without "+name, p.with(t, name, nil), name)
	}
	unreadable(t, "two of a name", twice(t, p), "keys")
	unreadable(t, "another form", p.replaced(t, "bundle.json", "hengjian-audit@v1", "hengjian-audit@v9"), "bundle.json")
	unreadable(t, "manifest is no JSON", p.with(t, "bundle.json", []byte("{")), "bundle.json")
	unreadable(t, "no keys", p.with(t, "keys", []byte("\n")), "keys")
	unreadable(t, "no checkpoint", p.with(t, "checkpoint", []byte("x\n")), "checkpoint")
	unreadable(t, "checkpoint of a forged size", p.replaced(t, "checkpoint", "\n4", "\n9"), "checkpoint")
	entries := p.data["tile/entries/000"]
	unreadable(t, "entries cut short", p.with(t, "tile/entries/000", entries[:len(entries)-1]), "tile/entries/000")
	unreadable(t, "an entry missing", p.with(t, "tile/entries/000", entries[34:]), "tile/entries/000")
	unreadable(t, "entries of other sizes", p.with(t, "tile/entries/000", bytes.Repeat([]byte{0, 1, 7}, 256)), "tile/entries/000")
	events := p.data["events.log"]
	unreadable(t, "a line cut short", p.with(t, "events.log", events[:len(events)-1]), "events.log")
	unreadable(t, "a line without an index", p.with(t, "events.log", append([]byte("x {}\n"), events...)), "events.log")
	unreadable(t, "an index twice", p.with(t, "events.log", append(bytes.Clone(events), events[bytes.LastIndexByte(events[:len(events)-1], '\n')+1:]...)), "events.log")
	unreadable(t, "an index beyond the log", p.with(t, "events.log", append(bytes.Clone(events), "99999999 {}\n"...)), "events.log")
	unreadable(t, "an index with a sign", p.with(t, "events.log", []byte("+1 {}\n")), "events.log")
	unreadable(t, "a line without an end", p.with(t, "events.log", bytes.Repeat([]byte("a"), 5<<20)), "events.log")
	unreadable(t, "revealed is no JSON", p.with(t, "revealed.jsonl", []byte("{\n")), "revealed.jsonl")
	bomb := parts{names: []string{"bundle.json"}, data: map[string][]byte{"bundle.json": p.data["bundle.json"]}}
	unreadable(t, "a zip bomb", bomb.with(t, "events.log", make([]byte, 20<<20)), "events.log")
}

func twice(t *testing.T, p parts) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, n := range append(slices.Clip(p.names), "keys") {
		pack(t, w, n, p.data[n])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What can be read and does not hold is found, by its code.
func TestFalseBundles(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	p := unpack(t, b.bundle(nil, true))
	keys, err := b.log.VerifierKeys(t.Context(), division)
	b.must(err)
	_, otherKey, err := note.GenerateKey(rand.Reader, "lims.example/log/"+division)
	b.must(err)
	events := p.data["events.log"]
	first := bytes.IndexByte(events, '\n') + 1
	for _, tt := range []struct {
		what   string
		bundle []byte
		opts   audit.Options
		want   string
	}{
		{"another key expected", b.bundle(nil, false), audit.Options{Keys: []string{otherKey}}, "given_key_unsigned"},
		{"an event left out", p.with(t, "events.log", events[first:]), audit.Options{Keys: keys}, "events_missing"},
		{"an event in the middle left out", p.with(t, "events.log", append(bytes.Clone(events[:first]),
			events[first+bytes.IndexByte(events[first:], '\n')+1:]...)), audit.Options{Keys: keys}, "events_missing"},
		{"an event changed", p.replaced(t, "events.log", `"role":"sampler"`, `"role":"auditor"`), audit.Options{}, "event_changed"},
		{"an entry changed", p.with(t, "tile/entries/000", flipped(p.data["tile/entries/000"], 40)), audit.Options{}, "root_differs"},
		{"a tile changed", p.with(t, "tile/0/000", flipped(p.data["tile/0/000"], 40)), audit.Options{}, "tile_differs"},
		{"a tile left out", p.with(t, "tile/0/000", nil), audit.Options{}, "tile_missing"},
		{"another division in the manifest", p.replaced(t, "bundle.json", "lims.example", "evil.example"), audit.Options{}, "manifest_differs"},
		{"a key more", p.with(t, "keys", append([]byte(otherKey+"\n"), p.data["keys"]...)), audit.Options{}, "keys_differ"},
		{"another text revealed", p.replaced(t, "revealed.jsonl", `"text":"`, `"text":"不`), audit.Options{}, "revealed_false"},
		{"a file that nobody speaks of", p.with(t, "files/"+strings.Repeat("0", 64)+".pdf", []byte("x")), audit.Options{}, "file_unreferenced"},
	} {
		b.reveals(tt.what, tt.bundle, tt.opts, tt.want)
	}
}

func flipped(data []byte, at int) []byte {
	out := bytes.Clone(data)
	out[at] ^= 1
	return out
}

// Whatever the bytes are, reading ends, and nothing is clean that is not the bundle itself.
func FuzzBundle(f *testing.F) {
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	for _, name := range []string{"bundle.json", "checkpoint", "events.log", "tile/entries/000.p/3", "revealed.jsonl"} {
		f.Add(parts{data: map[string][]byte{}}.with(f, name, []byte(`{"format":"hengjian-audit@v1"}`)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		report, err := verify(t.Context(), data, audit.Options{})
		if err == nil && report.Clean() {
			t.Errorf("clean: %s", report.Text())
		}
	})
}
