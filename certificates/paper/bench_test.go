package paper

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"

	"hengjian/certificates/fonts"
	"hengjian/certificates/pades"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/padestest"
	"hengjian/certificates/sheet"
)

// cpu is the processor time that this process has used.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// processor reports the processor time that work takes, besides the time on the clock, which other programs distort.
func processor(b *testing.B, work func() error) {
	b.Helper()
	b.ReportAllocs()
	start := cpu(b)
	for b.Loop() {
		if err := work(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpu(b)-start).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// BenchmarkDraw draws a certificate as it is issued: three pages, three fonts, QR code.
func BenchmarkDraw(b *testing.B) {
	faces(b)
	c := scaleCertificate()
	processor(b, func() error {
		_, err := Draw(c, Options{URL: testURL})
		return err
	})
}

// onePage is a certificate's first page by itself.
func onePage(b *testing.B) sheet.Document {
	doc, err := layOut(faces(b), scaleCertificate(), Options{URL: testURL})
	if err != nil {
		b.Fatal(err)
	}
	doc.Pages = doc.Pages[:1]
	return doc
}

// BenchmarkOnePage lays out and draws a document of one page.
func BenchmarkOnePage(b *testing.B) {
	set, doc := faces(b), onePage(b)
	processor(b, func() error {
		if _, err := layOut(set, scaleCertificate(), Options{URL: testURL}); err != nil {
			return err
		}
		_, err := doc.PDF(set)
		return err
	})
}

// BenchmarkPipeline makes the same page a file as it is issued: laid out, with its code, as PDF/A-3 with 20 KB of
// attachments, and signed by ECDSA.
func BenchmarkPipeline(b *testing.B) {
	set, c := faces(b), scaleCertificate()
	frozen, err := Freeze(c)
	if err != nil {
		b.Fatal(err)
	}
	noise := make([]byte, (20<<10-len(frozen))/2) // as hashes in a proof are: half of it packs away
	if _, err := rand.Read(noise); err != nil {
		b.Fatal(err)
	}
	o := Options{URL: testURL, Proof: []byte(hex.EncodeToString(noise)), Fields: []string{pades.SealField}}
	root := padestest.NewRoot(b, "root")
	seal := &cms.Standard{Identity: root.Issue(b, padestest.Request{Name: "seal"})}
	seal.Trust = cms.Trust{Roots: []*x509.Certificate{root.Certificate}, Now: time.Now}
	processor(b, func() error {
		doc, err := layOut(set, c, o)
		if err != nil {
			return err
		}
		doc.Pages, doc.Fields = doc.Pages[:1], o.Fields
		if doc.Attachments, err = attachments(c, o); err != nil {
			return err
		}
		pdf, err := doc.PDF(set)
		if err != nil {
			return err
		}
		_, err = pades.Sign(b.Context(), pdf, pades.SealField, pades.Claim{Time: time.Now(), Name: "seal"}, seal)
		return err
	})
}

// BenchmarkNaive draws the texts of the same page with gofpdf alone, which is given the whole fonts.
func BenchmarkNaive(b *testing.B) {
	doc := onePage(b)
	var data [fonts.Fallback][]byte
	for n := range data {
		var err error
		if data[n], err = os.ReadFile(filepath.Join("..", "fonts", fonts.Name(n).String()+".ttf")); err != nil {
			b.Fatal(err)
		}
	}
	processor(b, func() error {
		p := gofpdf.New("P", "mm", "A4", "")
		for n := range data {
			if fonts.Name(n) != fonts.Hei { // two fonts, as documents without our labels would have
				p.AddUTF8FontFromBytes(fonts.Name(n).String(), "", data[n])
			}
		}
		p.AddPage()
		for _, t := range doc.Pages[0].Texts {
			font := t.Font
			if font == fonts.Hei {
				font = fonts.Bold
			}
			p.SetFont(font.String(), "", t.Size)
			p.Text(t.X, t.Y, t.Text)
		}
		return p.Output(io.Discard)
	})
}

// BenchmarkLongTable draws a report of ten thousand items.
func BenchmarkLongTable(b *testing.B) {
	faces(b)
	c := foodReport()
	c.Items = slices.Repeat(c.Items[:1], maxRows)
	processor(b, func() error {
		_, err := Draw(c, Options{URL: testURL})
		return err
	})
}

// BenchmarkChromium prints the texts of the same page from HTML, placed as ours are, in the same fonts, with one headless
// Chromium that goes on running.
func BenchmarkChromium(b *testing.B) {
	if _, err := os.Stat("/usr/bin/chromium"); err != nil {
		b.Skip("Chromium is not installed")
	}
	file := onePageHTML(b)
	script := filepath.Join("..", "..", "bench", "chromium.mjs")
	for b.Loop() {
		out, err := exec.CommandContext(b.Context(), "node", script, file, "20").Output() //nolint:gosec // our own file
		if err != nil {
			b.Fatal(err)
		}
		var cost struct {
			Start    float64 `json:"start_ms"`
			Document float64 `json:"document_ms"`
			Bytes    int     `json:"bytes"`
		}
		if err := json.Unmarshal(out, &cost); err != nil || cost.Bytes < 10_000 {
			b.Fatalf("%s: %v", out, err)
		}
		b.ReportMetric(cost.Document, "cpu-ms/op")
		b.ReportMetric(cost.Start, "start-cpu-ms/op")
	}
}

// onePageHTML writes the page of BenchmarkOnePage as HTML, with its texts where they stand.
func onePageHTML(b *testing.B) (file string) {
	dir, err := filepath.Abs(filepath.Join("..", "fonts"))
	if err != nil {
		b.Fatal(err)
	}
	var h strings.Builder
	h.WriteString("<!doctype html><meta charset=utf-8><style>@page{size:A4;margin:0}span{position:absolute;white-space:pre}")
	for n := range fonts.Fallback {
		fmt.Fprintf(&h, `@font-face{font-family:%q;src:url("file://%s/%[1]s.ttf")}`, n.String(), dir)
	}
	h.WriteString("</style>")
	for _, t := range onePage(b).Pages[0].Texts {
		fmt.Fprintf(&h, `<span style="left:%.2fmm;top:%.2fmm;font:%.1fpt %s;letter-spacing:%.2fpt">%s</span>`,
			t.X, t.Ink().Y, t.Size, t.Font, t.Gap, html.EscapeString(t.Text))
	}
	file = filepath.Join(b.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(h.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}
