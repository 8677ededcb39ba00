package procedure

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"hengjian/internal/errs"
)

func verificationLine(t testing.TB, id string, r Record, more string) string {
	t.Helper()
	parameters, err := json.Marshal(r.Parameters)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := json.Marshal(r.Readings)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"procedure":%q,"stage":%q,"parameters":%s,"readings":%s%s}`, id, r.Stage, parameters, rows, more)
}

// answer is what a line says, as a reader of the answer would take it.
type answer struct {
	Conclusion Conclusion        `json:"conclusion"`
	Items      []json.RawMessage `json:"items"`
	Missing    []errs.Field      `json:"missing"`
}

func TestVerificationLine(t *testing.T) {
	t.Parallel()
	const scale, gauge = "JJG-539-2016", "JJG-52-2013"
	cool := `,"environment":{"temperature":"20","humidity":48},"standard_ratios":["1/4"]`
	for _, c := range []struct {
		name, in string
		want     Conclusion
		items    int
		missing  string
	}{
		{"good scale", verificationLine(t, scale, scaleRecord(t, fullScale()), ""), Pass, 6, ""},
		{"good scale with its edition", verificationLine(t, scale, scaleRecord(t, fullScale()), `,"edition":"2016"`), Pass, 6, ""},
		{"good gauge in good conditions", verificationLine(t, gauge, gaugeRecord(t, fullGauge()), cool), Pass, 6, ""},
		{"good gauge in the cold", verificationLine(t, gauge, gaugeRecord(t, fullGauge()), strings.Replace(cool, "20", "14", 1)), Undetermined, 6, "environment.temperature"},
		{"bad scale", verificationLine(t, scale, scaleRecord(t, fullScale().with("visual", false)), ""), Fail, 6, ""},
		{"no repeatability", verificationLine(t, scale, scaleRecord(t, fullScale().with("repeatability", nil)), ""), Undetermined, 6, "readings.repeatability"},
		{"nothing", `{"procedure":"JJG-539-2016","stage":"subsequent"}`, Undetermined, 6, "parameters.accuracy_class"},
		{"JSON numbers are read from their digits", verificationLine(t, scale, scaleRecord(t, fullScale().with("zero",
			json.RawMessage(`{"load":50,"indication":50,"delta_l":1.2500000000000000000000000000000000001}`))), ""), Pass, 6, ""},
		{"a hair beyond 0.25 e", verificationLine(t, scale, scaleRecord(t, fullScale().with("zero",
			json.RawMessage(`{"L":50,"I":50,"dL":1.2499999999999999999999999999999999999}`))), ""), Fail, 6, ""},
	} {
		out, err := VerificationLine([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var a answer
		if err := json.Unmarshal(out, &a); err != nil {
			t.Errorf("%s: %s: %v", c.name, out, err)
			continue
		}
		first := ""
		if len(a.Missing) > 0 {
			first = a.Missing[0].Path
		}
		if a.Conclusion != c.want || len(a.Items) != c.items || first != c.missing || a.Missing == nil {
			t.Errorf("%s: %s with %d items and %q missing, want %s with %d and %q", c.name, a.Conclusion, len(a.Items), first, c.want, c.items, c.missing)
		}
	}
}

func TestVerificationLineRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want errs.Kind
	}{
		{`{"procedure":"JJG-539-2016"}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"first"}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","readings":[]}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","conclusion":"pass"}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","environment":{"temperature":true}}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","standard_ratios":"1/3"}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","readings":{"visual":true,"visual":true}}`, errs.Invalid},
		{`{"procedure":5,"stage":"initial"}`, errs.NotFound},
		{`{"procedure":"JJG-1-1999","stage":"initial"}`, errs.NotFound},
		{`not JSON`, errs.Invalid},
	} {
		out, err := VerificationLine([]byte(c.in))
		if errs.KindOf(err) != c.want {
			t.Errorf("VerificationLine(%s) = %s, %v; want an error of kind %d", c.in, out, err, c.want)
		}
	}
}

// All faults of a line are told at once.
func TestLineTellsAllFaults(t *testing.T) {
	t.Parallel()
	_, err := MPELine([]byte(`{"Procedure":"x","load":"much","parameters":7}`))
	var l errs.List
	l.Merge("", err)
	var paths []string
	for _, f := range l.Fields() {
		paths = append(paths, f.Path)
	}
	if got, want := strings.Join(paths, " "), "Procedure load parameters stage procedure"; got != want {
		t.Errorf("faults of %s, want of %s: %v", got, want, err)
	}
}

func TestUniqueKeys(t *testing.T) {
	t.Parallel()
	for in, unique := range map[string]bool{
		`{}`: true, `[]`: true, `1`: true, `{"a":1,"b":{"a":2}}`: true, `[{"a":1},{"a":1}]`: true, `{"a":["a","a"]}`: true,
		`{"a":{},"b":[],"c":"a"}`: true, `{"a":"b","b":"a"}`: true, `{"a":[{"b":1}],"b":2}`: true, `{"a":[],"b":1}`: true,
		`{"a":1,"a":1}`: false, `{"a":{"b":1,"b":2}}`: false, `[1,{"x":[],"x":{}}]`: false, `{"a":{"c":1},"b":2,"a":3}`: false,
		`{"a":[[{"b":1}]],"a":2}`: false, `{"\u0061":1,"a":2}`: false, `{"a":`: false,
	} {
		if err := uniqueKeys([]byte(in)); (err == nil) != unique {
			t.Errorf("uniqueKeys(%s) = %v, want unique %v", in, err, unique)
		}
	}
}

// Whatever is sent, nothing panics, and nothing but a complete record passes: each seed that passes is known, and a line
// that differs from all of them may pass only with every item of its stage judged good.
func FuzzVerificationLine(f *testing.F) {
	f.Add(verificationLine(f, "JJG-539-2016", scaleRecord(f, fullScale()), ""))
	f.Add(verificationLine(f, "JJG-52-2013", gaugeRecord(f, fullGauge()), `,"environment":{"temperature":"20"},"standard_ratios":["1/4"]`))
	f.Add(`{"procedure":"JJG-539-2016","stage":"inspection","parameters":{"accuracy_class":"III","Max":1e40,"Min":"1e-40","e":"1e-40"},"readings":{"weighing":[{"L":1e40}]}}`)
	f.Add(`{"procedure":"JJG-539-2016","stage":"initial","parameters":{"supports":"1e40"},"readings":{"visual":[true,{"ok":false},[[]]],"zero":{"a":{"b":{}}}}}`)
	f.Add(`{"procedure":"JJG-52-2013","stage":"initial","parameters":{"upper":"1e40","interval":"1e-40","graduations":[1,2,3]},"readings":{"smooth":[[1]]}}`)
	f.Add(`{"procedure":"JJG-539-2016","stage":"initial","parameters":{"multi_interval":"[{\"max\":1,\"e\":1}]"},"readings":{"price":null}}`)
	f.Add(`{"readings":{"visual":{"id":"seals","ok":true}}}`)
	f.Add(`[[[[`)
	f.Fuzz(func(t *testing.T, line string) {
		_, _ = MPELine([]byte(line)) // must not panic
		out, err := VerificationLine([]byte(line))
		if err != nil {
			return
		}
		var e Evaluation
		if err := json.Unmarshal(out, &e); err != nil {
			t.Fatalf("the answer to %q is not readable: %v", line, err)
		}
		if e.Conclusion != Pass {
			return
		}
		judged := map[string]bool{}
		for _, item := range e.Items {
			judged[item.ID] = item.Judged && item.Verdict == Pass
		}
		for _, id := range []string{"visual", map[bool]string{true: "weighing", false: "indication"}[e.Procedure == "JJG-539-2016"]} {
			if !judged[id] || len(e.Missing) > 0 {
				t.Errorf("%q passes without %s, or with something missing: %v", line, id, e.Missing)
			}
		}
	})
}
