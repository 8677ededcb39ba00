package standards

import (
	"strings"
	"testing"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

var october = calendar.MustDate("2026-10-01")

func TestFind(t *testing.T) {
	t.Parallel()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []struct {
		item, product, grade, conditions string
		want, row                        string
	}{
		{item: "铅", product: "叶菜蔬菜", want: "≤0.3 mg/kg", row: "gb2762-2025-004"},
		{item: "铅（以Pb计）", product: " 叶菜蔬菜 ", want: "≤0.3 mg/kg", row: "gb2762-2025-004"},
		{item: "Pb", product: "菠菜", want: "≤0.3 mg/kg", row: "gb2762-2025-004"},
		{item: "铅", product: "豆浆", want: "≤0.05 mg/kg", row: "gb2762-2025-021"},
		{item: "铅", product: "豆类制品", want: "≤0.3 mg/kg", row: "gb2762-2025-020"},
		{item: "铅", product: "豆腐", want: "≤0.3 mg/kg", row: "gb2762-2025-020"},
		{item: "铅", product: "姜", want: "≤0.2 mg/kg", row: "gb2762-2025-005"},
		{item: "铅", product: "胡萝卜", want: "≤0.1 mg/kg", row: "gb2762-2025-003"},
		{item: "铅", product: "果泥", want: "≤0.4 mg/kg", row: "gb2762-2025-012"},
		{item: "铅", product: "鲜、冻水产动物", want: "≤1.0 mg/kg", row: "gb2762-2025-032"},
		{item: "铅", product: "葡萄汁", want: "≤0.04 mg/kg", row: "gb2762-2025-054"},
		{item: "铅", product: "运动营养食品 液态", want: "≤0.05 mg/kg", row: "gb2762-2025-067"},
		{item: "铅", product: "运动营养食品", grade: "粉状", want: "≤0.5 mg/kg", row: "gb2762-2025-066"},
		{item: "镉", product: "芹菜", want: "≤0.2 mg/kg", row: "gb2762-2025-085"},
		{item: "镉", product: "茎类蔬菜", want: "≤0.1 mg/kg", row: "gb2762-2025-084"},
		{item: "镉", product: "大米粉", want: "≤0.2 mg/kg", row: "gb2762-2025-081"},
		{item: "镉", product: "猪肝", want: "≤0.5 mg/kg", row: "gb2762-2025-096"},
		{item: "镉", product: "黑木耳", want: "≤0.5 mg/kg", row: "gb2762-2025-092"},
		{item: "甲基汞", product: "金枪鱼制品", want: "≤1.2 mg/kg", row: "gb2762-2025-112"},
		{item: "苯并(a)芘", product: "熏烧烤肉制品", want: "≤5.0 μg/kg", row: "gb2762-2025-191"},
		{item: "亚硝酸盐(以NO₂⁻计)", product: "饮用纯净水", want: "≤0.1 mg/L", row: "gb2762-2025-180"},
		{item: "锡", product: "饮料类", conditions: "容器：镀锡薄钢板", want: "≤150 mg/kg", row: "gb2762-2025-158"},
		{item: "闪点（闭口）", product: "0号车用柴油", want: "≥60 °C", row: "gb19147-2016-027"},
		{item: "闪点", product: "车用柴油(VI)", grade: "-10号", want: "≥60 °C", row: "gb19147-2016-027"},
		{item: "灰分(Ad)", product: "商品煤", grade: "褐煤", conditions: "运距：超过600km", want: "≤20 %", row: "coal-order16-2014-011"},
		{item: "汞(Hgd)", product: "商品煤", want: "≤0.6 μg/g", row: "coal-order16-2014-005"},
		{item: "大肠菌群", product: "复用餐饮具（餐馆自行消毒）", want: "不得检出 /50cm2", row: "gb14934-2016-001"},
		{item: "沙门氏菌", product: "熟肉制品", conditions: "包装：预包装", want: "n=5,c=0,m=0 /25g", row: "gb29921-2021-006"},
		{item: "甲醇", product: "白酒", grade: "粮谷类", want: "≤0.6 g/L", row: "gb2757-2012-001"},
		{item: "黄曲霉毒素B₁", product: "花生油", want: "≤20 μg/kg", row: "gb2761-2017-009"},
	} {
		query := Query{Item: q.item, Product: q.product, Grade: q.grade, Date: october, Conditions: []string{q.conditions}}
		l, err := c.Find(query)
		if err != nil || l.String() != q.want || l.Row.ID != q.row {
			t.Errorf("Find(%+v) = %s (%v), %v; want %s (%s)", query, l, l.Row, err, q.want, q.row)
		}
	}
}

func TestFindUndetermined(t *testing.T) {
	t.Parallel()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []struct {
		item, product, grade, date, conditions string
		code, says                             string
	}{
		{item: "铅", product: "叶菜蔬菜", date: "2026-09-01", code: "no_limit", says: "gb2762-2025-004"},
		{item: "铅", product: "叶菜蔬菜", date: "", code: "no_date"},
		{item: "铅(以固形物计)", product: "叶菜蔬菜", code: "no_limit"},
		{item: "铅", product: "火星石", code: "no_limit", says: "火星石"},
		{item: "钚", product: "叶菜蔬菜", code: "no_limit", says: "钚"},
		{item: "铅", product: "叶菜", code: "no_limit"},              // not a name of the scope: nothing is matched by likeness
		{item: "铅", product: "叶菜蔬菜罐头", code: "no_limit"},          // nor by its beginning
		{item: "铅", product: "大米 米糠", code: "no_limit"},           // nor is what follows a space cut off
		{item: "镉", product: "稻谷壳", code: "no_limit"},             //
		{item: "总砷", product: "大米", code: "no_limit", says: "除外"}, // excepted, and no other row
		{item: "甲基汞", product: "鱼类", code: "limit_open", says: "gb2762-2025-110"},
		{item: "镉", product: "蟹类", code: "limit_open", says: "gb2762-2025-099"},
		{item: "铅", product: "运动营养食品", code: "limit_open", says: "液态"},
		{item: "铅", product: "运动营养食品", grade: "气态", code: "no_limit"},
		{item: "锡", product: "饮料类", code: "limit_open", says: "镀锡薄钢板"},
		{item: "锡", product: "饮料类", conditions: "容器：玻璃瓶", code: "no_limit", says: "镀锡薄钢板"},
		{item: "灰分Ad", product: "商品煤", grade: "褐煤", code: "limit_open", says: "运距"},
		{item: "灰分Aad", product: "商品煤", grade: "褐煤", code: "no_limit"},
		{item: "灰分Ad", product: "民用散煤", grade: "烟煤1号", code: "limit_open", says: "gb34169-2017-008"},
		{item: "硫含量", product: "92号车用汽油", code: "limit_open", says: "gb17930-2016-020"},
		{item: "沙门氏菌", product: "熟肉制品", code: "limit_open", says: "预包装"},
		{item: "甲醇", product: "白酒", code: "limit_open", says: "粮谷类"},
		{item: "亚硝酸盐(以NaNO₂计)", product: "饮用纯净水", code: "no_limit"},
		{item: "二氧化硫残留量", product: "山药", code: "limit_open", says: "chp-002"},
		{item: "亚硝酸盐", product: "饮用天然矿泉水", date: "2026-01-01", code: "no_limit", says: "2026-09-02"},
	} {
		date := october
		if q.date != "" {
			date = calendar.MustDate(q.date)
		} else if q.code == "no_date" {
			date = calendar.Date{}
		}
		l, err := c.Find(Query{Item: q.item, Product: q.product, Grade: q.grade, Date: date, Conditions: []string{q.conditions}})
		reason := reasonOf(err)
		if errs.KindOf(err) != errs.Blocked || reason.Code != q.code || !strings.Contains(reason.ZH, q.says) ||
			!strings.Contains(reason.EN, q.says) && q.says != "除外" {
			t.Errorf("Find(%+v) = %s, %v; want Blocked %s that says %q", q, l, err, q.code, q.says)
		}
	}
}

// The rules that choose among rows, on rows of their own.
func TestFindChooses(t *testing.T) {
	t.Parallel()
	names := NewNames(map[string]string{"Q": "甲"}, []Food{
		{Name: "苹果", Parent: "水果"}, {Name: "水果", Parent: "食品"}, {Name: "频果", Parent: "苹果", Same: true},
		{Name: "梨", Parent: "水果", Standard: "B"},
	})
	row := func(id, scope, limit string, change func(*Row)) Row {
		r := Row{ID: id, Standard: "A", ValidFrom: calendar.MustDate("2020-01-01"), Scope: scope, Item: "甲", Limit: limit,
			Unit: "mg/kg", Confidence: Read, Enabled: true}
		if change != nil {
			change(&r)
		}
		return r
	}
	until := func(r *Row) { r.ValidTo = calendar.MustDate("2025-12-31") }
	disabled := func(r *Row) { r.Enabled = false }
	winter := func(r *Row) { r.Season = "11-01/04-30" }
	summer := func(r *Row) { r.Season = "05-01/10-31" }
	general, special := row("g", "食品", "≤9", nil), row("s", "苹果", "≤1", nil)
	for _, c := range []struct {
		name, product, date string
		rows                []Row
		want, code          string
	}{
		{"special before general", "苹果", "2026-01-01", []Row{general, special}, "≤1 mg/kg", ""},
		{"the order of rows does not matter", "苹果", "2026-01-01", []Row{special, general}, "≤1 mg/kg", ""},
		{"another name", "频果", "2026-01-01", []Row{general, special}, "≤1 mg/kg", ""},
		{"general where no special", "水果", "2026-01-01", []Row{general, special}, "≤9 mg/kg", ""},
		{"a disabled special row is not passed over", "苹果", "2026-01-01",
			[]Row{general, row("s", "苹果", "≤1", disabled)}, "", "limit_open"},
		{"an ended row makes room", "苹果", "2026-01-01", []Row{general, row("s", "苹果", "≤1", until)}, "≤9 mg/kg", ""},
		{"the last day counts", "苹果", "2025-12-31", []Row{general, row("s", "苹果", "≤1", until)}, "≤1 mg/kg", ""},
		{"the first day counts", "苹果", "2020-01-01", []Row{special}, "≤1 mg/kg", ""},
		{"two of one rank", "苹果", "2026-01-01", []Row{special, row("t", "苹果", "≤1", nil)}, "", "several_limits"},
		{"an exception of an ancestor", "苹果", "2026-01-01", []Row{row("e", "食品(水果除外)", "≤1", nil)}, "", "no_limit"},
		{"too wide for an exception below", "水果", "2026-01-01", []Row{row("e", "食品(苹果除外)", "≤1", nil)}, "", "limit_open"},
		{"the scope's own word", "食品", "2026-01-01", []Row{row("e", "食品(苹果除外)", "≤1", nil)}, "≤1 mg/kg", ""},
		{"a kind under another standard only", "梨", "2026-01-01", []Row{general}, "", "no_limit"},
		{"winter", "苹果", "2026-01-15", []Row{row("w", "苹果", "≤1", winter), row("u", "苹果", "≤2", summer)}, "≤1 mg/kg", ""},
		{"summer", "苹果", "2026-07-15", []Row{row("w", "苹果", "≤1", winter), row("u", "苹果", "≤2", summer)}, "≤2 mg/kg", ""},
		{"changeover", "苹果", "2026-05-15", []Row{row("w", "苹果", "≤1", winter), row("u", "苹果", "≤2", summer)}, "", "limit_open"},
		{"after the changeover", "苹果", "2026-05-16",
			[]Row{row("w", "苹果", "≤1", winter), row("u", "苹果", "≤2", summer)}, "≤2 mg/kg", ""},
	} {
		catalogue, err := NewCatalogue(c.rows, names)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		l, err := catalogue.Find(Query{Item: "Q", Product: c.product, Date: calendar.MustDate(c.date)})
		got, code := "", reasonOf(err).Code
		if err == nil {
			got = l.String()
		}
		if got != c.want || code != c.code {
			t.Errorf("%s: got %q, %v; want %q, code %q", c.name, got, err, c.want, c.code)
		}
	}
}

func TestNewCatalogueRefuses(t *testing.T) {
	t.Parallel()
	good := Row{ID: "x", Limit: "≤1", Unit: "mg/kg", ValidFrom: october}
	for _, change := range []func(*Row){
		func(r *Row) { r.Limit = "不多" },
		func(r *Row) { r.Limit = "≤1×103" },
		func(r *Row) { r.Limit = "≤1；特级" },
		func(r *Row) { r.Limit = "≤1mg/kg" },
		func(r *Row) { r.Unit = "尺" },
		func(r *Row) { r.Basis = []Basis{"wet"} },
		func(r *Row) { r.Season = "夏季" },
		func(r *Row) { r.Season = "13-01/14-01" },
	} {
		r := good
		change(&r)
		if _, err := NewCatalogue([]Row{r}, NewNames(nil, nil)); err == nil {
			t.Errorf("NewCatalogue accepts %+v", r)
		}
	}
	if _, err := NewCatalogue([]Row{good}, NewNames(nil, nil)); err != nil {
		t.Errorf("NewCatalogue refuses %+v: %v", good, err)
	}
}

func TestBasisOnlyForItsProducts(t *testing.T) {
	t.Parallel()
	for product, want := range map[string]int{"稻谷": 1, "大米": 0, "糙米": 0} {
		if l := catalogueLimit(t, Query{Item: "镉", Product: product, Date: october}); len(l.Basis) != want {
			t.Errorf("镉 in %s: basis %v, want %d", product, l.Basis, want)
		}
	}
}

func TestReadScope(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, terms, except string }{
		{"叶菜蔬菜", "叶菜蔬菜", ""},
		{"芹菜、黄花菜", "芹菜 黄花菜", ""},
		{"巴氏杀菌乳/调制乳", "巴氏杀菌乳 调制乳", ""},
		{"豆类制品（豆浆除外）", "豆类制品", "豆浆"},
		{"水果制品[果酱(泥)、蜜饯除外]", "水果制品", "果酱(泥) 果酱 果酱泥 蜜饯"},
		{"豆类蔬菜、茎类蔬菜(芹菜除外)", "豆类蔬菜 茎类蔬菜", "芹菜"},
		{"大米(粉)", "大米(粉) 大米 大米粉", ""},
		{"香菇及其制品", "香菇及其制品 香菇 香菇制品", ""},
		{"肉及肉制品(畜禽内脏及其制品除外)", "肉及肉制品 肉 肉制品", "畜禽内脏及其制品 畜禽内脏 畜禽内脏制品"},
		{"「鲜、冻水产动物」(鱼类除外)", "鲜、冻水产动物", "鱼类"},
		{"苯(a)、b(c", "苯(a) 苯 苯a b(c", ""},
	} {
		s := readScope(c.in)
		if terms, except := strings.Join(s.terms, " "), strings.Join(s.except, " "); terms != c.terms || except != c.except {
			t.Errorf("readScope(%q) = %q except %q; want %q except %q", c.in, terms, except, c.terms, c.except)
		}
	}
}
