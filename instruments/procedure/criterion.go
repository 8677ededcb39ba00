package procedure

import "hengjian/internal/measure"

// outcome is what a list of criteria comes to.
type outcome struct {
	checks  []Check
	mpe     string
	verdict Conclusion
}

// accept holds values against their limits. Without a criterion there is no verdict.
func (e *evaluator) accept(list []Criterion, s *scope, path string) outcome {
	var o outcome
	for i := range list {
		c, size, err := list[i].check(s)
		if err != nil {
			e.notComputable(path, err)
			c = Check{Value: list[i].Value, Verdict: Undetermined}
		}
		if c.Verdict == "" {
			continue
		}
		o.checks = append(o.checks, c)
		if o.mpe == "" {
			o.mpe = size
		}
		if o.verdict == "" || o.verdict == Pass || c.Verdict == Fail {
			o.verdict = c.Verdict
		}
	}
	return o
}

// check judges one criterion; its verdict is empty where the criterion is left out.
func (k *Criterion) check(s *scope) (judged Check, size string, err error) {
	if k.when != nil {
		applies, err := k.when.holds(s)
		if err != nil || !applies {
			return Check{}, "", err
		}
	}
	if k.holds != nil {
		holds, err := k.holds.holds(s)
		return Check{Verdict: passIf(holds)}, "", err
	}
	v, err := k.value.number(s)
	if err != nil {
		return Check{}, "", err
	}
	low, high, err := k.bounds(s)
	if err != nil {
		return Check{}, "", err
	}
	inside := (low == nil || v.Cmp(*low) >= 0) && (high == nil || v.Cmp(*high) <= 0)
	text, size := limitText(low, high)
	return Check{Value: k.Value, Limit: text, Verdict: passIf(inside)}, size, nil
}

// bounds are the limits of a value, both included; nil is none on that side.
func (k *Criterion) bounds(s *scope) (low, high *measure.Decimal, err error) {
	for _, b := range []struct {
		f    *formula
		into **measure.Decimal
	}{{k.within, &high}, {k.low, &low}, {k.high, &high}} {
		if b.f == nil {
			continue
		}
		bound, err := b.f.number(s)
		if err != nil {
			return nil, nil, err
		}
		*b.into = &bound
	}
	if k.within != nil {
		negative := high.Neg()
		low = &negative
	}
	return low, high, nil
}

func passIf(holds bool) Conclusion {
	if holds {
		return Pass
	}
	return Fail
}

// limitText writes bounds as they are printed, and the size of the limit that a value is held against.
func limitText(low, high *measure.Decimal) (text, size string) {
	switch {
	case high == nil:
		return "≥" + plain(*low), plain(*low)
	case low == nil:
		return "≤" + plain(*high), plain(*high)
	}
	return Bounds{Low: *low, High: *high}.String(), plain(*high)
}
