package paper

import (
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

// paperTop is the head of a printed paper: whose it is, its title, its number, and which copy this is.
func (p *press) paperTop() {
	y := headTop + 2
	if p.content.DocumentKind() != RetestApplication { // which is the applicant's, not the body's
		y += p.At(issuerStyle, p.head.body.Name, sheet.Rect{X: frame.X, Y: y, W: frame.W})
	}
	title := sheet.Style{Font: fonts.Bold, Size: 22, Align: sheet.Center, Gap: 0.15, Leading: 1.4}
	y += p.At(title, p.content.Title(), sheet.Rect{X: frame.X, Y: y + 1, W: frame.W}) + 1
	number, which := sheet.Style{Font: fonts.Hei, Size: 10}, sheet.Style{Font: fonts.Hei, Size: 10, Align: sheet.Right}
	const split = 108.0
	left := p.At(number, p.label+"："+p.number(), sheet.Rect{X: frame.X, Y: y + 2, W: split})
	right := p.At(which, p.copy().said(), sheet.Rect{X: frame.X + split, Y: y + 2, W: frame.W - split})
	p.Space(y + 2 + max(left, right) + 1.2 - p.Y())
}

// paperEnd is how to reach whose paper it is, and the mark after which nothing may be added.
func (p *press) paperEnd() {
	contact := "地址：" + p.head.body.Address
	if phone := p.head.body.Phone; phone != "" {
		contact += "　电话：" + phone
	}
	p.Space(2)
	p.Paragraph(textStyle, contact)
	p.end("（以下空白）")
}

// hand is a place for somebody's hand: a signature, a seal, a date.
type hand struct{ label, value string }

// hands draws places for signatures and seals, two beside one another, each with a line for the date at its foot.
func (p *press) hands(height float64, places ...hand) {
	const label, foot = 26.0, 7.0
	p.Space(2)
	for i := 0; i < len(places); i += 2 {
		row := places[i:min(i+2, len(places))]
		width := frame.W/float64(len(row)) - label
		var cells sheet.Row
		for _, h := range row {
			cells = append(cells,
				sheet.Cell{Text: h.label, Style: labelStyle, Width: label, Shade: true},
				sheet.Cell{Text: h.value, Style: valueStyle, Width: width, Top: true, Extra: height + foot})
		}
		boxes := p.Rows(nil, []sheet.Row{cells})
		for n := 1; n < len(boxes); n += 2 {
			b := boxes[n]
			p.At(valueStyle, blankDate, sheet.Rect{X: b.X + 1.4, Y: b.Bottom() - foot, W: b.W - 2.8})
		}
	}
}

// blankDate is filled in by hand.
const blankDate = "日期：　　　　年　　月　　日"
