package procedure

import (
	"slices"
	"strings"
	"testing"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

func TestValidity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ id, day, want string }{
		{"JJG-539-2016", "2026-11-25", "2027-11-24"},
		{"JJG-539-2016", "2027-01-01", "2027-12-31"},
		{"JJG-539-2016", "2028-02-29", "2029-02-27"},
		{"JJG-539-2016", "2027-03-01", "2028-02-29"},
		{"JJG-52-2013", "2026-11-25", "2027-05-24"},
		{"JJG-52-2013", "2026-08-31", "2027-02-27"},
		{"JJG-52-2013", "2026-09-01", "2027-02-28"},
	} {
		got, err := mustDefinition(t, c.id).Validity(nil, calendar.MustDate(c.day))
		if err != nil || got.Until.String() != c.want {
			t.Errorf("%s verified on %s is valid until %s, %v; want %s", c.id, c.day, got.Until, err, c.want)
		}
	}
}

func TestInForce(t *testing.T) {
	t.Parallel()
	scale, water := mustDefinition(t, "JJG-539-2016"), tryDefinition(t, "water_meter")
	price := scaleParameters("price_computing", "true")
	for _, c := range []struct {
		d          *Definition
		parameters map[string]string
		day, want  string
	}{
		{scale, scaleParameters(), "2017-05-29", "procedure_not_in_force"},
		{scale, scaleParameters(), "2017-05-30", ""},
		{scale, scaleParameters(), "2027-01-08", ""},
		{scale, price, "2027-01-07", ""},
		{scale, price, "2027-01-08", "procedure_moved"},
		{scale, scaleParameters("price_computing", "perhaps"), "2027-01-08", "procedure_not_known"},
		{water, nil, "2030-12-31", ""},
		{water, nil, "2031-01-01", "procedure_not_in_force"},
	} {
		err := c.d.InForce(rawParameters(c.parameters), calendar.MustDate(c.day))
		code := ""
		if err != nil {
			if errs.KindOf(err) != errs.Blocked {
				t.Errorf("%s on %s: %v is not Blocked", c.d.ID, c.day, err)
			}
			code = codeOf(err)
		}
		if code != c.want {
			t.Errorf("%s of %v on %s: %q, want %q", c.d.ID, c.parameters, c.day, code, c.want)
		}
	}
	if scale.Until() != nil || water.Until().String() != "2030-12-31" {
		t.Errorf("until %v and %v, want none and 2030-12-31", scale.Until(), water.Until())
	}
}

func codeOf(err error) string {
	var l errs.List
	l.Merge("", err)
	return l.Fields()[0].Code
}

func TestCheckParameters(t *testing.T) {
	t.Parallel()
	scale := mustDefinition(t, "JJG-539-2016")
	ranges := `[{"max":"2000","e":"1"},{"max":"15000","e":"5"}]`
	for _, c := range []struct {
		parameters map[string]string
		want       string // paths of what is wrong
	}{
		{scaleParameters(), ""},
		{scaleParameters("supports", "6", "tare_device", "true", "d", "5", "accuracy_class", "Ⅲ"), ""},
		{scaleParameters("Max", "15", "Max_unit", "kg"), ""},
		{scaleParameters("e", "", "multi_interval", ranges), ""},
		{scaleParameters("e", "1", "multi_interval", ranges), ""},
		{scaleParameters("e", ""), "e: required"},
		{scaleParameters("e", "5", "multi_interval", ranges, "d", "1"), ": parameters_contradict"},
		{scaleParameters("Max", "10000", "e", "", "multi_interval", ranges), ": parameters_contradict"},
		{scaleParameters("e", "", "multi_interval", `[{"max":"15000","e":"5"},{"max":"2000","e":"1"}]`), "multi_interval: parameter_unreadable"},
		{scaleParameters("e", "", "multi_interval", `[{"max":"15000","e":"1"},{"max":"2000","e":"5"}]`), "multi_interval: parameter_unreadable"},
		{scaleParameters("e", "", "multi_interval", `[{"max":"15000","e":"5","n":"1"}]`), "multi_interval: parameter_unreadable"},
		{scaleParameters("e", "", "multi_interval", `[{"max":"15000","max":"2000","e":"5"}]`), "multi_interval: parameter_unreadable"},
		{scaleParameters("e", "", "multi_interval", `[]`), "multi_interval: parameter_unreadable"},
		{scaleParameters("e", "", "multi_interval", "2000/1，15000/5"), ""},
		{scaleParameters("e", "", "multi_interval", "2000/1; 15000/1"), "multi_interval: parameter_unreadable"},
		{scaleParameters("e", "", "multi_interval", "2000/1, 15000"), "multi_interval: parameter_unreadable"},
		{scaleParameters("e", "", "multi_interval", "2000/1/2, 15000/5"), "multi_interval: parameter_unreadable"},
		{scaleParameters("Max", "fifteen", "Min", "-1", "tare_device", "yes", "colour", "red"),
			"colour: parameter_unknown, Max: parameter_unreadable, Min: parameter_unreadable, tare_device: parameter_unreadable"},
		{scaleParameters("Max", "", "accuracy_class", ""), "accuracy_class: required, Max: required"},
		{scaleParameters("d", "6"), ": parameters_contradict"},
		{scaleParameters("Min", "20000"), ": parameters_contradict"},
		{scaleParameters("e", "0.05"), ": parameters_contradict"},
		{scaleParameters("supports_unit", "g"), "supports_unit: parameter_unknown"},
	} {
		var l errs.List
		l.Merge("", scale.CheckParameters(c.parameters))
		var got []string
		for _, f := range l.Fields() {
			if line := f.Path + ": " + f.Code; !slices.Contains(got, line) {
				got = append(got, line)
			}
		}
		if all := strings.Join(got, ", "); all != c.want {
			t.Errorf("%v: %s, want %s", c.parameters, all, c.want)
		}
	}
	if err := mustDefinition(t, "JJG-52-2013").CheckParameters(map[string]string{
		"accuracy_class": "1.6", "lower": "0", "upper": "1.6", "unit": "MPa", "graduations": "0.4,0.8,1.2,1.6",
	}); err != nil {
		t.Errorf("a gauge with listed graduations: %v", err)
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	for _, c := range []struct{ path, status string }{
		{"tables.mpe_in_e", verified}, {"items.weighing.accept", verified}, {"items.weighing.stages", memory},
		{"tables.weighings", memory}, {"cycle", verified}, {"lifecycle.moves", verified},
	} {
		if f, ok := d.FactOf(c.path); !ok || f.Status != c.status {
			t.Errorf("%s rests on %+v, want %s", c.path, f, c.status)
		}
	}
	if _, ok := d.FactOf("tables.mpe_in_elephants"); ok {
		t.Error("a path is covered by one that only begins like it")
	}
	reversed := Definition{Facts: []Fact{{Path: "items.a.stages", Status: memory}, {Path: "items", Status: verified}, {Path: "items.a", Status: verified}}}
	if f, _ := reversed.FactOf("items.a.stages"); f.Path != "items.a.stages" {
		t.Errorf("the most specific fact counts wherever it stands: got %s", f.Path)
	}
	unconfirmed := d.Unconfirmed()
	if len(unconfirmed) == 0 || len(unconfirmed) == len(d.Facts) {
		t.Errorf("%d of %d facts are unconfirmed", len(unconfirmed), len(d.Facts))
	}
	for _, f := range unconfirmed {
		if f.Status != memory || f.Confidence == "" {
			t.Errorf("unconfirmed: %+v", f)
		}
	}
}

func TestByID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ id, edition, want string }{
		{"JJG-539-2016", "", "JJG-539-2016"}, {"JJG 539-2016", "2016", "JJG-539-2016"}, {" JJG-52-2013 ", "2013", "JJG-52-2013"},
		{"JJG-539-2016", "2013", ""}, {"JJG-539", "", ""}, {"", "", ""},
	} {
		d, err := ByID(c.id, c.edition)
		if c.want == "" && errs.KindOf(err) != errs.NotFound || c.want != "" && (err != nil || d.ID != c.want) {
			t.Errorf("ByID(%q, %q) = %v, %v; want %q", c.id, c.edition, d, err, c.want)
		}
	}
}
