package sheet

import "hengjian/certificates/fonts"

// Sheet lays out a document from top to bottom, page after page, within its frame.
type Sheet struct {
	set   *fonts.Set
	frame Rect
	pages []*Page
	page  *Page
	y     float64
	padY  float64      // of cells, above and below
	head  func(*Sheet) // sets the head of each page but the first
}

// New starts a document. Text flows within frame; head, which may be nil, is called at the top of each page but the
// first and sets what stands there with At, outside the frame.
func New(set *fonts.Set, frame Rect, head func(*Sheet)) *Sheet {
	s := &Sheet{set: set, frame: frame, head: head, padY: padY}
	s.NewPage()
	return s
}

// NewPage goes on at the top of a new page.
func (s *Sheet) NewPage() {
	s.page = &Page{}
	s.pages = append(s.pages, s.page)
	s.y = s.frame.Y
	if len(s.pages) > 1 && s.head != nil {
		s.head(s)
	}
}

// Y is where the next thing will stand.
func (s *Sheet) Y() float64 { return s.y }

// Space leaves h empty.
func (s *Sheet) Space(h float64) { s.y += h }

// Need starts a new page unless h is left on this one.
func (s *Sheet) Need(h float64) {
	if s.Room()+slack < h && !s.AtTop() {
		s.NewPage()
	}
}

// Room is how much of the current page is left.
func (s *Sheet) Room() float64 { return s.frame.Bottom() - s.y }

// At sets text at a fixed place on the current page, from the top of box, and returns its height. Lines that do not fit
// into the width are broken; the box is as high as the text needs.
func (s *Sheet) At(st Style, text string, box Rect) float64 {
	lines := s.wrap(st, text, box.W)
	h := st.lineHeight()
	box.H = h * float64(len(lines))
	for i, l := range lines {
		s.put(st, l, box, box.Y+float64(i)*h)
	}
	return box.H
}

// Paragraph sets text over the width of the frame, over several pages when it must.
func (s *Sheet) Paragraph(st Style, text string) {
	h := st.lineHeight()
	for _, l := range s.wrap(st, text, s.frame.W) {
		s.Need(h)
		s.put(st, l, Rect{s.frame.X, s.y, s.frame.W, h}, s.y)
		s.y += h
	}
}

// Blank is a line of a form to be filled in: a label and beside it the value over a rule.
type Blank struct {
	Label, Value, Under  Style   // Under is of the translation below the label
	LabelX, LabelW, X, W float64 // of the label, of the value
	Below                float64 // space after it
}

// Fill sets a filled-in blank at the current place. A long value goes on over lines and pages.
func (s *Sheet) Fill(b Blank, f Field) {
	h := b.Value.lineHeight()
	for i, l := range s.wrap(b.Value, f.Value, b.W) {
		s.Need(h + 1)
		if i == 0 {
			below := s.At(b.Label, f.Label, Rect{X: b.LabelX, Y: s.y, W: b.LabelW})
			if f.Under != "" {
				s.At(b.Under, f.Under, Rect{X: b.LabelX, Y: s.y + below, W: b.LabelW})
			}
		}
		s.put(b.Value, l, Rect{b.X, s.y, b.W, h}, s.y)
		s.y += h
	}
	s.y += 0.4
	s.Rule(Line{X1: b.X - 1, Y1: s.y, X2: b.X + b.W + 1, Y2: s.y, Width: thin})
	s.y += b.Below
}

// AtTop reports whether nothing stands on the current page's frame yet.
func (s *Sheet) AtTop() bool { return s.y <= s.frame.Y }

// Pages is the number of pages so far.
func (s *Sheet) Pages() int { return len(s.pages) }

// Rule draws a line on the current page.
func (s *Sheet) Rule(l Line) { s.page.Lines = append(s.page.Lines, l) }

// Frame draws the sides of a box on the current page.
func (s *Sheet) Frame(r Rect, c Color) {
	for _, e := range [...][4]float64{
		{r.X, r.Y, r.Right(), r.Y}, {r.X, r.Bottom(), r.Right(), r.Bottom()},
		{r.X, r.Y, r.X, r.Bottom()}, {r.Right(), r.Y, r.Right(), r.Bottom()},
	} {
		s.Rule(Line{X1: e[0], Y1: e[1], X2: e[2], Y2: e[3], Width: thin, Color: c})
	}
}

// Ring draws a circle or an arc on the current page.
func (s *Sheet) Ring(c Circle) { s.page.Circles = append(s.page.Circles, c) }

// Code draws a code on the current page.
func (s *Sheet) Code(c Code) { s.page.Codes = append(s.page.Codes, c) }

// Finish calls foot for each page, now that their number is known, with the page current, and returns them.
func (s *Sheet) Finish(foot func(s *Sheet, n, of int)) []*Page {
	for i, p := range s.pages {
		s.page = p
		foot(s, i+1, len(s.pages))
	}
	return s.pages
}
