package paper

import (
	"slices"
	"strconv"
	"strings"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
)

// layout implements Content: the first page as the official format has it, then the inner pages.
func (c VerificationContent) layout(p *press) {
	c.cover(p).layout(p)
	p.NewPage()
	c.circumstances(p)
	standardTable(p, "检定使用的计量标准装置", "考核证书编号", c.Facilities)
	standardTable(p, "检定使用的标准器", "检定/校准证书编号", c.Standards)
	c.summary(p)
	c.tables(p)
	p.statements("说明", c.statementTexts(p.url), endHeight)
	p.end("（以下空白）")
}

func (c VerificationContent) cover(p *press) cover {
	const concluded = "检定结论"
	v := cover{body: c.Body, seal: "检定专用章", bold: concluded}
	v.fields = []sheet.Field{
		{Label: "申请单位", Value: c.Applicant.Name},
		{Label: "计量器具名称", Value: c.Instrument.Name},
		{Label: "型号规格", Value: c.Instrument.Model},
		{Label: "出厂编号", Value: c.Instrument.Serial},
		{Label: "制造单位", Value: c.Instrument.Maker},
		{Label: "检定依据", Value: procedureNames(c.Procedures)},
		{Label: concluded, Value: c.concluded(p)},
	}
	v.signing = []sheet.Field{
		{Label: "批准人", Value: signed(c.Signatures.Approver)},
		{Label: "核验员", Value: signed(c.Signatures.Checker)},
		{Label: "检定员", Value: signed(c.Signatures.Verifier)},
		{Label: "检定日期", Value: chinese(c.VerifiedOn)},
	}
	if c.ValidUntil != nil {
		v.signing = append(v.signing, sheet.Field{Label: "有效期至", Value: chinese(*c.ValidUntil)})
	}
	return v
}

// concluded is the conclusion as the first page says it, with what failed.
func (c VerificationContent) concluded(p *press) string {
	failed := strings.Join(c.failed(), "、")
	said := c.Conclusion()
	if failed != "" {
		said += "（不合格项目：" + failed + "）"
	}
	verdict := Pass
	if failed != "" || len(c.undetermined()) > 0 {
		verdict = Fail
	}
	if en := p.english(verdictWords[verdict]); en != "" {
		said += "\n" + en
	}
	return said
}

func (c VerificationContent) circumstances(p *press) {
	p.section("检定信息", 18)
	fields := []sheet.Field{
		{Label: "原始记录号", Value: c.RecordNumber}, {Label: "检定类别", Value: c.Mode},
		{Label: "准确度等级", Value: or(c.Instrument.Class)}, {Label: "测量范围", Value: or(c.Instrument.Range)},
		{Label: "管理编号", Value: or(c.Instrument.Management)}, {Label: "使用地点", Value: or(c.Instrument.Location)},
		{Label: "检定地点", Value: c.Place}, {Label: "签发日期", Value: chinese(c.IssuedOn)},
		{Label: "温度", Value: c.Temperature}, {Label: "相对湿度", Value: c.Humidity},
	}
	for _, f := range []sheet.Field{
		{Label: "器具参数", Value: strings.Join(c.Instrument.Parameters, "，")},
		{Label: "申请单位地址", Value: c.Applicant.Address}, {Label: "其他条件", Value: c.Conditions},
		{Label: "调整或修理", Value: c.Adjustment}, {Label: "费用", Value: c.Fee}, {Label: "备注", Value: c.notes(p)},
	} {
		if f.Value != "" {
			f.Wide = true
			fields = append(fields, f)
		}
	}
	p.grid(fields)
}

func (c VerificationContent) notes(p *press) string {
	return p.notes(c.Version, "本证书为第{1}版，替代证书{2}，原因：{3}", c.Replaces, c.Remarks)
}

// notes are what a document replaces and why, and its remarks.
func (p *press) notes(version int, text string, r *Replacement, remarks ...string) string {
	var out []string
	if r != nil {
		zh, en := p.sentence(say(text, strconv.Itoa(version), r.Number, r.Reason))
		out = append(out, zh, en)
	}
	out = append(out, remarks...)
	return strings.Join(slices.DeleteFunc(out, func(s string) bool { return s == "" }), "\n")
}

// standardTable lists standards with what they rest on; whoever gave their certificates has a column where it is known.
func standardTable(p *press, title, certificate string, standards []Standard) {
	if len(standards) == 0 {
		return
	}
	widths := []float64{42, 34, 38, 36, 24}
	titles := []string{"名称", "测量范围", "不确定度/准确度等级/最大允许误差", certificate, "有效期至"}
	traced := slices.ContainsFunc(standards, func(s Standard) bool { return s.TracedTo != "" })
	if traced {
		widths, titles = []float64{34, 28, 32, 30, 28, 22}, slices.Insert(titles, 4, "溯源机构")
	}
	rows := make([]sheet.Row, len(standards))
	for i, s := range standards {
		cells := []string{s.Name, s.Range, s.Accuracy, s.Certificate, s.ValidUntil.String()}
		if traced {
			cells = slices.Insert(cells, 4, or(s.TracedTo))
		}
		rows[i] = p.tableRow(widths, cells...)
	}
	p.table(title, p.tableHead(widths, titles...), rows)
}

// summary lists every item with its conclusion.
func (c VerificationContent) summary(p *press) {
	widths, heads := []float64{14, 58, 34, 24, 44}, []string{"序号", "检定项目", "规程条款", "结论", "说明"}
	clauses := slices.ContainsFunc(c.Results, func(t ResultTable) bool { return t.Clause != "" })
	if !clauses {
		widths, heads = []float64{14, 58, 24, 78}, slices.Delete(heads, 2, 3)
	}
	rows := make([]sheet.Row, len(c.Results))
	for i, t := range c.Results {
		cells := []string{strconv.Itoa(i + 1), t.Item, or(t.Clause), "", or(t.Note)}
		if !clauses {
			cells = slices.Delete(cells, 2, 3)
		}
		rows[i] = p.tableRow(widths, cells...)
		verdict, note := &rows[i][len(cells)-2], &rows[i][len(cells)-1]
		p.said(verdict, verdictWords[t.Verdict])
		if t.Note == "" && len(t.Rows) > 0 {
			p.said(note, "数据见后")
		}
		if t.Verdict == Fail {
			verdict.Style.Font = fonts.Bold
		}
	}
	p.table("检定结果", p.tableHead(widths, heads...), rows)
}

// tables sets the readings of each item that has some.
func (c VerificationContent) tables(p *press) {
	for i, t := range c.Results {
		if len(t.Rows) > 0 {
			p.readings(strconv.Itoa(i+1)+"．"+t.Item, plainTitles(t.Columns), t.Rows)
		}
	}
}

// column is a column of readings: its head, and the English of a head that is a word of the layout.
type column struct{ title, under string }

// plainTitles are heads that are values: what the record calls them.
func plainTitles(titles []string) []column {
	out := make([]column, len(titles))
	for i, t := range titles {
		out[i].title = t
	}
	return out
}

// readings sets a table whose columns are as wide as what stands in them asks for.
func (p *press) readings(title string, columns []column, rows [][]string) {
	texts := make([][]string, len(columns))
	for n, c := range columns {
		texts[n] = append(texts[n], c.title)
		for _, r := range rows {
			texts[n] = append(texts[n], r[n])
		}
	}
	widths := p.FitColumns(headStyle, texts, frame.W)
	head := make(sheet.Row, len(columns))
	for i, c := range columns {
		head[i] = sheet.Cell{Text: c.title, Style: headStyle, Width: widths[i], Shade: true, Under: c.under, Below: underStyle}
	}
	set := make([]sheet.Row, len(rows))
	for n, r := range rows {
		set[n] = p.tableRow(widths, r...)
	}
	p.titled(title, sheet.Table{Head: []sheet.Row{head}, Rows: set})
}

func (c VerificationContent) statementTexts(url string) []sentence {
	texts := []string{
		"本证书无“检定专用章”或检定、核验、批准人签名无效，涂改、增删无效。",
		"本证书由检定员、核验员、批准人以电子签名签署，所示时间为北京时间。",
		"未经本机构书面批准，不得部分复制本证书。",
		"检定结果仅对所检定的计量器具有效。",
	}
	if c.Kind == VerificationNotice {
		for i := range texts {
			texts[i] = strings.ReplaceAll(texts[i], "本证书", "本通知书")
		}
		if len(c.undetermined()) > 0 {
			texts = append(texts, "标注“未判定”的项目未完成检定，检定结论依据不合格项目作出。")
		}
		texts = append(texts, "经检定不合格的计量器具不得使用（《中华人民共和国计量法》第九条）。")
	}
	return checked(url, texts...)
}

// checked are sentences without values, and at their end how the document can be checked.
func checked(url string, texts ...string) []sentence {
	var out []sentence
	for _, t := range texts {
		out = append(out, say(t))
	}
	if url != "" {
		out = append(out, say("真伪和现行状态可扫描首页二维码或访问 {1} 核验。", url))
	}
	return out
}
