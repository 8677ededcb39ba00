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
	c.top(p)
	c.lines(p)
	c.signing(p)
	p.NewPage()
	c.circumstances(p)
	c.standardTables(p)
	c.summary(p)
	c.tables(p)
	p.statements("说明", c.statementTexts(p.url))
	p.end("（以下空白）")
}

func (c VerificationContent) top(p *press) {
	p.stamp()
	issuer := issuerStyle
	issuer.Size = 18
	y := 32 + p.At(issuer, c.Body.Name, sheet.Rect{X: 48, Y: 32, W: 114})
	title := sheet.Style{Font: fonts.Bold, Size: 34, Align: sheet.Center, Gap: 0.4}
	if len([]rune(c.Title())) > 4 {
		title.Size, title.Gap = 30, 0.15
	}
	y = max(y+6, 54)
	y += p.At(title, c.Title(), sheet.Rect{X: frame.X, Y: y, W: frame.W}) + 2
	y += p.At(sheet.Style{Font: fonts.Hei, Size: 11, Align: sheet.Center}, p.label+"："+p.number(),
		sheet.Rect{X: frame.X, Y: y, W: frame.W})
	p.Space(max(y+8, 96) - p.Y())
}

// lines are the fields of the first page, each over a rule of its own.
func (c VerificationContent) lines(p *press) {
	blank := sheet.Blank{
		Label: sheet.Style{Font: fonts.Hei, Size: 12, Align: sheet.Spread}, LabelX: 34, LabelW: 32,
		Value: sheet.Style{Font: fonts.Song, Size: 12, Align: sheet.Center}, X: 72, W: 104, Below: 3,
	}
	for _, f := range c.firstPage() {
		b := blank
		if f.Label == conclusionLabel {
			b.Value.Font = fonts.Bold
		}
		p.Fill(b, f)
	}
}

const conclusionLabel = "检定结论"

func (c VerificationContent) firstPage() []sheet.Field {
	conclusion := c.Conclusion()
	if failed := c.failed(); len(failed) > 0 {
		conclusion += "（不合格项目：" + strings.Join(failed, "、") + "）"
	}
	return []sheet.Field{
		{Label: "申请单位", Value: c.Applicant.Name},
		{Label: "计量器具名称", Value: c.Instrument.Name},
		{Label: "型号规格", Value: c.Instrument.Model},
		{Label: "出厂编号", Value: c.Instrument.Serial},
		{Label: "制造单位", Value: c.Instrument.Maker},
		{Label: "检定依据", Value: c.basis()},
		{Label: conclusionLabel, Value: conclusion},
	}
}

// signing is the lower half of the first page: the seal at the left, signatures and dates at the right, and how to
// reach the body at the bottom.
func (c VerificationContent) signing(p *press) {
	const usual = 168.0 // where it stands when the fields above are short
	label := sheet.Style{Font: fonts.Hei, Size: 11, Align: sheet.Spread, Leading: 1.25}
	blank := sheet.Blank{
		Label: label, LabelX: 104, LabelW: 17,
		Value: sheet.Style{Font: fonts.Song, Size: 11, Align: sheet.Center, Leading: 1.25}, X: 127, W: 49, Below: 4.6,
	}
	fields := []sheet.Field{
		{Label: "批准人", Value: signed(c.Signatures.Approver)},
		{Label: "核验员", Value: signed(c.Signatures.Checker)},
		{Label: "检定员", Value: signed(c.Signatures.Verifier)},
		{Label: "检定日期", Value: chinese(c.VerifiedOn)},
	}
	if c.ValidUntil != nil {
		fields = append(fields, sheet.Field{Label: "有效期至", Value: chinese(*c.ValidUntil)})
	}
	height := 0.0
	for _, f := range fields {
		height += p.Height(blank.Value, f.Value, blank.W) + 5
	}
	contact := c.contactHeight(p)
	p.Need(6 + max(height, 46) + contact)
	p.Space(6)
	if p.Pages() == 1 {
		p.Space(max(0, usual-p.Y()))
	}
	p.seal(60, p.Y()+26, "检定专用章")
	for _, f := range fields {
		p.Fill(blank, f)
	}
	c.contact(p, footTop-2-contact)
}

// contactLines are pairs that stand beside one another.
func (c VerificationContent) contactLines() [][2]string {
	b := c.Body
	return [][2]string{
		{"计量授权证书号：" + or(b.Authorization), "电话：" + or(b.Phone)},
		{"地址：" + b.Address, "邮政编码：" + or(b.Postcode)},
		{"电子邮箱：" + or(b.Email), "传真：" + or(b.Fax)},
	}
}

const contactLeft, contactRight = 112.0, 58.0 // widths

func contactLineHeight(p *press, pair [2]string) float64 {
	return max(p.Height(smallStyle, pair[0], contactLeft), p.Height(smallStyle, pair[1], contactRight)) + 0.6
}

func (c VerificationContent) contactHeight(p *press) float64 {
	h := 2.0
	for _, pair := range c.contactLines() {
		h += contactLineHeight(p, pair)
	}
	return h
}

func (c VerificationContent) contact(p *press, y float64) {
	p.Rule(sheet.Line{X1: frame.X, Y1: y, X2: frame.Right(), Y2: y, Width: 0.2, Color: sheet.Grey})
	y += 2
	for _, pair := range c.contactLines() {
		p.At(smallStyle, pair[0], sheet.Rect{X: frame.X, Y: y, W: contactLeft})
		p.At(smallStyle, pair[1], sheet.Rect{X: frame.Right() - contactRight, Y: y, W: contactRight})
		y += contactLineHeight(p, pair)
	}
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
		{Label: "调整或修理", Value: c.Adjustment}, {Label: "费用", Value: c.Fee}, {Label: "备注", Value: c.notes()},
	} {
		if f.Value != "" {
			f.Wide = true
			fields = append(fields, f)
		}
	}
	p.Grid(gridStyle, fields)
}

func (c VerificationContent) notes() string {
	var out []string
	if c.Replaces != nil {
		out = append(out, "本证书为第"+strconv.Itoa(c.Version)+"版，替代证书"+c.Replaces.Number+"，原因："+c.Replaces.Reason)
	}
	if c.Remarks != "" {
		out = append(out, c.Remarks)
	}
	return strings.Join(out, "\n")
}

func (c VerificationContent) standardTables(p *press) {
	standardTable(p, "检定使用的计量标准装置", "考核证书编号", c.Facilities)
	standardTable(p, "检定使用的标准器", "检定/校准证书编号", c.Standards)
}

func standardTable(p *press, title, certificate string, standards []Standard) {
	if len(standards) == 0 {
		return
	}
	p.section(title, 18)
	widths := []float64{42, 34, 38, 36, 24}
	head := tableHead(widths, "名称", "测量范围", "不确定度/准确度等级/最大允许误差", certificate, "有效期至")
	rows := make([]sheet.Row, len(standards))
	for i, s := range standards {
		rows[i] = tableRow(widths, s.Name, s.Range, s.Accuracy, s.Certificate, s.ValidUntil.String())
	}
	p.Rows(head, rows)
}

// summary lists every item with its conclusion.
func (c VerificationContent) summary(p *press) {
	p.section("检定结果", 18)
	widths, heads := []float64{14, 58, 34, 24, 44}, []string{"序号", "检定项目", "规程条款", "结论", "说明"}
	clauses := slices.ContainsFunc(c.Results, func(t ResultTable) bool { return t.Clause != "" })
	if !clauses {
		widths, heads = []float64{14, 58, 24, 78}, slices.Delete(heads, 2, 3)
	}
	rows := make([]sheet.Row, len(c.Results))
	for i, t := range c.Results {
		note := t.Note
		if note == "" && len(t.Rows) > 0 {
			note = "数据见后"
		}
		cells := []string{strconv.Itoa(i + 1), t.Item, or(t.Clause), verdictWords[t.Verdict], or(note)}
		if !clauses {
			cells = slices.Delete(cells, 2, 3)
		}
		rows[i] = tableRow(widths, cells...)
		if t.Verdict == Fail {
			rows[i][len(cells)-2].Style.Font = fonts.Bold
		}
	}
	p.Rows(tableHead(widths, heads...), rows)
}

// tables sets the readings of each item that has some.
func (c VerificationContent) tables(p *press) {
	for i, t := range c.Results {
		if len(t.Rows) == 0 {
			continue
		}
		p.section(strconv.Itoa(i+1)+"．"+t.Item, 18)
		columns := make([][]string, len(t.Columns))
		for n, title := range t.Columns {
			columns[n] = append(columns[n], title)
			for _, r := range t.Rows {
				columns[n] = append(columns[n], r[n])
			}
		}
		widths := p.FitColumns(headStyle, columns, frame.W)
		rows := make([]sheet.Row, len(t.Rows))
		for n, r := range t.Rows {
			rows[n] = tableRow(widths, r...)
		}
		p.Rows(tableHead(widths, t.Columns...), rows)
	}
}

func (c VerificationContent) statementTexts(url string) []string {
	out := []string{
		"本证书无“检定专用章”或检定、核验、批准人签名无效，涂改、增删无效。",
		"本证书由检定员、核验员、批准人以电子签名签署，所示时间为北京时间。",
		"未经本机构书面批准，不得部分复制本证书。",
		"检定结果仅对所检定的计量器具有效。",
	}
	if c.Kind == VerificationNotice {
		for i := range out {
			out[i] = strings.ReplaceAll(out[i], "本证书", "本通知书")
		}
		if len(c.undetermined()) > 0 {
			out = append(out, "标注“未判定”的项目未完成检定，检定结论依据不合格项目作出。")
		}
		out = append(out, "经检定不合格的计量器具不得使用（《中华人民共和国计量法》第九条）。")
	}
	if url != "" {
		out = append(out, "真伪和现行状态可扫描首页二维码或访问 "+url+" 核验。")
	}
	return out
}
