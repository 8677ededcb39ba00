package measure

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hengjian/internal/errs"
)

func TestConvert(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, from, to, want, unit string }{
		{"6.71", "mg/kg", "mg/kg", "6.71", "mg/kg"},
		{"6.710", "mg/kg", "g/kg", "0.006710", "g/kg"},
		{"0.25", "g/100g", "mg/kg", "2500", "mg/kg"},
		{"87", "µg/kg", "mg/kg", "0.087", "mg/kg"},
		{"0.0154", "g/kg", "mg/kg", "15.4", "mg/kg"},
		{"1.50", "mg/g", "g/kg", "1.50", "g/kg"},
		{"10", "mg/L", "μg/mL", "10", "μg/mL"},
		{"2", "mg/100mL", "mg/L", "20", "mg/L"},
		{"0.7452", "g/cm3", "kg/m³", "745.2", "kg/m3"},
		{"12.0", "%vol", "％（V／V）", "12.0", "%(V/V)"},
		{"0.030", "mg/100cm²", "mg/dm2", "0.030", "mg/dm2"},
		{"1500", "ug", "mg", "1.500", "mg"},
		{"0.6", "MPa", "kPa", "600", "kPa"},
		{"1", "kgf/cm2", "Pa", "98066.5", "Pa"},
		{"26.75", "MJ/kg", "J/g", "26750", "J/g"},
		{"350", "μS/cm", "mS/m", "35.0", "mS/m"},
		{"-5", "mm", "μm", "-5000", "μm"},
		{"90", "min", "h", "1.5", "h"},
		{"2.5", "m3/h", "L/min", "", ""}, // 2500/60 does not end
		{"3", "L/min", "m3/h", "0.18", "m3/h"},
		{"0.5", "%", "g/100g", "0.5", "g/100g"},
		{"0.05", "g/100g", "%", "0.05", "%"},
		{"97.0", "%", "%(m/m)", "97.0", "%(m/m)"},
		{"3", "ppm", "mg/kg", "3", "mg/kg"},
		{"3", "ppm", "ppb", "3000", "ppb"},
		{"100", "CFU/g", "CFU/g(mL)", "100", "CFU/g(mL)"},
		{"100", "CFU/g(mL)", "cfu/ml", "100", "CFU/mL"},
		{"7.2", "", "", "7.2", ""},
		{"0.00", "g/kg", "mg/kg", "0", "mg/kg"},
		{"-10.50", "g/kg", "mg/kg", "-10500", "mg/kg"},
	} {
		got, err := Convert(Quantity{MustDecimal(c.value), c.from}, c.to)
		if c.want == "" {
			if errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s %s in %s = %v, %v; want an Invalid error", c.value, c.from, c.to, got, err)
			}
			continue
		}
		if err != nil || got.Value.String() != c.want || got.Unit != c.unit {
			t.Errorf("%s %s in %s = %v %s, %v; want %s %s", c.value, c.from, c.to, got.Value, got.Unit, err, c.want, c.unit)
		}
	}
}

// Each of these, if it converted, could turn a failing value into a passing one.
func TestConvertRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to string }{
		{"mg/kg", "mg/L"}, {"g/100g", "g/100mL"}, {"%(m/m)", "%(V/V)"}, {"%(m/m)", "%(m/V)"}, {"%(m/m)", "%vol"},
		{"%", "%(V/V)"}, {"%", "%vol"}, {"%", "%(m/V)"}, {"%", "g/100mL"}, {"%", "%RH"}, {"ppm", "mg/L"}, {"ppm", "μL/L"},
		{"ppb", "μg/L"}, {"%", ""}, {"", "mg/kg"}, {"mg/kg", ""}, {"倍", ""},
		{"CFU/g", "CFU/mL"}, {"CFU/mL", "CFU/100mL"}, {"CFU/mL", "CFU/250mL"}, {"MPN/g", "CFU/g"}, {"MPN/g", "MPN/100g"},
		{"/25g", "/25mL"}, {"CFU/g", "/25g"}, {"°C", "K"}, {"°C", "°F"}, {"mmHg", "kPa"}, {"mmHg", "Pa"},
		{"kJ/100g", "kJ/100mL"}, {"mg/100kJ", "mg/100kcal"}, {"mm2/s", "mPa·s"}, {"mmol/L", "mg/L"}, {"Bq/L", "Bq/kg"},
		{"mg", "mg/kg"}, {"mg/dm2", "mg/kg"}, {"dB", "dB(A)"}, {"mgKOH/g", "mg/g"},
	} {
		for _, pair := range [][2]string{{c.from, c.to}, {c.to, c.from}} {
			if !KnownUnit(pair[0]) {
				t.Errorf("%q is not known, so this tests nothing", pair[0])
			}
			got, err := Convert(Quantity{MustDecimal("1"), pair[0]}, pair[1])
			if errs.KindOf(err) != errs.Invalid {
				t.Errorf("1 %s in %s = %v %s, %v; want an Invalid error", pair[0], pair[1], got.Value, got.Unit, err)
			}
		}
	}
}

func TestConvertUnknown(t *testing.T) {
	t.Parallel()
	for _, u := range []string{
		"mg/kg(干基)", "mg/kg以干重计", "mj/kg", "mpa", "mPa", "MM", "Mm", "ppt", "kcal/kg", "psi", "S", "k", "M/S", "Μg/kg",
		"mg//kg", "mg/kg/d", "mgkg-1", "-1", "·-1", "mg·kg-1-1", "CFU", "检出/25g",
		"mg·-1", strings.Repeat("a·", 1<<14) + strings.Repeat("-1", 1<<14),
	} {
		for _, pair := range [][2]string{{u, "mg/kg"}, {"mg/kg", u}, {u, u}} {
			if got, err := Convert(Quantity{MustDecimal("1"), pair[0]}, pair[1]); err == nil {
				t.Errorf("1 %.20q in %.20q = %v %s; want an error", pair[0], pair[1], got.Value, got.Unit)
			} else if len(err.Error()) > 300 {
				t.Errorf("the message about %.20q has %d bytes", u, len(err.Error()))
			}
		}
	}
}

func TestNormalUnit(t *testing.T) {
	t.Parallel()
	for want, spellings := range map[string][]string{
		"mg/kg": {"mg/kg", " mg / kg ", "mg/Kg", "mg/KG", "MG/KG", "Mg/kg", "ｍｇ／ｋｇ",
			"㎎/㎏", "毫克/千克", "mg·kg⁻¹", "mg∕kg", "mg/\u200bkg"},
		"μg/kg":     {"μg/kg", "\u00b5g/kg", "ug/kg", "UG/KG", "㎍/kg", "μg·kg-1"},
		"g/100g":    {"g/100 g", "g／100g", "G/100G"},
		"%":         {"％", " %", "﹪"},
		"%(m/m)":    {"%（m/m）", "％(m／m)", "mass%", "% (w/w)", "%(质量分数)"},
		"%(V/V)":    {"%(v/v)", "%（V/V）", "vol%", "%（体积分数）"},
		"%vol":      {"%vol", "% VOL", "％ｖｏｌ"},
		"kg/m3":     {"kg/m³", "kg/㎥", "㎏/m3", "KG/m3"},
		"mm2/s":     {"mm²/s", "㎟/s", "cSt", "mm²·s⁻¹"},
		"°C":        {"℃", "°C", "ºC", "° c", "摄氏度"},
		"CFU/mL":    {"cfu/mL", "CFU/ml", "cfu/ML"},
		"kPa":       {"KPA", "kpa", "㎪", "千帕"},
		"mL":        {"ml", "㎖", "毫升"},
		"L":         {"l", "ℓ", "升"},
		"μS/cm":     {"us/cm", "µS/cm"},
		"Ω":         {"\u2126", "ohm"},
		"N·m":       {"Nm", "N⋅m", "N*m"},
		"":          {"", " ", "1", "无量纲"},
		"mg/kg(干基)": {"mg/kg(干基)", "ｍｇ/kg（干基）"},
		"Mpa·s":     {"Mpa·s", "Mpa⋅ｓ"}, // not known, so its case is kept
	} {
		for _, s := range spellings {
			if got := NormalUnit(s); got != want {
				t.Errorf("NormalUnit(%q) = %q, want %q", s, got, want)
			}
		}
	}
}

// siName is a number times a prefixed unit, over the same: 100g, mg/100mL, MJ/kg, cm2.
var siName = regexp.MustCompile(`^(\d+)?(m|k|M|μ|n|p|d|c|h)??` +
	`(g|L|mol|m3|m2|m|J|Pa|Bq|S|s|min|h|d|V|A|W|Wh|N|Hz|Ω|kcal|t|IU)$`)

var siPrefix = map[string]string{
	"": "1", "p": "1e-12", "n": "1e-9", "μ": "1e-6", "m": "1e-3", "c": "1e-2", "d": "1e-1",
	"h": "1e2", "k": "1e3", "M": "1e6",
}

var siBase = map[string]string{
	"g": "1e-3", "t": "1e3", "L": "1e-3", "min": "60", "h": "3600", "d": "86400", "Wh": "3600",
}

// siValue computes a unit's size in SI from its name alone; ok is false for names of another make.
func siValue(t *testing.T, name string) (value *big.Rat, ok bool) {
	t.Helper()
	value = big.NewRat(1, 1)
	for i, part := range strings.Split(name, "/") {
		m := siName.FindStringSubmatch(part)
		if m == nil {
			return nil, false
		}
		prefix := ratOf(t, siPrefix[m[2]])
		size := big.NewRat(1, 1)
		for range map[string]int{"m2": 2, "m3": 3}[m[3]] {
			size.Mul(size, prefix)
		}
		if !strings.HasPrefix(m[3], "m") || len(m[3]) != 2 {
			size.Set(prefix)
		}
		if base := siBase[m[3]]; base != "" {
			size.Mul(size, ratOf(t, base))
		}
		if m[1] != "" {
			size.Mul(size, ratOf(t, m[1]))
		}
		if i > 0 {
			size.Inv(size)
		}
		value.Mul(value, size)
	}
	return value, true
}

// The factors of units.csv are checked against what the names of the units say: within a kind, factor and SI value
// stand in one ratio.
func TestFactorsAgreeWithNames(t *testing.T) {
	t.Parallel()
	ratio, first, checked := map[string]*big.Rat{}, map[string]string{}, 0
	for _, u := range everyUnit() {
		si, ok := siValue(t, u.name)
		if !ok {
			continue
		}
		checked++
		r := new(big.Rat).Quo(ratOf(t, u.factor.String()), si)
		if ratio[u.kind] == nil {
			ratio[u.kind], first[u.kind] = r, u.name
		}
		if ratio[u.kind].Cmp(r) != 0 {
			t.Errorf("%s: factor/SI of %s is %s, of %s it is %s", u.kind, u.name, r, first[u.kind], ratio[u.kind])
		}
	}
	if checked < 100 {
		t.Errorf("only %d units were checked, want 100 or more", checked)
	}
}

func everyUnit() []*unit {
	var all []*unit
	for _, u := range units().exact {
		if !slices.Contains(all, u) {
			all = append(all, u)
		}
	}
	slices.SortFunc(all, func(a, b *unit) int { return strings.Compare(a.name, b.name) })
	return all
}

// Every stand-in names a kind that exists, and no stand-in joins two kinds by way of itself.
func TestStandIns(t *testing.T) {
	t.Parallel()
	kinds := map[string]bool{}
	for _, u := range everyUnit() {
		kinds[u.kind] = true
	}
	for _, u := range everyUnit() {
		for _, k := range u.standIn {
			if !kinds[k] || k == u.kind {
				t.Errorf("%s stands for %q, which is no other kind", u.name, k)
			}
		}
	}
}

func TestConvertThereAndBack(t *testing.T) {
	t.Parallel()
	all := everyUnit()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(all).Draw(t, "a"), rapid.SampledFrom(all).Draw(t, "b")
		v := drawDecimal(t, "v")
		there, err := Convert(Quantity{v, a.name}, b.name)
		if err != nil {
			return
		}
		back, err := Convert(there, a.name)
		if err != nil || !back.Value.Equal(v) || back.Unit != a.name {
			t.Fatalf("%s %s is %s %s and back %s %s, %v", v, a.name, there.Value, there.Unit, back.Value, back.Unit, err)
		}
	})
}

func TestReadUnitsRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a spelling twice":            "g,mass,1e-3,,\nkg,mass,1,,g\n",
		"a name twice":                "g,mass,1e-3,,\ng,mass,1,,\n",
		"u for μ twice":               "μg,mass,1e-9,,\nt,mass,1000,,ug\n",
		"factor zero":                 "g,mass,0,,\n",
		"factor no number":            "g,mass,1/3,,\n",
		"column missing":              "g,mass,1e-3,\n",
		"name in loose typography":    "m²,area,1,,\n",
		"name with full-width letter": "ｇ,mass,1e-3,,\n",
	} {
		if _, err := readUnits(text); err == nil {
			t.Errorf("%s: read without error", name)
		}
	}
}

func TestCaseThatCouldMeanTwoUnits(t *testing.T) {
	t.Parallel()
	table, err := readUnits("kn,speed,1,,\nkN,force,1000,,\n")
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]string{"kn": "kn", "kN": "kN", "KN": "", "Kn": ""} {
		got := ""
		if u := table.find(s); u != nil {
			got = u.name
		}
		if got != want {
			t.Errorf("find(%q) = %q, want %q", s, got, want)
		}
	}
}

func FuzzNormalUnit(f *testing.F) {
	f.Add("ｍｇ／ｋｇ")
	f.Fuzz(func(t *testing.T, s string) {
		normal := NormalUnit(s)
		if again := NormalUnit(normal); again != normal {
			t.Errorf("NormalUnit(%q) = %q, and of that %q", s, normal, again)
		}
		if KnownUnit(s) != KnownUnit(normal) {
			t.Errorf("%q is known: %v; its normal form %q: %v", s, KnownUnit(s), normal, KnownUnit(normal))
		}
		if len(normal) > 3*len(s) {
			t.Errorf("NormalUnit grows %d bytes to %d", len(s), len(normal))
		}
	})
}
