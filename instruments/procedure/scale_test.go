package procedure

import (
	"encoding/json"
	"slices"
	"testing"
)

// scaleCase is the full record of the scale with one item or parameter changed.
type scaleCase struct {
	name       string
	item       string // changed, or left out when rows is nil
	rows       any
	parameters []string
	want       Conclusion
	missing    string // code of the first thing that is missing
}

func weighingRows(t *testing.T, edit func([]Row) []Row) []Row {
	t.Helper()
	rows, ok := fullScale()["weighing"].([]Row)
	if !ok {
		t.Fatal("the weighing rows are no rows")
	}
	return edit(rows)
}

func TestScale(t *testing.T) {
	t.Parallel()
	set := func(n int, column, text string) []Row {
		return weighingRows(t, func(rows []Row) []Row { rows[n][column] = text; return rows })
	}
	without := func(n int, column string) []Row {
		return weighingRows(t, func(rows []Row) []Row { delete(rows[n], column); return rows })
	}
	eccentric := func(small ...string) (rows []Row) {
		for _, s := range small {
			rows = append(rows, change("5000", "5000", s))
		}
		return rows
	}
	for _, c := range []scaleCase{
		{"no visual examination", "visual", nil, nil, Undetermined, "item_missing"},
		{"visual examination null", "visual", json.RawMessage("null"), nil, Undetermined, "item_missing"},
		{"visual examination failed", "visual", false, nil, Fail, ""},
		{"one answer missing", "visual", map[string]bool{"appearance": true, "markings": true, "seals": true}, nil, Undetermined, "unanswered"},
		{"one answer no and the others missing", "visual", map[string]bool{"software": false}, nil, Fail, "unanswered"},
		{"all answers there", "visual", map[string]bool{"appearance": true, "markings": true, "seals": true, "software": true}, nil, Pass, ""},
		{"one answer no", "visual", map[string]bool{"appearance": true, "markings": true, "seals": false, "software": true}, nil, Fail, ""},
		{"one ok for all", "visual", []any{map[string]any{"ok": true, "note": "good"}}, nil, Pass, ""},
		{"an ok of one question is not one for all", "visual", []any{map[string]any{"id": "seals", "ok": true}}, nil, Undetermined, "unanswered"},
		{"an unknown question", "visual", map[string]bool{"ok": true, "colour": true}, nil, Undetermined, "question_unknown"},
		{"an answer that is no answer", "visual", "yes", nil, Undetermined, "answer_unreadable"},
		{"1 is not true", "visual", 1, nil, Undetermined, "answer_unreadable"},

		{"no zero", "zero", nil, nil, Undetermined, "item_missing"},
		{"zero 0.25 e is within", "zero", []Row{change("50", "50", "1.25")}, nil, Pass, ""},
		{"zero above 0.25 e", "zero", []Row{change("50", "50", "1.24")}, nil, Fail, ""},
		{"zero without load is at no load", "zero", []Row{{"I": "0", "dL": "2.5"}}, nil, Pass, ""},

		{"Min rising missing", "weighing", weighingRows(t, func(r []Row) []Row { return r[1:] }), nil, Undetermined, "point_missing"},
		{"Min falling missing", "weighing", weighingRows(t, func(r []Row) []Row { return r[:8] }), nil, Undetermined, "point_missing"},
		{"500 e rising missing", "weighing", weighingRows(t, func(r []Row) []Row { return append(r[:1:1], r[2:]...) }), nil, Undetermined, "point_missing"},
		{"half of Max missing", "weighing", weighingRows(t, func(r []Row) []Row { return append(append(r[:2:2], r[3:6]...), r[7:]...) }), nil, Undetermined, "point_missing"},
		{"Max missing", "weighing", weighingRows(t, func(r []Row) []Row { return append(r[:4:4], r[5:]...) }), nil, Undetermined, "point_missing"},
		{"rising only", "weighing", weighingRows(t, func(r []Row) []Row { return r[:5] }), nil, Undetermined, "point_missing"},
		{"a good further load", "weighing", weighingRows(t, func(r []Row) []Row { return append(r, change("200", "200", "2.5")) }), nil, Pass, ""},
		{"a bad further load", "weighing", weighingRows(t, func(r []Row) []Row { return append(r, change("200", "205", "2.0")) }), nil, Fail, ""},
		{"a load above Max", "weighing", weighingRows(t, func(r []Row) []Row {
			return append(r[:5:5], append([]Row{change("15005", "15005", "2.5")}, r[5:]...)...)
		}), nil, Undetermined, "not_computable"},
		{"a failed point", "weighing", set(4, "I", "15010"), nil, Fail, ""},
		{"exactly the mpe", "weighing", set(1, "dL", "0"), nil, Pass, ""},
		{"just above the mpe", "weighing", set(1, "dL", "-0.0001"), nil, Fail, ""},
		{"a failed point and missing ones", "weighing", []Row{change("15000", "15010", "2.0")}, nil, Fail, "point_missing"},
		{"an empty reading", "weighing", set(2, "I", ""), nil, Undetermined, "reading_missing"},
		{"a missing reading", "weighing", without(2, "I"), nil, Undetermined, "reading_missing"},
		{"no small weights though d is e", "weighing", without(2, "dL"), nil, Undetermined, "reading_missing"},
		{"an unreadable reading", "weighing", set(2, "I", "7500 g"), nil, Undetermined, "reading_unreadable"},
		{"a decimal comma", "weighing", set(2, "dL", "2,0"), nil, Undetermined, "reading_unreadable"},
		{"an unknown column", "weighing", set(2, "dl2", "2.0"), nil, Undetermined, "column_unknown"},
		{"a column twice", "weighing", set(2, "load", "7500"), nil, Undetermined, "reading_twice"},
		{"an unreadable direction", "weighing", set(2, "direction", "sideways"), nil, Undetermined, "reading_unreadable"},
		{"only one direction said", "weighing", set(2, "direction", "up"), nil, Undetermined, "reading_missing"},
		{"a column twice in JSON", "weighing", json.RawMessage(`[{"L":"100","I":"100","I":"200","dL":"2.5"}]`), nil, Undetermined, "rows_unreadable"},
		{"more rows than anyone measures", "zero", slices.Repeat([]Row{change("50", "50", "2.5")}, maxRows+1), nil, Undetermined, "rows_unreadable"},
		{"no rows", "weighing", []Row{}, nil, Undetermined, "rows_unreadable"},
		{"a text for rows", "weighing", "5000", nil, Undetermined, "row_unreadable"},
		{"rows of numbers", "weighing", []int{1, 2}, nil, Undetermined, "row_unreadable"},

		{"three positions", "eccentricity", eccentric("2.5", "2.5", "2.5"), nil, Undetermined, "point_missing"},
		{"one position bad", "eccentricity", eccentric("2.5", "2.5", "2.5", "-2.6"), nil, Fail, ""},
		{"six supports want six", "eccentricity", eccentric("2.5", "2.5", "2.5", "2.5"), []string{"supports", "6"}, Undetermined, "point_missing"},
		{"the load of six supports is a fifth", "eccentricity", []Row{
			change("3000", "3000", "2.5"), change("3000", "3000", "2.5"), change("3000", "3000", "2.5"),
			change("3000", "3000", "2.5"), change("3000", "3000", "2.5"), change("3000", "3000", "2.5"),
		}, []string{"supports", "6"}, Pass, ""},
		{"one position four times", "eccentricity", []Row{
			{"L": "5000", "I": "5000", "dL": "2.5", "position": "1"}, {"L": "5000", "I": "5000", "dL": "2.5", "position": "1"},
			{"L": "5000", "I": "5000", "dL": "2.5", "position": "1"}, {"L": "5000", "I": "5000", "dL": "2.5", "position": "1"},
		}, nil, Undetermined, "point_missing"},

		{"two weighings", "repeatability", []Row{change("12000", "12000", "2.5"), change("12000", "12000", "2.5")}, nil, Undetermined, "point_missing"},
		{"three weighings of three loads", "repeatability", []Row{change("12000", "12000", "2.5"), change("12005", "12005", "2.5"), change("12010", "12010", "2.5")}, nil, Undetermined, "point_missing"},
		{"a load written twice", "repeatability", []Row{change("12000", "12000", "2.5"), change("12000.0", "12000", "2.5"), change("1.2e4", "12000", "2.5")}, nil, Pass, ""},
		{"far from 0.8 Max", "repeatability", []Row{change("5000", "5000", "2.5"), change("5000", "5000", "2.5"), change("5000", "5000", "2.5")}, nil, Undetermined, "point_missing"},
		{"a range of exactly the mpe", "repeatability", []Row{change("12000", "12000", "2.5"), change("12000", "12005", "0"), change("12000", "12000", "2.5")}, nil, Pass, ""},
		{"one load written in two ways is one load", "repeatability", []Row{
			change("12000", "12000", "2.5"), change("12000", "12000", "2.5"), change("12000", "12000", "2.5"), change("12000.0", "12010", "2.5"),
		}, nil, Fail, ""},
		{"a range above the mpe", "repeatability", []Row{change("12000", "12000", "2.6"), change("12000", "12005", "0"), change("12000", "12000", "2.5")}, nil, Fail, ""},
		{"a range of two, one unreadable", "repeatability", []Row{change("12000", "12000", "2.6"), change("12000", "12005", "0"), change("12000", "?", "2.5")}, nil, Undetermined, "reading_unreadable"},

		{"no discrimination", "discrimination", nil, nil, Undetermined, "item_missing"},
		{"the indication does not move", "discrimination", []Row{{"L": "100", "I": "100", "I_after": "100"}, {"L": "7500", "ok": "true"}, {"L": "15000", "ok": "true"}}, nil, Fail, ""},
		{"seen without readings", "discrimination", []any{
			map[string]any{"L": 100, "ok": true}, map[string]any{"load": 7500, "ok": true}, map[string]any{"L": "15000", "ok": true},
		}, nil, Pass, ""},
		{"seen to move, and readings that say no", "discrimination", []any{
			map[string]any{"L": 100, "ok": true, "I": 100, "I_after": 100}, map[string]any{"L": 7500, "ok": true}, map[string]any{"L": 15000, "ok": true},
		}, nil, Fail, ""},
		{"seen to move, and half of the readings", "discrimination", []any{
			map[string]any{"L": 100, "ok": true, "I": 100}, map[string]any{"L": 7500, "ok": true}, map[string]any{"L": 15000, "ok": true},
		}, nil, Undetermined, "value_missing"},
		{"neither seen nor read", "discrimination", []any{
			map[string]any{"L": 100}, map[string]any{"L": 7500, "ok": true}, map[string]any{"L": 15000, "ok": true},
		}, nil, Undetermined, "value_missing"},
		{"seen not to move", "discrimination", []any{
			map[string]any{"L": 100, "ok": true}, map[string]any{"L": 7500, "ok": false}, map[string]any{"L": "15000", "ok": true},
		}, nil, Fail, ""},
		{"half of Max missing", "discrimination", []Row{{"L": "100", "ok": "true"}, {"L": "15000", "ok": "true"}}, nil, Undetermined, "point_missing"},

		{"no tare though there is a device", "", nil, []string{"tare_device", "true"}, Undetermined, "item_missing"},
		{"no price though it computes prices", "", nil, []string{"price_computing", "true"}, Undetermined, "item_missing"},
		{"readings of a price where none is computed", "price", []Row{{"weight": "1000", "unit_price": "0.01", "shown": "10.00"}}, nil, Pass, ""},
		{"readings of no item", "weight", []Row{{"L": "1"}}, nil, Undetermined, "item_unknown"},
		{"Max unreadable", "", nil, []string{"Max", "15 kg"}, Undetermined, "parameter_unreadable"},
		{"class unknown", "", nil, []string{"accuracy_class", "V"}, Undetermined, "parameter_unreadable"},
		{"no class", "", nil, []string{"accuracy_class", ""}, Undetermined, "required"},
		{"no Min", "", nil, []string{"Min", ""}, Undetermined, "required"},
		{"no e", "", nil, []string{"e", ""}, Undetermined, "required"},
		{"an unknown parameter", "", nil, []string{"T_additve", "1"}, Undetermined, "parameter_unknown"},
		{"a unit that is none of mass", "", nil, []string{"unit", "MPa"}, Undetermined, "unit"},
		{"Min below 20 e", "", nil, []string{"Min", "50"}, Undetermined, "parameters_contradict"},
		{"n above the class", "", nil, []string{"accuracy_class", "IIII", "Min", "100"}, Undetermined, "parameters_contradict"},
		{"half a support", "", nil, []string{"supports", "4.5"}, Undetermined, "parameter_unreadable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := fullScale()
			if c.item != "" {
				r = r.with(c.item, c.rows)
			}
			e := evaluate(t, mustDefinition(t, "JJG-539-2016"), scaleRecord(t, r, c.parameters...))
			checkConclusion(t, e, c.want, c.missing)
			for _, item := range e.Items {
				if item.ID == c.item && item.Judged && item.Verdict != c.want {
					t.Errorf("the item itself is %s, want %s", item.Verdict, c.want)
				}
			}
		})
	}
}

func TestInitialVerificationWantsTenLoads(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	r := scaleRecord(t, fullScale())
	r.Stage = Initial
	checkConclusion(t, evaluate(t, d, r), Undetermined, "too_few_loads")
	loads := []string{"100", "500", "1000", "2500", "5000", "6000", "7500", "10000", "12000", "15000"}
	var rows []Row
	for _, l := range loads {
		rows = append(rows, change(l, l, "2.5"))
	}
	r.Readings = rawReadings(t, fullScale().with("weighing", rows))
	checkConclusion(t, evaluate(t, d, r), Undetermined, "point_missing")
	for i := len(loads) - 2; i >= 0; i-- {
		rows = append(rows, change(loads[i], loads[i], "2.5"))
	}
	r.Readings = rawReadings(t, fullScale().with("weighing", rows))
	checkConclusion(t, evaluate(t, d, r), Pass, "")
	r.Readings = rawReadings(t, fullScale().with("weighing", slices.Delete(rows, 10, 11)))
	checkConclusion(t, evaluate(t, d, r), Undetermined, "too_few_loads")
}

// In use the limits are twice as wide, fewer items are judged, and the zero is used when it was recorded.
func TestInspection(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	full := fullScale()
	needed := readings{"visual": true, "weighing": full["weighing"], "repeatability": full["repeatability"]}
	record := func(r readings) Record {
		rec := scaleRecord(t, r)
		rec.Stage = Inspection
		return rec
	}
	e := evaluate(t, d, record(needed))
	checkConclusion(t, e, Pass, "")
	if e.Assumed["zero.E0"] != "0" {
		t.Errorf("the assumed zero is not named: %v", e.Assumed)
	}
	e = evaluate(t, d, record(full))
	checkConclusion(t, e, Pass, "")
	if _, assumed := e.Assumed["zero.E0"]; assumed || e.Items[1].ID != "zero" || e.Items[1].Judged || e.Items[1].Verdict != NotJudged || e.Items[1].Rows[0].Verdict != NotJudged {
		t.Errorf("a zero that was recorded: %+v, assumed %v", e.Items[1], e.Assumed)
	}
	wide := needed.with("weighing", weighingRows(t, func(r []Row) []Row { r[4]["I"] = "15015"; return r }))
	checkConclusion(t, evaluate(t, d, record(wide.with("zero", []Row{change("50", "50", "2.0")}))), Pass, "")
	checkConclusion(t, evaluate(t, d, record(wide)), Fail, "")
	e = evaluate(t, d, record(needed.with("zero", []Row{change("50", "?", "2.0")})))
	checkConclusion(t, e, Undetermined, "reading_unreadable")
}

func TestDirectReadingWithFineScaleInterval(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	bare := func(in any) (out []Row) {
		rows, ok := in.([]Row)
		if !ok {
			t.Fatalf("%T is no rows", in)
		}
		for _, r := range rows {
			out = append(out, Row{"L": r["L"], "I": r["I"]})
		}
		return out
	}
	full := fullScale()
	for _, item := range []string{"zero", "weighing", "eccentricity", "repeatability"} {
		full[item] = bare(full[item])
	}
	full["discrimination"] = []Row{{"L": "100", "ok": "true"}, {"L": "7500", "ok": "true"}, {"L": "15000", "ok": "true"}}
	e := evaluate(t, d, scaleRecord(t, full, "d", "1"))
	checkConclusion(t, e, Pass, "")
	if got := e.Items[2].Rows[0].Values; got["E"] != "0" || got["P"] != "100" {
		t.Errorf("direct reading: %v, want E = I − L", got)
	}
	checkConclusion(t, evaluate(t, d, scaleRecord(t, full, "d", "1.0001")), Undetermined, "reading_missing")
}

func TestTareAndPrice(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	r := fullScale().with("tare", []Row{change("0", "0", "2.0")}).
		with("tare_weighing", []Row{change("100", "100", "2.0"), change("2500", "2500", "2.0"), change("7500", "7500", "2.0")}).
		with("price", []any{map[string]any{"weight": json.Number("1235"), "unit_price": "0.0123", "shown": 15.19}})
	parameters := []string{"tare_device", "true", "price_computing", "true"}
	e := evaluate(t, d, scaleRecord(t, r, parameters...))
	checkConclusion(t, e, Pass, "")
	for _, item := range e.Items {
		if item.ID == "tare_weighing" && item.Rows[0].Values["Ec"] != "0.0" {
			t.Errorf("after taring Ec is E less the zero error of the tare: %v", item.Rows[0].Values)
		}
	}
	for _, c := range []struct {
		item    string
		rows    any
		want    Conclusion
		missing string
	}{
		{"price", []Row{{"weight": "1235", "unit_price": "0.0123", "shown": "15.20"}}, Fail, ""},
		{"tare", []Row{change("0", "0", "1.2")}, Fail, ""},
		{"tare", nil, Undetermined, "item_missing"},
		{"tare_weighing", []Row{change("100", "100", "2.0"), change("2500", "2500", "2.0")}, Undetermined, "point_missing"},
		{"tare_weighing", []Row{change("100", "110", "2.0"), change("2500", "2500", "2.0"), change("9000", "9000", "2.0")}, Fail, ""},
	} {
		checkConclusion(t, evaluate(t, d, scaleRecord(t, r.with(c.item, c.rows), parameters...)), c.want, c.missing)
	}
}

// Where only some rows say their direction, the others are not guessed.
func TestDirectionsAreSaidByAllOrNone(t *testing.T) {
	t.Parallel()
	rows := weighingRows(t, func(r []Row) []Row { r[0]["direction"] = "up"; return r })
	e := evaluate(t, mustDefinition(t, "JJG-539-2016"), scaleRecord(t, fullScale().with("weighing", rows)))
	for i, row := range e.Items[2].Rows {
		if want := map[bool]Conclusion{true: Pass, false: Undetermined}[i == 0]; row.Verdict != want {
			t.Errorf("row %d is %s, want %s", i, row.Verdict, want)
		}
	}
	for i := range rows {
		rows[i]["direction"] = map[bool]string{true: "up", false: "down"}[i < 5]
	}
	checkConclusion(t, evaluate(t, mustDefinition(t, "JJG-539-2016"), scaleRecord(t, fullScale().with("weighing", rows))), Pass, "")
}

// Whoever reads the highest load twice reads it once rising and once falling.
func TestTheHighestLoadTwice(t *testing.T) {
	t.Parallel()
	rows := weighingRows(t, func(r []Row) []Row { return slices.Insert(r, 5, change("15000", "15000", "2.5")) })
	e := evaluate(t, mustDefinition(t, "JJG-539-2016"), scaleRecord(t, fullScale().with("weighing", rows)))
	checkConclusion(t, e, Pass, "")
	if up, down := e.Items[2].Rows[4].Readings["direction"], e.Items[2].Rows[5].Readings["direction"]; up != rising || down != falling {
		t.Errorf("the highest load is read %s and %s, want up and down", up, down)
	}
}

// Without the zero, the error of a load is not known: no point is failed by what was assumed.
func TestNoErrorWithoutZero(t *testing.T) {
	t.Parallel()
	bad := fullScale().with("zero", nil).with("eccentricity", nil).
		with("weighing", weighingRows(t, func(r []Row) []Row { r[4]["I"] = "15010"; return r }))
	e := evaluate(t, mustDefinition(t, "JJG-539-2016"), scaleRecord(t, bad))
	checkConclusion(t, e, Undetermined, "item_missing")
	if _, assumed := e.Assumed["zero.E0"]; assumed {
		t.Errorf("the zero is assumed though it must be measured: %v", e.Assumed)
	}
}
