package paper

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hengjian/certificates/sheet"
	"hengjian/internal/errs"
)

var update = flag.Bool("update", false, "write the golden files anew")

func mustDraw(tb testing.TB, c Content, o Options) []byte {
	tb.Helper()
	data, err := Draw(c, o)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// dump writes what stands on the pages, to a tenth of a millimetre.
func dump(pages []*sheet.Page) string {
	var b strings.Builder
	for n, p := range pages {
		fmt.Fprintf(&b, "page %d\n", n+1)
		for _, f := range p.Fills {
			fmt.Fprintf(&b, "fill %.1f %.1f %.1f %.1f\n", f.X, f.Y, f.W, f.H)
		}
		for _, l := range p.Lines {
			fmt.Fprintf(&b, "line %.1f %.1f %.1f %.1f width %.2f\n", l.X1, l.Y1, l.X2, l.Y2, l.Width)
		}
		for _, c := range p.Circles {
			fmt.Fprintf(&b, "circle %.1f %.1f %.1f %.1f\n", c.X, c.Y, c.RX, c.RY)
		}
		for _, c := range p.Codes {
			fmt.Fprintf(&b, "code %.1f %.1f of %d modules\n", c.X, c.Y, len(c.Modules))
		}
		for _, t := range p.Texts {
			fmt.Fprintf(&b, "text %.1f %.1f %v %.1f %s\n", t.X, t.Y, t.Font, t.Size, t.Text)
		}
	}
	return b.String()
}

// TestGolden compares the pages of each template with what they were; -update writes them anew, to be looked at.
func TestGolden(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for name, c := range samples() {
		got := dump(mustLayOut(t, set, c, options(c)))
		file := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s changed (- was, + is):\n%s", name, diff)
		}
	}
}

// The column of clauses is there when one is known.
func TestClausesOnlyWhereKnown(t *testing.T) {
	t.Parallel()
	set, c := faces(t), scaleCertificate()
	if on := pageTexts(mustLayOut(t, set, c, Options{URL: testURL})); !strings.Contains(on, "规程条款") {
		t.Error("the clauses have no head")
	}
	for i := range c.Results {
		c.Results[i].Clause = ""
	}
	pages := mustLayOut(t, set, c, Options{URL: testURL})
	if on := pageTexts(pages); strings.Contains(on, "规程条款") {
		t.Error("a column of clauses without any clause")
	}
	if faults := collisions(pages); len(faults) > 0 {
		t.Errorf("without clauses: %q", faults)
	}
}

// TestNothingIsLeftOut finds every text of the content on the pages.
func TestNothingIsLeftOut(t *testing.T) {
	t.Parallel()
	set := faces(t)
	unprinted := map[string]bool{ // said in other words, or not for the reader
		"kind": true, "category": true, "origin": true, "body.division": true, "items.verdict": true, "results.verdict": true,
		"signatures.inspector.person_id": true, "signatures.reviewer.person_id": true, "signatures.approver.person_id": true,
		"signatures.verifier.person_id": true, "signatures.checker.person_id": true, "signatures.calibrator.person_id": true,
	}
	onReport := []string{"body.postcode", "body.email", "body.authorization"} // not on reports
	for name, c := range samples() {
		c = stretch(c, "（长一些的名称）")
		on := pageTexts(mustLayOut(t, set, c, options(c)))
		looked := 0
		eachText("", reflectOf(c), func(path, text string) {
			_, report := c.(ReportContent)
			plain := indexes.ReplaceAllString(path, "")
			if text == "" || unprinted[plain] || report && slices.Contains(onReport, plain) || !report && plain == "body.cma_number" {
				return
			}
			if plain == "groups.title" && strings.HasPrefix(text, "空栏") { // a block without fields
				return
			}
			looked++
			if !strings.Contains(on, squeeze(text)) {
				t.Errorf("%s: %s (%s) is not on the pages", name, path, text)
			}
		})
		if looked < 25 {
			t.Errorf("%s: only %d texts were looked for", name, looked)
		}
	}
}

// TestWatermarkChangesNothingElse: a copy with a watermark is the document with a word behind it.
func TestWatermarkChangesNothingElse(t *testing.T) {
	t.Parallel()
	set := faces(t)
	plain, err := layOut(set, scaleCertificate(), Options{URL: testURL})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []Watermark{Draft, Superseded, Revoked} {
		marked, err := layOut(set, scaleCertificate(), Options{URL: testURL, Watermark: w})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plain.Pages, marked.Pages); diff != "" || marked.Mark.Text == "" {
			t.Errorf("%s: mark %q, other pages:\n%s", w, marked.Mark.Text, diff)
		}
		if bytes.Equal(mustDraw(t, scaleCertificate(), Options{URL: testURL, Watermark: w}), mustDraw(t, scaleCertificate(), Options{URL: testURL})) {
			t.Errorf("%s: the watermark is not drawn", w)
		}
	}
	both := scaleCertificate()
	both.Bilingual = true
	for c, want := range map[*VerificationContent]string{&both: "REVOKED", new(scaleCertificate()): ""} {
		doc, err := layOut(set, *c, Options{URL: testURL, Watermark: Revoked})
		if err != nil || doc.Mark.Text != "已撤销" || doc.Mark.Under != want {
			t.Errorf("in two languages %v: the mark is %+v, %v", c.Bilingual, doc.Mark, err)
		}
	}
	if _, err := Draw(scaleCertificate(), Options{URL: testURL, Watermark: "gone"}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("an unknown watermark: %v, want errs.Invalid", err)
	}
}

// TestDraftNeedsNoSignatures: a preview has neither number nor signatures nor address; nothing else may be missing.
func TestDraftNeedsNoSignatures(t *testing.T) {
	t.Parallel()
	faces(t)
	c := foodReport()
	c.Number, c.IssuedOn, c.Signatures = "", day("2026-03-18"), ReportSignatures{}
	draft := mustDraw(t, c, Options{Watermark: Draft})
	if again := mustDraw(t, c, Options{Watermark: Draft}); !bytes.Equal(draft, again) {
		t.Error("a draft without signatures is not the same twice")
	}
	_, err := Draw(c, Options{})
	for _, want := range []string{"number", "signatures.inspector.name", "url"} {
		if !slices.Contains(paths(err), want) {
			t.Errorf("not a draft: faults at %q, want %s among them", paths(err), want)
		}
	}
	c.Items[0].Verdict = "undetermined"
	if _, err := Draw(c, Options{Watermark: Draft}); !slices.Equal(paths(err), []string{"items[0].verdict"}) {
		t.Errorf("a draft with an undetermined item: %v", err)
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	faces(t)
	for _, c := range []struct {
		url  string
		want bool
	}{
		{testURL, true},
		{"http://localhost:8080/v/k7m2q9x4w3t8r5n6cd", true},
		{"https://hj.example.gov.cn/v/" + strings.Repeat("a", sheet.MaxURL-28), true},
		{"https://hj.example.gov.cn/v/" + strings.Repeat("a", sheet.MaxURL-27), false},
		{"", false}, {"hj.example.gov.cn/v/a", false}, {"javascript:alert(1)", false},
		{"https://市场监管.cn/v/a", false}, {"https://a.cn/v/ a", false},
	} {
		if _, err := Draw(foodReport(), Options{URL: c.url}); (err == nil) != c.want {
			t.Errorf("%q (%d bytes): %v, want drawn %v", c.url, len(c.url), err, c.want)
		}
	}
}

// TestFixedTextsStayOnTheirLine: what stands at a fixed place may be neither too long nor of several lines.
func TestFixedTextsStayOnTheirLine(t *testing.T) {
	t.Parallel()
	faces(t)
	c := foodReport()
	c.Body.Name = strings.Repeat("长", 61)
	c.Signatures.Reviewer.Name = "甲\n乙"
	_, err := Draw(c, Options{URL: testURL})
	if got, want := paths(err), []string{"body.name", "signatures.reviewer.name"}; !slices.Equal(got, want) {
		t.Errorf("faults at %q, want %q", got, want)
	}
}

// TestLongTable: ten thousand rows are set, one more is refused. TestLongTableInBounds draws them.
func TestLongTable(t *testing.T) {
	t.Parallel()
	set := faces(t)
	c := foodReport()
	c.Items = slices.Repeat(c.Items[:1], maxRows)
	doc, err := layOut(set, c, Options{URL: testURL})
	if err != nil {
		t.Fatal(err)
	}
	pages := doc.Pages
	if len(pages) < 300 || len(pages) > 1500 {
		t.Errorf("%d items take %d pages", maxRows, len(pages))
	}
	for _, n := range []int{1, len(pages) / 2, len(pages) - 1} {
		if faults := pageCollisions(pages[n]); len(faults) > 0 {
			t.Errorf("page %d: %s", n+1, faults[0])
		}
	}
	c.Items = append(c.Items, c.Items[0])
	if _, err := Draw(c, Options{URL: testURL}); !slices.Equal(paths(err), []string{"items"}) {
		t.Errorf("one more item: %v, want a fault at items", paths(err))
	}
}

func TestSubmittedSample(t *testing.T) {
	t.Parallel()
	set := faces(t)
	c := foodReport()
	c.Origin, c.Sampling, c.Sample.SampledUnit = Submitted, nil, Party{}
	pages := mustLayOut(t, set, c, Options{URL: testURL})
	on := pageTexts(pages)
	if !strings.Contains(on, "仅对来样负责") || strings.Contains(on, "被抽样单位") {
		t.Error("a report on a submitted sample does not say what it answers for")
	}
	if faults := collisions(pages); len(faults) > 0 {
		t.Error(faults)
	}
}

// TestCMAMark: the mark stands on a report only when the body has it and an item is within its scope.
func TestCMAMark(t *testing.T) {
	t.Parallel()
	set := faces(t)
	none := foodReport()
	none.Items = slices.Clone(none.Items)
	for i := range none.Items {
		none.Items[i].CMA = false
	}
	for name, c := range map[string]struct {
		content      ReportContent
		mark, star   bool
		wantSentence string
	}{
		"some items": {foodReport(), true, true, "标“*”的项目不在本机构资质认定的能力范围内"},
		"all items":  {drugReport(), true, false, ""},
		"no items":   {none, false, false, "本报告所列项目不在资质认定的能力范围内"},
	} {
		on := pageTexts(mustLayOut(t, set, c.content, Options{URL: testURL}))
		if got := strings.Contains(on, "MA"+testBody.CMANumber); got != c.mark {
			t.Errorf("%s: the mark is there: %v, want %v", name, got, c.mark)
		}
		if got := strings.Contains(on, "*△噻虫胺"); got != c.star {
			t.Errorf("%s: the item is flagged: %v, want %v", name, got, c.star)
		}
		if !strings.Contains(on, c.wantSentence) {
			t.Errorf("%s: the statement %q is missing", name, c.wantSentence)
		}
	}
}
