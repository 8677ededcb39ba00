package paper

import (
	"fmt"
	"strconv"
	"strings"

	"hengjian/certificates/sheet"
)

// layout implements Content: the same pages once for each copy, each with the name of its copy.
func (c SamplingFormContent) layout(p *press) {
	for _, f := range c.Copies {
		p.beginCopy(f.Name, f.For)
		c.form(p)
	}
}

func (c SamplingFormContent) form(p *press) {
	p.paperTop()
	p.grid([]sheet.Field{{Label: "样品编号", Value: c.SampleNumber}, {Label: "联次", Value: p.copy().said()}})
	for _, g := range c.Groups {
		if len(g.Fields) == 0 {
			continue
		}
		p.section(g.Title, 12)
		p.grid(g.fields())
	}
	p.section("样品份与封条", 18)
	widths := []float64{50, 28, 26, 30, 40}
	rows := make([]sheet.Row, len(c.Portions))
	for i, f := range c.Portions {
		rows[i] = tableRow(widths, f.Label, f.Role, f.Quantity, or(f.Container), or(strings.Join(f.Seals, "、")))
	}
	p.Rows(p.tableHead(widths, "样品份编号", "用途", "数量", "容器", "封条编号"), rows)
	p.section("检验项目", 18)
	widths = []float64{14, 80, 80}
	rows = make([]sheet.Row, len(c.Items))
	for i, item := range c.Items {
		rows[i] = tableRow(widths, strconv.Itoa(i+1), item.Item, item.Method)
	}
	p.Rows(p.tableHead(widths, "序号", "检验项目", "检验方法"), rows)
	if len(c.Notice) > 0 {
		var texts []sentence
		for _, t := range c.Notice {
			texts = append(texts, say("{1}", t))
		}
		p.statements("告知事项", texts)
	}
	p.section("签字确认", 60)
	p.hands(16,
		hand{"抽样人员", "姓名：" + strings.Join(c.Samplers, "、") + "\n签名："},
		hand{"抽样单位", "（盖章）"},
		hand{"被抽样单位", c.Signing.words()})
	p.paperEnd()
}

// words are what stands where the sampled unit signs.
func (s UnitSigning) words() string {
	words := "签名（盖章）："
	switch {
	case s.Refused:
		words = fmt.Sprintf("被抽样单位拒绝签字，见证人：%s\n见证人签名：", s.Witness)
	case s.By != "":
		words = "抽样记录登记的签字人：" + s.By
		if s.On != nil {
			words += "（" + chinese(*s.On) + "）"
		}
		words += "\n签名（盖章）："
	}
	return words
}

// longField is how many characters make a field wide.
const longField = 22

// fields are the fields of a block; those with a long value take the whole width.
func (g FormGroup) fields() []sheet.Field {
	out := make([]sheet.Field, len(g.Fields))
	for i, f := range g.Fields {
		out[i] = sheet.Field{Label: f.Label, Value: or(f.Value), Wide: len([]rune(f.Value)) > longField}
	}
	return out
}
