package procedure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

// interval is one partial range of a multi-interval scale.
type interval struct {
	max, e measure.Decimal
}

// given are an instrument's parameters as the engine uses them, all in one unit.
type given struct {
	unit      string
	scope     *scope
	choices   map[string]string
	intervals []interval
	missing   []errs.Field
}

// CheckParameters tells all that is wrong with the parameters of an instrument.
func (d *Definition) CheckParameters(parameters map[string]string) error {
	raw := map[string]json.RawMessage{}
	for k, v := range parameters {
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("parameter %s: %w", short(k), err)
		}
		raw[k] = text
	}
	g, err := d.read(raw)
	if err != nil {
		return err
	}
	var l errs.List
	for _, m := range g.missing {
		l.Add(strings.TrimPrefix(m.Path, "parameters."), m.Code, m.ZH, m.EN)
	}
	return l.Err()
}

// read turns parameters into names and values. What is unreadable or unknown is an error; what is missing is noted.
func (d *Definition) read(raw map[string]json.RawMessage) (*given, error) {
	g := &given{unit: d.Unit, scope: &scope{values: map[string]value{}}, choices: map[string]string{}}
	var l errs.List
	if text, ok := raw["unit"]; ok {
		g.unit = text1(text)
		if _, err := measure.Convert(measure.Quantity{Value: measure.MustDecimal("1"), Unit: g.unit}, d.Unit); err != nil {
			l.Add("unit", "unit", "单位“"+short(g.unit)+"”与规程单位"+d.Unit+"不相容", "the unit does not fit "+d.Unit)
		}
	}
	for name := range raw {
		base, isUnit := strings.CutSuffix(name, "_unit")
		known := slices.ContainsFunc(d.Parameters, func(p Parameter) bool { return p.Name == name || (isUnit && p.Name == base) })
		if !known && name != "unit" {
			l.Add(short(name), "unknown", "未知参数“"+short(name)+"”", "unknown parameter "+short(name))
		}
	}
	for _, p := range d.Parameters {
		text, ok := raw[p.Name]
		if (!ok || text1(text) == "" && p.Kind != "list" && p.Kind != "intervals") && p.Default != "" {
			text, ok = json.RawMessage(`"`+p.Default+`"`), true
		}
		if !ok || text1(text) == "" && (p.Kind != "list" && p.Kind != "intervals") {
			if p.Required {
				g.missing = append(g.missing, errs.Field{Path: "parameters." + p.Name, Code: "required",
					ZH: "缺少参数“" + p.Title.ZH + "”", EN: "parameter " + p.Name + " is missing"})
			}
			continue
		}
		unit := g.unit
		if u, ok := raw[p.Name+"_unit"]; ok {
			unit = text1(u)
		}
		if err := g.take(p, text, unit); err != nil {
			l.Merge(p.Name, err)
		}
	}
	return g, l.Err()
}

// text1 is a JSON string or number as text, exactly as written.
func text1(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return strings.TrimSpace(s)
	}
	return strings.TrimSpace(string(raw))
}

func (g *given) take(p Parameter, raw json.RawMessage, unit string) error {
	switch p.Kind {
	case "choice":
		return g.takeChoice(p, text1(raw))
	case "boolean":
		b := text1(raw)
		if b != "true" && b != "false" {
			return wrong("须为 true 或 false", "must be true or false")
		}
		g.scope.values[p.Name] = truth(b == "true")
		return nil
	case "list":
		return g.takeList(p, raw, unit)
	case "intervals":
		return g.takeIntervals(raw)
	}
	v, err := g.quantity(p, text1(raw), unit)
	if err == nil {
		g.scope.values[p.Name] = number(v)
	}
	return err
}

func wrong(zh, en string) error { return errs.New(errs.Invalid, "invalid", zh, en) }

func (g *given) takeChoice(p Parameter, text string) error {
	if alias, ok := p.Aliases[text]; ok {
		text = alias
	}
	if !slices.Contains(p.Choices, text) {
		return wrong(fmt.Sprintf("“%s”须为%v之一", p.Title.ZH, p.Choices), fmt.Sprintf("must be one of %v", p.Choices))
	}
	g.choices[p.Name] = text
	return nil
}

// quantity reads a decimal and brings it to the unit of the instrument.
func (g *given) quantity(p Parameter, text, unit string) (measure.Decimal, error) {
	v, err := measure.ParseDecimal(text)
	if err != nil {
		return v, err
	}
	if p.Positive && v.Sign() <= 0 {
		return v, wrong("“"+p.Title.ZH+"”须大于零", "must be greater than zero")
	}
	if p.Kind == "number" || unit == g.unit {
		return v, nil
	}
	q, err := measure.Convert(measure.Quantity{Value: v, Unit: unit}, g.unit)
	return q.Value, err
}

// takeList reads ["0","0.4"] or "0,0.4".
func (g *given) takeList(p Parameter, raw json.RawMessage, unit string) error {
	var members []json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		for _, part := range strings.FieldsFunc(text1(raw), func(r rune) bool { return strings.ContainsRune(",，;；、 ", r) }) {
			members = append(members, json.RawMessage(`"`+part+`"`))
		}
	}
	if len(members) == 0 || len(members) > 200 {
		return wrong("须为1至200个数值的列表", "must be a list of 1 to 200 values")
	}
	var list []measure.Decimal
	for _, m := range members {
		v, err := g.quantity(Parameter{Kind: "quantity", Title: p.Title}, text1(m), unit)
		if err != nil {
			return err
		}
		list = append(list, v)
	}
	g.scope.values[p.Name] = value{list: list, kind: listValue}
	return nil
}

func (g *given) takeIntervals(raw json.RawMessage) error {
	if s := text1(raw); strings.HasPrefix(s, "[") {
		raw = json.RawMessage(s) // a form hands lists in as text
	}
	var members []struct {
		Max json.RawMessage `json:"max"`
		E   json.RawMessage `json:"e"`
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if err := decoder.Decode(&members); err != nil || len(members) > 10 {
		return wrong(`须为 [{"max":"…","e":"…"}] 的列表`, `must be a list like [{"max":"…","e":"…"}]`)
	}
	for i, m := range members {
		limit, err := measure.ParseDecimal(text1(m.Max))
		if err != nil {
			return err
		}
		e, err := measure.ParseDecimal(text1(m.E))
		if err != nil {
			return err
		}
		if e.Sign() <= 0 || (i > 0 && limit.Cmp(g.intervals[i-1].max) <= 0) {
			return wrong("各分度区间须递增且分度值大于零", "the intervals must ascend and have a positive e")
		}
		g.intervals = append(g.intervals, interval{limit, e})
	}
	return nil
}

// at is the scope at a load: on a multi-interval scale, e is that of the interval in which the load lies.
func (g *given) at(load measure.Decimal) (*scope, error) {
	s := g.scope.inner()
	s.values["load"] = number(load)
	if len(g.intervals) == 0 {
		return s, nil
	}
	for _, i := range g.intervals {
		if load.Abs().Cmp(i.max) <= 0 {
			s.values["e"] = number(i.e)
			return s, nil
		}
	}
	return nil, fmt.Errorf("the load lies above the last interval")
}
