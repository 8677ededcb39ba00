package procedure

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

// maxDefinition bounds the text of a definition, in bytes.
const maxDefinition = 256 << 10

// Parse reads a definition strictly: unknown keys, formulas that do not fit, names that do not exist, numbers that no
// fact covers and vectors that come out otherwise are errors of kind Invalid that say where.
func Parse(text []byte) (*Definition, error) {
	if len(text) > maxDefinition {
		return nil, badDefinition(fmt.Errorf("it has more than %d bytes", maxDefinition))
	}
	d := &Definition{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(d); err != nil {
		return nil, badDefinition(err)
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, badDefinition(fmt.Errorf("one document a file"))
	}
	c := &compiler{d: d, base: (*names)(nil).inner()}
	if err := c.definition(); err != nil {
		return nil, badDefinition(fmt.Errorf("%s: %w", d.ID, err))
	}
	if err := d.checkVectors(); err != nil {
		return nil, badDefinition(fmt.Errorf("%s: %w", d.ID, err))
	}
	return d, nil
}

func badDefinition(err error) error {
	return errs.New(errs.Invalid, "bad_procedure", "检定规程数据有误："+err.Error(),
		"the definition of the procedure is wrong").With(err)
}

// compiler turns the formulas of a definition into what can be evaluated. Base are the names of parameters and derived
// values, which all formulas may use.
type compiler struct {
	d    *Definition
	base *names
}

func (c *compiler) definition() error {
	c.base.kinds["stage"] = textKind
	c.d.limits = map[string]*Limit{}
	for _, part := range []func() error{
		c.head, c.lifecycle, c.tables, c.parameters, c.derived, c.limits, c.moves, c.conditions, c.items, c.cycle,
		c.d.checkFacts,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// formula compiles an optional formula: nil when the text is empty.
func (c *compiler) formula(into **formula, path, text string, at *names, want kind) error {
	if text == "" {
		return nil
	}
	f, err := compile(text, at, want)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	*into = f
	return nil
}

func (c *compiler) required(into **formula, path, text string, at *names, want kind) error {
	if text == "" {
		return fmt.Errorf("%s: required", path)
	}
	return c.formula(into, path, text, at, want)
}

func decimal(into **measure.Decimal, path, text string) error {
	if text == "" {
		return nil
	}
	v, err := measure.ParseDecimal(text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	*into = &v
	return nil
}

var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,39}$`)

// declare makes a name known; a name means one thing wherever it can be seen.
func declare(at *names, path, name string, k kind) error {
	if !nameForm.MatchString(name) || isBuiltin(name) {
		return fmt.Errorf("%s: %q cannot be a name", path, short(name))
	}
	_, isValue := at.kindOf(name)
	_, isFunction := at.function(name)
	if isValue || isFunction {
		return fmt.Errorf("%s: the name %s is taken", path, name)
	}
	at.kinds[name] = k
	return nil
}

// declareFunction makes a function known.
func declareFunction(at *names, path, name string, f function) error {
	if err := declare(at, path, name, numberKind); err != nil {
		return err
	}
	delete(at.kinds, name)
	at.functions[name] = f
	return nil
}

func (c *compiler) head() error {
	d := c.d
	switch {
	case d.ID == "" || strings.ContainsAny(d.ID, " \t\n"):
		return fmt.Errorf("id: required, without spaces")
	case d.Edition == "":
		return fmt.Errorf("edition: required")
	case d.Title.ZH == "" || d.Title.EN == "":
		return fmt.Errorf("title: required in both languages")
	case len(d.Items) == 0:
		return fmt.Errorf("items: required")
	case d.Unit != "" && !measure.KnownUnit(d.Unit):
		return fmt.Errorf("unit: %q is not known", d.Unit)
	}
	for _, conclusion := range []Conclusion{Pass, Fail, Undetermined} {
		if w := d.Conclusions[conclusion]; w.ZH == "" || w.EN == "" {
			return fmt.Errorf("conclusions.%s: required in both languages", conclusion)
		}
	}
	if len(d.Conclusions) != 3 {
		return fmt.Errorf("conclusions: pass, fail and undetermined, nothing else")
	}
	if d.Standard.MaxRatio == "" {
		return nil
	}
	ratio, err := ratioOf(d.Standard.MaxRatio)
	if err != nil {
		return fmt.Errorf("standard.max_ratio: %w", err)
	}
	d.ratio = ratio
	return nil
}

// ratioOf reads "1/3" or "0.25" as numerator and denominator, both above zero.
func ratioOf(text string) (ratio [2]measure.Decimal, err error) {
	over, under, fraction := strings.Cut(text, "/")
	if !fraction {
		under = "1"
	}
	for i, part := range []string{over, under} {
		if ratio[i], err = measure.ParseDecimal(strings.TrimSpace(part)); err != nil {
			return ratio, err
		}
		if ratio[i].Sign() <= 0 {
			return ratio, fmt.Errorf("%q is not above zero", short(text))
		}
	}
	return ratio, nil
}

func (c *compiler) lifecycle() (err error) {
	l := c.d.Lifecycle
	if _, err = calendar.ParseDate(l.Issued); err != nil {
		return fmt.Errorf("lifecycle.issued: %w", err)
	}
	if c.d.effective, err = calendar.ParseDate(l.Effective); err != nil {
		return fmt.Errorf("lifecycle.effective: %w", err)
	}
	if l.Until == "" {
		return nil
	}
	until, err := calendar.ParseDate(l.Until)
	if err != nil {
		return fmt.Errorf("lifecycle.until: %w", err)
	}
	c.d.until = &until
	return nil
}

func (c *compiler) tables() error {
	for _, t := range c.d.Tables {
		path := "tables." + t.Name
		l, err := newLookup(t)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := declareFunction(c.base, path, t.Name, l.signature(len(t.Keys))); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) derived() error {
	for i := range c.d.Derived {
		if err := c.step(&c.d.Derived[i], "derived", c.base); err != nil {
			return err
		}
	}
	for i := range c.d.Constraints {
		r := &c.d.Constraints[i]
		path := fmt.Sprintf("constraints[%d]", i)
		if r.ZH == "" || r.EN == "" {
			return fmt.Errorf("%s: zh and en are required", path)
		}
		if err := c.required(&r.formula, path, r.Holds, c.base, truthKind); err != nil {
			return err
		}
	}
	return nil
}

// step compiles a step and makes its name known to those that follow.
func (c *compiler) step(s *Step, path string, at *names) error {
	path += "." + s.Name
	if err := c.required(&s.formula, path, s.Value, at, 0); err != nil {
		return err
	}
	if err := decimal(&s.show, path+".show", s.Show); err != nil {
		return err
	}
	if s.show != nil && (s.show.Sign() <= 0 || s.formula.root.kind != numberKind) {
		return fmt.Errorf("%s.show: a rounding interval above zero, of a number", path)
	}
	return declare(at, path, s.Name, s.formula.root.kind)
}

// limits compiles each limit in a scope of its argument; a limit may use those before it.
func (c *compiler) limits() error {
	for i := range c.d.Limits {
		l := &c.d.Limits[i]
		path := "limits." + l.Name
		at := c.base.inner()
		if err := declare(at, path+".argument", l.Argument, numberKind); err != nil {
			return err
		}
		if err := c.required(&l.high, path+".high", l.High, at, numberKind); err != nil {
			return err
		}
		if err := c.formula(&l.low, path+".low", l.Low, at, numberKind); err != nil {
			return err
		}
		if err := c.formula(&l.valid, path+".valid", l.Valid, at, truthKind); err != nil {
			return err
		}
		for name, call := range map[string]func(*scope, measure.Decimal) (measure.Decimal, error){
			l.Name: l.highAt, l.Name + "_low": l.lowAt,
		} {
			f := function{parameters: []kind{numberKind}, gives: numberKind}
			f.call = func(s *scope, args []value) (value, error) {
				v, err := call(s, args[0].number)
				return numberOf(v), err
			}
			if err := declareFunction(c.base, path, name, f); err != nil {
				return err
			}
		}
		c.d.limits[l.Name] = l
	}
	return nil
}

func (c *compiler) moves() error {
	for i := range c.d.Lifecycle.Moves {
		m := &c.d.Lifecycle.Moves[i]
		path := fmt.Sprintf("lifecycle.moves[%d]", i)
		var err error
		if m.from, err = calendar.ParseDate(m.From); err != nil {
			return fmt.Errorf("%s.from: %w", path, err)
		}
		if m.To == "" {
			return fmt.Errorf("%s.to: required", path)
		}
		if err := c.required(&m.when, path+".when", m.When, c.base, truthKind); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) conditions() error {
	seen := map[string]bool{}
	for i := range c.d.Environment {
		e := &c.d.Environment[i]
		path := "environment." + e.Quantity
		if !nameForm.MatchString(e.Quantity) || seen[e.Quantity] {
			return fmt.Errorf("%s: a quantity needs a name of its own", path)
		}
		seen[e.Quantity] = true
		if err := c.formula(&e.min, path+".min", e.Min, c.base, numberKind); err != nil {
			return err
		}
		if err := c.formula(&e.max, path+".max", e.Max, c.base, numberKind); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) cycle() error {
	if len(c.d.Cycle) == 0 {
		return fmt.Errorf("cycle: required")
	}
	for i := range c.d.Cycle {
		p := &c.d.Cycle[i]
		path := fmt.Sprintf("cycle[%d]", i)
		switch {
		case p.Kind != periodic && p.Kind != firstOnly:
			return fmt.Errorf("%s.kind: periodic or first_only", path)
		case p.Kind == periodic && p.Months == "":
			return fmt.Errorf("%s.months: required of a periodic verification", path)
		case p.ZH == "" || p.EN == "":
			return fmt.Errorf("%s: zh and en are required", path)
		case p.When == "" && i != len(c.d.Cycle)-1:
			return fmt.Errorf("%s: what follows is never reached", path)
		}
		if err := c.formula(&p.when, path+".when", p.When, c.base, truthKind); err != nil {
			return err
		}
		if err := c.formula(&p.months, path+".months", p.Months, c.base, numberKind); err != nil {
			return err
		}
	}
	return nil
}
