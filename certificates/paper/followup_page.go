package paper

import (
	"slices"
	"strconv"
	"strings"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
)

// layout implements Content.
func (c FollowUpContent) layout(p *press) {
	p.paperTop()
	switch c.Kind {
	case RetestApplication:
		c.application(p)
	case RetestDecision:
		c.decision(p)
	case RetestHandover:
		c.handover(p)
	case ResultNotice:
		c.resultNotice(p)
	case HandlingNotice:
		c.handlingNotice(p)
	case SampleDisposal:
		c.disposal(p)
	}
}

// closing is the end of the paper, with its rules.
func (c FollowUpContent) closing(least, usual float64, places ...hand) closing {
	return closing{rules: c.Rules, least: least, usual: usual, places: places}
}

// facts are the report and the sample that the paper is about.
func (c FollowUpContent) facts(p *press) {
	s := c.Sample
	label := s.DateLabel
	if label == "" {
		label = "生产日期"
	}
	producer := absent
	if s.Producer != nil {
		producer = p.inline(*s.Producer)
	}
	p.section("检验报告与样品", 24)
	p.packed([]sheet.Field{
		{Label: "检验报告编号", Value: c.Number}, {Label: "签发日期", Value: chinese(c.Report.IssuedOn)},
		{Label: "检验类别", Value: or(c.Report.TaskKind)},
		{Label: "组织抽样部门", Value: c.Report.Bureau}, {Label: "检验机构", Value: c.Report.Laboratory},
		{Label: "抽样单编号", Value: or(s.FormNumber)}, {Label: "抽样日期", Value: chineseOr(s.SampledOn)},
		{Label: "样品编号", Value: s.Number}, {Label: "样品名称", Value: s.Name},
		{Label: "规格型号", Value: or(s.Spec)}, {Label: "商标", Value: or(s.Trademark)},
		{Label: "批号", Value: or(s.Batch)}, {Label: label, Value: chineseOr(s.ProducedOn)},
		{Label: "被抽样单位", Value: p.inline(s.SampledUnit)},
		{Label: "标称生产者", Value: producer},
		{Label: "检验结论", Value: c.Report.Conclusion},
	}...)
}

// inline names a party on one line.
func (p *press) inline(of Party) string { return strings.ReplaceAll(p.joined(of), "\n", "　") }

// failed lists the items that failed, on a page with what is as high as below: with choose, each that may be retested has a box; what never is says why.
func (c FollowUpContent) failed(p *press, choose bool, below float64) {
	if len(c.Items) == 0 {
		return
	}
	widths, titles := []float64{10, 44, 20, 34, 32, 34}, []string{"序号", "检验项目", "计量单位", "标准要求", "检验结果", "检验方法"}
	told := choose || slices.ContainsFunc(c.Items, func(i FollowedItem) bool { return i.Excluded != "" })
	if told {
		widths, titles = []float64{10, 34, 16, 27, 26, 36, 25}, append(titles, "申请"+c.retested())
	}
	rows := make([]sheet.Row, len(c.Items))
	for i, item := range c.Items {
		cells := []string{strconv.Itoa(i + 1), item.Name, or(item.Unit), item.Limit, item.Result, item.Method}
		if told {
			cells = append(cells, c.choice(item, choose))
		}
		rows[i] = p.tableRow(widths, cells...)
	}
	p.titled("不合格项目", sheet.Table{Head: p.tableHead(widths, titles...), Rows: rows, Below: below})
}

// choice is whether an item may be retested, with a box to be ticked where the paper asks.
func (c FollowUpContent) choice(item FollowedItem, choose bool) string {
	switch {
	case item.Excluded != "":
		return "不予" + c.retested() + "：" + item.Excluded
	case choose:
		return "□"
	}
	return "可以申请"
}

func (c FollowUpContent) application(p *press) {
	p.Paragraph(letterStyle, c.Report.Bureau+"：")
	p.section("申请人", 24)
	p.blanks(0, sheet.Field{Label: "申请人名称", Wide: true},
		sheet.Field{Label: "统一社会信用代码", Wide: true}, sheet.Field{Label: "地址", Wide: true},
		sheet.Field{Label: "联系人"}, sheet.Field{Label: "联系电话"},
		sheet.Field{Label: "申请人身份", Value: "□ 被抽样单位　□ 标称生产者　□ 其他：", Wide: true},
		sheet.Field{Label: "收到检验结论日期", Value: dateBlank, Wide: true})
	c.facts(p)
	c.failed(p, true, 0)
	p.Space(1.4)
	end := c.closing(12, 22, hand{"申请人", "签名（盖章）："})
	p.blanks(end.below(p), sheet.Field{Label: "申请理由", Wide: true, Least: 26})
	end.set(p)
}

var letterStyle = sheet.Style{Font: fonts.Song, Size: 10.5, Leading: 1.45}

const dateBlank = "　　　　年　　月　　日"

func (c FollowUpContent) decision(p *press) {
	word := c.retested()
	p.section("申请", 24)
	p.blanks(0, sheet.Field{Label: "申请人", Wide: true},
		sheet.Field{Label: "收到申请日期", Value: dateBlank}, sheet.Field{Label: "收到结论日期", Value: dateBlank})
	c.facts(p)
	c.failed(p, true, 0)
	p.section("决定", 60)
	end := c.closing(20, 26, hand{"受理部门", "（盖章）"}, hand{"申请人签收", "签名："})
	p.blanks(end.below(p),
		sheet.Field{Label: "决定", Value: "□ 受理　　□ 不予受理", Wide: true},
		sheet.Field{Label: "不予受理理由", Wide: true, Value: strings.Join(c.grounds(), "\n")},
		sheet.Field{Label: word + "机构", Value: "□ 随机确定：", Wide: true})
	end.set(p)
}

// grounds are what a retest may be refused on. Those of food stand in its rules; elsewhere they are kept general.
func (c FollowUpContent) grounds() []string {
	if c.Category != Food {
		return []string{"□ 逾期提出申请", "□ 备份样品无法实现" + c.retested() + "目的", "□ 其他："}
	}
	return []string{
		"□ 逾期提出申请", "□ 不合格项目为微生物指标", "□ 备份样品超过保质期", "□ 备份样品因其他原因无法实现复检目的", "□ 其他：",
	}
}

func (c FollowUpContent) handover(p *press) {
	c.facts(p)
	c.failed(p, true, 0)
	widths := []float64{40, 24, 22, 28, 26, 34}
	var rows []sheet.Row
	for _, f := range c.Portions {
		for _, s := range orAbsent(f.Seals) {
			rows = append(rows, p.tableRow(widths, f.Label+"\n"+f.Role, orBoth(f.Quantity, f.Container), or(f.Place), s, "",
				"□完好　□破损\n□缺失　□编号不符"))
		}
	}
	p.table("移交的备份样品", p.tableHead(widths, "样品份编号与用途", "数量与容器", "存放地点", "登记的封条编号", "读取的封条编号", "封条状态"), rows)
	p.Space(1.4)
	end := c.closing(10, 16, hand{"移交人", c.Report.Laboratory + "\n签名："}, hand{"接收人", "签名："})
	p.blanks(end.below(p), sheet.Field{Label: "储存条件"}, sheet.Field{Label: "样品包装情况"},
		sheet.Field{Label: c.retested() + "机构", Wide: true},
		sheet.Field{Label: "移交时间", Value: "　　年　月　日　时　分"}, sheet.Field{Label: "接收时间", Value: "　　年　月　日　时　分"},
		sheet.Field{Label: "接收意见", Value: "□ 接收　□ 拒收，理由：", Wide: true})
	end.set(p)
}

// orAbsent is the texts, or the sign for what is not given.
func orAbsent(texts []string) []string {
	if len(texts) == 0 {
		return []string{absent}
	}
	return texts
}

func (c FollowUpContent) resultNotice(p *press) {
	p.Paragraph(letterStyle, c.Sample.SampledUnit.Name+"：")
	p.Paragraph(letterStyle, "　　"+c.Report.Bureau+"组织的"+or(c.Report.TaskKind)+"中，抽取你单位的样品经检验，检验结论为不合格，现将检验结果通知如下：")
	p.Space(1)
	c.facts(p)
	end := c.closing(20, 30, hand{"通知部门", "（盖章）"})
	c.failed(p, false, end.below(p))
	end.hands(p)
	c.service(p)
}

// service is the receipt of service (送达回证) on a page of its own.
func (c FollowUpContent) service(p *press) {
	p.NewPage()
	p.section("送达回证", 24)
	p.blanks(0,
		sheet.Field{Label: "受送达人", Value: c.Sample.SampledUnit.Name, Wide: true},
		sheet.Field{Label: "送达文书", Value: c.Title() + "、检验报告" + c.Number, Wide: true},
		sheet.Field{Label: "送达地点", Wide: true},
		sheet.Field{Label: "送达方式", Value: "□ 直接送达　□ 留置送达　□ 邮寄送达　□ 委托送达　□ 其他：", Wide: true},
		sheet.Field{Label: "送达时间", Value: "　　　　年　　月　　日　　时　　分", Wide: true},
		sheet.Field{Label: "备注", Wide: true, Least: 22})
	closing{least: 18, usual: 22, places: []hand{
		{"送达人", "签名（两人）："}, {"收件人", "签名（盖章）："}, {"见证人", "签名（留置送达时）："}, {"代收人", "签名及代收事由："},
	}}.set(p)
}

func (c FollowUpContent) handlingNotice(p *press) {
	p.section("核查处置部门", 14)
	p.blanks(0, sheet.Field{Label: "核查处置部门", Wide: true}, sheet.Field{Label: "收到日期", Value: dateBlank, Wide: true})
	p.Space(1.4)
	p.Paragraph(letterStyle, "　　下列样品经检验不合格，请依法启动核查处置，按期完成并反馈结果。")
	c.facts(p)
	c.failed(p, false, 0)
	end := closing{least: 20, usual: 26, places: []hand{{"通知部门", "（盖章）"}, {"核查处置部门", "（盖章）"}}}
	if len(c.Rules) > 0 {
		p.statements("告知事项", said(c.Rules), 0)
	}
	p.section("反馈", 40)
	p.blanks(end.below(p), sheet.Field{Label: "核查处置情况", Wide: true, Least: 26}, sheet.Field{Label: "完成日期", Value: dateBlank, Wide: true})
	end.set(p)
}

func (c FollowUpContent) disposal(p *press) {
	c.facts(p)
	c.failed(p, false, 0)
	widths := []float64{42, 26, 22, 24, 34, 26}
	rows := make([]sheet.Row, len(c.Portions))
	for i, f := range c.Portions {
		rows[i] = p.tableRow(widths, f.Label, f.Role, f.Quantity, or(f.Container), or(strings.Join(f.Seals, "、")), or(f.Place))
	}
	p.table("处置的样品", p.tableHead(widths, "样品份编号", "用途", "数量", "容器", "封条编号", "存放地点"), rows)
	p.Space(1.4)
	end := c.closing(10, 16, hand{"处置人一", "签名："}, hand{"处置人二", "签名："}, hand{"批准人", "签名："})
	p.blanks(end.below(p),
		sheet.Field{Label: "处置理由", Value: "□ 保存期满　□ 检验用尽　□ 其他：", Wide: true},
		sheet.Field{Label: "处置方式", Value: "□ 销毁　□ 退还　□ 其他：", Wide: true},
		sheet.Field{Label: "处置数量"}, sheet.Field{Label: "处置地点"},
		sheet.Field{Label: "处置经过", Wide: true, Least: 16})
	end.set(p)
}
