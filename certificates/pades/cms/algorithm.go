package cms

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
)

var (
	oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSM3    = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401}
)

// algorithm is one way to sign.
type algorithm struct {
	digest asn1.ObjectIdentifier
	id     pkix.AlgorithmIdentifier // of the signature
	sum    func([]byte) []byte
	sign   func(key crypto.Signer, random io.Reader, message []byte) ([]byte, error)
	check  func(signer *x509.Certificate, message, signature []byte) error
	parse  func(der []byte) (*x509.Certificate, error)
	build  func(chain, roots []*x509.Certificate, o x509.VerifyOptions) error
}

var rsaAlgorithm = algorithm{
	digest: oidSHA256,
	id:     pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, Parameters: asn1.NullRawValue},
	sum:    sumSHA256, sign: signSHA256, check: checkAs(x509.SHA256WithRSA), parse: x509.ParseCertificate, build: build,
}

var ecdsaAlgorithm = algorithm{
	digest: oidSHA256,
	id:     pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}},
	sum:    sumSHA256, sign: signSHA256, check: checkAs(x509.ECDSAWithSHA256), parse: x509.ParseCertificate, build: build,
}

var sm2Algorithm = algorithm{
	digest: oidSM3,
	id:     pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 501}},
	sum:    sumSM3, sign: signSM2, check: checkSM2, parse: parseSM2, build: buildSM2,
}

func sumSHA256(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

func signSHA256(key crypto.Signer, random io.Reader, message []byte) ([]byte, error) {
	return key.Sign(random, sumSHA256(message), crypto.SHA256)
}

func checkAs(a x509.SignatureAlgorithm) func(*x509.Certificate, []byte, []byte) error {
	return func(signer *x509.Certificate, message, signature []byte) error {
		return signer.CheckSignature(a, message, signature)
	}
}

func build(chain, roots []*x509.Certificate, o x509.VerifyOptions) error {
	o.Roots, o.Intermediates = x509.NewCertPool(), x509.NewCertPool()
	for _, c := range roots {
		o.Roots.AddCert(c)
	}
	for _, c := range chain[1:] {
		o.Intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(o)
	return err
}

func sumSM3(b []byte) []byte {
	sum := sm3.Sum(b)
	return sum[:]
}

// signSM2 hands the whole message over: SM2 hashes it together with the public key and the signer's default identifier.
func signSM2(key crypto.Signer, random io.Reader, message []byte) ([]byte, error) {
	if _, ok := key.(*sm2.PrivateKey); !ok {
		return nil, fmt.Errorf("a key of type %T", key)
	}
	return key.Sign(random, message, sm2.NewSM2SignerOption(true, nil))
}

func checkSM2(signer *x509.Certificate, message, signature []byte) error {
	if !sm2.IsSM2PublicKey(signer.PublicKey) {
		return fmt.Errorf("a public key of type %T", signer.PublicKey)
	}
	return (*smx509.Certificate)(signer).CheckSignature(smx509.SM2WithSM3, message, signature)
}

func parseSM2(der []byte) (*x509.Certificate, error) {
	c, err := smx509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return c.ToX509(), nil
}

func buildSM2(chain, roots []*x509.Certificate, o x509.VerifyOptions) error {
	so := smx509.VerifyOptions{
		Roots: smx509.NewCertPool(), Intermediates: smx509.NewCertPool(), CurrentTime: o.CurrentTime, KeyUsages: o.KeyUsages,
	}
	for _, c := range roots {
		so.Roots.AddCert((*smx509.Certificate)(c))
	}
	for _, c := range chain[1:] {
		so.Intermediates.AddCert((*smx509.Certificate)(c))
	}
	_, err := (*smx509.Certificate)(chain[0]).Verify(so)
	return err
}

// strong says whether a public key is one that signatures may rest on.
func strong(public any) bool {
	switch k := public.(type) {
	case *rsa.PublicKey:
		return k.N.BitLen() >= 2048
	case *ecdsa.PublicKey:
		return k.Curve.Params().BitSize >= 256
	}
	return false
}
