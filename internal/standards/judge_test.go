package standards

import (
	"testing"

	"hengjian/internal/measure"
)

// judgement is one row of the tables: what is judged and what must come of it.
type judgement struct {
	result, limit string
	want          Outcome
	code          string
	lod, loq      string
	item, unit    string
	declared      string
	basis         []Basis
}

func check(t *testing.T, rows []judgement) {
	t.Helper()
	for _, c := range rows {
		v := JudgeText(Input{Item: c.item, Result: c.result, Unit: c.unit, LOD: c.lod, LOQ: c.loq, Basis: c.basis,
			Declared: c.declared}, c.limit)
		if v.Outcome != c.want || v.Reason.Code != c.code {
			t.Errorf("%+v\n got %s %s: %s\nwant %s %s", c, v.Outcome, v.Reason.Code, v.Reason, c.want, c.code)
		}
		if v.Reason.ZH == "" || v.Reason.EN == "" {
			t.Errorf("%+v: the reason is not in both languages: %+v", c, v.Reason)
		}
	}
}

func TestJudgeMaximum(t *testing.T) {
	t.Parallel()
	check(t, []judgement{
		{result: "6.71mg/kg", limit: "≤5mg/kg", want: Fail, code: "outside"},
		{result: "5mg/kg", limit: "≤5mg/kg", want: Pass, code: "within"},
		{result: "5.00mg/kg", limit: "≤5mg/kg", want: Pass, code: "within"},
		{result: "5.0000001mg/kg", limit: "≤5mg/kg", want: Fail, code: "outside"}, // full value: not rounded to the limit's places
		{result: "16%", limit: "<16%", want: Fail, code: "outside"},
		{result: "15.99%", limit: "<16%", want: Pass, code: "within"},
		{result: "360CFU/g", limit: "150CFU/g", want: Fail, code: "outside"},
		{result: "1.08", limit: "≤1", want: Fail, code: "outside"},
		{result: "-12℃", limit: "≤-10℃", want: Pass, code: "within"},
		{result: "12.3±0.4mg/kg", limit: "≤12.3mg/kg", want: Pass, code: "within"},

		{result: "<5mg/kg", limit: "≤5mg/kg", want: Pass, code: "within"},
		{result: "<6mg/kg", limit: "≤5mg/kg", want: Undetermined, code: "not_decided"},
		{result: "<5mg/kg", limit: "<5mg/kg", want: Pass, code: "within"},
		{result: "≤5mg/kg", limit: "<5mg/kg", want: Undetermined, code: "not_decided"},
		{result: ">5mg/kg", limit: "≤5mg/kg", want: Fail, code: "outside"},
		{result: "≥5mg/kg", limit: "≤5mg/kg", want: Undetermined, code: "not_decided"},
		{result: ">4mg/kg", limit: "≤5mg/kg", want: Undetermined, code: "not_decided"},

		{result: "未检出", limit: "≤5mg/kg", want: Undetermined, code: "lod_missing"},
		{result: "未检出", limit: "≤5mg/kg", lod: "0.01mg/kg", want: Pass, code: "within"},
		{result: "未检出(检出限:10μg/kg)", limit: "≤5mg/kg", want: Pass, code: "within"},
		{result: "未检出", limit: "≤5mg/kg", lod: "6mg/kg", want: Undetermined, code: "not_decided"},
		{result: "未检出", limit: "≤5mg/kg", lod: "0.01", want: Undetermined, code: "unit_missing"},
		{result: "未检出", limit: "≤5mg/kg", lod: "0.01", unit: "mg/kg", want: Pass, code: "within"},
		{result: "未检出(检出限:0.01mg/kg)", limit: "≤5mg/kg", lod: "0.02mg/kg", want: Undetermined, code: "detection_limit"},
		{result: "未检出", limit: "≤5mg/kg", lod: "约0.01mg/kg", want: Undetermined, code: "detection_limit"},
		{result: "未检出", limit: "≤5mg/kg", lod: "0mg/kg", want: Undetermined, code: "detection_limit"},
		{result: "未检出", limit: "≤5000000CFU/g", lod: "1.3×104CFU/g", want: Undetermined, code: "detection_limit"},
		{result: "未检出", limit: "≤5mg/kg", lod: "0.01mg/kg,", want: Undetermined, code: "detection_limit"},
		{result: "未检出", limit: "≤5mg/kg", lod: "-", want: Undetermined, code: "lod_missing"},
		{result: "<LOQ", limit: "≤5mg/kg", want: Undetermined, code: "loq_missing"},
		{result: "<LOQ", limit: "≤5mg/kg", loq: "0.03mg/kg", want: Pass, code: "within"},
		{result: "检出", limit: "≤5mg/kg", want: Undetermined, code: "not_a_number"},
		{result: "合格", limit: "≤5mg/kg", want: Undetermined, code: "not_a_number"},

		{result: "6;7mg/kg", limit: "≤5mg/kg", want: Fail, code: "outside"},
		{result: "1;2mg/kg", limit: "≤5mg/kg", want: Undetermined, code: "several_values"},
		{result: "4;6mg/kg", limit: "≤5mg/kg", want: Undetermined, code: "several_values"},
		{result: "0.5mg/kg", limit: "≤5mg/kg\n三唑磷", want: Undetermined, code: "limit_remark"},
		{result: "6mg/kg", limit: "≤5mg/kg\n三唑磷", want: Fail, code: "outside"},
		{result: "", limit: "≤5mg/kg", want: Undetermined, code: "result_empty"},
		{result: "5mg/kg", limit: "", want: Undetermined, code: "limit_empty"},
	})
}

func TestJudgeMinimumAndRange(t *testing.T) {
	t.Parallel()
	check(t, []judgement{
		{result: "1.31倍", limit: "≥1.5 倍", want: Fail, code: "outside"},
		{result: "1.50倍", limit: "≥1.5倍", want: Pass, code: "within"},
		{result: "60℃", limit: ">60℃", want: Fail, code: "outside"},
		{result: "<10CFU/g", limit: "≥10⁶CFU/g", want: Fail, code: "outside"},
		{result: "<60℃", limit: "≥60℃", want: Fail, code: "outside"},
		{result: "≤60℃", limit: "≥60℃", want: Undetermined, code: "not_decided"},
		{result: "≥60℃", limit: ">60℃", want: Undetermined, code: "not_decided"},
		{result: "≥60℃", limit: "≥60℃", want: Pass, code: "within"},
		{result: "未检出", limit: "≥0.5%", lod: "0.01%", want: Fail, code: "outside"},
		{result: "未检出", limit: "≥0.5%", want: Undetermined, code: "lod_missing"},
		{result: "1;2倍", limit: "≥3倍", want: Undetermined, code: "several_values"},
		{result: "45.0kPa", limit: "45~85kPa", want: Pass, code: "within"},
		{result: "85.1kPa", limit: "45~85kPa", want: Fail, code: "outside"},
		{result: "44.9kPa", limit: "45~85kPa", want: Fail, code: "outside"},
		{result: "<45kPa", limit: "45~85kPa", want: Fail, code: "outside"},
		{result: "<50kPa", limit: "45~85kPa", want: Undetermined, code: "not_decided"},
		{result: ">85kPa", limit: "45~85kPa", want: Fail, code: "outside"},
		{result: "33.6%vol", limit: "≤18.0±1.0%vol", want: Fail, code: "outside"},
		{result: "13.0%vol", limit: "12.0±1.0%vol", want: Pass, code: "within"},
		{result: "6.4", limit: "6.5≤pH≤8.5", want: Fail, code: "outside"},
		{result: "53.1%vol", limit: "标示值±1.0%vol", declared: "52%vol", want: Fail, code: "outside"},
		{result: "53.0%vol", limit: "标示值±1.0%vol", declared: "52%vol", want: Pass, code: "within"},
		{result: "53.0%vol", limit: "标示值±1.0%vol", declared: "52", want: Undetermined, code: "unit_missing"},
		{result: "53.0%vol", limit: "标示值±1.0%vol", declared: "五十二度", want: Undetermined, code: "declared_unreadable"},
		{result: "53.0%vol", limit: "标示值±1.0%vol", declared: "1.3×101%vol", want: Undetermined, code: "declared_unreadable"},
		{result: "53.0%vol", limit: "标示值±1.0%vol", declared: "52%vol,", want: Undetermined, code: "declared_unreadable"},
		{result: "53.0%vol", limit: "标示值±1.0%vol", want: Undetermined, code: "declared_missing"},
	})
}

func TestJudgeAbsence(t *testing.T) {
	t.Parallel()
	check(t, []judgement{
		{result: "未检出", limit: "不得检出", want: Pass, code: "not_detected"},
		{result: "阴性", limit: "阴性", want: Pass, code: "not_detected"},
		{result: "未检出/25g", limit: "不得检出/25g", want: Pass, code: "not_detected"},
		{result: "未检出", limit: "不得检出/25g", want: Pass, code: "not_detected"},
		{result: "未检出/10g", limit: "不得检出/25g", want: Undetermined, code: "portion"},
		{result: "检出/50cm²", limit: "不得检出", want: Fail, code: "detected"},
		{result: "检出/10g", limit: "不得检出/25g", want: Undetermined, code: "portion"},
		{result: "阳性", limit: "阴性", want: Fail, code: "detected"},
		{result: "检出，未检出，未检出/25g", limit: "不得检出/25g", want: Fail, code: "detected"},
		{result: "未检出，检出，未检出/25g", limit: "不得检出/25g", want: Fail, code: "detected"},
		{result: "未检出;0.5mg/kg", limit: "不得检出", want: Undetermined, code: "number_without_lod"},
		{result: "未检出，未检出/25g", limit: "不得检出/25g", want: Pass, code: "not_detected"},
		{result: "0.030mg/100cm²", limit: "不得检出", want: Undetermined, code: "number_without_lod"},
		{result: "0.030mg/100cm²", limit: "不得检出", lod: "0.02mg/100cm²", want: Fail, code: "detected"},
		{result: "0.030mg/100cm²", limit: "不得检出", lod: "0.030", want: Fail, code: "detected"},
		{result: "0.030mg/100cm²", limit: "不得检出", lod: "0.031", want: Pass, code: "not_detected"},
		{result: "1.62μg/kg", limit: "不得检出", lod: "0.001mg/kg", want: Fail, code: "detected"},
		{result: "1.62μg/kg", limit: "不得检出", lod: "0.001mg/L", want: Undetermined, code: "unit_mismatch"},
		{result: "<0.5μg/kg", limit: "不得检出", lod: "0.5μg/kg", want: Pass, code: "not_detected"},
		{result: "<0.6μg/kg", limit: "不得检出", lod: "0.5μg/kg", want: Undetermined, code: "not_decided"},
		{result: "<0.5μg/kg", limit: "不得检出", want: Undetermined, code: "number_without_lod"},
		{result: ">0.5μg/kg", limit: "不得检出", lod: "0.5μg/kg", want: Fail, code: "detected"},
		{result: "0.0154g/kg", limit: "不得使用", want: Undetermined, code: "number_without_lod"},
		{result: "0.0154g/kg", limit: "不得使用", loq: "0.0005g/kg", want: Fail, code: "detected"},
		{result: "0.0004g/kg", limit: "不得使用", loq: "0.0005g/kg", want: Undetermined, code: "not_decided"},
		{result: "0.0004g/kg", limit: "不得使用", lod: "0.0002g/kg", loq: "0.0005g/kg", want: Fail, code: "detected"},
		{result: "<LOQ", limit: "不得使用", loq: "0.0005g/kg", want: Undetermined, code: "below_loq"},
		{result: "<LOD", limit: "不得使用", want: Pass, code: "not_detected"},
		{result: "检出", limit: "不得使用", want: Fail, code: "detected"},
		{result: "0CFU/100mL", limit: "不得检出", want: Pass, code: "not_detected"},
		{result: "0.00mg/kg", limit: "不得检出", want: Undetermined, code: "number_without_lod"},
		{result: "3CFU/g", limit: "不得检出/25g", want: Undetermined, code: "portion"},
		{result: "通过", limit: "不得检出", want: Undetermined, code: "not_a_finding"},
		{result: "无", limit: "不得检出", want: Undetermined, code: "not_a_finding"},
	})
}

func TestJudgePlans(t *testing.T) {
	t.Parallel()
	const three = "n=5,c=2,m=10,M=100CFU/g"
	check(t, []judgement{
		{result: "＜10，15，10，＜10，390CFU/g", limit: three, want: Fail, code: "above_big_m"},
		{result: "11;12;13;5;5CFU/g", limit: three, want: Fail, code: "too_many_above_m"},
		{result: "11;100;10;5;5CFU/g", limit: three, want: Pass, code: "plan_kept"},
		{result: "<10;<10;<10;<10;<10CFU/g", limit: three, want: Pass, code: "plan_kept"},
		{result: "<20;<20;5;5;5CFU/g", limit: three, want: Pass, code: "plan_kept"}, // at most two above m, whatever they are
		{result: "<20;<20;<20;5;5CFU/g", limit: three, want: Undetermined, code: "not_decided"},
		{result: "<200;5;5;5;5CFU/g", limit: three, want: Undetermined, code: "not_decided"},
		{result: "<200;11;12;13;5CFU/g", limit: three, want: Fail, code: "too_many_above_m"},
		{result: "未检出;未检出;5;5;5CFU/g", limit: three, want: Undetermined, code: "not_decided"},
		{result: "未检出;未检出;5;5;5CFU/g", limit: three, lod: "1CFU/g", want: Pass, code: "plan_kept"},
		{result: "检出;5;5;5;5CFU/g", limit: three, want: Undetermined, code: "not_decided"},
		{result: "390CFU/g", limit: three, want: Undetermined, code: "plan_count"},
		{result: "5;5;5;5CFU/g", limit: three, want: Undetermined, code: "plan_count"},
		{result: "5;5;5;5;5;5CFU/g", limit: three, want: Undetermined, code: "plan_count"},
		{result: "5;5;5;5;5CFU/mL", limit: three, want: Undetermined, code: "unit_mismatch"},
		{result: "5;5;5;5;5", limit: three, want: Undetermined, code: "unit_missing"},
		{result: "5;5;5;通过;5CFU/g", limit: three, want: Undetermined, code: "not_a_number"},
		{result: "90,110,170,110,70CFU/g", limit: "n=5,c=2,m=50,M=10²CFU/g", want: Fail, code: "above_big_m"},
		{result: "110,120,130,140,150CFU/g", limit: "n=5,c=2,m=200,M=1000CFU/g", want: Pass, code: "plan_kept"},
		{result: "305;0;0;312;0CFU/250mL", limit: "≤n=5,c=0,m=0CFU/250mL", want: Fail, code: "too_many_above_m"},
		{result: "0;0;0;0;0CFU/250mL", limit: "n=5,c=0,m=0CFU/250mL", want: Pass, code: "plan_kept"},
		{result: "<1;0;0;0;0CFU/250mL", limit: "n=5,c=0,m=0CFU/250mL", want: Undetermined, code: "not_decided"},
		{result: "未检出；未检出；20；未检出；未检出CFU/250mL", limit: "n=5,c=0,m=0CFU/250mL", want: Fail, code: "too_many_above_m"},
		{result: "检出，检出，检出，检出，检出/25g", limit: "n=5,c=0,m=0/25g", want: Fail, code: "too_many_above_m"},
		{result: "未检出，未检出，未检出，未检出，未检出/25g", limit: "n=5,c=0,m=0/25g", want: Pass, code: "plan_kept"},
		{result: "未检出，未检出，未检出，未检出，未检出/25mL", limit: "n=5,c=0,m=0/25g(mL)", want: Pass, code: "plan_kept"},
		{result: "未检出，未检出，未检出，未检出，未检出/10g", limit: "n=5,c=0,m=0/25g", want: Undetermined, code: "portion"},
		{result: "未检出，检出，未检出，未检出，未检出/25g", limit: "n=5,c=1,m=0/25g", want: Pass, code: "plan_kept"},
		{result: "5;6;7;8;9MPN/g", limit: "n=5,c=1,m=100,M=1000MPN/g", want: Pass, code: "plan_kept"},
	})
}

func TestJudgeWords(t *testing.T) {
	t.Parallel()
	check(t, []judgement{
		{result: "通过", limit: "通过", want: Pass, code: "word_fulfilled"},
		{result: "不通过", limit: "通过", want: Fail, code: "word_contradicted"},
		{result: "合格", limit: "合格", want: Pass, code: "word_fulfilled"},
		{result: "不合格", limit: "合格", want: Fail, code: "word_contradicted"},
		{result: "无", limit: "无", want: Pass, code: "word_fulfilled"},
		{result: "有", limit: "无", want: Fail, code: "word_contradicted"},
		{result: "无", limit: "痕迹", want: Pass, code: "word_fulfilled"},
		{result: "痕迹", limit: "无", want: Undetermined, code: "word_open"},
		{result: "0.03%", limit: "痕迹", want: Undetermined, code: "word_open"},
		{result: "合格", limit: "通过", want: Undetermined, code: "word_open"},
		{result: "未检出", limit: "通过", want: Undetermined, code: "word_open"},
		{result: "基本通过", limit: "通过", want: Undetermined, code: "result_unreadable"},
	})
}

func TestJudgeUnits(t *testing.T) {
	t.Parallel()
	check(t, []judgement{
		{result: "0.0926g/kg", limit: "≤50mg/kg", want: Fail, code: "outside"},
		{result: "0.05g/kg", limit: "≤50mg/kg", want: Pass, code: "within"},
		{result: "50µg/kg", limit: "≤0.05mg/kg", want: Pass, code: "within"},
		{result: "0.4g/100g", limit: "≤0.5%", want: Pass, code: "within"},
		{result: "0.4%vol", limit: "≤0.5%(m/m)", want: Undetermined, code: "unit_mismatch"},
		{result: "0.4mg/L", limit: "≤0.5mg/kg", want: Undetermined, code: "unit_mismatch"},
		{result: "0.4CFU/mL", limit: "≤0.5CFU/100mL", want: Undetermined, code: "unit_mismatch"},
		{result: "0.4", limit: "≤0.5mg/kg", want: Undetermined, code: "unit_missing"},
		{result: "0.4", limit: "≤0.5mg/kg", unit: "mg/kg", want: Pass, code: "within"},
		{result: "0.4mg/kg", limit: "≤0.5", want: Undetermined, code: "unit_missing"},
		{result: "0.4g/kg", limit: "≤0.5mg/kg", unit: "mg/kg", want: Undetermined, code: "unit_mismatch"},
		{result: "0.4", limit: "≤0.5mg/kg", unit: "尺", want: Undetermined, code: "unit_unknown"},
		{result: "0.4尺", limit: "≤0.5尺", want: Undetermined, code: "unit_unknown"},
	})
}

func TestJudgeAmbiguousWriting(t *testing.T) {
	t.Parallel()
	check(t, []judgement{
		{result: "1.3×104CFU/g", limit: "≤1000CFU/g", want: Undetermined, code: "ambiguous"},
		{result: "1.3×104CFU/g", limit: "≤100CFU/g", want: Fail, code: "outside"},
		{result: "1.3×104CFU/g", limit: "≤10⁵CFU/g", want: Pass, code: "within"},
		{result: "105CFU/g", limit: "≤1000CFU/g", want: Undetermined, code: "ambiguous"},
		{result: "105", unit: "CFU/g", limit: "≤1000CFU/g", want: Undetermined, code: "ambiguous"},
		{result: "105", unit: "mg/kg", limit: "≤1000mg/kg", want: Pass, code: "within"},
		{result: "500CFU/g", limit: "≤103CFU/g", want: Undetermined, code: "ambiguous"},
		{result: "50CFU/g", limit: "≤103CFU/g", want: Pass, code: "within"},
		{result: "50000;50000;50000;5;5CFU/g", limit: "n=5,c=2,m=104,M=105CFU/g", want: Fail, code: "above_big_m"},
		{result: "500;5;5;5;5CFU/g", limit: "n=5,c=2,m=104,M=105CFU/g", want: Undetermined, code: "ambiguous"},
		{result: "1,300mg/kg", limit: "≤1000mg/kg", want: Undetermined, code: "ambiguous"},
		{result: "1,300mg/kg", limit: "≤0.5mg/kg", want: Fail, code: "outside"},
		{result: "1,300mg/kg", limit: "≤5000mg/kg", want: Undetermined, code: "ambiguous"},
		{result: "1,200,000CFU/g", limit: "≤10000CFU/g", want: Fail, code: "outside"},
	})
}

func TestJudgeBasis(t *testing.T) {
	t.Parallel()
	const aluminium = "铝的残留量(干样品,以Al计)"
	check(t, []judgement{
		{result: "281mg/kg", limit: "≤100mg/kg", item: aluminium, want: Fail, code: "outside"},
		{result: "81mg/kg", limit: "≤100mg/kg", item: aluminium, want: Pass, code: "within"},
		{result: "0.3mg/kg", limit: "≤1.0mg/kg（干重计）", want: Undetermined, code: "basis_differs"},
		{result: "0.3mg/kg（干重计）", limit: "≤1.0mg/kg（干重计）", want: Pass, code: "within"},
		{result: "0.3mg/kg", limit: "≤1.0mg/kg（干重计）", basis: []Basis{DryWeight}, want: Pass, code: "within"},
		{result: "0.3mg/kg（干重计）", limit: "≤1.0mg/kg", want: Undetermined, code: "basis_differs"},
		{result: "0.3mg/kg", limit: "≤1.0mg/kg（干重计）", basis: []Basis{SolidProduct}, want: Undetermined, code: "basis_differs"},
		{result: "0.5g/L", limit: "≤0.6g/L（以100%酒精度计）", want: Undetermined, code: "basis_differs"},
		{result: "0.031mg/L", limit: "≤0.005mg/L", item: "亚硝酸盐(以NO₂⁻计)", want: Fail, code: "outside"},
	})
}

func catalogueLimit(t *testing.T, q Query) Limit {
	t.Helper()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l, err := c.Find(q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return l
}

func TestJudgeByCatalogue(t *testing.T) {
	t.Parallel()
	lead := catalogueLimit(t, Query{Item: "铅", Product: "菠菜", Date: october})
	rice := catalogueLimit(t, Query{Item: "无机砷", Product: "大米", Date: october})
	fungus := catalogueLimit(t, Query{Item: "铅", Product: "黑木耳", Date: october})
	for _, c := range []struct {
		in   Input
		want Outcome
		code string
	}{
		{Input{Item: "铅(以Pb计)", Result: "0.31mg/kg", Limit: lead}, Fail, "outside"},
		{Input{Item: "Pb", Result: "0.3mg/kg", Limit: lead}, Pass, "within"},
		{Input{Item: "铅(以干重计)", Result: "0.2mg/kg", Limit: lead}, Undetermined, "basis_differs"},
		{Input{Item: "镉", Result: "0.1mg/kg", Limit: lead}, Undetermined, "other_item"},
		{Input{Item: "无机砷", Result: "0.21mg/kg", Limit: rice}, Fail, "outside"},
		{Input{Item: "总砷(以As计)", Result: "0.2mg/kg", Limit: rice}, Pass, "within"},
		{Input{Item: "总砷(以As计)", Result: "0.21mg/kg", Limit: rice}, Undetermined, "screen_exceeded"},
		{Input{Item: "铅", Result: "0.9mg/kg", Limit: fungus}, Undetermined, "basis_differs"},
		{Input{Item: "铅", Result: "0.9mg/kg", Limit: fungus, Basis: []Basis{DryWeight}}, Pass, "within"},
	} {
		v := Judge(c.in)
		if v.Outcome != c.want || v.Reason.Code != c.code {
			t.Errorf("%s %s against %s of %s: got %s %s, want %s %s",
				c.in.Item, c.in.Result, c.in.Limit, c.in.Limit.Item, v.Outcome, v.Reason.Code, c.want, c.code)
		}
		if v.Proof.Limit.Row == nil || v.Proof.Limit.Row.Standard != "GB 2762-2025" || v.Proof.Comparison != fullValue {
			t.Errorf("%s: the proof lacks its limit row or the way of comparison: %+v", c.in.Item, v.Proof)
		}
	}
}

// A limit that lacks what its kind needs must not let everything pass.
func TestJudgeIncompleteLimit(t *testing.T) {
	t.Parallel()
	one := measure.MustDecimal("1")
	for _, l := range []Limit{
		{}, {Kind: Max}, {Kind: Min}, {Kind: Range, Low: &Bound{}}, {Kind: Range, High: &Bound{Value: one}}, {Kind: Plan2, N: 1},
		{Kind: Plan3, N: 1, M: &one}, {Kind: Plan2, M: &one}, {Kind: Text}, {Kind: Tolerance}, {Kind: "other"},
	} {
		if v := Judge(Input{Result: "0", Limit: l, Declared: "0"}); v.Outcome != Undetermined || v.Reason.Code != "limit_missing" {
			t.Errorf("limit %+v: got %s %s, want undetermined limit_missing", l, v.Outcome, v.Reason.Code)
		}
	}
}

// The steps of a proof tell of conversions, of uncertainty left aside, of each unit of a plan and of screening.
func TestJudgeSteps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		result, limit string
		codes         []string
	}{
		{"0.0926g/kg", "≤50mg/kg", []string{"converted"}},
		{"12.3±0.4mg/kg", "≤50mg/kg", []string{"uncertainty"}},
		{"1;2;300CFU/g", "n=3,c=1,m=10,M=100CFU/g", []string{"unit", "unit", "unit"}},
		{"6mg/kg", "≤50mg/kg", nil},
	} {
		v := JudgeText(Input{Result: c.result}, c.limit)
		var codes []string
		for _, s := range v.Proof.Steps {
			codes = append(codes, s.Code)
		}
		if len(codes) != len(c.codes) || len(codes) > 0 && codes[0] != c.codes[0] {
			t.Errorf("%q against %q: steps %v, want %v", c.result, c.limit, codes, c.codes)
		}
	}
	rice := catalogueLimit(t, Query{Item: "无机砷", Product: "大米", Date: october})
	v := Judge(Input{Item: "总砷", Result: "0.1mg/kg", Limit: rice})
	if n := len(v.Proof.Steps); n != 1 || v.Proof.Steps[0].Code != "screened" {
		t.Errorf("screening by the total: steps %+v, want one that says screened", v.Proof.Steps)
	}
}
