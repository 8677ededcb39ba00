package lims

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hengjian/internal/calendar"
	"hengjian/internal/users"
)

const (
	idA = "01920000-0000-7000-8000-00000000000a"
	idB = "01920000-0000-7000-8000-00000000000b"
)

var formDay = calendar.MustDate("2026-09-18")

// goodForms is a form without fault for each category.
func goodForms() map[Category]SamplingForm {
	base := SamplingForm{
		TaskKind: "supervision", FormNumber: "DC1", ProductName: "样品", Street: "平安街道", Quantity: "4", Unit: "瓶",
		SampledUnit: UnitForm{Name: "某单位", CreditCode: users.CreditCode(1, "370113"), Address: "某路1号"},
		SampledOn:   "2026-09-17", ProducedOn: "2026-09-01", Sampler1: idA, Sampler2: idB,
		Portions: []PortionForm{
			{Role: TestPortion, Quantity: "2", Container: "瓶", Seals: []SealForm{{Number: "S1"}}},
			{Role: ReservePortion, Quantity: "2", Container: "瓶", Seals: []SealForm{{Number: "S2"}}},
		},
		Analyses: []AnalysisForm{{Item: "铅", Method: "GB 5009.12"}},
	}
	with := func(c Category, link, class, grade string, details map[string]string) SamplingForm {
		f := base
		f.Category, f.Link, f.ProductClass, f.Grade, f.Details = c, link, class, grade, details
		f.Details["task_source"] = "区级"
		return f
	}
	return map[Category]SamplingForm{
		Food: with(Food, "distribution", "叶菜蔬菜", "", map[string]string{"food_category_1": "食用农产品", "place_type": "supermarket",
			"sample_type": "agricultural", "packaging": "bulk", "date_type": "production", "storage": "ambient"}),
		Drug: with(Drug, "use", "", "", map[string]string{"place_type": "hospital", "producer_name": "某药厂", "drug_kind": "preparation",
			"approval_number": "国药准字Z1", "sealed_on_site": "true"}),
		Device: with(Device, "use", "", "", map[string]string{"place_type": "hospital", "registrant": "某公司", "producer_name": "某公司",
			"registration_kind": "registration", "registration_number": "鲁械注准1", "storage": "ambient", "sealed_on_site": "true"}),
		Fuel: with(Fuel, "distribution", "车用汽油(VIB)", "92", map[string]string{"place_type": "nozzle", "tank_number": "1",
			"nozzle_number": "3", "supplier": "某油库", "purchase_note": "JH1", "product_standard": "GB 17930-2016",
			"tank_point": "nozzle_flushed", "oil_temperature": "21.5"}),
		Coal: with(Coal, "distribution", "商品煤", "", map[string]string{"place_type": "stockpile", "producer_name": "某矿", "coal_kind": "raw",
			"top_size": "50", "sampling_mode": "manual", "lot_mass": "300", "increments": "33", "increment_mass": "3"}),
	}
}

func TestGoodFormsPass(t *testing.T) {
	t.Parallel()
	forms := goodForms()
	for _, c := range Categories() {
		if err := forms[c].Validate(formDay); err != nil {
			t.Errorf("%s: %v", c, err)
		}
	}
}

// TestFormFieldsCover holds the catalogue against the struct: every typed field stands in the catalogue of every category,
// or it could not be filled in.
func TestFormFieldsCover(t *testing.T) {
	t.Parallel()
	full := SamplingForm{FormNumber: "x", TaskKind: "x", ProductName: "x", ProductClass: "x", Grade: "x", Link: "x", Street: "x",
		Quantity: "x", Unit: "x", SampledOn: "x", ProducedOn: "x", SampledUnit: UnitForm{"x", "x", "x", "x", "x"}}
	for _, c := range Categories() {
		form, err := FormFields(c)
		if err != nil {
			t.Fatal(err)
		}
		paths := map[string]bool{}
		for _, f := range form.all() {
			paths[f.Path] = true
			if f.ZH == "" || f.EN == "" {
				t.Errorf("%s %s: a name is missing", c, f.Path)
			}
		}
		for path := range full.values() {
			if !paths[path] {
				t.Errorf("%s: no field %s", c, path)
			}
		}
	}
}

func TestUnknownCategory(t *testing.T) {
	t.Parallel()
	if _, err := FormFields("toy"); !hasCode(err, "choice") {
		t.Errorf("FormFields(toy) = %v, want choice", err)
	}
	if err := (SamplingForm{Category: "toy"}).Validate(formDay); !hasCode(err, "choice") {
		t.Errorf("Validate = %v, want choice", err)
	}
}

// change is a fault put into a good form, with the path and code that must be told.
type change struct {
	name       string
	category   Category
	make       func(*SamplingForm)
	path, code string
}

func detail(key, value string) func(*SamplingForm) {
	return func(f *SamplingForm) { f.Details[key] = value }
}

var formFaults = []change{
	{"no form number", Food, func(f *SamplingForm) { f.FormNumber = " " }, "form_number", "required"},
	{"task kind", Food, func(f *SamplingForm) { f.TaskKind = "fun" }, "task_kind", "choice"},
	{"link of another category", Food, func(f *SamplingForm) { f.Link = "use" }, "link", "choice"},
	{"long product name", Food, func(f *SamplingForm) { f.ProductName = strings.Repeat("长", 101) }, "product_name", "too_long"},
	{"NUL in a text", Food, func(f *SamplingForm) { f.ProductName = "菠\x00菜" }, "product_name", "unfit_characters"},
	{"broken UTF-8", Food, func(f *SamplingForm) { f.ProductName = "菠\xff" }, "product_name", "unfit_characters"},
	{"credit code", Food, func(f *SamplingForm) { f.SampledUnit.CreditCode = "91330100799655058C" }, "sampled_unit.credit_code", "credit_code_check"},
	{"credit code of 14 digits", Food, func(f *SamplingForm) { f.SampledUnit.CreditCode = "12345678901234" }, "sampled_unit.credit_code", "credit_code_length"},
	{"phone", Food, func(f *SamplingForm) { f.SampledUnit.Phone = "打电话" }, "sampled_unit.phone", "pattern"},
	{"date that is none", Food, func(f *SamplingForm) { f.SampledOn = "2026-02-30" }, "sampled_on", "date"},
	{"sampled tomorrow", Food, func(f *SamplingForm) { f.SampledOn = "2026-09-19" }, "sampled_on", "date_future"},
	{"sampled long ago", Food, func(f *SamplingForm) { f.SampledOn = "2025-09-16" }, "sampled_on", "date_absurd"},
	{"produced in 1026", Food, func(f *SamplingForm) { f.ProducedOn = "1026-09-16" }, "produced_on", "date_absurd"},
	{"produced after sampling", Food, func(f *SamplingForm) { f.ProducedOn = "2026-09-18" }, "produced_on", "after_sampling"},
	{"no production date", Food, func(f *SamplingForm) { f.ProducedOn = "" }, "produced_on", "required"},
	{"purchase date missing", Food, detail("date_type", "purchase"), "details.marked_on", "required"},
	{"purchase date not asked for", Food, detail("marked_on", "2026-09-10"), "details.marked_on", "not_applicable"},
	{"quantity zero", Food, func(f *SamplingForm) { f.Quantity = "0" }, "quantity", "not_positive"},
	{"quantity a word", Food, func(f *SamplingForm) { f.Quantity = "三" }, "quantity", "decimal"},
	{"portion zero", Food, func(f *SamplingForm) { f.Portions[0].Quantity = "0.0" }, "portions[0].quantity", "not_positive"},
	{"portion negative", Food, func(f *SamplingForm) { f.Portions[1].Quantity = "-1" }, "portions[1].quantity", "not_positive"},
	{"portion a word", Food, func(f *SamplingForm) { f.Portions[1].Quantity = "NaN" }, "portions[1].quantity", "decimal"},
	{"portions exceed", Food, func(f *SamplingForm) { f.Portions[1].Quantity = "2.001" }, "portions", "exceeds_whole"},
	{"portion in other unit", Food, func(f *SamplingForm) { f.Portions[1].Unit = "袋" }, "portions[1].unit", "unit_differs"},
	{"portion of no role", Food, func(f *SamplingForm) { f.Portions[1].Role = "spare" }, "portions[1].role", "choice"},
	{"no test portion", Food, func(f *SamplingForm) { f.Portions = f.Portions[1:] }, "portions", "no_test_portion"},
	{"no reserve portion", Food, func(f *SamplingForm) { f.Portions = f.Portions[:1] }, "portions", "no_reserve_portion"},
	{"no container", Food, func(f *SamplingForm) { f.Portions[0].Container = "" }, "portions[0].container", "required"},
	{"no seal", Food, func(f *SamplingForm) { f.Portions[0].Seals = nil }, "portions[0].seals", "required"},
	{"seal without number", Food, func(f *SamplingForm) { f.Portions[0].Seals[0].Number = " " }, "portions[0].seals[0].number", "required"},
	{"seal twice", Food, func(f *SamplingForm) { f.Portions[1].Seals[0].Number = "S1" }, "portions[1].seals[0].number", "seal_twice"},
	{"seal photo", Food, func(f *SamplingForm) { f.Portions[0].Seals[0].PhotoHash = "xyz" }, "portions[0].seals[0].photo_hash", "file_hash"},
	{"one sampler", Food, func(f *SamplingForm) { f.Sampler2 = "" }, "sampler_2", "required"},
	{"same sampler", Food, func(f *SamplingForm) { f.Sampler2 = strings.ToUpper(idA) }, "sampler_2", "two_samplers"},
	{"sampler is no id", Food, func(f *SamplingForm) { f.Sampler1 = "zhang" }, "sampler_1", "bad_id"},
	{"id is none", Food, func(f *SamplingForm) { f.ID = "1" }, "id", "bad_id"},
	{"no analysis", Food, func(f *SamplingForm) { f.Analyses = nil }, "analyses", "count"},
	{"analysis without method", Food, func(f *SamplingForm) { f.Analyses[0].Method = "" }, "analyses[0].method", "required"},
	{"analysis twice", Food, func(f *SamplingForm) { f.Analyses = append(f.Analyses, f.Analyses[0]) }, "analyses[1]", "twice"},
	{"photo without file", Food, func(f *SamplingForm) { f.Photos = []PhotoForm{{Caption: "门头"}} }, "photos[0].file_hash", "required"},
	{"photo twice", Food, func(f *SamplingForm) {
		f.Photos = []PhotoForm{{FileHash: strings.Repeat("ab", 32)}, {FileHash: strings.Repeat("AB", 32)}}
	}, "photos[1].file_hash", "twice"},
	{"unknown detail", Food, detail("colour", "red"), "details.colour", "unknown_field"},
	{"detail of another category", Food, detail("nozzle_number", "3"), "details.nozzle_number", "unknown_field"},
	{"choice", Food, detail("storage", "warm"), "details.storage", "choice"},
	{"bool", Food, detail("imported", "yes"), "details.imported", "bool"},
	{"decimal", Food, detail("annual_sales", "1,000"), "details.annual_sales", "decimal"},
	{"decimal too low", Food, detail("unit_price", "-1"), "details.unit_price", "too_low"},
	{"decimal too high", Food, detail("storage_humidity", "101"), "details.storage_humidity", "too_high"},
	{"producer licence", Food, detail("producer_licence", "SC123"), "details.producer_licence", "pattern"},
	{"licence number needed", Food, detail("licence_type", "operation"), "details.licence_number", "required"},
	{"prepackaged needs producer", Food, detail("packaging", "prepackaged"), "details.producer_name", "required"},
	{"online needs shop", Food, detail("place_type", "online"), "details.shop_url", "required"},
	{"online needs account", Food, detail("place_type", "online"), "details.payment_account", "required"},
	{"vending needs account", Food, detail("place_type", "vending"), "details.payment_account", "required"},
	{"shop without online", Food, detail("shop_url", "https://example.com"), "details.shop_url", "not_applicable"},
	{"market needs stall", Food, detail("place_type", "market"), "details.stall", "required"},
	{"id number outside a market", Food, detail("id_number", "370113199001011234"), "details.id_number", "not_applicable"},
	{"refusal needs witness", Food, detail("unit_refused_to_sign", "true"), "details.witness", "required"},
	{"third party needs name", Food, detail("third_party", "true"), "details.third_party_name", "required"},
	{"no class to judge food by", Food, func(f *SamplingForm) { f.ProductClass = "" }, "product_class", "required"},
	{"signed in the future", Food, detail("unit_signed_on", "2026-09-19"), "details.unit_signed_on", "date_future"},
	{"drug expires before it was made", Drug, detail("expires_on", "2026-08-31"), "details.expires_on", "before_production"},
	{"drug without approval number", Drug, detail("approval_number", ""), "details.approval_number", "required"},
	{"drug expires in a far future", Drug, detail("expires_on", "2126-08-31"), "details.expires_on", "date_absurd"},
	{"device without registration", Device, detail("registration_number", ""), "details.registration_number", "required"},
	{"fuel without nozzle", Fuel, detail("nozzle_number", ""), "details.nozzle_number", "required"},
	{"fuel at the tank has no nozzle", Fuel, detail("place_type", "tank"), "details.nozzle_number", "not_applicable"},
	{"fuel without grade", Fuel, func(f *SamplingForm) { f.Grade = "" }, "grade", "required"},
	{"fuel delivered after sampling", Fuel, detail("purchased_on", "2026-09-18"), "details.purchased_on", "after_sampling"},
	{"coal without increments", Coal, detail("increments", ""), "details.increments", "required"},
}

func TestFormFaults(t *testing.T) {
	t.Parallel()
	for _, c := range formFaults {
		f := goodForms()[c.category]
		c.make(&f)
		e := asError(f.Validate(formDay))
		if e == nil {
			t.Errorf("%s: no fault, want %s at %s", c.name, c.code, c.path)
			continue
		}
		found := false
		for _, x := range e.Fields {
			found = found || (x.Path == c.path && x.Code == c.code && x.ZH != "" && x.EN != "")
		}
		if !found {
			t.Errorf("%s: faults %v, want %s at %s", c.name, e, c.code, c.path)
		}
	}
}

// TestFormFaultsAtOnce makes three faults and wants all three told.
func TestFormFaultsAtOnce(t *testing.T) {
	t.Parallel()
	f := goodForms()[Food]
	f.SampledOn, f.Quantity, f.Sampler2 = "soon", "many", idA
	f.Details["colour"] = "red"
	e := asError(f.Validate(formDay))
	got := map[string]bool{}
	for _, x := range e.Fields {
		got[x.Path] = true
	}
	for _, want := range []string{"sampled_on", "quantity", "sampler_2", "details.colour"} {
		if !got[want] {
			t.Errorf("faults %v, want one at %s", slices.Sorted(maps.Keys(got)), want)
		}
	}
}

func TestFormAccepts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		make func(*SamplingForm)
	}{
		{"a unit without code", func(f *SamplingForm) { f.SampledUnit.CreditCode = "/" }},
		{"an old licence number", func(f *SamplingForm) { f.SampledUnit.CreditCode = "370113600012345" }},
		{"a lower-case code", func(f *SamplingForm) { f.SampledUnit.CreditCode = strings.ToLower(f.SampledUnit.CreditCode) }},
		{"risk monitoring without reserve", func(f *SamplingForm) { f.TaskKind, f.Portions = "risk_monitoring", f.Portions[:1] }},
		{"portions that use all up", func(f *SamplingForm) { f.Portions[1].Quantity = "2.000" }},
		{"spaces around", func(f *SamplingForm) { f.Quantity, f.SampledOn = " 4 ", " 2026-09-17 " }},
		{"blank details", func(f *SamplingForm) { f.Details["colour"] = " " }},
		{"sampled today", func(f *SamplingForm) { f.SampledOn = "2026-09-18" }},
		{"a market stall without code", func(f *SamplingForm) {
			f.SampledUnit.CreditCode, f.Details["place_type"], f.Details["stall"] = "/", "market", "12号"
			f.Details["id_number"] = "370113199001011234"
		}},
	} {
		f := goodForms()[Food]
		c.make(&f)
		if err := f.Validate(formDay); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	b := &bureau{}
	f := b.form(1)
	f.Details["legal_representative"], f.Details["remark"] = "张三丰", "无"
	form, err := FormFields(Food)
	if err != nil {
		t.Fatal(err)
	}
	shown := f.masked(form, actorWith("technician"))
	for _, c := range []struct{ what, got, want string }{
		{"phone", shown.SampledUnit.Phone, "138****2121"}, {"contact", shown.SampledUnit.Contact, "赵*"},
		{"representative", shown.Details["legal_representative"], "张*"}, {"remark", shown.Details["remark"], "无"},
		{"original", f.Details["legal_representative"], "张三丰"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
	if got := f.masked(form, actorWith("sampler")).SampledUnit.Phone; got != "13800002121" {
		t.Errorf("a sampler sees %q, want the number", got)
	}
}

func TestReadFormsRefuses(t *testing.T) {
	t.Parallel()
	const head = "groups:\n  - {key: g, zh: 组, en: group}\nchoices:\n  c:\n    - {key: a, zh: 甲, en: a}\nforms:\n" +
		"  drug: {}\n  device: {}\n  fuel: {}\n  coal: {}\n  food:\n    fields:\n"
	for _, c := range []struct{ name, field, want string }{
		{"unknown key", "{path: x, group: g, kind: text, colour: red}", "colour"},
		{"unknown group", "{path: x, group: h, kind: text}", "no group"},
		{"no choices", "{path: x, group: g, kind: choice, choices: d}", "no choices"},
		{"pattern", "{path: x, group: g, kind: text, pattern: '('}", "missing closing"},
		{"condition on nothing", "{path: x, group: g, kind: text, only_when: {y: [a]}}", "no field"},
		{"condition that cannot hold", "{path: x, group: g, kind: choice, choices: c, only_when: {x: [b]}}", "cannot be"},
		{"twice", "{path: x, group: g, kind: text}\n      - {path: x, group: g, kind: text}", "twice"},
	} {
		_, err := readForms([]byte(head + "      - " + c.field + "\n"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	if got := sampleNumber("370113", 2026, 7); got != "YP26-370113-00007" {
		t.Errorf("sampleNumber = %q", got)
	}
	if got := portionLabel("YP26-370113-00007", 1); got != "YP26-370113-00007-2" {
		t.Errorf("portionLabel = %q", got)
	}
	before, after := sampleNumber("370113", 2026, 99999), sampleNumber("370113", 2027, 1)
	if fmt.Sprint(before < after) != "true" {
		t.Errorf("numbers do not sort by year: %s, %s", before, after)
	}
}
