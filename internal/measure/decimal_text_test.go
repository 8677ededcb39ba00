package measure

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	"hengjian/internal/errs"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	type record struct {
		Value Decimal  `json:"value"`
		Low   *Decimal `json:"low"`
	}
	for _, in := range []string{
		`{"value":"6.710","low":null}`,
		`{"value":"-0.05","low":"1000"}`,
	} {
		var r record
		if err := json.Unmarshal([]byte(in), &r); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		out, err := json.Marshal(r)
		if err != nil || string(out) != in {
			t.Errorf("%s comes back as %s, %v", in, out, err)
		}
	}
	for _, in := range []string{
		`{"value":6.71}`, `{"value":"6,71"}`, `{"value":""}`, `{"value":"NaN"}`, `{"value":true}`,
	} {
		var r record
		if err := json.Unmarshal([]byte(in), &r); err == nil {
			t.Errorf("%s is read as %v, want an error", in, r.Value)
		}
	}
}

func TestSQL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src  any
		want string
	}{
		{[]byte("12.340"), "12.340"},
		{"-7", "-7"},
		{int64(-42), "-42"},
	} {
		var got Decimal
		if err := got.Scan(c.src); err != nil || got.String() != c.want {
			t.Errorf("Scan(%v) = %v, %v; want %s", c.src, got, err, c.want)
		}
		if v, err := got.Value(); err != nil || v != c.want {
			t.Errorf("Value of %s = %#v, %v", got, v, err)
		}
	}
	for _, src := range []any{nil, 1.5, true, "NaN", []byte("Infinity")} {
		var got Decimal
		if err := got.Scan(src); err == nil {
			t.Errorf("Scan(%v) = %v, want an error", src, got)
		}
	}
	var null sql.Null[Decimal]
	if err := null.Scan(nil); err != nil || null.Valid {
		t.Errorf("sql.Null[Decimal].Scan(nil) = %v, %v", null, err)
	}
}

// What arithmetic makes of the longest entries is stored and read back; what could not be read back is not stored.
func TestLongResults(t *testing.T) {
	t.Parallel()
	entry := MustDecimal(strings.Repeat("7", 60))
	product := entry
	for range 9 {
		product = product.Mul(entry)
	}
	text, err := product.MarshalText()
	if err != nil {
		t.Fatalf("600 digits: %v", err)
	}
	var again Decimal
	if err := again.UnmarshalText(text); err != nil || !again.Equal(product) {
		t.Errorf("600 digits read back: %v", err)
	}
	tooLong := product.Mul(product)
	if _, err := tooLong.MarshalText(); errs.KindOf(err) != errs.Invalid {
		t.Errorf("MarshalText of 1200 digits: %v, want an Invalid error", err)
	}
	if v, err := tooLong.Value(); err == nil {
		t.Errorf("Value of 1200 digits = %.20v, want an error", v)
	}
	if err := again.UnmarshalText([]byte(tooLong.String())); errs.KindOf(err) != errs.Invalid {
		t.Errorf("UnmarshalText of 1200 digits: %v, want an Invalid error", err)
	}
	for _, s := range []string{"1e41", "1e-41"} {
		if err := again.UnmarshalText([]byte(s)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("UnmarshalText(%s): %v, want an Invalid error", s, err)
		}
	}
}
