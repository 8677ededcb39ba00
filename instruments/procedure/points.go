package procedure

import (
	"slices"

	"hengjian/internal/measure"
)

// PlannedItem is what is to be measured or answered for one item.
type PlannedItem struct {
	ID        string         `json:"id"`
	Title     Words          `json:"title"`
	Kind      string         `json:"kind"`
	Questions []Question     `json:"questions,omitempty"`
	Readings  []Reading      `json:"readings"`
	Of        string         `json:"of,omitempty"`       // the reading that holds the load of a point
	Distinct  string         `json:"distinct,omitempty"` // the reading that tells the rows of a point apart, such as the position
	Points    []PlannedPoint `json:"points"`             // in the order in which they are measured
	MinRows   int            `json:"min_rows"`
}

// PlannedPoint is one point of the plan. A suggested one is only there to reach the number of different loads: any
// other load does as well. Near is how far from Load a reading may lie (0: nothing). MPE is ± the permissible error.
type PlannedPoint struct {
	Load      string            `json:"load"`
	Title     Words             `json:"title"`
	Near      string            `json:"near"`
	Direction string            `json:"direction,omitempty" enum:"up,down,"`
	Rows      int               `json:"rows"`
	Suggested bool              `json:"suggested,omitempty"`
	With      map[string]string `json:"with,omitempty"`
	MPE       string            `json:"mpe,omitempty"`
}

// Points returns the items that apply at the record's stage, with their points computed from the parameters. The error
// is Blocked when a parameter is missing that they depend on.
func (d *Definition) Points(r Record) ([]PlannedItem, error) {
	if err := checkStage(r.Stage); err != nil {
		return nil, err
	}
	e := &evaluator{given: d.read(r.Parameters, r.Stage), r: r, runs: map[string]*run{}}
	plan := []PlannedItem{}
	for i := range d.Items {
		item := &d.Items[i]
		if !e.applies(item) || item.From != "" {
			continue
		}
		p := PlannedItem{
			ID: item.ID, Title: item.Title, Kind: item.Kind, Questions: item.Questions, MinRows: max(1, len(item.Questions)),
			Readings: append([]Reading{}, item.Readings...), Points: []PlannedPoint{},
		}
		if item.Points != nil {
			if err := e.plan(item, &p); err != nil {
				return nil, blockedPoints(item, err)
			}
		}
		plan = append(plan, p)
	}
	return plan, nil
}

func (e *evaluator) plan(item *Item, p *PlannedItem) error {
	points, rows, err := e.points(item)
	if err != nil {
		return err
	}
	p.MinRows, p.Distinct = rows, item.Points.Distinct
	if p.Of = item.Points.Of; len(points) > 0 {
		p.MinRows = 0
	}
	for _, point := range points {
		planned := PlannedPoint{
			Load: plain(point.load), Title: point.title, Near: plain(point.near), Direction: point.direction, Rows: rows,
			Suggested: point.suggested, With: point.with,
		}
		if l := e.d.limits[MPEName]; l != nil {
			if high, err := l.highAt(e.scope, point.load); err == nil {
				planned.MPE = plain(high)
			}
		}
		p.MinRows += rows
		p.Points = append(p.Points, planned)
	}
	return nil
}

// point is a point of an item for this instrument.
type point struct {
	load, near measure.Decimal
	title      Words
	with       map[string]string
	direction  string // empty: any
	suggested  bool
}

// points are all points of an item in ascending order, rising and then falling where the item wants both, and how many
// rows each takes.
func (e *evaluator) points(item *Item) (list []point, rows int, err error) {
	p := item.Points
	if rows, err = e.count(p.rows, 1); err != nil {
		return nil, 0, err
	}
	for i := range p.At {
		at := &p.At[i]
		if list, err = e.spread(at, at.Each, e.scope.inner(), list); err != nil {
			return nil, 0, err
		}
	}
	if list, err = e.fill(p, list); err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(list, func(a, b point) int { return a.load.Cmp(b.load) })
	if p.Directions {
		list = bothWays(list)
	}
	return list, rows, nil
}

// count evaluates a number of rows or loads: at least one, at most maxRows.
func (e *evaluator) count(f *formula, otherwise int) (int, error) {
	if f == nil {
		return otherwise, nil
	}
	v, err := f.number(e.scope)
	if err != nil {
		return 0, err
	}
	for n := 1; n <= maxRows; n++ {
		if v.Cmp(whole(n)) <= 0 {
			return n, nil
		}
	}
	return 0, undefined("所需行数过多", "too many rows are asked for")
}

// spread adds a point for each member of its lists.
func (e *evaluator) spread(p *Point, each []Each, s *scope, list []point) ([]point, error) {
	if len(each) > 0 {
		members, err := each[0].in.root.eval(s)
		if err != nil {
			return nil, err
		}
		for _, member := range members.list {
			inner := s.inner()
			inner.values[each[0].Name] = numberOf(member)
			if list, err = e.spread(p, each[1:], inner, list); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	if p.when != nil {
		if holds, err := p.when.holds(s); err != nil || !holds {
			return list, err
		}
	}
	out := point{title: p.Title, with: p.With}
	var err error
	if out.load, err = p.value.number(s); err != nil {
		return nil, err
	}
	if p.near != nil {
		if out.near, err = p.near.number(s); err != nil {
			return nil, err
		}
	}
	same := func(o point) bool { return o.load.Cmp(out.load) == 0 && sameWith(o.with, out.with) }
	if slices.ContainsFunc(list, same) {
		return list, nil
	}
	return append(list, out), nil
}

func sameWith(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// fill suggests loads in the middle of the widest gaps until there are as many different ones as the item wants.
func (e *evaluator) fill(p *Points, list []point) ([]point, error) {
	wanted, err := e.count(p.loads, 0)
	if err != nil || wanted <= len(list) || len(list) < 2 {
		return list, err
	}
	step, err := p.fill.number(e.scope)
	if err != nil {
		return nil, err
	}
	half := measure.MustDecimal("0.5")
	for len(list) < wanted {
		slices.SortFunc(list, func(a, b point) int { return a.load.Cmp(b.load) })
		widest := 1
		for i := 2; i < len(list); i++ {
			if gap(list, i).Cmp(gap(list, widest)) > 0 {
				widest = i
			}
		}
		low, high := list[widest-1].load, list[widest].load
		middle, err := rounded(nil, []value{numberOf(low.Add(high).Mul(half)), numberOf(step)})
		if err != nil {
			return nil, err
		}
		if middle.number.Cmp(low) <= 0 || middle.number.Cmp(high) >= 0 {
			return nil, undefined("测量范围内没有足够多的不同载荷", "the range has not enough different loads")
		}
		list = append(list, point{load: middle.number, suggested: true})
	}
	return list, nil
}

func gap(list []point, i int) measure.Decimal { return list[i].load.Sub(list[i-1].load) }

// bothWays runs the points up and down again; the highest is measured once.
func bothWays(list []point) []point {
	if len(list) == 0 {
		return list
	}
	top := len(list) - 1
	for i := range top {
		list[i].direction = rising
	}
	for i := top - 1; i >= 0; i-- {
		down := list[i]
		down.direction = falling
		list = append(list, down)
	}
	return list
}
