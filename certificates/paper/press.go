package paper

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
	"hengjian/internal/calendar"
)

// The frame in which content flows, between head and foot.
var frame = sheet.Rect{X: 18, Y: 25, W: 174, H: 249}

const (
	footTop  = 280.0
	headTop  = 14.0
	codeEdge = 192.0 // right edge of the QR code
)

// Styles of the documents.
var (
	issuerStyle  = sheet.Style{Font: fonts.Song, Size: 15, Align: sheet.Center, Leading: 1.3}
	labelStyle   = sheet.Style{Font: fonts.Hei, Size: 9.5, Align: sheet.Center, Leading: 1.3}
	valueStyle   = sheet.Style{Font: fonts.Song, Size: 10, Leading: 1.3}
	headStyle    = sheet.Style{Font: fonts.Bold, Size: 9.5, Align: sheet.Center, Leading: 1.3}
	dataStyle    = sheet.Style{Font: fonts.Song, Size: 9.5, Align: sheet.Center, Leading: 1.3}
	textStyle    = sheet.Style{Font: fonts.Song, Size: 9.5, Leading: 1.5}
	sectionStyle = sheet.Style{Font: fonts.Bold, Size: 11, Leading: 1.5}
	smallStyle   = sheet.Style{Font: fonts.Hei, Size: 8, Color: sheet.Grey, Leading: 1.3}
	verdictStyle = sheet.Style{Font: fonts.Song, Size: 11, Leading: 1.6}
	underStyle   = sheet.Style{Font: fonts.Hei, Size: 7, Align: sheet.Center, Leading: 1.2}
	englishStyle = sheet.Style{Font: fonts.Song, Size: 8.5, Color: sheet.Grey, Leading: 1.35}
	endStyle     = sheet.Style{Font: fonts.Song, Size: 10, Align: sheet.Center, Gap: 0.3}
)

// looks are how tables, texts and headings of a document are set.
type looks struct {
	grid                      sheet.GridStyle
	head, data, text, section sheet.Style
	above, under              float64 // a heading
	pad                       float64 // in cells, above and below
}

var (
	usualLooks = looks{grid: gridStyle, head: headStyle, data: dataStyle, text: textStyle, section: sectionStyle, above: 3, under: 0.8}
	closeLooks = looks{ // of papers, which are to be one sheet where they can
		grid: sheet.GridStyle{
			Label: smaller(labelStyle, 8.5), Value: smaller(valueStyle, 9), Under: underStyle, LabelWidth: 24,
		},
		head: smaller(headStyle, 8.5), data: smaller(dataStyle, 9), text: sheet.Style{Font: fonts.Song, Size: 9, Leading: 1.25},
		section: smaller(sectionStyle, 10), above: 1.6, under: 0.4, pad: 0.8,
	}
)

// smaller is a style in a smaller size, its lines close together.
func smaller(st sheet.Style, size float64) sheet.Style {
	st.Size, st.Leading = size, 1.15
	return st
}

// absent stands for what is not given, as on Chinese forms.
const absent = "/"

// press sets one document: the parts that all kinds share.
type press struct {
	*sheet.Sheet
	content Content
	head    head
	url     string
	code    *sheet.Code
	label   string // what the number is called on the page
	copies  []copyOf
	opening bool // the first page of a further copy begins, which has no page head
	looks   looks

	untranslated []string // words of a bilingual document that the table of terms lacks
}

// copyOf is one copy (联) of a paper that is printed in several, each with page numbers of its own.
type copyOf struct {
	name, forWhom string
	first         int // its first page, from 0
}

func newPress(set *fonts.Set, c Content, o Options) (*press, error) {
	p := &press{content: c, head: c.head(), url: o.address(), label: numberLabels[c.DocumentKind()], looks: usualLooks}
	if o.URL != "" {
		code, err := sheet.NewCode(o.URL)
		if err != nil {
			return nil, err
		}
		p.code = &code
	}
	p.Sheet = sheet.New(set, frame, p.pageHead)
	return p, nil
}

// beginCopy goes on with the next copy, on a page of its own.
func (p *press) beginCopy(name, forWhom string) {
	if len(p.copies) > 0 {
		p.opening = true
		p.NewPage()
		p.opening = false
	}
	p.copies = append(p.copies, copyOf{name, forWhom, p.Pages() - 1})
}

// copy is the copy that is being set.
func (p *press) copy() copyOf {
	if len(p.copies) == 0 {
		return copyOf{}
	}
	return p.copies[len(p.copies)-1]
}

// pageOf finds the copy that page n of all is in, counted from 1, and the number of its page and of its pages.
func (p *press) pageOf(n, of int) (name string, page, pages int) {
	page, pages = n, of
	for i, c := range p.copies {
		if c.first >= n {
			break
		}
		end := of
		if i+1 < len(p.copies) {
			end = p.copies[i+1].first
		}
		name, page, pages = c.name, n-c.first, end-c.first
	}
	return name, page, pages
}

// pageHead stands at the top of each page but the first.
func (p *press) pageHead(s *sheet.Sheet) {
	if p.opening {
		return
	}
	left, right := smallStyle, smallStyle
	right.Align = sheet.Right
	const rule = 21.0
	split := 120.0
	if p.head.bilingual {
		split = 104
	}
	title := p.both(p.content.Title())
	h := s.Height(left, p.head.body.Name, split)
	s.At(left, p.head.body.Name, sheet.Rect{X: frame.X, Y: rule - 1 - h, W: split})
	h = s.Height(right, title, frame.W-split)
	s.At(right, title, sheet.Rect{X: frame.X + split, Y: rule - 1 - h, W: frame.W - split})
	s.Rule(sheet.Line{X1: frame.X, Y1: rule, X2: frame.Right(), Y2: rule, Width: 0.2, Color: sheet.Grey})
}

// finish sets the foot of every page, and what stands beside the frame.
func (p *press) finish() []*sheet.Page {
	return p.Finish(func(_ *sheet.Sheet, n, of int) {
		name, page, pages := p.pageOf(n, of)
		p.foot(name, page, pages)
		if pages > 1 {
			p.edgeSeal()
		}
	})
}

// foot is the number of the document and the page of pages; of a printed paper also the copy and what it was printed from.
func (p *press) foot(copyName string, page, pages int) {
	st, counted, y := smallStyle, 40.0, footTop+1.5
	count := fmt.Sprintf("第 %d 页  共 %d 页", page, pages)
	if p.head.bilingual {
		st.Size, counted = 7, 56
		count += fmt.Sprintf("  Page %d of %d", page, pages)
	}
	if p.head.source != "" {
		st.Size, st.Leading, counted, y = 7, 1.1, 46, footTop+1
		p.At(st, "本件依据"+p.head.source+"打印，打印时间"+stampTime(p.head.signed)+"（北京时间）",
			sheet.Rect{X: frame.X, Y: y + p.Height(st, "本", frame.W), W: frame.W})
	}
	right := st
	right.Align = sheet.Right
	p.Rule(sheet.Line{X1: frame.X, Y1: footTop, X2: frame.Right(), Y2: footTop, Width: 0.2, Color: sheet.Grey})
	p.At(st, p.label+"："+p.number(), sheet.Rect{X: frame.X, Y: y, W: frame.W - counted})
	p.At(right, strings.TrimSpace(copyName+"  "+count), sheet.Rect{X: frame.Right() - counted, Y: y, W: counted})
}

// edgeSeal marks where a seal across the edges of all pages (骑缝章) falls on this one: the part of a round seal of
// 40 mm that reaches over the edge of the printable area.
func (p *press) edgeSeal() {
	const edge, middle, radius, reach = 197.6, 148.0, 20.0, 5.0
	half := math.Acos((radius-reach)/radius) * 180 / math.Pi
	p.Ring(sheet.Circle{
		X: edge - reach + radius, Y: middle, RX: radius, RY: radius, Width: 0.2, Dashed: true, Color: sealColor,
		From: 180 - half, To: 180 + half,
	})
	st := sheet.Style{Font: fonts.Hei, Size: 6.5, Align: sheet.Center, Color: sealColor, Leading: 1.3}
	p.At(st, "骑\n缝\n章", sheet.Rect{X: edge - 3.6, Y: middle - 4.5, W: 3.2})
}

// sealColor is that of the places of seals.
var sealColor = sheet.Color{R: 190, G: 190, B: 190}

func (p *press) number() string { return or(p.head.number) }

// stamp sets the QR code with its caption at the top right of the first page.
func (p *press) stamp() {
	caption := smallStyle
	caption.Align, caption.Size = sheet.Center, 7
	if p.code == nil {
		place := sheet.Rect{X: codeEdge - sheet.CodeSize, Y: headTop, W: sheet.CodeSize, H: sheet.CodeSize}
		p.Frame(place, sealColor)
		place.Y += 7
		p.At(caption, p.lines("二维码\n签发时生成"), place)
		return
	}
	p.code.X, p.code.Y = codeEdge-sheet.CodeSize, headTop
	p.Code(*p.code)
	quiet := p.code.Quiet()
	p.At(caption, p.lines("扫码核验真伪与状态"), sheet.Rect{X: quiet.X - 2, Y: quiet.Bottom(), W: quiet.W + 4})
}

// section begins a part under its own heading, kept together with what follows.
func (p *press) section(title string, follows float64) {
	p.heading(p.both(title), follows)
}

// table is a table under its own heading.
func (p *press) table(title string, head, rows []sheet.Row) {
	p.titled(p.both(title), sheet.Table{Head: head, Rows: rows})
}

// titled is a table under a heading that is no word of the layout.
func (p *press) titled(title string, t sheet.Table) {
	p.heading(title, max(18, p.Start(t.Head, t.Rows)))
	p.Table(t)
}

// heading begins a part under a heading that is no word of the layout.
func (p *press) heading(title string, follows float64) {
	p.Need(max(10, p.looks.above+p.Height(p.looks.section, title, frame.W)+p.looks.under) + follows)
	if !p.AtTop() {
		p.Space(p.looks.above)
	}
	p.Paragraph(p.looks.section, title)
	p.Space(p.looks.under)
}

// seal marks the place of a seal, 40 mm across, around x, y.
func (p *press) seal(x, y float64, name string) {
	p.Ring(sheet.Circle{X: x, Y: y, RX: 20, RY: 20, Width: 0.2, Dashed: true, Color: sealColor})
	st := smallStyle
	st.Align, st.Color, st.Size = sheet.Center, sealColor, 9
	p.At(st, name, sheet.Rect{X: x - 18, Y: y - 2.2, W: 36})
}

// endHeight is how much of a page the mark of the end asks for.
const endHeight = 16.0

// end is the mark after which nothing may be added.
func (p *press) end(mark string) {
	p.Need(endHeight)
	p.Space(4)
	p.Paragraph(endStyle, mark)
	if en := p.english(mark); en != "" {
		st := englishStyle
		st.Align = sheet.Center
		p.Paragraph(st, en)
	}
}

// statements sets the numbered notes, each followed by its translation on the same page. The last one stays on a page with
// what is below. Long ones go on over pages.
func (p *press) statements(title string, texts []sentence, below float64) {
	for i, t := range texts {
		zh, en := p.sentence(t)
		zh = strconv.Itoa(i+1) + "．" + zh
		kept := p.Height(p.looks.text, zh, frame.W)
		if en != "" {
			kept += p.Height(englishStyle, en, frame.W)
		}
		if i == len(texts)-1 {
			kept += below
		}
		if kept > frame.H/2 || i < len(texts)-1 && en == "" {
			kept = 0
		}
		if i == 0 {
			p.section(title, max(12, kept))
		}
		p.Need(kept)
		p.Paragraph(p.looks.text, zh)
		if en != "" {
			p.Paragraph(englishStyle, en)
		}
	}
}

// or is text, or the sign for what is not given.
func or(text string) string {
	if strings.TrimSpace(text) == "" {
		return absent
	}
	return text
}

// chinese writes a date as 2026年3月5日.
func chinese(d calendar.Date) string {
	if d.IsZero() {
		return absent
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day())
}

func chineseOr(d *calendar.Date) string {
	if d == nil {
		return absent
	}
	return chinese(*d)
}

// span writes a period, or one day.
func span(from, to calendar.Date) string {
	if from == to {
		return chinese(from)
	}
	return chinese(from) + "至" + chinese(to)
}

// joined names a party with address and telephone, as far as given.
func (p *press) joined(of Party) string {
	parts := []string{or(of.Name)}
	if of.Address != "" {
		parts = append(parts, p.both("地址")+"："+of.Address)
	}
	if of.Phone != "" {
		parts = append(parts, p.both("电话")+"："+of.Phone)
	}
	return strings.Join(parts, "\n")
}
