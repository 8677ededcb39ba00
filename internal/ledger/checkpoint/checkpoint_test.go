package checkpoint

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/errs"
)

// The example of tlog-checkpoint, and of tlog-cosignature.
const sofa = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

var noon = time.Date(2026, 9, 18, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// pair is a signer and its verifier in one, with the keys of both.
type pair struct {
	note.Signer
	skey, vkey string
	verifier   note.Verifier
}

func (p pair) Verify(msg, sig []byte) bool { return p.verifier.Verify(msg, sig) }

func newPair(t testing.TB, name string) pair {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return pair{s, skey, vkey, v}
}

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Code != code || e.Kind != errs.Invalid || e.ZH == "" || e.EN == "" {
		t.Errorf("%s: %v; want %s, said in both languages", what, err, code)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	c, err := Parse(sofa)
	if err != nil || c.Origin != "example.com/behind-the-sofa" || c.Size != 20852163 || c.Text() != sofa {
		t.Errorf("the example of tlog-checkpoint: %+v, %v", c, err)
	}
	if long, err := Parse(sofa + "extension 扩展\n"); err != nil || long != c {
		t.Errorf("with an extension line: %+v, %v; want %+v", long, err, c)
	}
	largest := strings.Replace(sofa, "20852163", fmt.Sprint(int64(MaxSize)), 1)
	if c, err := Parse(largest); err != nil || c.Size != MaxSize || c.Text() != largest {
		t.Errorf("%q: %+v, %v", largest, c, err)
	}
	const root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
	for _, text := range []string{
		"", "\n", "a\n1\n", "a\n1\n" + root, "\n1\n" + root + "\n", "a\n1\n\n" + root + "\n", "a\n1\n" + root + "\n\n", "a\n1\n" + root + "\nx\n\ny\n",
		"a\n01\n" + root + "\n", "a\n-1\n" + root + "\n", "a\n+1\n" + root + "\n", "a\n 1\n" + root + "\n", "a\n1 \n" + root + "\n", "a\n0x1\n" + root + "\n", "a\n１\n" + root + "\n",
		"a\n4611686018427387905\n" + root + "\n", "a\n9223372036854775808\n" + root + "\n",
		"a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", // trailing bits
		"a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",  // no padding
		"a\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n", // of URLs
		"a\n1\nAAAA\n", "a\n1\n" + root + root + "\n", "a\n1\n" + root + "\r\n", "a\r\n1\n" + root + "\n", "a\xff\n1\n" + root + "\n",
	} {
		if c, err := Parse(text); err == nil {
			t.Errorf("%q is read as %+v", text, c)
		} else {
			wantCode(t, fmt.Sprintf("%q", text), err, "checkpoint_malformed")
		}
	}
}

func TestParseHash(t *testing.T) {
	t.Parallel()
	h := tlog.RecordHash([]byte("x"))
	if got, ok := ParseHash(h.String()); !ok || got != h {
		t.Errorf("%s is read as %s, %v", h, got, ok)
	}
	for _, s := range []string{"", h.String() + "\r", "\n" + h.String(), h.String()[1:], h.String() + " ", h.String()[:43]} {
		if got, ok := ParseHash(s); ok {
			t.Errorf("%q is read as %s", s, got)
		}
	}
}

// TestSignedNoteExample: the key and the note of signed-note.
func TestSignedNoteExample(t *testing.T) {
	t.Parallel()
	v, err := NewVerifier("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
	if err != nil {
		t.Fatal(err)
	}
	const signed = "This is an example message.\n\n" +
		"— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
	if _, err := note.Open([]byte(signed), note.VerifierList(v)); err != nil {
		t.Error(err)
	}
	_, _, err = Open([]byte(signed), note.VerifierList(v))
	wantCode(t, "a note that is no checkpoint", err, "checkpoint_malformed")
}

func TestOpen(t *testing.T) {
	t.Parallel()
	log, stranger := newPair(t, "log.example/a"), newPair(t, "log.example/b")
	c := Checkpoint{"log.example/a", 7, tlog.RecordHash([]byte("x"))}
	signed, err := Sign(c, log, stranger)
	if err != nil {
		t.Fatal(err)
	}
	got, n, err := Open(signed, note.VerifierList(log))
	if err != nil || got != c || len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 1 || n.Sigs[0].Name != c.Origin {
		t.Errorf("opened %+v, %+v, %v; want %+v with one verified signature of two", got, n, err, c)
	}
	other := newPair(t, "log.example/a") // the name alone is not the key
	forged := []byte(strings.Replace(string(signed), "\n7\n", "\n8\n", 1))
	for _, tt := range []struct {
		name, code string
		signed     []byte
		known      note.Verifiers
	}{
		{"nobody known", "checkpoint_unsigned", signed, nil},
		{"a key of the same name", "checkpoint_unsigned", signed, note.VerifierList(other)},
		{"another text", "checkpoint_forged", forged, note.VerifierList(log)},
		{"another text, one false signature of two known", "checkpoint_forged", forged, note.VerifierList(log, stranger)},
		{"no note", "checkpoint_malformed", []byte(c.Text()), note.VerifierList(log)},
		{"nothing", "checkpoint_malformed", nil, note.VerifierList(log)},
	} {
		_, _, err := Open(tt.signed, tt.known)
		wantCode(t, tt.name, err, tt.code)
	}
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	log := newPair(t, "log.example/a")
	for _, c := range []Checkpoint{{Origin: "", Size: 1}, {Origin: "a\nb", Size: 1}, {Origin: "a", Size: -1}, {Origin: "a", Size: math.MaxInt64}} {
		if signed, err := Sign(c, log); err == nil {
			t.Errorf("%+v is signed: %q", c, signed)
		}
	}
	if signed, err := Sign(Checkpoint{Origin: "a", Size: 1}); err == nil {
		t.Errorf("signed by nobody: %q", signed)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{sofa, sofa + "extension\n", "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "a\n01\n" + strings.Repeat("A", 43) + "=\n", "\n\n\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(c.Text())
		if err != nil || again != c || !strings.HasPrefix(text, c.Text()) || c.Size < 0 || c.Size > MaxSize {
			t.Errorf("%q is read as %+v, whose text is %q, which is read as %+v, %v", text, c, c.Text(), again, err)
		}
	})
}
