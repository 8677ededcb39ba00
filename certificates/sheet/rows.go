package sheet

// Thickness of the lines of tables: the frame and what is inside, in millimetres.
const (
	thick = 0.45
	thin  = 0.2
)

// Cell is one cell of a row.
type Cell struct {
	Text  string
	Style Style
	Width float64
	Shade bool    // light background, for labels and heads
	Extra float64 // empty height kept below the text, for seals
	Top   bool    // text at the top; otherwise in the middle
	Under string  // set below the text in its own style, as a translation is
	Below Style   // of Under
}

// Row is one row of a table: cells that together are as wide as the frame.
type Row []Cell

// padding of a cell: left and right, above and below.
const (
	padX = 1.4
	padY = 1.1
)

var shade = Color{244, 246, 248}

// cellLine is a line of a cell with the style that it is set in.
type cellLine struct {
	line
	style Style
}

// set is a row broken into lines.
type set struct {
	row   Row
	lines [][]cellLine
}

func (s *Sheet) setRow(r Row) set {
	out := set{row: r, lines: make([][]cellLine, len(r))}
	for i, c := range r {
		for _, l := range s.wrap(c.Style, c.Text, c.Width-2*padX) {
			out.lines[i] = append(out.lines[i], cellLine{l, c.Style})
		}
		if c.Under == "" {
			continue
		}
		for _, l := range s.wrap(c.Below, c.Under, c.Width-2*padX) {
			out.lines[i] = append(out.lines[i], cellLine{l, c.Below})
		}
	}
	return out
}

// tall is how high the lines are together.
func tall(lines []cellLine) float64 {
	h := 0.0
	for _, l := range lines {
		h += l.style.lineHeight()
	}
	return h
}

// fitting is how many of the lines fit into room, at least one where there are any.
func fitting(lines []cellLine, room float64) int {
	n := 0
	for n < len(lines) && (n == 0 || tall(lines[:n+1]) <= room) {
		n++
	}
	return n
}

func (t set) height() float64 {
	h := 0.0
	for i, c := range t.row {
		h = max(h, tall(t.lines[i])+c.Extra+2*padY)
	}
	return h
}

// table is a table on its way over pages.
type table struct {
	*Sheet
	head []set
	tall float64 // height of the head
	top  float64 // of the part on this page; negative before it has one
}

// Rows draws a table. head, which may be empty, is repeated at the top of each page that the table goes on to. A row is
// kept whole when a page can hold it; one that is higher than a page goes on over pages, line by line. It returns the
// boxes of the last row's cells.
func (s *Sheet) Rows(head, rows []Row) []Rect {
	t := table{Sheet: s, top: -1}
	for _, r := range head {
		t.head = append(t.head, s.setRow(r))
		t.tall += t.head[len(t.head)-1].height()
	}
	var last []Rect
	for _, r := range rows {
		last = t.place(s.setRow(r))
	}
	t.end()
	return last
}

// place draws a row, on a new page when this one cannot hold it.
func (t *table) place(r set) []Rect {
	const some = 30.0 // with less left, a row higher than a page begins on the next one
	whole := t.frame.H - t.tall
	for {
		h := r.height()
		t.begin(min(h, whole))
		if h <= t.room()+slack {
			return t.drawRow(r)
		}
		if h > whole && t.room() > min(some, whole-slack) {
			var part set
			part, r = r.split(t.room())
			t.drawRow(part)
		}
		t.end()
		t.NewPage()
	}
}

// begin draws the head where the table begins on a page, where there is room for it and a row of height h.
func (t *table) begin(h float64) {
	if t.top >= 0 {
		return
	}
	t.Need(t.tall + h)
	t.top = t.y
	for _, r := range t.head {
		t.drawRow(r)
	}
}

// end draws the thick frame around the part of the table on this page.
func (t *table) end() {
	if t.top < 0 {
		return
	}
	l, r := t.frame.X, t.frame.Right()
	for _, e := range [...][4]float64{{l, t.top, r, t.top}, {l, t.y, r, t.y}, {l, t.top, l, t.y}, {r, t.top, r, t.y}} {
		t.Rule(Line{X1: e[0], Y1: e[1], X2: e[2], Y2: e[3], Width: thick})
	}
	t.top = -1
}

// split takes as many lines of each cell as fit into room, at least one.
func (t set) split(room float64) (part, rest set) {
	part, rest = set{row: append(Row(nil), t.row...)}, set{row: t.row}
	for i := range t.row {
		n := fitting(t.lines[i], room-2*padY)
		part.row[i].Extra = 0
		part.lines = append(part.lines, t.lines[i][:n])
		rest.lines = append(rest.lines, t.lines[i][n:])
	}
	return part, rest
}

// drawRow draws a row at the current place, with thin lines around its cells, and returns the boxes of the cells.
func (s *Sheet) drawRow(t set) []Rect {
	h, x := t.height(), s.frame.X
	boxes := make([]Rect, len(t.row))
	for i, c := range t.row {
		box := Rect{x, s.y, c.Width, h}
		boxes[i] = box
		if c.Shade {
			s.page.Fills = append(s.page.Fills, Fill{box, shade})
		}
		if i > 0 {
			s.Rule(Line{X1: x, Y1: s.y, X2: x, Y2: s.y + h, Width: thin})
		}
		s.fillCell(c, t.lines[i], box)
		x += c.Width
	}
	s.y += h
	s.Rule(Line{X1: s.frame.X, Y1: s.y, X2: x, Y2: s.y, Width: thin})
	return boxes
}

func (s *Sheet) fillCell(c Cell, lines []cellLine, box Rect) {
	inner := Rect{box.X + padX, box.Y + padY, box.W - 2*padX, box.H - 2*padY}
	y := inner.Y
	if !c.Top {
		y += (inner.H - c.Extra - tall(lines)) / 2
	}
	for _, l := range lines {
		s.put(l.style, l.line, inner, y)
		y += l.style.lineHeight()
	}
}
