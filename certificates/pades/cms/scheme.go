package cms

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"fmt"
	"io"
	"time"
)

// Scheme signs content and tells who signed it.
type Scheme interface {
	// Sign returns a signature of the content, apart from it.
	Sign(ctx context.Context, content []byte) (cms []byte, err error)
	// Verify returns the signer of the content, or why the signature is not to be believed.
	Verify(content, cms []byte) (Signer, error)
}

// Signer is who signed, as far as the signature itself and the roots tell.
type Signer struct {
	Chain   []*x509.Certificate // the signer's certificate, then those above it
	Trusted bool                // the chain ends at a root that is trusted; false only where no roots were given
	Stamp   *Stamp              // nil without a timestamp
}

// Certificate is the signer's own; nil when the signature could not even be read.
func (s Signer) Certificate() *x509.Certificate {
	if len(s.Chain) == 0 {
		return nil
	}
	return s.Chain[0]
}

// KeyID names the key of a certificate: SHA-256 of the public key (SubjectPublicKeyInfo), hexadecimal. A renewed
// certificate of the same key has the same.
func KeyID(c *x509.Certificate) string {
	return fmt.Sprintf("%x", sha256.Sum256(c.RawSubjectPublicKeyInfo))
}

// Identity is a key with the certificates that say whose it is.
type Identity struct {
	Key   crypto.Signer
	Chain []*x509.Certificate // the key's own certificate, then those above it
}

// Check refuses an identity that cannot sign: a key of another certificate, a certificate that is out of its time, or
// that is not for signing.
func (id Identity) Check(at time.Time) error {
	if len(id.Chain) == 0 || id.Key == nil || !id.Owns(id.Chain[0]) {
		return errMismatch
	}
	return usable(id.Chain[0], at)
}

// Owns says whether a certificate is of the key.
func (id Identity) Owns(c *x509.Certificate) bool {
	public, ok := id.Key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(c.PublicKey)
}

// Standard is RSA (PKCS #1 v1.5) or ECDSA with SHA-256, which every reader of PDF verifies.
type Standard struct {
	Identity          // none where it only verifies
	Stamper  *Stamper // asked for a timestamp of each signature, unless it is nil
	Trust    Trust
}

// SM2 is SM2 with SM3 (GB/T 32918.2, GM/T 0009), which Chinese public bodies ask for and few readers of PDF verify.
type SM2 struct {
	Identity
	Random io.Reader // for signing
	Trust  Trust
}

// Sign implements Scheme. The same content and key give the same bytes as long as no timestamp is asked for and the key
// is not in a device of its own.
func (s *Standard) Sign(ctx context.Context, content []byte) ([]byte, error) {
	a, err := standardFor(s.Key)
	if err != nil {
		return nil, err
	}
	// without a source of randomness, ECDSA takes its nonce from key and message (RFC 6979)
	p, err := s.signed(a, nil, s.Trust.Now(), content)
	if err != nil {
		return nil, err
	}
	if s.Stamper != nil {
		var stamped time.Time
		if p.token, stamped, err = s.Stamper.stamp(ctx, p.signature); err != nil {
			return nil, err
		}
		if err := usable(s.Chain[0], stamped); err != nil {
			return nil, err
		}
	}
	return p.encode()
}

// Reserve is how many bytes a signature takes at most.
func (s *Standard) Reserve() int {
	size := reserve
	for _, c := range s.Chain {
		size += len(c.Raw)
	}
	if s.Stamper != nil {
		size += reserveStamp
	}
	return size
}

const (
	reserve      = 1536     // all but the certificates and the timestamp: an RSA signature of 8192 bits takes 1024
	reserveStamp = 10 << 10 // a token with a chain of three certificates by RSA of 4096 bits has about 7 KB
)

// Verify implements Scheme.
func (s *Standard) Verify(content, cms []byte) (Signer, error) {
	return verify(content, cms, s.Trust, []algorithm{rsaAlgorithm, ecdsaAlgorithm})
}

// Sign implements Scheme.
func (s *SM2) Sign(_ context.Context, content []byte) ([]byte, error) {
	p, err := s.signed(sm2Algorithm, s.Random, s.Trust.Now(), content)
	if err != nil {
		return nil, err
	}
	return p.encode()
}

// Verify implements Scheme.
func (s *SM2) Verify(content, cms []byte) (Signer, error) {
	return verify(content, cms, s.Trust, []algorithm{sm2Algorithm})
}

func standardFor(key crypto.Signer) (algorithm, error) {
	if key == nil {
		return algorithm{}, errMismatch
	}
	switch key.Public().(type) {
	case *rsa.PublicKey:
		return rsaAlgorithm, nil
	case *ecdsa.PublicKey:
		return ecdsaAlgorithm, nil
	}
	return algorithm{}, errWeak.With(fmt.Errorf("a key of type %T", key.Public()))
}

// signed signs the content. What comes back from the key is verified before it is believed: a key in a device can have
// been changed since the start.
func (id Identity) signed(a algorithm, random io.Reader, at time.Time, content []byte) (parts, error) {
	if err := id.Check(at); err != nil {
		return parts{}, err
	}
	attrs, err := attributes(a, a.sum(content), id.Chain[0])
	if err != nil {
		return parts{}, err
	}
	p := parts{algorithm: a, chain: id.Chain, attributes: attrs}
	if p.signature, err = a.sign(id.Key, random, attrs); err != nil {
		return parts{}, errKey.With(err)
	}
	if err := a.check(id.Chain[0], attrs, p.signature); err != nil {
		return parts{}, errKey.With(err)
	}
	return p, nil
}

func verify(content, cms []byte, t Trust, allowed []algorithm) (Signer, error) {
	p, err := decode(cms, allowed)
	if err != nil {
		return Signer{}, err
	}
	digest, err := p.messageDigest()
	if err != nil {
		return Signer{Chain: p.chain}, err
	}
	if subtle.ConstantTimeCompare(digest, p.algorithm.sum(content)) != 1 {
		return Signer{Chain: p.chain}, errChanged
	}
	if err := p.algorithm.check(p.chain[0], p.attributes, p.signature); err != nil {
		return Signer{Chain: p.chain}, errForged.With(err)
	}
	return t.judge(p)
}

// Trusted says why the scheme's own certificate would not be believed now.
func (s *Standard) Trusted() error {
	return chained(rsaAlgorithm, s.Chain, s.Trust.Roots, s.Trust.Now(), x509.ExtKeyUsageAny)
}

// Trusted says why the scheme's own certificate would not be believed now.
func (s *SM2) Trusted() error {
	return chained(sm2Algorithm, s.Chain, s.Trust.Roots, s.Trust.Now(), x509.ExtKeyUsageAny)
}
