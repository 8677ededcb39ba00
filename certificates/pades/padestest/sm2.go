package padestest

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"hengjian/certificates/pades/cms"
)

// SM2 makes an authority with an SM2 key and somebody with a certificate from it.
func SM2(tb testing.TB, r Request) (root *x509.Certificate, id cms.Identity) {
	tb.Helper()
	above := sm2Key(tb)
	template := authority("国密根")
	root = signSM2(tb, template, template, above, above)
	if r.Usage == 0 {
		r.Usage = x509.KeyUsageDigitalSignature
	}
	if r.From.IsZero() {
		r.From, r.To = From, To
	}
	key := sm2Key(tb)
	own := signSM2(tb, &x509.Certificate{
		SerialNumber: big.NewInt(serials.Add(1)), Subject: pkix.Name{Country: []string{"CN"}, CommonName: r.Name},
		NotBefore: r.From, NotAfter: r.To, KeyUsage: r.Usage,
	}, root, key, above)
	return root, cms.Identity{Key: key, Chain: []*x509.Certificate{own}}
}

func sm2Key(tb testing.TB) *sm2.PrivateKey {
	tb.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func signSM2(tb testing.TB, template, parent *x509.Certificate, of, by *sm2.PrivateKey) *x509.Certificate {
	tb.Helper()
	der, err := smx509.CreateCertificate(rand.Reader, template, parent, &of.PublicKey, by)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := smx509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return c.ToX509()
}
