package procedure

import (
	"encoding/json"
	"fmt"
	"strings"

	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

// MPEName is the limit that is a procedure's maximum permissible error.
const MPEName = "mpe"

// Bounds are a permissible error: Low ≤ error ≤ High, both included.
type Bounds struct {
	Low, High measure.Decimal
	Unit      string
}

// String writes the bounds as ±High when they are symmetric.
func (b Bounds) String() string {
	if b.Low.Cmp(b.High.Neg()) == 0 {
		return "±" + plain(b.High)
	}
	return plain(b.Low) + "～" + plain(b.High)
}

// plain writes 2.50 as 2.5: a limit is no reading, and its last zeros say nothing.
func plain(d measure.Decimal) string {
	s := d.String()
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// MPE is the maximum permissible error of an instrument at a load, in the unit of its parameters. The error is Blocked
// when there is none: a load beyond the table or the range, a parameter missing or unreadable, parameters that
// contradict the procedure.
func (d *Definition) MPE(parameters map[string]json.RawMessage, stage Stage, load measure.Decimal) (Bounds, error) {
	return d.LimitAt(MPEName, parameters, stage, load)
}

// LimitAt is MPE for any limit of the procedure by its name.
func (d *Definition) LimitAt(
	name string, parameters map[string]json.RawMessage, stage Stage, at measure.Decimal,
) (Bounds, error) {
	if err := checkStage(stage); err != nil {
		return Bounds{}, err
	}
	l := d.limits[name]
	if l == nil {
		return Bounds{}, errs.New(errs.NotFound, "no_such_limit",
			fmt.Sprintf("规程%s没有名为“%s”的误差限", d.ID, short(name)),
			fmt.Sprintf("procedure %s has no limit %q", d.ID, short(name)))
	}
	g := d.read(parameters, stage)
	if problems := g.beyondMissing(); len(problems) > 0 {
		return Bounds{}, errs.Blockers("parameters", "参数有误，无法确定最大允许误差",
			"the parameters are wrong, so the limit is undetermined", problems)
	}
	high, err := l.highAt(g.scope, at)
	if err != nil {
		return Bounds{}, blocked(err)
	}
	low, err := l.lowAt(g.scope, at)
	if err != nil {
		return Bounds{}, blocked(err)
	}
	return Bounds{Low: low, High: high, Unit: g.unitOf(l.Unit)}, nil
}

// beyondMissing are the problems that no limit can rest on; a parameter that is missing may not be needed.
func (g *given) beyondMissing() []errs.Field {
	var list []errs.Field
	for _, p := range g.problems {
		if p.Code != "required" {
			list = append(list, p)
		}
	}
	return list
}

func blocked(err error) error {
	zh, en := reasonOf(err)
	return errs.New(errs.Blocked, "undetermined", "无法确定最大允许误差："+zh, "the limit is undetermined: "+en).With(err)
}

// unitOf is the unit of a value whose definition names unit: empty is the instrument's, "1" is none.
func (g *given) unitOf(unit string) string { return unitIn(unit, g.scope.unit) }

func unitIn(unit, instrument string) string {
	switch unit {
	case "":
		return instrument
	case "1":
		return ""
	}
	return unit
}

func (l *Limit) highAt(s *scope, at measure.Decimal) (measure.Decimal, error) {
	inner := s.base.inner()
	inner.values[l.Argument] = numberOf(at)
	if l.valid != nil {
		valid, err := l.valid.holds(inner)
		if err == nil && !valid {
			err = undefined(fmt.Sprintf("%s 不在“%s”的范围内", at, l.Title.ZH),
				fmt.Sprintf("%s is outside the range of %s", at, l.Name))
		}
		if err != nil {
			return measure.Decimal{}, err
		}
	}
	return l.high.number(inner)
}

func (l *Limit) lowAt(s *scope, at measure.Decimal) (measure.Decimal, error) {
	high, err := l.highAt(s, at)
	if err != nil || l.low == nil {
		return high.Neg(), err
	}
	inner := s.base.inner()
	inner.values[l.Argument] = numberOf(at)
	return l.low.number(inner)
}
