package instrumentfile

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

const isoDate = "2006-01-02"

// settleDates reads the dates of all rows by the one layout that reads all of them. When several do and disagree (day
// and month), no row gets a date and the file says so: the date has to be given by a person.
func (b *builder) settleDates() []Fault {
	days := map[string][]string{} // text → the day by each layout, "" when a layout does not read it
	reads := make([]int, len(b.layout.Dates))
	for i, c := range b.dates {
		if c.text == "" || days[c.text] != nil {
			continue
		}
		if day, ok := b.serial(c); ok {
			b.rows[i].MeasuredOn = day
			continue
		}
		byLayout := make([]string, len(b.layout.Dates))
		for j, l := range b.layout.Dates {
			if t, err := time.Parse(l, c.text); err == nil {
				byLayout[j] = t.Format(isoDate)
				reads[j]++
			}
		}
		days[c.text] = byLayout
	}
	best := mostReads(reads)
	if disagree(days, reads, best) {
		return []Fault{{"ambiguous_dates", "无法确定检验日期中日与月的顺序，请另行填写检验日期",
			"which is the day and which the month cannot be told: give the date of measurement yourself"}}
	}
	for i, c := range b.dates {
		r := &b.rows[i]
		if c.text == "" || r.MeasuredOn != "" {
			continue
		}
		if r.MeasuredOn = days[c.text][best]; r.MeasuredOn == "" {
			r.refuse(unreadableDate, "检验日期“%s”无法识别", "the date %s cannot be read", short(c.text))
		}
	}
	return nil
}

func mostReads(reads []int) int {
	best := 0
	for j, n := range reads {
		if n > reads[best] {
			best = j
		}
	}
	return best
}

// disagree says whether another layout reads as many dates as the best one, but one of them differently.
func disagree(days map[string][]string, reads []int, best int) bool {
	for _, byLayout := range days {
		for j, day := range byLayout {
			if reads[j] == reads[best] && day != byLayout[best] {
				return true
			}
		}
	}
	return false
}

// serialNumber is a date as a workbook stores it: days since the end of 1899, with the time as a fraction.
var serialNumber = regexp.MustCompile(`^(\d{4,7})(?:\.\d+)?$`)

// serial reads the number of a date cell of a workbook. Days up to the 29 February 1900 that never was are not dates
// of measurements.
func (b *builder) serial(c cell) (string, bool) {
	text := c.text
	if c.stored != "" {
		text = c.stored
	}
	m := serialNumber.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil || !b.sheet.workbook {
		return "", false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return "", false
	}
	epoch := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	if b.sheet.date1904 {
		epoch = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	day := epoch.AddDate(0, 0, n)
	return day.Format(isoDate), day.Year() < 10_000
}
