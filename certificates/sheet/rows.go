package sheet

import "slices"

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
	Least float64 // height of the row at least, the text in its middle
	Top   bool    // text at the top; otherwise in the middle
	Under string  // set below the text in its own style, as a translation is
	Below Style   // of Under
}

// Row is one row of a table: cells that together are as wide as the frame, or as what Table.Side leaves of it.
type Row []Cell

// Table is a table with what belongs to it.
type Table struct {
	Head  []Row   // repeated at the top of each page that the table goes on to
	Rows  []Row   //
	Side  Cell    // beside the whole table, from top to bottom of each of its parts; none has no width
	Below float64 // height, of half a page at most, kept free below the last row for what must not stand without it
}

// padding of a cell: left and right, above and below unless it is set with Pad.
const (
	padX = 1.4
	padY = 1.1
)

// Pad sets the padding above and below the texts of all tables that follow.
func (s *Sheet) Pad(y float64) { s.padY = y }

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
	padY  float64
	least float64 // of its height
}

func (s *Sheet) setRow(r Row) set {
	out := set{row: r, lines: make([][]cellLine, len(r)), padY: s.padY}
	for i, c := range r {
		out.lines[i] = s.setText(c.Style, c.Text, c.Width)
		if c.Under != "" {
			out.lines[i] = append(out.lines[i], s.setText(c.Below, c.Under, c.Width)...)
		}
	}
	return out
}

// setText breaks the text of a cell into lines, in smaller type where a word or a number would be cut otherwise.
func (s *Sheet) setText(st Style, text string, width float64) []cellLine {
	room := width - 2*padX
	lines := s.wrap(st, text, room)
	if len(lines) > 1 && st.Size > leastSize {
		if widest := s.widest(st, text); widest > room+slack {
			st.Size = max(st.Size*room/widest, leastSize)
			lines = s.wrap(st, text, room)
		}
	}
	var out []cellLine
	for _, l := range lines {
		out = append(out, cellLine{l, st})
	}
	return out
}

// leastSize is how small type in a cell becomes, in points, before a word is cut.
const leastSize = 6.0

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
	h := t.least
	for i, c := range t.row {
		h = max(h, tall(t.lines[i])+c.Extra+2*t.padY, c.Least)
	}
	return h
}

// open reports height that is kept for hands and seals.
func (t set) open() bool { return slices.ContainsFunc(t.row, func(c Cell) bool { return c.Extra > 0 }) }

// table is a table on its way over pages.
type table struct {
	*Sheet
	head []set
	side set
	tall float64 // height of the head
	top  float64 // of the part on this page; negative before it has one
}

// Rows draws a table of rows under a head, which may be empty, as Table does.
func (s *Sheet) Rows(head, rows []Row) []Rect { return s.Table(Table{Head: head, Rows: rows}) }

// Table draws a table. A row is kept whole unless it is higher than half a page: then it goes on over pages, line by
// line. It returns the boxes of the last row's cells.
func (s *Sheet) Table(of Table) []Rect {
	t := s.newTable(of)
	var last []Rect
	for i, r := range of.Rows {
		row, below := s.setRow(r), 0.0
		if i == len(of.Rows)-1 {
			below = of.Below
		}
		if len(of.Rows) == 1 {
			row.least = t.least() - t.tall
		}
		last = t.place(row, below)
	}
	t.end()
	return last
}

func (s *Sheet) newTable(of Table) table {
	t := table{Sheet: s, top: -1, side: s.setRow(Row{of.Side})}
	for _, r := range of.Head {
		t.head = append(t.head, s.setRow(r))
		t.tall += t.head[len(t.head)-1].height()
	}
	return t
}

// RowHeight is how high a row is when a page holds it.
func (s *Sheet) RowHeight(r Row) float64 { return s.setRow(r).height() }

// Start is how much of a page a table of these rows asks for to begin: its head and its first row, or some of it.
func (s *Sheet) Start(head, rows []Row) float64 {
	t := s.newTable(Table{Head: head})
	if len(rows) == 0 {
		return t.tall
	}
	return t.tall + t.start(s.setRow(rows[0]), 0)
}

// some is how much of a row that goes on over pages stands at least on the page where it begins.
const some = 30.0

// lastLines is how much of a row goes on to the next page at least.
const lastLines = 10.0

// whole is the most height that a page has for a row.
func (t *table) whole() float64 { return t.frame.H - t.tall }

// parted tells a row that goes on over pages. One with places for hands and seals does only when it must, with what is
// below it.
func (t *table) parted(r set, below float64) bool {
	return r.height()+below > t.whole() || r.height() > t.whole()/2 && !r.open()
}

// start is how much of a page a row asks for, with what is below it.
func (t *table) start(r set, below float64) float64 {
	if t.parted(r, below) {
		return min(some, t.whole())
	}
	return r.height() + below
}

// place draws a row, on a new page when this one cannot hold it and what is kept free below it.
func (t *table) place(r set, below float64) []Rect {
	if below > t.whole()/2 {
		below = 0
	}
	for {
		t.begin(t.start(r, below))
		if r.height()+below <= t.Room()+slack {
			return t.drawRow(r)
		}
		if t.parted(r, below) && t.Room() > min(some, t.whole()-slack) {
			var part set
			part, r = r.split(min(t.Room(), r.height()-lastLines))
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
	t.Need(max(t.tall+h, t.least()))
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
	t.y = max(t.y, t.top+t.least())
	t.drawSide()
	l, r := t.frame.X, t.frame.Right()
	for _, e := range [...][4]float64{{l, t.top, r, t.top}, {l, t.y, r, t.y}, {l, t.top, l, t.y}, {r, t.top, r, t.y}} {
		t.Rule(Line{X1: e[0], Y1: e[1], X2: e[2], Y2: e[3], Width: thick})
	}
	t.top = -1
}

// least is how high a part of the table must be for what stands beside it.
func (t *table) least() float64 {
	if t.side.row[0].Width == 0 {
		return 0
	}
	return t.side.height()
}

// drawSide draws what stands beside the part of the table on this page.
func (t *table) drawSide() {
	c := t.side.row[0]
	if c.Width == 0 {
		return
	}
	box := Rect{t.frame.X, t.top, c.Width, t.y - t.top}
	t.page.Fills = append(t.page.Fills, Fill{box, shade})
	t.Rule(Line{X1: box.Right(), Y1: box.Y, X2: box.Right(), Y2: box.Bottom(), Width: thin})
	t.fillCell(c, t.side.lines[0], box)
}

// split takes as many lines of each cell as fit into room, at least one; some text stays where height is kept below it.
func (t set) split(room float64) (part, rest set) {
	part, rest = set{row: append(Row(nil), t.row...), padY: t.padY}, set{row: t.row, padY: t.padY}
	for i, c := range t.row {
		n := fitting(t.lines[i], room-2*t.padY)
		if last := len(t.lines[i]) - 1; c.Extra > 0 && last > 0 {
			n = min(n, last)
		}
		part.row[i].Extra, part.row[i].Least = 0, 0
		part.lines = append(part.lines, t.lines[i][:n])
		rest.lines = append(rest.lines, t.lines[i][n:])
	}
	return part, rest
}

// drawRow draws a row at the current place, with thin lines around its cells, and returns the boxes of the cells.
func (t *table) drawRow(r set) []Rect {
	h, left := r.height(), t.frame.X+t.side.row[0].Width
	x := left
	boxes := make([]Rect, len(r.row))
	for i, c := range r.row {
		box := Rect{x, t.y, c.Width, h}
		boxes[i] = box
		if c.Shade {
			t.page.Fills = append(t.page.Fills, Fill{box, shade})
		}
		if i > 0 {
			t.Rule(Line{X1: x, Y1: t.y, X2: x, Y2: t.y + h, Width: thin})
		}
		t.fillCell(c, r.lines[i], box)
		x += c.Width
	}
	t.y += h
	t.Rule(Line{X1: left, Y1: t.y, X2: x, Y2: t.y, Width: thin})
	return boxes
}

func (s *Sheet) fillCell(c Cell, lines []cellLine, box Rect) {
	inner := Rect{box.X + padX, box.Y + s.padY, box.W - 2*padX, box.H - 2*s.padY}
	y := inner.Y
	if !c.Top {
		y += (inner.H - c.Extra - tall(lines)) / 2
	}
	for _, l := range lines {
		s.put(l.style, l.line, inner, y)
		y += l.style.lineHeight()
	}
}
