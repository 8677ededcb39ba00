package measure

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hengjian/internal/errs"
)

// The examples of GB/T 8170-2008, with the clause and how sure each is in the file.
//
//go:embed testdata/gbt8170.json
var gbt8170 []byte

type roundingVector struct{ Value, Interval, Expected, Clause string }

type limitVector struct {
	Item, Measured string
	Low, High      *Decimal
	LowInclusive   bool `json:"low_inclusive"`
	HighInclusive  bool `json:"high_inclusive"`
	Interval       Decimal
	Rounded        string
	FullValue      bool `json:"full_value"`
	RoundedValue   bool `json:"rounded_value"`
}

func vectors(t *testing.T) (rounding []roundingVector, limits []limitVector) {
	t.Helper()
	var file struct {
		Rounding        []roundingVector
		LimitComparison []limitVector `json:"limit_comparison"`
	}
	if err := json.Unmarshal(gbt8170, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Rounding) != 19 || len(file.LimitComparison) != 20 {
		t.Fatalf("%d and %d vectors, want 19 and 20", len(file.Rounding), len(file.LimitComparison))
	}
	return file.Rounding, file.LimitComparison
}

func TestRoundVectors(t *testing.T) {
	t.Parallel()
	rounding, _ := vectors(t)
	for _, v := range rounding {
		got, err := Round(MustDecimal(v.Value), MustDecimal(v.Interval))
		if err != nil || got.String() != v.Expected {
			t.Errorf("%s: Round(%s, %s) = %s, %v; want %s", v.Clause, v.Value, v.Interval, got, err, v.Expected)
		}
	}
}

func TestRound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, interval, want string }{
		{"-0.04", "0.1", "0.0"},
		{"0", "0.01", "0.00"},
		{"-0.5", "1", "0"},
		{"-0.50000000000000000000000000000000000000000001", "1", "-1"},
		{"10.5002", "1", "11"},
		{"1.050", "0.1", "1.0"},
		{"1.25", "0.50", "1.00"},
		{"1.75", "0.50", "2.00"},
		{"1268", "1e2", "1300"},
		{"1350", "1e2", "1400"},
		{"1e3", "0.1", "1000.0"},
		{"7", "3", "6"},
		{"4.5", "3", "6"},
		{"1.5", "3", "0"},
		{"49", "1e40", "0"},
		{"0.1", "1e-40", "0.1000000000000000000000000000000000000000"},
	} {
		got, err := Round(MustDecimal(c.value), MustDecimal(c.interval))
		if err != nil || got.String() != c.want {
			t.Errorf("Round(%s, %s) = %s, %v; want %s", c.value, c.interval, got, err, c.want)
		}
	}
	for _, interval := range []string{"0", "-0.1", "0.00"} {
		if got, err := Round(MustDecimal("1"), MustDecimal(interval)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("Round(1, %s) = %s, %v; want an Invalid error", interval, got, err)
		}
	}
}

// drawInterval makes intervals of 1, 2, 5 and 25 units of any digit.
func drawInterval(t *rapid.T) Decimal {
	unit := MustDecimal(rapid.SampledFrom([]string{"1e-6", "1e-3", "0.1", "1", "1e2", "1e5"}).Draw(t, "unit"))
	return unit.Mul(MustDecimal(rapid.SampledFrom([]string{"1", "2", "5", "25"}).Draw(t, "units")))
}

func mustRound(t *rapid.T, v, interval Decimal) Decimal {
	r, err := Round(v, interval)
	if err != nil {
		t.Fatalf("Round(%s, %s): %v", v, interval, err)
	}
	return r
}

func TestRoundProperties(t *testing.T) {
	t.Parallel()
	two := MustDecimal("2")
	rapid.Check(t, func(t *rapid.T) {
		v, w, interval := drawDecimal(t, "v"), drawDecimal(t, "w"), drawInterval(t)
		r := mustRound(t, v, interval)
		if again := mustRound(t, r, interval); again.String() != r.String() {
			t.Fatalf("not idempotent: %s by %s gives %s, then %s", v, interval, r, again)
		}
		if r.Sub(v).Abs().Mul(two).Cmp(interval) > 0 {
			t.Fatalf("%s by %s gives %s, further than half an interval away", v, interval, r)
		}
		if n, _, err := r.quo(interval); err != nil || !n.Equal(mustRound(t, n, MustDecimal("1"))) {
			t.Fatalf("%s by %s gives %s, not a multiple", v, interval, r)
		}
		if minus := mustRound(t, v.Neg(), interval); minus.String() != r.Neg().String() {
			t.Fatalf("not symmetric: %s gives %s, its negative gives %s", v, r, minus)
		}
		if r.Decimals() != interval.Decimals() {
			t.Fatalf("%s by %s gives %s with %d decimals", v, interval, r, r.Decimals())
		}
		if s := mustRound(t, w, interval); v.Cmp(w) < 0 && r.Cmp(s) > 0 {
			t.Fatalf("not monotone: %s < %s, but %s > %s", v, w, r, s)
		}
	})
}

// Every tie goes to the even multiple.
func TestRoundTies(t *testing.T) {
	t.Parallel()
	half := MustDecimal("0.5")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1e15, 1e15).Draw(t, "n")
		interval := drawInterval(t)
		var multiple Decimal
		if err := multiple.Scan(n); err != nil {
			t.Fatal(err)
		}
		even := n + n&1
		var want Decimal
		if err := want.Scan(even); err != nil {
			t.Fatal(err)
		}
		v := multiple.Add(half).Mul(interval)
		if got := mustRound(t, v, interval); !got.Equal(want.Mul(interval)) {
			t.Fatalf("%s by %s = %s, want %s", v, interval, got, want.Mul(interval))
		}
	})
}

func TestCompareVectors(t *testing.T) {
	t.Parallel()
	_, limits := vectors(t)
	for _, v := range limits {
		got, err := Compare(MustDecimal(v.Measured), v.Low, v.High, v.LowInclusive, v.HighInclusive, v.Interval)
		want := Comparison{Rounded: MustDecimal(v.Rounded), FullValue: v.FullValue, RoundedValue: v.RoundedValue}
		if err != nil || got.Rounded.String() != v.Rounded || !cmp.Equal(got, want) {
			t.Errorf("%s: %s gives %+v, %v; want %+v", v.Item, v.Measured, got, err, want)
		}
	}
}

func TestCompareRefuses(t *testing.T) {
	t.Parallel()
	limit := func(s string) *Decimal {
		if s == "" {
			return nil
		}
		d := MustDecimal(s)
		return &d
	}
	for _, c := range []struct{ name, low, high, interval string }{
		{"no limit", "", "", "0.1"},
		{"crossed limits", "2", "1", "0.1"},
		{"interval zero", "1", "", "0"},
		{"negative interval", "", "1", "-1"},
		{"upper limit finer than the interval", "", "1.4", "1"},
		{"lower limit finer than the interval", "0.25", "", "0.1"},
	} {
		got, err := Compare(MustDecimal("1.44"), limit(c.low), limit(c.high), true, true, MustDecimal(c.interval))
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %+v, %v; want an Invalid error", c.name, got, err)
		}
	}
}

func TestComparisonJSON(t *testing.T) {
	t.Parallel()
	low := MustDecimal("1400")
	c, err := Compare(MustDecimal("1351"), &low, nil, true, true, MustDecimal("100"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(c)
	want := `{"rounded":"1400","full_value":false,"rounded_value":true}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
