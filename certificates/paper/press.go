package paper

import (
	"fmt"
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
	endStyle     = sheet.Style{Font: fonts.Song, Size: 10, Align: sheet.Center, Gap: 0.3}
)

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
}

var numberLabels = map[Kind]string{
	InspectionReport: "报告编号", VerificationCertificate: "证书编号", VerificationNotice: "通知书编号",
}

func newPress(set *fonts.Set, c Content, o Options) (*press, error) {
	p := &press{content: c, head: c.head(), url: o.URL, label: numberLabels[c.DocumentKind()]}
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

// pageHead stands at the top of each page but the first.
func (p *press) pageHead(s *sheet.Sheet) {
	left, right := smallStyle, smallStyle
	right.Align = sheet.Right
	const rule, split = 21.0, 120.0
	h := s.Height(left, p.head.body.Name, split)
	s.At(left, p.head.body.Name, sheet.Rect{X: frame.X, Y: rule - 1 - h, W: split})
	h = s.Height(right, p.content.Title(), frame.W-split)
	s.At(right, p.content.Title(), sheet.Rect{X: frame.X + split, Y: rule - 1 - h, W: frame.W - split})
	s.Rule(sheet.Line{X1: frame.X, Y1: rule, X2: frame.Right(), Y2: rule, Width: 0.2, Color: sheet.Grey})
}

// finish sets the foot of every page: number of the document, page of pages.
func (p *press) finish() []*sheet.Page {
	return p.Finish(func(s *sheet.Sheet, n, of int) {
		left, right := smallStyle, smallStyle
		right.Align = sheet.Right
		s.Rule(sheet.Line{X1: frame.X, Y1: footTop, X2: frame.Right(), Y2: footTop, Width: 0.2, Color: sheet.Grey})
		s.At(left, p.label+"："+p.number(), sheet.Rect{X: frame.X, Y: footTop + 1.5, W: frame.W - 40})
		s.At(right, fmt.Sprintf("第 %d 页  共 %d 页", n, of), sheet.Rect{X: frame.Right() - 40, Y: footTop + 1.5, W: 40})
	})
}

func (p *press) number() string { return or(p.head.number) }

// stamp sets the QR code with its caption at the top right of the first page.
func (p *press) stamp() {
	if p.code == nil {
		return
	}
	caption := smallStyle
	caption.Align, caption.Size = sheet.Center, 7
	p.code.X, p.code.Y = codeEdge-sheet.CodeSize, headTop
	p.Code(*p.code)
	quiet := p.code.Quiet()
	p.At(caption, "扫码核验真伪与状态", sheet.Rect{X: quiet.X - 2, Y: quiet.Bottom(), W: quiet.W + 4})
}

// section begins a part under its own heading, kept together with what follows.
func (p *press) section(title string, follows float64) {
	p.Need(10 + follows)
	if !p.AtTop() {
		p.Space(3)
	}
	p.Paragraph(sectionStyle, title)
	p.Space(0.8)
}

// seal marks the place of a seal, 40 mm across, around x, y.
func (p *press) seal(x, y float64, name string) {
	light := sheet.Color{R: 190, G: 190, B: 190}
	p.Ring(sheet.Circle{X: x, Y: y, RX: 20, RY: 20, Width: 0.2, Dashed: true, Color: light})
	st := smallStyle
	st.Align, st.Color, st.Size = sheet.Center, light, 9
	p.At(st, name, sheet.Rect{X: x - 18, Y: y - 2.2, W: 36})
}

// end is the mark after which nothing may be added.
func (p *press) end(mark string) {
	p.Need(12)
	p.Space(4)
	p.Paragraph(endStyle, mark)
}

// statements sets the numbered notes.
func (p *press) statements(title string, texts []string) {
	p.section(title, 12)
	for i, t := range texts {
		p.Paragraph(textStyle, strconv.Itoa(i+1)+"．"+t)
	}
}

// signed is a name with the time of its electronic signature, both blank in a draft.
func signed(s Signature) string {
	if s.SignedAt.IsZero() {
		return s.Name
	}
	return s.Name + "\n" + s.SignedAt.In(shanghai).Format("2006-01-02 15:04:05")
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
func joined(p Party) string {
	parts := []string{or(p.Name)}
	if p.Address != "" {
		parts = append(parts, "地址："+p.Address)
	}
	if p.Phone != "" {
		parts = append(parts, "电话："+p.Phone)
	}
	return strings.Join(parts, "\n")
}
