package sheet

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func pagesOf(s *Sheet) []*Page { return s.Finish(func(*Sheet, int, int) {}) }

// TestLastRowStaysWithWhatIsBelow: the last row leaves a page that has no room for what must not stand without it, and
// takes the head along; where there never is enough room, nothing moves.
func TestLastRowStaysWithWhatIsBelow(t *testing.T) {
	t.Parallel()
	head := []Row{{{Text: "表头", Style: plain, Width: 170}}}
	for _, below := range []float64{0, 10, 40, 120, 240, 300} {
		for n := 2; n < 45; n++ {
			s := newSheet(t)
			s.Table(Table{Head: head, Rows: append(rowsOf(n-1, "行"), rowsOf(1, "末行")...), Below: below})
			last := texts(pagesOf(s)[s.Pages()-1])
			if s.Room() < below && below < 230 {
				t.Errorf("%d rows leave %.1f of %.1f", n, s.Room(), below)
			}
			if last[0] != "表头" || last[len(last)-1] != "末行" {
				t.Errorf("%d rows above %.0f: the last page says %q", n, below, last)
			}
		}
	}
}

// TestTallRows: a row higher than half a page begins on the page where it comes, and goes on over pages; one that a page
// holds does not where it has places for hands.
func TestTallRows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines int
		extra float64
		pages int
		first string
	}{
		{20, 0, 2, "行"}, {30, 0, 2, "长1"}, {80, 0, 3, "长1"}, {30, 40, 2, "行"}, {80, 40, 3, "长1"},
	} {
		s := newSheet(t)
		s.Space(150)
		var long []string
		for i := range c.lines {
			long = append(long, "长"+string(rune('1'+i)))
		}
		s.Rows(nil, rowsOf(1, "行"))
		s.Rows(nil, []Row{{{Text: strings.Join(long, "\n"), Style: plain, Width: 170, Extra: c.extra}}})
		pages := pagesOf(s)
		first, all := texts(pages[0]), []string{}
		for _, p := range pages {
			all = append(all, texts(p)...)
		}
		if len(pages) != c.pages || (len(first) > 1) != (c.first == "长1") || !slices.Equal(all[1:], long) {
			t.Errorf("%d lines with %.0f below: %d pages, the first says %q", c.lines, c.extra, len(pages), first)
		}
		if end := texts(pages[len(pages)-1]); len(end) == 0 {
			t.Errorf("%d lines with %.0f below: no text stands where it is kept", c.lines, c.extra)
		}
	}
}

// TestTallRowsEndWithText: what is kept below a row, or in it for hands, has some of its text on its page.
func TestTallRowsEndWithText(t *testing.T) {
	t.Parallel()
	for n := 20; n < 110; n++ {
		for _, kept := range []struct{ extra, below float64 }{{40, 0}, {0, 60}, {40, 60}} {
			s := newSheet(t)
			s.Space(100)
			row := Row{{Text: strings.TrimSpace(strings.Repeat("行\n", n)), Style: plain, Width: 170, Extra: kept.extra}}
			s.Table(Table{Rows: []Row{row}, Below: kept.below})
			room, pages := s.Room(), pagesOf(s)
			if last := texts(pages[len(pages)-1]); len(last) == 0 || room < kept.below {
				t.Errorf("%d lines with %v: %d on the last page, which has %.1f left", n, kept, len(last), room)
			}
		}
	}
}

// TestSide: what stands beside a table stands beside each of its parts, and none is lower than it.
func TestSide(t *testing.T) {
	t.Parallel()
	side := Cell{Text: "栏目\n名称\n甲乙\n丙丁", Style: plain, Width: 20}
	row := func() Row { return Row{{Text: "行", Style: plain, Width: 150}} }
	for _, rows := range []int{1, 2, 3, 60} {
		for _, above := range []float64{0, 228, 234, 243} {
			s := newSheet(t)
			s.Space(above)
			boxes := s.Table(Table{Rows: slices.Repeat([]Row{row()}, rows), Side: side})
			if height := s.RowHeight(Row{side}); rows == 1 && boxes[0].H < height-slack {
				t.Errorf("a single row is %.1f high beside %.1f", boxes[0].H, height)
			}
			found := 0
			for n, p := range pagesOf(s) {
				if len(p.Texts) == 0 { // the table began on the next one
					continue
				}
				beside := 0
				for _, text := range p.Texts {
					if text.X < 40 {
						beside++
					} else {
						found++
					}
				}
				if beside != 4 || len(p.Fills) != 1 || p.Fills[0].H < 4*plain.lineHeight()+2*padY-slack || p.Fills[0].Bottom() > 270+slack {
					t.Errorf("%d rows from %.0f on, page %d: %d lines beside, over %v", rows, above, n+1, beside, p.Fills)
				}
			}
			if found != rows {
				t.Errorf("%d rows from %.0f on: %d are there", rows, above, found)
			}
		}
	}
}

// TestNumbersAreNotCut: a word or a number that is wider than its cell is set smaller, and cut only when it would have to
// be smaller than can be read.
func TestNumbersAreNotCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		lines []string
		small bool
	}{
		{"-12345.6789", []string{"-12345.6789"}, false}, {"-12345.678901", []string{"-12345.678901"}, true},
		{"值 -12345.678901 g", []string{"值", "-12345.678901", "g"}, true}, {"两行就够了的说明文字", []string{"两行就够了的", "说明文字"}, false},
		{strings.Repeat("1", 40), nil, true},
	} {
		s := newSheet(t)
		s.Rows(nil, []Row{{{Text: c.text, Style: plain, Width: 24}}})
		page := pagesOf(s)[0]
		got := texts(page)
		if c.lines != nil && !slices.Equal(got, c.lines) || strings.Join(got, "") != strings.Join(strings.Fields(c.text), "") && c.lines == nil {
			t.Errorf("%s is set as %q, want %q", c.text, got, c.lines)
		}
		if size := page.Texts[0].Size; size < leastSize || size > plain.Size || (size < plain.Size) != c.small {
			t.Errorf("%s is set in %.1f points", c.text, size)
		}
	}
}

// TestPack: every field is there in its order, label before value, each row as wide as asked, and no text needs two lines
// where a row has room for it.
func TestPack(t *testing.T) {
	t.Parallel()
	style := GridStyle{Label: plain, Value: plain}
	fields := []Field{
		{Label: "样品名称", Value: "芹菜"}, {Label: "规格", Value: "/"}, {Label: "统一社会信用代码", Value: "92370113MA00000000"},
		{Label: "地址", Value: strings.Repeat("山东省济南市", 12)}, {Label: "电话", Value: "/"}, {Label: strings.Repeat("很长的标签", 6), Value: "是"},
	}
	for _, width := range []float64{60, 100, 163.3, 170} {
		s := newSheet(t)
		var got []string
		for _, row := range s.Pack(style, fields, width) {
			sum := 0.0
			for _, c := range row {
				sum += c.Width
				got = append(got, c.Text)
				if natural := s.Width(c.Style, c.Text) + 2*padX; natural < width/3 && natural < mostLabel && c.Width < natural {
					t.Errorf("%q has %.1f of %.1f", c.Text, c.Width, natural)
				}
			}
			if sum < width-0.01 || sum > width+0.01 {
				t.Errorf("a row is %.2f wide, want %.2f", sum, width)
			}
		}
		var want []string
		for _, f := range fields {
			want = append(want, f.Label, f.Value)
		}
		if !slices.Equal(got, want) {
			t.Errorf("on %.0f: %q, want %q", width, got, want)
		}
	}
	if rows := newSheet(t).Pack(style, fields[:3], 170); len(rows) != 1 {
		t.Errorf("three short fields take %d rows", len(rows))
	}
}

// TestMarksStayOnThePage: a watermark and what is below it cross the middle and do not reach the edges.
func TestMarksStayOnThePage(t *testing.T) {
	t.Parallel()
	set := faces(t)
	if marks := (Document{}).marks(set); len(marks) > 0 {
		t.Errorf("no mark is drawn as %v", marks)
	}
	marks := Document{Mark: Watermark{Text: "草稿无效", Under: "DRAFT – NOT VALID"}}.marks(set)
	if len(marks) != 2 {
		t.Fatalf("%d texts, want 2", len(marks))
	}
	for _, m := range marks {
		width := newSheet(t).Width(Style{Font: m.Font, Size: m.Size}, m.Text) * math.Sqrt2 / 2
		if m.X < 20 || m.X+width > PaperWidth-15 || m.Y-width < 20 || m.Y > PaperHeight-20 || m.Turn != markAngle {
			t.Errorf("%q goes from %.0f, %.0f over %.0f", m.Text, m.X, m.Y, width)
		}
	}
	if apart := (marks[1].Y + marks[1].X - marks[0].Y - marks[0].X) / math.Sqrt2; apart < markSize*point*0.6 {
		t.Errorf("the second text is %.1f mm below the first", apart)
	}
}
