package certificates

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"hengjian/internal/errs"
)

// failing lists which of the steps of a check do not hold, by their place.
func failing(c FileCheck) []int {
	var out []int
	for i, s := range c.Steps {
		if !s.Holds {
			out = append(out, i)
		}
	}
	return out
}

// A document's file is checked by itself: proof, embedded content, and the page drawn anew; with the proofs of the public
// address its own bytes, too.
func TestCheckFile(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	pdf, d, err := b.PDF(t.Context(), b.actors["feng"], b.issued("K-1", "15.000").Number)
	b.must(err)
	other, _, err := b.PDF(t.Context(), b.actors["feng"], b.issued("K-2", "15.000").Number)
	b.must(err)
	b.must(b.log.Settle(t.Context()))
	proofs, err := b.Proofs(t.Context(), d.Code)
	b.must(err)
	keys, err := b.log.VerifierKeys(t.Context(), "370113")
	b.must(err)
	const otherKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
	for _, tt := range []struct {
		name string
		pdf  []byte
		opts CheckOptions
		want []int
	}{
		{"as issued", pdf, CheckOptions{}, nil},
		{"with key and proofs", pdf, CheckOptions{Keys: keys[:1], Proofs: &proofs}, nil},
		{"with the key before and the key", pdf, CheckOptions{Keys: []string{otherKey, keys[0]}, Proofs: &proofs}, nil},
		{"another document's file", other, CheckOptions{Proofs: &proofs}, []int{3}},
		{"another key", pdf, CheckOptions{Keys: []string{otherKey}}, []int{0}},
		{"a byte changed where no reader looks", bytes.Replace(pdf, []byte("Hengjian"), []byte("Hengjiam"), 1), CheckOptions{Proofs: &proofs}, []int{2, 3}},
	} {
		got, err := CheckFile(tt.pdf, b.now, tt.opts)
		if err != nil || !slices.Equal(failing(got), tt.want) || got.Number == "" {
			t.Errorf("%s: %v do not hold, %v; want %v: %+v", tt.name, failing(got), err, tt.want, got)
		}
	}
	_, err = CheckFile(pdf, b.now, CheckOptions{Keys: []string{"no key"}})
	b.wantCode("no key", err, errs.Invalid, "log_key")
	for name, bad := range map[string][]byte{"nothing": nil, "no PDF": []byte("hello"), "cut short": pdf[:len(pdf)/2]} {
		if _, err := CheckFile(bad, b.now, CheckOptions{}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
}

// What a file says of itself is held against its proof: neither another event nor another content passes.
func TestCheckOfWhatIsSaid(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	pdf, _, err := b.PDF(t.Context(), b.actors["feng"], b.issued("K-1", "15.000").Number)
	b.must(err)
	attached, err := attachments(pdf)
	b.must(err)
	var said FileProof
	b.must(json.Unmarshal(attached["hengjian-ledger-proof.json"], &said))
	content := attached["hengjian-content.json"]
	for _, tt := range []struct {
		name    string
		change  func(*FileProof)
		content []byte
		code    string
	}{
		{"as it is", func(*FileProof) {}, content, ""},
		{"another number", func(p *FileProof) { p.Number = "JDZ26-370113-99999" }, content, "proof_other"},
		{"another content", func(*FileProof) {}, bytes.Replace(content, []byte("pass"), []byte("fail"), 1), "content_differs"},
		{"no event", func(p *FileProof) { p.Issued.Event = "{}" }, content, "event_schema"},
		{"an event of another kind", func(p *FileProof) {
			p.Issued.Event = strings.Replace(p.Issued.Event, "document.issued", "document.revoked", 1)
		}, content, "proof_other"},
	} {
		changed := said
		tt.change(&changed)
		b.wantStep(tt.name, issuedAs(changed, tt.content), tt.code)
	}
	if _, err := readFileProof(append(attached["hengjian-ledger-proof.json"], '\n')); err == nil {
		t.Error("a proof with more in it than is read is taken")
	}
	forged := said.Issued
	forged.Event = strings.Replace(forged.Event, `"pass"`, `"fail"`, 1)
	b.wantStep("a changed event", inLedger(forged, nil), "proof_failed")
	forged = said.Issued
	forged.Origin = "evil.example/log"
	b.wantStep("another log", inLedger(forged, nil), "proof_origin")
}

func (b *bureau) wantStep(name string, err error, code string) {
	b.Helper()
	if code == "" {
		if err != nil {
			b.Errorf("%s: %v", name, err)
		}
		return
	}
	b.wantCode(name, err, errs.Invalid, code)
}

// Whatever a file is, looking into it ends without a panic.
func FuzzAttachments(f *testing.F) {
	f.Add([]byte("%PDF-1.7\n1 0 obj\n<</Type /Catalog /Names <</EmbeddedFiles <</Names [(a) 2 0 R]>>>>>>\nendobj\ntrailer <</Root 1 0 R>>\n"))
	f.Add([]byte("%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1>>\nstartxref\n9\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, pdf []byte) {
		if c, err := CheckFile(pdf, time.Now, CheckOptions{}); err == nil && c.Holds() {
			t.Errorf("%q is taken for a document: %+v", pdf, c)
		}
	})
}

// Whatever a proof says, reading and judging it ends without a panic, and no other event than the issue is taken.
func FuzzFileProof(f *testing.F) {
	told := `{"format":"` + fileProofFormat + `","number":"n","url":"http://a/v/b","issued":{"event":"{}","proof":"c2sp.org/tlog-proof@v1\nindex 0\n\n","origin":"o","key":"k","index":0}}`
	f.Add([]byte(told))
	f.Fuzz(func(t *testing.T, attached []byte) {
		said, err := readFileProof(attached)
		if err != nil {
			return
		}
		if inLedger(said.Issued, nil) == nil && issuedAs(said, nil) == nil {
			t.Errorf("%q proves a document without content", attached)
		}
		_ = said.bears(nil)
	})
}
