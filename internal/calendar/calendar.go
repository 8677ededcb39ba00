package calendar

import (
	"bufio"
	_ "embed" // the days off
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"hengjian/internal/errs"
)

// Calendar knows the days off of the years whose arrangement is published. Of other years it knows the weekends and
// the statutory holidays, and calls every answer about them provisional: make-up days and days in lieu are missing.
type Calendar struct {
	published map[int]bool  // years
	off       map[Date]bool // true: day off, false: make-up working day
}

//go:embed holidays.txt
var holidays string

// official reads the embedded days off once.
var official = sync.OnceValue(func() *Calendar {
	c, err := Read(strings.NewReader(holidays))
	if err != nil {
		panic("calendar: holidays.txt: " + err.Error())
	}
	return c
})

// Official returns the calendar of the State Council's notices that this program was built with: 2019 to 2026.
func Official() *Calendar { return official() }

// Workday says whether d is a working day, and whether that is provisional because d's year is not published.
func (c *Calendar) Workday(d Date) (work, provisional bool) {
	provisional = !c.published[d.Year()]
	if off, listed := c.off[d]; listed {
		return !off, provisional
	}
	weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	return !weekend && !fixedHoliday(d), provisional
}

// fixedHoliday says whether d is a statutory holiday fixed by its date (全国年节及纪念日放假办法 art. 2): 1 January, 1 May,
// 2 May since 2025, 1 to 3 October.
func fixedHoliday(d Date) bool {
	switch year, month, day := d.utc().Date(); month {
	case time.January:
		return day == 1
	case time.May:
		return day == 1 || day == 2 && year >= 2025
	case time.October:
		return day <= 3
	default:
		return false
	}
}

// AddWorkdays returns the n-th working day after d; d itself is not counted, whether or not it is a working day. A
// negative n counts backwards, and 0 gives d. The answer is provisional when a day that was looked at lies in a year
// that is not published. Counting stops at the ends of the years 1 and 9999, at once when n is more than all days.
func (c *Calendar) AddWorkdays(d Date, n int) (end Date, provisional bool) {
	if n > lastDay || n < -lastDay {
		return d.AddDays(n), true
	}
	step := 1
	if n < 0 {
		step = -1
	}
	for left := n; left != 0; {
		next := d.AddDays(step)
		if next == d { // no date, or an end of the calendar
			return d, true
		}
		d = next
		work, unsure := c.Workday(d)
		provisional = provisional || unsure
		if work {
			left -= step
		}
	}
	return d, provisional
}

// WorkdayFrom returns d when it is a working day, else the next one.
func (c *Calendar) WorkdayFrom(d Date) (end Date, provisional bool) {
	work, provisional := c.Workday(d)
	if work {
		return d, provisional
	}
	end, unsure := c.AddWorkdays(d, 1)
	return end, provisional || unsure
}

// EndOfPeriod returns the last day of a period of calendar days after d: d is not counted, and a last day that is a day
// off gives way to the next working day. Zero or fewer days end on d in the same manner. For periods of months use
// WorkdayFrom(d.AddMonths(n)).
func (c *Calendar) EndOfPeriod(d Date, days int) (end Date, provisional bool) {
	return c.WorkdayFrom(d.AddDays(max(days, 0)))
}

// Read makes a calendar from text in the form that holidays.txt explains. It refuses days named twice, days off and
// make-up days that cannot be, and make-up days of a year that is not published.
func Read(r io.Reader) (*Calendar, error) {
	c := &Calendar{published: map[int]bool{}, off: map[Date]bool{}}
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if reason := c.readLine(strings.Fields(line)); reason != "" {
			return nil, errs.New(errs.Invalid, "bad_calendar",
				fmt.Sprintf("放假安排第%d行有误：%.60s", number, line),
				fmt.Sprintf("days off, line %d (%.60s): %s", number, line, reason))
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("days off: %w", err)
	}
	return c, nil
}

// readLine takes in "year Y NOTICE" or "DAYS off|work NAME" and returns what is wrong with it.
func (c *Calendar) readLine(words []string) (reason string) {
	if len(words) < 3 {
		return "three words are wanted"
	}
	if words[0] == "year" {
		return c.readYear(words[1])
	}
	from, to, isRange := strings.Cut(words[0], "..")
	if !isRange {
		to = from
	}
	first, err := ParseDate(from)
	if err != nil {
		return err.Error()
	}
	last, err := ParseDate(to)
	if err != nil {
		return err.Error()
	}
	if length := last.DaysSince(first) + 1; length < 1 || length > 31 {
		return fmt.Sprintf("a range of %d days", length)
	}
	for d := first; !d.After(last); d = d.AddDays(1) {
		if reason := c.enter(d, words[1]); reason != "" {
			return reason
		}
	}
	return ""
}

func (c *Calendar) readYear(word string) (reason string) {
	year, err := strconv.Atoi(word)
	if err != nil || year < 1 || year > 9999 || c.published[year] {
		return word + " is no year, or named twice"
	}
	c.published[year] = true
	return ""
}

func (c *Calendar) enter(d Date, kind string) (reason string) {
	if _, listed := c.off[d]; listed {
		return d.String() + " is named twice"
	}
	weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	switch {
	case kind == "off":
		c.off[d] = true
	case kind == "work" && weekend && c.published[d.Year()]:
		c.off[d] = false
	default:
		return d.String() + " is neither a day off nor a weekend day of a published year that is worked"
	}
	return ""
}
