package paper

import (
	"testing"
	"time"

	"hengjian/certificates/fonts"
	"hengjian/internal/calendar"
)

const testURL = "https://hj.example.gov.cn/v/k7m2q9x4w3t8r5n6cd"

// faces returns the document fonts; without them there is nothing to draw with.
func faces(tb testing.TB) *fonts.Set {
	tb.Helper()
	set, err := fonts.Load()
	if err != nil {
		tb.Skip("the document fonts are not there: make build, or scripts/fonts.sh, copies them")
	}
	return set
}

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func dayPtr(s string) *calendar.Date {
	d := day(s)
	return &d
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

var testBody = Body{
	Division: "370113", Name: "济南市长清区食品药品检验检测中心", Address: "山东省济南市长清区经十西路 1 号", Postcode: "250300",
	Phone: "0531-00000000", Email: "lab@example.gov.cn", CMANumber: "231500000001", Authorization: "（鲁）法计（2024）00000号",
}

func reportSignatures() ReportSignatures {
	return ReportSignatures{
		Inspector: Signature{"p1", "周立群", at("2026-03-17T02:11:09Z")},
		Reviewer:  Signature{"p2", "欧阳静怡", at("2026-03-17T06:40:00Z")},
		Approver:  Signature{"p3", "郑国栋", at("2026-03-18T01:05:30Z")},
	}
}

// foodReport is a report with a failed item, one outside the CMA scope and one that is not judged.
func foodReport() ReportContent {
	return ReportContent{
		Kind: InspectionReport, Number: "BG-370113-2026-000123", Version: 1, Category: Food, Origin: Sampled,
		TaskKind: "监督抽检", Client: Party{Name: "济南市长清区市场监督管理局"}, Body: testBody,
		Sample: Sample{
			Number: "SP-370113-2026-000123", Name: "芹菜（鲜）", Spec: "散装称重", Grade: "", Trademark: "",
			DateLabel: "购进日期", ProducedOn: dayPtr("2026-03-09"), Quantity: "3.0 kg（检样 2.0 kg，备样 1.0 kg）",
			State:       "新鲜、无腐烂，样品完好",
			SampledUnit: Party{"济南市长清区平安街道李记果蔬经营部", "山东省济南市长清区平安街道平安店村 22 号", "0531-00000001"},
			Food:        &FoodDetails{Class: "食用农产品/蔬菜/茎类蔬菜/芹菜"},
		},
		Sampling: &Sampling{
			FormNumber: "XBJ26370113630230158", Date: day("2026-03-10"), Place: "农贸市场", Link: "流通环节",
			People: []string{"王建国", "陈晓敏"}, Base: "25 kg", Method: "GB/T 8855-2008",
			Seals: []string{"FT-2026-00311", "FT-2026-00312"},
		},
		Reception: Reception{Date: day("2026-03-10"), Condition: "封条完好，符合检验要求"},
		TestBasis: []string{"GB 5009.12-2023", "GB 5009.15-2023", "GB 23200.121-2021"},
		JudgingBasis: []string{
			"GB 2762-2025《食品安全国家标准 食品中污染物限量》",
			"GB 2763-2021《食品安全国家标准 食品中农药最大残留限量》",
		},
		DecisionRule: "按 GB/T 8170-2008 全数值比较法判定，不计测量不确定度。",
		Items: []Item{
			{Name: "铅（以Pb计）", Unit: "mg/kg", Limit: "≤0.1", Result: "0.031", Verdict: Pass, Method: "GB 5009.12-2023 第二法",
				LOD: "0.02 mg/kg", Uncertainty: "0.006（k=2）", Instrument: "电感耦合等离子体质谱仪 HJ-YQ-0007", CMA: true},
			{Name: "镉（以Cd计）", Unit: "mg/kg", Limit: "≤0.1", Result: "未检出", Verdict: Pass, Method: "GB 5009.15-2023 第二法",
				LOD: "0.002 mg/kg", Instrument: "电感耦合等离子体质谱仪 HJ-YQ-0007", CMA: true},
			{Name: "毒死蜱", Unit: "mg/kg", Limit: "≤0.05", Basis: "GB 2763-2021《食品安全国家标准 食品中农药最大残留限量》", Result: "0.127", Verdict: Fail, Method: "GB 23200.121-2021",
				LOD: "0.01 mg/kg", Instrument: "液相色谱-质谱联用仪 HJ-YQ-0012", CMA: true},
			{Name: "噻虫胺", Unit: "mg/kg", Limit: "≤0.04", Basis: "GB 2763-2021", Result: "0.008", Verdict: Pass, Method: "GB 23200.121-2021",
				LOD: "0.005 mg/kg", Instrument: "液相色谱-质谱联用仪 HJ-YQ-0012", External: "山东省食品药品检验研究院"},
			{Name: "水分", Unit: "g/100g", Result: "94.1", Verdict: NotJudged, Method: "GB 5009.3-2016 第一法",
				Instrument: "电热恒温干燥箱 HJ-YQ-0031", CMA: true, Note: "该项目无限量要求，仅报告测定值。"},
		},
		Remedy:     "对检验结论有异议的，可自收到检验结论之日起7个工作日内依法提出复检申请。",
		TestedFrom: day("2026-03-11"), TestedTo: day("2026-03-16"), IssuedOn: day("2026-03-18"),
		Signatures: reportSignatures(),
	}
}

// passing is a report of the category on one passing item.
func passing(category Category, sample Sample, basis, judging string, item Item) ReportContent {
	c := foodReport()
	sample.Number, sample.SampledUnit = c.Sample.Number, c.Sample.SampledUnit
	c.Category, c.Sample, c.TestBasis, c.JudgingBasis = category, sample, []string{basis}, []string{judging}
	item.CMA, item.Verdict, item.Method = true, Pass, basis
	c.Items = []Item{item}
	return c
}

func drugReport() ReportContent {
	return passing(Drug, Sample{
		Name: "布洛芬缓释胶囊", Spec: "0.3g", Batch: "2511082", ProducedOn: dayPtr("2025-11-08"), Quantity: "6 盒", State: "完好",
		Producer: &Party{Name: "某某制药股份有限公司"},
		Drug:     &DrugDetails{Approval: "国药准字H00000000", DosageForm: "胶囊剂", Expires: "2027-10", PackSpec: "24 粒/盒"},
	}, "《中国药典》2025年版二部", "《中国药典》2025年版二部",
		Item{Name: "含量测定", Unit: "%", Limit: "93.0～107.0", Result: "99.6", Instrument: "高效液相色谱仪 HJ-YQ-0003"})
}

func deviceReport() ReportContent {
	return passing(Device, Sample{
		Name: "医用外科口罩", Spec: "17.5cm×9.5cm", Batch: "20260105", ProducedOn: dayPtr("2026-01-05"), Quantity: "80 只", State: "包装完好",
		Device: &DeviceDetails{Registration: "鲁械注准00000000000", Registrant: "某某医疗用品有限公司", Expires: "2 年"},
	}, "YY 0469-2023", "YY 0469-2023",
		Item{Name: "细菌过滤效率（BFE）", Unit: "%", Limit: "≥95", Result: "98.7", Instrument: "细菌过滤效率检测仪 HJ-YQ-0044"})
}

func fuelReport() ReportContent {
	return passing(Fuel, Sample{
		Name: "车用汽油（ⅥB）", Grade: "92号", Quantity: "4 L（检样 2 L，备样 2 L）", State: "清澈透明，无悬浮物",
		Fuel: &FuelDetails{Tank: "2#", Nozzle: "5", Supplier: "某石化分公司济南油库", Temperature: "12.5℃"},
	}, "GB/T 5487-2015", "GB 17930-2016",
		Item{Name: "研究法辛烷值（RON）", Limit: "≥92", Result: "92.8", Instrument: "辛烷值试验机 HJ-YQ-0051"})
}

func coalReport() ReportContent {
	return passing(Coal, Sample{
		Name: "商品煤", Quantity: "10 kg", State: "密封完好", Grade: "烟煤",
		Coal: &CoalDetails{Type: "动力煤", TopSize: "50 mm", Unit: "1000 t", Moisture: "按 GB/T 474-2008 制样"},
	}, "GB/T 214-2007", "GB 34169-2017",
		Item{Name: "全硫 St,d（干基）", Unit: "%", Limit: "≤1.0", Result: "0.63", Instrument: "定硫仪 HJ-YQ-0062"})
}

func verificationSignatures() VerificationSignatures {
	return VerificationSignatures{
		Verifier: Signature{"p4", "孙海涛", at("2026-04-02T03:20:00Z")},
		Checker:  Signature{"p5", "梁文静", at("2026-04-02T08:00:00Z")},
		Approver: Signature{"p6", "高明远", at("2026-04-03T00:45:12Z")},
	}
}

// scaleCertificate is the certificate of a scale that passed by JJG 539.
func scaleCertificate() VerificationContent {
	return VerificationContent{
		Kind: VerificationCertificate, Number: "JDZ-370113-2026-000045", Version: 1, RecordNumber: "JL-370113-2026-000045",
		Body:      testBody,
		Applicant: Party{Name: "济南市长清区崮云湖街道惠民生鲜超市", Address: "山东省济南市长清区崮云湖街道大学路 88 号"},
		Instrument: Instrument{"电子计价秤", "ACS-15", "A20250613077", "某某衡器有限公司", "Ⅲ级", "100 g～15 kg", "JL-01-0332", "生鲜区",
			[]string{"最大秤量Max=15 kg", "最小秤量Min=100 g", "检定分度值e=5 g"}},
		Mode: "后续检定", Procedures: []Procedure{{"JJG 539-2016", "数字指示秤"}}, GradedAs: "Ⅲ级",
		Standards: []Standard{
			{"标准砝码组", "1 g～500 g", "M1级", "LXJZ20250871", day("2026-08-15"), ""},
			{"标准砝码", "1 kg～10 kg", "M1级", "LXJZ20250872", day("2026-08-15"), ""},
		},
		Facilities: []Standard{{"砝码标准装置", "1 g～20 kg", "M1级", "〔2023〕鲁量标济长证字第012号", day("2028-05-30"), ""}},
		VerifiedOn: day("2026-04-02"), ValidUntil: dayPtr("2027-04-01"), IssuedOn: day("2026-04-03"),
		Place: "申请单位现场（生鲜区）", Temperature: "21.5℃", Humidity: "46%RH",
		Results: []ResultTable{
			{Item: "外观检查", Clause: "6.1", Verdict: Pass},
			{Item: "置零与除皮准确度", Clause: "7.4.2", Verdict: Pass, Note: "误差 0.0 g"},
			{Item: "称量", Clause: "7.4.3", Verdict: Pass, Columns: []string{"载荷 L/g", "示值 I/g", "附加载荷 ΔL/g", "误差 E/g", "修正误差 Ec/g", "最大允许误差/g"},
				Rows: [][]string{
					{"0", "0", "2.5", "0.0", "0.0", "±2.5"}, {"100", "100", "2.5", "0.0", "0.0", "±2.5"},
					{"2500", "2500", "2.0", "0.5", "0.5", "±2.5"}, {"10000", "10000", "1.5", "1.0", "1.0", "±5.0"},
					{"15000", "15000", "1.0", "1.5", "1.5", "±7.5"},
				}},
			{Item: "偏载", Clause: "7.4.4", Verdict: Pass, Columns: []string{"位置", "载荷/g", "示值/g", "误差/g", "最大允许误差/g"},
				Rows: [][]string{
					{"1", "5000", "5000", "0.5", "±5.0"}, {"2", "5000", "5000", "0.0", "±5.0"},
					{"3", "5000", "5000", "0.5", "±5.0"}, {"4", "5000", "5000", "1.0", "±5.0"},
				}},
			{Item: "重复性", Clause: "7.4.6", Verdict: Pass, Columns: []string{"载荷/g", "示值 1/g", "示值 2/g", "示值 3/g", "最大差值/g", "允许值/g"},
				Rows: [][]string{{"12000", "12000", "12000", "12000", "0.0", "7.5"}}},
			{Item: "鉴别阈", Clause: "7.4.5", Verdict: Pass, Note: "加 1.4d 载荷，示值改变"},
		},
		Fee: "依法免征检定费", Signatures: verificationSignatures(),
	}
}

// gaugeNotice is the notice for a pressure gauge that failed by JJG 52.
func gaugeNotice() VerificationContent {
	c := scaleCertificate()
	c.Kind, c.Number, c.ValidUntil, c.GradedAs, c.Fee = VerificationNotice, "JDT-370113-2026-000007", nil, "", "依法免征检定费"
	c.Instrument = Instrument{Name: "弹性元件式一般压力表", Model: "Y-100", Serial: "66120783", Maker: "某某仪表厂", Class: "1.6级", Range: "(0～1.6) MPa"}
	c.Procedures = []Procedure{{"JJG 52-2013", "弹性元件式一般压力表、压力真空表和真空表"}}
	c.Standards = []Standard{{"数字压力计", "(0～10) MPa", "0.05级", "YL20250113", day("2026-09-01"), ""}}
	c.Facilities = nil
	c.Results = []ResultTable{
		{Item: "外观", Clause: "5.2", Verdict: Pass},
		{Item: "零位", Clause: "5.3", Verdict: Pass},
		{Item: "示值误差、回程误差和轻敲位移", Clause: "5.4～5.6", Verdict: Fail,
			Columns: []string{"标准值/MPa", "升压示值/MPa", "降压示值/MPa", "示值误差/MPa", "回程误差/MPa", "轻敲位移/MPa"},
			Rows: [][]string{
				{"0.0", "0.000", "0.005", "0.005", "0.005", "0.002"}, {"0.4", "0.405", "0.410", "0.010", "0.005", "0.004"},
				{"0.8", "0.815", "0.825", "0.025", "0.010", "0.005"}, {"1.2", "1.230", "1.240", "0.040", "0.010", "0.005"},
				{"1.6", "1.640", "1.640", "0.040", "0.000", "0.005"},
			}, Note: "0.8 MPa 以上示值误差超出±0.0256 MPa"},
	}
	return c
}

// samples are one content of each template.
func samples() map[string]Content {
	out := map[string]Content{
		"food": foodReport(), "drug": drugReport(), "device": deviceReport(), "fuel": fuelReport(), "coal": coalReport(),
		"certificate": scaleCertificate(), "notice": gaugeNotice(), "calibration": meterCalibration(), "accredited": accreditedReport(),
		"sampling_form": foodForm(), "custody": custodySheet(),
	}
	for _, k := range followUps {
		out[string(k)] = followUp(k)
	}
	return out
}

// options are with which a content of the kind is drawn: only what is issued has a public address.
func options(c Content) Options {
	if c.DocumentKind().Issued() {
		return Options{URL: testURL}
	}
	return Options{}
}
