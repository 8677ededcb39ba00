package procedure

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hengjian/internal/calendar"
	"hengjian/internal/measure"
)

// scaleRecord is a 15 kg / 5 g scale of class III that passes everything.
func scaleRecord() Record {
	return record(`{"accuracy_class":"III","Max":"15000","Min":"100","e":"5","unit":"g"}`, `{
		"visual": true,
		"zero": [{"L":"20","I":"20","dL":"2.0"}],
		"weighing": [{"L":"100","I":"100","dL":"2.5"},{"L":"2500","I":"2500","dL":"2"},{"L":"5000","I":"5000","dL":"2.6"},
			{"L":"10000","I":"10000","dL":"3"},{"L":"15000","I":"15005","dL":"3"}],
		"eccentricity": [{"L":"5000","I":"5000","dL":"2"},{"L":"5000","I":"5000","dL":"2"},{"L":"5000","I":"5000","dL":"2"},
			{"L":"5000","I":"5000","dL":"2"}],
		"repeatability": [{"L":"12000","I":"12000","dL":"2"},{"L":"12000","I":"12000","dL":"2.5"},{"L":"12000","I":"12000","dL":"2"}],
		"discrimination": [{"L":"100","I":"100","I_after":"105"},{"L":"7500","I":"7500","I_after":"7505"},
			{"L":"15000","I":"15000","I_after":"15005"}]}`)
}

// gaugeRecord is a 1.6 MPa gauge of class 1.6 that passes everything.
func gaugeRecord() Record {
	return record(`{"accuracy_class":"1.6","lower":"0","upper":"1.6","graduations":["0.4","0.8","1.2","1.6"]}`, `{
		"visual": true, "smooth": true, "zero": [{"reading":"0.01"}],
		"indication": [
			{"P":"0.4","up_before":"0.40","up_after":"0.41","down_before":"0.41","down_after":"0.42"},
			{"P":"0.8","up_before":"0.80","up_after":"0.80","down_before":"0.81","down_after":"0.81"},
			{"P":"1.2","up_before":"1.20","up_after":"1.20","down_before":"1.20","down_after":"1.20"},
			{"P":"1.6","up_before":"1.62","up_after":"1.63","down_before":"1.60","down_after":"1.61"}]}`)
}

func record(parameters, readings string) Record {
	r := Record{Stage: Subsequent}
	for text, into := range map[string]*map[string]json.RawMessage{parameters: &r.Parameters, readings: &r.Readings} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			panic(err)
		}
	}
	return r
}

func definition(t testing.TB, id string) *Definition {
	t.Helper()
	d, err := ByID(id, "")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func evaluate(t testing.TB, id string, r Record) Evaluation {
	t.Helper()
	e, err := definition(t, id).Evaluate(r)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return e
}

func TestMaxError(t *testing.T) {
	t.Parallel()
	scale := func(class, more string) string {
		return `{"accuracy_class":"` + class + `","e":"5","unit":"g"` + more + `}`
	}
	gauge := func(class string) string { return `{"accuracy_class":"` + class + `","lower":"0","upper":"1.6"}` }
	multi := `,"multi_interval":[{"max":"2000","e":"1"},{"max":"5000","e":"2"},{"max":"15000","e":"10"}]`
	for _, tt := range []struct {
		procedure, parameters string
		stage                 Stage
		load, want            string
	}{
		{"JJG-539-2016", scale("III", ""), Subsequent, "2500", "2.5"}, // 500 e belongs to the first band
		{"JJG-539-2016", scale("III", ""), Subsequent, "2500.001", "5"},
		{"JJG-539-2016", scale("III", ""), Subsequent, "10000", "5"},
		{"JJG-539-2016", scale("III", ""), Subsequent, "10000.001", "7.5"},
		{"JJG-539-2016", scale("III", ""), Subsequent, "50000", "7.5"},
		{"JJG-539-2016", scale("III", ""), Subsequent, "50000.001", "none"},
		{"JJG-539-2016", scale("III", ""), Initial, "5000", "5"},
		{"JJG-539-2016", scale("III", ""), Inspection, "5000", "10"},
		{"JJG-539-2016", scale("Ⅲ", ""), Subsequent, "5000", "5"},
		{"JJG-539-2016", scale("IIII", ""), Subsequent, "250", "2.5"},
		{"JJG-539-2016", scale("IIII", ""), Subsequent, "5000", "7.5"},
		{"JJG-539-2016", scale("II", ""), Subsequent, "25000", "2.5"},
		{"JJG-539-2016", scale("I", ""), Subsequent, "2000000", "7.5"},
		{"JJG-539-2016", scale("III", multi), Subsequent, "3000", "2"}, // e of the interval in which the load lies
		{"JJG-539-2016", scale("III", multi), Subsequent, "2000", "1"},
		{"JJG-539-2016", scale("III", multi), Subsequent, "15001", "none"},
		{"JJG-52-2013", gauge("1.6"), Subsequent, "0.8", "0.0256"},
		{"JJG-52-2013", gauge("1.6"), Subsequent, "1.6", "0.04"},
		{"JJG-52-2013", gauge("1.5"), Subsequent, "1.44", "0.04"}, // 90 % of the upper limit belongs to the top zone
		{"JJG-52-2013", gauge("1.6"), Subsequent, "1.4399", "0.0256"},
		{"JJG-52-2013", gauge("4"), Subsequent, "1.6", "0.064"},
		{"JJG-52-2013", gauge("1.6"), Subsequent, "1.7", "none"},
		{"JJG-52-2013", `{"accuracy_class":"1.6","lower":"-0.1","upper":"0"}`, Subsequent, "-0.05", "none"},
	} {
		line := fmt.Sprintf(`{"procedure":%q,"parameters":%s,"stage":%q,"load":%q}`, tt.procedure, tt.parameters, tt.stage, tt.load)
		out, err := MPELine([]byte(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		var got struct{ MPE, Undetermined string }
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		if got.Undetermined != "" {
			got.MPE = "none"
		}
		if got.MPE != tt.want {
			t.Errorf("%s: MPE %s, want %s", line, got.MPE, tt.want)
		}
	}
}

// The vectors of the change-point method: OIML R 76 A.4.4.3 and published worked examples.
func TestChangePointVectors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		zero, row, name, want string
		verdict               Conclusion
	}{
		{`{"L":"0","I":"0","dL":"2.5"}`, `{"L":"50","I":"50","dL":"2"}`, "E", "0.5", Pass},
		{`{"L":"0","I":"0","dL":"2.0"}`, `{"L":"1000","I":"1000","dL":"1.5"}`, "Ec", "0.5", Pass},
		{`{"L":"20","I":"20","dL":"1.0"}`, `{"L":"5000","I":"5005","dL":"2.6"}`, "Ec", "3.4", Pass},
		{`{"L":"20","I":"20","dL":"1.0"}`, `{"L":"5000","I":"5005","dL":"3.1"}`, "Ec", "2.9", Pass},
		{`{"L":"20","I":"20","dL":"1.0"}`, `{"L":"12000","I":"12005","dL":"3.6"}`, "Ec", "2.4", Pass},
		{`{"L":"20","I":"20","dL":"1.0"}`, `{"L":"12000","I":"12010","dL":"3.0"}`, "Ec", "8.0", Fail},
	} {
		r := scaleRecord()
		r.Readings["zero"] = json.RawMessage("[" + tt.zero + "]")
		r.Readings["weighing"] = json.RawMessage("[" + tt.row + "]")
		e := evaluate(t, "JJG-539-2016", r)
		at := slices.IndexFunc(e.Items, func(i ItemResult) bool { return i.ID == "weighing" })
		row := e.Items[at].Rows[0]
		if row.Values[tt.name] != tt.want || row.Verdict != tt.verdict {
			t.Errorf("%s after zero %s: %s = %s %s, want %s %s", tt.row, tt.zero, tt.name, row.Values[tt.name], row.Verdict, tt.want, tt.verdict)
		}
	}
}

func TestCompleteRecordsPass(t *testing.T) {
	t.Parallel()
	for id, r := range map[string]Record{"JJG-539-2016": scaleRecord(), "JJG-52-2013": gaugeRecord()} {
		if e := evaluate(t, id, r); e.Conclusion != Pass {
			t.Errorf("%s: %s, missing %v, want pass", id, e.Conclusion, e.Missing)
		}
	}
}

// Whatever is left out of a record that passes, it no longer passes.
func TestNothingMissingPasses(t *testing.T) {
	t.Parallel()
	for id, whole := range map[string]func() Record{"JJG-539-2016": scaleRecord, "JJG-52-2013": gaugeRecord} {
		for item := range whole().Readings {
			r := whole()
			delete(r.Readings, item)
			wantNoPass(t, id, "without "+item, r)
			for i, row := range rowsOf(whole().Readings[item]) {
				r := whole()
				r.Readings[item] = without(whole().Readings[item], i)
				wantNoPass(t, id, fmt.Sprintf("without %s[%d]", item, i), r)
				for cell := range row {
					r := whole()
					r.Readings[item] = emptied(whole().Readings[item], i, cell)
					wantNoPass(t, id, fmt.Sprintf("%s[%d] without %s", item, i, cell), r)
				}
			}
		}
		for _, parameter := range slices.Collect(maps.Keys(whole().Parameters)) {
			if parameter == "unit" || parameter == "lower" || parameter == "graduations" {
				continue // have a default, or only add points
			}
			r := whole()
			delete(r.Parameters, parameter)
			wantNoPass(t, id, "without parameter "+parameter, r)
		}
	}
}

func wantNoPass(t *testing.T, id, what string, r Record) {
	t.Helper()
	e, err := definition(t, id).Evaluate(r)
	if err != nil {
		return // refused is not passed
	}
	if e.Conclusion == Pass {
		t.Errorf("%s %s passes", id, what)
	}
	if e.Conclusion == Undetermined && len(e.Missing) == 0 {
		t.Errorf("%s %s is undetermined and does not say why", id, what)
	}
}

func rowsOf(raw json.RawMessage) []map[string]string {
	var rows []map[string]string
	_ = json.Unmarshal(raw, &rows) // a check item has no rows
	return rows
}

func without(raw json.RawMessage, i int) json.RawMessage {
	return encoded(slices.Delete(rowsOf(raw), i, i+1))
}

func emptied(raw json.RawMessage, i int, cell string) json.RawMessage {
	rows := rowsOf(raw)
	rows[i][cell] = ""
	return encoded(rows)
}

func encoded(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// One reading beyond its limit fails the verification, whatever else is there or missing.
func TestOneBadPointFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ procedure, item, rows string }{
		{"JJG-539-2016", "visual", `false`},
		{"JJG-539-2016", "zero", `[{"L":"20","I":"20","dL":"1.0"}]`},
		{"JJG-539-2016", "weighing", `[{"L":"15000","I":"15010","dL":"0.0"}]`},
		{"JJG-539-2016", "eccentricity", `[{"L":"5000","I":"5010","dL":"1"}]`},
		{"JJG-539-2016", "repeatability", `[{"L":"12000","I":"12000","dL":"2"},{"L":"12000","I":"12010","dL":"2"},{"L":"12000","I":"12000","dL":"2"}]`},
		{"JJG-539-2016", "discrimination", `[{"L":"100","I":"100","I_after":"104.9"}]`},
		{"JJG-52-2013", "zero", `[{"reading":"0.0257"}]`},
		{"JJG-52-2013", "indication", `[{"P":"0.8","up_before":"0.8257","up_after":"0.81","down_before":"0.81","down_after":"0.81"}]`},
		{"JJG-52-2013", "indication", `[{"P":"0.8","up_before":"0.79","up_after":"0.785","down_before":"0.81","down_after":"0.8107"}]`},
		{"JJG-52-2013", "indication", `[{"P":"0.8","up_before":"0.79","up_after":"0.803","down_before":"0.81","down_after":"0.81"}]`},
	} {
		r := scaleRecord()
		if tt.procedure == "JJG-52-2013" {
			r = gaugeRecord()
		}
		r.Readings[tt.item] = json.RawMessage(tt.rows)
		if e := evaluate(t, tt.procedure, r); e.Conclusion != Fail {
			t.Errorf("%s with %s %s: %s, want fail", tt.procedure, tt.item, tt.rows, e.Conclusion)
		}
	}
}

// A unit is a way of writing: grams and kilograms give the same verdicts, whatever the readings.
func TestUnitsDoNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		off := rapid.IntRange(-40, 40).Draw(t, "tenths of a gram off")
		load := rapid.SampledFrom([]string{"100", "2500", "5000", "10000", "15000"}).Draw(t, "load")
		grams := measure.MustDecimal(load).Add(measure.MustDecimal(fmt.Sprintf("%d", off)).Mul(measure.MustDecimal("0.5")))
		row := func(l, i measure.Decimal, dl string) json.RawMessage {
			return encoded([]map[string]string{{"L": l.String(), "I": i.String(), "dL": dl}})
		}
		inGrams, inKilograms := scaleRecord(), scaleRecord()
		inGrams.Readings = map[string]json.RawMessage{"weighing": row(measure.MustDecimal(load), grams, "2.5")}
		milli := measure.MustDecimal("0.001")
		inKilograms.Readings = map[string]json.RawMessage{
			"weighing": row(measure.MustDecimal(load).Mul(milli), grams.Mul(milli), "0.0025")}
		inKilograms.Parameters = record(`{"accuracy_class":"III","Max":"15","Min":"0.1","e":"0.005","unit":"kg"}`, `{}`).Parameters
		a, b := evaluateR(t, inGrams), evaluateR(t, inKilograms)
		if a.Conclusion != b.Conclusion || a.Items[2].Rows[0].Verdict != b.Items[2].Rows[0].Verdict {
			t.Fatalf("load %s g, indication %s g: %s in g, %s in kg", load, grams, a.Items[2].Rows[0].Verdict, b.Items[2].Rows[0].Verdict)
		}
	})
}

func evaluateR(t *rapid.T, r Record) Evaluation {
	d, err := ByID("JJG-539-2016", "")
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.Evaluate(r)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEnvironmentAndStandards(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		temperature, humidity, ratio string
		want                         Conclusion
	}{
		{"20", "50", "1/4", Pass}, {"15", "85", "0.25", Pass}, {"14.9", "50", "1/4", Undetermined}, {"20", "85.1", "1/4", Undetermined},
		{"", "50", "1/4", Undetermined}, {"20", "50", "1/3", Undetermined}, {"20", "50", "", Undetermined}, {"20", "50", "0", Undetermined},
	} {
		r := gaugeRecord()
		r.Environment = map[string]string{"temperature": tt.temperature, "humidity": tt.humidity}
		r.Ratios = []string{tt.ratio}
		if e := evaluate(t, "JJG-52-2013", r); e.Conclusion != tt.want {
			t.Errorf("%s °C, %s %%RH, ratio %q: %s, want %s", tt.temperature, tt.humidity, tt.ratio, e.Conclusion, tt.want)
		}
	}
}

func TestUnreadableReadingsAreRefused(t *testing.T) {
	t.Parallel()
	for _, readings := range []string{
		`{"nothing": true}`, `{"weighing": [{"Q":"1"}]}`, `{"weighing": "text"}`, `{"hysteresis": []}`, `{"visual": [1]}`,
	} {
		if _, err := definition(t, "JJG-539-2016").Evaluate(record(`{"accuracy_class":"III","e":"5"}`, readings)); err == nil {
			t.Errorf("readings %s are accepted", readings)
		}
	}
	for _, parameters := range []string{
		`{"accuracy_class":"V","e":"5"}`, `{"accuracy_class":"III","e":"-5"}`, `{"accuracy_class":"III","e":"x"}`,
		`{"accuracy_class":"III","e":"5","unit":"MPa"}`, `{"accuracy_class":"III","e":"5","weight":"1"}`,
	} {
		if _, err := definition(t, "JJG-539-2016").Evaluate(record(parameters, `{}`)); err == nil {
			t.Errorf("parameters %s are accepted", parameters)
		}
	}
}

func TestPoints(t *testing.T) {
	t.Parallel()
	plan, err := definition(t, "JJG-539-2016").Points(Record{Stage: Subsequent, Parameters: scaleRecord().Parameters})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(plan, func(p PlannedItem) bool { return p.ID == "weighing" })
	if got, want := strings.Join(plan[at].Points, " "), "100 2500 10000 15000"; got != want || plan[at].MinRows != 5 {
		t.Errorf("weighing points %s (%d rows), want %s (5 rows)", got, plan[at].MinRows, want)
	}
}

func TestValidUntil(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ id, day, want string }{
		{"JJG-539-2016", "2026-03-10", "2027-03-09"}, {"JJG-539-2016", "2024-02-29", "2025-02-27"}, {"JJG-52-2013", "2026-08-31", "2027-02-27"},
	} {
		until, ok := definition(t, tt.id).ValidUntil(calendar.MustDate(tt.day))
		if !ok || until.String() != tt.want {
			t.Errorf("%s verified %s: valid until %s %v, want %s", tt.id, tt.day, until, ok, tt.want)
		}
	}
}

func TestDefinitionsAreReadStrictly(t *testing.T) {
	t.Parallel()
	text := string(Embedded()[0])
	for what, broken := range map[string]string{
		"an unknown key":          text + "\nsurprise: 1\n",
		"an unreadable condition": strings.Replace(text, "accept: ", "accept: ( ", 1),
		"an unknown function":     strings.Replace(text, "accept: abs(", "accept: root(", 1),
		"no effective date":       strings.Replace(text, "effective:", "issued_by:", 1),
	} {
		if _, err := Parse([]byte(broken)); err == nil {
			t.Errorf("a definition with %s is accepted", what)
		}
	}
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	s := &scope{values: map[string]value{"a": number(measure.MustDecimal("2")), "list": {kind: listValue, list: []measure.Decimal{
		measure.MustDecimal("1"), measure.MustDecimal("-3")}}}}
	for text, want := range map[string]string{
		"1 + 2 * 3": "7", "(1 + 2) * 3": "9", "-a - -1": "-1", "1 - 1 - 1": "-1", "8 / 4 / 2": "1", "abs(1 - 3)": "2",
		"max(list)": "1", "min(list, a)": "-3", "1 / 3 * 3": "0.9999999999999999999999999999999999",
	} {
		e, err := parseExpression(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := e.number(s); err != nil || got.String() != want {
			t.Errorf("%s = %s %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "1 +", "(1", "1)", "foo(1)", "1 2", "a b", "1..2 + 1", "#", "max()", "abs(1, 2)", strings.Repeat("(", 400)} {
		if e, err := parseExpression(text); err == nil {
			if _, err := e.root.eval(s); err == nil {
				t.Errorf("%q is accepted", text)
			}
		}
	}
	for _, text := range []string{"1 and 2", "not 1", "a > 1 > 0", "b", "1 / 0", "has(1)"} {
		e, err := parseExpression(text)
		if err != nil {
			continue
		}
		if v, err := e.root.eval(s); err == nil {
			t.Errorf("%q gives %+v, want an error", text, v)
		}
	}
}

func FuzzExpression(f *testing.F) {
	f.Add("abs(E) <= 0.25 * e and not has(dL)")
	f.Add("((((-1))))")
	f.Fuzz(func(_ *testing.T, text string) {
		if e, err := parseExpression(text); err == nil {
			_, _ = e.root.eval(&scope{values: map[string]value{"a": number(measure.MustDecimal("1"))}})
		}
	})
}

func FuzzVerificationLine(f *testing.F) {
	f.Add([]byte(`{"procedure":"JJG-539-2016","stage":"subsequent","parameters":{"accuracy_class":"III","e":"5"},"readings":{"visual":true}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		out, err := VerificationLine(line)
		if err == nil && strings.Contains(string(out), `"conclusion":"pass"`) && len(line) < 400 {
			t.Errorf("a line too short to hold a verification passes: %s", line)
		}
	})
}
