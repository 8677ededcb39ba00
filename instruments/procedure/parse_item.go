package procedure

import (
	"fmt"
	"slices"
)

func (c *compiler) parameters() error {
	for i := range c.d.Parameters {
		p := &c.d.Parameters[i]
		path := "parameters." + p.Name
		if p.Title.ZH == "" || p.Title.EN == "" {
			return fmt.Errorf("%s.title: required in both languages", path)
		}
		if p.Required && p.Default != "" {
			return fmt.Errorf("%s: what has a default is not required", path)
		}
		other := func(o Parameter) bool { return o.Name == p.Unless && o.Name != p.Name }
		if p.Unless != "" && (!p.Required || !slices.ContainsFunc(c.d.Parameters, other)) {
			return fmt.Errorf("%s.unless: another parameter, of one that is required", path)
		}
		if err := c.parameter(p, path); err != nil {
			return err
		}
	}
	return nil
}

// parameterKinds are the kinds of the values of parameters.
var parameterKinds = map[string]kind{
	kindQuantity: numberKind, kindNumber: numberKind, kindInteger: numberKind,
	kindChoice: textKind, kindBoolean: truthKind, kindList: listKind,
}

func (c *compiler) parameter(p *Parameter, path string) error {
	if p.Kind == kindIntervals {
		return c.intervals(p, path)
	}
	k, ok := parameterKinds[p.Kind]
	switch {
	case !ok:
		return fmt.Errorf("%s.kind: %q is not known", path, p.Kind)
	case (p.Kind == kindChoice) != (len(p.Choices) > 0):
		return fmt.Errorf("%s.choices: of a choice, and only there", path)
	case p.Kind == kindBoolean && p.Default != "" && p.Default != "true" && p.Default != "false":
		return fmt.Errorf("%s.default: true or false", path)
	case p.Kind == kindChoice && p.Default != "" && !slices.Contains(p.Choices, p.Default):
		return fmt.Errorf("%s.default: not one of the choices", path)
	}
	for alias, choice := range p.Aliases {
		if slices.Contains(p.Choices, alias) || !slices.Contains(p.Choices, choice) {
			return fmt.Errorf("%s.aliases: %s is another word for a choice", path, alias)
		}
	}
	if p.Kind != kindChoice && p.Kind != kindBoolean {
		if err := c.formula(&p.formula, path+".default", p.Default, c.base, k); err != nil {
			return err
		}
	}
	return declare(c.base, path, p.Name, k)
}

// intervals declares the two columns as lists, and the name itself as the function that finds e at a load.
func (c *compiler) intervals(p *Parameter, path string) error {
	if err := c.required(&p.formula, path+".otherwise", p.Otherwise, c.base, numberKind); err != nil {
		return err
	}
	f := function{parameters: []kind{numberKind}, gives: numberKind}
	f.call = func(s *scope, args []value) (value, error) { return p.scaleInterval(s.base, args[0].number) }
	if err := declareFunction(c.base, path, p.Name, f); err != nil {
		return err
	}
	c.base.kinds[p.Name+".max"], c.base.kinds[p.Name+".e"] = listKind, listKind
	return nil
}

// rowNames are the names that the rows of each item know.
type rowNames map[string]*names

func (c *compiler) items() error {
	known := rowNames{}
	for i := range c.d.Items {
		item := &c.d.Items[i]
		path := "items." + item.ID
		if _, twice := known[item.ID]; twice || !nameForm.MatchString(item.ID) {
			return fmt.Errorf("%s: an item needs an id of its own", path)
		}
		if item.Title.ZH == "" || item.Title.EN == "" {
			return fmt.Errorf("%s.title: required in both languages", path)
		}
		if len(item.Stages) == 0 {
			return fmt.Errorf("%s.stages: required", path)
		}
		for _, s := range item.Stages {
			if err := checkStage(s); err != nil {
				return fmt.Errorf("%s.stages: %w", path, err)
			}
		}
		if err := c.formula(&item.when, path+".when", item.When, c.base, truthKind); err != nil {
			return err
		}
		at, err := c.item(item, path, known)
		if err != nil {
			return err
		}
		known[item.ID] = at
	}
	return nil
}

func (c *compiler) item(item *Item, path string, known rowNames) (*names, error) {
	measured := item.From != "" || item.Groups != nil || item.Points != nil ||
		len(item.Readings)+len(item.Steps)+len(item.Accept)+len(item.Uses) > 0
	switch item.Kind {
	case kindChecklist, kindCheck:
		if measured || (item.Kind == kindChecklist) != (len(item.Questions) > 0) {
			return nil, fmt.Errorf("%s: a checklist has questions and nothing else, a check has nothing", path)
		}
		return nil, checkQuestions(item, path)
	case kindMeasure:
	default:
		return nil, fmt.Errorf("%s.kind: checklist, check or measure", path)
	}
	switch {
	case len(item.Questions) > 0:
		return nil, fmt.Errorf("%s.questions: of a checklist only", path)
	case (item.From == "") == (len(item.Readings) == 0):
		return nil, fmt.Errorf("%s: either readings or from", path)
	case item.From != "" && item.Points != nil:
		return nil, fmt.Errorf("%s.points: they belong to the item that is read", path)
	case len(item.Accept) == 0 && (item.Groups == nil || len(item.Groups.Accept) == 0):
		return nil, fmt.Errorf("%s.accept: something must be accepted", path)
	}
	return c.measured(item, path, known)
}

func checkQuestions(item *Item, path string) error {
	seen := map[string]bool{}
	for _, q := range item.Questions {
		if seen[q.ID] || !nameForm.MatchString(q.ID) || q.ZH == "" || q.EN == "" {
			return fmt.Errorf("%s.questions: each needs an id of its own, zh and en", path)
		}
		seen[q.ID] = true
	}
	return nil
}

func (c *compiler) measured(item *Item, path string, known rowNames) (*names, error) {
	at := c.base.inner()
	if item.From != "" {
		source := known[item.From]
		if item.source = c.d.item(item.From); source == nil || item.source.From != "" {
			return nil, fmt.Errorf("%s.from: there is no item %s before it with readings of its own", path, item.From)
		}
		at = source.inner()
	}
	if err := c.uses(item, path, at); err != nil {
		return nil, err
	}
	if err := c.readings(item, path, at); err != nil {
		return nil, err
	}
	for i := range item.Steps {
		if err := c.step(&item.Steps[i], path+".steps", at); err != nil {
			return nil, err
		}
	}
	if err := c.criteria(item.Accept, path+".accept", at); err != nil {
		return nil, err
	}
	if err := c.groups(item, path+".groups", at); err != nil {
		return nil, err
	}
	return at, c.points(item, path+".points")
}

// uses finds the values of earlier items: steps of their whole group.
func (c *compiler) uses(item *Item, path string, at *names) error {
	for i := range item.Uses {
		u := &item.Uses[i]
		where := fmt.Sprintf("%s.uses.%s", path, u.Name)
		other := c.d.item(u.Item)
		if other == nil || !c.d.before(other, item) || other.Groups == nil || len(other.Groups.By) > 0 ||
			!slices.ContainsFunc(other.Groups.Steps, func(s Step) bool { return s.Name == u.Value }) {
			return fmt.Errorf("%s: no item %s before it whose whole group has the step %s", where, u.Item, u.Value)
		}
		if err := decimal(&u.otherwise, where+".otherwise", u.Otherwise); err != nil {
			return err
		}
		if err := declare(at, where, u.Name, numberKind); err != nil {
			return err
		}
	}
	return nil
}

// readingKinds are the kinds of the values of readings.
var readingKinds = map[string]kind{
	"": numberKind, readNumber: numberKind, readTruth: truthKind, readText: textKind, readDirection: textKind,
}

func (c *compiler) readings(item *Item, path string, at *names) error {
	spelled := map[string]bool{"note": true, "name": true, "id": true}
	for i := range item.Readings {
		r := &item.Readings[i]
		where := path + ".readings." + r.Name
		k, ok := readingKinds[r.Kind]
		if !ok {
			return fmt.Errorf("%s.kind: %q is not known", where, r.Kind)
		}
		for _, spelling := range append([]string{r.Name}, r.Aliases...) {
			if spelled[spelling] {
				return fmt.Errorf("%s: %q stands twice", where, spelling)
			}
			spelled[spelling] = true
		}
		if err := c.formula(&r.optional, where+".optional", r.Optional, c.base, truthKind); err != nil {
			return err
		}
		if err := decimal(&r.standIn, where+".default", r.Default); err != nil {
			return err
		}
		if r.standIn != nil && k != numberKind {
			return fmt.Errorf("%s.default: of a number only", where)
		}
		if err := declare(at, where, r.Name, k); err != nil {
			return err
		}
	}
	return nil
}

// criteria compiles what is accepted; each criterion is a truth, or a value with bounds.
func (c *compiler) criteria(list []Criterion, path string, at *names) error {
	for i := range list {
		k := &list[i]
		where := fmt.Sprintf("%s[%d]", path, i)
		bounds := k.Within != "" || k.Low != "" || k.High != ""
		switch {
		case (k.Holds != "") == (k.Value != ""):
			return fmt.Errorf("%s: either holds or value", where)
		case (k.Value != "") != bounds, k.Within != "" && (k.Low != "" || k.High != ""):
			return fmt.Errorf("%s: a value has within, or low or high or both", where)
		}
		for _, f := range []struct {
			into *(*formula)
			text string
			want kind
		}{
			{&k.value, k.Value, numberKind}, {&k.within, k.Within, numberKind}, {&k.low, k.Low, numberKind},
			{&k.high, k.High, numberKind}, {&k.holds, k.Holds, truthKind}, {&k.when, k.When, truthKind},
		} {
			if err := c.formula(f.into, where, f.text, at, f.want); err != nil {
				return err
			}
		}
		if k.value != nil && k.value.root.op != "name" {
			return fmt.Errorf("%s.value: the name of a value", where)
		}
	}
	return nil
}

// groups gives the group's formulas the row's numbers as lists.
func (c *compiler) groups(item *Item, path string, row *names) error {
	g := item.Groups
	if g == nil {
		return nil
	}
	at := c.base.inner()
	for layer := row; layer != c.base; layer = layer.outer {
		for name, k := range layer.kinds {
			if k == numberKind {
				at.kinds[name] = listKind
			}
		}
	}
	if item.source != nil {
		for _, u := range item.source.Uses {
			delete(at.kinds, u.Name) // a value of the source's items, not of its rows
		}
	}
	for _, u := range item.Uses {
		at.kinds[u.Name] = numberKind
	}
	for _, by := range g.By {
		r := item.reading(by)
		if r == nil {
			return fmt.Errorf("%s.by: there is no reading %s", path, by)
		}
		at.kinds[by] = readingKinds[r.Kind]
	}
	for i := range g.Steps {
		if err := c.step(&g.Steps[i], path+".steps", at); err != nil {
			return err
		}
	}
	return c.criteria(g.Accept, path+".accept", at)
}

func (c *compiler) points(item *Item, path string) error {
	p := item.Points
	if p == nil {
		return nil
	}
	of, direction := item.reading(p.Of), item.directionReading()
	switch {
	case p.Of != "" && (of == nil || readingKinds[of.Kind] != numberKind):
		return fmt.Errorf("%s.of: there is no number reading %s", path, p.Of)
	case p.Of == "" && (len(p.At) > 0 || p.Loads != "" || p.Directions || p.Rows == ""):
		return fmt.Errorf("%s.of: required, unless only rows are counted", path)
	case p.Directions != (direction != nil):
		return fmt.Errorf("%s.directions: goes with a reading of kind direction", path)
	case p.Distinct != "" && item.reading(p.Distinct) == nil:
		return fmt.Errorf("%s.distinct: there is no reading %s", path, p.Distinct)
	case (p.Fill == "") != (p.Loads == ""):
		return fmt.Errorf("%s: loads and fill go together", path)
	}
	for _, f := range []struct {
		into *(*formula)
		text string
	}{{&p.rows, p.Rows}, {&p.loads, p.Loads}, {&p.fill, p.Fill}} {
		if err := c.formula(f.into, path, f.text, c.base, numberKind); err != nil {
			return err
		}
	}
	for i := range p.At {
		if err := c.point(item, &p.At[i], fmt.Sprintf("%s.at[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) point(item *Item, p *Point, path string) error {
	at := c.base.inner()
	for i := range p.Each {
		e := &p.Each[i]
		if err := c.required(&e.in, path+".each."+e.Name, e.In, at, listKind); err != nil {
			return err
		}
		if err := declare(at, path+".each", e.Name, numberKind); err != nil {
			return err
		}
	}
	for name := range p.With {
		if r := item.reading(name); r == nil || r.Kind != readText {
			return fmt.Errorf("%s.with: there is no text reading %s", path, name)
		}
	}
	if err := c.required(&p.value, path+".value", p.Value, at, numberKind); err != nil {
		return err
	}
	if err := c.formula(&p.when, path+".when", p.When, at, truthKind); err != nil {
		return err
	}
	return c.formula(&p.near, path+".near", p.Near, at, numberKind)
}
