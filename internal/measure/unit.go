package measure

import (
	_ "embed" // the table of units
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"hengjian/internal/errs"
)

// Quantity is a value with its unit, as spelled by whoever wrote it.
type Quantity struct {
	Value Decimal `json:"value"`
	Unit  string  `json:"unit"`
}

// Convert gives q in another unit, exactly. It refuses units that it does not know, units of different kinds (a mass
// fraction is never a mass concentration: that takes a density; a volume fraction is never a mass fraction), and a
// conversion that does not end, such as seconds to hours: convert the limit instead of the value then. What "%" and
// "ppm" are fractions of is unsaid, so they convert among themselves and to mass fractions, never to volume fractions.
// The value keeps its significant digits: 0.7452 g/cm3 is 745.2 kg/m3.
func Convert(q Quantity, unit string) (Quantity, error) {
	table := units()
	from, to := table.find(q.Unit), table.find(unit)
	if from == nil {
		return Quantity{}, unknownUnit(q.Unit)
	}
	if to == nil {
		return Quantity{}, unknownUnit(unit)
	}
	if !from.convertsTo(to) {
		return Quantity{}, errs.New(errs.Invalid, "other_dimension",
			fmt.Sprintf("单位 %s 与 %s 不是同一类量，不能换算", from.name, to.name),
			fmt.Sprintf("%s and %s are units of different kinds of quantity", from.name, to.name))
	}
	value, ends, err := q.Value.Mul(from.factor).quo(to.factor)
	if err != nil {
		return Quantity{}, err
	}
	if !ends {
		return Quantity{}, errs.New(errs.Invalid, "inexact_conversion",
			fmt.Sprintf("%s %s 不能精确换算为 %s", short(q.Value.String()), from.name, to.name),
			fmt.Sprintf("%s %s has no exact value in %s", short(q.Value.String()), from.name, to.name))
	}
	return Quantity{Value: value.trimmed(q.Value.number().NumDigits()), Unit: to.name}, nil
}

// NormalUnit gives the one spelling of a unit, so that spellings can be compared: "ｍｇ／ｋｇ", "MG/KG" and "毫克/千克"
// give "mg/kg". A unit that is not known keeps its letters; only its typography is made uniform.
func NormalUnit(s string) string {
	if u := units().find(s); u != nil {
		return u.name
	}
	return uniform(s)
}

// KnownUnit says whether Convert knows the unit.
func KnownUnit(s string) bool { return units().find(s) != nil }

func unknownUnit(s string) error {
	return errs.New(errs.Invalid, "unknown_unit",
		fmt.Sprintf("不认识的单位“%s”", short(s)), fmt.Sprintf("unknown unit %q", short(s)))
}

// unit is one row of units.csv.
type unit struct {
	name    string
	kind    string   // kind of quantity: only units of one kind convert
	factor  Decimal  // the unit in the base unit of its kind
	standIn []string // other kinds that a loosely written unit may stand for
}

func (u *unit) convertsTo(other *unit) bool {
	return u.kind == other.kind || slices.Contains(u.standIn, other.kind) || slices.Contains(other.standIn, u.kind)
}

// spelling is one way to write a unit.
type spelling struct {
	text string
	unit *unit
}

// unitTable finds units by spelling: first as written, then ignoring case.
type unitTable struct {
	exact  map[string]*unit
	folded map[string][]spelling
}

//go:embed units.csv
var unitsCSV string

var units = sync.OnceValue(func() *unitTable {
	table, err := readUnits(unitsCSV)
	if err != nil {
		panic("measure: units.csv: " + err.Error())
	}
	return table
})

// readUnits reads the table; its columns are explained at its top.
func readUnits(text string) (*unitTable, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	r.FieldsPerRecord = 5
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	table := &unitTable{exact: map[string]*unit{}, folded: map[string][]spelling{}}
	for _, row := range rows {
		factor, err := ParseDecimal(row[2])
		if err != nil || factor.Sign() <= 0 {
			return nil, fmt.Errorf("unit %q: factor %q is not a number above 0", row[0], row[2])
		}
		u := &unit{name: row[0], kind: row[1], factor: factor, standIn: strings.Fields(row[3])}
		if err := table.add(u, strings.Fields(row[4])); err != nil {
			return nil, fmt.Errorf("unit %q: %w", row[0], err)
		}
	}
	return table, nil
}

// add enters a unit under its name and other spellings, each also with u for μ.
func (t *unitTable) add(u *unit, others []string) error {
	if uniform(u.name) != u.name {
		return fmt.Errorf("the name is not in uniform typography, which is %q", uniform(u.name))
	}
	for _, other := range append([]string{u.name}, others...) {
		text := uniform(other)
		if err := t.enter(text, u); err != nil {
			return err
		}
		if !strings.Contains(text, "μ") {
			continue
		}
		if err := t.enter(strings.ReplaceAll(text, "μ", "u"), u); err != nil {
			return err
		}
	}
	return nil
}

// enter notes one spelling; two units cannot share it.
func (t *unitTable) enter(text string, u *unit) error {
	if known := t.exact[text]; known != nil {
		return fmt.Errorf("spelling %q is entered already, for %q", text, known.name)
	}
	t.exact[text] = u
	key := strings.ToLower(text)
	t.folded[key] = append(t.folded[key], spelling{text, u})
	return nil
}

// find returns the unit of a spelling, nil when there is none or more than one.
func (t *unitTable) find(s string) *unit {
	text := withSlash(uniform(s))
	if u := t.exact[text]; u != nil {
		return u
	}
	var found *unit
	for _, candidate := range t.folded[strings.ToLower(text)] {
		if !caseMayDiffer(text, candidate.text) {
			continue
		}
		if found != nil && found != candidate.unit {
			return nil
		}
		found = candidate.unit
	}
	return found
}

// withSlash turns a power of -1 into a division: mg·kg-1 is mg/kg.
func withSlash(text string) string {
	front, isPower := strings.CutSuffix(text, "-1")
	i := strings.LastIndex(front, "·")
	if !isPower || i < 0 {
		return text
	}
	return front[:i] + "/" + front[i+len("·"):]
}

// caseMayDiffer says whether two spellings that differ in case alone can only mean the same. They cannot when they
// differ in m or μ (milli or mega, micro) or have one letter only (s second, S siemens; K kelvin).
func caseMayDiffer(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) < 2 {
		return false
	}
	for i := range x {
		lower := unicode.ToLower(x[i])
		if x[i] != y[i] && (lower == 'm' || lower == 'μ') {
			return false
		}
	}
	return true
}

// typography maps characters that look alike or stand for others to those of units.csv.
var typography = strings.NewReplacer(
	"\u00b5", "μ", "\u2126", "\u03a9", "ℓ", "L", "℃", "°C", "℉", "°F", "º", "°", "˚", "°",
	"⁰", "0", "¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9",
	"⁻", "-", "−", "-", "∕", "/", "⁄", "/", "﹪", "%", "⋅", "·", "∙", "·", "•", "·", "・", "·", "*", "·",
	"㎎", "mg", "㎏", "kg", "㎍", "μg", "㎜", "mm", "㎝", "cm", "㎞", "km", "㎛", "μm", "㎚", "nm",
	"㎡", "m2", "㎥", "m3", "㎠", "cm2", "㎟", "mm2", "㎤", "cm3", "㎣", "mm3", "㎖", "mL", "㎕", "μL", "㎗", "dL",
	"㎩", "Pa", "㎪", "kPa", "㎫", "MPa", "㎐", "Hz",
)

// uniform brings a unit to one typography: no spaces or invisible characters, no full-width letters, digits or signs,
// no superscripts, one micro sign.
func uniform(s string) string {
	return typography.Replace(strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～': // full-width forms stand in the order of ASCII
			return r - '！' + '!'
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s))
}
