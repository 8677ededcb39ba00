package procedure

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hengjian/internal/measure"
)

// drawScale draws a record of the scale: complete, with errors around the limits.
func drawScale(t *rapid.T) readings {
	small := func(name string) string {
		return fmt.Sprintf("%d.%d", rapid.IntRange(-3, 6).Draw(t, name), rapid.IntRange(0, 9).Draw(t, name+" tenths"))
	}
	r := fullScale()
	for _, item := range []string{"zero", "weighing", "eccentricity", "repeatability"} {
		var rows []Row
		old, ok := r[item].([]Row)
		if !ok {
			t.Fatalf("%s has no rows", item)
		}
		for i, row := range old {
			indication := measure.MustDecimal(row["L"])
			if rapid.IntRange(0, 9).Draw(t, item) == 0 {
				indication = indication.Add(measure.MustDecimal("5"))
			}
			rows = append(rows, change(row["L"], indication.String(), small(fmt.Sprint(item, i))))
		}
		r[item] = rows
	}
	return r
}

var worse = map[Conclusion]int{Pass: 0, Undetermined: 1, Fail: 2}

// Wider limits never turn a pass into a failure, at any point, item or verification.
func TestWiderLimitsNeverFailMore(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	wide := widened(t)
	rapid.Check(t, func(t *rapid.T) {
		r := Record{Stage: Subsequent, Parameters: rawParameters(scaleParameters()), Readings: rapidRaw(t, drawScale(t))}
		narrow, err := d.Evaluate(r)
		if err != nil {
			t.Fatal(err)
		}
		wider, err := wide.Evaluate(r)
		if err != nil {
			t.Fatal(err)
		}
		if worse[wider.Conclusion] > worse[narrow.Conclusion] {
			t.Fatalf("%s with wider limits, %s without", wider.Conclusion, narrow.Conclusion)
		}
		for i, item := range narrow.Items {
			if worse[wider.Items[i].Verdict] > worse[item.Verdict] {
				t.Fatalf("%s: %s with wider limits, %s without", item.ID, wider.Items[i].Verdict, item.Verdict)
			}
			for n, row := range item.Rows {
				if worse[wider.Items[i].Rows[n].Verdict] > worse[row.Verdict] {
					t.Fatalf("%s row %d: %s with wider limits, %s without", item.ID, n, wider.Items[i].Rows[n].Verdict, row.Verdict)
				}
			}
		}
	})
}

// widened is JJG 539 with limits half as wide again.
func widened(t *testing.T) *Definition {
	t.Helper()
	text := string(Embedded()[1])
	for from, to := range map[string]string{
		"- [subsequent, \"1\"]\n": "- [subsequent, \"1.5\"]\n", "within: 0.25 * e1": "within: 0.375 * e1", "vectors:": "unused: &x",
	} {
		if !strings.Contains(text, from) {
			t.Fatalf("the definition has no %q", from)
		}
		text = strings.ReplaceAll(text, from, to)
	}
	text, _, _ = strings.Cut(text, "unused: &x") // the examples hold for the true limits
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func rapidRaw(t *rapid.T, r readings) map[string]json.RawMessage {
	raw := map[string]json.RawMessage{}
	for item, rows := range r {
		text, err := json.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		raw[item] = text
	}
	return raw
}

// The same scale in g, kg and mg comes to the same verdicts, and to the same errors in its own unit.
func TestUnitsDoNotMatter(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]string{"kg", "mg", "t", "μg"}).Draw(t, "unit")
		r := drawScale(t)
		grams, err := d.Evaluate(Record{Stage: Subsequent, Parameters: rawParameters(scaleParameters()), Readings: rapidRaw(t, r)})
		if err != nil {
			t.Fatal(err)
		}
		other, err := d.Evaluate(Record{Stage: Subsequent, Parameters: rawParameters(inOther(t, scaleParameters("unit", unit), unit)),
			Readings: rapidRaw(t, readingsIn(t, r, unit))})
		if err != nil {
			t.Fatal(err)
		}
		if grams.Conclusion != other.Conclusion || len(grams.Missing) != len(other.Missing) {
			t.Fatalf("%s in g, %s in %s: %v, %v", grams.Conclusion, other.Conclusion, unit, grams.Missing, other.Missing)
		}
		for i, item := range grams.Items {
			for n, row := range item.Rows {
				twin := other.Items[i].Rows[n]
				if row.Verdict != twin.Verdict {
					t.Fatalf("%s row %d: %s in g, %s in %s", item.ID, n, row.Verdict, twin.Verdict, unit)
				}
				if ec := row.Values["Ec"]; ec != "" && measure.MustDecimal(in(t, ec, unit)).Cmp(measure.MustDecimal(twin.Values["Ec"])) != 0 {
					t.Fatalf("%s row %d: Ec %s g, %s %s", item.ID, n, ec, twin.Values["Ec"], unit)
				}
			}
		}
	})
}

func in(t *rapid.T, grams, unit string) string {
	q, err := measure.Convert(measure.Quantity{Value: measure.MustDecimal(grams), Unit: "g"}, unit)
	if err != nil {
		t.Fatal(err)
	}
	return q.Value.String()
}

func inOther(t *rapid.T, p map[string]string, unit string) map[string]string {
	for _, name := range []string{"Max", "Min", "e"} {
		p[name] = in(t, p[name], unit)
	}
	return p
}

func readingsIn(t *rapid.T, r readings, unit string) readings {
	out := readings{}
	for item, rows := range r {
		old, ok := rows.([]Row)
		if !ok {
			out[item] = rows
			continue
		}
		var list []Row
		for _, row := range old {
			converted := Row{}
			for column, text := range row {
				converted[column] = in(t, text, unit)
			}
			list = append(list, converted)
		}
		out[item] = list
	}
	return out
}

// Whatever is taken from a complete record, it no longer passes.
func TestNothingMandatoryCanBeTakenAway(t *testing.T) {
	t.Parallel()
	for id, full := range map[string]func() readings{"JJG-539-2016": fullScale, "JJG-52-2013": fullGauge} {
		d := mustDefinition(t, id)
		record := func(r readings) Record {
			if id == "JJG-52-2013" {
				return gaugeRecord(t, r)
			}
			return scaleRecord(t, r)
		}
		for item, rows := range full() {
			mustNotPass(t, d, record(full().with(item, nil)), id+" without "+item)
			list, ok := rows.([]Row)
			if !ok {
				continue
			}
			for n := range list {
				mustNotPass(t, d, record(full().with(item, slices.Delete(slices.Clone(list), n, n+1))), fmt.Sprintf("%s without row %d of %s", id, n, item))
				for column := range list[n] {
					if item == "zero" && column == "L" {
						continue // no load where nothing is said
					}
					copied := slices.Clone(list)
					copied[n] = Row{}
					for name, text := range list[n] {
						if name != column {
							copied[n][name] = text
						}
					}
					mustNotPass(t, d, record(full().with(item, copied)), fmt.Sprintf("%s without %s of row %d of %s", id, column, n, item))
				}
			}
		}
		r := record(full())
		for name := range r.Parameters {
			if name == "unit" || name == "lower" {
				continue // they have a default
			}
			less := record(full())
			delete(less.Parameters, name)
			mustNotPass(t, d, less, id+" without the parameter "+name)
		}
	}
}

func mustNotPass(t *testing.T, d *Definition, r Record, what string) {
	t.Helper()
	if e := evaluate(t, d, r); e.Conclusion != Undetermined || len(e.Missing) == 0 {
		t.Errorf("%s: %s, missing %v", what, e.Conclusion, e.Missing)
	}
}

// A failed point fails the verification whatever is taken away beside it.
func TestAFailureIsCertain(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	bad := fullScale().with("weighing", weighingRows(t, func(r []Row) []Row { r[4]["I"] = "15010"; return r }))
	for item := range bad {
		if item == "weighing" || item == "zero" {
			continue // the failed point itself, and what its error is corrected by
		}
		if e := evaluate(t, d, scaleRecord(t, bad.with(item, nil))); e.Conclusion != Fail || len(e.Missing) == 0 {
			t.Errorf("without %s: %s, missing %v; want a failure and what is missing", item, e.Conclusion, e.Missing)
		}
	}
}
