package checkpoint

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/errs"
)

// The signature types of signed-note that are known here.
const (
	algEd25519     = 1
	algCosignature = 4
)

const (
	keyHashSize   = 4
	timestampSize = 8
	lastSecond    = 253402300799 // of the year 9999
)

// NewCosigner makes a cosigner (cosignature/v1 with Ed25519) from a signer key as note.GenerateKey makes them, and the
// verifier key to give to others. now is asked at each signature. A key must not sign notes in the plain way too.
func NewCosigner(skey string, now func() time.Time) (note.Signer, string, error) {
	plain, err := note.NewSigner(skey) // checks the form, and that the hash in it is the key's
	if err != nil {
		return nil, "", fmt.Errorf("signer key: %w", err)
	}
	seed, err := base64.StdEncoding.DecodeString(strings.SplitN(skey, "+", 5)[4])
	if err != nil {
		return nil, "", fmt.Errorf("signer key: %w", err)
	}
	key := ed25519.NewKeyFromSeed(seed[1:])
	public := append([]byte{algCosignature}, key[ed25519.SeedSize:]...)
	c := cosigner{name: plain.Name(), hash: keyHash(plain.Name(), public), key: key, now: now}
	return c, joinKey(c.name, public), nil
}

type cosigner struct {
	name string
	hash uint32
	key  ed25519.PrivateKey
	now  func() time.Time
}

// Name implements note.Signer.
func (c cosigner) Name() string { return c.name }

// KeyHash implements note.Signer.
func (c cosigner) KeyHash() uint32 { return c.hash }

// Sign implements note.Signer; it refuses what is not a checkpoint.
func (c cosigner) Sign(msg []byte) ([]byte, error) {
	if _, err := Parse(string(msg)); err != nil {
		return nil, err
	}
	at := c.now().Unix()
	if at <= 0 || at > lastSecond {
		return nil, fmt.Errorf("no cosignature at %d seconds: the clock is wrong", at)
	}
	stamped := binary.BigEndian.AppendUint64(nil, uint64(at))
	return append(stamped, ed25519.Sign(c.key, cosigned(uint64(at), msg))...), nil
}

// cosigned is the message under a cosignature.
func cosigned(at uint64, text []byte) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
}

// NewVerifier reads the verifier key of a log (type 1) or of a cosigner (type 4).
func NewVerifier(vkey string) (note.Verifier, error) {
	name, public, err := splitKey(vkey)
	if err != nil {
		return nil, err
	}
	switch public[0] {
	case algEd25519:
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, badKey(vkey).With(err)
		}
		return v, nil
	case algCosignature:
		return cosignatureVerifier{name: name, hash: keyHash(name, public), key: public[1:]}, nil
	}
	return nil, badKey(vkey)
}

// NewCosignatureVerifier reads the verifier key of a cosigner (type 4), and refuses others.
func NewCosignatureVerifier(vkey string) (note.Verifier, error) {
	v, err := NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(cosignatureVerifier); !ok {
		return nil, errs.New(errs.Invalid, "not_a_cosigner", "不是见证人的公钥："+vkey, "not the verifier key of a cosigner: "+vkey)
	}
	return v, nil
}

type cosignatureVerifier struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

// Name implements note.Verifier.
func (v cosignatureVerifier) Name() string { return v.name }

// KeyHash implements note.Verifier.
func (v cosignatureVerifier) KeyHash() uint32 { return v.hash }

// Verify implements note.Verifier; only a checkpoint has cosignatures.
func (v cosignatureVerifier) Verify(msg, sig []byte) bool {
	if len(sig) != timestampSize+ed25519.SignatureSize {
		return false
	}
	if _, err := Parse(string(msg)); err != nil {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return at <= math.MaxInt64 && ed25519.Verify(v.key, cosigned(at, msg), sig[timestampSize:])
}

// CosignedAt is the time that a cosignature states, UTC to the second. It means something only of a verified one.
func CosignedAt(sig note.Signature) (time.Time, error) {
	raw, err := base64.StdEncoding.DecodeString(sig.Base64)
	if err != nil || len(raw) != keyHashSize+timestampSize+ed25519.SignatureSize {
		return time.Time{}, errs.New(errs.Invalid, "not_a_cosignature", "不是见证签名："+sig.Name, "not a cosignature: "+sig.Name)
	}
	at := binary.BigEndian.Uint64(raw[keyHashSize:])
	if at == 0 || at > lastSecond {
		return time.Time{}, errs.New(errs.Invalid, "cosigned_never",
			fmt.Sprintf("%s的见证签名没有可用的时间（%d秒）", sig.Name, at),
			fmt.Sprintf("the cosignature of %s has no usable time (%d seconds)", sig.Name, at))
	}
	return time.Unix(int64(at), 0).UTC(), nil
}

// splitKey reads the form of a verifier key: the public key with its type byte in front, 33 bytes, whose hash is stated.
func splitKey(vkey string) (name string, public []byte, err error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return "", nil, badKey(vkey)
	}
	public, err = base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(public) != 1+ed25519.PublicKeySize || !validName(parts[0]) || joinKey(parts[0], public) != vkey {
		return "", nil, badKey(vkey)
	}
	return parts[0], public, nil
}

// joinKey is the one form of a verifier key.
func joinKey(name string, public []byte) string {
	return fmt.Sprintf("%s+%08x+%s", name, keyHash(name, public), base64.StdEncoding.EncodeToString(public))
}

// validName is what signed-note wants of the name of a key.
func validName(name string) bool {
	return printable(name) && len(strings.Fields(name)) == 1 && strings.Fields(name)[0] == name && !strings.Contains(name, "+")
}

func keyHash(name string, public []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), public...))
	return binary.BigEndian.Uint32(sum[:])
}

func badKey(vkey string) *errs.Error {
	return errs.New(errs.Invalid, "verifier_key", "公钥格式有误："+vkey, "not a verifier key: "+vkey)
}
