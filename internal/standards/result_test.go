package standards

import (
	"strings"
	"testing"
)

// show writes the readings of a result: values parted by ;, readings by |.
func show(r Result) string {
	var readings []string
	for _, values := range r.Readings {
		var texts []string
		for _, v := range values {
			text := string(v.Qualifier)
			if v.hasNumber() {
				text += v.Number.String()
			}
			if v.Qualifier == Word {
				text = v.Text
			}
			if v.Uncertainty != nil {
				text += "±" + v.Uncertainty.String()
			}
			texts = append(texts, strings.TrimSpace(text+" "+v.Unit))
		}
		readings = append(readings, strings.Join(texts, "; "))
	}
	return strings.Join(readings, " | ")
}

func TestParseResult(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"6.71mg/kg", "6.71 mg/kg"},
		{" ６．７１　ｍｇ／ｋｇ ", "6.71 mg/kg"},
		{"37.7µg/kg", "37.7 μg/kg"},
		{"<10CFU/g", "<10 CFU/g"},
		{"＜10", "<10"},
		{"≦0.5mg/kg", "≤0.5 mg/kg"},
		{">= 3 倍", "≥3 倍"},
		{"1×10³CFU/g", "1000 CFU/g"},
		{"10⁴CFU/g", "10000 CFU/g"},
		{"1.3×10^4 CFU/g", "13000 CFU/g"},
		{"1.3x10^(4)CFU/g", "13000 CFU/g"},
		{"1.3*10⁴CFU/g", "13000 CFU/g"},
		{"1.3E4CFU/g", "13000 CFU/g"},
		{"1.2×10⁻³mg/L", "0.0012 mg/L"},
		{"2×1000CFU/g", "2000 CFU/g"},
		{"1.3×104CFU/g", "135.2 CFU/g | 13000 CFU/g"},
		{"104CFU/g", "104 CFU/g | 10000 CFU/g"},
		{"104mg/kg", "104 mg/kg"},
		{"12.3±0.4mg/kg", "12.3±0.4 mg/kg"},
		{"(12.3±0.4)mg/kg", "12.3±0.4 mg/kg"},
		{"未检出", "not_detected"},
		{"ND", "not_detected"},
		{"n.d.", "not_detected"},
		{"阴性", "not_detected"},
		{"<LOD", "not_detected"},
		{"＜方法检出限", "not_detected"},
		{"<LOQ", "below_loq"},
		{"检出/50cm²", "detected /50cm2"},
		{"检出/10g", "detected /10g"},
		{"阳性", "detected"},
		{"多不可计CFU/g", "detected CFU/g"},
		{"通过", "通过"},
		{"33.6%vol", "33.6 %vol"},
		{"-12℃", "-12 °C"},
		{"−12℃", "-12 °C"},
		{"1.076/", "1.076"},
		{"0/25g", "0 /25g"},
		{"＜10，15，10，＜10，390CFU/g", "<10 CFU/g; 15 CFU/g; 10 CFU/g; <10 CFU/g; 390 CFU/g"},
		{"1；27；未检出；未检出；未检出CFU/250mL",
			"1 CFU/250mL; 27 CFU/250mL; not_detected CFU/250mL; not_detected CFU/250mL; not_detected CFU/250mL"},
		{"27,31,25,42,26CFU / 250mL", "27 CFU/250mL; 31 CFU/250mL; 25 CFU/250mL; 42 CFU/250mL; 26 CFU/250mL"},
		{"1.1×10⁴/9.5×10³CFU/g", "11000 CFU/g; 9500 CFU/g"},
		{"检出、未检出/25g", "detected /25g; not_detected /25g"},
		{"检出/未检出/25g", "detected /25g; not_detected /25g"},
		{"1CFU/g;2CFU/g", "1 CFU/g; 2 CFU/g"},
		{"1,\n2,\n3", "1; 2; 3"},
		{"0.3mg/kg,", "0.3 mg/kg"},
		{"1,300mg/kg", "1 mg/kg; 300 mg/kg | 1300 mg/kg | 1.300 mg/kg"},
		{"1,200,000CFU/g", "1200000 CFU/g"},
		{"0,050mg/kg", "0.050 mg/kg"},
		{"100,120,130", "100; 120; 130 | 100120130"},
		{"0.5mg/kg（以Pb计）", "0.5 mg/kg"},
	} {
		r, err := ParseResult(c.in)
		if got := show(r); err != nil || got != c.want {
			t.Errorf("ParseResult(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

func TestParseResultRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, code string }{
		{"", "result_empty"},
		{"  \n", "result_empty"},
		{strings.Repeat("1", 401), "result_too_long"},
		{"—", "result_unreadable"},
		{"/", "result_unreadable"},
		{"未检", "result_unreadable"},
		{"未检测", "result_unreadable"},
		{"约0.5mg/kg", "result_unreadable"},
		{"~0.5mg/kg", "result_unreadable"},
		{"0.5-0.6mg/kg", "unit_unknown"},
		{".5mg/kg", "result_unreadable"},
		{"5.mg/kg", "result_unreadable"},
		{"1.2.3mg/kg", "result_unreadable"},
		{"007", "result_unreadable"},
		{"5（以Pb计）0mg/kg", "result_unreadable"},
		{"6. 71mg/kg", "result_unreadable"},
		{"1 300mg/kg", "result_unreadable"},
		{"10 20 30CFU/g", "result_unreadable"},
		{"1.3×10CFU/g", "result_unreadable"},
		{"1.3×10-3mg/L", "result_unreadable"},
		{"1.3×10 4CFU/g", "result_unreadable"},
		{"1.3×10234CFU/g", "result_unreadable"},
		{"1.3×10⁹⁹CFU/g", "result_unreadable"},
		{"3×5mg/kg", "result_unreadable"},
		{"5²mg/kg", "result_unreadable"},
		{"(12.3±0.4)×10³CFU/g", "result_unreadable"},
		{"12.3±0.4×10³CFU/g", "result_unreadable"},
		{"<12.3±0.4mg/kg", "result_unreadable"},
		{"12.3±mg/kg", "result_unreadable"},
		{"٣mg/kg", "result_unreadable"},
		{"O.3mg/kg", "result_unreadable"},
		{"-0.5mg/kg", "negative"},
		{"-0.5", "negative"},
		{"0.3mg/kg 0.9mg/kg", "unit_unknown"},
		{"0.3mg/kg不合格", "unit_unknown"},
		{"检出限0.05mg/kg", "unit_unknown"},
		{"检出0.05mg/kg", "unit_unknown"},
		{"1,2;3CFU/g", "separators_mixed"},
		{"1CFU/g;2;3CFU/g", "units_unclear"},
		{"1;;3CFU/g", "result_unreadable"},
		{"n=5,c=2,m=10,M=100CFU/g", "result_unreadable"},
		{"未检出（氮的检出限：0.008g/100g）", "result_remark"},
		{"0.3mg/kg（复测）", "result_remark"},
		{"0.3mg/kg（以固形物计）", "result_remark"},
	} {
		r, err := ParseResult(c.in)
		if got := reasonOf(err).Code; err == nil || got != c.code {
			t.Errorf("ParseResult(%.60q) = %q, code %q; want code %q", c.in, show(r), got, c.code)
		}
		if err != nil && (reasonOf(err).ZH == "" || reasonOf(err).EN == "") {
			t.Errorf("ParseResult(%.60q): the reason is not in both languages: %+v", c.in, reasonOf(err))
		}
	}
}

func TestParseResultNotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, lod, loq string
		basis        Basis
	}{
		{"未检出（检出限：0.01mg/kg）", "0.01mg/kg", "", ""},
		{"未检出(<0.01mg/kg)", "0.01mg/kg", "", ""},
		{"未检出（定量限：5mg/100g）g/每日", "", "5mg/100g", ""},
		{"0.3mg/kg（以干基计）", "", "", DryWeight},
		{"2.0mg/kg(以NaNO₂计)", "", "", SodiumNitrite},
	} {
		r, err := ParseResult(c.in)
		var basis Basis
		if len(r.Basis) > 0 {
			basis = r.Basis[0]
		}
		if err != nil || r.LOD != c.lod || r.LOQ != c.loq || basis != c.basis {
			t.Errorf("ParseResult(%q): LOD %q, LOQ %q, basis %v, %v; want %q, %q, %q",
				c.in, r.LOD, r.LOQ, r.Basis, err, c.lod, c.loq, c.basis)
		}
	}
}
