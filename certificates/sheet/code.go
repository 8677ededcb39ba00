package sheet

import (
	"fmt"

	qrcode "github.com/skip2/go-qrcode"
)

// MaxURL is the longest address that a code of level M holds in 33 modules; more modules would be smaller and read
// worse at the same size.
const MaxURL = 62

// CodeSize is the side of a QR code without its quiet zone, in millimetres.
const CodeSize = 20.0

// Code is a QR code with its top left module at X, Y.
type Code struct {
	X, Y    float64
	Modules [][]bool
}

// NewCode encodes url at level M.
func NewCode(url string) (Code, error) {
	q, err := qrcode.New(url, qrcode.Medium)
	if err != nil {
		return Code{}, fmt.Errorf("QR code of %q: %w", url, err)
	}
	q.DisableBorder = true
	return Code{Modules: q.Bitmap()}, nil
}

// Module is the side of one module in millimetres.
func (c Code) Module() float64 { return CodeSize / float64(len(c.Modules)) }

// Quiet is the code with its quiet zone of four modules (ISO/IEC 18004), which stays empty.
func (c Code) Quiet() Rect {
	q := 4 * c.Module()
	return Rect{c.X - q, c.Y - q, CodeSize + 2*q, CodeSize + 2*q}
}

// bars joins the dark modules of each row into as few boxes as possible.
func (c Code) bars() []Rect {
	m := c.Module()
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
			out = append(out, Rect{c.X + float64(from)*m, c.Y + float64(y)*m, float64(to-from) * m, m})
			from = to
		}
	}
	return out
}
