package padestest

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"hengjian/certificates/pades/cms"
)

// What the certificates of timestamp authorities are for, and something else that certificates are for.
var (
	ForStamps = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	ForMail   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}
)

// NewStamper starts a timestamp authority that stamps everything at one time. Change may spoil its answers.
func NewStamper(tb testing.TB, id cms.Identity, at time.Time, change func(*timestamp.Timestamp)) *httptest.Server {
	tb.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			tb.Error(err)
			return
		}
		request, err := timestamp.ParseRequest(body)
		if err != nil {
			tb.Error(err)
			return
		}
		stamp := timestamp.Timestamp{
			HashAlgorithm: request.HashAlgorithm, HashedMessage: request.HashedMessage, Nonce: request.Nonce, Time: at,
			Policy: asn1.ObjectIdentifier{1, 2, 3}, AddTSACertificate: request.Certificates, Certificates: id.Chain[1:],
		}
		if change != nil {
			change(&stamp)
		}
		answer, err := stamp.CreateResponseWithOpts(id.Chain[0], id.Key, crypto.SHA256)
		if err != nil {
			tb.Error(err)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(answer)
	}))
	tb.Cleanup(server.Close)
	return server
}

// Stamper asks a server, whose certificates end at the roots.
func Stamper(server *httptest.Server, roots ...*x509.Certificate) *cms.Stamper {
	return &cms.Stamper{URL: server.URL, Roots: roots, Client: server.Client(), Random: rand.Reader}
}
