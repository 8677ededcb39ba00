package procedure

import (
	"os"
	"strings"
	"testing"

	"hengjian/internal/calendar"
	"hengjian/internal/measure"
)

func tryDefinition(t *testing.T, name string) *Definition {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse(text)
	if err != nil {
		t.Fatalf("Parse(%s): %v", name, err)
	}
	return d
}

// trial is one record by a definition of testdata, with what must come out of it.
type trial struct {
	name       string
	definition string
	stage      Stage
	parameters map[string]string
	readings   readings
	want       Conclusion
	missing    int
	group      string // values of the first group, as "name=value"
}

func TestOtherProceduresAreOnlyFiles(t *testing.T) {
	t.Parallel()
	fuel := map[string]string{"fuel": "汽油", "Qmax": "50"}
	runs := func(flow string, shown ...string) (rows []Row) {
		for _, v := range shown {
			rows = append(rows, Row{"flow": flow, "VJ": v, "VB": "20.00", "tJ": "20", "tB": "20"})
		}
		return rows
	}
	water := map[string]string{"Q3": "2.5", "R": "100", "DN": "20"}
	meter := func(q3, q2, q1 string) []Row {
		return []Row{{"Q": "2.4", "Vi": q3, "Va": "100"}, {"Q": "0.041", "Vi": q2, "Va": "100"}, {"Q": "0.026", "Vi": q1, "Va": "100"}}
	}
	current := map[string]string{"accuracy_class": "1", "Ib": "5", "Imax": "60"}
	kwh := func(last string) []Row {
		return []Row{
			{"I": "60", "pf": "1.0", "E1": "0.5", "E2": "0.5"}, {"I": "5", "pf": "1.0", "E1": "-1.04", "E2": "-1.05"},
			{"I": "5", "pf": "0.5L", "E1": "1", "E2": "1"}, {"I": "0.25", "pf": "1.0", "E1": last, "E2": last},
		}
	}
	weight := map[string]string{"class": "F2", "nominal": "200"}
	mass := func(deviation, u string) []Row { return []Row{{"deviation": deviation, "u_w": u, "u_r": "0.3"}} }
	bp := func(last string) (rows []Row) {
		for _, x := range []string{"15.3", "16.7", "15.3", "16.0", last} {
			rows = append(rows, Row{"preset": "16", "x": x})
		}
		return rows
	}
	for _, c := range []trial{
		{"good dispenser", "fuel_dispenser", Subsequent, fuel,
			readings{"error": append(runs("50", "20.02", "20.03", "20.02"), runs("15", "20.05", "20.06", "20.05")...)}, Pass, 0, "Em=0.12"},
		{"mean error too large", "fuel_dispenser", Subsequent, fuel,
			readings{"error": append(runs("50", "20.07", "20.07", "20.06"), runs("15", "20", "20", "20")...)}, Fail, 0, "Em=0.33"},
		{"not repeatable", "fuel_dispenser", Subsequent, fuel,
			readings{"error": append(runs("50", "20.03", "20.00", "20.00"), runs("15", "20", "20", "20")...)}, Fail, 0, ""},
		{"repeatability is no item of an inspection", "fuel_dispenser", Inspection, fuel,
			readings{"error": append(runs("50", "20.03", "20.00", "20.00"), runs("15", "20", "20", "20")...)}, Pass, 0, ""},
		{"two runs only", "fuel_dispenser", Subsequent, fuel,
			readings{"error": append(runs("50", "20", "20", "20"), runs("15", "20", "20")...)}, Undetermined, 1, ""},
		{"three runs of different flows are not three of one", "fuel_dispenser", Subsequent, fuel,
			readings{"error": append(append(runs("50", "20", "20"), runs("49", "20")...), runs("15", "20", "20", "20")...)}, Undetermined, 1, ""},

		{"good water meter", "water_meter", Initial, water, readings{"error": meter("102", "98", "95")}, Pass, 0, ""},
		{"2 % is inclusive from Q2", "water_meter", Initial, water, readings{"error": meter("100", "102.1", "100")}, Fail, 0, ""},
		{"5 % below Q2", "water_meter", Initial, water, readings{"error": meter("100", "100", "105.1")}, Fail, 0, ""},
		{"twice in use", "water_meter", Inspection, water, readings{"error": meter("104", "96", "110")}, Pass, 0, ""},
		{"Q1 was not run", "water_meter", Initial, water, readings{"error": meter("100", "100", "100")[:2]}, Undetermined, 1, ""},
		{"beyond Q4 there is no limit", "water_meter", Initial, water,
			readings{"error": append(meter("100", "100", "100"), Row{"Q": "3.2", "Vi": "100", "Va": "100"})}, Undetermined, 1, ""},

		{"good kWh meter, rounded to 1.0", "electricity_meter", Initial, current, readings{"error": kwh("1.54")}, Pass, 0, ""},
		{"rounded to 1.6", "electricity_meter", Initial, current, readings{"error": kwh("1.56")}, Fail, 0, ""},
		{"a power factor is missing", "electricity_meter", Initial, current, readings{"error": append(kwh("1")[:2], kwh("1")[3])}, Undetermined, 1, ""},

		{"good weight", "many_kinds", Initial, weight, readings{"mass": mass("2.0", "0.4")}, Pass, 0, ""},
		{"deviation within the MPE but not within MPE − U", "many_kinds", Initial, weight, readings{"mass": mass("2.1", "0.4")}, Fail, 0, ""},
		{"U above a third", "many_kinds", Initial, weight, readings{"mass": mass("0", "0.41")}, Fail, 0, ""},
		{"no such nominal value", "many_kinds", Initial, map[string]string{"class": "F2", "nominal": "300"}, readings{"mass": mass("0", "0.1")}, Undetermined, 1, ""},
		{"optional item recorded and good", "many_kinds", Initial, weight,
			readings{"mass": mass("0", "0.1"), "thermometer": Row{"t": "37.00", "reading": "36.85"}}, Pass, 0, ""},
		{"optional item recorded and bad", "many_kinds", Initial, weight,
			readings{"mass": mass("0", "0.1"), "thermometer": Row{"t": "37.00", "reading": "37.11"}}, Fail, 0, ""},

		{"standard deviation of exactly 0.7", "many_kinds", Inspection, weight, readings{"pressure": bp("16.7")}, Pass, 0, "s=0.70"},
		{"standard deviation above", "many_kinds", Inspection, weight, readings{"pressure": bp("16.71")}, Fail, 0, "s=0.70"},
		{"values of another item in groups", "many_kinds", Subsequent, weight,
			readings{"base": []Row{{"x": "10"}, {"x": "11"}}, "drift": []Row{{"x": "10"}, {"x": "11.5"}}}, Pass, 0, ""},
		{"drift too large", "many_kinds", Subsequent, weight,
			readings{"base": []Row{{"x": "10"}, {"x": "11"}}, "drift": []Row{{"x": "10"}, {"x": "11.6"}}}, Fail, 0, ""},
		{"trend too low", "many_kinds", Subsequent, weight,
			readings{"base": []Row{{"x": "10"}, {"x": "11"}}, "drift": []Row{{"x": "9.4"}, {"x": "11.5"}}}, Fail, 0, ""},
		{"rows are counted without points", "many_kinds", Subsequent, weight,
			readings{"base": []Row{{"x": "10"}}, "drift": []Row{{"x": "10"}}}, Undetermined, 1, ""},
		{"no item at the stage", "electricity_meter", Inspection, current, readings{}, Undetermined, 0, ""},
		{"0.1 Ib belongs to the next band", "electricity_meter", Initial, current,
			readings{"error": append(kwh("1"), Row{"I": "0.5", "pf": "1.0", "E1": "1.2", "E2": "1.2"})}, Fail, 0, ""},
		{"a limit that does not apply", "many_kinds", Inspection, weight,
			readings{"pressure": bp("16"), "ratio": map[string]any{"dB": "10", "mains": false}}, Pass, 0, ""},
		{"a limit that applies", "many_kinds", Inspection, weight,
			readings{"pressure": bp("16"), "ratio": map[string]any{"dB": "88.9", "mains": true}}, Fail, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.try(t)
		})
	}
}

func (c trial) try(t *testing.T) {
	t.Helper()
	d := tryDefinition(t, c.definition)
	e := evaluate(t, d, Record{Stage: c.stage, Parameters: rawParameters(c.parameters), Readings: rawReadings(t, c.readings)})
	if e.Conclusion != c.want || len(e.Missing) != c.missing {
		t.Errorf("conclusion %s with %d missing, want %s with %d: %+v", e.Conclusion, len(e.Missing), c.want, c.missing, e.Missing)
	}
	if len(e.Items) == 0 {
		return
	}
	for name, v := range e.Items[0].firstGroup() {
		if got := name + "=" + v; c.group != "" && got[:2] == c.group[:2] && got != c.group {
			t.Errorf("group: %s, want %s", got, c.group)
		}
	}
}

func (i ItemResult) firstGroup() map[string]string {
	if len(i.Groups) == 0 {
		return nil
	}
	return i.Groups[0].Values
}

// Rows to which no requirement applies are not good rows.
func TestNothingJudgedIsNoPass(t *testing.T) {
	t.Parallel()
	text := strings.Replace(testText(t, "kinds"), ", {holds: not mains or dB > 0}", "", 1)
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	pressure := []Row{}
	for _, x := range []string{"16", "16", "16", "16", "16"} {
		pressure = append(pressure, Row{"preset": "16", "x": x})
	}
	for mains, want := range map[bool]Conclusion{true: Pass, false: Undetermined} {
		r := readings{"pressure": pressure, "ratio": map[string]any{"dB": "95", "mains": mains}}
		e := evaluate(t, d, Record{Stage: Inspection, Readings: rawReadings(t, r),
			Parameters: rawParameters(map[string]string{"class": "F2", "nominal": "200"})})
		if e.Conclusion != want || (want == Undetermined) != (len(e.Missing) == 1 && e.Missing[0].Code == "nothing_judged") {
			t.Errorf("mains %v: %s, want %s: %v", mains, e.Conclusion, want, e.Missing)
		}
		if last := e.Items[len(e.Items)-1]; last.ID != "ratio" || last.Verdict != want {
			t.Errorf("mains %v: %s is %s, want ratio to be %s", mains, last.ID, last.Verdict, want)
		}
	}
}

// A mean over rows of which one lacks the reading is no mean.
func TestGroupsWantTheReadingInEachRow(t *testing.T) {
	t.Parallel()
	text := strings.Replace(testText(t, "kinds"), "readings: [{name: x, title: {zh: 读数, en: reading}}]\n    accept",
		"readings: [{name: x, title: {zh: 读数, en: reading}}, {name: y, title: {zh: 另一读数, en: other}, optional: \"true\"}]\n    accept", 1)
	d, err := Parse([]byte(strings.Replace(text, "value: mean(x)", "value: mean(y)", 1)))
	if err != nil {
		t.Fatal(err)
	}
	for second, want := range map[string]Conclusion{"10": Pass, "": Undetermined} {
		r := readings{"base": []Row{{"x": "10", "y": "10"}, {"x": "10", "y": second}}, "drift": []Row{{"x": "10"}}}
		e := evaluate(t, d, Record{Stage: Subsequent, Readings: rawReadings(t, r),
			Parameters: rawParameters(map[string]string{"class": "F2", "nominal": "200"})})
		if e.Conclusion != want {
			t.Errorf("second y %q: %s, want %s: %v", second, e.Conclusion, want, e.Missing)
		}
	}
}

func TestAsymmetricLimit(t *testing.T) {
	t.Parallel()
	d := tryDefinition(t, "many_kinds")
	b, err := d.LimitAt("thermometer", nil, Initial, measure.MustDecimal("37"))
	if err != nil || b.String() != "-0.15～0.1" || b.Unit != "°C" {
		t.Errorf("limit of the thermometer: %s %s, %v; want -0.15～0.1 °C", b, b.Unit, err)
	}
	if _, err := d.LimitAt("thermometer", nil, Initial, measure.MustDecimal("34.9")); err == nil {
		t.Error("there is a limit below 35 °C")
	}
}

func TestPeriodsByInstrument(t *testing.T) {
	t.Parallel()
	d := tryDefinition(t, "water_meter")
	day := calendar.MustDate("2026-03-01")
	for _, c := range []struct {
		q3, dn, until string
		firstOnly     bool
	}{
		{"2.5", "20", "2032-02-29", true}, {"2.5", "25", "2032-02-29", true}, {"10", "40", "2030-02-28", true},
		{"16", "50", "2030-02-28", true}, {"25", "50", "2028-02-29", false}, {"16", "80", "2028-02-29", false},
	} {
		v, err := d.Validity(rawParameters(map[string]string{"Q3": c.q3, "R": "100", "DN": c.dn}), day)
		if err != nil || v.Until.String() != c.until || v.FirstOnly != c.firstOnly {
			t.Errorf("Q3 %s DN %s: until %s, first only %v, %v; want %s, %v", c.q3, c.dn, v.Until, v.FirstOnly, err, c.until, c.firstOnly)
		}
	}
	if _, err := d.Validity(nil, day); err == nil {
		t.Error("a period without the parameters that decide it")
	}
	scrap := tryDefinition(t, "many_kinds")
	if v, err := scrap.Validity(nil, day); err != nil || !v.Until.IsZero() || !v.FirstOnly {
		t.Errorf("first verification only: %+v, %v; want no end", v, err)
	}
}

func TestEnvironmentByParameter(t *testing.T) {
	t.Parallel()
	d := tryDefinition(t, "water_meter")
	rows := []Row{{"Q": "95", "Vi": "100", "Va": "100"}, {"Q": "1.68", "Vi": "100", "Va": "100"}, {"Q": "1.05", "Vi": "100", "Va": "100"}}
	for dn, want := range map[string]Conclusion{"80": Pass, "50": Undetermined} {
		e := evaluate(t, d, Record{Stage: Initial, Readings: rawReadings(t, readings{"error": rows}),
			Parameters:  rawParameters(map[string]string{"Q3": "100", "R": "100", "DN": dn}),
			Environment: map[string]string{"temperature": "28"}, Ratios: []string{"1/5"}})
		if e.Conclusion != want {
			t.Errorf("DN %s at 28 °C: %s, want %s: %v", dn, e.Conclusion, want, e.Missing)
		}
	}
}
