package sheet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/jung-kurt/gofpdf"
	"golang.org/x/text/unicode/norm"

	"hengjian/certificates/fonts"
	"hengjian/certificates/microfont"
)

// Document is laid-out pages with what the file says about itself.
type Document struct {
	Title, Author, Subject string
	Created                time.Time // also the file's date
	Paper                  Paper     // of all pages; the zero value is A4
	TrueSize               bool      // programs are asked to print it as large as it is, not fitted to the printer's paper
	Mark                   Watermark
	Pages                  []*Page
	Attachments            []Attachment
	Fields                 []string // names of the signature fields, for all who are to sign the file later
}

// Watermark is a word across each page, behind its content. No Text is none.
type Watermark struct {
	Text  string
	Under string // below it in smaller type, as a translation is
	Color Color
}

// PDF draws the document as a file for archives, PDF/A-3b (ISO 19005-3). The same document gives the same bytes. Every
// character must be in the fonts: Unprintable finds those that are not, and here one of them is an error.
func (d Document) PDF(set *fonts.Set) ([]byte, error) {
	return d.draw(set, part3)
}

// PDFA1 draws the same pages as PDF/A-1b (ISO 19005-1), the one part that PDFBox's Preflight checks: what sets part 3 apart
// is its number, the version of PDF, how it describes a font, and the files inside, which part 1 does not have.
func (d Document) PDFA1(set *fonts.Set) ([]byte, error) {
	d.Attachments = nil
	return d.draw(set, part1)
}

func (d Document) draw(set *fonts.Set, as part) (out []byte, err error) {
	defer func() { // gofpdf panics on text that it cannot take; nothing known gets that far
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("drawing %q: %v", d.Title, p)
		}
	}()
	sub, err := d.cut(set)
	if err != nil {
		return nil, err
	}
	p := pen{Fpdf: d.Paper.pdf(), paper: d.Paper.orA4(), sub: sub}
	p.SetCatalogSort(true)
	p.SetCompression(false) // rewrite packs the pages
	p.SetAutoPageBreak(false, 0)
	p.SetMargins(0, 0, 0)
	marks := d.marks(set)
	for _, page := range d.Pages {
		p.draw(page, marks)
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, fmt.Errorf("drawing %q: %w", d.Title, err)
	}
	return d.archived(b.Bytes(), sub, as)
}

// pdf begins a file of this paper. "P" with the real size also where it is wider than high: gofpdf swaps the sides of
// "L". No size is gofpdf's own A4, which rounds its sides to hundredths of a point.
func (p Paper) pdf() *gofpdf.Fpdf {
	return gofpdf.NewCustom(&gofpdf.InitType{
		OrientationStr: "P", UnitStr: "mm", SizeStr: "A4", Size: gofpdf.SizeType{Wd: p.W, Ht: p.H},
	})
}

// cut collects the characters that the document needs of each font and cuts them into one.
func (d Document) cut(set *fonts.Set) (*microfont.Subset, error) {
	var seen [fonts.Fallback + 1]map[rune]bool
	var parts [fonts.Fallback + 1]microfont.Part
	take := func(n fonts.Name, text string) {
		if seen[n] == nil {
			seen[n] = map[rune]bool{}
		}
		for _, r := range text {
			if !seen[n][r] {
				seen[n][r] = true
				parts[n].Runes = append(parts[n].Runes, r)
			}
		}
	}
	for _, page := range d.Pages {
		for _, t := range page.Texts {
			take(t.Font, t.Text)
		}
	}
	take(markFont, d.Mark.Text)
	take(markFont, d.Mark.Under)
	used := parts[:0]
	for n, p := range parts { // the numbers of the parts stay those of the fonts
		if p.Face = set.Face(fonts.Name(n)); p.Face != nil {
			used = append(used, p)
		}
	}
	sub, err := microfont.Cut(used...)
	if err != nil {
		return nil, fmt.Errorf("cutting the fonts: %w", err)
	}
	return sub, nil
}

// utf16Text is s as the file's properties hold it: UTF-16 with a mark in front.
func utf16Text(s string) string {
	b := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return string(b)
}

// pen draws on gofpdf and remembers what is set, so that it is not set again.
type pen struct {
	*gofpdf.Fpdf
	paper  Paper
	sub    *microfont.Subset
	size   float64
	color  Color
	stroke Color
	fill   Color
	width  float64
}

func (p *pen) draw(page *Page, marks []Text) {
	p.AddPage()
	p.size = 0
	for _, m := range marks {
		p.text(m)
	}
	for _, f := range page.Fills {
		p.setFill(f.Color)
		p.Rect(f.X, f.Y, f.W, f.H, "F")
	}
	for _, l := range page.Lines {
		p.setStroke(l.Color, l.Width)
		p.Line(l.X1, l.Y1, l.X2, l.Y2)
	}
	for _, c := range page.Circles {
		p.circle(c)
	}
	for _, c := range page.Codes {
		p.code(c)
	}
	for texts := page.Texts; len(texts) > 0; {
		n := 1
		for n < len(texts) && isAccent(texts[n]) {
			n++
		}
		p.words(texts[:n])
		texts = texts[n:]
	}
}

func (p *pen) setFill(c Color) {
	if p.fill != c {
		p.fill = c
		p.SetFillColor(int(c.R), int(c.G), int(c.B))
	}
}

func (p *pen) setStroke(c Color, width float64) {
	if p.stroke != c {
		p.stroke = c
		p.SetDrawColor(int(c.R), int(c.G), int(c.B))
	}
	if p.width != width {
		p.width = width
		p.SetLineWidth(width)
	}
}

func (p *pen) circle(c Circle) {
	p.setStroke(c.Color, c.Width)
	if c.Dashed {
		p.SetDashPattern([]float64{1.2, 0.9}, 0)
		defer p.SetDashPattern(nil, 0)
	}
	if c.From == c.To {
		p.Ellipse(c.X, c.Y, c.RX, c.RY, 0, "D")
		return
	}
	p.Arc(c.X, c.Y, c.RX, c.RY, 0, c.From, c.To, "D")
}

// code draws all modules as one path: seams between boxes filled one by one would show.
func (p *pen) code(c Code) {
	p.setFill(Black)
	var b strings.Builder
	for _, r := range c.bars() {
		fmt.Fprintf(&b, "%.3f %.3f %.3f %.3f re\n", r.X/point, (p.paper.H-r.Bottom())/point, r.W/point, r.H/point)
	}
	p.RawWriteStr(b.String() + "f")
}

// isAccent tells a mark that is set over the character before it.
func isAccent(t Text) bool {
	r, _ := utf8.DecodeRuneInString(t.Text)
	return unicode.Is(unicode.Mn, r)
}

// words draws a text and the accents over it. Where its characters stand apart, or an accent stands by itself, the file
// says what was typed (ActualText): that is copied out, and not the pieces.
func (p *pen) words(texts []Text) {
	whole := len(texts) == 1 && texts[0].Gap == 0
	if !whole {
		typed := texts[0].Text
		for _, accent := range texts[1:] {
			_, size := utf8.DecodeLastRuneInString(typed)
			letter := len(typed) - size
			typed = typed[:letter] + norm.NFC.String(typed[letter:]+accent.Text)
		}
		p.RawWriteStr(fmt.Sprintf("/Span <</ActualText <%X>>> BDC", utf16Text(typed)))
	}
	p.text(texts[0])
	for _, accent := range texts[1:] {
		accent.Gap = (texts[0].X + texts[0].W - accent.X) / point // where the word ends: no space is copied behind it
		p.text(accent)
	}
	if !whole {
		p.RawWriteStr("EMC")
	}
}

func (p *pen) text(t Text) {
	if p.size != t.Size {
		p.size = t.Size
		p.SetFont(standIn, "", t.Size)
	}
	if p.color != t.Color {
		p.color = t.Color
		p.SetTextColor(int(t.Color.R), int(t.Color.G), int(t.Color.B))
	}
	if t.Turn != 0 {
		p.TransformBegin()
		p.TransformRotate(t.Turn, t.X, t.Y)
		defer p.TransformEnd()
	}
	text := encode(p.sub, t)
	if t.Gap == 0 {
		p.Text(t.X, t.Y, text)
		return
	}
	p.RawWriteStr(fmt.Sprintf("%.3f Tc", t.Gap))
	p.Text(t.X, t.Y, text)
	p.RawWriteStr("0 Tc")
}

const (
	markFont  = fonts.Bold
	markSize  = 72.0
	markAngle = 45.0
)

// marks are the texts of the watermark across the middle of a page.
func (d Document) marks(set *fonts.Set) []Text {
	paper, m := d.Paper.orA4(), d.Mark
	mark := func(text string, size, below float64) Text {
		half := New(set, Rect{}, nil).Width(Style{Font: markFont, Size: size}, text) / 2
		return Text{
			X: paper.W/2 + (below-half)*math.Sqrt2/2, Y: paper.H/2 + (below+half)*math.Sqrt2/2,
			Size: size, Turn: markAngle, Font: markFont, Color: m.Color, Text: text,
		}
	}
	var texts []Text
	if m.Text != "" {
		texts = append(texts, mark(m.Text, markSize, 0))
	}
	if m.Under != "" {
		texts = append(texts, mark(m.Under, markSize/2, markSize*point*0.7))
	}
	return texts
}
