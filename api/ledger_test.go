package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"

	merkle "github.com/transparency-dev/merkle/proof"

	"hengjian/certificates"
	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

// monitor is somebody who reads the published ledger with the client of another project.
type monitor struct {
	*client.HTTPFetcher
	verifier note.Verifier
}

func (b *bureau) monitor(prefix string) monitor {
	b.t.Helper()
	root, err := url.Parse(b.server.URL + prefix)
	b.must(err)
	fetcher, err := client.NewHTTPFetcher(root, http.DefaultClient)
	b.must(err)
	key := strings.TrimSpace(string(b.want(200, "", "GET", prefix+"keys", nil).body))
	verifier, err := note.NewVerifier(key)
	b.must(err)
	return monitor{fetcher, verifier}
}

// grow appends n events and takes them into the ledger.
func (b *bureau) grow(n int) {
	b.t.Helper()
	kind := ledger.Define[struct{}]("sample.happened", 1, "", "")
	ctx := b.t.Context()
	b.must(b.db.InTx(ctx, func(tx *database.Tx) error {
		for range n {
			if err := ledger.Append(ctx, tx, ledger.Actor{Division: "370113"}, b.clock.now(),
				kind.Event(ledger.System, ledger.Subject{Kind: "sample", ID: "x"}, struct{}{})); err != nil {
				return err
			}
		}
		return nil
	}))
	b.must(b.log.Settle(ctx))
}

// The published ledger is read by the client of transparency-dev/tessera, which knows nothing of ours: checkpoint,
// tiles, bundles of entries, consistency from one checkpoint to the next, inclusion of an entry.
func TestLedgerIsReadByAStandardClient(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	b.grow(100)
	m := b.monitor("/log/370113/")
	const origin = "lims.example/log/370113"
	older, err := m.ReadCheckpoint(ctx)
	b.must(err)
	tracker, err := client.NewLogStateTracker(ctx, m.ReadTile, older, m.verifier, origin, client.UnilateralConsensus(m.ReadCheckpoint))
	b.must(err)
	for _, n := range []int{156, 1, 300, 700} {
		b.grow(n)
		if _, proven, _, err := tracker.Update(ctx); err != nil || len(proven) == 0 {
			t.Fatalf("after %d more: consistency proof of %d hashes, %v", n, len(proven), err)
		}
	}
	head := tracker.Latest()
	var total int
	b.must(b.db.Get(ctx, &total, `SELECT count(*) FROM event`))
	if int(head.Size) != total {
		t.Errorf("the log has %d entries, there are %d events", head.Size, total)
	}
	builder, err := client.NewProofBuilder(ctx, head.Size, m.ReadTile)
	b.must(err)
	for bundle := uint64(0); bundle*256 < head.Size; bundle++ {
		entries, err := client.GetEntryBundle(ctx, m.ReadEntryBundle, bundle, head.Size)
		b.must(err)
		for i, entry := range entries.Entries {
			index := bundle*256 + uint64(i)
			inclusion, err := builder.InclusionProof(ctx, index)
			b.must(err)
			leaf := rfc6962.DefaultHasher.HashLeaf(entry)
			if err := merkle.VerifyInclusion(rfc6962.DefaultHasher, index, head.Size, leaf, inclusion, head.Hash); err != nil {
				t.Fatalf("entry %d: %v", index, err)
			}
			var same bool
			b.must(b.db.Get(ctx, &same, `
				SELECT sha256(convert_to(e.body, 'UTF8')) = $2
				FROM log_entry n
				JOIN event e ON e.id = n.event_id
				WHERE n.index = $1`, index, entry))
			if !same {
				t.Fatalf("entry %d is not the hash of its event", index)
			}
		}
	}
}

func TestPublishedLedger(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.want(404, "", "GET", "/log/checkpoint", nil)
	b.want(404, "", "GET", "/log/keys", nil)
	b.grow(300)
	var size int64
	b.must(b.db.Get(t.Context(), &size, `SELECT max(size) FROM log_checkpoint`))
	for _, tt := range []struct {
		path   string
		status int
		kind   string
	}{
		{"/log/checkpoint", 200, "text/plain; charset=utf-8"},
		{"/log/370113/checkpoint", 200, "text/plain; charset=utf-8"},
		{"/log/370102/checkpoint", 404, ""},
		{"/log/tile/0/000", 200, "application/octet-stream"},
		{fmt.Sprintf("/log/tile/0/001.p/%d", size-256), 200, "application/octet-stream"},
		{fmt.Sprintf("/log/tile/0/001.p/%d", size-255), 404, ""},
		{"/log/tile/1/000.p/1", 200, "application/octet-stream"},
		{"/log/tile/1/000", 404, ""},
		{"/log/tile/entries/000", 200, "application/octet-stream"},
		{"/log/tile/entries/001.p/3", 200, "application/octet-stream"},
		{"/log/tile/0/x001/000", 404, ""},
		{"/log/tile/8/000", 404, ""},
		{"/log/tile/0/x999/x999/x999/x999/x999/999", 404, ""},
		{"/log/tile/0/../../../etc/passwd", 404, ""},
		{"/log/", 404, ""},
		{"/log/370113/", 404, ""},
	} {
		got := b.call("", "GET", tt.path, nil)
		if got.status != tt.status || tt.kind != "" && got.header.Get("Content-Type") != tt.kind {
			t.Errorf("%s: %d %s, want %d %s", tt.path, got.status, got.header.Get("Content-Type"), tt.status, tt.kind)
		}
	}
	tile := b.want(200, "", "GET", "/log/tile/0/000", nil)
	if len(tile.body) != 8192 || !strings.Contains(tile.header.Get("Cache-Control"), "immutable") {
		t.Errorf("a full tile has %d bytes, cached as %q", len(tile.body), tile.header.Get("Cache-Control"))
	}
}

// What the public address offers proves, to a reader of another project, that the document is in the ledger: its issue
// with the hash of the content, its file with the hash of its bytes. The same proof of the issue stands in the file.
func TestDocumentProofs(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	_, d := b.issued(1, "0.12")
	var proofs certificates.Proofs
	b.want(200, "", "GET", "/v/"+d.Code+"/proof", nil).into(t, &proofs)
	if proofs.Issued != nil || proofs.Finished != nil {
		t.Errorf("proofs %+v before the issue is in the ledger", proofs)
	}
	b.must(b.log.Settle(t.Context()))
	if n, err := b.services.Certificates.Finish(t.Context(), nil); n != 1 || err != nil {
		t.Fatalf("%d documents finished, %v", n, err)
	}
	b.clock.advance(2e9)
	b.must(b.log.Settle(t.Context()))
	b.want(200, "", "GET", "/v/"+d.Code+"/proof", nil).into(t, &proofs)
	m := b.monitor("/log/")
	pdf := b.want(200, "auditor", "GET", "/api/v1/documents/"+d.Number+"/pdf", nil).body
	var issued struct{ Data struct{ Content string } }
	b.must(json.Unmarshal(m.proven(t, proofs.Issued), &issued))
	if issued.Data.Content != d.ContentHash {
		t.Errorf("the ledger has the content %s, the document %s", issued.Data.Content, d.ContentHash)
	}
	var finished struct{ Data struct{ File string } }
	b.must(json.Unmarshal(m.proven(t, proofs.Finished), &finished))
	if want := hexSHA256(pdf); finished.Data.File != want || proofs.FileHash != want {
		t.Errorf("the ledger has the file %s, the answer %s, the bytes are %s", finished.Data.File, proofs.FileHash, want)
	}
	b.want(404, "", "GET", "/v/"+strings.Repeat("z", len(d.Code))+"/proof", nil)
	page := b.want(200, "", "GET", "/v/"+d.Code+"?lang=en", nil, "Accept", "text/html").body
	if want := fmt.Sprintf("in the evidence ledger at index %d", proofs.Issued.Index); !bytes.Contains(page, []byte(want)) {
		t.Errorf("the public page does not say %q", want)
	}
}

// proven checks a proof with the code of transparency-dev and returns the event.
func (m monitor) proven(t *testing.T, p *ledger.Proof) []byte {
	t.Helper()
	if p == nil {
		t.Fatal("there is no proof")
	}
	var parsed proof.TLogProof
	if err := parsed.Unmarshal([]byte(p.Text)); err != nil {
		t.Fatal(err)
	}
	signed, err := note.Open(parsed.Checkpoint, note.VerifierList(m.verifier))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(signed.Text, "\n")
	var size uint64
	if _, err := fmt.Sscan(lines[1], &size); err != nil {
		t.Fatal(err)
	}
	hashes := make([][]byte, len(parsed.Hashes))
	for i := range parsed.Hashes {
		hashes[i] = parsed.Hashes[i][:]
	}
	commitment := sha256Of([]byte(p.Event))
	leaf := rfc6962.DefaultHasher.HashLeaf(commitment)
	if err := merkle.VerifyInclusion(rfc6962.DefaultHasher, parsed.Index, size, leaf, hashes, fromBase64(t, lines[2])); err != nil {
		t.Errorf("the proof of %s: %v", p.Event, err)
	}
	return []byte(p.Event)
}

func sha256Of(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

func hexSHA256(b []byte) string { return hex.EncodeToString(sha256Of(b)) }

func fromBase64(t *testing.T, s string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
