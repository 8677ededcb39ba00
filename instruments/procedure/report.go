package procedure

import (
	"slices"
	"strings"
)

// ResultTable is one item as a certificate prints it. An item without readings of its own has no columns.
type ResultTable struct {
	Title   string
	Columns []string
	Rows    [][]string
	Verdict Conclusion
	Note    string
}

// ResultTables turns an evaluation into the tables of a certificate: every reading, every computed value beside its
// limit, and every verdict. What was recorded without being part of the stage is left out.
func (d *Definition) ResultTables(e Evaluation) []ResultTable {
	var tables []ResultTable
	for _, r := range e.Items {
		item := d.item(r.ID)
		if item == nil || !r.Judged {
			continue
		}
		t := ResultTable{Title: item.Title.ZH, Verdict: r.Verdict, Note: item.note(r, e.Unit)}
		if item.Kind == kindMeasure {
			t.Columns, t.Rows = item.print(r, e.Unit)
		}
		tables = append(tables, t)
	}
	return tables
}

// column is one column of a table: what it is called and what a row says in it.
type column struct {
	head string
	cell func(RowResult) string
}

// print lays out the rows; columns that no row fills are left out.
func (i *Item) print(r ItemResult, unit string) (heads []string, rows [][]string) {
	columns := i.columns(unit)
	rows = make([][]string, len(r.Rows))
	for _, c := range columns {
		if !slices.ContainsFunc(r.Rows, func(row RowResult) bool { return c.cell(row) != "" }) {
			continue
		}
		heads = append(heads, c.head)
		for n, row := range r.Rows {
			text := c.cell(row)
			if text == "" {
				text = "—"
			}
			rows[n] = append(rows[n], text)
		}
	}
	return heads, rows
}

func (i *Item) columns(unit string) []column {
	var list []column
	for _, c := range i.shown(unit) {
		list = append(list, column{head(c.Title, c.Unit), func(row RowResult) string {
			if text, read := row.Readings[c.Name]; read {
				return cellZH(c.Kind, text)
			}
			return row.Values[c.Name]
		}})
	}
	for n := range i.Accept {
		title := i.Accept[n].Title
		if title.ZH == "" {
			title.ZH = "最大允许误差"
		}
		list = append(list, column{head(title, unitIn(i.Accept[n].Unit, unit)), func(row RowResult) string {
			return i.limitOf(n, row)
		}})
	}
	return append(list, column{"结论", func(row RowResult) string { return conclusionZH[row.Verdict] }})
}

// shown are the readings and the computed values of the item's rows, without those that are only steps on the way.
func (i *Item) shown(unit string) []Column {
	var list []Column
	for _, reading := range i.printed() {
		c := Column{Name: reading.Name, Title: reading.Title, Kind: reading.Kind}
		if readingKinds[reading.Kind] == numberKind {
			c.Unit = unitIn(reading.Unit, unit)
		}
		list = append(list, c)
	}
	return append(list, shownSteps(i.Steps, unit)...)
}

func (g *Groups) shown(unit string) []Column {
	if g == nil {
		return nil
	}
	return shownSteps(g.Steps, unit)
}

func shownSteps(steps []Step, unit string) (list []Column) {
	for _, step := range steps {
		if !step.Hidden {
			list = append(list, Column{Name: step.Name, Title: step.Title, Unit: unitIn(step.Unit, unit)})
		}
	}
	return list
}

// limitOf finds the limit of a criterion among the checks of a row; criteria that were left out have none.
func (i *Item) limitOf(n int, row RowResult) string {
	k := i.Accept[n]
	if k.Value == "" {
		return ""
	}
	before := 0
	for _, other := range i.Accept[:n] {
		if other.Value == k.Value {
			before++
		}
	}
	for _, c := range row.Checks {
		if c.Value != k.Value {
			continue
		}
		if before == 0 {
			return c.Limit
		}
		before--
	}
	return ""
}

// printed are the readings of a table: all of the item's own, or the point that the rows of another item belong to.
func (i *Item) printed() []Reading {
	if i.source == nil {
		return i.Readings
	}
	if p := i.source.Points; p != nil && p.Of != "" {
		return []Reading{*i.source.reading(p.Of)}
	}
	return i.source.Readings
}

func head(title Words, unit string) string {
	if unit == "" {
		return title.ZH
	}
	return title.ZH + "/" + unit
}

var conclusionZH = map[Conclusion]string{Pass: "合格", Fail: "不合格", Undetermined: "待判定", NotJudged: "不判定"}

func cellZH(kind, text string) string {
	words := map[string]string{}
	switch kind {
	case readDirection:
		words = map[string]string{rising: "进程", falling: "回程"}
	case readTruth:
		words = map[string]string{"true": "是", "false": "否"}
	}
	if word, ok := words[text]; ok {
		return word
	}
	return text
}

// note prints what groups of rows give, such as the repeatability at a load: "重复性 2.1 g（≤7.5，合格）".
func (i *Item) note(r ItemResult, unit string) string {
	if i.Groups == nil {
		return ""
	}
	var notes []string
	for _, g := range r.Groups {
		var parts []string
		for _, by := range i.Groups.By {
			reading := i.reading(by)
			parts = append(parts, withUnit(reading.Title.ZH+" "+g.Key[by], unitIn(reading.Unit, unit)))
		}
		for _, c := range i.Groups.shown(unit) {
			parts = append(parts, withUnit(c.Title.ZH+" "+g.Values[c.Name], c.Unit)+judged(g, c.Name))
		}
		notes = append(notes, strings.Join(parts, "，"))
	}
	return strings.Join(slices.DeleteFunc(notes, func(n string) bool { return n == "" }), "；")
}

func withUnit(text, unit string) string { return strings.TrimSpace(text + " " + unit) }

// judged says what a value of a group was held against.
func judged(g GroupResult, name string) string {
	for _, c := range g.Checks {
		if c.Value == name {
			return "（" + c.Limit + "，" + conclusionZH[c.Verdict] + "）"
		}
	}
	return ""
}
