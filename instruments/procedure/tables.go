package procedure

import (
	"maps"
	"strings"
)

// Table is one item as a certificate prints it. A check item has no columns.
type Table struct {
	Title   string
	Columns []string
	Rows    [][]string
	Verdict Conclusion
	Note    string
}

// ResultTables turns an evaluation into the tables of a certificate: every reading, every error beside its limit.
func (d *Definition) ResultTables(e Evaluation) []Table {
	var tables []Table
	for _, r := range e.Items {
		item, ok := d.item(r.ID)
		if !ok {
			continue
		}
		t := Table{Title: item.Title.ZH, Verdict: r.Verdict, Note: noteOf(item, r, e.Unit)}
		if item.Kind == "measure" && item.From == "" {
			t.Columns, t.Rows = item.print(r, e.Unit)
		}
		tables = append(tables, t)
	}
	return tables
}

// print lays out the readings, the error and its limit; columns that no row fills are left out.
func (i Item) print(r ItemResult, unit string) (columns []string, rows [][]string) {
	used := map[string]bool{}
	for _, row := range r.Rows {
		for k := range maps.Keys(row.Readings) {
			used[k] = true
		}
	}
	var names []string
	for _, reading := range i.Readings {
		if used[reading.Name] {
			names = append(names, reading.Name)
			columns = append(columns, reading.Title.ZH+"/"+unit)
		}
	}
	if i.Error != "" {
		columns = append(columns, "误差/"+unit)
	}
	if i.Limit != "" {
		columns = append(columns, "最大允许误差/"+unit)
	}
	columns = append(columns, "结论")
	for _, row := range r.Rows {
		cells := make([]string, 0, len(columns))
		for _, name := range names {
			cells = append(cells, orDash(row.Readings[name]))
		}
		if i.Error != "" {
			cells = append(cells, orDash(row.Values[i.Error]))
		}
		if i.Limit != "" {
			cells = append(cells, "±"+row.MPE)
		}
		rows = append(rows, append(cells, conclusionZH[row.Verdict]))
	}
	return columns, rows
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

var conclusionZH = map[Conclusion]string{Pass: "合格", Fail: "不合格", Undetermined: "待判定"}

// noteOf prints the totals of an item, such as the repeatability, by their titles.
func noteOf(item Item, r ItemResult, unit string) string {
	var notes []string
	for _, step := range item.Totals {
		if v, ok := r.Values[step.Name]; ok && step.Title != "" {
			notes = append(notes, step.Title+" "+v+" "+unit)
		}
	}
	return strings.Join(notes, "；")
}
