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

// The form has the titles of its blocks at the left, as the official forms do, which leaves room for all on one sheet.
const (
	sideWidth  = 15.0
	blockWidth = 159.0
)

func (c SamplingFormContent) form(p *press) {
	p.paperTop("样品编号：" + c.SampleNumber)
	p.Pad(0.5) // its many fields are to be on one sheet
	for _, g := range c.Groups {
		if len(g.Fields) > 0 {
			p.block(g.Title, sheet.Table{Rows: p.Pack(p.looks.grid, g.fields(), blockWidth)})
		}
	}
	p.block("样品份与封条", c.portionTable(p))
	signing := c.signing(p)
	items := c.itemTable(p)
	if len(c.Notice) == 0 {
		items.Below = c.signed(p, signing)
	}
	p.block("检验项目", items)
	if len(c.Notice) > 0 {
		notice := sheet.Cell{Text: numbered(c.Notice), Style: smaller(textStyle, 8.5), Width: blockWidth}
		p.block("告知事项", sheet.Table{Rows: []sheet.Row{{notice}}, Below: c.signed(p, signing)})
	}
	more := min(max(0, p.Room()-c.signed(p, signing)), usualHand-leastHand)
	for i := range signing.Rows[0] {
		signing.Rows[0][i].Extra += more
	}
	for _, b := range p.block("签字确认", signing) {
		p.dateBlank(b)
	}
	p.paperEnd()
}

// Heights of the places of signatures and seals: as low as they may be, and as they are where there is room.
const leastHand, usualHand = 11.0, 34.0

// block is a table with its title beside it.
func (p *press) block(title string, t sheet.Table) []sheet.Rect {
	side := p.looks.head
	t.Side = sheet.Cell{Text: title, Style: side, Width: sideWidth}
	return p.Table(t)
}

// signed is how high the signatures and what follows them are at least.
func (c SamplingFormContent) signed(p *press, t sheet.Table) float64 {
	return p.RowHeight(t.Head[0]) + p.RowHeight(t.Rows[0]) + closing{}.height(p)
}

// signing are the places of the three who sign, beside one another.
func (c SamplingFormContent) signing(p *press) sheet.Table {
	const third = blockWidth / 3
	var row sheet.Row
	for _, value := range []string{"姓名：" + strings.Join(c.Samplers, "、") + "\n签名：", "（盖章）", c.Signing.words()} {
		row = append(row, p.handCell(value, third, leastHand))
	}
	return sheet.Table{Head: p.tableHead([]float64{third, third, third}, "抽样人员", "抽样单位", "被抽样单位"), Rows: []sheet.Row{row}}
}

func (c SamplingFormContent) portionTable(p *press) sheet.Table {
	widths := []float64{44, 26, 24, 24, 41}
	rows := make([]sheet.Row, len(c.Portions))
	for i, f := range c.Portions {
		rows[i] = p.tableRow(widths, f.Label, f.Role, f.Quantity, or(f.Container), or(strings.Join(f.Seals, "、")))
	}
	return sheet.Table{Head: p.tableHead(widths, "样品份编号", "用途", "数量", "容器", "封条编号"), Rows: rows}
}

// itemTable has two items beside one another where there are more than a few.
func (c SamplingFormContent) itemTable(p *press) sheet.Table {
	widths, titles, abreast := []float64{10, 74.5, 74.5}, []string{"序号", "检验项目", "检验方法"}, 1
	if len(c.Items) > 3 {
		widths, titles, abreast = []float64{10, 36, 33.5, 10, 36, 33.5}, append(titles, titles...), 2
	}
	var rows []sheet.Row
	for i := 0; i < len(c.Items); i += abreast {
		var cells []string
		for n := i; n < i+abreast; n++ {
			if n < len(c.Items) {
				cells = append(cells, strconv.Itoa(n+1), c.Items[n].Item, c.Items[n].Method)
				continue
			}
			cells = append(cells, "", "", "")
		}
		rows = append(rows, p.tableRow(widths, cells...))
	}
	return sheet.Table{Head: p.tableHead(widths, titles...), Rows: rows}
}

// numbered are texts one below the other, with their numbers.
func numbered(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = strconv.Itoa(i+1) + "．" + t
	}
	return strings.Join(out, "\n")
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

// fields are the fields of a block.
func (g FormGroup) fields() []sheet.Field {
	out := make([]sheet.Field, len(g.Fields))
	for i, f := range g.Fields {
		out[i] = sheet.Field{Label: f.Label, Value: or(f.Value)}
	}
	return out
}
