package procedure

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestResultTables(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	bad := fullScale().with("weighing", weighingRows(t, func(r []Row) []Row { r[4]["I"] = "15010"; return r[:6] }))
	tables := d.ResultTables(evaluate(t, d, scaleRecord(t, bad)))
	byTitle := map[string]ResultTable{}
	for _, table := range tables {
		byTitle[table.Title] = table
		for _, row := range table.Rows {
			if len(row) != len(table.Columns) {
				t.Errorf("%s: a row of %d cells under %d heads", table.Title, len(row), len(table.Columns))
			}
		}
	}
	for title, want := range map[string]ResultTable{
		"外观、标志、铅封和软件标识": {Verdict: Pass},
		"置零准确度": {
			Columns: []string{"载荷L/g", "示值I/g", "附加小砝码ΔL/g", "误差E/g", "允许值/g", "结论"},
			Rows:    [][]string{{"50", "50", "2.5", "0.0", "±1.25", "合格"}}, Verdict: Pass, Note: "零点误差E0 0.0 g",
		},
		"称量": {
			Columns: []string{"载荷L/g", "进回程", "示值I/g", "附加小砝码ΔL/g", "误差E/g", "修正误差Ec/g", "最大允许误差/g", "结论"},
			Rows: [][]string{
				{"100", "进程", "100", "2.0", "0.5", "0.5", "±2.5", "合格"}, {"2500", "进程", "2500", "2.0", "0.5", "0.5", "±2.5", "合格"},
				{"7500", "进程", "7500", "2.0", "0.5", "0.5", "±5", "合格"}, {"10000", "进程", "10000", "2.0", "0.5", "0.5", "±5", "合格"},
				{"15000", "进程", "15010", "2.0", "10.5", "10.5", "±7.5", "不合格"}, {"10000", "回程", "10000", "2.0", "0.5", "0.5", "±5", "合格"},
			}, Verdict: Fail,
		},
		"重复性": {
			Columns: []string{"载荷L/g", "示值I/g", "附加小砝码ΔL/g", "化整前示值P/g", "结论"},
			Rows:    [][]string{{"12000", "12000", "2.0", "12000.5", "合格"}, {"12000", "12000", "2.5", "12000.0", "合格"}, {"12000", "12000", "1.5", "12001.0", "合格"}},
			Verdict: Pass, Note: "载荷L 12000 g，重复性 1.0 g（≤7.5，合格）",
		},
		"鉴别阈": {
			Columns: []string{"载荷L/g", "示值I/g", "加放1.4d后的示值/g", "示值变化/g", "要求/g", "结论"},
			Rows:    [][]string{{"100", "100", "105", "5", "≥5", "合格"}, {"7500", "7500", "7505", "5", "≥5", "合格"}, {"15000", "15000", "15005", "5", "≥5", "合格"}},
			Verdict: Pass,
		},
	} {
		want.Title = title
		if diff := cmp.Diff(want, byTitle[title]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", title, diff)
		}
	}
	if len(tables) != 6 {
		t.Errorf("%d tables, want one of each of the 6 items", len(tables))
	}
}

func TestResultTablesOfItemsWithoutReadings(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-52-2013")
	tables := d.ResultTables(evaluate(t, d, gaugeRecord(t, fullGauge())))
	want := ResultTable{
		Title: "回程误差", Columns: []string{"标准压力/MPa", "回程误差/MPa", "允许值/MPa", "结论"}, Verdict: Pass,
		Rows: [][]string{{"0.4", "0.005", "≤0.0256", "合格"}, {"0.8", "0.010", "≤0.0256", "合格"}, {"1.2", "0.010", "≤0.0256", "合格"}, {"1.6", "0.005", "≤0.04", "合格"}},
	}
	if diff := cmp.Diff(want, tables[3]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Where a criterion is left out in a row, its column has a dash; words stand for truths.
func TestResultTablesOfOtherKinds(t *testing.T) {
	t.Parallel()
	d := tryDefinition(t, "many_kinds")
	e := evaluate(t, d, Record{Stage: Inspection, Parameters: rawParameters(map[string]string{"class": "F2", "nominal": "200"}),
		Readings: rawReadings(t, readings{"ratio": []any{map[string]any{"dB": "95", "mains": true}, map[string]any{"dB": "80", "mains": false}}})})
	for _, table := range d.ResultTables(e) {
		if table.Title != "共模抑制比" {
			continue
		}
		want := [][]string{{"95", "是", "≥89", "合格"}, {"80", "否", "—", "合格"}}
		if diff := cmp.Diff(want, table.Rows); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return
	}
	t.Error("the optional item that was recorded has no table")
}

// What was recorded without being judged at the stage is not printed.
func TestResultTablesOfAnInspection(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	r := scaleRecord(t, fullScale())
	r.Stage = Inspection
	if tables := d.ResultTables(evaluate(t, d, r)); len(tables) != 3 {
		t.Errorf("%d tables, want those of the 3 items that are judged in use", len(tables))
	}
}

// What a page needs to draw a record: the columns of rows and groups, without the steps that are only on the way.
func TestShownColumns(t *testing.T) {
	t.Parallel()
	names := func(columns []Column) (list []string) {
		for _, c := range columns {
			list = append(list, c.Name+"/"+c.Unit)
		}
		return list
	}
	e := evaluate(t, mustDefinition(t, "JJG-539-2016"), scaleRecord(t, fullScale()))
	for _, c := range []struct {
		item        string
		rows, group []string
	}{
		{"weighing", []string{"L/g", "direction/", "I/g", "dL/g", "E/g", "Ec/g"}, nil},
		{"repeatability", []string{"L/g", "I/g", "dL/g", "P/g"}, []string{"R/g"}},
		{"discrimination", []string{"L/g", "I/g", "I_after/g", "ok/", "change/g"}, nil},
	} {
		n := slices.IndexFunc(e.Items, func(r ItemResult) bool { return r.ID == c.item })
		if r := e.Items[n]; !slices.Equal(names(r.Columns), c.rows) || !slices.Equal(names(r.GroupColumns), c.group) {
			t.Errorf("%s shows %v and of groups %v, want %v and %v", c.item, names(r.Columns), names(r.GroupColumns), c.rows, c.group)
		}
	}
}
