// Package sheet sets Chinese text on pages, A4 or as small as a label, and writes them as PDF. It knows paper, not
// laboratories: paragraphs, field grids, tables that go on over pages, codes to be scanned, page numbers. Text is first laid out into Pages, a plain list of
// what stands where, and only then drawn with gofpdf from fonts cut for it. Pure: the same input gives the same bytes.
// Read page.go, then flow.go and rows.go; lengths are millimetres from the top left, sizes of type are points.
package sheet

import "hengjian/certificates/fonts"

// The paper of documents: A4.
const (
	PaperWidth  = 210.0
	PaperHeight = 297.0
	point       = 25.4 / 72 // one point in millimetres
)

// Paper is the size of a page.
type Paper struct{ W, H float64 }

func (p Paper) orA4() Paper {
	if p == (Paper{}) {
		return Paper{PaperWidth, PaperHeight}
	}
	return p
}

// Rect is a box on the page.
type Rect struct{ X, Y, W, H float64 }

// Right is the x of the right edge.
func (r Rect) Right() float64 { return r.X + r.W }

// Bottom is the y of the bottom edge.
func (r Rect) Bottom() float64 { return r.Y + r.H }

// Color is a colour of the screen; the zero value is black.
type Color struct{ R, G, B uint8 }

// Colours of the documents.
var (
	Black = Color{}
	Grey  = Color{110, 110, 110}
)

// Page is what stands on one page, in the order in which it is drawn: fills, lines, circles, codes, texts.
type Page struct {
	Fills   []Fill
	Lines   []Line
	Circles []Circle
	Codes   []Code
	Texts   []Text
}

// Fill is a box of one shade.
type Fill struct {
	Rect
	Color Color
}

// Line is a straight line, Width thick.
type Line struct {
	X1, Y1, X2, Y2, Width float64
	Color                 Color
}

// Circle is a ring around X, Y, or a part of one when From and To (degrees, counterclockwise from the right) differ.
type Circle struct {
	X, Y, RX, RY, Width float64
	From, To            float64
	Dashed              bool
	Color               Color
}

// Text is a piece of one line in one font. X, Y is the start of the baseline; W its width; Box the area that it was set
// into and must not leave.
type Text struct {
	X, Y, W float64
	Size    float64 // points
	Gap     float64 // points between characters
	Turn    float64 // degrees counterclockwise around X, Y
	Font    fonts.Name
	Color   Color
	Text    string
	Box     Rect
}

// How far ink reaches above and below the baseline, in ems: ideographs 0.88 up and 0.12 down, letters down to 0.24.
const (
	inkAbove = 0.88
	inkBelow = 0.24
)

// Ink is the box that the text blackens at most.
func (t Text) Ink() Rect {
	em := t.Size * point
	return Rect{t.X, t.Y - inkAbove*em, t.W, (inkAbove + inkBelow) * em}
}
