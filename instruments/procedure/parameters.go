package procedure

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

// given are an instrument's parameters as the formulas use them, and what is wrong with them.
type given struct {
	d        *Definition
	scope    *scope
	problems []errs.Field
	refused  []error // why parameters have no value that were told to be unreadable
	assumed  map[string]string
	contrary bool // the parameters contradict the procedure
}

// interval is one partial range with its scale interval.
type interval struct{ max, e measure.Decimal }

func (g *given) problem(path, code, zh, en string) {
	g.problems = append(g.problems, errs.Field{Path: path, Code: code, ZH: zh, EN: en})
}

// CheckParameters tells all that is wrong with the parameters of an instrument; its stage is taken as a subsequent one.
func (d *Definition) CheckParameters(parameters map[string]string) error {
	g := d.read(rawParameters(parameters), Subsequent)
	var l errs.List
	for _, p := range g.problems {
		l.Add(strings.TrimPrefix(strings.TrimPrefix(p.Path, "parameters"), "."), p.Code, p.ZH, p.EN)
	}
	return l.Err()
}

func rawParameters(parameters map[string]string) map[string]json.RawMessage {
	raw := map[string]json.RawMessage{}
	for name, text := range parameters {
		raw[name] = quoted(text)
	}
	return raw
}

func quoted(text string) json.RawMessage {
	raw, err := json.Marshal(text)
	if err != nil {
		panic("procedure: " + err.Error()) // cannot happen: strings always encode
	}
	return raw
}

// read takes the parameters of an instrument: in one unit, with defaults and derived values. Nothing is an error here;
// what is missing, unreadable, unknown or contrary to the procedure becomes a problem.
func (d *Definition) read(raw map[string]json.RawMessage, stage Stage) *given {
	g := &given{d: d, scope: newScope(d.Unit), assumed: map[string]string{}}
	g.scope.values["stage"] = textOf(string(stage))
	g.takeUnit(raw)
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if !d.knows(name) {
			g.problem("parameters."+short(name), "parameter_unknown",
				"规程没有参数“"+short(name)+"”", "the procedure has no parameter "+short(name))
		}
	}
	for i := range d.Parameters {
		g.parameter(&d.Parameters[i], raw)
	}
	for i := range d.Derived {
		s := &d.Derived[i]
		g.scope.set(s.Name, s.formula)
	}
	g.constraints()
	return g
}

// set gives a name its value, or remembers why it has none.
func (s *scope) set(name string, f *formula) {
	v, err := f.root.eval(s)
	if err != nil {
		s.reasons[name] = err
		return
	}
	s.values[name] = v
}

// knows tells whether a name may stand among the parameters: unit, a parameter, or a quantity with _unit behind it.
func (d *Definition) knows(name string) bool {
	return name == "unit" && d.Unit != "" || slices.ContainsFunc(d.Parameters, func(p Parameter) bool {
		return p.Name == name || p.Kind == kindQuantity && p.Name+"_unit" == name
	})
}

func (g *given) takeUnit(raw map[string]json.RawMessage) {
	if blank(raw["unit"]) || g.d.Unit == "" {
		return
	}
	unit, err := textCell(raw["unit"])
	if err == nil {
		_, err = inUnit(measure.MustDecimal("1"), g.d.Unit, unit)
	}
	if err != nil {
		g.problem("parameters.unit", "unit", fmt.Sprintf("单位“%s”不是“%s”的同类单位", short(unit), g.d.Unit),
			fmt.Sprintf("%q is not a unit of the same kind as %s", short(unit), g.d.Unit))
		return
	}
	g.scope.unit = measure.NormalUnit(unit)
}

func (g *given) parameter(p *Parameter, raw map[string]json.RawMessage) {
	path := "parameters." + p.Name
	cell := raw[p.Name]
	if blank(cell) {
		g.absent(p, path, blank(raw[p.Unless]))
		return
	}
	v, err := g.value(p, cell, raw[p.Name+"_unit"])
	if err != nil {
		zh, en := reasonOf(err)
		g.problem(path, "parameter_unreadable", fmt.Sprintf("参数“%s”无法识别：%s", p.Title.ZH, zh),
			fmt.Sprintf("%s is not readable: %s", p.Title.EN, en))
		g.refuse(p, undefined("参数“"+p.Title.ZH+"”无法识别", p.Title.EN+" is not readable"))
		return
	}
	if p.Kind != kindIntervals {
		g.scope.values[p.Name] = v
	}
}

// refuse lets formulas know why a parameter has no value.
func (g *given) refuse(p *Parameter, err error) {
	g.refused = append(g.refused, err)
	g.scope.reasons[p.Name] = err
	if p.Kind == kindIntervals {
		g.scope.reasons[p.Name+".max"], g.scope.reasons[p.Name+".e"] = err, err
	}
}

// absent takes the default of a parameter that was not given; alone tells that nothing stands for it either.
func (g *given) absent(p *Parameter, path string, alone bool) {
	switch {
	case p.Required && alone:
		g.problem(path, "required", "缺少参数“"+p.Title.ZH+"”", p.Title.EN+" is missing")
	case p.Required || p.Default == "" || p.Kind == kindIntervals:
	case p.Kind == kindChoice:
		g.scope.values[p.Name] = textOf(p.Default)
	case p.Kind == kindBoolean:
		g.scope.values[p.Name] = truthOf(p.Default == "true")
	default:
		g.scope.set(p.Name, p.formula)
	}
	if v, ok := g.scope.values[p.Name]; ok {
		g.assumed[p.Name] = v.String()
	}
}

// value reads one parameter.
func (g *given) value(p *Parameter, cell, unit json.RawMessage) (value, error) {
	switch p.Kind {
	case kindChoice:
		text, err := textCell(cell)
		return textOf(p.choice(text)), errors.Join(err, p.checkChoice(text))
	case kindBoolean:
		truth, err := truthCell(cell)
		return truthOf(truth), err
	case kindList:
		list, err := listCell(cell)
		return listOf(list), err
	case kindIntervals:
		list, err := intervalCell(cell)
		g.setIntervals(p.Name, list)
		return value{}, err
	}
	number, err := numberCell(cell)
	if err != nil {
		return value{}, err
	}
	return g.quantity(p, number, unit)
}

func (g *given) quantity(p *Parameter, number measure.Decimal, unit json.RawMessage) (value, error) {
	switch {
	case p.Positive && number.Sign() <= 0:
		return value{}, undefined("须大于零", "it must be above zero")
	case p.Kind == kindInteger && !isWhole(number):
		return value{}, undefined("须为整数", "it must be a whole number")
	case blank(unit) || p.Kind != kindQuantity:
		return numberOf(number), nil
	}
	from, err := textCell(unit)
	if err != nil {
		return value{}, err
	}
	return inUnit(number, from, g.scope.unit)
}

func isWhole(d measure.Decimal) bool {
	r, err := measure.Round(d, measure.MustDecimal("1"))
	return err == nil && r.Cmp(d) == 0
}

func (p *Parameter) choice(text string) string {
	if choice, ok := p.Aliases[text]; ok {
		return choice
	}
	return text
}

func (p *Parameter) checkChoice(text string) error {
	if slices.Contains(p.Choices, p.choice(text)) {
		return nil
	}
	all := strings.Join(p.Choices, ", ")
	return undefined(fmt.Sprintf("“%s”不是 %s 之一", short(text), all),
		fmt.Sprintf("%q is not one of %s", short(text), all))
}

func (g *given) setIntervals(name string, list []interval) {
	var upper, steps []measure.Decimal
	for _, i := range list {
		upper, steps = append(upper, i.max), append(steps, i.e)
	}
	if len(list) > 0 {
		g.scope.values[name+".max"], g.scope.values[name+".e"] = listOf(upper), listOf(steps)
	}
}

// scaleInterval is e of the range in which the load lies, its upper end included (OIML R 76-1 3.3).
func (p *Parameter) scaleInterval(base *scope, load measure.Decimal) (value, error) {
	if err, ok := base.reasons[p.Name]; ok {
		return value{}, err
	}
	limits, ok := base.values[p.Name+".max"]
	if !ok {
		return p.formula.root.eval(base)
	}
	for i, upper := range limits.list {
		if load.Abs().Cmp(upper) <= 0 {
			return numberOf(base.values[p.Name+".e"].list[i]), nil
		}
	}
	return value{}, undefined(fmt.Sprintf("载荷 %s 超出最后一个分度区间", load),
		fmt.Sprintf("the load %s lies above the last interval", load))
}

// constraints tells where the parameters contradict the procedure. What cannot be judged for want of a parameter is
// told where that parameter is needed, or was told already.
func (g *given) constraints() {
	for i := range g.d.Constraints {
		c := &g.d.Constraints[i]
		holds, err := c.formula.holds(g.scope)
		_, absent := errors.AsType[absentError](err)
		switch {
		case absent, slices.Contains(g.refused, err):
		case err != nil:
			zh, en := reasonOf(err)
			g.problem("parameters", "parameters_contradict", "参数无法核对："+zh, "the parameters cannot be checked: "+en)
		case !holds:
			g.contrary = true
			g.problem("parameters", "parameters_contradict", c.ZH, c.EN)
		}
	}
}

// reasonOf gives the text of an error in both languages.
func reasonOf(err error) (zh, en string) {
	if u, ok := errors.AsType[undefinedError](err); ok {
		return u.zh, u.en
	}
	if absent, ok := errors.AsType[absentError](err); ok {
		return "缺少" + string(absent), string(absent) + " is missing"
	}
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.ZH, e.EN
	}
	return err.Error(), err.Error()
}
