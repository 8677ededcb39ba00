package paper

import (
	"fmt"

	"hengjian/certificates/sheet"
	"hengjian/internal/errs"
)

// labelForm is how a size of labels is laid out; lengths in millimetres, sizes of type in points.
type labelForm struct {
	paper          sheet.Paper
	margin         float64
	most           float64 // size of type, where there is room
	head           float64 // size of type of the head
	matrix, qr     float64 // sides of the codes with their quiet zones, at most
	bars           float64 // height of the bars
	blank          float64 // height of a line to be filled in by hand
	columns, lines int     // of labels on A4
}

var labelForms = map[LabelSize]labelForm{
	Label50x30: {sheet.Paper{W: 50, H: 30}, 1.5, 7, 6, 11.2, 17.5, 5, 4.6, 4, 9},
	Label70x50: {sheet.Paper{W: 70, H: 50}, 2.5, 10, 9, 14, 22, 8, 7, 2, 5},
}

// The smallest type of a label: 12 dots of 203 dpi, with fewer no ideograph can be told from another. Bars are given up
// before the text gets smaller than is pleasant, and before the QR code of the public.
const (
	leastType    = 4.3
	pleasantType = 5.0
)

// barsAbove is what is left empty above the bars.
const barsAbove = 0.6

// labelPlan says where labels stand on the pages.
type labelPlan struct {
	paper          sheet.Paper
	size           sheet.Paper
	columns, lines int
}

func (f labelForm) plan(on LabelSheet) labelPlan {
	if on == SheetA4 {
		return labelPlan{sheet.Paper{W: sheet.PaperWidth, H: sheet.PaperHeight}, f.paper, f.columns, f.lines}
	}
	return labelPlan{f.paper, f.paper, 1, 1}
}

func (p labelPlan) perPage() int { return p.columns * p.lines }

// cell is the place of a label on its page, the whole grid in the middle.
func (p labelPlan) cell(i int) sheet.Rect {
	i %= p.perPage()
	x := (p.paper.W-float64(p.columns)*p.size.W)/2 + float64(i%p.columns)*p.size.W
	y := (p.paper.H-float64(p.lines)*p.size.H)/2 + float64(i/p.columns)*p.size.H
	return sheet.Rect{X: x, Y: y, W: p.size.W, H: p.size.H}
}

// inset is r without d on each side.
func inset(r sheet.Rect, d float64) sheet.Rect {
	return sheet.Rect{X: r.X + d, Y: r.Y + d, W: r.W - 2*d, H: r.H - 2*d}
}

// cutLines shows where to cut.
func cutLines(s *sheet.Sheet, c sheet.Rect) {
	for _, l := range [][4]float64{
		{c.X, c.Y, c.Right(), c.Y}, {c.X, c.Bottom(), c.Right(), c.Bottom()},
		{c.X, c.Y, c.X, c.Bottom()}, {c.Right(), c.Y, c.Right(), c.Bottom()},
	} {
		s.Rule(sheet.Line{X1: l[0], Y1: l[1], X2: l[2], Y2: l[3], Width: 0.1, Color: sheet.Color{R: 170, G: 170, B: 170}})
	}
}

// labelPress sets one label into its box.
type labelPress struct {
	*sheet.Sheet
	form labelForm
	dpi  sheet.DPI
	box  sheet.Rect
}

// division is how a label is divided up for a face.
type division struct {
	codes      []sheet.Code
	bars       *sheet.Code
	left, text sheet.Rect
	size       float64 // of the type of the rows
}

// draw sets a face, or tells that its text is more than the label holds.
func (p labelPress) draw(f face) error {
	bars, err := p.barCode(f.number)
	if err != nil {
		return err
	}
	body := p.box
	body.Y += p.headHeight(f)
	body.H -= p.headHeight(f) + p.form.blank*float64(len(f.blanks))
	d, err := p.divide(f, body, nil)
	if err != nil {
		return err
	}
	if bars != nil {
		with, err := p.divide(f, body, bars)
		if err != nil {
			return err
		}
		if with.size >= pleasantType && len(with.codes) == len(d.codes) {
			d = with
		}
	}
	if d.size < leastType {
		return p.full(f)
	}
	p.setHead(f)
	p.setLeft(f, d)
	p.stack(f.rows, d.text, d.size)
	if d.bars != nil {
		p.Code(d.bars.At(p.box.X+(p.box.W-d.bars.Width())/2, d.left.Bottom()+barsAbove))
	}
	p.setBlanks(f.blanks)
	return nil
}

// divide parts the body of a label; a size of 0 says that something has no room.
func (p labelPress) divide(f face, body sheet.Rect, bars *sheet.Code) (division, error) {
	d := division{bars: bars}
	if bars != nil {
		body.H -= p.form.bars + barsAbove
	}
	var err error
	if d.codes, err = p.codes(f, body.H); err != nil {
		return d, err
	}
	width, height := p.form.matrix, 0.0
	for _, c := range d.codes {
		width, height = max(width, c.Quiet().W), height+c.Quiet().H
	}
	const between = 0.8
	d.left = sheet.Rect{X: body.X, Y: body.Y, W: width, H: body.H}
	d.text = sheet.Rect{X: body.X + width + between, Y: body.Y, W: body.W - width - between, H: body.H}
	if p.fit(p.beside(f), sheet.Rect{W: width, H: body.H - height}) >= leastType {
		d.size = p.fit(f.rows, d.text)
	}
	return d, nil
}

func (p labelPress) full(f face) error {
	return errs.New(errs.Invalid, "label_full",
		fmt.Sprintf("%s 的标签（%g×%g mm）放不下全部文字，请选用更大的标签", f.number, p.form.paper.W, p.form.paper.H),
		fmt.Sprintf("the text of %s does not go on a label of %g by %g mm; take a larger one", f.number, p.form.paper.W, p.form.paper.H))
}
