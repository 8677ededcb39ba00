// Package padestest is a throw-away certificate authority and a timestamp authority, for tests of signatures, and a checker of
// the files.
package padestest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hengjian/certificates/pades/cms"
)

// Certificates are valid over these years unless a request says otherwise; checkers like pdfsig judge by today.
var (
	From = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	To   = time.Date(2049, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Authority issues certificates.
type Authority struct {
	Certificate *x509.Certificate
	key         crypto.Signer
	above       []*x509.Certificate // without the root
}

// Request is what a certificate is to say. Empty fields are filled with what a signer's certificate has.
type Request struct {
	Name     string
	Key      crypto.Signer // ECDSA on P-256 when nil
	Usage    x509.KeyUsage
	For      []asn1.ObjectIdentifier // extended uses
	Loose    bool                    // these are not marked as critical
	From, To time.Time
	Lists    []string // where lists of revoked certificates are published
}

var serials atomic.Int64

// ECDSA makes a key.
func ECDSA(tb testing.TB) crypto.Signer {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

var theRSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// RSA returns a key, the same one each time: to make one takes long.
func RSA(tb testing.TB) crypto.Signer {
	tb.Helper()
	key, err := theRSA()
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// NewRoot makes an authority that issued itself.
func NewRoot(tb testing.TB, name string) *Authority {
	tb.Helper()
	key := ECDSA(tb)
	template := authority(name)
	return &Authority{Certificate: sign(tb, template, template, key.Public(), key), key: key}
}

// Below makes an authority under this one.
func (a *Authority) Below(tb testing.TB, name string, lists ...string) *Authority {
	tb.Helper()
	key := ECDSA(tb)
	template := authority(name)
	template.CRLDistributionPoints = lists
	c := sign(tb, template, a.Certificate, key.Public(), a.key)
	return &Authority{Certificate: c, key: key, above: append([]*x509.Certificate{c}, a.above...)}
}

func authority(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serials.Add(1)), Subject: pkix.Name{Country: []string{"CN"}, CommonName: name}, NotBefore: From, NotAfter: To,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

// Issue makes a key and its certificate, with the chain up to below the root.
func (a *Authority) Issue(tb testing.TB, r Request) cms.Identity {
	tb.Helper()
	if r.Key == nil {
		r.Key = ECDSA(tb)
	}
	if r.Usage == 0 {
		r.Usage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	}
	if r.From.IsZero() {
		r.From, r.To = From, To
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serials.Add(1)), Subject: pkix.Name{Country: []string{"CN"}, Organization: []string{"衡鉴"}, CommonName: r.Name},
		NotBefore: r.From, NotAfter: r.To, KeyUsage: r.Usage, CRLDistributionPoints: r.Lists,
	}
	if r.For != nil {
		template.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: !r.Loose, Value: uses(tb, r.For)}}
	}
	c := sign(tb, template, a.Certificate, r.Key.Public(), a.key)
	return cms.Identity{Key: r.Key, Chain: append([]*x509.Certificate{c}, a.above...)}
}

func uses(tb testing.TB, all []asn1.ObjectIdentifier) []byte {
	tb.Helper()
	der, err := asn1.Marshal(all)
	if err != nil {
		tb.Fatal(err)
	}
	return der
}

// List makes the authority's list of revoked certificates.
func (a *Authority) List(tb testing.TB, at time.Time, revoked ...*x509.Certificate) []byte {
	tb.Helper()
	return a.ListWith(tb, at, nil, revoked...)
}

// ListWith makes such a list with extensions.
func (a *Authority) ListWith(tb testing.TB, at time.Time, extensions []pkix.Extension, revoked ...*x509.Certificate) []byte {
	tb.Helper()
	template := &x509.RevocationList{
		Number: big.NewInt(serials.Add(1)), ThisUpdate: at.Add(-time.Hour), NextUpdate: at.Add(30 * 24 * time.Hour), ExtraExtensions: extensions,
	}
	for _, c := range revoked {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: at.Add(-time.Hour)})
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, a.Certificate, a.key)
	if err != nil {
		tb.Fatal(err)
	}
	return der
}

func sign(tb testing.TB, template, parent *x509.Certificate, public any, by crypto.Signer) *x509.Certificate {
	tb.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, by)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}
