package sheet

import (
	"fmt"
	"math"

	qrcode "github.com/skip2/go-qrcode"
)

// MaxURL is the longest address that a code of level M holds in 33 modules; more modules would be smaller and read
// worse at the same size.
const MaxURL = 62

// CodeSize is the side of the QR code of a document without its quiet zone, in millimetres.
const CodeSize = 20.0

// qrQuiet is the quiet zone of a QR code, in modules on each side (ISO/IEC 18004).
const qrQuiet = 4

// Code is a machine-readable code with its top left module at X, Y. A bar code is one row of modules, as high as its bars.
type Code struct {
	X, Y           float64
	Modules        [][]bool // dark ones are true
	W, H           float64  // of one module
	QuietX, QuietY float64  // what stays empty beside the code, and above and below it
	Dot            float64  // the printer's, on whose grid the modules lie; 0 is any printer
}

// NewCode encodes url at level M as a document shows it: CodeSize wide, for any printer.
func NewCode(url string) (Code, error) {
	modules, err := qrModules(url)
	if err != nil {
		return Code{}, err
	}
	m := CodeSize / float64(len(modules))
	return Code{Modules: modules, W: m, H: m, QuietX: qrQuiet * m, QuietY: qrQuiet * m}, nil
}

func qrModules(text string) ([][]bool, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("QR code of %q: %w", text, err)
	}
	q.DisableBorder = true
	return q.Bitmap(), nil
}

// At is the code with its top left module at x, y, or at the printer's dot that is nearest.
func (c Code) At(x, y float64) Code {
	c.X, c.Y = x, y
	if c.Dot > 0 {
		c.X, c.Y = math.Round(x/c.Dot)*c.Dot, math.Round(y/c.Dot)*c.Dot
	}
	return c
}

// Width is how wide the code is without its quiet zone.
func (c Code) Width() float64 {
	if len(c.Modules) == 0 {
		return 0
	}
	return float64(len(c.Modules[0])) * c.W
}

// Height is how high the code is without its quiet zone.
func (c Code) Height() float64 { return float64(len(c.Modules)) * c.H }

// Quiet is the code with its quiet zone, which stays empty.
func (c Code) Quiet() Rect {
	return Rect{c.X - c.QuietX, c.Y - c.QuietY, c.Width() + 2*c.QuietX, c.Height() + 2*c.QuietY}
}

// bars joins the dark modules of each row into as few boxes as possible.
func (c Code) bars() []Rect {
	var out []Rect
	for y, row := range c.Modules {
		for from := 0; from < len(row); from++ {
			if !row[from] {
				continue
			}
			to := from
			for to < len(row) && row[to] {
				to++
			}
			out = append(out, c.bar(from, to, y))
			from = to
		}
	}
	return out
}

// inset is how much narrower than its dots a bar is drawn on each side, in dots. PDF blackens every dot that a box
// touches, so an edge that lies beyond the dot's by a rounding error would make the bar a whole dot wider.
const inset = 0.05

// bar is the box of the modules [from, to) of a row.
func (c Code) bar(from, to, row int) Rect {
	less := inset * c.Dot
	return Rect{
		X: c.X + float64(from)*c.W + less, Y: c.Y + float64(row)*c.H, W: float64(to-from)*c.W - 2*less, H: c.H,
	}
}
