package procedure

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGauge(t *testing.T) {
	t.Parallel()
	rows := func(edit ...Row) []Row {
		all, ok := fullGauge()["indication"].([]Row)
		if !ok {
			t.Fatal("the indications are no rows")
		}
		for _, row := range edit {
			for i := range all {
				if all[i]["P"] == row["P"] {
					all[i] = row
				}
			}
		}
		return all
	}
	for _, c := range []scaleCase{
		{"zero at its limit", "zero", []Row{{"reading": "0.0256"}}, nil, Pass, ""},
		{"zero beyond", "zero", []Row{{"I": "0.02561"}}, nil, Fail, ""},
		{"no zero", "zero", nil, nil, Undetermined, "item_missing"},
		{"not smooth", "smooth", []any{map[string]any{"ok": false}}, nil, Fail, ""},
		{"no indications", "indication", nil, nil, Undetermined, "item_missing"},
		{"a graduation missing", "indication", rows()[:3], nil, Undetermined, "point_missing"},
		{"the graduations listed", "", nil, []string{"interval", "", "graduations", "0,0.4，0.8 1.2、1.6"}, Pass, ""},
		{"more graduations than rows", "", nil, []string{"interval", "0.2"}, Undetermined, "point_missing"},
		{"neither graduations nor interval", "", nil, []string{"interval", ""}, Undetermined, "required"},
		{"too many graduations to be true", "", nil, []string{"graduations", strings.Repeat("0.4,", maxList) + "1.6"}, Undetermined, "parameter_unreadable"},
		{"graduations that end below the upper limit", "", nil, []string{"graduations", "0.4,0.8"}, Undetermined, "parameters_contradict"},
		{"error at the limit", "indication", rows(pressure("0.8", "0.8256", "0.8256", "0.8256", "0.8256")), nil, Pass, ""},
		{"error beyond", "indication", rows(pressure("0.8", "0.8256", "0.8256", "0.8257", "0.8256")), nil, Fail, ""},
		{"negative error beyond", "indication", rows(pressure("0.8", "0.7743", "0.7744", "0.7744", "0.7744")), nil, Fail, ""},
		{"more room from 90 % of the upper limit", "indication", rows(pressure("1.6", "1.64", "1.64", "1.64", "1.64")), nil, Pass, ""},
		{"hysteresis beyond", "indication", rows(pressure("0.8", "0.787", "0.787", "0.813", "0.813")), nil, Fail, ""},
		{"tapping at the limit", "indication", rows(pressure("0.8", "0.8", "0.8128", "0.8", "0.8")), nil, Pass, ""},
		{"tapping beyond", "indication", rows(pressure("0.8", "0.8", "0.8", "0.8129", "0.8")), nil, Fail, ""},
		{"a reading missing", "indication", rows(Row{"P": "0.8", "up_before": "0.8", "up_after": "0.8", "down_before": "0.8"}), nil, Undetermined, "reading_missing"},
		{"readings of an item that has none", "hysteresis", []Row{{"H": "0"}}, nil, Undetermined, "item_unknown"},
		{"a vacuum gauge", "", nil, []string{"lower", "-0.1"}, Undetermined, "parameters_contradict"},
		{"class 1.5 counts as 1.6", "", nil, []string{"accuracy_class", "1.5"}, Pass, ""},
		{"class 1 is stricter", "indication", rows(pressure("0.8", "0.8", "0.8", "0.8161", "0.8161")), []string{"accuracy_class", "1"}, Fail, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := fullGauge()
			if c.item != "" {
				r = r.with(c.item, c.rows)
			}
			checkConclusion(t, evaluate(t, mustDefinition(t, "JJG-52-2013"), gaugeRecord(t, r, c.parameters...)), c.want, c.missing)
		})
	}
}

// What is wrong with the ground takes away the certainty of a pass and of a failure alike.
func TestConditions(t *testing.T) {
	t.Parallel()
	good, bad := fullGauge(), fullGauge().with("smooth", false)
	fine := map[string]string{"temperature": "20.5", "humidity": "48", "soak": "2"}
	air := func(quantity, text string) map[string]string {
		return map[string]string{"temperature": "20", "humidity": "48", quantity: text}
	}
	for _, c := range []struct {
		name        string
		readings    readings
		environment map[string]string
		ratios      []string
		want        Conclusion
		missing     string
	}{
		{"all in order", good, fine, []string{"1/4"}, Pass, ""},
		{"a failure in order", bad, fine, []string{"0.25"}, Fail, ""},
		{"at the edges", good, map[string]string{"temperature": "15,25", "humidity": "85", "soak": "24"}, []string{"0.249", "1/4"}, Pass, ""},
		{"too cold", good, air("temperature", "14.9"), []string{"1/4"}, Undetermined, "environment_outside"},
		{"too warm at the end", good, air("temperature", "24, 25.01"), []string{"1/4"}, Undetermined, "environment_outside"},
		{"too cold, and a failure", bad, air("temperature", "14.9"), []string{"1/4"}, Undetermined, "environment_outside"},
		{"too damp", good, air("humidity", "85.1"), []string{"1/4"}, Undetermined, "environment_outside"},
		{"not rested", good, air("soak", "1.9"), []string{"1/4"}, Undetermined, "environment_outside"},
		{"rest not recorded", good, air("soak", ""), []string{"1/4"}, Pass, ""},
		{"no temperature", good, air("temperature", ""), []string{"1/4"}, Undetermined, "environment_missing"},
		{"no temperature, and a failure", bad, air("temperature", ""), []string{"1/4"}, Fail, "environment_missing"},
		{"unreadable temperature", good, air("temperature", "20 °C"), []string{"1/4"}, Undetermined, "environment_unreadable"},
		{"nothing recorded", good, map[string]string{}, []string{"1/4"}, Undetermined, "environment_missing"},
		{"standard not good enough", good, fine, []string{"1/4", "0.2501"}, Undetermined, "ratio_too_large"},
		{"a third exactly is above a quarter", good, fine, []string{"1/3"}, Undetermined, "ratio_too_large"},
		{"standard not good enough, and a failure", bad, fine, []string{"1"}, Undetermined, "ratio_too_large"},
		{"ratio not recorded", good, fine, []string{""}, Undetermined, "ratio_missing"},
		{"ratio of nothing", good, fine, []string{"0"}, Undetermined, "ratio_missing"},
		{"no standard", good, fine, []string{}, Undetermined, "standard_missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gaugeRecord(t, c.readings)
			r.Environment, r.Ratios = c.environment, c.ratios
			checkConclusion(t, evaluate(t, mustDefinition(t, "JJG-52-2013"), r), c.want, c.missing)
		})
	}
}

func TestUnjudgedConditionsAreNamed(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-52-2013")
	r := gaugeRecord(t, fullGauge())
	if got, want := evaluate(t, d, r).Unjudged, []string{"environment", "standards"}; !cmp.Equal(got, want) {
		t.Errorf("without conditions: unjudged %v, want %v", got, want)
	}
	r.Environment, r.Ratios = map[string]string{"temperature": "20", "humidity": "50"}, []string{"1/5"}
	if got, want := evaluate(t, d, r).Unjudged, []string{"environment.soak"}; !cmp.Equal(got, want) {
		t.Errorf("with conditions but for the optional one: unjudged %v, want %v", got, want)
	}
}

// A third as a ratio is exact: 0.333… with any number of digits is not more than 1/3, and a hair above is.
func TestRatioIsExact(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	for ratio, want := range map[string]Conclusion{
		"1/3": Pass, "0.3333333333333333333333333333333333": Pass, "2/6": Pass, "10/30.00000001": Pass,
		"0.33333333333333333333333333333333334": Undetermined, "1.0000001/3": Undetermined, "-1/3": Undetermined, "1/0": Undetermined,
		"1/-3": Undetermined, "1/3/3": Undetermined,
	} {
		r := scaleRecord(t, fullScale())
		r.Ratios = []string{ratio}
		if e := evaluate(t, d, r); e.Conclusion != want {
			t.Errorf("ratio %s: %s, want %s: %+v", ratio, e.Conclusion, want, e.Missing)
		}
	}
}
