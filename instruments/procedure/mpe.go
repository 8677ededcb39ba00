package procedure

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

// MaxError returns the maximum permissible error of an instrument at a load, in the unit of the instrument. It is
// Blocked when no band covers the load, or a parameter is missing.
func (d *Definition) MaxError(parameters map[string]json.RawMessage, stage Stage, load measure.Decimal) (measure.Quantity, error) {
	g, err := d.prepare(parameters)
	if err != nil {
		return measure.Quantity{}, err
	}
	if len(g.missing) > 0 {
		return measure.Quantity{}, errs.Blockers("parameters_missing", "缺少参数，无法确定最大允许误差",
			"parameters are missing, so there is no MPE", g.missing)
	}
	limit, err := d.limit(g, stage, load)
	if err != nil {
		return measure.Quantity{}, errs.New(errs.Blocked, "no_mpe",
			"该载荷超出规程的误差表，无法确定最大允许误差", "no band of the procedure covers this load").With(err)
	}
	return measure.Quantity{Value: limit, Unit: g.unit}, nil
}

// prepare reads the parameters and computes what follows from them alone.
func (d *Definition) prepare(parameters map[string]json.RawMessage) (*given, error) {
	g, err := d.read(parameters)
	if err != nil {
		return nil, err
	}
	for _, step := range d.Derived {
		// What cannot be derived yet stays unknown, and is told where it is needed.
		if err := d.steps([]Step{step}, g, g.scope); err != nil && !isUnknown(err) {
			return nil, err
		}
	}
	return g, nil
}

// limit finds the first band that holds at the load and applies the stage's factor.
func (d *Definition) limit(g *given, stage Stage, load measure.Decimal) (measure.Decimal, error) {
	var none measure.Decimal
	factor, ok := d.MPE.Factors[stage]
	if !ok {
		return none, fmt.Errorf("unknown stage %q", stage)
	}
	times, err := measure.ParseDecimal(factor)
	if err != nil {
		return none, err
	}
	bands, ok := d.MPE.Bands[g.choices[d.MPE.Class]]
	if !ok {
		return none, fmt.Errorf("no bands for this class")
	}
	s, err := g.at(load)
	if err != nil {
		return none, err
	}
	for _, b := range bands {
		if b.When != "" {
			holds, err := d.parsed[b.When].holds(s)
			if err != nil {
				return none, err
			}
			if !holds {
				continue
			}
		}
		v, err := d.parsed[b.Value].number(s)
		return v.Mul(times), err
	}
	return none, fmt.Errorf("no band covers the load %s", load)
}

// steps computes values into the scope, in order; a step whose condition does not hold is left out.
func (d *Definition) steps(list []Step, g *given, s *scope) error {
	for _, step := range list {
		if !d.isFor(step.For, g) {
			continue
		}
		if step.When != "" {
			holds, err := d.parsed[step.When].holds(s)
			if err != nil {
				return err
			}
			if !holds {
				continue
			}
		}
		v, err := d.parsed[step.Value].root.eval(s)
		if err != nil {
			return err
		}
		s.values[step.Name] = v
	}
	return nil
}

// isFor tells whether something holds for the instrument's class.
func (d *Definition) isFor(classes []string, g *given) bool {
	return len(classes) == 0 || slices.Contains(classes, g.choices[d.MPE.Class])
}

func isUnknown(err error) bool {
	_, ok := errors.AsType[unknownName](err)
	return ok
}
