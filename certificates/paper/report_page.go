package paper

import (
	"slices"
	"strconv"
	"strings"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
)

// headings are the lines under the title, by category.
var headings = map[Category]string{
	Food: "食品安全抽样检验", Drug: "药品质量抽查检验", Device: "医疗器械质量抽查检验",
	Fuel: "车用燃料质量抽查检验", Coal: "煤炭质量抽查检验",
}

// layout implements Content: the first page with the sample and the conclusion, then results, particulars, statements.
func (c ReportContent) layout(p *press) {
	c.top(p)
	c.fields(p)
	c.conclusionBlock(p)
	c.results(p)
	c.particulars(p)
	p.statements("声明", c.statementTexts(p), endHeight)
	p.end("—— 报告结束 ——")
}

// top is the head of the first page: marks of accreditation at the left, code at the right, issuer and title between.
func (c ReportContent) top(p *press) {
	p.stamp()
	if c.bearsCMA() {
		cmaMark(p, 18, headTop, c.Body.CMANumber)
	}
	middle := sheet.Rect{X: 50, Y: headTop + 1, W: 110}
	title := sheet.Style{Font: fonts.Bold, Size: 26, Align: sheet.Center, Gap: 0.5, Leading: 1.35}
	if len([]rune(c.Title())) > 4 {
		title.Gap = 0.15
	}
	issuer := issuerStyle
	if c.bearsCNAS() {
		x := 18.0
		if c.bearsCMA() {
			x = 45
			middle.X, middle.W = 72, 66
			title.Size, issuer.Size = title.Size*0.8, 13
		}
		cnasMark(p, x, headTop, c.Body.CNASNumber)
	}
	y := middle.Y + p.At(issuer, c.Body.Name, middle)
	y += p.At(title, c.Title(), sheet.Rect{X: middle.X, Y: y + 2, W: middle.W}) + 2
	under := sheet.Style{Font: fonts.Song, Size: 10.5, Align: sheet.Center}
	if en := p.english(c.Title()); en != "" {
		y += p.At(under, en, sheet.Rect{X: middle.X, Y: y - 1, W: middle.W}) - 1
	}
	heading := headings[c.Category]
	if c.Origin == Submitted {
		heading = "委托检验"
	}
	y += p.At(under, p.lines("（"+heading+"）"), sheet.Rect{X: middle.X, Y: y, W: middle.W})
	number := sheet.Style{Font: fonts.Hei, Size: 10}
	y = max(y+2.5, 42)
	y += p.At(number, p.both(p.label)+"："+p.number(), sheet.Rect{X: frame.X, Y: y, W: 150})
	p.Space(y + 1.2 - p.Y())
}

// cmaMark draws the mark of a qualified inspection body: C around MA, its certificate number below.
func cmaMark(p *press, x, y float64, number string) {
	p.Ring(sheet.Circle{X: x + 12, Y: y + 6.2, RX: 11, RY: 5.9, Width: 1.1, From: 28, To: 332})
	p.At(sheet.Style{Font: fonts.Bold, Size: 17, Align: sheet.Center}, "MA",
		sheet.Rect{X: x + 5, Y: y + 1.9, W: 16})
	p.At(markNumber, number, sheet.Rect{X: x - 2, Y: y + 13.4, W: 28})
}

// cnasMark draws the mark of an accredited laboratory: CNAS within a ring, its registration number below.
func cnasMark(p *press, x, y float64, number string) {
	p.Ring(sheet.Circle{X: x + 12, Y: y + 6.2, RX: 11.4, RY: 6.1, Width: 0.7})
	p.At(sheet.Style{Font: fonts.Bold, Size: 13, Align: sheet.Center}, "CNAS", sheet.Rect{X: x + 2, Y: y + 1.6, W: 20})
	p.At(sheet.Style{Font: fonts.Hei, Size: 6, Align: sheet.Center}, "检测", sheet.Rect{X: x + 2, Y: y + 7.6, W: 20})
	p.At(markNumber, "CNAS "+number, sheet.Rect{X: x - 1, Y: y + 13.4, W: 26})
}

var markNumber = sheet.Style{Font: fonts.Hei, Size: 8, Align: sheet.Center, Leading: 1.2}

func (c ReportContent) fields(p *press) {
	s := c.Sample
	label := s.DateLabel
	if label == "" {
		label = "生产日期"
	}
	fields := []sheet.Field{
		{Label: "样品名称", Value: s.Name}, {Label: "样品编号", Value: s.Number},
		{Label: "规格型号", Value: or(s.Spec)}, {Label: gradeLabel(c.Category), Value: or(s.Grade)},
		{Label: "商标", Value: or(s.Trademark)}, {Label: "批号", Value: or(s.Batch)},
		{Label: label, Value: chineseOr(s.ProducedOn)}, {Label: "执行标准", Value: or(s.Standard)},
		{Label: "样品数量", Value: s.Quantity}, {Label: "样品状态", Value: s.State},
	}
	fields = append(fields, c.categoryFields()...)
	if c.Origin == Sampled {
		fields = append(fields, sheet.Field{Label: "被抽样单位", Value: p.joined(s.SampledUnit), Wide: true})
	}
	producer := absent
	if s.Producer != nil {
		producer = p.joined(*s.Producer)
	}
	fields = append(fields,
		sheet.Field{Label: "标称生产者", Value: producer, Wide: true},
		sheet.Field{Label: "委托单位", Value: p.joined(c.Client), Wide: true})
	fields = append(fields, c.samplingFields()...)
	fields = append(fields,
		sheet.Field{Label: "到样日期", Value: chinese(c.Reception.Date)},
		sheet.Field{Label: "接收状态", Value: c.Reception.Condition},
		sheet.Field{Label: "检验类别", Value: c.TaskKind},
		sheet.Field{Label: "检验日期", Value: span(c.TestedFrom, c.TestedTo)},
		sheet.Field{Label: "检验依据", Value: strings.Join(c.TestBasis, "；"), Wide: true},
		sheet.Field{Label: "判定依据", Value: or(strings.Join(c.JudgingBasis, "；")), Wide: true})
	p.grid(fields)
}

func gradeLabel(c Category) string {
	if c == Fuel {
		return "牌号"
	}
	return "质量等级"
}

// categoryFields are the rows that only one category has.
func (c ReportContent) categoryFields() []sheet.Field {
	switch s := c.Sample; {
	case s.Food != nil:
		return []sheet.Field{{Label: "食品分类", Value: or(s.Food.Class)}, {Label: "保质期", Value: or(s.Food.ShelfLife)},
			{Label: "生产许可证号", Value: or(s.Food.Licence), Wide: true}}
	case s.Drug != nil:
		return []sheet.Field{{Label: "批准文号", Value: or(s.Drug.Approval)}, {Label: "剂型", Value: or(s.Drug.DosageForm)},
			{Label: "有效期至", Value: or(s.Drug.Expires)}, {Label: "包装规格", Value: or(s.Drug.PackSpec)}}
	case s.Device != nil:
		return []sheet.Field{{Label: "注册证/备案号", Value: or(s.Device.Registration)},
			{Label: "注册/备案人", Value: or(s.Device.Registrant)},
			{Label: "序列号", Value: or(s.Device.Serial)}, {Label: "有效期", Value: or(s.Device.Expires)}}
	case s.Fuel != nil:
		return []sheet.Field{{Label: "油罐号", Value: or(s.Fuel.Tank)}, {Label: "加油枪号", Value: or(s.Fuel.Nozzle)},
			{Label: "进货来源", Value: or(s.Fuel.Supplier)}, {Label: "采样油温", Value: or(s.Fuel.Temperature)}}
	case s.Coal != nil:
		return []sheet.Field{{Label: "煤种", Value: or(s.Coal.Type)}, {Label: "标称最大粒度", Value: or(s.Coal.TopSize)},
			{Label: "采样单元", Value: or(s.Coal.Unit)}, {Label: "制样说明", Value: or(s.Coal.Moisture)}}
	}
	return nil
}

func (c ReportContent) samplingFields() []sheet.Field {
	s := c.Sampling
	if s == nil {
		return nil
	}
	place := s.Place
	if s.Link != "" {
		place += "（" + s.Link + "）"
	}
	return []sheet.Field{
		{Label: "抽样单编号", Value: s.FormNumber}, {Label: "抽样日期", Value: chinese(s.Date)},
		{Label: "抽样地点", Value: place}, {Label: "抽样人员", Value: strings.Join(s.People, "、")},
		{Label: "抽样基数", Value: or(s.Base)}, {Label: "抽样方法", Value: or(s.Method)},
		{Label: "封条编号", Value: strings.Join(s.Seals, "、"), Wide: true},
	}
}

// conclusionBlock is the conclusion with the place of the seal, the notes, and the three signatures, kept on one page.
// Long notes come last, so that they do not part the signatures from the seal.
func (c ReportContent) conclusionBlock(p *press) {
	cell := frame.W - gridStyle.LabelWidth
	conclusion := sheet.Row{
		p.labelCell("检验结论", gridStyle.LabelWidth),
		{Text: c.concluded(p), Style: verdictStyle, Width: cell, Top: true, Extra: 44},
	}
	notes := sheet.Row{
		p.labelCell("备注", gridStyle.LabelWidth),
		{Text: or(c.notes(p)), Style: valueStyle, Width: cell},
	}
	signatures := c.signatureRow(p)
	rows, together := []sheet.Row{notes, signatures}, p.RowHeight(notes)+p.RowHeight(signatures)
	if together > frame.H/2 || p.RowHeight(conclusion)+together > frame.H {
		rows, together = []sheet.Row{signatures, notes}, p.RowHeight(signatures)
	}
	p.Need(76)
	box := p.Table(sheet.Table{Rows: []sheet.Row{conclusion}, Below: together})[1]
	p.seal(box.Right()-34, box.Bottom()-23, "检验检测专用章")
	date, dated := valueStyle, 60.0
	date.Align = sheet.Right
	if p.head.bilingual {
		dated = 84
	}
	p.At(date, p.both("签发日期")+"："+chinese(c.IssuedOn), sheet.Rect{X: box.X + 2, Y: box.Bottom() - 8, W: dated})
	p.Rows(nil, rows)
}

// signatureRow is the three who answer for the report.
func (c ReportContent) signatureRow(p *press) sheet.Row {
	third := frame.W/3 - 17
	var row sheet.Row
	for _, s := range []struct {
		label string
		by    Signature
	}{{"批准", c.Signatures.Approver}, {"审核", c.Signatures.Reviewer}, {"主检", c.Signatures.Inspector}} {
		value := valueStyle
		value.Align = sheet.Center
		row = append(row, p.labelCell(s.label, 17),
			sheet.Cell{Text: signed(s.by), Style: value, Width: third})
	}
	return row
}

// notes gathers what the reader must know besides: replacement, place, deviations, remarks.
func (c ReportContent) notes(p *press) string {
	var more []string
	for _, n := range [][2]string{{"检验地点", c.TestPlace}, {"对方法的偏离", c.Deviations}} {
		if n[1] != "" {
			more = append(more, p.both(n[0])+"："+n[1])
		}
	}
	return p.notes(c.Version, "本报告为第{1}版，替代报告{2}，原因：{3}", c.Replaces, append(more, c.Remarks)...)
}

var verdictWords = map[Verdict]string{Pass: "合格", Fail: "不合格", NotJudged: "不判定", Undetermined: "未判定"}

// mark flags an item that is outside the CMA or CNAS scope or comes from another provider.
func (c ReportContent) mark(i Item) string {
	flags := ""
	if c.bearsCMA() && !i.CMA {
		flags += "*"
	}
	if c.bearsCNAS() && !i.CNAS {
		flags += "#"
	}
	if i.External != "" {
		flags += "△"
	}
	return flags + i.Name
}

func (c ReportContent) results(p *press) {
	if p.Pages() == 1 { // else the conclusion has a further page already, with room below it
		p.NewPage()
	}
	widths := []float64{11, 42, 22, 34, 32, 17, 16}
	head := p.tableHead(widths, "序号", "检验项目", "计量单位", "标准要求", "检验结果", "单项判定", "备注")
	var rows []sheet.Row
	for n, i := range c.Items {
		note := ""
		if i.Note != "" {
			note = "注" + strconv.Itoa(n+1)
		}
		row := p.tableRow(widths,
			strconv.Itoa(n+1), c.mark(i), or(i.Unit), or(i.Limit), i.Result, "", note)
		row[1].Style.Align = sheet.Left
		p.said(&row[5], verdictWords[i.Verdict])
		if i.Verdict == Fail {
			row[4].Style.Font, row[5].Style.Font = fonts.Bold, fonts.Bold
		}
		rows = append(rows, row)
	}
	p.table("检验结果", head, rows)
	p.Space(1)
	for n, i := range c.Items {
		if i.Note != "" {
			p.Paragraph(textStyle, "注"+strconv.Itoa(n+1)+"："+i.Note)
		}
	}
}

// particulars is the table of methods, limits of detection and instruments.
func (c ReportContent) particulars(p *press) {
	widths := []float64{11, 42, 40, 23, 22, 36}
	head := p.tableHead(widths, "序号", "检验项目", "检验方法", "检出限", "扩展不确定度", "主要仪器设备")
	var rows []sheet.Row
	for n, i := range c.Items {
		method := i.Method
		if i.Basis != "" {
			method += "\n判定依据：" + i.Basis
		}
		row := p.tableRow(widths, strconv.Itoa(n+1), i.Name, method, or(i.LOD), or(i.Uncertainty), or(i.Instrument))
		row[1].Style.Align = sheet.Left
		rows = append(rows, row)
	}
	p.table("检验方法与仪器设备", head, rows)
}

func (c ReportContent) statementTexts(p *press) []sentence {
	out := []sentence{
		say("本报告无“检验检测专用章”或主检、审核、批准人签名无效，涂改、增删无效。"),
		say("本报告由主检、审核、批准人以电子签名签署，所示时间为北京时间。"),
		say("未经本机构书面批准，不得复制本报告（全文复制除外）。"),
	}
	if c.Origin == Sampled {
		out = append(out, say("本报告的检验结果仅与所抽取的样品有关。"))
	} else {
		out = append(out, say("样品及其信息由委托方提供，检验结果仅与来样有关，本机构仅对来样负责。"))
	}
	out = append(out, c.scopeTexts()...)
	if c.DecisionRule != "" {
		out = append(out, say("判定规则：{1}", c.DecisionRule))
	}
	if c.Remedy != "" {
		out = append(out, say("{1}", c.Remedy))
	}
	if p.url != "" {
		out = append(out, say("本报告的真伪和现行状态可扫描首页二维码或访问 {1} 核验。", p.url))
	}
	if c.Body.Phone != "" {
		return append(out, say("机构地址：{1}；电话：{2}。", c.Body.Address, c.Body.Phone))
	}
	return append(out, say("机构地址：{1}。", c.Body.Address))
}

// scopeTexts says what each mark covers and what the flags of the items mean.
func (c ReportContent) scopeTexts() []sentence {
	var out []sentence
	outside := slices.ContainsFunc(c.Items, func(i Item) bool { return !i.CMA })
	switch {
	case outside && c.bearsCMA():
		out = append(out, say("标“*”的项目不在本机构资质认定的能力范围内，其结果不具有对社会的证明作用。"))
	case outside:
		out = append(out, say("本报告所列项目不在资质认定的能力范围内，其结果不具有对社会的证明作用。"))
	}
	if c.bearsCNAS() {
		text := "CNAS标志表示本报告所列项目均在本机构获认可的能力范围内。"
		if slices.ContainsFunc(c.Items, func(i Item) bool { return !i.CNAS }) {
			text = "CNAS标志仅适用于在本机构获认可能力范围内的项目，标“#”的项目不在认可范围内。"
		}
		out = append(out, say(text))
	}
	var providers []string
	for _, i := range c.Items {
		if i.External != "" {
			providers = append(providers, i.Name+"（"+i.External+"）")
		}
	}
	if len(providers) > 0 {
		out = append(out, say("标“△”的项目由外部机构提供：{1}。", strings.Join(providers, "、")))
	}
	return out
}
