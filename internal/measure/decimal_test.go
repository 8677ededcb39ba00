package measure

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hengjian/internal/errs"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want string
		decimals int
	}{
		{"0", "0", 0},
		{"-0", "0", 0},
		{"-0.00", "0.00", 2},
		{"+1.50", "1.50", 2},
		{"-61.0", "-61.0", 1},
		{"007", "7", 0},
		{"1e3", "1000", 0},
		{"1.3E+4", "13000", 0},
		{"1.2e-3", "0.0012", 4},
		{"1e-40", "0." + strings.Repeat("0", 39) + "1", 40},
		{"1e40", "1" + strings.Repeat("0", 40), 0},
		{strings.Repeat("9", 60), strings.Repeat("9", 60), 0},
		{"-" + strings.Repeat("9", 59) + ".9E+0001", "-" + strings.Repeat("9", 60), 0},
	} {
		got, err := ParseDecimal(c.in)
		if err != nil || got.String() != c.want || got.Decimals() != c.decimals {
			t.Errorf("ParseDecimal(%q) = %v with %d decimals, %v; want %s with %d",
				c.in, got, got.Decimals(), err, c.want, c.decimals)
		}
	}
}

func TestParseDecimalRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", " ", " 1", "1 ", "1\n", "NaN", "nan", "sNaN", "Inf", "-Infinity", ".", ".5", "5.", "-", "+-1", "--1", "1e", "e5",
		"1e+", "1.2.3", "1,000", "1_000", "0x1F", "１２", "٣", "1×10", "<10", "6.71mg/kg", "1e41", "1e-41", "1e99999999999",
		"1e-2147483649", strings.Repeat("1", 61), "0." + strings.Repeat("0", 60), strings.Repeat("1", 1<<20), "\xff",
	} {
		got, err := ParseDecimal(in)
		if errs.KindOf(err) != errs.Invalid || !got.IsZero() {
			t.Errorf("ParseDecimal(%.70q) = %v, %v; want an Invalid error", in, got, err)
		}
		if err != nil && len(err.Error()) > 300 {
			t.Errorf("ParseDecimal(%.70q): the message repeats %d bytes of the input", in, len(err.Error()))
		}
	}
}

// Text that is far too long is refused for its length, before anything looks at all of it.
func TestParseDecimalMeasuresFirst(t *testing.T) {
	t.Parallel()
	_, err := ParseDecimal(strings.Repeat("no number ", 1<<17))
	if e, ok := errors.AsType[*errs.Error](err); !ok || e.Code != "decimal_too_long" {
		t.Errorf("a megabyte of words: %v, want the code decimal_too_long", err)
	}
}

func TestMustDecimalPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("MustDecimal(\"x\") did not panic")
		}
	}()
	MustDecimal("x")
}

func TestZeroValue(t *testing.T) {
	t.Parallel()
	var zero Decimal
	one := MustDecimal("1.0")
	q, err := zero.Quo(one)
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"String", zero.String(), "0"},
		{"IsZero", zero.IsZero(), true},
		{"Add", zero.Add(one).String(), "1.0"},
		{"Sub", zero.Sub(one).String(), "-1.0"},
		{"Mul", zero.Mul(one).String(), "0.0"},
		{"Quo", q.String(), "0"},
		{"Quo error", err, nil},
		{"Neg", zero.Neg().String(), "0"},
		{"Abs", zero.Abs().String(), "0"},
		{"Cmp", zero.Cmp(one), -1},
		{"Decimals", zero.Decimals(), 0},
		{"Float64", zero.Float64(), 0.0},
	} {
		if c.got != c.want {
			t.Errorf("Decimal{}: %s = %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestArithmetic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, op, b, want string }{
		{"0.1", "+", "0.2", "0.3"},
		{"1.50", "+", "1.5", "3.00"},
		{"1e40", "+", "1e-40", "1" + strings.Repeat("0", 40) + "." + strings.Repeat("0", 39) + "1"},
		{"50.5", "-", "50", "0.5"},
		{"0.5", "-", "0.50", "0.00"},
		{"-0.1", "*", "0.0", "0.00"},
		{"1.1", "*", "-1.1", "-1.21"},
		{"6.00", "/", "2", "3.00"},
		{"1", "/", "4", "0.25"},
		{"100", "/", "0.004", "25000"},
		{"2400", "/", "2.0", "1200"},
		{"-1", "/", "8", "-0.125"},
		{"0", "/", "-7", "0"},
		{"1", "/", "3", "0." + strings.Repeat("3", 34)},
		{"2", "/", "3", "0." + strings.Repeat("6", 33) + "7"},
		{"1", "/", "1180591620717411303424", // 2^-70 ends after 70 places, beyond 34 digits
			"0.0000000000000000000008470329472543003390683225006796419620513916015625"},
	} {
		a, b := MustDecimal(c.a), MustDecimal(c.b)
		var got Decimal
		switch c.op {
		case "+":
			got = a.Add(b)
		case "-":
			got = a.Sub(b)
		case "*":
			got = a.Mul(b)
		case "/":
			var err error
			if got, err = a.Quo(b); err != nil {
				t.Errorf("%s / %s: %v", c.a, c.b, err)
			}
		}
		if got.String() != c.want {
			t.Errorf("%s %s %s = %s, want %s", c.a, c.op, c.b, got, c.want)
		}
	}
}

func TestQuoByZero(t *testing.T) {
	t.Parallel()
	if got, err := MustDecimal("1").Quo(MustDecimal("0.00")); errs.KindOf(err) != errs.Invalid {
		t.Errorf("1 / 0.00 = %v, %v; want an Invalid error", got, err)
	}
}

// A chain of multiplications that grows without end stops with a panic and not with the memory of the machine.
func TestArithmeticIsBounded(t *testing.T) {
	t.Parallel()
	for _, start := range []string{strings.Repeat("9", 60), "1e40", "1e-40", "9.9e-40"} {
		steps := squareUntilPanic(MustDecimal(start))
		if steps != 7 { // an eighth would make more than 10,000 digits
			t.Errorf("squaring %s again and again ended after %d steps, want 7", start, steps)
		}
	}
}

func squareUntilPanic(d Decimal) (steps int) {
	defer func() { _ = recover() }() // the count tells that it came
	for ; steps < 25; steps++ {
		d = d.Mul(d)
	}
	return steps
}

func TestOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b     string
		cmp      int
		min, max string
		negative bool
	}{
		{"1.0", "1.00", 0, "1.0", "1.0", false},
		{"-2", "1", -1, "-2", "1", true},
		{"3", "2.999", 1, "2.999", "3", false},
		{"-0", "0", 0, "0", "0", false},
		{"1e40", "1e-40", 1, MustDecimal("1e-40").String(), MustDecimal("1e40").String(), false},
	} {
		a, b := MustDecimal(c.a), MustDecimal(c.b)
		if a.Cmp(b) != c.cmp || a.Equal(b) != (c.cmp == 0) {
			t.Errorf("%s.Cmp(%s) = %d, Equal %v; want %d", c.a, c.b, a.Cmp(b), a.Equal(b), c.cmp)
		}
		if a.Min(b).String() != c.min || a.Max(b).String() != c.max {
			t.Errorf("%s and %s: Min %s, Max %s; want %s, %s", c.a, c.b, a.Min(b), a.Max(b), c.min, c.max)
		}
		if a.IsNegative() != c.negative {
			t.Errorf("%s.IsNegative() = %v", c.a, a.IsNegative())
		}
	}
}

func TestFloat64(t *testing.T) {
	t.Parallel()
	big := MustDecimal("1e40")
	for range 4 {
		big = big.Mul(big)
	}
	for _, c := range []struct {
		in   Decimal
		want float64
	}{
		{MustDecimal("0.1"), 0.1},
		{MustDecimal("-12.50"), -12.5},
		{big, math.Inf(1)},
		{big.Neg(), math.Inf(-1)},
	} {
		if got := c.in.Float64(); got != c.want {
			t.Errorf("%.20s.Float64() = %v, want %v", c.in, got, c.want)
		}
	}
}

// drawDecimal makes decimals of up to 18 digits with exponents that mix places before and after the point.
func drawDecimal(t *rapid.T, name string) Decimal {
	n := rapid.Int64Range(-1e18, 1e18).Draw(t, name+" digits")
	if rapid.Bool().Draw(t, name+" small") {
		n %= 1000
	}
	e := rapid.Int64Range(-12, 12).Draw(t, name+" exponent")
	return MustDecimal(big.NewInt(n).String() + "e" + big.NewInt(e).String())
}

func ratOf(t interface{ Fatalf(string, ...any) }, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("big.Rat does not read %q", s)
	}
	return r
}

func TestArithmeticAgreesWithRationals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawDecimal(t, "a"), drawDecimal(t, "b")
		x, y := ratOf(t, a.String()), ratOf(t, b.String())
		for _, c := range []struct {
			op   string
			got  Decimal
			want *big.Rat
		}{
			{"+", a.Add(b), new(big.Rat).Add(x, y)},
			{"-", a.Sub(b), new(big.Rat).Sub(x, y)},
			{"*", a.Mul(b), new(big.Rat).Mul(x, y)},
		} {
			if ratOf(t, c.got.String()).Cmp(c.want) != 0 {
				t.Fatalf("%s %s %s = %s, want %s", a, c.op, b, c.got, c.want)
			}
		}
		if a.Cmp(b) != x.Cmp(y) || a.Sign() != x.Sign() {
			t.Fatalf("%s.Cmp(%s) = %d, Sign %d; want %d, %d", a, b, a.Cmp(b), a.Sign(), x.Cmp(y), x.Sign())
		}
		if !b.IsZero() {
			checkQuotient(t, a, b, new(big.Rat).Quo(x, y))
		}
	})
}

func checkQuotient(t *rapid.T, a, b Decimal, want *big.Rat) {
	got, err := a.Quo(b)
	if err != nil {
		t.Fatalf("%s / %s: %v", a, b, err)
	}
	lost := new(big.Rat).Sub(ratOf(t, got.String()), want)
	_, ends := want.FloatPrec()
	if ends && lost.Sign() != 0 {
		t.Fatalf("%s / %s = %s, but the quotient %s ends", a, b, got, want)
	}
	bound := new(big.Rat).Mul(lost.Abs(lost), ratOf(t, "2e33")) // half a unit of the 34th digit
	if bound.Cmp(want.Abs(want)) > 0 {
		t.Fatalf("%s / %s = %s is off by more than half of the 34th digit", a, b, got)
	}
}

func FuzzParseDecimal(f *testing.F) {
	f.Add("1.3e4")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDecimal(s)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Errorf("ParseDecimal(%q): %v is not of kind Invalid", s, err)
			}
			return
		}
		text := d.String()
		if len(text) > entryDigits+maxExponent+len("-0.") {
			t.Errorf("ParseDecimal(%q) prints %d characters", s, len(text))
		}
		if ratOf(t, text).Cmp(ratOf(t, s)) != 0 {
			t.Errorf("ParseDecimal(%q) = %s, another number", s, text)
		}
		var again Decimal
		if err := again.UnmarshalText([]byte(text)); err != nil || again.String() != text {
			t.Errorf("%q reads back as %s, %v", text, again, err)
		}
	})
}
