package ledger

import (
	"crypto/rand"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// The keys of a log follow one another, each signed for by the one before.
func TestReplayOfKeys(t *testing.T) {
	t.Parallel()
	const origin = "lims.example/log/370113"
	var keys [3]string
	var signers [3]note.Signer
	for i := range keys {
		private, public, err := note.GenerateKey(rand.Reader, origin)
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = public
		if signers[i], err = note.NewSigner(private); err != nil {
			t.Fatal(err)
		}
	}
	change := func(before, to, by int) *keyChangedData {
		endorsement, err := endorse(origin, keys[to], signers[by])
		if err != nil {
			t.Fatal(err)
		}
		return &keyChangedData{Origin: origin, Before: keys[before], Key: keys[to], Endorsement: endorsement}
	}
	opened := &openedData{Origin: origin, Key: keys[0]}
	lost := change(0, 1, 0)
	lost.Endorsement = ""
	elsewhere := change(0, 1, 0)
	elsewhere.Origin = "evil.example/log"
	for _, tt := range []struct {
		name string
		data []any
		want []string
	}{
		{"two changes", []any{opened, change(0, 1, 0), change(1, 2, 1)}, nil},
		{"opened again", []any{opened, opened}, []string{"log_opened_twice"}},
		{"signed by itself", []any{opened, change(0, 1, 1)}, []string{KeyNotEndorsed}},
		{"the key before is lost", []any{opened, lost}, []string{KeyNotEndorsed}},
		{"after another key", []any{opened, change(0, 1, 0), change(0, 2, 0)}, []string{"key_before_differs"}},
		{"of another log", []any{opened, elsewhere}, []string{"key_before_differs", KeyNotEndorsed}},
		{"never opened", []any{change(0, 1, 0)}, []string{"key_before_differs"}},
	} {
		var r Replay
		var got []string
		for i, d := range tt.data {
			for _, f := range r.Apply(int64(i), Told{}, d) {
				got = append(got, f.Code)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
