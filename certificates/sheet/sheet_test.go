package sheet

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"hengjian/certificates/fonts"
)

// faces returns the document fonts; without them there is nothing to draw with.
func faces(tb testing.TB) *fonts.Set {
	tb.Helper()
	set, err := fonts.Load()
	if err != nil {
		tb.Skip("the document fonts are not there: make build, or scripts/fonts.sh, copies them")
	}
	return set
}

var plain = Style{Font: fonts.Song, Size: 10}

func newSheet(tb testing.TB) *Sheet {
	return New(faces(tb), Rect{X: 20, Y: 20, W: 170, H: 250}, nil)
}

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"检验\r\n报告\r完\u2028。", "检验\n报告\n完\n。"},
		{"a\tb\u2009c", "a b c"},
		{"\ufeff零\u200b宽\u200d字\u00ad符\ufe0f", "零宽字符"},
		{"全　角\u00a0空", "全　角\u00a0空"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestUnprintable(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for _, c := range []struct{ in, want string }{
		{"芹菜（鲜）℃ ‰ μg/kg m·s⁻¹ H₂O 10⁻⁶", ""},
		{"䶮㛃𬭎", ""},
		{"x\u0304 e\u0301 \u1e41", ""}, // with accents, composed and not
		{"好😀的😀", "😀"},
		{"שלום", "שלום"},
		{"\u202e倒", "\u202e"}, // a direction override is not dropped in silence
		{"a\x00b", "\x00"},
		{"\xff", "\ufffd"},
		{"葛\U000E0100", "\U000E0100"}, // nor is the choice of another shape
		{"侮\uFE00", "\uFE00"},
		{"☎\uFE0E", ""},                                   // ink is what it asks for
		{"👨\u200D👩", "👨👩"},                                // a family is no glyph either
		{"x\u0304\u0301", "\u0301"},                       // one on the other
		{"\u0304x", "\u0304"},                             // over nothing
		{"甲\u20DE 5\u20DD 甲\u302A", "\u20DE\u20DD\u302A"}, // around a character, in its corner
		{"か\u309A", "\u309A"},
		{"\u1112\u1161\u11AB", "\u1112\u1161\u11AB"}, // letters that only shaping joins to a syllable
		{"བོད་", "བོད་"},
		{"ئۇيغۇر", "ئۇيغر"},
		{"ᠮᠣᠩᠭᠣᠯ", "ᠮᠣᠩᠭᠯ"},
	} {
		if got := string(Unprintable(set, c.in)); got != c.want {
			t.Errorf("Unprintable(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// texts are the texts of a page that stand in the column at x, top to bottom.
func texts(p *Page) []string {
	var out []string
	for _, t := range p.Texts {
		out = append(out, t.Text)
	}
	return out
}

func rowsOf(n int, text string) []Row {
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = Row{{Text: text, Style: plain, Width: 170}}
	}
	return rows
}

func TestRowsRepeatTheHead(t *testing.T) {
	t.Parallel()
	s := newSheet(t)
	s.Rows([]Row{{{Text: "表头", Style: plain, Width: 170}}}, rowsOf(100, "行"))
	pages := s.Finish(func(*Sheet, int, int) {})
	total := 0
	for n, p := range pages {
		got := texts(p)
		if got[0] != "表头" {
			t.Errorf("page %d begins with %q, want the head", n+1, got[0])
		}
		if bottom := p.Texts[len(p.Texts)-1].Ink().Bottom(); bottom > 270 {
			t.Errorf("page %d goes down to %v, past its frame", n+1, bottom)
		}
		total += len(got) - 1
	}
	if total != 100 || len(pages) < 2 {
		t.Errorf("%d rows on %d pages, want 100 on several", total, len(pages))
	}
}

func TestRowsSplitWhatNoPageHolds(t *testing.T) {
	t.Parallel()
	s := newSheet(t)
	long := strings.Repeat("甲乙丙丁\n", 119) + "戊"
	boxes := s.Rows(nil, []Row{
		{{Text: "短", Style: plain, Width: 30}, {Text: long, Style: plain, Width: 140, Extra: 40}},
	})
	pages := s.Finish(func(*Sheet, int, int) {})
	lines := 0
	for n, p := range pages {
		for _, x := range p.Texts {
			if x.Text == "甲乙丙丁" || x.Text == "戊" {
				lines++
			}
			if x.Ink().Bottom() > 270 {
				t.Errorf("page %d: %q at %v, past the frame", n+1, x.Text, x.Y)
			}
		}
	}
	last := pages[len(pages)-1].Texts
	if lines != 120 {
		t.Errorf("%d lines, want 120", lines)
	}
	if free := boxes[1].Bottom() - last[len(last)-1].Ink().Bottom(); free < 38 {
		t.Errorf("%v mm left below the text, want the 40 kept for the seal", free)
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wants []float64
		total float64
		want  []float64
	}{
		{[]float64{10, 100, 100}, 110, []float64{10, 50, 50}},
		{[]float64{200, 10, 20}, 60, []float64{30, 10, 20}},
		{[]float64{50, 50}, 60, []float64{30, 30}},
	} {
		if got := share(c.wants, c.total); !slices.Equal(got, c.want) {
			t.Errorf("share(%v, %v) = %v, want %v", c.wants, c.total, got, c.want)
		}
	}
}

func TestFitColumnsFillsTheWidth(t *testing.T) {
	t.Parallel()
	s := newSheet(t)
	for _, columns := range [][][]string{
		{{"a"}, {"b"}},
		{{strings.Repeat("长", 80)}, {"b"}, {"检验项目", "x"}},
	} {
		sum := 0.0
		for _, w := range s.FitColumns(plain, columns, 170) {
			sum += w
		}
		if math.Abs(sum-170) > 1e-6 {
			t.Errorf("columns %q are %v wide together, want 170", columns, sum)
		}
	}
}

// TestWidthsAreTrue compares the measure of a text with the advances of its glyphs.
func TestWidthsAreTrue(t *testing.T) {
	t.Parallel()
	s := newSheet(t)
	if got, want := s.Width(plain, "检验"), 2*10*point; math.Abs(got-want) > 1e-9 {
		t.Errorf("two ideographs of 10 pt are %v wide, want %v", got, want)
	}
	gap := Style{Font: fonts.Song, Size: 10, Gap: 0.5}
	if got, want := s.Width(gap, "检验"), 2.5*10*point; math.Abs(got-want) > 1e-9 {
		t.Errorf("spaced by half an em they are %v wide, want %v", got, want)
	}
	if got, want := s.Height(gap, "检验", 2.5*10*point), gap.lineHeight(); got != want {
		t.Errorf("in that width they are %v high, want one line of %v", got, want)
	}
}

func TestSpreadFillsItsBox(t *testing.T) {
	t.Parallel()
	s := newSheet(t)
	s.At(Style{Font: fonts.Song, Size: 12, Align: Spread}, "型号规格", Rect{X: 30, Y: 40, W: 60})
	got := s.page.Texts[0]
	if math.Abs(got.X-30) > 1e-9 || math.Abs(got.Ink().Right()-90) > 1e-6 {
		t.Errorf("spread from %v to %v, want 30 to 90", got.X, got.Ink().Right())
	}
}

// document is a page with every kind of thing on it.
func document(tb testing.TB) Document {
	s := newSheet(tb)
	s.Paragraph(plain, "检验报告 𬭎 m·s⁻¹")
	s.At(Style{Font: fonts.Bold, Size: 20, Align: Center, Gap: 0.5}, "检定证书", Rect{X: 20, Y: 60, W: 170})
	s.Rows(nil, rowsOf(3, "行"))
	s.Ring(Circle{X: 60, Y: 200, RX: 20, RY: 20, Width: 0.2, Dashed: true})
	s.Ring(Circle{X: 120, Y: 200, RX: 12, RY: 6, Width: 1, From: 30, To: 330})
	code, err := NewCode("https://example.org/v/abc")
	if err != nil {
		tb.Fatal(err)
	}
	code.X, code.Y = 150, 220
	s.Code(code)
	return Document{
		Title: "检定证书 𬭎", Author: "机构", Subject: "合格", Created: time.Date(2026, 3, 5, 8, 0, 0, 0, time.UTC),
		Mark: Watermark{Text: "草稿", Color: Grey}, Pages: s.Finish(func(*Sheet, int, int) {}),
	}
}

func TestPDFRefusesWhatTheFontsLack(t *testing.T) {
	t.Parallel()
	set := faces(t)
	d := document(t)
	d.Pages[0].Texts[0].Text = "😀"
	if data, err := d.PDF(set); err == nil || !strings.Contains(err.Error(), "U+1F600") {
		t.Errorf("a page with an emoji: %d bytes, error %v; want one that names U+1F600", len(data), err)
	}
	d = document(t)
	d.Pages[0].Texts[0].Text = "a\xff"
	if _, err := d.PDF(set); err == nil {
		t.Error("a page with bytes that are not UTF-8 was drawn")
	}
}
