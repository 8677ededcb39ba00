package procedure

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"hengjian/internal/errs"
)

// planText writes the plan of an item in few words: load, direction, rows, and whether it is only suggested.
func planText(p PlannedItem) string {
	parts := make([]string, len(p.Points))
	for i, point := range p.Points {
		parts[i] = point.Load + map[string]string{"up": "↑", "down": "↓"}[point.Direction]
		if point.Rows > 1 {
			parts[i] += fmt.Sprintf("×%d", point.Rows)
		}
		if point.Suggested {
			parts[i] += "?"
		}
	}
	return strings.Join(parts, " ")
}

func TestPoints(t *testing.T) {
	t.Parallel()
	const scale, gauge = "JJG-539-2016", "JJG-52-2013"
	ranges := `[{"max":"2000","e":"1"},{"max":"5000","e":"2"},{"max":"15000","e":"10"}]`
	for _, c := range []struct {
		id, item   string
		stage      Stage
		parameters map[string]string
		want       string
		rows       int
	}{
		{scale, "weighing", Subsequent, scaleParameters(), "100↑ 2500↑ 7500↑ 10000↑ 15000 10000↓ 7500↓ 2500↓ 100↓", 9},
		{scale, "weighing", Initial, scaleParameters(),
			"100↑ 2500↑ 3750↑? 5000↑? 6250↑? 7500↑ 8750↑? 10000↑ 12500↑? 15000 12500↓? 10000↓ 8750↓? 7500↓ 6250↓? 5000↓? 3750↓? 2500↓ 100↓", 19},
		{scale, "weighing", Subsequent, scaleParameters("Max", "2500", "Min", "100"), "100↑ 675↑? 1250↑ 1875↑? 2500 1875↓? 1250↓ 675↓? 100↓", 9},
		{scale, "weighing", Subsequent, scaleParameters("accuracy_class", "IIII", "Max", "5000", "Min", "50"),
			"50↑ 250↑ 1000↑ 2500↑ 5000 2500↓ 1000↓ 250↓ 50↓", 9},
		{scale, "weighing", Subsequent, scaleParameters("e", "", "Min", "20", "multi_interval", ranges),
			"20↑ 500↑ 2000↑ 4000↑ 5000↑ 7500↑ 15000 7500↓ 5000↓ 4000↓ 2000↓ 500↓ 20↓", 13},
		{scale, "eccentricity", Subsequent, scaleParameters(), "5000×4", 4},
		{scale, "eccentricity", Subsequent, scaleParameters("Max", "10000"), "3335×4", 4},
		{scale, "eccentricity", Subsequent, scaleParameters("supports", "6"), "3000×6", 6},
		{scale, "eccentricity", Subsequent, scaleParameters("supports", "3", "T_additive", "1500"), "5500×4", 4},
		{scale, "repeatability", Subsequent, scaleParameters(), "12000×3", 3},
		{scale, "repeatability", Subsequent, scaleParameters("accuracy_class", "II", "Max", "50000", "Min", "250"), "40000×6", 6},
		{scale, "discrimination", Subsequent, scaleParameters(), "100 7500 15000", 3},
		{scale, "zero", Subsequent, scaleParameters(), "", 1},
		{scale, "visual", Subsequent, scaleParameters(), "", 4},
		{scale, "tare_weighing", Subsequent, scaleParameters("tare_device", "true"), "100 2500 7500", 3},
		{scale, "tare_weighing", Subsequent, scaleParameters("tare_device", "true", "tare_load", "5000"), "100 2500 10000", 3},
		{gauge, "indication", Subsequent, gaugeParameters(), "0.4 0.8 1.2 1.6", 4},
		{gauge, "indication", Subsequent, gaugeParameters("interval", "", "graduations", "1.6 0 0.8"), "0.8 1.6", 2},
		{gauge, "indication", Subsequent, gaugeParameters("upper", "1600", "interval", "400", "unit", "kPa"), "400 800 1200 1600", 4},
	} {
		plan, err := mustDefinition(t, c.id).Points(Record{Stage: c.stage, Parameters: rawParameters(c.parameters)})
		if err != nil {
			t.Errorf("Points of %v: %v", c.parameters, err)
			continue
		}
		found := false
		for _, p := range plan {
			if p.ID != c.item {
				continue
			}
			found = true
			if got := planText(p); got != c.want || p.MinRows != c.rows {
				t.Errorf("%s of %v, %s:\n got %s (%d rows)\nwant %s (%d rows)", c.item, c.parameters, c.stage, got, p.MinRows, c.want, c.rows)
			}
		}
		if !found {
			t.Errorf("the plan of %v has no item %s", c.parameters, c.item)
		}
	}
}

func TestPointsOfAStage(t *testing.T) {
	t.Parallel()
	for stage, want := range map[Stage]string{
		Subsequent: "visual zero weighing eccentricity repeatability discrimination", Inspection: "visual weighing repeatability",
	} {
		plan, err := mustDefinition(t, "JJG-539-2016").Points(scaleRecordAt(t, stage))
		var items []string
		for _, p := range plan {
			items = append(items, p.ID)
			if p.Kind == kindMeasure && len(p.Readings) == 0 || p.Kind == kindChecklist && len(p.Questions) == 0 {
				t.Errorf("%s has nothing to fill in", p.ID)
			}
		}
		if got := strings.Join(items, " "); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", stage, got, err, want)
		}
	}
}

func scaleRecordAt(t *testing.T, stage Stage) Record {
	t.Helper()
	r := scaleRecord(t, readings{})
	r.Stage = stage
	return r
}

func TestPlannedLimits(t *testing.T) {
	t.Parallel()
	plan, err := mustDefinition(t, "JJG-539-2016").Points(scaleRecordAt(t, Inspection))
	if err != nil {
		t.Fatal(err)
	}
	for _, point := range plan[1].Points {
		want := map[string]string{"100": "5", "2500": "5", "7500": "10", "10000": "10", "15000": "15"}[point.Load]
		if point.MPE != want {
			t.Errorf("the plan says ±%s at %s in use, want ±%s", point.MPE, point.Load, want)
		}
	}
}

func TestPointsWithoutParameters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id         string
		parameters map[string]string
	}{
		{"JJG-539-2016", scaleParameters("Max", "")}, {"JJG-52-2013", gaugeParameters("interval", "")},
		{"JJG-52-2013", gaugeParameters("interval", "0.0001")},
	} {
		plan, err := mustDefinition(t, c.id).Points(Record{Stage: Initial, Parameters: rawParameters(c.parameters)})
		if errs.KindOf(err) != errs.Blocked {
			t.Errorf("%s of %v: %v, %v; want Blocked", c.id, c.parameters, plan, err)
		}
	}
	if _, err := mustDefinition(t, "JJG-52-2013").Points(Record{Stage: "later"}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("an unknown stage: %v", err)
	}
}

// A scale whose range holds no ten different loads cannot be planned, and says so.
func TestPointsOfACoarseScale(t *testing.T) {
	t.Parallel()
	p := map[string]string{"accuracy_class": "IIII", "Max": "50", "Min": "40", "e": "5", "unit": "g"}
	if _, err := mustDefinition(t, "JJG-539-2016").Points(Record{Stage: Initial, Parameters: rawParameters(p)}); errs.KindOf(err) != errs.Blocked {
		t.Errorf("ten loads between 40 g and 50 g by 5 g: %v", err)
	}
}

// Whoever measures just what is planned, with a perfect instrument, passes.
func TestThePlanIsEnough(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	for _, stage := range stages {
		for _, more := range [][]string{nil, {"supports", "6"}, {"tare_device", "true"}, {"d", "0.5"}, {"Max", "2500"}} {
			plan, err := d.Points(Record{Stage: stage, Parameters: rawParameters(scaleParameters(more...))})
			if err != nil {
				t.Fatal(err)
			}
			r := readings{}
			for _, item := range plan {
				r[item.ID] = perfect(item)
			}
			rec := scaleRecord(t, r, more...)
			rec.Stage = stage
			if e := evaluate(t, d, rec); e.Conclusion != Pass {
				text, _ := json.Marshal(e.Missing)
				t.Errorf("%s with %v: %s; missing %s", stage, more, e.Conclusion, text)
			}
		}
	}
}

func perfect(item PlannedItem) any {
	if item.Kind != kindMeasure {
		return true
	}
	rows := []Row{}
	for _, point := range item.Points {
		for range point.Rows {
			row := change(point.Load, point.Load, "2.5")
			if item.ID == "discrimination" {
				row = Row{"L": point.Load, "ok": "true"}
			}
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		rows = append(rows, change("0", "0", "2.5"))
	}
	return rows
}
