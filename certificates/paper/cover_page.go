package paper

import (
	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
)

// cover is the first page of a certificate, as the official formats of verification and calibration have it.
type cover struct {
	fields  []sheet.Field // over rules of their own
	bold    string        // the label of the field that is set bold
	signing []sheet.Field // signatures and dates
	seal    string
	body    Body
}

func (v cover) layout(p *press) {
	v.top(p)
	v.lines(p)
	v.sign(p)
}

func (v cover) top(p *press) {
	p.stamp()
	issuer := issuerStyle
	issuer.Size = 18
	y := 32 + p.At(issuer, v.body.Name, sheet.Rect{X: 48, Y: 32, W: 114})
	title := sheet.Style{Font: fonts.Bold, Size: 34, Align: sheet.Center, Gap: 0.4}
	if len([]rune(p.content.Title())) > 4 {
		title.Size, title.Gap = 30, 0.15
	}
	y = max(y+6, 54)
	y += p.At(title, p.content.Title(), sheet.Rect{X: frame.X, Y: y, W: frame.W}) + 2
	if en := p.english(p.content.Title()); en != "" {
		y += p.At(sheet.Style{Font: fonts.Song, Size: 13, Align: sheet.Center}, en, sheet.Rect{X: frame.X, Y: y - 2, W: frame.W})
	}
	y += p.At(sheet.Style{Font: fonts.Hei, Size: 11, Align: sheet.Center}, p.both(p.label)+"："+p.number(),
		sheet.Rect{X: frame.X, Y: y, W: frame.W})
	p.Space(max(y+8, 96) - p.Y())
}

// lines are the fields of the first page, each over a rule of its own.
func (v cover) lines(p *press) {
	blank := sheet.Blank{
		Label: sheet.Style{Font: fonts.Hei, Size: 12, Align: sheet.Spread}, LabelX: 34, LabelW: 32,
		Value: sheet.Style{Font: fonts.Song, Size: 12, Align: sheet.Center}, X: 72, W: 104, Below: 3, Under: underStyle,
	}
	for i, f := range v.fields {
		b := blank
		if h := p.Height(b.Value, f.Value, b.W); i == len(v.fields)-1 && h < frame.H/4 {
			p.Need(h + blank.Below + v.signHeight(p)) // nobody signs a page without the last of what is signed
		}
		if f.Label == v.bold {
			b.Value.Font = fonts.Bold
		}
		f.Under = p.english(f.Label)
		p.Fill(b, f)
	}
}

// sign is the lower half of the first page: the seal at the left, signatures and dates at the right, and how to reach
// the body at the bottom.
func (v cover) sign(p *press) {
	const usual = 168.0 // where it stands when the fields above are short
	label := sheet.Style{Font: fonts.Hei, Size: 11, Align: sheet.Spread, Leading: 1.25}
	blank := sheet.Blank{Label: label, LabelX: 104, LabelW: 17, Under: underStyle, Value: signatureStyle, X: 127, W: signatureWidth, Below: 4.6}
	contact := v.contactHeight(p)
	p.Need(v.signHeight(p))
	p.Space(6)
	if p.Pages() == 1 {
		p.Space(max(0, usual-p.Y()))
	}
	p.seal(60, p.Y()+26, v.seal)
	for _, f := range v.signing {
		f.Under = p.english(f.Label)
		p.Fill(blank, f)
	}
	v.contact(p, footTop-2-contact)
}

// signatureStyle and signatureWidth are those of the names of who signs.
var signatureStyle = sheet.Style{Font: fonts.Song, Size: 11, Align: sheet.Center, Leading: 1.25}

const signatureWidth = 49.0

// signHeight is how much of a page the lower half asks for.
func (v cover) signHeight(p *press) float64 {
	height := 0.0
	for _, f := range v.signing {
		height += p.Height(signatureStyle, f.Value, signatureWidth) + 5
	}
	return 6 + max(height, 46) + v.contactHeight(p)
}

// contactLines are pairs that stand beside one another.
func (v cover) contactLines(p *press) [][2]string {
	b := v.body
	line := func(label, value string) string { return p.both(label) + "：" + or(value) }
	return [][2]string{
		{line("计量授权证书号", b.Authorization), line("电话", b.Phone)},
		{line("地址", b.Address), line("邮政编码", b.Postcode)},
		{line("电子邮箱", b.Email), line("传真", b.Fax)},
	}
}

const contactLeft, contactRight = 112.0, 58.0 // widths

func contactLineHeight(p *press, pair [2]string) float64 {
	return max(p.Height(smallStyle, pair[0], contactLeft), p.Height(smallStyle, pair[1], contactRight)) + 0.6
}

func (v cover) contactHeight(p *press) float64 {
	h := 2.0
	for _, pair := range v.contactLines(p) {
		h += contactLineHeight(p, pair)
	}
	return h
}

func (v cover) contact(p *press, y float64) {
	p.Rule(sheet.Line{X1: frame.X, Y1: y, X2: frame.Right(), Y2: y, Width: 0.2, Color: sheet.Grey})
	y += 2
	for _, pair := range v.contactLines(p) {
		p.At(smallStyle, pair[0], sheet.Rect{X: frame.X, Y: y, W: contactLeft})
		p.At(smallStyle, pair[1], sheet.Rect{X: frame.Right() - contactRight, Y: y, W: contactRight})
		y += contactLineHeight(p, pair)
	}
}

// signed is a name with the time of its electronic signature; in a draft the room for them.
func signed(s Signature) string {
	if s.SignedAt.IsZero() {
		return s.Name + "\n"
	}
	return s.Name + "\n" + stampTime(s.SignedAt)
}

// grid draws a form of two columns, its labels translated.
func (p *press) grid(fields []sheet.Field) {
	p.gridAbove(0, fields)
}

// gridAbove is a grid whose last row stays on a page with what is as high as below.
func (p *press) gridAbove(below float64, fields []sheet.Field) {
	for i := range fields {
		fields[i].Under = p.english(fields[i].Label)
	}
	g := p.looks.grid
	g.Below = below
	p.Grid(g, fields)
}

var gridStyle = sheet.GridStyle{Label: labelStyle, Value: valueStyle, Under: underStyle, LabelWidth: 26}

// tableHead is the head of a table, its titles translated.
func (p *press) tableHead(widths []float64, titles ...string) []sheet.Row {
	row := make(sheet.Row, len(titles))
	for i, t := range titles {
		row[i] = sheet.Cell{Text: t, Style: p.looks.head, Width: widths[i], Shade: true, Under: p.english(t), Below: underStyle}
	}
	return []sheet.Row{row}
}

func (p *press) tableRow(widths []float64, values ...string) sheet.Row {
	row := make(sheet.Row, len(values))
	for i, v := range values {
		row[i] = sheet.Cell{Text: v, Style: p.looks.data, Width: widths[i]}
	}
	return row
}

// said sets a word of the layout into a cell of a row, its English below.
func (p *press) said(c *sheet.Cell, zh string) {
	c.Text, c.Under, c.Below = zh, p.english(zh), underStyle
}

// labelCell is a label in a table, its English below.
func (p *press) labelCell(zh string, width float64) sheet.Cell {
	return sheet.Cell{Text: zh, Style: p.looks.grid.Label, Width: width, Shade: true, Under: p.english(zh), Below: underStyle}
}
