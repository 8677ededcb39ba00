// Package calendar owns legal days: civil dates, the working days of the official calendar of the People's Republic
// of China with its make-up days, and the end of a period counted in either. It is pure and owns no table.
//
// Read first: date.go (the day), calendar.go (working days and periods), holidays.txt (the days off, year by year).
package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"

	"hengjian/internal/errs"
)

// Date is a civil date of the years 1 to 9999, comparable with ==. Its zero value is no date: it writes as "", is NULL
// in SQL, and stays the zero value under all arithmetic.
type Date struct {
	day int // 1 is 0001-01-01; 0 is no date
}

const (
	layout        = "2006-01-02"
	secondsPerDay = 86400
	dayZero       = -62135596800/secondsPerDay - 1 // the day before 0001-01-01, in days of the Unix epoch
	lastDay       = 3652059                        // 9999-12-31
	monthsInRange = 9999 * 12
)

// shanghai is the legal time of China, UTC+8 without summer time since 1991-09-15. A fixed zone needs no zone files.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// DateOf returns the legal day of an instant: its date in Asia/Shanghai.
func DateOf(t time.Time) Date { return civil(t.In(shanghai)) }

// civil returns the date that t shows in its own zone, kept within the years 1 to 9999.
func civil(t time.Time) Date {
	y, m, d := t.Date()
	return fromDays(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/secondsPerDay - dayZero)
}

// fromDays returns the n-th day since 0000-12-31, kept within the years 1 to 9999.
func fromDays(n int64) Date { return Date{int(min(max(n, 1), lastDay))} }

// ParseDate reads a date written exactly as 2006-01-02. It refuses days that do not exist and the year 0000.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1 {
		return Date{}, errs.New(errs.Invalid, "not_a_date",
			fmt.Sprintf("“%.20s”不是日期（格式：2026-03-15）", s),
			fmt.Sprintf("%.20q is not a date (write 2026-03-15)", s))
	}
	return civil(t), nil
}

// MustDate is ParseDate for constants; it panics when s is not a date.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Start returns the first instant of the day in Asia/Shanghai; the day ends where the next one starts.
func (d Date) Start() time.Time {
	y, m, day := d.utc().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, shanghai)
}

func (d Date) utc() time.Time { return time.Unix((int64(d.day)+dayZero)*secondsPerDay, 0).UTC() }

// Year returns the year.
func (d Date) Year() int { return d.utc().Year() }

// Month returns the month.
func (d Date) Month() time.Month { return d.utc().Month() }

// Day returns the day of the month.
func (d Date) Day() int { return d.utc().Day() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday(d.day % 7) } // day 1, 0001-01-01, was a Monday

// IsZero says whether d is no date.
func (d Date) IsZero() bool { return d.day == 0 }

// Compare returns -1 when d lies before o, 0 when they are the same day, +1 when d lies after o. No date lies before
// every date.
func (d Date) Compare(o Date) int {
	switch {
	case d.day < o.day:
		return -1
	case d.day > o.day:
		return 1
	}
	return 0
}

// Before says whether d lies before o.
func (d Date) Before(o Date) bool { return d.day < o.day }

// After says whether d lies after o.
func (d Date) After(o Date) bool { return d.day > o.day }

// DaysSince returns the number of days from o to d, negative when d lies before o.
func (d Date) DaysSince(o Date) int { return d.day - o.day }

// AddDays returns the date n days later, earlier when n is negative, but never outside the years 1 to 9999.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return fromDays(int64(d.day) + int64(min(max(n, -lastDay), lastDay)))
}

// AddMonths returns the same day n months later, or the last day of that month when it is shorter: 2026-01-31 and one
// month is 2026-02-28. It never leaves the years 1 to 9999. A certificate is valid until AddMonths(cycle).AddDays(-1).
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	y, m, day := d.utc().Date()
	month := (y-1)*12 + int(m-1) + min(max(n, -monthsInRange), monthsInRange)
	if month < 0 {
		return Date{1}
	}
	first := time.Date(month/12+1, time.Month(month%12+1), 1, 0, 0, 0, 0, time.UTC)
	length := first.AddDate(0, 1, -1).Day()
	return civil(first).AddDays(min(day, length) - 1)
}

// String writes d as 2006-01-02, and no date as "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(layout)
}

// MarshalText writes d as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDate reads, and "" as no date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value implements driver.Valuer: text that PostgreSQL takes as date, NULL for no date.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan implements sql.Scanner for date columns; NULL is no date. An instant with a time of day is refused: which day
// it belongs to is a question for DateOf.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	case time.Time:
		if day := civil(v); day.utc().Format(time.DateTime) == v.Format(time.DateTime) && v.Nanosecond() == 0 {
			*d = day
			return nil
		}
	}
	return errs.New(errs.Internal, "not_a_date", "数据库中的值不是日期",
		fmt.Sprintf("a date cannot be read from %T %v", src, src))
}
