package procedure

import (
	"errors"
	"strings"
	"testing"

	"hengjian/internal/measure"
)

// testNames and testScope hold one name of each kind.
func testNames() *names {
	n := (*names)(nil).inner()
	n.kinds = map[string]kind{"x": numberKind, "y": numberKind, "z": numberKind, "ok": truthKind, "class": textKind, "list.a": listKind, "none": listKind}
	table, err := newLookup(Table{Name: "t", Title: Words{ZH: "表", EN: "t"}, Keys: []string{"k"}, Match: matchTo, Rows: [][]string{
		{"III", "500", "0.5"}, {"III", "2000", "1"}, {"I", "50000", "0.5"}, {"I", "", "1.5"},
	}})
	if err != nil {
		panic(err)
	}
	n.functions["t"] = table.signature(1)
	return n
}

func testScope() *scope {
	s := newScope("kg")
	s.values = map[string]value{
		"x": numberOf(measure.MustDecimal("1.5")), "y": numberOf(measure.MustDecimal("-2")), "ok": truthOf(true),
		"class": textOf("III"), "none": listOf(nil),
		"list.a": listOf([]measure.Decimal{measure.MustDecimal("3"), measure.MustDecimal("1"), measure.MustDecimal("2.0")}),
	}
	return s
}

func TestFormula(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"1 + 2 * 3", "7"},
		{"(1 + 2) * 3", "9"},
		{"10 - 4 - 3", "3"},
		{"12 / 4 / 3", "1"},
		{"-x", "-1.5"},
		{"2 - -x", "3.5"},
		{"0.1 + 0.2 == 0.3", "true"},
		{"1 / 3", "0.3333333333333333333333333333333333"},
		{"1 / 8", "0.125"},
		{"2.50 == 2.5", "true"},
		{"1 / 3 * 3 == 1", "false"},
		{"abs(y)", "2"},
		{"min(x, y, 0)", "-2"},
		{"max(x)", "1.5"},
		{"max(list.a) - min(list.a)", "2"},
		{"sum(list.a)", "6.0"},
		{"mean(list.a)", "2.0"},
		{"count(list.a)", "3"},
		{"first(list.a)", "3"},
		{"stdev(list.a)", "1.000000000000000000000000000000000"},
		{"sqrt(0.49) <= 0.7 and sqrt(0.49) >= 0.7", "true"},
		{"sqrt(2)", "1.414213562373095048801688724209698"},
		{"sqrt(0)", "0"},
		{"round(0.25, 0.1)", "0.2"},
		{"round(7.35, 0.1)", "7.4"},
		{"list(1, x)", "1, 1.5"},
		{"range(0, 1, 0.4)", "0, 0.4, 0.8"},
		{"range(1, 0, 1)", ""},
		{`quantity(500, "g")`, "0.500"},
		{"t(class, 500)", "0.5"},
		{"t(class, 500.000001)", "1"},
		{`t("I", 1000000)`, "1.5"},
		{"edges(t, class)", "500, 2000"},
		{`edges(t, "I")`, "50000"},
		{`class == "III"`, "true"},
		{`class != "III"`, "false"},
		{`if(class == "I", 1, 2)`, "2"},
		{`if(x > 1, "a", "b")`, "a"},
		{"given(x)", "true"},
		{"given(z)", "false"},
		{"if(given(z), z, 7)", "7"},
		{"not ok or x < 2", "true"},
		{"not (ok and x > 2)", "true"},
		{"true or 1 / 0 == 1", "true"},
		{"false and 1 / 0 == 1", "false"},
		{"ok == true", "true"},
		{"x >= 1.5 and x <= 1.50", "true"},
		{" x\n+ 1 ", "2.5"},
		{strings.Repeat("(", 20) + "1" + strings.Repeat(")", 20), "1"},
	} {
		f, err := compile(c.text, testNames(), 0)
		if err != nil {
			t.Errorf("compile(%q): %v", c.text, err)
			continue
		}
		got, err := f.root.eval(testScope())
		if err != nil || got.String() != c.want {
			t.Errorf("%q = %s, %v; want %s", c.text, got, err, c.want)
		}
		if got.kind != f.root.kind {
			t.Errorf("%q was announced as %s and is %s", c.text, f.root.kind, got.kind)
		}
	}
}

func TestFormulaErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"", "column 1: unexpected end"},
		{"1 +", "column 4: unexpected end"},
		{"1 2", `column 3: unexpected "2"`},
		{"(1", "column 3: the bracket of column 1 is not closed"},
		{"1)", `column 2: unexpected ")"`},
		{"a.b", "column 1: unknown name a.b"},
		{"x + q", "column 5: unknown name q"},
		{"eval(1)", "column 1: unknown function eval"},
		{"abs(x", "column 6: the arguments of abs do not end"},
		{"abs(x, y)", "column 1: abs takes 1 argument(s), not 2"},
		{"abs(ok)", "column 5: abs wants a number here, not a truth"},
		{"x + ok", "column 5: + wants a number here, not a truth"},
		{"x and ok", "column 1: and wants a truth here, not a number"},
		{"not x", "column 5: not wants a truth here, not a number"},
		{`x == "1"`, "column 6: == wants a number here, not a text"},
		{"list.a == list.a", "== does not compare lists"},
		{"1 < 2 < 3", `column 7: unexpected "<"`},
		{"1.2.3", "is not a decimal number"},
		{"1e5", `column 2: unexpected "e5"`},
		{`"open`, "column 1: a text is not closed"},
		{"x $ y", `column 3: unexpected '$'`},
		{"变量", `column 1: unexpected '变'`},
		{"x; y", `unexpected ';'`},
		{"and", "unexpected and"},
		{"if(x, 1, 2)", "column 4: if wants a truth here, not a number"},
		{`if(ok, 1, "a")`, "both values of if are of one kind: number"},
		{"if(ok, 1)", "if takes a condition and two values"},
		{"given(1)", "given takes one name"},
		{"given(x, y)", "given takes one name"},
		{"given(q)", "unknown name q"},
		{"edges(x)", "there is no table x with edges"},
		{"edges(1)", "edges wants the name of a table first"},
		{"edges(t)", "edges takes 1 argument(s), not 0"},
		{"t(class)", "t takes 2 argument(s), not 1"},
		{"t(x, x)", "column 3: t wants a text here, not a number"},
		{"list(list.a)", "list wants a number here, not a list"},
		{strings.Repeat("(", 60) + "1" + strings.Repeat(")", 60), "nested too deeply"},
		{strings.Repeat("-", 300) + "1", "nested too deeply"},
		{strings.Repeat("1+", 300) + "1", "at most 500 bytes"},
	} {
		_, err := compile(c.text, testNames(), 0)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("compile(%.40q) = %v, want …%s…", c.text, err, c.want)
		}
	}
}

func TestFormulaKindWanted(t *testing.T) {
	t.Parallel()
	if _, err := compile("x > 1", testNames(), numberKind); err == nil || !strings.Contains(err.Error(), "a number is wanted") {
		t.Errorf("a truth in the place of a number: %v", err)
	}
}

func TestFormulaWithoutValue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"1 / (x - 1.5)", "division by zero"},
		{"t(class, 2000.1)", "beyond the table t"},
		{`t("IV", 1)`, "no row for IV"},
		{"sqrt(y)", "root of a negative number"},
		{"mean(none)", "no numbers"},
		{"max(none)", "no numbers"},
		{"stdev(list(1))", "takes two numbers"},
		{"round(x, 0)", "interval must be above zero"},
		{"range(0, 1000, 1)", "more than 200 points"},
		{"range(0, 1, 0)", "step must be above zero"},
		{`quantity(1, "MPa")`, `has no value in the unit "kg"`},
		{"1" + strings.Repeat(" * "+strings.Repeat("9", 60), 7), "too many digits"},
	} {
		f, err := compile(c.text, testNames(), 0)
		if err != nil {
			t.Errorf("compile(%q): %v", c.text, err)
			continue
		}
		_, err = f.root.eval(testScope())
		if _, ok := errors.AsType[undefinedError](err); !ok || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want …%s…", c.text, err, c.want)
		}
	}
}

func TestFormulaNamesWhatIsAbsent(t *testing.T) {
	t.Parallel()
	f, err := compile("x + z", testNames(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.root.eval(testScope()); !errors.Is(err, absentError("z")) {
		t.Errorf("x + z without z: %v, want the name z", err)
	}
}

// A value of another kind than the formula was checked for is never taken for a zero.
func TestFormulaGuardsKinds(t *testing.T) {
	t.Parallel()
	f, err := compile("x <= 1", testNames(), 0)
	if err != nil {
		t.Fatal(err)
	}
	s := testScope()
	s.values["x"] = textOf("5")
	if v, err := f.root.eval(s); err == nil {
		t.Errorf("x <= 1 with a text for x = %v, want an error", v)
	}
}

func FuzzFormula(f *testing.F) {
	for _, text := range []string{
		"if(given(z), abs(x) <= 0.5 * y, not ok)", `t("III", 500) + max(list.a)`, "edges(t, class)", "((((1))))", "- - -1",
		"stdev(list(1, 2, 4)) / 0", "range(0, 1, 0.000001)", "1e999", `"`, "not", "given(", "sqrt(0.0000000001)", "\x00", "x.y.z",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		formula, err := compile(text, testNames(), 0)
		if err != nil {
			return
		}
		v, err := formula.root.eval(testScope())
		if err == nil && v.kind != formula.root.kind {
			t.Errorf("%q was announced as %s and is %s", text, formula.root.kind, v.kind)
		}
	})
}
