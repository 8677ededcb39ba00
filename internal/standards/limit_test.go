package standards

import (
	"slices"
	"strings"
	"testing"
)

func TestParseLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want string
		kind     Kind
	}{
		{"≤5mg/kg", "≤5 mg/kg", Max},
		{"＜＝5mg/kg", "≤5 mg/kg", Max},
		{"≯5mg/kg", "≤5 mg/kg", Max},
		{"≤≤100mg/kg", "≤100 mg/kg", Max},
		{"不得过150mg/kg", "≤150 mg/kg", Max},
		{"不得超过 150 mg/kg", "≤150 mg/kg", Max},
		{"不大于0.5%", "≤0.5 %", Max},
		{"150CFU/g", "≤150 CFU/g", Max},
		{"≤1×10³CFU/g", "≤1000 CFU/g", Max},
		{"≤10³CFU/g", "≤1000 CFU/g", Max},
		{"≤100µg/kg,", "≤100 μg/kg", Max},
		{"<16%", "<16 %", Max},
		{"小于16%", "<16 %", Max},
		{"≤1/", "≤1", Max},
		{"≤1", "≤1", Max},
		{"比例之和≤1", "≤1", Max},
		{"各自用量占其最大使用量的比例之和不超过1", "≤1", Max},
		{"≤0.2（以Pb计）mg/kg", "≤0.2 mg/kg", Max},
		{"≤5(mg/kg)", "≤5 mg/kg", Max},
		{"≤-10℃", "≤-10 °C", Max},
		{"≥1.5 倍", "≥1.5 倍", Min},
		{"≥10⁶CFU/g", "≥1000000 CFU/g", Min},
		{"不得低于3.0%vol", "≥3.0 %vol", Min},
		{"≮60℃", "≥60 °C", Min},
		{">60℃", ">60 °C", Min},
		{"45~85kPa", "45~85 kPa", Range},
		{"45～85 kPa", "45~85 kPa", Range},
		{"45-85kPa", "45~85 kPa", Range},
		{"45—85kPa", "45~85 kPa", Range},
		{"45至85kPa", "45~85 kPa", Range},
		{"13.0%-15.0%", "13.0~15.0 %", Range},
		{"41.0%vol～43.0%vol", "41.0~43.0 %vol", Range},
		{"9.2-1600mg/每日", "9.2~1600 mg/d", Range},
		{"12.0±1.0%vol", "11.0~13.0 %vol", Range},
		{"(12.0±1.0)%vol", "11.0~13.0 %vol", Range},
		{"≤18.0±1.0%vol", "17.0~19.0 %vol", Range},
		{"-10~-5℃", "-10~-5 °C", Range},
		{"≥6.5且≤8.5", "6.5~8.5", Range},
		{"≥6.5，≤8.5", "6.5~8.5", Range},
		{"6.5≤pH≤8.5", "6.5~8.5", Range},
		{">6.5,≤8.5", ">6.5, ≤8.5", Range},
		{"不得检出", "不得检出", Absent},
		{"不得检出/25g", "不得检出 /25g", Absent},
		{"不得检出（/25g）", "不得检出 /25g", Absent},
		{"未检出", "不得检出", Absent},
		{"阴性", "不得检出", Absent},
		{"不得使用", "不得使用", NotAllowed},
		{"不得添加", "不得使用", NotAllowed},
		{"不得人为加入", "不得使用", NotAllowed},
		{"禁止使用", "不得使用", NotAllowed},
		{"n=5,c=0,m=0/25g", "n=5,c=0,m=0 /25g", Plan2},
		{"n=5,c=0,m=0（/25g）", "n=5,c=0,m=0 /25g", Plan2},
		{"≤n=5,c=0,m=0CFU/250mL", "n=5,c=0,m=0 CFU/250mL", Plan2},
		{"n=5；c=0；m=不得检出/25g", "n=5,c=0,m=0 /25g", Plan2},
		{"n=5,c=0,m=100CFU/g,M=—", "n=5,c=0,m=100 CFU/g", Plan2},
		{"n=5,c=2,m=10,M=100CFU/g", "n=5,c=2,m=10,M=100 CFU/g", Plan3},
		{"n = 5、c = 2、m = 10、M = 100 CFU/g", "n=5,c=2,m=10,M=100 CFU/g", Plan3},
		{"n＝5，c＝2，m＝10⁴，M＝10⁵CFU/g", "n=5,c=2,m=10000,M=100000 CFU/g", Plan3},
		{"n=5,c=2,m=3×10⁴,M=10⁵CFU/g", "n=5,c=2,m=30000,M=100000 CFU/g", Plan3},
		{"n=5,c=2,m=10CFU/g,M=100CFU/g", "n=5,c=2,m=10,M=100 CFU/g", Plan3},
		{"通过", "通过", Text},
		{"无", "无", Text},
		{"≤痕迹", "痕迹", Text},
		{"标示值±1.0%vol", "标示值±1.0 %vol", Tolerance},
		{"±1.0%vol", "标示值±1.0 %vol", Tolerance},
	} {
		l, err := ParseLimit(c.in)
		if err != nil || l.String() != c.want || l.Kind != c.kind || l.Other != nil || l.Remark != "" {
			t.Errorf("ParseLimit(%q) = %s %q (other %v, remark %q), %v; want %s %q",
				c.in, l.Kind, l, l.Other, l.Remark, err, c.kind, c.want)
		}
	}
}

func TestParseLimitRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, code string }{
		{"", "limit_empty"},
		{strings.Repeat("≤", 401), "limit_too_long"},
		{"—", "limit_unreadable"},
		{"按标签", "limit_unreadable"},
		{"标示值的80%~120%", "limit_unreadable"},
		{"≥80%标示值", "unit_unknown"},
		{"≤5mg/kg或≤10mg/kg", "unit_unknown"},
		{"≤5mg/kg\n≤0.1mg/kg", "limit_unreadable"},
		{"≤5mg/kg；≤0.1mg/kg", "limit_unreadable"},
		{"≥1,500倍", "limit_unreadable"},
		{"≤1,000CFU/g", "limit_unreadable"},
		{"≤1,500CFU/g", "limit_unreadable"},
		{"5,10mg/kg", "limit_unreadable"},
		{"≤1.5.2mg/kg", "limit_unreadable"},
		{"85~45kPa", "limit_range"},
		{"≥8.5且≤6.5", "limit_range"},
		{"13%~15%vol", "limit_unreadable"},
		{"≥6.5mg/kg且≤8.5mg/L", "limit_unreadable"},
		{"12.0±0%vol", "limit_range"},
		{"12.0±-1%vol", "limit_range"},
		{"n=5,c=2,m=10；霉菌,M=100CFU/g", "limit_unreadable"},
		{"500g±3%", "limit_unreadable"},
		{"≤1×10-5", "limit_unreadable"},
		{"n=5,c=5,m=10CFU/g", "plan_invalid"},
		{"n=0,c=0,m=10CFU/g", "plan_invalid"},
		{"n=5,c=2,m=100,M=10CFU/g", "plan_invalid"},
		{"n=5,c=2,m=10CFU/g,M=100CFU/mL", "limit_unreadable"},
		{"n=5,c=2", "limit_unreadable"},
		{"n=5,c=2,m=10,M=100CFU/g；n=5,c=1,m=1", "limit_unreadable"},
		{"不合格", "limit_unreadable"},
	} {
		l, err := ParseLimit(c.in)
		if got := reasonOf(err).Code; err == nil || got != c.code {
			t.Errorf("ParseLimit(%q) = %s %q, code %q; want code %q", c.in, l.Kind, l, got, c.code)
		}
	}
}

func TestParseLimitCarries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want, other, remark string
		basis                   []Basis
	}{
		{in: "≤0.2mg/kg\n三唑磷", want: "≤0.2 mg/kg", remark: "三唑磷"},
		{in: "n=5,c=2,m=10,M=10²CFU/g；霉菌", want: "n=5,c=2,m=10,M=100 CFU/g", remark: "霉菌"},
		{in: "不得使用\n日落黄", want: "不得使用", remark: "日落黄"},
		{in: "≤5mg/kg（特级）", want: "≤5 mg/kg", remark: "特级"},
		{in: "≤0.5mg/kg（以固形物计）", want: "≤0.5 mg/kg", remark: "以固形物计"},
		{in: "≤0.5mg/kg（以苯甲酸计）", want: "≤0.5 mg/kg"},
		{in: "≤1.0mg/kg（干重计）", want: "≤1.0 mg/kg", basis: []Basis{DryWeight}},
		{in: "≤1×103CFU/g", want: "≤103 CFU/g", other: "≤1000 CFU/g"},
		{in: "≤105CFU/g", want: "≤105 CFU/g", other: "≤100000 CFU/g"},
		{in: "n=5,c=2,m=104,M=105CFU/g", want: "n=5,c=2,m=104,M=105 CFU/g", other: "n=5,c=2,m=10000,M=100000 CFU/g"},
	} {
		l, err := ParseLimit(c.in)
		other := ""
		if l.Other != nil {
			other = l.Other.String()
		}
		if err != nil || l.String() != c.want || other != c.other || l.Remark != c.remark || !slices.Equal(l.Basis, c.basis) {
			t.Errorf("ParseLimit(%q) = %q, other %q, remark %q, basis %v, %v; want %q, %q, %q, %v",
				c.in, l, other, l.Remark, l.Basis, err, c.want, c.other, c.remark, c.basis)
		}
	}
}
