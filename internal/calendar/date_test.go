package calendar

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hengjian/internal/errs"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"0001-01-01", "2024-02-29", "2026-03-15", "9999-12-31"} {
		d, err := ParseDate(s)
		if err != nil || d.String() != s || d.IsZero() {
			t.Errorf("ParseDate(%q) = %v, %v", s, d, err)
		}
	}
	for _, s := range []string{
		"", "2026-2-30", "2026-02-30", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01",
		"10000-01-01", "-001-01-01", "2026-3-15", "26-03-15", "2026/03/15", "20260315", " 2026-03-15", "2026-03-15 ", "2026-03-15T00:00:00Z",
		"２０２６-03-15", "2026-03-1５", "today",
	} {
		if d, err := ParseDate(s); errs.KindOf(err) != errs.Invalid || !d.IsZero() {
			t.Errorf("ParseDate(%q) = %v, %v; want an Invalid error", s, d, err)
		}
	}
}

func TestMustDatePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("MustDate(\"2026-02-30\") did not panic")
		}
	}()
	MustDate("2026-02-30")
}

func TestDateOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2026-09-30T15:59:59Z":           "2026-09-30",
		"2026-09-30T15:59:59.999999999Z": "2026-09-30",
		"2026-09-30T16:00:00Z":           "2026-10-01",
		"2026-10-01T00:00:00+08:00":      "2026-10-01",
		"2026-09-30T23:30:00-08:00":      "2026-10-01",
		"2026-10-01T01:00:00+14:00":      "2026-09-30",
	} {
		at, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if got := DateOf(at); got != MustDate(want) {
			t.Errorf("DateOf(%s) = %s, want %s", in, got, want)
		}
	}
	if got := DateOf(time.Time{}.AddDate(-3, 0, 0)); got != MustDate("0001-01-01") {
		t.Errorf("before the year 1: %s", got)
	}
	if got := DateOf(time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)); got != MustDate("9999-12-31") {
		t.Errorf("after the year 9999: %s", got)
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	got := MustDate("2026-10-01").Start().UTC().Format(time.RFC3339)
	if want := "2026-09-30T16:00:00Z"; got != want {
		t.Errorf("2026-10-01 starts at %s, want %s", got, want)
	}
}

func TestAddMonths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-08-31", 6, "2027-02-28"},
		{"2026-12-31", 0, "2026-12-31"},
		{"2026-11-30", 3, "2027-02-28"},
		{"2026-06-15", -18, "2024-12-15"},
		{"0001-01-15", -1, "0001-01-01"},
		{"9999-12-15", 0, "9999-12-15"},
		{"9999-12-15", 1, "9999-12-31"},
		{"2026-01-01", math.MaxInt, "9999-12-31"},
		{"2026-01-01", math.MinInt, "0001-01-01"},
	} {
		if got := MustDate(c.from).AddMonths(c.months); got != MustDate(c.want) {
			t.Errorf("%s and %d months = %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

// Valid until = date of verification + cycle − 1 day.
func TestValidity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		verified string
		cycle    int
		want     string
	}{
		{"2026-03-15", 12, "2027-03-14"},
		{"2026-01-01", 6, "2026-06-30"},
		{"2026-03-01", 24, "2028-02-29"},
		{"2026-08-31", 6, "2027-02-27"},
	} {
		if got := MustDate(c.verified).AddMonths(c.cycle).AddDays(-1); got != MustDate(c.want) {
			t.Errorf("verified %s, cycle %d months: valid until %s, want %s", c.verified, c.cycle, got, c.want)
		}
	}
}

func TestAddDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		days int
		want string
	}{
		{"2026-12-31", 1, "2027-01-01"},
		{"2024-03-01", -1, "2024-02-29"},
		{"2026-01-01", 90, "2026-04-01"},
		{"2026-01-01", math.MaxInt, "9999-12-31"},
		{"2026-01-01", math.MinInt, "0001-01-01"},
		{"0001-01-01", 3652058, "9999-12-31"},
	} {
		if got := MustDate(c.from).AddDays(c.days); got != MustDate(c.want) {
			t.Errorf("%s and %d days = %s, want %s", c.from, c.days, got, c.want)
		}
	}
}

func TestNoDate(t *testing.T) {
	t.Parallel()
	var none Date
	if !none.IsZero() || none.String() != "" || none.AddDays(400) != none || none.AddMonths(13) != none {
		t.Errorf("no date: %v, %q, %v, %v", none.IsZero(), none, none.AddDays(400), none.AddMonths(13))
	}
	if first := MustDate("0001-01-01"); !none.Before(first) || none.Compare(first) != -1 || first.IsZero() {
		t.Error("no date does not lie before the first date")
	}
}

// The arithmetic is compared with that of package time.
func TestDateAgreesWithTime(t *testing.T) {
	t.Parallel()
	first := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(0, lastDay-1).Draw(t, "n"), rapid.IntRange(0, lastDay-1).Draw(t, "m")
		at, d := first.AddDate(0, 0, n), MustDate("0001-01-01").AddDays(n)
		if d.String() != at.Format(layout) || d.Weekday() != at.Weekday() {
			t.Fatalf("day %d is %s %s, want %s %s", n, d, d.Weekday(), at.Format(layout), at.Weekday())
		}
		if d.Year() != at.Year() || d.Month() != at.Month() || d.Day() != at.Day() || DateOf(d.Start()) != d {
			t.Fatalf("%s has parts %d %s %d and starts at %s", d, d.Year(), d.Month(), d.Day(), d.Start())
		}
		o := MustDate("0001-01-01").AddDays(m)
		other := first.AddDate(0, 0, m)
		if d.Compare(o) != at.Compare(other) || d.Before(o) != at.Before(other) || d.After(o) != at.After(other) ||
			d.DaysSince(o) != n-m {
			t.Fatalf("%s and %s: Compare %d, DaysSince %d", d, o, d.Compare(o), d.DaysSince(o))
		}
	})
}

func TestDateJSON(t *testing.T) {
	t.Parallel()
	type record struct {
		On    Date  `json:"on"`
		Until Date  `json:"until,omitzero"`
		Never *Date `json:"never"`
	}
	for in, want := range map[string]string{
		`{"on":"2026-03-15","until":"2027-03-14","never":null}`: `{"on":"2026-03-15","until":"2027-03-14","never":null}`,
		`{"on":"","never":"2026-01-01"}`:                        `{"on":"","never":"2026-01-01"}`,
		`{}`:                                                    `{"on":"","never":null}`,
	} {
		var r record
		if err := json.Unmarshal([]byte(in), &r); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if out, err := json.Marshal(r); err != nil || string(out) != want {
			t.Errorf("%s comes back as %s, %v", in, out, err)
		}
	}
	for _, in := range []string{`{"on":"2026-02-30"}`, `{"on":20260315}`, `{"on":"2026-03-15T00:00:00Z"}`} {
		var r record
		if err := json.Unmarshal([]byte(in), &r); err == nil {
			t.Errorf("%s is read as %s, want an error", in, r.On)
		}
	}
}

func TestDateSQL(t *testing.T) {
	t.Parallel()
	day := MustDate("2026-10-01")
	for _, src := range []any{
		"2026-10-01", []byte("2026-10-01"), time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 10, 1, 0, 0, 0, 0, time.FixedZone("", 0)),
	} {
		var got Date
		if err := got.Scan(src); err != nil || got != day {
			t.Errorf("Scan(%v) = %v, %v; want %v", src, got, err, day)
		}
	}
	got := day
	if err := got.Scan(nil); err != nil || !got.IsZero() {
		t.Errorf("Scan(nil) = %v, %v; want no date", got, err)
	}
	for _, src := range []any{
		int64(1), "infinity", "2026-10-01 08:00:00", time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC),
		time.Date(2026, 10, 1, 0, 0, 0, 1, time.UTC), time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		if err := got.Scan(src); err == nil {
			t.Errorf("Scan(%v) = %v, want an error", src, got)
		}
	}
	if v, err := day.Value(); err != nil || v != "2026-10-01" {
		t.Errorf("Value of %s = %v, %v", day, v, err)
	}
	if v, err := (Date{}).Value(); err != nil || v != nil {
		t.Errorf("Value of no date = %v, %v; want NULL", v, err)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-03-15", "2026-2-30", "0000-01-01", "9999-12-31", "2024-02-29", "2026-03-15Z", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err == nil && (d.String() != s || d.IsZero()) {
			t.Errorf("ParseDate(%q) = %q", s, d)
		}
		if err != nil && errs.KindOf(err) != errs.Invalid {
			t.Errorf("ParseDate(%q): %v is not of kind Invalid", s, err)
		}
	})
}
