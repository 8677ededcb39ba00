package procedure

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

func TestMPELine(t *testing.T) {
	t.Parallel()
	const scale = `{"procedure":"JJG-539-2016","stage":"%s","load":%s,"parameters":{"accuracy_class":"%s","e":"5","unit":"g"}}`
	const gauge = `{"procedure":"JJG-52-2013","stage":"subsequent","load":"%s","parameters":{"accuracy_class":"%s","lower":"0","upper":"1.6","unit":"MPa"}}`
	const ranges = `{"procedure":"JJG-539-2016","stage":"initial","load":"%s","parameters":{"accuracy_class":"III","unit":"g",` +
		`"multi_interval":[{"max":"2000","e":"1"},{"max":"5000","e":"2"},{"max":"15000","e":"10"}]}}`
	for _, c := range []struct{ in, want string }{
		// The upper edge belongs to its band: 2500 g is 500 e.
		{fmt.Sprintf(scale, "subsequent", `"5000"`, "III"), "5 g"},
		{fmt.Sprintf(scale, "subsequent", `"2500"`, "III"), "2.5 g"},
		{fmt.Sprintf(scale, "subsequent", `"2500.0001"`, "III"), "5 g"},
		{fmt.Sprintf(scale, "initial", `"10000"`, "III"), "5 g"},
		{fmt.Sprintf(scale, "initial", `"10000.5"`, "III"), "7.5 g"},
		{fmt.Sprintf(scale, "initial", `50000`, "III"), "7.5 g"},
		{fmt.Sprintf(scale, "initial", `0`, "III"), "2.5 g"},
		{fmt.Sprintf(scale, "initial", `1e3`, "III"), "2.5 g"},
		{fmt.Sprintf(scale, "inspection", `"2500"`, "III"), "5 g"},
		{fmt.Sprintf(scale, "inspection", `"12000"`, "III"), "15 g"},
		{fmt.Sprintf(scale, "initial", `"250"`, "IIII"), "2.5 g"},
		{fmt.Sprintf(scale, "initial", `"251"`, "IIII"), "5 g"},
		{fmt.Sprintf(scale, "initial", `"5000"`, "IIII"), "7.5 g"},
		{fmt.Sprintf(scale, "initial", `"25000"`, "II"), "2.5 g"},
		{fmt.Sprintf(scale, "initial", `"500000"`, "II"), "7.5 g"},
		{fmt.Sprintf(scale, "initial", `"250000"`, "I"), "2.5 g"},
		{fmt.Sprintf(scale, "initial", `"99999999"`, "I"), "7.5 g"},
		{fmt.Sprintf(scale, "initial", `"5000"`, "Ⅲ"), "5 g"},
		{fmt.Sprintf(scale, "initial", `"5000"`, "中准确度级(III)"), "5 g"},
		{fmt.Sprintf(scale, "initial", `"5000"`, "IV"), "7.5 g"},
		// Beyond the table, or beyond sense, there is no limit.
		{fmt.Sprintf(scale, "initial", `"50000.1"`, "III"), "? beyond the table"},
		{fmt.Sprintf(scale, "initial", `"5001"`, "IIII"), "? beyond the table"},
		{fmt.Sprintf(scale, "initial", `"-1"`, "III"), "? outside the range"},
		{fmt.Sprintf(scale, "initial", `"5000"`, "V"), "? is not one of I, II, III, IIII"},
		{fmt.Sprintf(scale, "initial", `"5000"`, "iii"), "? is not one of"},

		{fmt.Sprintf(ranges, "2000"), "1 g"},
		{fmt.Sprintf(ranges, "2001"), "2 g"},
		{fmt.Sprintf(ranges, "3000"), "2 g"},
		{fmt.Sprintf(ranges, "5000"), "3 g"},
		{fmt.Sprintf(ranges, "5001"), "10 g"},
		{fmt.Sprintf(ranges, "15000"), "10 g"},
		{fmt.Sprintf(ranges, "15001"), "? above the last interval"},

		{fmt.Sprintf(gauge, "0.8", "1.6"), "0.0256 MPa"},
		{fmt.Sprintf(gauge, "1.4399", "1.6"), "0.0256 MPa"},
		{fmt.Sprintf(gauge, "1.44", "1.6"), "0.04 MPa"},
		{fmt.Sprintf(gauge, "1.6", "1.6"), "0.04 MPa"},
		{fmt.Sprintf(gauge, "1.6", "1.5"), "0.04 MPa"},
		{fmt.Sprintf(gauge, "0", "1.6"), "0.0256 MPa"},
		{fmt.Sprintf(gauge, "1.6", "4"), "0.064 MPa"},
		{fmt.Sprintf(gauge, "0.4", "1"), "0.016 MPa"},
		{fmt.Sprintf(gauge, "1.6", "2.5"), "0.064 MPa"},
		{fmt.Sprintf(gauge, "1.61", "1.6"), "? outside the range"},
		{fmt.Sprintf(gauge, "-0.01", "1.6"), "? outside the range"},

		{`{"procedure":"JJG 539-2016","edition":"2016","stage":"initial","load":"5000","parameters":{"accuracy_class":"III","unit":"g"}}`, "? e is missing"},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5000","parameters":{"e":"5","unit":"g"}}`, "? accuracy_class is missing"},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5"}`, "? is missing"},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5","parameters":{"accuracy_class":"III","e":"0.005"}}`, "0.005 kg"},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5","parameters":{"accuracy_class":"III","e":"5","e_unit":"g"}}`, "0.005 kg"},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5","parameters":{"accuracy_class":"III","e":"0"}}`, "? must be above zero"},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5","parameters":{"accuracy_class":"III","e":"5","unit":"MPa"}}`, "? not a unit of the same kind"},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5","parameters":{"accuracy_class":"III","e":"5","E":"5"}}`, "? no parameter E"},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"30000","parameters":{"accuracy_class":"III","Max":"15000","Min":"100","e":"5","unit":"g"}}`, "? outside the range"},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"100","parameters":{"accuracy_class":"III","Max":"60000","Min":"100","e":"5","unit":"g"}}`, "? n is above the greatest"},
		{`{"procedure":"JJG-52-2013","stage":"initial","load":"-0.05","parameters":{"accuracy_class":"1.6","lower":"-0.1","upper":"0.1"}}`, "? not confirmed"},
	} {
		got, err := MPELine([]byte(c.in))
		if err != nil {
			t.Errorf("MPELine(%s): %v", c.in, err)
			continue
		}
		checkAnswer(t, c.in, got, c.want)
	}
}

// checkAnswer holds {"mpe","unit"} against "5 g", and {"undetermined"} against "? part of the reason".
func checkAnswer(t *testing.T, in string, got []byte, want string) {
	t.Helper()
	var answer map[string]string
	if err := json.Unmarshal(got, &answer); err != nil {
		t.Errorf("MPELine(%s) = %s: %v", in, got, err)
		return
	}
	reason, undetermined := strings.CutPrefix(want, "? ")
	switch {
	case undetermined && (answer["mpe"] != "" || !strings.Contains(answer["undetermined"], reason)):
		t.Errorf("MPELine(%s) = %s, want undetermined because …%s…", in, got, reason)
	case !undetermined && answer["mpe"]+" "+answer["unit"] != want:
		t.Errorf("MPELine(%s) = %s, want %s", in, got, want)
	}
}

func TestMPELineRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want errs.Kind
	}{
		{``, errs.Invalid},
		{`[]`, errs.Invalid},
		{`null`, errs.Invalid},
		{`{}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5"} {}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5","load":"6"}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5","Load":"6"}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5 kg"}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial"}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"later","load":"5"}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","load":"5"}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5","parameters":[]}`, errs.Invalid},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5","limit":"other"}`, errs.NotFound},
		{`{"procedure":"JJG-539-1997","stage":"initial","load":"5"}`, errs.NotFound},
		{`{"procedure":"JJG-539-2016","edition":"1997","stage":"initial","load":"5"}`, errs.NotFound},
		{`{"procedure":"JJG-539-2016","stage":"initial","load":"5"` + strings.Repeat(" ", maxLine) + `}`, errs.Invalid},
	} {
		got, err := MPELine([]byte(c.in))
		if errs.KindOf(err) != c.want {
			t.Errorf("MPELine(%.80s) = %s, %v; want an error of kind %d", c.in, got, err, c.want)
		}
	}
}

func TestMPE(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	b, err := d.MPE(rawParameters(scaleParameters()), Inspection, measure.MustDecimal("2500"))
	if err != nil || b.High.Cmp(measure.MustDecimal("5")) != 0 || b.Low.Cmp(measure.MustDecimal("-5")) != 0 || b.Unit != "g" {
		t.Errorf("MPE of 2500 g in use: %+v, %v; want ±5 g", b, err)
	}
	_, err = d.MPE(rawParameters(scaleParameters()), Initial, measure.MustDecimal("15001"))
	if errs.KindOf(err) != errs.Blocked {
		t.Errorf("MPE above Max: %v, want Blocked", err)
	}
}

// The draft definitions that were worked out from the sources carry examples of their own.
func TestVectorsOfTheDrafts(t *testing.T) {
	t.Parallel()
	type golden struct {
		E       string `json:"e_g"`
		Class   string `json:"class_"`
		Load    string `json:"L_g"`
		Reading string `json:"I_g"`
		Small   string `json:"dL_g"`
		P       string `json:"P"`
		Err     string `json:"E"`
		Zero    Row    `json:"zero"`
		Rows    []struct {
			L, I, DL, Ec, Mpe string
			OK                bool
		} `json:"rows"`
		Intervals [][2]string `json:"intervals"`
		L         string      `json:"L"`
		Mpe       string      `json:"mpe"`
	}
	var draft struct {
		Vectors []golden `json:"vectors"`
	}
	readShared(t, "procedures/JJG-539-2016.json", &draft)
	d := mustDefinition(t, "JJG-539-2016")
	rows, limits := 0, 0
	for _, v := range draft.Vectors {
		if len(v.Intervals) > 0 {
			limits++
			checkIntervals(t, d, v.Intervals, v.L, v.Mpe)
			continue
		}
		r := readings{"zero": []Row{change(v.Load, v.Reading, v.Small)}}
		if len(v.Rows) > 0 {
			r = readings{"zero": []Row{change(v.Zero["L"], v.Zero["I"], v.Zero["dL"])}}
		}
		var weighing []Row
		for _, row := range v.Rows {
			weighing = append(weighing, change(row.L, row.I, row.DL))
		}
		if weighing != nil {
			r["weighing"] = weighing
		}
		e := evaluate(t, d, scaleRecord(t, r, "e", v.E))
		zero, weighed := e.Items[1], e.Items[2]
		if v.P != "" && (same("P", zero.Rows[0].Values["P"], v.P) != nil || same("E", zero.Rows[0].Values["E"], v.Err) != nil) {
			t.Errorf("%+v: got P %s E %s", v, zero.Rows[0].Values["P"], zero.Rows[0].Values["E"])
		}
		for i, row := range v.Rows {
			got := weighed.Rows[i]
			rows++
			if same("Ec", got.Values["Ec"], row.Ec) != nil || same("mpe", got.MPE, row.Mpe) != nil || (got.Verdict == Pass) != row.OK {
				t.Errorf("row %+v: got Ec %s, mpe %s, %s", row, got.Values["Ec"], got.MPE, got.Verdict)
			}
		}
	}
	if rows != 4 || limits != 1 {
		t.Errorf("%d golden rows and %d limits were tried, want 4 and 1", rows, limits)
	}
}

func checkIntervals(t *testing.T, d *Definition, intervals [][2]string, load, want string) {
	t.Helper()
	var list []map[string]string
	for _, i := range intervals {
		list = append(list, map[string]string{"max": i[0], "e": i[1]})
	}
	raw, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.MPE(map[string]json.RawMessage{"accuracy_class": quoted("III"), "unit": quoted("g"), "multi_interval": raw},
		Initial, measure.MustDecimal(load))
	if err != nil || same("mpe", b.High.String(), want) != nil {
		t.Errorf("mpe of %s g on %v: %s, %v; want %s", load, intervals, b, err, want)
	}
}

func TestVectorsOfTheGaugeDraft(t *testing.T) {
	t.Parallel()
	var draft struct {
		Tables struct {
			Percent []map[string]string `json:"mpe_pct_of_span"`
		} `json:"tables"`
		Vectors []map[string]string `json:"vectors"`
	}
	readShared(t, "procedures/JJG-52-2013.json", &draft)
	d := mustDefinition(t, "JJG-52-2013")
	limit := func(class, upper, at string) string {
		b, err := d.MPE(rawParameters(map[string]string{"accuracy_class": class, "upper": upper}), Subsequent, measure.MustDecimal(at))
		if err != nil {
			t.Errorf("mpe of class %s at %s: %v", class, at, err)
		}
		return b.High.String()
	}
	for _, row := range draft.Tables.Percent {
		for at, want := range map[string]string{"0": row["zero_pin"], "50": row["rest"], "89.9": row["rest"], "90": row["upper_90_100"], "100": row["upper_90_100"]} {
			if err := same("mpe", limit(row["class_"], "100", at), want); err != nil {
				t.Errorf("class %s at %s %% of the span: %v", row["class_"], at, err)
			}
		}
	}
	for _, v := range draft.Vectors {
		if err := same("rest", limit(v["class_"], v["upper"], "0.8"), v["mpe_rest_MPa"]); err != nil {
			t.Error(err)
		}
		if err := same("top", limit(v["class_"], v["upper"], v["upper"]), v["mpe_top_MPa"]); err != nil {
			t.Error(err)
		}
	}
	if len(draft.Vectors) == 0 || len(draft.Tables.Percent) != 4 {
		t.Errorf("the draft gave %d vectors and %d classes", len(draft.Vectors), len(draft.Tables.Percent))
	}
}
