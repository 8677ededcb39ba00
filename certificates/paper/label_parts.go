package paper

import (
	"errors"
	"sort"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
)

// labelLeading keeps the ink of a line within it: 0.88 em up and 0.24 em down.
const labelLeading = 1.25

func typeOf(font fonts.Name, size float64) sheet.Style {
	return sheet.Style{Font: font, Size: size, Leading: labelLeading}
}

// codes are what is scanned on the left: the DataMatrix of the number, and above it the QR code of the address where both
// have room. A number that scanners would not read as it stands has no code; beside says so.
func (p labelPress) codes(f face, height float64) ([]sheet.Code, error) {
	if !sheet.Encodable(f.number) {
		return nil, nil
	}
	matrix, err := sheet.DataMatrix(f.number, p.dpi, p.form.matrix)
	if err != nil || f.url == "" {
		return []sheet.Code{matrix}, err
	}
	qr, err := sheet.QR(f.url, p.dpi, p.form.qr)
	if errors.Is(err, sheet.ErrNoRoom) {
		return []sheet.Code{matrix}, nil
	}
	if err != nil {
		return nil, err
	}
	smaller, err := sheet.DataMatrix(f.number, p.dpi, min(p.form.matrix, height-qr.Quiet().H))
	if errors.Is(err, sheet.ErrNoRoom) {
		return []sheet.Code{matrix}, nil
	}
	return []sheet.Code{qr, smaller}, err
}

// barCode is the Code 128 of a number, nil where it does not go into the width.
func (p labelPress) barCode(number string) (*sheet.Code, error) {
	if !sheet.Encodable(number) {
		return nil, nil
	}
	c, err := sheet.Code128(number, p.dpi, p.box.W, p.form.bars)
	if errors.Is(err, sheet.ErrNoRoom) {
		return nil, nil
	}
	return &c, err
}

// beside are the lines below the codes: boxes to be ticked, and why there is no code where there is none.
func (p labelPress) beside(f face) []row {
	var rows []row
	if !sheet.Encodable(f.number) {
		rows = append(rows, row{"编号含有条码不能表示的字符，未印条码", fonts.Hei, 1})
	}
	for _, b := range f.boxes {
		rows = append(rows, row{"□ " + b, fonts.Hei, 1})
	}
	return rows
}

func (p labelPress) setLeft(f face, d division) {
	rest := d.left
	for _, c := range d.codes {
		quiet := c.Quiet()
		p.Code(c.At(rest.X+(rest.W-quiet.W)/2+c.QuietX, rest.Y+c.QuietY))
		rest.Y, rest.H = rest.Y+quiet.H, rest.H-quiet.H
	}
	rows := p.beside(f)
	p.stack(rows, rest, p.fit(rows, rest))
}

// fit is the largest type, to a tenth of a point, in which the rows go into the box; 0 where they do not even in the least.
func (p labelPress) fit(rows []row, box sheet.Rect) float64 {
	size := func(i int) float64 { return leastType + float64(i)/10 }
	steps := int((p.form.most-leastType)*10) + 1
	tooLarge := sort.Search(steps, func(i int) bool { return p.heights(rows, box.W, size(i)) > box.H })
	if tooLarge == 0 {
		return 0
	}
	return size(tooLarge - 1)
}

func (p labelPress) heights(rows []row, width, size float64) float64 {
	sum := 0.0
	for _, r := range rows {
		sum += p.Height(typeOf(r.font, size*r.larger), r.text, width)
	}
	return sum
}

// stack sets rows one below the other, with some of what room is left between them.
func (p labelPress) stack(rows []row, box sheet.Rect, size float64) {
	const most = 0.3 // of the size of type
	free := (box.H - p.heights(rows, box.W, size)) / float64(max(len(rows), 1))
	gap := min(free, most*size*25.4/72)
	y := box.Y + gap/2
	for _, r := range rows {
		y += p.At(typeOf(r.font, size*r.larger), r.text, sheet.Rect{X: box.X, Y: y, W: box.W}) + gap
	}
}

// head are the styles of the issuer and of what the label is.
func (p labelPress) head(f face) (issuer, title sheet.Style, room float64) {
	title = typeOf(fonts.Bold, p.form.head)
	title.Align = sheet.Right
	const between = 1.5
	room = p.box.W - p.Width(title, f.title) - between
	issuer = typeOf(fonts.Hei, p.form.head)
	for issuer.Size > leastType && p.Width(issuer, f.issuer) > room {
		issuer.Size -= 0.1
	}
	issuer.Size = max(issuer.Size, leastType)
	return issuer, title, room
}

const headBelow = 0.8 // with the rule in its middle

func (p labelPress) headHeight(f face) float64 {
	issuer, title, room := p.head(f)
	return max(p.Height(issuer, f.issuer, room), p.Height(title, f.title, p.box.W)) + headBelow
}

func (p labelPress) setHead(f face) {
	issuer, title, room := p.head(f)
	bottom := p.box.Y + p.headHeight(f) - headBelow
	h := p.Height(issuer, f.issuer, room)
	p.At(issuer, f.issuer, sheet.Rect{X: p.box.X, Y: bottom - h, W: room})
	p.At(title, f.title, sheet.Rect{X: p.box.X, Y: p.box.Y, W: p.box.W})
	y := bottom + headBelow/4
	p.Rule(sheet.Line{X1: p.box.X, Y1: y, X2: p.box.Right(), Y2: y, Width: 0.15})
}

// setBlanks draws the lines to be filled in at the bottom of the label.
func (p labelPress) setBlanks(lines [][]string) {
	st := typeOf(fonts.Hei, p.form.head-0.5)
	for i, blanks := range lines {
		bottom := p.box.Bottom() - float64(len(lines)-1-i)*p.form.blank - 0.4
		part := p.box.W / float64(len(blanks))
		for j, b := range blanks {
			x, w := p.box.X+float64(j)*part, p.Width(st, b)
			p.At(st, b, sheet.Rect{X: x, Y: bottom - p.Height(st, b, part), W: w + 0.1})
			p.Rule(sheet.Line{X1: x + w + 0.6, Y1: bottom, X2: x + part - 0.8, Y2: bottom, Width: 0.15})
		}
	}
}
