package calendar

import (
	"encoding/csv"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hengjian/internal/errs"
)

func TestAddWorkdays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from        string
		add         int
		want        string
		provisional bool
	}{
		{"2026-09-18", 20, "2026-10-22", false},
		{"2026-09-18", 5, "2026-09-24", false}, // Sunday 09-20 works
		{"2026-09-24", 2, "2026-09-29", false},
		{"2026-09-30", 7, "2026-10-15", false},
		{"2026-02-13", 5, "2026-02-27", false},
		{"2026-02-14", 1, "2026-02-24", false},
		{"2026-04-30", 1, "2026-05-06", false},
		{"2026-05-08", 1, "2026-05-09", false}, // Saturday works
		{"2025-09-26", 7, "2025-10-13", false},
		{"2024-02-08", 5, "2024-02-21", false}, // 除夕 02-09 was no day off
		{"2026-01-01", 1, "2026-01-04", false},
		{"2026-10-03", 1, "2026-10-08", false}, // from a day off
		{"2026-10-03", 0, "2026-10-03", false},
		{"2022-12-30", 1, "2023-01-03", false}, // one notice, two years

		{"2026-12-31", 0, "2026-12-31", false},
		{"2026-12-30", 1, "2026-12-31", false},
		{"2026-12-31", 1, "2027-01-04", true}, // 01-01 is a Friday
		{"2026-12-25", 10, "2027-01-11", true},
		{"2027-02-04", 1, "2027-02-09", true}, // 除夕 to 初三: 02-05 to 02-08
		{"2027-04-02", 1, "2027-04-06", true}, // 清明 04-05, a Monday
		{"2027-06-08", 1, "2027-06-10", true}, // 端午 06-09, a Wednesday
		{"2027-09-14", 1, "2027-09-16", true}, // 中秋 09-15, a Wednesday
		{"2027-09-30", 1, "2027-10-04", true}, // 10-01 to 10-03
		{"2029-04-30", 1, "2029-05-03", true}, // 05-01 and 05-02, a Tuesday and a Wednesday
		{"2018-04-30", 1, "2018-05-02", true}, // before 2025, 1 May alone
		{"2018-12-31", 1, "2019-01-02", false},
		{"2018-12-28", 1, "2018-12-31", true},

		{"2026-10-22", -20, "2026-09-18", false},
		{"2026-10-08", -1, "2026-09-30", false},
		{"2019-01-02", -1, "2018-12-31", true},

		{"2026-10-01", math.MaxInt, "9999-12-31", true},
		{"2026-10-01", math.MinInt, "0001-01-01", true},
		{"9999-12-31", 1, "9999-12-31", true},
		{"9990-01-01", 5000, "9999-12-31", true},
		{"0009-01-01", -5000, "0001-01-01", true},
	} {
		got, provisional := Official().AddWorkdays(MustDate(c.from), c.add)
		if got.String() != c.want || provisional != c.provisional {
			t.Errorf("%s and %d working days = %s, provisional %v; want %s, %v",
				c.from, c.add, got, provisional, c.want, c.provisional)
		}
	}
}

func TestEndOfPeriod(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from        string
		days        int
		want        string
		provisional bool
	}{
		{"2026-03-02", 15, "2026-03-17", false},
		{"2026-03-06", 15, "2026-03-23", false}, // Saturday 03-21 gives way to Monday
		{"2026-09-16", 15, "2026-10-08", false}, // 10-01
		{"2026-09-05", 15, "2026-09-20", false}, // a Sunday that works
		{"2026-09-18", 90, "2026-12-17", false},
		{"2026-10-05", 90, "2027-01-04", true},
		{"2026-10-04", 90, "2027-01-04", true}, // 2027-01-02, a Saturday
		{"2026-12-24", 7, "2026-12-31", false},
		{"2018-12-20", 15, "2019-01-04", false},
		{"2026-10-03", 0, "2026-10-08", false},
		{"2026-10-03", -30, "2026-10-08", false},
		{"2026-10-03", math.MaxInt, "9999-12-31", true},
	} {
		got, provisional := Official().EndOfPeriod(MustDate(c.from), c.days)
		if got.String() != c.want || provisional != c.provisional {
			t.Errorf("%d days after %s end on %s, provisional %v; want %s, %v",
				c.days, c.from, got, provisional, c.want, c.provisional)
		}
	}
}

// A day off of a year that is not published makes the answer provisional, also when the next working day is certain.
func TestWorkdayFromProvisional(t *testing.T) {
	t.Parallel()
	c, err := Read(strings.NewReader("year 2034 x\n2034-01-01..2034-01-03 off 元旦"))
	if err != nil {
		t.Fatal(err)
	}
	got, provisional := c.WorkdayFrom(MustDate("2033-12-31")) // a Saturday
	if got != MustDate("2034-01-04") || !provisional {
		t.Errorf("working day from 2033-12-31 = %s, provisional %v; want 2034-01-04, true", got, provisional)
	}
}

func TestWorkdayOfNoDate(t *testing.T) {
	t.Parallel()
	c := Official()
	if end, provisional := c.AddWorkdays(Date{}, 5); !end.IsZero() || !provisional {
		t.Errorf("5 working days after no date: %v, %v; want no date, provisional", end, provisional)
	}
	if end, provisional := c.AddWorkdays(Date{}, math.MaxInt); !end.IsZero() || !provisional {
		t.Errorf("all working days after no date: %v, %v; want no date, provisional", end, provisional)
	}
	if end, provisional := c.WorkdayFrom(Date{}); !end.IsZero() || !provisional {
		t.Errorf("first working day from no date: %v, %v; want no date, provisional", end, provisional)
	}
}

// Every day of the published years is compared with a collection of the same notices made by others.
func TestOfficialAgreesWithOthers(t *testing.T) {
	t.Parallel()
	const path = "../../../shared/data/holidays_cn_2007_2026.csv"
	file, err := os.Open(path)
	if err != nil {
		t.Skipf("the collection to compare with is not there (%s beside the repository): %v", "../shared", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	off := map[string]string{}
	for _, row := range rows[1:] {
		off[row[0]] = row[2]
	}
	days := 0
	for d := MustDate("2019-01-01"); !d.After(MustDate("2026-12-31")); d = d.AddDays(1) {
		want := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		if kind, listed := off[d.String()]; listed {
			want = kind == "0"
			days++
		}
		if got, provisional := Official().Workday(d); got != want || provisional {
			t.Errorf("%s: working day %v, provisional %v; want %v, false", d, got, provisional, want)
		}
	}
	if days != 283 {
		t.Errorf("the collection lists %d days of 2019 to 2026, want 283", days)
	}
}

func TestPublishedYears(t *testing.T) {
	t.Parallel()
	for year, want := range map[string]bool{"2018": true, "2019": false, "2023": false, "2026": false, "2027": true} {
		for _, day := range []string{"-01-01", "-06-15", "-12-31"} {
			if _, got := Official().Workday(MustDate(year + day)); got != want {
				t.Errorf("%s%s: provisional %v, want %v", year, day, got, want)
			}
		}
	}
}

// Working days are counted one by one: between a day and its n-th working day lie n working days.
func TestAddWorkdaysCounts(t *testing.T) {
	t.Parallel()
	c := Official()
	rapid.Check(t, func(t *rapid.T) {
		from := MustDate("2018-06-01").AddDays(rapid.IntRange(0, 4000).Draw(t, "day"))
		n := rapid.IntRange(1, 300).Draw(t, "n")
		end, provisional := c.AddWorkdays(from, n)
		count, unsure := 0, false
		for d := from.AddDays(1); !d.After(end); d = d.AddDays(1) {
			work, p := c.Workday(d)
			unsure = unsure || p
			if work {
				count++
			}
		}
		if work, _ := c.Workday(end); count != n || !work || provisional != unsure {
			t.Fatalf("%s and %d: %s, which is %d working days on (a working day: %v; provisional %v, want %v)",
				from, n, end, count, work, provisional, unsure)
		}
		if back, _ := c.AddWorkdays(end.AddDays(1), -n-1); back.After(from) {
			t.Fatalf("%s and %d: %s; back from there: %s, which lies after the start", from, n, end, back)
		}
	})
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"two words":                       "2026-10-01 off",
		"no date":                         "2026-10-32 off 国庆节",
		"no last date":                    "2026-10-01.. off 国庆节",
		"range backwards":                 "2026-10-07..2026-10-01 off 国庆节",
		"range of a year":                 "2026-10-01..2027-10-01 off 国庆节",
		"unknown kind":                    "2026-10-01 holiday 国庆节",
		"a day twice":                     "2026-10-01..2026-10-07 off 国庆节\n2026-10-03 off 中秋节",
		"a day off that is worked":        "year 2026 x\n2026-10-10 off 国庆节\n2026-10-10 work 国庆节",
		"a Monday as make-up day":         "year 2026 x\n2026-10-12 work 国庆节",
		"a make-up day, year unpublished": "2027-10-09 work 国庆节",
		"year twice":                      "year 2026 x\nyear 2026 y",
		"year in words":                   "year 二〇二六 x",
		"year 0":                          "year 0 x",
		"year 10000":                      "year 10000 x",
		"endless line":                    strings.Repeat("x", 1<<17),
	} {
		if _, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%s: read without error", name)
		}
	}
	_, err := Read(strings.NewReader("# comment\n\n2026-10-32 off 国庆节"))
	if errs.KindOf(err) != errs.Invalid || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("got %v, want an Invalid error that names line 3", err)
	}
}
