package standards

import (
	"fmt"
	"strings"

	"hengjian/internal/calendar"
)

// Confidence says how well a fact is known.
type Confidence string

// The confidences. Only what was read in the standard or in a published source is used before the technical manager
// confirms it.
const (
	Read    Confidence = "read"    // read in the standard itself
	Sourced Confidence = "sourced" // read in a published source that states it
	High    Confidence = "high"    // from memory
	Medium  Confidence = "medium"
	Low     Confidence = "low"
)

// Row is one limit of one standard for one scope and item, valid from and to a day. A judgement keeps a copy of it.
type Row struct {
	ID          string        `json:"id"`
	Standard    string        `json:"standard"`
	ValidFrom   calendar.Date `json:"valid_from"`
	ValidTo     calendar.Date `json:"valid_to,omitzero"` // last day; none while the edition is in force
	Scope       string        `json:"scope"`             // products in the words of the standard, with its exceptions
	Grade       string        `json:"grade,omitempty"`   // parted by /
	Item        string        `json:"item"`
	ExpressedAs string        `json:"expressed_as,omitempty"`
	Limit       string        `json:"limit"` // in the grammar of ParseLimit, without its unit
	Unit        string        `json:"unit,omitempty"`
	Method      string        `json:"method,omitempty"`
	Condition   string        `json:"condition,omitempty"` // beside product and date; 键：值 where it has other values
	Season      string        `json:"season,omitempty"`    // 11-01/04-30, by the sampling date
	Basis       []Basis       `json:"basis,omitempty"`
	BasisFor    string        `json:"basis_for,omitempty"` // products of the scope that the basis is for; empty: all
	Screen      string        `json:"screen,omitempty"`
	Note        string        `json:"note,omitempty"`
	Article     string        `json:"article,omitempty"`
	Confidence  Confidence    `json:"confidence"`
	DatesFrom   string        `json:"dates_from"` // where the validity is known from: read, memory, bulletin
	Source      string        `json:"source"`
	Enabled     bool          `json:"enabled"`
}

// changeover is the time after the begin of a season in which stations may still sell what they hold (GB 17930-2016).
const changeover = 15

// Confirmed says whether a confidence is enough to use a row without the technical manager's confirmation.
func (c Confidence) Confirmed() bool { return c == Read || c == Sourced }

// parse gives the row's limit as Judge takes it.
func (r Row) parse() (Limit, error) {
	l, err := ParseLimit(r.Limit)
	if err != nil {
		return l, fmt.Errorf("limit row %s: %w", r.ID, err)
	}
	if l.Other != nil || l.Remark != "" || l.Unit != "" {
		return l, unreadable("row_limit", "限量行 "+r.ID+" 的限量写法不明确", "the limit of row "+r.ID+" is not clear")
	}
	if l.Unit, err = readUnit(r.Unit); err != nil {
		return l, fmt.Errorf("limit row %s: %w", r.ID, err)
	}
	for _, b := range r.Basis {
		if !b.Valid() {
			return l, unreadable("row_basis", "限量行 "+r.ID+" 的计算基准不明", "row "+r.ID+" has an unknown basis")
		}
	}
	l.Item, l.Screen, l.Basis, l.Row = r.Item, r.Screen, r.Basis, &r
	return l, nil
}

// name is how messages call the row.
func (r Row) name() string {
	return fmt.Sprintf("%s %s %s [%s]", r.Standard, displayScope(r.Scope), r.Item, r.ID)
}

// grades lists the row's grades, none when it holds for all.
func (r Row) grades() []string {
	if r.Grade == "" {
		return nil
	}
	list := strings.Split(r.Grade, "/")
	for i := range list {
		list[i] = gradeKey(list[i])
	}
	return list
}

func gradeKey(s string) string { return strings.TrimRight(nameKey(s), "号#") }

// inSeason says whether the row's season covers the day, and whether the day is in the changeover at its begin.
func (r Row) inSeason(day calendar.Date) (in, changing bool, err error) {
	from, to, ok := strings.Cut(r.Season, "/")
	if r.Season == "" {
		return true, false, nil
	}
	text := day.String()
	year, monthDay, _ := strings.Cut(text, "-")
	if !ok {
		return false, false, unreadable("row_season", "限量行 "+r.ID+" 的季节无法识别",
			"the season of row "+r.ID+" is unreadable")
	}
	if from <= to {
		in = from <= monthDay && monthDay <= to
	} else {
		in = from <= monthDay || monthDay <= to
	}
	begin, err := calendar.ParseDate(year + "-" + from)
	if err != nil {
		return false, false, fmt.Errorf("limit row %s: %w", r.ID, err)
	}
	changing = !day.Before(begin) && day.Before(begin.AddDays(changeover))
	return in, changing, nil
}

// condition says whether the caller states the row's condition, or states another value of it (包装：散装 where the row
// asks for 包装：预包装).
func (r Row) condition(stated []string) (met, excluded bool) {
	want := nameKey(r.Condition)
	key, _, keyed := strings.Cut(want, ":")
	met = want == ""
	for _, s := range stated {
		have := nameKey(s)
		met = met || have == want
		excluded = excluded || keyed && have != want && strings.HasPrefix(have, key+":")
	}
	return met && !excluded, excluded
}
