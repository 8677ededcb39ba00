package procedure

import (
	"errors"
	"os"
	"strings"
	"testing"

	"hengjian/internal/errs"
)

func TestEmbeddedDefinitionsParse(t *testing.T) {
	t.Parallel()
	texts := Embedded()
	if len(texts) != 2 {
		t.Errorf("%d definitions come with the program, want 2", len(texts))
	}
	for _, text := range texts {
		d, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if d.TitleZH() == "" || d.Effective().IsZero() || len(d.Vectors) < 3 {
			t.Errorf("%s: title %q, effective %s, %d vectors", d.ID, d.TitleZH(), d.Effective(), len(d.Vectors))
		}
	}
}

// Each case breaks one good definition in one place; the error must say where.
func TestParseIsStrict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, from, to, want string }{
		{"fuel", "trial: true", "trial: true, colour: red", "field colour not found"},
		{"fuel", "unit: L\n", "unit: L\nunit: L\n", "already defined"},
		{"fuel", "id: TRY-443", "id: TRY 443", "id: required, without spaces"},
		{"fuel", "id: TRY-443", "name: TRY-443", "field name not found"},
		{"fuel", `edition: "2023"`, `edition: ""`, "edition: required"},
		{"fuel", "en: Fuel dispensers (for tests)", `en: ""`, "title: required in both languages"},
		{"fuel", `issued: "2023-12-21"`, `issued: "2023"`, "lifecycle.issued"},
		{"fuel", `effective: "2024-05-01"`, `effective: "2024-13-01"`, "lifecycle.effective"},
		{"fuel", `effective: "2024-05-01"`, `effective: "2024-05-01", until: "soon"`, "lifecycle.until"},
		{"fuel", "unit: L\n", "unit: cubits\n", `unit: "cubits" is not known`},
		{"fuel", "  fail: {zh: 不合格, en: fail}\n", "", "conclusions.fail: required"},
		{"fuel", "  fail: {zh: 不合格, en: fail}\n", "  fail: {zh: 不合格, en: fail}\n  maybe: {zh: 也许, en: maybe}\n", "nothing else"},
		{"fuel", "max_ratio: 1/3", "max_ratio: a third", "standard.max_ratio"},
		{"fuel", "max_ratio: 1/3", `max_ratio: "-0.3"`, "standard.max_ratio"},
		{"fuel", "kind: choice, required: true, choices: [petrol, diesel]", "kind: choice, required: true", "parameters.fuel.choices"},
		{"fuel", "kind: choice, required: true", "kind: choice, required: true, default: petrol", "what has a default is not required"},
		{"fuel", "kind: choice, required: true", "kind: choice, unless: Qmax", "parameters.fuel.unless"},
		{"fuel", "kind: choice, required: true", "kind: choice, required: true, unless: fuel", "parameters.fuel.unless"},
		{"fuel", "kind: choice, required: true", "kind: choice, required: true, unless: colour", "parameters.fuel.unless"},
		{"fuel", "kind: choice, required: true", "kind: colour, required: true", `parameters.fuel.kind: "colour"`},
		{"fuel", "汽油: petrol", "汽油: kerosene", "parameters.fuel.aliases"},
		{"fuel", "name: Qmax, title: {zh: 最大流量, en: greatest flow}", "name: Qmax, title: {zh: 最大流量}", "parameters.Qmax.title"},
		{"fuel", "name: beta_measure", "name: if", `"if" cannot be a name`},
		{"fuel", "name: beta_measure", "name: stage", `"stage" cannot be a name`},
		{"fuel", "name: beta_measure", "name: 1st", `"1st" cannot be a name`},
		{"fuel", "name: beta_measure", "name: Qmax", "the name Qmax is taken"},
		{"fuel", `default: "0.00005"`, `default: "0.0000x5"`, "parameters.beta_measure.default: column 7"},
		{"fuel", `[diesel, "0.0009"]`, `[diesel]`, "tables.expansion: row 2 has 1 cells instead of 2"},
		{"fuel", `[diesel, "0.0009"]`, `[petrol, "0.0009"]`, "tables.expansion: row 2: the keys stand twice"},
		{"fuel", `[diesel, "0.0009"]`, `[diesel, 9e-4x]`, "tables.expansion: row 2"},
		{"fuel", "rows: [[petrol, \"0.0012\"], [diesel, \"0.0009\"]]", "rows: []", "tables.expansion: a table needs rows"},
		{"fuel", "argument: volume, unit", "argument: Qmax, unit", "limits.mpe.argument: the name Qmax is taken"},
		{"fuel", `high: "if(volume <= 5, 0.5, 0.3)"`, `high: "if(volume <= 5, 0.5, true)"`, "limits.mpe.high: column 22"},
		{"fuel", `high: "if(volume <= 5, 0.5, 0.3)"`, `high: ""`, "limits.mpe.high: required"},
		{"fuel", `high: "if(volume <= 5, 0.5, 0.3)"`, `high: "mpe(volume)"`, "limits.mpe.high: column 1: unknown function mpe"},
		{"fuel", "expansion(fuel) *", "expansion(petrol) *", "items.error.steps.VBt: column 21: unknown name petrol"},
		{"fuel", "name: VBt,", "name: VB,", "items.error.steps.VB: the name VB is taken"},
		{"fuel", `show: "0.01"}`, `show: "0"}`, "items.error.steps.E.show"},
		{"fuel", "value: Em, within: mpe(V)", "value: Ex, within: mpe(V)", "items.error.groups.accept[0]: column 1: unknown name Ex"},
		{"fuel", "value: Em, within: mpe(V)", "value: Em", "items.error.groups.accept[0]: a value has within"},
		{"fuel", "value: Em, within: mpe(V)", "value: Em, within: mpe(V), high: mpe(V)", "items.error.groups.accept[0]: a value has within"},
		{"fuel", "value: Em, within: mpe(V)", "value: Em + 1, within: mpe(V)", "the name of a value"},
		{"fuel", "value: Em, within: mpe(V)", "value: Em, within: mpe(V), holds: Em > 0", "either holds or value"},
		{"fuel", "value: mean(E), unit", "value: E, unit", "Em.show"},
		{"fuel", "by: [flow]\n      steps:\n", "by: [speed]\n      steps:\n", "items.error.groups.by: there is no reading speed"},
		{"fuel", "of: flow", "of: speed", "items.error.points.of"},
		{"fuel", "of: flow", `of: ""`, "items.error.points.of: required"},
		{"fuel", `rows: "3"`, `rows: "3", directions: true`, "did not find expected key"},
		{"fuel", "      rows: \"3\"\n", "      rows: \"3\"\n      directions: true\n", "items.error.points.directions"},
		{"fuel", "      rows: \"3\"\n", "      rows: \"3\"\n      distinct: place\n", "items.error.points.distinct"},
		{"fuel", "      rows: \"3\"\n", "      rows: \"3\"\n      loads: \"3\"\n", "loads and fill go together"},
		{"fuel", "value: Qmax, near: 0.2 * Qmax", "value: Qmax, near: flow", "items.error.points.at[0].near: column 1: unknown name flow"},
		{"fuel", "value: Qmax, near: 0.2 * Qmax", "near: 0.2 * Qmax", "items.error.points.at[0].value: required"},
		{"fuel", "value: Qmax, near: 0.2 * Qmax", `value: Qmax, with: {VJ: "1"}`, "items.error.points.at[0].with"},
		{"fuel", "from: error", "from: errors", "items.repeatability.from: there is no item errors"},
		{"fuel", "cycle: [{kind", "  - {id: again, title: {zh: 再, en: again}, kind: measure, stages: [initial], from: repeatability, accept: [{value: E, high: \"1\"}]}\ncycle: [{kind",
			"items.again.from: there is no item repeatability before it with readings"},
		{"fuel", "id: repeatability", "id: error", "an item needs an id of its own"},
		{"fuel", "stages: [initial, subsequent]\n    from", "stages: [initial, yearly]\n    from", "items.repeatability.stages"},
		{"fuel", "stages: [initial, subsequent]\n    from", "stages: []\n    from", "items.repeatability.stages: required"},
		{"fuel", "kind: measure\n    stages: [initial, subsequent]\n    from", "kind: check\n    stages: [initial, subsequent]\n    from", "a check has nothing"},
		{"fuel", "kind: measure\n    stages: [initial, subsequent]\n    from", "kind: guess\n    stages: [initial, subsequent]\n    from", "items.repeatability.kind"},
		{"fuel", "      accept: [{value: R, high: \"0.10\", unit: \"%\"}]\n", "", "items.repeatability.accept: something must be accepted"},
		{"fuel", "{name: tJ,", "{name: tJ, kind: colour,", "items.error.readings.tJ.kind"},
		{"fuel", "{name: tJ,", "{name: tJ, aliases: [tB],", `items.error.readings.tB: "tB" stands twice`},
		{"fuel", "{name: tJ,", "{name: tJ, aliases: [note],", `items.error.readings.tJ: "note" stands twice`},
		{"fuel", "{name: tJ,", "{name: tJ, optional: tB > 0,", "items.error.readings.tJ.optional: column 1: unknown name tB"},
		{"fuel", "{name: tJ,", "{name: tJ, default: warm,", "items.error.readings.tJ.default"},
		{"fuel", `kind: periodic, months: "6"`, `kind: periodic`, "cycle[0].months: required"},
		{"fuel", `kind: periodic, months: "6"`, `kind: yearly, months: "6"`, "cycle[0].kind"},
		{"fuel", `cycle: [{kind`, `cycle: [{kind: periodic, months: "6", zh: 无, en: none}, {kind`, "what follows is never reached"},
		{"fuel", "  - {path: cycle, status: verified, source: taodocs 698714069}\n", "", "facts: nothing is said of cycle"},
		{"fuel", "  - {path: tables, status: memory, confidence: medium}\n", "", "facts: nothing is said of tables.expansion"},
		{"fuel", "  - {path: items, status: memory, confidence: medium}\n", "", "facts: nothing is said of items.error.stages"},
		{"fuel", "{path: tables, status: memory, confidence: medium}", "{path: tables, status: memory}", "facts: tables is"},
		{"fuel", "{path: tables, status: memory, confidence: medium}", "{path: tables, status: verified}", "facts: tables is"},
		{"fuel", "{path: tables, status: memory, confidence: medium}", "{path: tables, status: sure, confidence: high}", "facts: tables is"},
		{"fuel", "{path: tables, status: memory", "{path: table, status: memory", "nothing is said of tables.expansion"},
		{"fuel", "cycle: [", "---\ncycle: [", "one document a file"},
		{"meter", `"0.1", "1.5"], ["1", "1.0", "", "1.0"]`, `"", "1.5"], ["1", "1.0", "0.1", "1.0"]`, "an open band is the last one"},
		{"meter", `["1", "1.0", "0.1", "1.5"], ["1", "1.0", "", "1.0"]`, `["1", "1.0", "0.1", "1.5"], ["1", "1.0", "0.10", "1.0"]`, "the edges must ascend"},
		{"meter", "match: below", "match: near", "match is to, below or exactly"},
		{"kinds", `[F2, "200", "3.0"]`, `[F2, "", "3.0"]`, "a row of exactly one number needs it"},
		{"kinds", `limit: mpe, at: "20000", high: "1000"`, `limit: mpe, at: "20000", high: "1001"`, `vectors[0] (OIML R 111-1 table 1): mpe.high is "1000" and should be "1001"`},
		{"kinds", `high: "0.1", low: "-0.15"`, `high: "0.1"`, "thermometer.low"},
		{"kinds", `{source: OIML R 7, `, `{source: "", `, "vectors[1].source: required"},
		{"kinds", "optional: true\n    readings: [{name: t,", "optional: true\n    uses: [{name: m, item: mass, value: U}]\n    readings: [{name: t,", "items.thermometer.uses.m"},
		{"kinds", "limits:\n", "constraints: [{holds: nominal > 0, zh: 大于零}]\nlimits:\n", "constraints[0]: zh and en are required"},
		{"kinds", "limits:\n", "constraints: [{holds: nominal, zh: 零, en: zero}]\nlimits:\n", "constraints[0]: column 1: this is a number, and a truth is wanted"},
		{"kinds", "limits:\n", "environment: [{quantity: t, title: {zh: 温度, en: t}, unit: °C, min: hot}]\nlimits:\n", "environment.t.min"},
		{"kinds", "limits:\n", "environment: [{quantity: t, title: {zh: 温度, en: t}, unit: °C, min: \"1\"}]\nlimits:\n", "facts: nothing is said of environment.t"},
	} {
		text := testText(t, c.file)
		broken := strings.Replace(text, c.from, c.to, 1)
		if broken == text {
			t.Errorf("%s: there is no %q to break", c.file, c.from)
			continue
		}
		_, err := Parse([]byte(broken))
		e, ok := errors.AsType[*errs.Error](err)
		if !ok || e.Kind != errs.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q → %q: %v, want …%s…", c.from, c.to, err, c.want)
		}
	}
}

func testText(t *testing.T, name string) string {
	t.Helper()
	files := map[string]string{
		"fuel": "fuel_dispenser", "water": "water_meter", "meter": "electricity_meter", "kinds": "many_kinds",
	}
	text, err := os.ReadFile("testdata/" + files[name] + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestParseBoundsItsInput(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a: b", "- 1", "\x00", "id: [", strings.Repeat("# comment\n", maxDefinition/10+1) + testText(t, "fuel")} {
		if _, err := Parse([]byte(text)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("Parse(%.20q…): %v, want an Invalid error", text, err)
		}
	}
}

// The worked examples of a definition hold, or the definition is refused.
func TestVectorsAreChecked(t *testing.T) {
	t.Parallel()
	text := string(Embedded()[1])
	for _, c := range []struct{ from, to, want string }{
		{`equals: "8.0", verdict: fail`, `equals: "8.0", verdict: pass`, "weighing[3] is fail and should be pass"},
		{`equals: "8.0", verdict: fail`, `equals: "8.1", verdict: fail`, `weighing[3].Ec is "8.0" and should be "8.1"`},
		{`{item: weighing, row: 1,`, `{item: weighing, row: 9,`, "weighing has no row 9"},
		{`{item: weighing, row: 1,`, `{item: price, row: 1,`, "there is no item price"},
		{`[III, "2000", "1"]`, `[III, "2000", "0.9"]`, "mpe is \"4.5\""},
		{`value: E - E0}`, `value: E + E0}`, "should be"},
	} {
		broken := strings.Replace(text, c.from, c.to, 1)
		_, err := Parse([]byte(broken))
		if broken == text || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s → %s: %v, want …%s…", c.from, c.to, err, c.want)
		}
	}
}

// An item can use another's value only once it is known, and only where it is single.
func TestUses(t *testing.T) {
	t.Parallel()
	text := string(Embedded()[1])
	if !strings.Contains(text, "id: JJG-539-2016") {
		t.Fatal("the second definition is not JJG 539")
	}
	for _, c := range []struct{ from, to string }{
		{"{name: E0, item: tare, value: E0}", "{name: E0, item: weighing, value: E}"},
		{"{name: E0, item: tare, value: E0}", "{name: E0, item: repeatability, value: R}"},
		{"{name: E0, item: tare, value: E0}", "{name: E0, item: tare, value: E}"},
		{"{name: E0, item: tare, value: E0}", "{name: E0, item: nothing, value: E}"},
	} {
		_, err := Parse([]byte(strings.Replace(text, c.from, c.to, 1)))
		if err == nil || !strings.Contains(err.Error(), "items.tare_weighing.uses.E0") {
			t.Errorf("%s: %v", c.to, err)
		}
	}
	const zero = "en: accuracy of zero setting}\n"
	_, err := Parse([]byte(strings.Replace(text, zero, zero+"    uses: [{name: later, item: tare, value: E0}]\n", 1)))
	if err == nil || !strings.Contains(err.Error(), "items.zero.uses.later") {
		t.Errorf("the value of an item that comes later: %v", err)
	}
}
