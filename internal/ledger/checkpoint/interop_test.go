package checkpoint

import (
	"testing"
	"time"

	formatlog "github.com/transparency-dev/formats/log"
	formatnote "github.com/transparency-dev/formats/note"
	formatproof "github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The tests of this file hold the formats to another implementation, github.com/transparency-dev/formats, both ways.

func TestInteropCheckpoint(t *testing.T) {
	t.Parallel()
	log := newPair(t, "log.example/a")
	for _, c := range []Checkpoint{
		{"log.example/a", 0, tlog.Hash{}}, {"log.example/a", 1, tlog.RecordHash(nil)}, {"log.example/a", MaxSize, tlog.RecordHash([]byte("x"))},
	} {
		theirs := formatlog.Checkpoint{Origin: c.Origin, Size: uint64(c.Size), Hash: c.Root[:]}
		if got := string(theirs.Marshal()); got != c.Text() {
			t.Errorf("%+v: their text %q, ours %q", c, got, c.Text())
		}
		if got, err := Parse(string(theirs.Marshal())); err != nil || got != c {
			t.Errorf("their %+v is read as %+v, %v", c, got, err)
		}
		signed, err := Sign(c, log)
		if err != nil {
			t.Fatal(err)
		}
		got, _, _, err := formatlog.ParseCheckpoint(signed, c.Origin, log)
		if err != nil || got.Size != uint64(c.Size) || tlog.Hash(got.Hash) != c.Root {
			t.Errorf("%+v is read by them as %+v, %v", c, got, err)
		}
	}
}

func TestInteropCosignature(t *testing.T) {
	t.Parallel()
	log, witness := newPair(t, "example.com/behind-the-sofa"), newPair(t, "witness.example/w1")
	ours, vkey, err := NewCosigner(witness.skey, clock)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := formatnote.NewSignerForCosignatureV1(witness.skey)
	if err != nil {
		t.Fatal(err)
	}
	if converted, err := formatnote.VKeyToCosignatureV1(witness.vkey); err != nil || converted != vkey {
		t.Errorf("their verifier key %s, %v; ours %s", converted, err, vkey)
	}
	ourVerifier, err := NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	theirVerifier, err := formatnote.NewVerifierForCosignatureV1(vkey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(sofa)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now().Truncate(time.Second)
	for who, s := range map[string]note.Signer{"ours": ours, "theirs": theirs} {
		signed, err := Sign(c, log, s)
		if err != nil {
			t.Fatal(err)
		}
		for whose, v := range map[string]note.Verifier{"ours": ourVerifier, "theirs": theirVerifier} {
			_, n, err := Open(signed, note.VerifierList(log, v))
			if err != nil || len(n.Sigs) != 2 {
				t.Errorf("signed by %s, verified by %s: %v", who, whose, err)
				continue
			}
			at, err := CosignedAt(n.Sigs[1])
			their, theirErr := formatnote.CoSigV1Timestamp(n.Sigs[1])
			if err != nil || theirErr != nil || !at.Equal(their) || who == "ours" && !at.Equal(noon) || who == "theirs" && at.Before(start) {
				t.Errorf("signed by %s at %v, %v; they say %v, %v", who, at, err, their, theirErr)
			}
		}
	}
}

func TestInteropProof(t *testing.T) {
	t.Parallel()
	log := newPair(t, "log.example/a")
	for index := range int64(11) {
		p := proofOf(t, log, 11, index)
		var theirs formatproof.TLogProof
		if err := theirs.Unmarshal(p.Text()); err != nil {
			t.Fatalf("proof of %d: %v", index, err)
		}
		if got := string(theirs.Marshal()); got != string(p.Text()) {
			t.Errorf("proof of %d: their text %q, ours %q", index, got, p.Text())
		}
		theirs.ExtraData = []byte("附加")
		got, err := ParseProof(theirs.Marshal())
		if err != nil || string(got.Text()) != string(p.Text()) {
			t.Errorf("their proof of %d is read as %q, %v", index, got.Text(), err)
		}
		if _, err := got.Verify(tlog.RecordHash([]byte{'0' + byte(index%10)}), note.VerifierList(log)); index < 10 && err != nil {
			t.Errorf("their proof of %d: %v", index, err)
		}
	}
}
