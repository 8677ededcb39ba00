package checkpoint

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// grown is a log in memory.
type grown struct {
	hashes []tlog.Hash
	size   int64
}

func (g *grown) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		found[i] = g.hashes[at]
	}
	return found, nil
}

func (g *grown) grow(t testing.TB, size int64) tlog.Hash {
	t.Helper()
	for ; g.size < size; g.size++ {
		more, err := tlog.StoredHashes(g.size, fmt.Append(nil, g.size), g)
		if err != nil {
			t.Fatal(err)
		}
		g.hashes = append(g.hashes, more...)
	}
	root, err := tlog.TreeHash(size, g)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func proofOf(t testing.TB, log note.Signer, size, index int64) Proof {
	t.Helper()
	var g grown
	signed, err := Sign(Checkpoint{log.Name(), size, g.grow(t, size)}, log)
	if err != nil {
		t.Fatal(err)
	}
	hashes, err := tlog.ProveRecord(size, index, &g)
	if err != nil {
		t.Fatal(err)
	}
	return Proof{Index: index, Hashes: hashes, Checkpoint: signed}
}

// TestProof proves every entry of trees of each shape, and that nothing near it is proved.
func TestProof(t *testing.T) {
	t.Parallel()
	log := newPair(t, "log.example/a")
	known := note.VerifierList(log)
	for _, size := range []int64{1, 2, 3, 4, 7, 8, 9, 31} {
		for index := range size {
			p, err := ParseProof(proofOf(t, log, size, index).Text())
			if err != nil {
				t.Fatalf("entry %d of %d: %v", index, size, err)
			}
			leaf := tlog.RecordHash(fmt.Append(nil, index))
			if c, err := p.Verify(leaf, known); err != nil || c.Size != size || c.Origin != log.Name() {
				t.Errorf("entry %d of %d: %+v, %v", index, size, c, err)
			}
			_, err = p.Verify(tlog.RecordHash([]byte("another")), known)
			wantCode(t, "another entry", err, "proof_failed")
			longer := p
			longer.Hashes = append(longer.Hashes[:len(p.Hashes):len(p.Hashes)], leaf)
			_, err = longer.Verify(leaf, known)
			wantCode(t, "a hash too many", err, "proof_failed")
			for i := range p.Hashes {
				p.Hashes[i][0] ^= 1
				_, err = p.Verify(leaf, known)
				wantCode(t, "a changed hash", err, "proof_failed")
				p.Hashes[i][0] ^= 1
			}
		}
	}
	p := proofOf(t, log, 8, 7)
	leaf := tlog.RecordHash([]byte("7"))
	for _, index := range []int64{-1, 8, 9} {
		p.Index = index
		_, err := p.Verify(leaf, known)
		wantCode(t, fmt.Sprint("index ", index), err, "proof_index")
	}
	p.Index = 6
	_, err := p.Verify(leaf, known)
	wantCode(t, "another index", err, "proof_failed")
	p.Index = 7
	_, err = p.Verify(leaf, note.VerifierList(newPair(t, "log.example/a")))
	wantCode(t, "another key", err, "checkpoint_unsigned")
}

func TestProofOfLargestTree(t *testing.T) {
	t.Parallel()
	log := newPair(t, "log.example/a")
	signed, err := Sign(Checkpoint{"log.example/a", MaxSize, tlog.Hash{}}, log)
	if err != nil {
		t.Fatal(err)
	}
	p := Proof{Index: MaxSize - 1, Hashes: make([]tlog.Hash, MaxHashes), Checkpoint: signed}
	_, err = p.Verify(tlog.Hash{}, note.VerifierList(log)) // ends, with an answer
	wantCode(t, "the largest tree", err, "proof_failed")
}

func TestParseProof(t *testing.T) {
	t.Parallel()
	p := proofOf(t, newPair(t, "log.example/a"), 5, 3)
	text := string(p.Text())
	withExtra := strings.Replace(text, "@v1\n", "@v1\nextra YWdlLXYxLjIuMS1k\n", 1)
	for _, s := range []string{text, withExtra, strings.Replace(text, "@v1\n", "@v1\nextra \n", 1)} {
		got, err := ParseProof([]byte(s))
		if err != nil || string(got.Text()) != text {
			t.Errorf("%q is read as %q, %v", s, got.Text(), err)
		}
	}
	line := p.Hashes[0].String() + "\n"
	for name, s := range map[string]string{
		"nothing":               "",
		"another version":       strings.Replace(text, "@v1", "@v2", 1),
		"no header":             strings.TrimPrefix(text, proofHeader+"\n"),
		"no index":              strings.Replace(text, "index 3\n", "", 1),
		"only a header":         proofHeader + "\n\n" + string(p.Checkpoint),
		"a leading zero":        strings.Replace(text, "index 3", "index 03", 1),
		"a negative index":      strings.Replace(text, "index 3", "index -3", 1),
		"two spaces":            strings.Replace(text, "index 3", "index  3", 1),
		"extra after the index": strings.Replace(text, "index 3\n", "index 3\nextra YWdl\n", 1),
		"extra twice":           strings.Replace(withExtra, "index 3\n", "extra YWdl\nindex 3\n", 1),
		"extra without base64":  strings.Replace(withExtra, "YWdl", "!!!!", 1),
		"extra of two lines":    strings.Replace(withExtra, "YWdl", "YWdl\r", 1),
		"a bad hash":            strings.Replace(text, line, line[1:], 1),
		"carriage returns":      strings.ReplaceAll(text, "\n", "\r\n"),
		"too many hashes":       strings.Replace(text, line, strings.Repeat(line, MaxHashes), 1),
		"no checkpoint":         strings.TrimSuffix(text, string(p.Checkpoint)),
		"a truncated note":      text[:len(text)-1],
		"something behind":      text + "x\n",
		"too large":             strings.Replace(withExtra, "YWdl", strings.Repeat("YWdl", maxProof/4), 1),
		"no checkpoint's text":  strings.Replace(text, "\n5\n", "\n05\n", 1),
	} {
		got, err := ParseProof([]byte(s))
		if err == nil {
			t.Errorf("%s: read as %+v", name, got)
			continue
		}
		code := "proof_malformed"
		if strings.Contains(err.Error(), "checkpoint is malformed") {
			code = "checkpoint_malformed"
		}
		wantCode(t, name, err, code)
	}
	if most, err := ParseProof([]byte(strings.Replace(text, line, strings.Repeat(line, MaxHashes-len(p.Hashes)+1), 1))); err != nil || len(most.Hashes) != MaxHashes {
		t.Errorf("%d hashes, %v; want %d", len(most.Hashes), err, MaxHashes)
	}
}

func FuzzParseProof(f *testing.F) {
	log := newPair(f, "log.example/a")
	for _, index := range []int64{0, 3, 6} {
		text := proofOf(f, log, 7, index).Text()
		f.Add(text)
		f.Add(bytes.Replace(text, []byte("@v1\n"), []byte("@v1\nextra YWdl\n"), 1))
	}
	f.Add([]byte(proofHeader + "\nindex 0\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParseProof(text)
		if err != nil {
			return
		}
		again, err := ParseProof(p.Text())
		if err != nil || !bytes.Equal(again.Text(), p.Text()) || p.Index < 0 || len(p.Hashes) > MaxHashes || !bytes.HasSuffix(text, p.Checkpoint) {
			t.Errorf("%q is read as %+v, whose text is read as %+v, %v", text, p, again, err)
		}
		_, _ = p.Verify(tlog.Hash{}, note.VerifierList(log))
	})
}
