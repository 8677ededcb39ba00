package checkpoint

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

func newCosigner(t *testing.T, name string) (s note.Signer, vkey string, v note.Verifier) {
	t.Helper()
	s, vkey, err := NewCosigner(newPair(t, name).skey, clock)
	if err != nil {
		t.Fatal(err)
	}
	if v, err = NewCosignatureVerifier(vkey); err != nil {
		t.Fatal(err)
	}
	return s, vkey, v
}

func TestCosign(t *testing.T) {
	t.Parallel()
	log := newPair(t, "example.com/behind-the-sofa")
	w, _, v := newCosigner(t, "witness.example/w1")
	c, err := Parse(sofa)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := Sign(c, log, w)
	if err != nil {
		t.Fatal(err)
	}
	_, n, err := Open(signed, note.VerifierList(log, v))
	if err != nil || len(n.Sigs) != 2 {
		t.Fatalf("%+v, %v; want two verified signatures", n, err)
	}
	if at, err := CosignedAt(n.Sigs[1]); err != nil || !at.Equal(noon) || at.Location() != time.UTC {
		t.Errorf("cosigned at %v, %v; want %v", at, err, noon)
	}
	if at, err := CosignedAt(n.Sigs[0]); err == nil {
		t.Errorf("the log's own signature has a time: %v", at)
	}
	raw, err := base64.StdEncoding.DecodeString(n.Sigs[1].Base64)
	if err != nil {
		t.Fatal(err)
	}
	sig := raw[keyHashSize:]
	if !v.Verify([]byte(sofa), sig) {
		t.Error("the cosignature of the example does not verify")
	}
	for i := range sig { // the time is under the signature as well
		broken := append([]byte(nil), sig...)
		broken[i] ^= 1
		if v.Verify([]byte(sofa), broken) {
			t.Errorf("verifies with byte %d changed", i)
		}
	}
	for _, text := range []string{sofa + "extension\n", strings.Replace(sofa, "20852163", "20852164", 1), "no checkpoint\n", ""} {
		if v.Verify([]byte(text), sig) {
			t.Errorf("verifies for %q", text)
		}
	}
	if v.Verify([]byte(sofa), sig[:len(sig)-1]) || v.Verify([]byte(sofa), append(slices.Clip(sig), 0)) || v.Verify([]byte(sofa), nil) {
		t.Error("verifies at another length")
	}
}

// TestCosignedMessage holds the message to the example of tlog-cosignature.
func TestCosignedMessage(t *testing.T) {
	t.Parallel()
	const want = "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
	if got := string(cosigned(1679315147, []byte(sofa))); got != want {
		t.Errorf("signed is %q, want %q", got, want)
	}
}

func TestCosignerRefuses(t *testing.T) {
	t.Parallel()
	p := newPair(t, "witness.example/w1")
	for _, skey := range []string{"", "PRIVATE+KEY+x", p.vkey, strings.Replace(p.skey, "w1", "w2", 1), p.skey + "AAAA"} {
		if _, _, err := NewCosigner(skey, clock); err == nil {
			t.Errorf("a cosigner is made of %q", skey)
		}
	}
	s, _, _ := newCosigner(t, "witness.example/w1")
	if sig, err := s.Sign([]byte("This is an example message.\n")); err == nil {
		t.Errorf("cosigned what is no checkpoint: %x", sig)
	}
	for _, at := range []time.Time{{}, time.Unix(0, 0), time.Unix(lastSecond+1, 0)} {
		s, _, err := NewCosigner(p.skey, func() time.Time { return at })
		if err != nil {
			t.Fatal(err)
		}
		if sig, err := s.Sign([]byte(sofa)); err == nil {
			t.Errorf("cosigned at %v: %x", at, sig)
		}
	}
}

func TestCosignedAtRefuses(t *testing.T) {
	t.Parallel()
	stamp := func(at uint64) string {
		raw := append(binary.BigEndian.AppendUint64(make([]byte, 4), at), make([]byte, 64)...)
		return base64.StdEncoding.EncodeToString(raw)
	}
	if at, err := CosignedAt(note.Signature{Base64: stamp(1679315147)}); err != nil || at.Unix() != 1679315147 {
		t.Errorf("%v, %v; want 1679315147", at, err)
	}
	for sig, code := range map[string]string{
		"": "not_a_cosignature", "!": "not_a_cosignature", stamp(1)[4:]: "not_a_cosignature",
		stamp(0): "cosigned_never", stamp(lastSecond + 1): "cosigned_never", stamp(1 << 63): "cosigned_never",
	} {
		_, err := CosignedAt(note.Signature{Name: "w", Base64: sig})
		wantCode(t, sig, err, code)
	}
}

func TestNewVerifier(t *testing.T) {
	t.Parallel()
	p := newPair(t, "witness.example/w1")
	_, vkey, _ := newCosigner(t, "witness.example/w1")
	for _, known := range []string{p.vkey, vkey} {
		v, err := NewVerifier(known)
		if err != nil || v.Name() != strings.Split(known, "+")[0] {
			t.Errorf("%s: %v, %v", known, v, err)
		}
	}
	_, err := NewCosignatureVerifier(p.vkey)
	wantCode(t, "a log's key", err, "not_a_cosigner")
	name, rest, _ := strings.Cut(vkey, "+")
	hash, key, _ := strings.Cut(rest, "+")
	for _, bad := range []string{
		"", name, name + "+" + hash, "+" + hash + "+" + key, "other+" + hash + "+" + key, name + "+00000000+" + key, name + "+" + hash + "+",
		name + "+" + hash + "+!", name + "+" + hash + "+" + key + "\n", name + "+" + strings.ToUpper(hash) + "x+" + key, vkey + "+x",
		typed("w 1", 4, 32), typed("w\n1", 4, 32), typed("w\u30001", 1, 32), typed("w", 4, 31), typed("w", 1, 33), typed("w", 2, 32), typed("w", 6, 32), typed("w", 4, 0),
	} {
		v, err := NewVerifier(bad)
		if err == nil {
			t.Errorf("%q is a verifier key: %+v", bad, v)
			continue
		}
		wantCode(t, bad, err, "verifier_key")
	}
}

// typed is a well-formed key of any type and size.
func typed(name string, alg byte, size int) string {
	public := append([]byte{alg}, make([]byte, size)...)
	hash := binary.BigEndian.AppendUint32(nil, keyHash(name, public))
	const hex = "0123456789abcdef"
	var digits strings.Builder
	for _, b := range hash {
		digits.WriteByte(hex[b>>4])
		digits.WriteByte(hex[b&15])
	}
	return name + "+" + digits.String() + "+" + base64.StdEncoding.EncodeToString(public)
}
