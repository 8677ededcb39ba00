package sheet

import (
	"errors"
	"fmt"
	"math"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
)

// DPI is how many dots a printer sets to the inch. The modules of a code for it are whole dots and begin at one: a
// module of 1.8 dots is printed as one dot here and as two there, and a bar code drawn so cannot be read.
type DPI int

func (d DPI) dot() float64 { return 25.4 / float64(d) }

// The smallest modules that are still drawn, in millimetres: what common hand-held scanners resolve, and for a QR code
// what a telephone reads from a hand's breadth.
const (
	leastBar    = 0.16
	leastMatrix = 0.24
	leastQR     = 0.33
)

const (
	mostBar    = 0.4 // wider bars gain nothing
	mostMatrix = 0.8
)

// Quiet zones in modules: ISO/IEC 15417 asks for 10; ISO/IEC 16022 for one, of which a label that sits askew in its
// printer loses some.
const (
	barQuiet    = 10
	matrixQuiet = 2
)

// ErrNoRoom is why a code is not drawn in a room in which its modules would be too small to be read.
var ErrNoRoom = errors.New("no room for the code")

// errNotASCII is why a code is not drawn that scanners would not read as what people read.
var errNotASCII = errors.New("a code holds printable ASCII only")

// DataMatrix encodes text as a square of at most side, its quiet zone included. The text is printable ASCII: of other
// characters scanners make other ones.
func DataMatrix(text string, dpi DPI, side float64) (Code, error) {
	if !Encodable(text) {
		return Code{}, fmt.Errorf("DataMatrix of %q: %w", text, errNotASCII)
	}
	symbol, err := datamatrix.Encode(text)
	if err != nil {
		return Code{}, fmt.Errorf("DataMatrix of %q: %w", text, err)
	}
	c := Code{Modules: modulesOf(symbol)}
	if err := c.square(dpi, side, matrixQuiet, leastMatrix); err != nil {
		return Code{}, fmt.Errorf("DataMatrix of %q: %w", text, err)
	}
	return c, nil
}

// QR encodes text at level M as a square of at most side, its quiet zone included.
func QR(text string, dpi DPI, side float64) (Code, error) {
	modules, err := qrModules(text)
	if err != nil {
		return Code{}, err
	}
	c := Code{Modules: modules}
	if err := c.square(dpi, side, qrQuiet, leastQR); err != nil {
		return Code{}, fmt.Errorf("QR code of %q: %w", text, err)
	}
	return c, nil
}

// Code128 encodes text, printable ASCII, as bars of the height and of at most the width, its quiet zones included.
func Code128(text string, dpi DPI, width, height float64) (Code, error) {
	if !Encodable(text) {
		return Code{}, fmt.Errorf("Code 128 of %q: %w", text, errNotASCII)
	}
	symbol, err := code128.Encode(text)
	if err != nil {
		return Code{}, fmt.Errorf("Code 128 of %q: %w", text, err)
	}
	c := Code{Modules: modulesOf(symbol), Dot: dpi.dot()}
	if c.W, err = dpi.module(len(c.Modules[0])+2*barQuiet, width, leastBar, mostBar); err != nil {
		return Code{}, fmt.Errorf("Code 128 of %q: %w", text, err)
	}
	c.QuietX = barQuiet * c.W
	c.H = math.Floor(height/c.Dot+slack) * c.Dot
	return c, nil
}

// Encodable reports whether a code can hold text so that every scanner reads just that.
func Encodable(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return text != ""
}

// square fixes the size of the modules of a matrix code in a square room.
func (c *Code) square(dpi DPI, side, quiet, least float64) error {
	m, err := dpi.module(len(c.Modules)+2*int(quiet), side, least, mostMatrix)
	c.Dot, c.W, c.H, c.QuietX, c.QuietY = dpi.dot(), m, m, quiet*m, quiet*m
	return err
}

// module is the widest module of whole dots, up to most, of which n have room. Narrower than least is ErrNoRoom.
func (d DPI) module(n int, room, least, most float64) (float64, error) {
	if d <= 0 {
		return 0, fmt.Errorf("a printer of %d dpi", d)
	}
	dots := math.Floor(min(room/float64(n), most)/d.dot() + slack)
	if m := dots * d.dot(); m >= least {
		return m, nil
	}
	return 0, fmt.Errorf("%w: %d modules of %g mm or more, in whole dots of %d dpi, do not go into %.1f mm",
		ErrNoRoom, n, least, d, room)
}

// modulesOf reads a symbol of the library module by module.
func modulesOf(symbol barcode.Barcode) [][]bool {
	area := symbol.Bounds()
	modules := make([][]bool, area.Dy())
	for y := range modules {
		modules[y] = make([]bool, area.Dx())
		for x := range modules[y] {
			r, _, _, _ := symbol.At(area.Min.X+x, area.Min.Y+y).RGBA()
			modules[y][x] = r == 0
		}
	}
	return modules
}
