package paper

import (
	"time"
)

// accreditedReport is a report under both marks, with an item outside each scope.
func accreditedReport() ReportContent {
	c := foodReport()
	c.Body.CNASNumber = "L00000"
	c.Items[0].CNAS, c.Items[1].CNAS = true, true
	return c
}

// meterCalibration is a calibration certificate of a multimeter that was adjusted.
func meterCalibration() CalibrationContent {
	return CalibrationContent{
		Kind: CalibrationCertificate, Number: "JZ26-370113-00012", Version: 1, RecordNumber: "JL-370113-2026-000812", Body: testBody,
		Client: Party{"济南某热力有限公司", "山东省济南市长清区文昌街道龙泉街 5 号", "0531-00000002"},
		Instrument: Instrument{"数字多用表", "某型 6½ 位", "B20250077", "某某仪器有限公司", "0.0035%", "直流电压 (0～1000) V", "RL-JL-018", "仪表间",
			[]string{"分辨力 1 μV"}},
		Procedures: []Procedure{{"JJF 1587-2016", "数字多用表校准规范"}}, Deviations: "未校准交流电流，系委托方要求。",
		Standards: []Standard{
			{"多功能校准源", "直流电压 (0～1020) V", "U=6×10⁻⁶（k=2）", "LXDC20260211", day("2027-02-10"), "山东省计量科学研究院"},
		},
		ReceivedOn: dayPtr("2026-05-06"), CalibratedOn: day("2026-05-07"), IssuedOn: day("2026-05-08"),
		Place: "电学实验室", Temperature: "20.3℃", Humidity: "52%RH", Conditions: "预热 2 h",
		Results: []CalibrationTable{
			{Item: "直流电压（调整前）", Columns: []string{"标准值/V", "示值/V", "示值误差/V"}, Points: []CalibrationPoint{
				{[]string{"1.00000", "1.00009", "0.00009"}, "0.00002 V", "2"}, {[]string{"10.0000", "10.0008", "0.0008"}, "0.0002 V", "2"},
			}},
			{Item: "直流电压（调整后）", Columns: []string{"标准值/V", "示值/V", "示值误差/V"}, Points: []CalibrationPoint{
				{[]string{"0.10000", "0.10000", "0.00000"}, "0.00001 V", "2"}, {[]string{"1.00000", "1.00001", "0.00001"}, "0.00002 V", "2"},
				{[]string{"10.0000", "10.0001", "0.0001"}, "0.0002 V", "2"}, {[]string{"100.000", "100.002", "0.002"}, "0.003 V", "1.96（p=95 %）"},
			}, Note: "正、负极性各一次，取平均值。"},
		},
		Adjustment: "校准前示值偏高，已按说明书调整，调整前、后数据见校准结果。",
		Interval:   "12个月", IntervalRequest: "2026年5月6日委托书第3项", Remarks: "委托方自行判断是否满足使用要求。",
		Signatures: CalibrationSignatures{
			Calibrator: Signature{"p7", "许文博", at("2026-05-07T07:10:00Z")},
			Checker:    Signature{"p5", "梁文静", at("2026-05-07T08:31:00Z")},
			Approver:   Signature{"p6", "高明远", at("2026-05-08T01:02:03Z")},
		},
	}
}

func printed(k Kind, number string) Printed {
	body := testBody
	body.CMANumber, body.Postcode, body.Email, body.Authorization = "", "", "", ""
	return Printed{Kind: k, Number: number, Body: body, Source: "样品SP-370113-2026-000123的登记记录", PrintedAt: at("2026-03-19T02:03:04Z")}
}

func portion(label, role string, seals ...string) FormPortion {
	return FormPortion{Label: label, Role: role, Quantity: "1.0 kg", Container: "无菌袋", Seals: seals}
}

// foodForm is a sampling form of five copies.
func foodForm() SamplingFormContent {
	return SamplingFormContent{
		Printed: printed(SamplingForm, "XBJ26370113630230158"), FormTitle: "食品安全抽样检验抽样单", Category: Food,
		SampleNumber: "SP-370113-2026-000123",
		Groups: []FormGroup{
			{"基础信息", []FormField{{"任务来源", "区级"}, {"任务类别", "监督抽检"}, {"报送分类A", ""}, {"食品大类", "食用农产品"}}},
			{"被抽样单位", []FormField{
				{"单位名称", "济南市长清区平安街道李记果蔬经营部"}, {"统一社会信用代码", "92370113MA00000000"},
				{"单位地址", "山东省济南市长清区平安街道平安店村 22 号"}, {"联系电话", "0531-00000001"},
			}},
			{"样品信息", []FormField{{"样品名称", "芹菜（鲜）"}, {"规格型号", "散装称重"}, {"包装分类", "散装"}, {"购进日期", "2026年3月9日"}}},
			{"空栏", nil},
		},
		Portions: []FormPortion{
			portion("SP-370113-2026-000123-1", "检验样品", "FT-2026-00311"), portion("SP-370113-2026-000123-2", "复检备份样品", "FT-2026-00312", "FT-2026-00313"),
		},
		Items: []FormItem{{"铅（以Pb计）", "GB 5009.12"}, {"毒死蜱", "GB 23200.121"}}, Samplers: []string{"王建国", "陈晓敏"},
		Signing: UnitSigning{By: "李某某", On: dayPtr("2026-03-10")},
		Copies: []FormCopy{
			{"第一联", "组织抽样的监管部门"}, {"第二联", "核查处置部门或检验机构"}, {"第三联", "标称生产者或进口代理商"},
			{"第四联", "抽样单位"}, {"第五联", "被抽样单位"},
		},
		Notice: []string{"抽样人员不得少于两名，并应出示抽样检验告知书和有效身份证明。", "样品分为检验样品和复检备份样品，分别封样。"},
	}
}

func moment(s string) *time.Time {
	t := at(s)
	return &t
}

// custodySheet is a sheet with a broken seal, a refused handover and two gaps.
func custodySheet() CustodyContent {
	return CustodyContent{
		Printed: printed(CustodySheet, "SP-370113-2026-000123"),
		Sample: CustodySample{
			Name: "芹菜（鲜）", FormNumber: "XBJ26370113630230158", SampledUnit: "济南市长清区平安街道李记果蔬经营部", SampledOn: day("2026-03-10"),
			Samplers: []string{"王建国", "陈晓敏"}, Quantity: "3.0 kg", State: "已收样", ReceivedAt: moment("2026-03-10T08:00:00Z"),
			Refusal: "首次送样封条破损",
		},
		Portions: []CustodyPortion{
			{portion("SP-370113-2026-000123-1", "检验样品", "FT-2026-00311"), []string{"周立群"}, "理化室"},
			{portion("SP-370113-2026-000123-2", "复检备份样品", "FT-2026-00312"), []string{"马留样"}, "冷藏库 A-03"},
		},
		Seals: []CustodySeal{
			{"FT-2026-00311", "SP-370113-2026-000123-1", "王建国", at("2026-03-10T02:00:00Z"), []SealLook{{at("2026-03-10T08:00:00Z"), "马留样", "完好"}},
				"周立群", moment("2026-03-11T00:30:00Z"), "检验取样"},
			{"FT-2026-00312", "SP-370113-2026-000123-2", "王建国", at("2026-03-10T02:00:00Z"), nil, "", nil, ""},
		},
		Handovers: []CustodyHandover{
			{[]string{"SP-370113-2026-000123-1", "SP-370113-2026-000123-2"}, "送样", "王建国", "马留样", "已接收", at("2026-03-10T07:50:00Z"),
				moment("2026-03-10T08:00:00Z"), "冷藏库 A-03", "FT-2026-00311 完好"},
			{[]string{"SP-370113-2026-000123-1"}, "检验", "马留样", "周立群", "待接收", at("2026-03-11T00:10:00Z"), nil, "", ""},
		},
		Gaps: []CustodyGap{
			{"SP-370113-2026-000123-2", moment("2026-03-10T08:00:00Z"), moment("2026-03-10T08:00:00Z"), "马留样接收样品份时未核对封条FT-2026-00312"},
			{"", nil, nil, "送样交接缺少签名"},
		},
	}
}

var followUps = []Kind{RetestApplication, RetestDecision, RetestHandover, ResultNotice, HandlingNotice, SampleDisposal}

// followUp is a paper of the kind on the failing report, with an item that is never retested.
func followUp(k Kind) FollowUpContent {
	p := printed(k, "BG-370113-2026-000123")
	p.Source = "检验报告BG-370113-2026-000123"
	c := FollowUpContent{
		Printed: p, Category: Food,
		Report: FollowedReport{day("2026-03-18"), testBody.Name, "济南市长清区市场监督管理局", "监督抽检",
			"经抽样检验，毒死蜱项目不符合GB 2763-2021要求，检验结论为不合格。"},
		Sample: FollowedSample{
			Number: "SP-370113-2026-000123", Name: "芹菜（鲜）", Spec: "散装称重", Batch: "/", DateLabel: "购进日期", ProducedOn: dayPtr("2026-03-09"),
			FormNumber: "XBJ26370113630230158", SampledOn: dayPtr("2026-03-10"),
			SampledUnit: Party{"济南市长清区平安街道李记果蔬经营部", "山东省济南市长清区平安街道平安店村 22 号", "0531-00000001"},
			Producer:    &Party{Name: "某某农业合作社", Address: "山东省济南市"},
		},
		Items: []FollowedItem{
			{"毒死蜱", "mg/kg", "≤0.05", "0.127", "GB 23200.121-2021", ""},
			{"大肠菌群", "CFU/g", "n=5,c=2,m=10,M=100", "120;80;150;90;70", "GB 4789.3-2016", "微生物指标"},
		},
		Rules: []string{
			"对检验结论有异议的，应当自收到检验结论之日起7个工作日内提出书面复检申请（《中华人民共和国食品安全法》第八十八条），逾期不予受理。",
			"微生物指标不合格的，不予复检。",
		},
	}
	if k == RetestHandover || k == SampleDisposal {
		c.Portions = []FollowedPortion{
			{portion("SP-370113-2026-000123-2", "复检备份样品", "FT-2026-00312", "FT-2026-00313"), "冷藏库 A-03"},
		}
	}
	return c
}
