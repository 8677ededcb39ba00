package audit_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/audit"
	"hengjian/internal/ledger"
	"hengjian/internal/ledger/checkpoint"
)

// smallest is the bundle of a log that holds nothing but its own beginning.
func smallest(t testing.TB) parts {
	t.Helper()
	const origin = "lims.example/log/370113"
	private, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	body, err := ledger.Canonical(map[string]any{
		"schema": ledger.Schema, "id": "01a21780-3817-72b4-974d-3b382ef30804", "division": division, "kind": "log.opened", "version": 1,
		"subject": map[string]string{"kind": "log", "id": division, "number": origin}, "actor": map[string]string{"id": "", "role": "system"},
		"at": "2026-09-18T04:00:00.000000Z", "data": map[string]string{"origin": origin, "key": public}, "nonce": "A",
	})
	if err != nil {
		t.Fatal(err)
	}
	commitment := ledger.Commitment(body)
	leaf := tlog.RecordHash(commitment[:])
	signed, err := checkpoint.Sign(checkpoint.Checkpoint{Origin: origin, Size: 1, Root: leaf}, signer)
	if err != nil {
		t.Fatal(err)
	}
	p := parts{data: map[string][]byte{
		"bundle.json": fmt.Appendf(nil, `{"format":"hengjian-audit@v1","division":"370113","origin":%q,"size":1}`, origin),
		"checkpoint":  signed, "keys": []byte(public + "\n"), "events.log": append([]byte("0 "), append(body, '\n')...),
		"tile/0/000.p/1": leaf[:], "tile/entries/000.p/1": checkpoint.AppendEntry(nil, commitment[:]), "revealed.jsonl": {},
	}}
	p.names = fuzzedParts[:]
	return p
}

// fuzzedParts are the parts of the smallest bundle. What is changed in the first three is never clean.
var fuzzedParts = [...]string{
	"events.log", "tile/entries/000.p/1", "tile/0/000.p/1", "bundle.json", "checkpoint", "keys", "revealed.jsonl",
}

func TestSmallestBundle(t *testing.T) {
	t.Parallel()
	p := smallest(t)
	report, err := verify(t.Context(), p.with(t, "revealed.jsonl", nil), audit.Options{})
	if err != nil || !report.Clean() {
		t.Errorf("%+v, %v", report, err)
	}
}

// FuzzParts changes one part of a true bundle: reading ends without a panic, and no other event, entry or tile is clean.
func FuzzParts(f *testing.F) {
	p := smallest(f)
	for i, name := range fuzzedParts {
		f.Add(uint8(i), p.data[name])
		f.Add(uint8(i), []byte("0 {}\n"))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		name := fuzzedParts[int(which)%len(fuzzedParts)]
		report, err := verify(t.Context(), p.with(t, name, append([]byte{}, data...)), audit.Options{})
		if err == nil && report.Clean() && int(which)%len(fuzzedParts) < 3 && !bytes.Equal(data, p.data[name]) {
			t.Errorf("clean with another %s: %q", name, data)
		}
	})
}
