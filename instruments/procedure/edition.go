package procedure

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

// TitleZH is the Chinese title.
func (d *Definition) TitleZH() string { return d.Title.ZH }

// Effective is the first day of the edition.
func (d *Definition) Effective() calendar.Date { return d.effective }

// Until is the last day of the edition; nil while none is known.
func (d *Definition) Until() *calendar.Date { return d.until }

// InForce returns nil when an instrument of these parameters is verified by this edition on the day, else a Blocked
// error that says why not.
func (d *Definition) InForce(parameters map[string]json.RawMessage, on calendar.Date) error {
	if on.Before(d.effective) || d.until != nil && on.After(*d.until) {
		return errs.New(errs.Blocked, "procedure_not_in_force",
			fmt.Sprintf("%s在%s不是现行有效版本", d.ID, on), fmt.Sprintf("%s is not in force on %s", d.ID, on))
	}
	for _, m := range d.Lifecycle.Moves {
		if on.Before(m.from) {
			continue
		}
		moved, err := m.when.holds(d.read(parameters, Subsequent).scope)
		if err != nil {
			zh, en := reasonOf(err)
			return errs.New(errs.Blocked, "procedure_not_known",
				fmt.Sprintf("无法确定应依据%s还是%s检定：%s", d.ID, m.To, zh),
				fmt.Sprintf("it cannot be told whether %s or %s applies: %s", d.ID, m.To, en)).With(err)
		}
		if moved {
			to, old := written(m.To), written(d.ID)
			return errs.New(errs.Blocked, "procedure_moved",
				fmt.Sprintf("自%s起该类器具依据%s检定，不再依据%s", m.from, to, old),
				fmt.Sprintf("such instruments go by %s from %s on, no longer by %s", to, m.from, old))
		}
	}
	return nil
}

// written is an id as a regulation is cited: JJG 539-2016.
func written(id string) string { return strings.Replace(id, "-", " ", 1) }

// Validity is how long a verification holds. FirstOnly instruments are not verified again; Until is then the end of
// their permitted use, and zero when there is none.
type Validity struct {
	Until     calendar.Date
	FirstOnly bool
	Rule      Words
}

// Validity finds the period of an instrument: the last day is day + months − 1 day. It is Blocked when a parameter is
// missing that decides it, or no period fits.
func (d *Definition) Validity(parameters map[string]json.RawMessage, day calendar.Date) (Validity, error) {
	s := d.read(parameters, Subsequent).scope
	for i := range d.Cycle {
		p := &d.Cycle[i]
		if p.when != nil {
			fits, err := p.when.holds(s)
			if err != nil {
				return Validity{}, noPeriod(err)
			}
			if !fits {
				continue
			}
		}
		return p.validity(s, day)
	}
	return Validity{}, noPeriod(undefined("规程没有适用的检定周期", "no period of the procedure fits"))
}

func (p *Period) validity(s *scope, day calendar.Date) (Validity, error) {
	v := Validity{FirstOnly: p.Kind == firstOnly, Rule: p.Words}
	if p.months == nil {
		return v, nil
	}
	months, err := p.months.number(s)
	if err != nil {
		return Validity{}, noPeriod(err)
	}
	const longest = 600
	for n := 1; n <= longest; n++ {
		if months.Cmp(whole(n)) == 0 {
			v.Until = day.AddMonths(n).AddDays(-1)
			return v, nil
		}
	}
	return Validity{}, noPeriod(undefined("检定周期不是整月数", "the period is not a whole number of months"))
}

func noPeriod(err error) error {
	zh, en := reasonOf(err)
	return errs.New(errs.Blocked, "no_period", "无法确定检定周期："+zh,
		"the period of verification is undetermined: "+en).With(err)
}

// Unconfirmed lists what is known from memory only; it needs confirming against the regulation before use.
func (d *Definition) Unconfirmed() []Fact {
	return slices.DeleteFunc(slices.Clone(d.Facts), func(f Fact) bool { return f.Status == verified })
}

// FactOf is the fact that a path of the definition rests on: the most specific that covers it.
func (d *Definition) FactOf(path string) (Fact, bool) {
	best := -1
	for i, f := range d.Facts {
		covers := path == f.Path || strings.HasPrefix(path, f.Path+".")
		if covers && (best < 0 || len(f.Path) > len(d.Facts[best].Path)) {
			best = i
		}
	}
	if best < 0 {
		return Fact{}, false
	}
	return d.Facts[best], true
}

// checkFacts makes sure that each place with numbers or rules has a fact, and each fact its status and source.
func (d *Definition) checkFacts() error {
	for _, f := range d.Facts {
		confident := slices.Contains([]string{"high", "medium", "low"}, f.Confidence)
		switch {
		case f.Status == verified && f.Source != "" && f.Confidence == "":
		case f.Status == memory && confident:
		default:
			return fmt.Errorf("facts: %s is verified with a source, or memory with a confidence (high, medium, low)", f.Path)
		}
	}
	for _, path := range d.places() {
		if _, ok := d.FactOf(path); !ok {
			return fmt.Errorf("facts: nothing is said of %s", path)
		}
	}
	return nil
}

// places are the paths where a definition holds numbers or rules of the regulation.
func (d *Definition) places() []string {
	all := []string{"lifecycle", "cycle"}
	for _, p := range d.Parameters {
		if p.Default != "" {
			all = append(all, "parameters."+p.Name+".default")
		}
	}
	for _, s := range d.Derived {
		all = append(all, "derived."+s.Name)
	}
	if len(d.Constraints) > 0 {
		all = append(all, "constraints")
	}
	for _, t := range d.Tables {
		all = append(all, "tables."+t.Name)
	}
	for _, l := range d.Limits {
		all = append(all, "limits."+l.Name)
	}
	for _, e := range d.Environment {
		all = append(all, "environment."+e.Quantity)
	}
	if d.Standard.MaxRatio != "" {
		all = append(all, "standard")
	}
	for i := range d.Items {
		all = append(all, d.Items[i].places()...)
	}
	return all
}

func (i *Item) places() []string {
	path := "items." + i.ID
	all := []string{path + ".stages"}
	if i.Points != nil {
		all = append(all, path+".points")
	}
	if len(i.Steps) > 0 {
		all = append(all, path+".steps")
	}
	if len(i.Accept) > 0 {
		all = append(all, path+".accept")
	}
	if i.Groups != nil {
		all = append(all, path+".groups")
	}
	return all
}

// item finds an item by its id; nil when there is none.
func (d *Definition) item(id string) *Item {
	for i := range d.Items {
		if d.Items[i].ID == id {
			return &d.Items[i]
		}
	}
	return nil
}

// before tells whether item a stands before b in the definition.
func (d *Definition) before(a, b *Item) bool {
	for i := range d.Items {
		switch &d.Items[i] {
		case a:
			return a != b
		case b:
			return false
		}
	}
	return false
}

// reading finds a reading of an item, or of the item whose rows it is judged on; nil when there is none.
func (i *Item) reading(name string) *Reading {
	for at := i; at != nil; at = at.source {
		for n := range at.Readings {
			if at.Readings[n].Name == name {
				return &at.Readings[n]
			}
		}
	}
	return nil
}

// directionReading is the reading that says rising or falling; nil when there is none.
func (i *Item) directionReading() *Reading {
	for n := range i.Readings {
		if i.Readings[n].Kind == readDirection {
			return &i.Readings[n]
		}
	}
	return nil
}
