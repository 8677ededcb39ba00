package paper

import (
	"slices"
	"strings"
	"time"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
	"hengjian/internal/errs"
)

// Printed is what every paper has that is printed from the records and is no issued document: it says on each page what
// it was printed from and when, so that the same content is the same paper.
type Printed struct {
	Kind      Kind      `json:"kind"`       //
	Number    string    `json:"number"`     // of what it is about: sampling form, sample or report
	Body      Body      `json:"body"`       // whose paper it is
	Source    string    `json:"source"`     // the records, such as 样品YP26-370113-00001的登记记录
	PrintedAt time.Time `json:"printed_at"` // UTC
}

// DocumentKind implements Content.
func (c Printed) DocumentKind() Kind { return c.Kind }

// Conclusion implements Content: what a paper concludes stands in the document that it rests on.
func (c Printed) Conclusion() string { return "" }

func (c Printed) head() head {
	return head{number: c.Number, body: c.Body, signed: c.PrintedAt, source: c.Source}
}

func (c Printed) faults(l *errs.List, kinds ...Kind) {
	kindFault(l, c.Kind, kinds...)
	l.Require("number", c.Number, "编号", "the number")
	c.Body.faults(l)
	l.Require("source", c.Source, "打印所依据的记录", "the records that it is printed from")
	momentRequired(l, "printed_at", c.PrintedAt, "打印时间", "the time of printing")
}

// stampTime is a moment as papers write it, in the legal time of the country.
func stampTime(t time.Time) string { return t.In(shanghai).Format("2006-01-02 15:04:05") }

// said names the copy and for whom it is.
func (c copyOf) said() string {
	if c.name == "" {
		return ""
	}
	return c.name + "（" + c.forWhom + "存）"
}

// paperTop is the head of a printed paper: whose it is, its title, its number with what else it is found by, and which copy
// this is.
func (p *press) paperTop(more ...string) {
	p.looks = closeLooks
	p.Pad(p.looks.pad)
	y := headTop
	if p.content.DocumentKind() != RetestApplication { // which is the applicant's, not the body's
		y += p.At(sheet.Style{Font: fonts.Song, Size: 13, Align: sheet.Center, Leading: 1.3}, p.head.body.Name, sheet.Rect{X: frame.X, Y: y, W: frame.W})
	}
	title := sheet.Style{Font: fonts.Bold, Size: 20, Align: sheet.Center, Gap: 0.15, Leading: 1.3}
	y += p.At(title, p.content.Title(), sheet.Rect{X: frame.X, Y: y, W: frame.W}) + 1
	number, which, split := sheet.Style{Font: fonts.Hei, Size: 9.5}, sheet.Style{Font: fonts.Hei, Size: 9.5, Align: sheet.Right}, frame.W
	right := 0.0
	if said := p.copy().said(); said != "" {
		split = frame.W - min(66, p.Width(which, said)+0.1)
		right = p.At(which, said, sheet.Rect{X: frame.X + split, Y: y, W: frame.W - split})
		split -= 4
	}
	numbers := strings.Join(append([]string{p.label + "：" + p.number()}, more...), "　　")
	left := p.At(number, numbers, sheet.Rect{X: frame.X, Y: y, W: split})
	p.Space(y + max(left, right) + 0.8 - p.Y())
}

// paperEnd is how to reach whose paper it is, and the mark after which nothing may be added.
func (p *press) paperEnd() {
	p.Space(1)
	p.Paragraph(p.looks.text, p.contact())
	p.Space(1)
	p.Paragraph(endStyle, "（以下空白）")
}

func (p *press) contact() string {
	contact := "地址：" + p.head.body.Address
	if phone := p.head.body.Phone; phone != "" {
		contact += "　电话：" + phone
	}
	return contact
}

// closing is the end of a printed paper: what it tells the parties, the places for their hands, and the mark of the end.
// The hands never stand on a page without something of what is signed.
type closing struct {
	rules        []string
	least, usual float64 // height of a place
	places       []hand
}

// below is how high all is that must stay with the end of what is above: nothing where the rules stand between.
func (c closing) below(p *press) float64 {
	if len(c.rules) > 0 {
		return 0
	}
	return c.height(p)
}

// height is that of the hands, as low as they may be, and of the mark of the end.
func (c closing) height(p *press) float64 {
	return c.handsHeight(p) + 2 + p.Height(p.looks.text, p.contact(), frame.W) + p.Height(endStyle, "（", frame.W)
}

func (c closing) handsHeight(p *press) float64 {
	h := handsAbove
	for _, r := range p.handRows(c.least, c.places) {
		h += p.RowHeight(r)
	}
	return h
}

func (c closing) set(p *press) {
	c.hands(p)
	p.paperEnd()
}

// hands are the rules and the hands without the end; where the page has room, the places are as high as usual.
func (c closing) hands(p *press) {
	if len(c.rules) > 0 {
		p.statements("告知事项", said(c.rules), c.height(p))
	}
	more := (p.Room() - c.height(p)) / float64((len(c.places)+1)/2)
	p.hands(c.least+min(max(0, more), c.usual-c.least), c.places)
}

// said are texts that are printed as they are.
func said(texts []string) []sentence {
	out := make([]sentence, len(texts))
	for i, t := range texts {
		out[i] = say("{1}", t)
	}
	return out
}

// hand is a place for somebody's hand: a signature, a seal, a date.
type hand struct{ label, value string }

const (
	handsAbove = 1.6 // space
	dateFoot   = 6.0 // height of the line for the date
)

// handRows are places for signatures and seals, two beside one another, each with a line for the date at its foot.
func (p *press) handRows(height float64, places []hand) []sheet.Row {
	const label = 24.0
	var rows []sheet.Row
	for two := range slices.Chunk(places, 2) {
		width := frame.W/float64(len(two)) - label
		var row sheet.Row
		for _, h := range two {
			row = append(row, p.labelCell(h.label, label), p.handCell(h.value, width, height))
		}
		rows = append(rows, row)
	}
	return rows
}

func (p *press) handCell(value string, width, height float64) sheet.Cell {
	return sheet.Cell{Text: value, Style: p.looks.grid.Value, Width: width, Top: true, Extra: height + dateFoot}
}

func (p *press) hands(height float64, places []hand) {
	p.Space(handsAbove)
	for _, row := range p.handRows(height, places) {
		boxes := p.Rows(nil, []sheet.Row{row})
		for n := 1; n < len(boxes); n += 2 {
			p.dateBlank(boxes[n])
		}
	}
}

// dateBlank is a line for a date, to be filled in by hand, at the foot of a box.
func (p *press) dateBlank(b sheet.Rect) {
	p.At(p.looks.grid.Value, "日期：　　　　年　　月　　日", sheet.Rect{X: b.X + 1.4, Y: b.Bottom() - dateFoot, W: b.W - 2.8})
}

// blanks are fields that are filled in by hand.
func (p *press) blanks(below float64, fields ...sheet.Field) {
	const line = 7.4
	for i := range fields {
		fields[i].Least = max(fields[i].Least, line)
	}
	p.gridAbove(below, fields)
}

// packed is a grid whose fields follow one another, as many to a row as go.
func (p *press) packed(fields ...sheet.Field) {
	p.Rows(nil, p.Pack(p.looks.grid, fields, frame.W))
}
