package standards

import (
	"regexp"
	"strings"
	"testing"
)

var fuzzResults = []string{
	"6.71mg/kg", "<10", "＜10，15，10，＜10，390CFU/g", "1.3×104", "1.3×10⁴/9.5×10³CFU/g", "12.3±0.4mg/kg", "(12.3±0.4)×10³CFU/g",
	"未检出（检出限：0.01mg/kg）", "检出/50cm²", "1,300", "0;0;0;0;0CFU/250mL", "通过", "-12℃", "1.076/", "", "ND", "1.3E4",
}

var fuzzLimits = []string{
	"≤5mg/kg", "≥1.5 倍", "45~85", "12.0±1.0%vol", "不得检出/25g", "不得使用", "n=5,c=2,m=10,M=100CFU/g", "n=5，c=0，m=0/25g",
	"≤0.2mg/kg\n三唑磷", "通过", "±1.0%vol", "≤1×103CFU/g", "6.5≤pH≤8.5", "≤1", "", "≤≤100mg/kg", "≤1.0mg/kg（干重计）",
}

func FuzzParseResult(f *testing.F) {
	for _, s := range fuzzResults {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseResult(s)
		if err != nil {
			return
		}
		if len(r.Readings) == 0 {
			t.Fatalf("%q: read without a reading", s)
		}
		for _, values := range r.Readings {
			for _, v := range values {
				if v.hasNumber() && v.Number.Sign() < 0 && v.Unit != "°C" {
					t.Errorf("%q: a negative %s", s, v.Number)
				}
				if _, err := readUnit(v.Unit); err != nil {
					t.Errorf("%q: unit %q: %v", s, v.Unit, err)
				}
			}
		}
	})
}

func FuzzParseLimit(f *testing.F) {
	for _, s := range fuzzLimits {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLimit(s)
		if err != nil {
			return
		}
		if !l.complete() || l.Other != nil && !l.Other.complete() {
			t.Errorf("%q: read as an incomplete limit %+v", s, l)
		}
		if l.Kind == Range && l.Low.Value.Cmp(l.High.Value) >= 0 {
			t.Errorf("%q: an empty range %s", s, l)
		}
		again, err := ParseLimit(l.String())
		if err != nil || again.String() != l.String() {
			t.Errorf("%q: written %q, which reads back as %q, %v", s, l, again, err)
		}
	})
}

// What may pass at all: figures, signs, units and the words of the grammar. The list is written apart from the grammar.
var (
	passWords = regexp.MustCompile(`(?i)未检出|未检测到|阴性|not detected|n\.?d\.?|(<|＜|﹤|低于)(方法)?(检出限|LOD|LOQ|定量限)|` +
		`检出|阳性|多不可计|TNTC|通过|合格|符合|符合规定|符合要求|无|痕迹`)
	anyNumber = regexp.MustCompile(`[0-9０-９]`)
)

func FuzzJudge(f *testing.F) {
	for i, s := range fuzzResults {
		f.Add(s, fuzzLimits[i], "0.01mg/kg")
		f.Add(s, fuzzLimits[(i*7)%len(fuzzLimits)], "")
	}
	f.Fuzz(func(t *testing.T, result, limit, lod string) {
		v := JudgeText(Input{Result: result, LOD: lod}, limit)
		if v.Reason.Code == "" || v.Reason.ZH == "" || v.Reason.EN == "" {
			t.Errorf("%q against %q: a verdict without reasons: %+v", result, limit, v)
		}
		if v.Outcome != Pass {
			return
		}
		if !anyNumber.MatchString(result) && !passWords.MatchString(result) {
			t.Errorf("%q against %q passes without a number or a word: %s", result, limit, v.Reason)
		}
		if v.Proof.Limit.Kind == Max && strings.ContainsAny(result, ">＞≥≧⩾﹥") {
			t.Errorf("%q against the maximum %q passes: %s", result, limit, v.Reason)
		}
		if worse := JudgeText(Input{Result: result + "?", LOD: lod}, limit); worse.Outcome == Pass {
			t.Errorf("%q passes, and so does %q", result, result+"?")
		}
	})
}
