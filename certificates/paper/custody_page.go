package paper

import (
	"strconv"
	"strings"
	"time"

	"hengjian/certificates/sheet"
)

// layout implements Content.
func (c CustodyContent) layout(p *press) {
	p.paperTop()
	s := c.Sample
	fields := []sheet.Field{
		{Label: "样品名称", Value: s.Name, Wide: true},
		{Label: "抽样单编号", Value: s.FormNumber}, {Label: "抽样日期", Value: chinese(s.SampledOn)},
		{Label: "被抽样单位", Value: s.SampledUnit, Wide: true},
		{Label: "抽样人员", Value: or(strings.Join(s.Samplers, "、"))}, {Label: "样品数量", Value: s.Quantity},
		{Label: "样品状态", Value: s.State}, {Label: "收样时间", Value: minuteOr(s.ReceivedAt)},
	}
	if s.Refusal != "" {
		fields = append(fields, sheet.Field{Label: "拒收原因", Value: s.Refusal, Wide: true})
	}
	p.packed(fields...)
	c.portionTable(p)
	c.sealTable(p)
	c.handoverTable(p)
	end := closing{least: 8, usual: 12, places: []hand{{"核对人", "签名："}, {"样品管理员", "签名："}}}
	c.gapTable(p, end.height(p))
	end.set(p)
}

func (c CustodyContent) portionTable(p *press) {
	widths := []float64{46, 26, 24, 26, 26, 26}
	rows := make([]sheet.Row, len(c.Portions))
	for i, f := range c.Portions {
		rows[i] = p.tableRow(widths, f.Label, f.Role, f.Quantity, or(f.Container), or(strings.Join(f.Holders, "、")), or(f.Place))
	}
	p.table("样品份", p.tableHead(widths, "样品份编号", "用途", "数量", "容器", "现保管人", "存放地点"), rows)
}

func (c CustodyContent) sealTable(p *press) {
	if len(c.Seals) == 0 {
		p.section("封条", 6)
		p.Paragraph(p.looks.text, "没有登记封条。")
		return
	}
	widths := []float64{30, 37, 30, 41, 36}
	rows := make([]sheet.Row, len(c.Seals))
	for i, s := range c.Seals {
		broken := "未拆"
		if s.BrokenAt != nil {
			broken = s.BrokenBy + "\n" + minute(*s.BrokenAt) + "\n原因：" + s.BrokenWhy
		}
		checks := make([]string, len(s.Checks))
		for n, k := range s.Checks {
			checks[n] = minute(k.At) + "\n" + k.By + "：" + k.Seen
		}
		if len(checks) == 0 {
			checks = []string{"未核对"}
		}
		rows[i] = p.tableRow(widths, s.Number, s.Portion, s.AppliedBy+"\n"+minute(s.AppliedAt), strings.Join(checks, "\n"), broken)
	}
	p.table("封条", p.tableHead(widths, "封条编号", "样品份编号", "加封", "核对", "拆封"), rows)
}

func (c CustodyContent) handoverTable(p *press) {
	if len(c.Handovers) == 0 {
		p.section("交接记录", 6)
		p.Paragraph(p.looks.text, "没有交接记录。")
		return
	}
	widths := []float64{10, 37, 16, 30, 30, 17, 34}
	rows := make([]sheet.Row, len(c.Handovers))
	for i, h := range c.Handovers {
		receiver := h.Receiver
		if h.DecidedAt != nil {
			receiver += "\n" + minute(*h.DecidedAt)
		}
		rows[i] = p.tableRow(widths, strconv.Itoa(i+1), strings.Join(h.Portions, "\n"), h.Purpose,
			h.Giver+"\n"+minute(h.OfferedAt), receiver, h.State, orBoth(h.Place, h.Condition))
	}
	p.table("交接记录", p.tableHead(widths, "序号", "样品份编号", "目的", "移交人与时间", "接收人与时间", "状态", "存放地点与样品情况"), rows)
}

func orBoth(a, b string) string {
	return or(strings.Trim(a+"\n"+b, "\n"))
}

// gapTable names the gaps; its end stays on a page with what is as high as below.
func (c CustodyContent) gapTable(p *press, below float64) {
	if len(c.Gaps) == 0 {
		p.section("流转缺口", 6+below)
		p.Paragraph(p.looks.text, "至打印时，每一样品份的每一时段均有人签认，未发现缺口。")
		return
	}
	widths := []float64{10, 40, 38, 86}
	rows := make([]sheet.Row, len(c.Gaps))
	for i, g := range c.Gaps {
		rows[i] = p.tableRow(widths, strconv.Itoa(i+1), or(g.Portion), minuteOr(g.From)+"\n至 "+minuteOr(g.To), g.Text)
		rows[i][3].Style.Align = sheet.Left
	}
	head := p.tableHead(widths, "序号", "样品份编号", "时段", "缺口")
	p.titled("流转缺口", sheet.Table{Head: head, Rows: rows, Below: below})
}

// minute is a moment to the minute, in the legal time of the country.
func minute(t time.Time) string { return t.In(shanghai).Format("2006-01-02 15:04") }

func minuteOr(t *time.Time) string {
	if t == nil {
		return absent
	}
	return minute(*t)
}
