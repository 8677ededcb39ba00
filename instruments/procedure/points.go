package procedure

import (
	"fmt"
	"slices"

	"hengjian/internal/measure"
)

// PlannedItem is what is to be measured for one item: its columns, the points that must be among the rows, and how many
// rows are needed at least.
type PlannedItem struct {
	ID       string    `json:"id"`
	Title    Words     `json:"title"`
	Kind     string    `json:"kind"`
	Readings []Reading `json:"readings"`
	Points   []string  `json:"points"`
	MinRows  int       `json:"min_rows"`
}

// Points returns the items that apply at a stage, with their points computed from the instrument's parameters.
func (d *Definition) Points(r Record) ([]PlannedItem, error) {
	g, err := d.prepare(r.Parameters)
	if err != nil {
		return nil, err
	}
	e := &evaluator{d: d, g: g, r: r}
	plan := []PlannedItem{}
	for _, item := range d.Items {
		applies, err := e.applies(item)
		if err != nil {
			return nil, err
		}
		if !applies || item.From != "" {
			continue
		}
		p := PlannedItem{ID: item.ID, Title: item.Title, Kind: item.Kind, Readings: item.Readings, Points: []string{}}
		if p.Readings == nil {
			p.Readings = []Reading{}
		}
		for _, point := range item.Points {
			loads, err := e.loads(point)
			if err != nil {
				return nil, fmt.Errorf("points of %s: %w", item.ID, err)
			}
			for _, load := range loads {
				if !slices.Contains(p.Points, load.String()) {
					p.Points = append(p.Points, load.String())
				}
			}
		}
		if p.MinRows, err = e.needed(item); err != nil {
			return nil, err
		}
		plan = append(plan, p)
	}
	return plan, nil
}

// loads are the values of a point for this instrument; none when its condition does not hold.
func (e *evaluator) loads(p Point) ([]measure.Decimal, error) {
	if !e.d.isFor(p.For, e.g) {
		return nil, nil
	}
	if p.When != "" {
		holds, err := e.d.parsed[p.When].holds(e.g.scope)
		if err != nil || !holds {
			return nil, err
		}
	}
	if p.Each != "" {
		v, ok := e.g.scope.find(p.Each)
		if !ok {
			return nil, unknownName(p.Each)
		}
		return v.list, nil
	}
	load, err := e.d.parsed[p.Value].number(e.g.scope)
	return []measure.Decimal{load}, err
}

// needed is how many rows an item wants at least.
func (e *evaluator) needed(item Item) (int, error) {
	n := max(item.MinRows[e.r.Stage], 1)
	if item.Rows == "" {
		return n, nil
	}
	v, err := e.d.parsed[item.Rows].number(e.g.scope)
	if err != nil {
		return 0, err
	}
	for n < maxRows && v.Cmp(measure.MustDecimal(fmt.Sprint(n))) > 0 {
		n++
	}
	return n, nil
}

// covered notes every point that is not among the rows, and too few rows.
func (e *evaluator) covered(item Item, path string, scopes []*scope) bool {
	complete := true
	for _, p := range item.Points {
		loads, err := e.loads(p)
		if err != nil {
			e.unreadable(path, err)
			complete = false
			continue
		}
		for _, load := range loads {
			if count(scopes, p.Of, load) < max(p.Times, 1) {
				complete = false
				e.miss(path, "point_missing", fmt.Sprintf("“%s”缺少测量点 %s %s", item.Title.ZH, load, e.g.unit),
					fmt.Sprintf("%s lacks the point %s %s", item.ID, load, e.g.unit))
			}
		}
	}
	need, err := e.needed(item)
	if err != nil {
		e.unreadable(path, err)
		return false
	}
	if have := e.usable(item, path, scopes); have < need {
		complete = false
		e.miss(path, "too_few_rows", fmt.Sprintf("“%s”至少需要%d个有效测量点，现有%d个", item.Title.ZH, need, have),
			fmt.Sprintf("%s needs at least %d usable rows and has %d", item.ID, need, have))
	}
	return complete
}

func count(scopes []*scope, reading string, load measure.Decimal) int {
	n := 0
	for _, s := range scopes {
		if s == nil {
			continue
		}
		if v, ok := s.find(reading); ok && v.kind == numberValue && v.number.Cmp(load) == 0 {
			n++
		}
	}
	return n
}

// usable counts the rows that count towards the needed number.
func (e *evaluator) usable(item Item, path string, scopes []*scope) int {
	n := 0
	for _, s := range scopes {
		if s == nil {
			continue
		}
		if item.Usable == "" {
			n++
			continue
		}
		holds, err := e.d.parsed[item.Usable].holds(s)
		if err != nil {
			e.unreadable(path, err)
		}
		if holds {
			n++
		}
	}
	return n
}
