package standards

import (
	"slices"
	"strings"
	"testing"

	"hengjian/internal/calendar"
)

func builtinRows(t *testing.T) []Row {
	t.Helper()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c.Rows()
}

// Rows typed from a table in ../shared/data are compared with it: item, value, unit, method and the beginning of the scope.
func TestGB2762AgreesWithItsSource(t *testing.T) {
	t.Parallel()
	var ours []Row
	for _, r := range builtinRows(t) {
		if r.Standard == "GB 2762-2025" {
			ours = append(ours, r)
		}
	}
	source := shared(t, "gb2762_2025.csv")
	if len(ours) != len(source) {
		t.Fatalf("%d rows, the source has %d", len(ours), len(source))
	}
	for i, s := range source {
		r := ours[i]
		if r.Item != s["analyte"] || r.Limit != "≤"+s["value"] || r.Unit != s["unit"] || r.Method != s["method"] ||
			r.ExpressedAs != s["expressed_as"] {
			t.Errorf("%s: %s %s %s %s %s; the source has %v", r.ID, r.Item, r.ExpressedAs, r.Limit, r.Unit, r.Method, s)
		}
		if first := firstWords(s["product_scope"]); !strings.HasPrefix(displayScope(r.Scope), first) {
			t.Errorf("%s: scope %q, the source has %q", r.ID, r.Scope, s["product_scope"])
		}
	}
}

// firstWords is the beginning of a scope up to its first separator or bracket.
func firstWords(scope string) string {
	words, _, _ := strings.Cut(scope, "、")
	for _, end := range []string{"(", "[", "/", " "} {
		words, _, _ = strings.Cut(words, end)
	}
	return strings.TrimSuffix(words, "配方食品")
}

func TestCatalogueAgreesWithItsSource(t *testing.T) {
	t.Parallel()
	source := shared(t, "catalogue_limits.csv")
	var ours []Row
	for _, r := range builtinRows(t) {
		if slices.ContainsFunc(source, func(s map[string]string) bool { return strings.HasPrefix(s["standard"], r.Standard) }) {
			ours = append(ours, r)
		}
	}
	if len(ours) != len(source) {
		t.Fatalf("%d rows, the source has %d", len(ours), len(source))
	}
	for i, s := range source {
		r := ours[i]
		if !strings.HasPrefix(s["standard"], r.Standard) || !strings.HasPrefix(s["analyte"], r.Item) ||
			r.Limit != sourceLimit(s) || r.Unit != s["unit"] && r.Unit != "" {
			t.Errorf("%s: %s %s %s %s; the source has %v", r.ID, r.Standard, r.Item, r.Limit, r.Unit, s)
		}
		if sure := strings.HasPrefix(s["confidence"], "sourced") && !strings.Contains(s["confidence"], "mem"); sure != r.Enabled {
			t.Errorf("%s: enabled %v, the source's confidence is %s", r.ID, r.Enabled, s["confidence"])
		}
	}
}

// sourceLimit writes a limit of the source in our grammar.
func sourceLimit(s map[string]string) string {
	switch s["limit_type"] {
	case "max":
		return "≤" + s["max"]
	case "lt":
		return "<" + s["max"]
	case "min":
		return "≥" + s["min"]
	case "range":
		return s["min"] + "~" + s["max"]
	case "absent":
		return "不得检出"
	case "not_allowed":
		return "不得使用"
	case "range_pm":
		return "标示值±" + s["max"]
	case "plan":
		plan := "n=" + s["n"] + ",c=" + s["c"] + ",m=" + s["m"]
		if s["M"] != "" {
			plan += ",M=" + s["M"]
		}
		return plan
	}
	return s["max"]
}

func TestBuiltinRows(t *testing.T) {
	t.Parallel()
	for _, r := range builtinRows(t) {
		if r.Enabled != (r.Confidence == Read || r.Confidence == Sourced) {
			t.Errorf("%s: enabled %v with confidence %s", r.ID, r.Enabled, r.Confidence)
		}
		if !slices.Contains([]Confidence{Read, Sourced, High, Medium, Low}, r.Confidence) ||
			!slices.Contains([]string{"read", "memory", "bulletin"}, r.DatesFrom) || r.Source == "" || r.Scope == "" || r.Item == "" {
			t.Errorf("%s lacks its confidence, the origin of its dates, its source, scope or item: %+v", r.ID, r)
		}
		for _, b := range basesOf(r.Item) {
			if !slices.Contains(r.Basis, b) {
				t.Errorf("%s: the item %q states the basis %s, the row does not", r.ID, r.Item, b)
			}
		}
		for _, part := range []string{r.Note, r.Scope, r.Condition} {
			if b := basesOf(part); len(b) > 0 && !slices.Contains(r.Basis, b[0]) {
				t.Errorf("%s: %q states the basis %s, the row does not", r.ID, part, b[0])
			}
		}
	}
	for standard, from := range map[string]string{"GB 2762-2025": "2026-09-02", "GB 2760-2024": "2025-02-08"} {
		for _, r := range builtinRows(t) {
			if r.Standard == standard && r.ValidFrom != calendar.MustDate(from) {
				t.Errorf("%s is valid from %s, want %s", r.ID, r.ValidFrom, from)
			}
		}
	}
}

// Every enabled row is found by each product that its scope names, or another row answers, or the reason names the row.
func TestEveryRowCanBeFound(t *testing.T) {
	t.Parallel()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.rows {
		if !e.row.Enabled {
			continue
		}
		q := Query{Item: e.row.Item, Product: e.scope.terms[0], Date: october, Conditions: []string{e.row.Condition}}
		if e.grades != nil {
			q.Grade = e.grades[0]
		}
		l, err := c.Find(q)
		switch {
		case err != nil && !strings.Contains(err.Error(), e.row.ID):
			t.Errorf("%s: Find(%+v): %v", e.row.ID, q, err)
		case err != nil:
			t.Logf("%s is named but not found: %v", e.row.ID, err)
		case l.Row.ID != e.row.ID:
			t.Errorf("%s: Find(%+v) gives %s", e.row.ID, q, l.Row.ID)
		}
	}
}

func TestFoodsAreKnownByName(t *testing.T) {
	t.Parallel()
	err := eachRecord("data/foods.csv", foodColumns, func(f []string) error {
		if f[4] != "read" && f[4] != "plain" {
			t.Errorf("%s → %s: confidence %q: only what was read or is plain by its name may stand here", f[0], f[2], f[4])
		}
		if f[1] == "kind" && f[3] == "" {
			t.Errorf("%s → %s: a classification belongs to one standard", f[0], f[2])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadRowsRefuses(t *testing.T) {
	t.Parallel()
	header := strings.Join(rowColumns, ",") + "\n"
	line := "a,S,2026-01-01,,茶叶,,铅,,≤5,mg/kg,,,,,,,,,read,read,S\n"
	for name, text := range map[string]string{
		"the same id twice": header + line + line,
		"no id":             header + strings.TrimPrefix(line, "a"),
		"no date":           header + strings.Replace(line, "2026-01-01", "", 1),
		"a wrong last day":  header + strings.Replace(line, "2026-01-01,", "2026-01-01,2026-02-30", 1),
		"another column":    strings.Replace(header, "scope", "range", 1) + line,
		"a short line":      header + "a,S\n",
		"nothing":           "",
	} {
		if rows, err := ReadRows(strings.NewReader(text)); err == nil {
			t.Errorf("%s: read as %+v", name, rows)
		}
	}
	if rows, err := ReadRows(strings.NewReader(header + line)); err != nil || len(rows) != 1 || !rows[0].Enabled {
		t.Errorf("one good row: %+v, %v", rows, err)
	}
}
