package procedure

import (
	"encoding/json"
	"fmt"

	"hengjian/internal/measure"
)

// checkVectors works out the examples of a definition. One that comes out otherwise shows that the definition, or the
// example, was typed wrong.
func (d *Definition) checkVectors() error {
	for i := range d.Vectors {
		v := &d.Vectors[i]
		if v.Source == "" {
			return fmt.Errorf("vectors[%d].source: required", i)
		}
		check := d.checkReadings
		if v.Limit != "" {
			check = d.checkLimit
		}
		if err := check(v); err != nil {
			return fmt.Errorf("vectors[%d] (%s): %w", i, v.Source, err)
		}
	}
	return nil
}

func (d *Definition) checkLimit(v *Vector) error {
	at, err := measure.ParseDecimal(v.At)
	if err != nil {
		return fmt.Errorf("at: %w", err)
	}
	b, err := d.LimitAt(v.Limit, rawParameters(v.Parameters), v.Stage, at)
	if err != nil {
		return err
	}
	low := v.Low
	if low == "" {
		low = "-" + v.High
	}
	if err := same(v.Limit+".high", b.High.String(), v.High); err != nil {
		return err
	}
	return same(v.Limit+".low", b.Low.String(), low)
}

// same compares numbers: 8.0 is 8.
func same(what, got, want string) error {
	x, errGot := measure.ParseDecimal(got)
	y, errWant := measure.ParseDecimal(want)
	if errGot != nil || errWant != nil || x.Cmp(y) != 0 {
		return fmt.Errorf("%s is %q and should be %q", what, got, want)
	}
	return nil
}

func (d *Definition) checkReadings(v *Vector) error {
	readings := map[string]json.RawMessage{}
	for item, rows := range v.Readings {
		raw, err := json.Marshal(rows)
		if err != nil {
			return fmt.Errorf("readings: %w", err)
		}
		readings[item] = raw
	}
	e, err := d.Evaluate(Record{Stage: v.Stage, Parameters: rawParameters(v.Parameters), Readings: readings})
	if err != nil {
		return err
	}
	if len(v.Expect) == 0 {
		return fmt.Errorf("expect: required")
	}
	for _, x := range v.Expect {
		if err := e.meets(x); err != nil {
			return err
		}
	}
	return nil
}

func (e Evaluation) meets(x Expected) error {
	for _, item := range e.Items {
		if item.ID != x.Item {
			continue
		}
		values, mpe, verdict, err := item.at(x.Row)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("%s[%d]", x.Item, x.Row)
		if x.Verdict != "" && verdict != x.Verdict {
			return fmt.Errorf("%s is %s and should be %s", what, verdict, x.Verdict)
		}
		switch x.Value {
		case "":
			return nil
		case MPEName:
			return same(what+".mpe", mpe, x.Equals)
		}
		return same(what+"."+x.Value, values[x.Value], x.Equals)
	}
	return fmt.Errorf("there is no item %s", x.Item)
}

// at are the values, the limit and the verdict of a row, or of the first group.
func (i ItemResult) at(n int) (values map[string]string, mpe string, verdict Conclusion, err error) {
	switch {
	case n >= 0 && n < len(i.Rows):
		return i.Rows[n].Values, i.Rows[n].MPE, i.Rows[n].Verdict, nil
	case n == -1 && len(i.Groups) > 0:
		return i.Groups[0].Values, i.Groups[0].MPE, i.Groups[0].Verdict, nil
	}
	return nil, "", "", fmt.Errorf("%s has no row %d", i.ID, n)
}
