// Package measure owns numbers as a laboratory writes them: exact decimals, the rounding and the comparison with
// limits of GB/T 8170-2008, and units with their exact conversion. It is pure and owns no table. Only this package
// knows the decimal library; float64 is never used for a value that is reported, compared or printed.
//
// Read first: decimal.go (the number), round.go (GB/T 8170), unit.go with units.csv (units).
package measure

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/cockroachdb/apd/v3"

	"hengjian/internal/errs"
)

// Bounds on what is read, so that hostile input cannot eat memory, and on what arithmetic may make of it.
const (
	entryDigits    = 60     // digits that a person or an instrument may write in one number
	storedDigits   = 1000   // digits that are stored and read back: results of arithmetic are longer than entries
	maxDigits      = 10_000 // digits that any result may have
	maxExponent    = 40     // the exponent that a number may be written with, up or down
	quotientDigits = 34     // significant digits of a quotient that does not end (decimal128's precision)
)

// Decimal is an exact decimal number. It is an immutable value; its zero value is 0. It remembers how many digits
// stand after the point ("1.50" keeps two), because they say how precisely something was measured. Compare with Cmp
// or Equal, not with ==.
type Decimal struct {
	d *apd.Decimal // finite, never -0, exponent never above 0, never changed once it is here; nil is 0
}

var (
	zero  = new(apd.Decimal)
	exact = apd.BaseContext // precision 0: nothing is rounded
)

// decimalForm is the only spelling of a number: digits, a point only between digits, an optional sign and exponent.
var decimalForm = regexp.MustCompile(`^[+-]?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,4}))?$`)

// ParseDecimal reads a decimal in ASCII with optional sign and exponent: "0.050", "-3", "1.2e-3". It refuses
// everything else (empty, spaces, NaN, Inf, ".5", "5.", "1,000", full-width digits), more than 60 digits, and
// exponents beyond ±40.
func ParseDecimal(s string) (Decimal, error) { return parse(s, entryDigits) }

// MustDecimal is ParseDecimal for constants; it panics when s is not a decimal.
func MustDecimal(s string) Decimal {
	d, err := ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

func parse(s string, digits int) (Decimal, error) {
	const around = len("+.e-0040")
	if len(s) > digits+around {
		return Decimal{}, tooLong(s, digits)
	}
	parts := decimalForm.FindStringSubmatch(s)
	if parts == nil {
		return Decimal{}, errs.New(errs.Invalid, "not_a_decimal",
			fmt.Sprintf("“%s”不是十进制数（例：0.050、-3、1.2e-3）", short(s)),
			fmt.Sprintf("%q is not a decimal number (such as 0.050, -3, 1.2e-3)", short(s)))
	}
	exponent, _ := strconv.Atoi(parts[3]) // empty is 0, and the form admits nothing that Atoi refuses
	if len(parts[1])+len(parts[2]) > digits || exponent > maxExponent || exponent < -maxExponent {
		return Decimal{}, tooLong(s, digits)
	}
	d, _, err := apd.NewFromString(s)
	if err != nil {
		return Decimal{}, fmt.Errorf("decimal %q: %w", short(s), err)
	}
	return finite(d), nil
}

func tooLong(s string, digits int) error {
	return errs.New(errs.Invalid, "decimal_too_long",
		fmt.Sprintf("“%s”过长：数字不超过%d位，指数不超过±%d", short(s), digits, maxExponent),
		fmt.Sprintf("%q is too long: at most %d digits and exponents to ±%d", short(s), digits, maxExponent))
}

// short cuts what somebody sent to a length that a message can carry.
func short(s string) string {
	const most = 40
	runes := []rune(s[:min(len(s), 4*most)])
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}

// finite takes over d as a Decimal. It panics when d has more digits than any chain of real measurements can give.
func finite(d *apd.Decimal) Decimal {
	if d.Form != apd.Finite || d.NumDigits()+int64(max(0, d.Exponent)) > maxDigits || d.Exponent < -maxDigits {
		panic(fmt.Sprintf("measure: a result of more than %d digits", maxDigits))
	}
	if d.Exponent > 0 {
		d.Coeff.Set(scale(d, 0))
		d.Exponent = 0
	}
	if d.IsZero() {
		d.Negative = false
	}
	return Decimal{d}
}

func (a Decimal) number() *apd.Decimal {
	if a.d == nil {
		return zero
	}
	return a.d
}

// Add returns a+b, exactly. Like Sub and Mul it panics beyond 10,000 digits, which entries of at most 60 digits
// reach only by multiplying hundreds of them.
func (a Decimal) Add(b Decimal) Decimal { return operate(exact.Add, a, b) }

// Sub returns a-b, exactly.
func (a Decimal) Sub(b Decimal) Decimal { return operate(exact.Sub, a, b) }

// Mul returns a·b, exactly.
func (a Decimal) Mul(b Decimal) Decimal { return operate(exact.Mul, a, b) }

func operate(op func(d, x, y *apd.Decimal) (apd.Condition, error), a, b Decimal) Decimal {
	d := new(apd.Decimal)
	if _, err := op(d, a.number(), b.number()); err != nil {
		panic("measure: " + err.Error())
	}
	return finite(d)
}

// Quo returns a/b: exactly when the quotient ends (within 1,000 digits), else the nearest number of 34 significant
// digits (a tie cannot occur: it would end). It fails when b is 0. Rounding for a report is Round's work alone:
// GB/T 8170 3.3.1 forbids to round twice, and 34 digits keep this rounding far below any that follows.
func (a Decimal) Quo(b Decimal) (Decimal, error) {
	q, _, err := a.quo(b)
	return q, err
}

// quo is Quo and tells whether the quotient is exact.
func (a Decimal) quo(b Decimal) (q Decimal, ends bool, err error) {
	if b.IsZero() {
		return Decimal{}, false, errs.New(errs.Invalid, "division_by_zero", "除数为零", "division by zero")
	}
	rounded, ends := a.divide(b, quotientDigits)
	if ends {
		return rounded, true, nil
	}
	if long, ends := a.divide(b, storedDigits); ends {
		return long, true, nil
	}
	return rounded, false, nil
}

// divide returns a/b to a number of significant digits, and whether nothing was lost. A quotient that ends gets as
// many digits after the point as a has more than b, and more only when it needs them: 6.00/2 is 3.00, 1/4 is 0.25.
func (a Decimal) divide(b Decimal, digits uint32) (q Decimal, ends bool) {
	d := new(apd.Decimal)
	lost, err := apd.BaseContext.WithPrecision(digits).Quo(d, a.number(), b.number())
	if err != nil {
		panic("measure: " + err.Error())
	}
	if lost.Inexact() {
		return finite(d), false
	}
	d.Reduce(d)
	if natural := a.number().Exponent - b.number().Exponent; d.Exponent > natural {
		d.Coeff.Set(scale(d, natural))
		d.Exponent = natural
	}
	return finite(d), true
}

// trimmed drops zeros from the end, down to the point or to the given number of digits.
func (a Decimal) trimmed(digits int64) Decimal {
	d := new(apd.Decimal).Set(a.number())
	ten := apd.NewBigInt(10)
	for d.Exponent < 0 && d.NumDigits() > digits {
		var shorter, last apd.BigInt
		if shorter.QuoRem(&d.Coeff, ten, &last); last.Sign() != 0 {
			break
		}
		d.Coeff.Set(&shorter)
		d.Exponent++
	}
	return finite(d)
}

// Neg returns -a.
func (a Decimal) Neg() Decimal { return finite(new(apd.Decimal).Neg(a.number())) }

// Abs returns |a|.
func (a Decimal) Abs() Decimal { return finite(new(apd.Decimal).Abs(a.number())) }

// Cmp compares numbers: -1 when a < b, 0 when a = b (1.0 equals 1.00), +1 when a > b.
func (a Decimal) Cmp(b Decimal) int { return a.number().Cmp(b.number()) }

// Equal says whether a and b are the same number: 1.0 equals 1.00.
func (a Decimal) Equal(b Decimal) bool { return a.Cmp(b) == 0 }

// Min returns the smaller of a and b.
func (a Decimal) Min(b Decimal) Decimal {
	if b.Cmp(a) < 0 {
		return b
	}
	return a
}

// Max returns the larger of a and b.
func (a Decimal) Max(b Decimal) Decimal {
	if b.Cmp(a) > 0 {
		return b
	}
	return a
}

// Sign returns -1, 0 or +1.
func (a Decimal) Sign() int { return a.number().Sign() }

// IsZero says whether a is 0, however it is written.
func (a Decimal) IsZero() bool { return a.Sign() == 0 }

// IsNegative says whether a < 0.
func (a Decimal) IsNegative() bool { return a.Sign() < 0 }

// Decimals is the number of digits after the point, as String prints them: 2 for 1.50, 0 for 1e3.
func (a Decimal) Decimals() int { return max(0, -int(a.number().Exponent)) }

// Float64 is the nearest float64, for drawing and for statistics only: never for a value that is reported, compared
// with a limit or printed. It is ±Inf beyond the range of float64.
func (a Decimal) Float64() float64 {
	f, _ := strconv.ParseFloat(a.number().Text('e'), 64) // the error repeats what ±Inf says
	return f
}

// String writes a in plain notation, without exponent and with its trailing zeros; zero has no sign.
func (a Decimal) String() string { return a.number().Text('f') }
