package pades

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emmansun/gmsm/pkcs8"
	"software.sslmate.com/src/go-pkcs12"

	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/padestest"
)

const password = "correct horse"

// keyFile writes an identity as PKCS#12 into a folder, and its password beside it.
func keyFile(tb testing.TB, folder, name string, id cms.Identity) {
	tb.Helper()
	data, err := pkcs12.Modern.Encode(id.Key, id.Chain[0], id.Chain[1:], password)
	if err != nil {
		tb.Fatal(err)
	}
	put(tb, folder, name+".p12", data)
	put(tb, folder, name+".password", []byte(password+"\n"))
}

func put(tb testing.TB, folder, name string, data []byte) {
	tb.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
		tb.Fatal(err)
	}
}

func pems(certificates ...*x509.Certificate) []byte {
	var out []byte
	for _, c := range certificates {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// office is a bureau with all that signing needs: authorities that publish their lists, a timestamp authority, and keys
// in a folder.
type office struct {
	folder              string
	root, stamps        *padestest.Authority
	issuer, stampers    *padestest.Authority
	seal, tsa           cms.Identity
	lists               map[string][]byte // by path
	mu                  sync.Mutex
	fetched             int
	rootSM2             *x509.Certificate
	listServer, stamper *httptest.Server
}

func newOffice(tb testing.TB) *office {
	tb.Helper()
	o := &office{folder: tb.TempDir(), lists: map[string][]byte{}}
	o.listServer = httptest.NewServer(http.HandlerFunc(o.list))
	tb.Cleanup(o.listServer.Close)
	at := func(name string) string { return o.listServer.URL + "/" + name }
	o.root, o.stamps = padestest.NewRoot(tb, "root"), padestest.NewRoot(tb, "time root")
	o.issuer, o.stampers = o.root.Below(tb, "issuer", at("root")), o.stamps.Below(tb, "time issuer", at("time-root"))
	o.seal = o.issuer.Issue(tb, padestest.Request{Name: "长清区市场监管局", Lists: []string{at("issuer")}})
	o.tsa = o.stampers.Issue(tb, padestest.Request{
		Name: "tsa", For: []asn1.ObjectIdentifier{padestest.ForStamps}, Lists: []string{at("time-issuer")},
	})
	o.publish(tb)
	o.stamper = padestest.NewStamper(tb, o.tsa, now(), nil)
	keyFile(tb, o.folder, "seal", o.seal)
	keyFile(tb, o.folder, "li", o.issuer.Issue(tb, padestest.Request{Name: "李伟", Key: padestest.RSA(tb), Lists: []string{at("issuer")}}))
	put(tb, o.folder, "roots.pem", pems(o.root.Certificate))
	put(tb, o.folder, "time.pem", pems(o.stamps.Certificate))
	o.sm2(tb)
	return o
}

func (o *office) sm2(tb testing.TB) {
	tb.Helper()
	root, id := padestest.SM2(tb, padestest.Request{Name: "国密章"})
	der, err := pkcs8.ConvertPrivateKeyToPKCS8(id.Key)
	if err != nil {
		tb.Fatal(err)
	}
	o.rootSM2 = root
	put(tb, o.folder, "sm2.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	put(tb, o.folder, "sm2.pem", pems(id.Chain[0]))
	put(tb, o.folder, "sm2roots.pem", pems(root))
}

// publish publishes the lists of all authorities.
func (o *office) publish(tb testing.TB, revoked ...*x509.Certificate) {
	tb.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for path, a := range map[string]*padestest.Authority{
		"/root": o.root, "/time-root": o.stamps, "/issuer": o.issuer, "/time-issuer": o.stampers,
	} {
		o.lists[path] = a.List(tb, at, revoked...)
	}
}

func (o *office) list(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fetched++
	der, known := o.lists[r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(der)
}

// settings writes settings with everything, changed as the test wants.
func (o *office) settings(tb testing.TB, changes ...string) string {
	tb.Helper()
	text := `
seal: {pkcs12: seal.p12, password: {file: seal.password}}
people:
  li.wei: {pkcs12: li.p12, password: {file: li.password}}
timestamp: {url: "` + o.stamper.URL + `", roots: time.pem}
long_term: {}
sm2: {pem: sm2.key, certificates: sm2.pem}
roots: roots.pem
sm2_roots: sm2roots.pem
`
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			tb.Fatalf("no %q in the settings", changes[i])
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	put(tb, o.folder, "signing.yaml", []byte(text))
	return filepath.Join(o.folder, "signing.yaml")
}

func (o *office) open(tb testing.TB, changes ...string) (*Signers, error) {
	tb.Helper()
	s, err := LoadSettings(o.settings(tb, changes...))
	if err != nil {
		return nil, err
	}
	signers, err := Open(s, now, rand.Reader)
	if err == nil {
		tb.Cleanup(func() {
			if err := signers.Close(); err != nil {
				tb.Error(err)
			}
		})
	}
	return signers, err
}

func (o *office) mustOpen(tb testing.TB, changes ...string) *Signers {
	tb.Helper()
	s, err := o.open(tb, changes...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

var signatories = []Signatory{
	{Field: "inspector", Person: "wang.fang", Name: "王芳", Reason: "主检"}, // who has no key
	{Field: "approver", Person: "li.wei", Name: "李伟", Reason: "批准"},
}
