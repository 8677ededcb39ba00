package standards

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hengjian/internal/measure"
)

// drawNumber makes a number as a laboratory writes it: up to six digits with up to four decimals.
func drawNumber(t *rapid.T, name string) measure.Decimal {
	n := rapid.IntRange(0, 999_999).Draw(t, name)
	return measure.MustDecimal(fmt.Sprintf("%dE-%d", n, rapid.IntRange(0, 4).Draw(t, name+" decimals")))
}

func judgeText(result, limit string) Outcome { return JudgeText(Input{Result: result}, limit).Outcome }

// Raising a value never turns a failed maximum into a pass, and lowering it never a failed minimum.
func TestVerdictIsMonotonic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value, more, limit := drawNumber(t, "value"), drawNumber(t, "more"), drawNumber(t, "limit")
		qualifier := rapid.SampledFrom([]string{"", "<", "≤", ">", "≥"}).Draw(t, "qualifier")
		low, high := qualifier+value.String()+"mg/kg", qualifier+value.Add(more).String()+"mg/kg"
		maximum, minimum := "≤"+limit.String()+"mg/kg", "≥"+limit.String()+"mg/kg"
		if judgeText(low, maximum) == Fail && judgeText(high, maximum) != Fail {
			t.Fatalf("%s fails %s, but the higher %s is %s", low, maximum, high, judgeText(high, maximum))
		}
		if judgeText(high, minimum) == Fail && judgeText(low, minimum) != Fail {
			t.Fatalf("%s fails %s, but the lower %s is %s", high, minimum, low, judgeText(low, minimum))
		}
	})
}

// The verdict agrees with plain arithmetic, and does not depend on the unit that the value is written in.
func TestVerdictIgnoresTheUnit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value, limit := drawNumber(t, "value"), drawNumber(t, "limit")
		want := Pass
		if value.Cmp(limit) > 0 {
			want = Fail
		}
		for _, unit := range []string{"mg/kg", "μg/kg", "g/kg", "μg/g", "%"} {
			q, err := measure.Convert(measure.Quantity{Value: value, Unit: "mg/kg"}, unit)
			if err != nil {
				t.Fatal(err)
			}
			if got := judgeText(q.Value.String()+unit, "≤"+limit.String()+"mg/kg"); got != want {
				t.Fatalf("%s %s against ≤%s mg/kg is %s, want %s", q.Value, unit, limit, got, want)
			}
		}
	})
}

// A plan agrees with counting; hiding values behind < may leave it open but never turns it round.
func TestPlanAgreesWithCounting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.IntRange(0, 4).Draw(t, "c")
		var plain, hidden []string
		above, over := 0, false
		for i := range 5 {
			v := rapid.IntRange(0, 150).Draw(t, fmt.Sprint("value ", i))
			if v > 101 && v < 110 { // may be a power of ten with its superscript lost
				v = 110
			}
			if v > 10 {
				above++
			}
			over = over || v > 100
			plain = append(plain, fmt.Sprint(v))
			if rapid.Bool().Draw(t, fmt.Sprint("hide ", i)) {
				hidden = append(hidden, fmt.Sprint("<", v+110))
			} else {
				hidden = append(hidden, fmt.Sprint(v))
			}
		}
		want := Pass
		if over || above > c {
			want = Fail
		}
		limit := fmt.Sprintf("n=5,c=%d,m=10,M=100CFU/g", c)
		if got := judgeText(strings.Join(plain, ";")+"CFU/g", limit); got != want {
			t.Fatalf("%v against %s is %s, want %s", plain, limit, got, want)
		}
		if got := judgeText(strings.Join(hidden, ";")+"CFU/g", limit); got != want && got != Undetermined {
			t.Fatalf("%v, hidden as %v, against %s is %s, want %s or undetermined", plain, hidden, limit, got, want)
		}
	})
}
