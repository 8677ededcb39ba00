package instrumentfile

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestProfiles(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, p := range Profiles() {
		keys = append(keys, p.Key)
		if !strings.ContainsFunc(p.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || p.EN == "" {
			t.Errorf("%s is named %q and %q", p.Key, p.ZH, p.EN)
		}
	}
	for _, key := range []string{
		"hengjian-results", "hach-dr3900", "foss-fiastar", "seal-aq2", "panalytical-axios", "rigaku-supermini", "thermo-gallery",
		"agilent-masshunter-quant", "agilent-aas",
	} {
		if !slices.Contains(keys, key) {
			t.Errorf("there is no profile %s", key)
		}
	}
	if !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != len(keys) {
		t.Errorf("the keys are not in order, or not unique: %v", keys)
	}
}

// base is a profile in which everything that is required stands.
const base = `key: new-one
zh: 新仪器
en: A new instrument
seen: this test
delimiters: [";"]
sample: {column: Probe}
item: {column: Parameter}
result: {column: Wert}
decimal: comma
`

func TestANewInstrumentIsAFile(t *testing.T) {
	t.Parallel()
	l, err := readLayout([]byte(base + `unit: {fixed: mg/L}
item: {column: Parameter, map: {Pb: 铅}}
`))
	if err == nil {
		t.Fatalf("a field that is given twice was taken: %+v", l)
	}
	l, err = readLayout([]byte(strings.Replace(base, "{column: Parameter}", "{column: Parameter, map: {Pb: 铅}}", 1) + "unit: {fixed: mg/L}\n"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := read([]*layout{l}, []byte("Probe;Parameter;Wert\nS1;Pb;<0,05\nS1;Cd;0.1\n"), "", "")
	if err != nil || len(f.Rows) != 2 {
		t.Fatalf("got %+v, %v", f, err)
	}
	if r := f.Rows[0]; r.Item != "铅" || r.Raw != "<0,05" || r.Value != "<0.05" || r.Unit != "mg/L" || r.Fault != nil {
		t.Errorf("first row: %+v", r)
	}
	if r := f.Rows[1]; r.Fault == nil || r.Fault.Code != unreadable {
		t.Errorf("a decimal point under decimal: comma was taken: %+v", r)
	}
}

func TestWrongProfilesAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := readLayout([]byte(base)); err != nil {
		t.Fatalf("the base of this test: %v", err)
	}
	tests := map[string]string{
		"an unknown field":                 base + "colour: red\n",
		"an unknown field of a source":     strings.Replace(base, "{column: Wert}", "{colum: Wert}", 1),
		"no key":                           strings.Replace(base, "key: new-one", "key: New One", 1),
		"no Chinese name":                  strings.Replace(base, "zh: 新仪器", "", 1),
		"no source of the layout":          strings.Replace(base, "seen: this test", "", 1),
		"no delimiter":                     strings.Replace(base, `[";"]`, "[]", 1),
		"an empty delimiter":               strings.Replace(base, `[";"]`, `[""]`, 1),
		"no decimal sign":                  strings.Replace(base, "decimal: comma", "", 1),
		"no sample":                        strings.Replace(base, "sample: {column: Probe}", "", 1),
		"no result":                        strings.Replace(base, "result: {column: Wert}", "", 1),
		"two sources":                      strings.Replace(base, "{column: Wert}", "{column: Wert, position: 3}", 1),
		"a date without layouts":           base + "measured_on: {column: Datum}\n",
		"a section that is not there":      strings.Replace(base, "{column: Parameter}", "{section: true}", 1),
		"a section without a group":        base + "section: {pattern: '^M'}\n",
		"a part without a group":           strings.Replace(base, "{column: Wert}", "{column: Wert, part: x}", 1),
		"a preamble without a group":       base + "unit: {preamble: '^Unit'}\n",
		"a pattern that is none":           base + "ends: '('\n",
		"a kind that is none":              base + "kinds: [{pattern: x, kind: other}]\n",
		"a kind by a column that is none":  base + "kinds: [{position: 99, pattern: x, kind: qc}]\n",
		"a kind by two columns":            base + "width: 9\nkinds: [{column: Art, position: 2, pattern: x, kind: qc}]\n",
		"a kind without a pattern":         base + "kinds: [{kind: qc}]\n",
		"a flag without a column":          bareBase + "width: 3\nrecognise: ['^a']\nflags: [{pattern: x, zh: 坏, en: bad}]\n",
		"a flag by a column that is none":  bareBase + "width: 3\nrecognise: ['^a']\nflags: [{position: 4, pattern: x, zh: 坏, en: bad}]\n",
		"a flag without words":             base + "flags: [{column: E, pattern: x}]\n",
		"wide with an item":                base + "wide: {items: header}\n",
		"wide above without a result":      wideBase + "wide: {items: above}\n",
		"wide by something else":           wideBase + "wide: {items: beside}\n",
		"no header and no width":           bareBase + "recognise: ['^a']\n",
		"no header and nothing to know by": bareBase + "width: 3\n",
		"a broken list of names":           strings.Replace(base, "{column: Wert}", "{column: {a: b}}", 1),
	}
	for name, text := range tests {
		if l, err := readLayout([]byte(text)); err == nil {
			t.Errorf("%s: the profile was taken: %+v", name, l)
		}
	}
	for name, text := range map[string]string{
		"wide": wideBase + "wide: {items: header}\n",
		"bare": bareBase + "width: 3\nrecognise: ['^a']\n",
	} {
		if _, err := readLayout([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const (
	wideBase = "key: w\nzh: 宽\nen: wide\nseen: this test\ndelimiters: [',']\nsample: {column: S}\ndecimal: point\n"
	bareBase = "key: b\nzh: 无\nen: bare\nseen: this test\ndelimiters: [',']\n" +
		"sample: {position: 1}\nitem: {position: 2}\nresult: {position: 3}\ndecimal: point\n"
)
