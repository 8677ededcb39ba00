package witness

import (
	"crypto/rand"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/ledger/checkpoint"
)

// testLog is a log in memory, with a key. Entries from where it forks are others.
type testLog struct {
	note.Signer
	vkey   string
	hashes []tlog.Hash
	size   int64
	salt   string
}

func newLog(t testing.TB, origin string) *testLog {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return &testLog{Signer: signer, vkey: vkey}
}

// fork is the same log, with the same key, which goes on with other entries.
func (l *testLog) fork(at int64) *testLog {
	return &testLog{Signer: l.Signer, vkey: l.vkey, size: at, hashes: slices.Clone(l.hashes[:tlog.StoredHashCount(at)]), salt: "fork"}
}

func (l *testLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		found[i] = l.hashes[at]
	}
	return found, nil
}

func (l *testLog) at(size int64) checkpoint.Checkpoint {
	for ; l.size < size; l.size++ {
		more, err := tlog.StoredHashes(l.size, fmt.Append(nil, l.salt, l.size), l)
		if err != nil {
			panic(err)
		}
		l.hashes = append(l.hashes, more...)
	}
	root, err := tlog.TreeHash(size, l)
	if err != nil {
		panic(err)
	}
	return checkpoint.Checkpoint{Origin: l.Name(), Size: size, Root: root}
}

func (l *testLog) sign(size int64) []byte {
	signed, err := checkpoint.Sign(l.at(size), l)
	if err != nil {
		panic(err)
	}
	return signed
}

func (l *testLog) prove(size, old int64) []tlog.Hash {
	if old == 0 || old >= size {
		return nil
	}
	l.at(size)
	proof, err := tlog.ProveTree(size, old, l)
	if err != nil {
		panic(err)
	}
	return proof
}

func (l *testLog) request(size, old int64) []byte {
	return request{old: old, proof: l.prove(size, old), signed: l.sign(size)}.text()
}
