package procedure

import (
	"fmt"
	"strings"

	"hengjian/internal/measure"
)

// lookup is a table of a definition, ready to be searched.
type lookup struct {
	name  string
	title Words
	match string
	bands map[string][]band // by the joined keys, with ascending edges
}

// band ends at its edge; without one it has no upper end.
type band struct {
	edge  *measure.Decimal
	value measure.Decimal
}

// newLookup reads the rows of a table: edges ascend, only the last band may be open, and no row stands twice.
func newLookup(t Table) (*lookup, error) {
	l := &lookup{name: t.Name, title: t.Title, match: t.Match, bands: map[string][]band{}}
	width := len(t.Keys) + 1
	switch t.Match {
	case "":
	case matchTo, matchBelow, matchExact:
		width++
	default:
		return nil, fmt.Errorf("match is to, below or exactly, not %q", t.Match)
	}
	if len(t.Rows) == 0 {
		return nil, fmt.Errorf("a table needs rows")
	}
	for i, row := range t.Rows {
		if len(row) != width {
			return nil, fmt.Errorf("row %d has %d cells instead of %d", i+1, len(row), width)
		}
		if err := l.add(row, len(t.Keys)); err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return l, nil
}

func (l *lookup) add(row []string, keys int) error {
	key := strings.Join(row[:keys], "\x00")
	v, err := measure.ParseDecimal(row[len(row)-1])
	if err != nil {
		return err
	}
	b := band{value: v}
	if l.match != "" && row[keys] != "" {
		edge, err := measure.ParseDecimal(row[keys])
		if err != nil {
			return err
		}
		b.edge = &edge
	}
	before := l.bands[key]
	switch {
	case len(before) > 0 && l.match == "":
		return fmt.Errorf("the keys stand twice")
	case b.edge == nil && l.match == matchExact:
		return fmt.Errorf("a row of exactly one number needs it")
	case len(before) > 0 && before[len(before)-1].edge == nil:
		return fmt.Errorf("an open band is the last one")
	case len(before) > 0 && b.edge != nil && before[len(before)-1].edge.Cmp(*b.edge) >= 0:
		return fmt.Errorf("the edges must ascend")
	}
	l.bands[key] = append(before, b)
	return nil
}

// signature is how formulas call the table: the keys, then the number where bands are matched.
func (l *lookup) signature(keys int) function {
	f := function{gives: numberKind, call: l.find, table: l}
	for range keys {
		f.parameters = append(f.parameters, textKind)
	}
	if l.match != "" {
		f.parameters = append(f.parameters, numberKind)
	}
	return f
}

func (l *lookup) rows(keys []value) ([]band, error) {
	texts := make([]string, len(keys))
	for i, k := range keys {
		texts[i] = k.text
	}
	bands, ok := l.bands[strings.Join(texts, "\x00")]
	if !ok {
		what := strings.Join(texts, ", ")
		return nil, undefined(
			fmt.Sprintf("“%s”表中没有 %s", l.title.ZH, what), fmt.Sprintf("the table %s has no row for %s", l.name, what))
	}
	return bands, nil
}

func (l *lookup) find(_ *scope, args []value) (value, error) {
	if l.match == "" {
		bands, err := l.rows(args)
		if err != nil {
			return value{}, err
		}
		return numberOf(bands[0].value), nil
	}
	x := args[len(args)-1].number
	bands, err := l.rows(args[:len(args)-1])
	if err != nil {
		return value{}, err
	}
	for _, b := range bands {
		if b.holds(x, l.match) {
			return numberOf(b.value), nil
		}
	}
	return value{}, undefined(
		fmt.Sprintf("%s 超出“%s”表的范围", x, l.title.ZH), fmt.Sprintf("%s is beyond the table %s", x, l.name))
}

func (b band) holds(x measure.Decimal, match string) bool {
	if b.edge == nil {
		return true
	}
	c := x.Cmp(*b.edge)
	switch match {
	case matchTo:
		return c <= 0
	case matchBelow:
		return c < 0
	}
	return c == 0
}

// edges lists where the bands of the keys end; an open end is none.
func (l *lookup) edges(_ *scope, args []value) (value, error) {
	bands, err := l.rows(args)
	if err != nil {
		return value{}, err
	}
	var list []measure.Decimal
	for _, b := range bands {
		if b.edge != nil {
			list = append(list, *b.edge)
		}
	}
	return listOf(list), nil
}
