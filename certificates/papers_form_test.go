package certificates

import (
	"bytes"
	"fmt"
	"maps"
	"testing"
	"time"

	"hengjian/certificates/fonts"
	"hengjian/certificates/paper"
	"hengjian/internal/calendar"
	"hengjian/lims"
)

// usualForm is a form of the category as samplers fill it in, every field of the national form that is usual among them.
func usualForm(t *testing.T, c lims.Category) paper.SamplingFormContent {
	t.Helper()
	details := map[string]string{
		"task_source": "2026年济南市长清区食品安全监督抽检计划", "legal_representative": "张某某", "unit_postcode": "250300", "base_quantity": "25 kg",
		"unit_price": "6.00", "body_name": "济南市长清区食品药品检验检测中心", "body_level": "county", "body_address": "山东省济南市长清区经十西路 1 号",
		"body_province": "山东省", "body_contact": "王某", "body_phone": "0531-00000000", "body_postcode": "250300", "unit_signed_by": "李某某",
		"unit_signed_on": "2026-03-10", "remark": "样品来源：济南某某农产品批发市场，供货商提供承诺达标合格证。",
	}
	if c == lims.Food {
		maps.Copy(details, map[string]string{
			"report_class_a": "区级监督抽检", "report_class_b": "2026年长清区本级", "sampling_type": "routine", "food_category_1": "食用农产品",
			"food_category_2": "蔬菜", "food_category_3": "茎类蔬菜", "food_category_4": "芹菜", "supplementary": "false", "fast_track": "false",
			"licence_type": "operation", "licence_number": "JY13701130000001", "annual_sales": "120", "unit_scale": "small",
			"business_format": "小型超市", "area_type": "rural", "unit_province": "山东省", "unit_city": "济南市", "unit_county": "长清区",
			"place_type": "supermarket", "sample_type": "agricultural", "sample_source": "purchased", "sample_attribute": "ordinary",
			"packaging": "bulk", "physical_form": "solid", "date_type": "purchase", "imported": "false", "exported": "false",
			"sampling_method": "ordinary", "sampling_tool": "无菌袋", "storage": "refrigerated", "sample_packaging": "plastic_bag",
		})
	}
	form := lims.SamplingForm{
		Category: c, TaskKind: "supervision", FormNumber: "XBJ26370113630230158", ProductName: "芹菜（鲜）", ProductClass: "茎类蔬菜",
		Link: "distribution", Street: "平安街道", SampledOn: "2026-03-10", ProducedOn: "2026-03-09", Quantity: "3.0", Unit: "kg", Details: details,
		SampledUnit: lims.UnitForm{Name: "济南市长清区平安街道李记果蔬经营部", CreditCode: "92370113MA00000000", Contact: "李某某", Phone: "13800000000",
			Address: "山东省济南市长清区平安街道平安店村 22 号"},
	}
	title, groups, err := form.Filled()
	if err != nil {
		t.Fatal(err)
	}
	rules := rulesOfPapers()
	out := paper.SamplingFormContent{
		Printed: paper.Printed{
			Kind: paper.SamplingForm, Number: form.FormNumber, Source: "样品YP26-370113-00001的登记记录", PrintedAt: time.Date(2026, 3, 10, 3, 0, 0, 0, time.UTC),
			Body: paper.Body{Division: "370113", Name: "济南市长清区市场监督管理局", Address: "山东省济南市长清区清河街 1 号", Phone: "0531-00000000"},
		},
		FormTitle: title.ZH, Category: paper.Category(c), SampleNumber: "YP26-370113-00001", Groups: formGroups(groups),
		Samplers: []string{"王建国", "陈晓敏"}, Signing: paper.UnitSigning{By: "李某某", On: new(calendar.MustDate("2026-03-10"))},
		Copies: rules.copies(c), Notice: rules.told(paper.SamplingForm, c),
	}
	for i, role := range []string{"检验样品", "复检备份样品"} {
		out.Portions = append(out.Portions, paper.FormPortion{Label: fmt.Sprintf("YP26-370113-00001-%d", i+1), Role: role,
			Quantity: "1.5 kg", Container: "塑料袋", Seals: []string{fmt.Sprintf("FT26000001-%d", i+1)}})
	}
	for _, item := range []string{"铅（以Pb计）", "镉（以Cd计）", "毒死蜱", "噻虫胺", "氧乐果", "甲拌磷", "腈菌唑", "氯氟氰菊酯和高效氯氟氰菊酯"} {
		out.Items = append(out.Items, paper.FormItem{Item: item, Method: "GB 23200.121-2021"})
	}
	return out
}

// TestUsualFormsAreOneSheet: each copy of a form as samplers fill it in is one sheet with all its signatures, in every
// category.
func TestUsualFormsAreOneSheet(t *testing.T) {
	t.Parallel()
	if _, err := fonts.Load(); err != nil {
		t.Skip("the document fonts are not there: make build, or scripts/fonts.sh, copies them")
	}
	for _, c := range lims.Categories() {
		form := usualForm(t, c)
		pdf, err := paper.Draw(form, paper.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Count(pdf, []byte("/Type /Page\n")); got != len(form.Copies) {
			t.Errorf("%d copies of a form of %s take %d sheets", len(form.Copies), c, got)
		}
	}
}
