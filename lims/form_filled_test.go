package lims

import (
	"slices"
	"testing"
)

// Filled tells every value that was filled in, in words, and leaves out what does not apply.
func TestFilled(t *testing.T) {
	t.Parallel()
	form := SamplingForm{
		Category: Food, TaskKind: "supervision", FormNumber: "F-1", ProductName: "菠菜", Link: "distribution", SampledOn: "2026-09-17",
		SampledUnit: UnitForm{Name: "某超市", Phone: "13800002121"},
		Details:     map[string]string{"place_type": "online", "shop_name": "某店", "imported": "false", "exported": "true", "storage_temperature": "-18"},
	}
	name, groups, err := form.Filled()
	if err != nil || name.ZH != "食品安全抽样检验抽样单" {
		t.Fatalf("%+v, %v", name, err)
	}
	got := map[string]FilledField{}
	for _, g := range groups {
		if g.ZH == "" || g.EN == "" || len(g.Fields) == 0 {
			t.Errorf("block %+v", g)
		}
		for _, f := range g.Fields {
			got[f.Path] = f
		}
	}
	for path, want := range map[string]string{
		"task_kind": "监督抽检", "link": "流通环节", "details.place_type": "网购", "details.shop_name": "某店", "details.imported": "否",
		"details.exported": "是", "details.storage_temperature": "-18", "sampled_on": "2026-09-17", "sampled_unit.phone": "13800002121",
		"details.barcode": "", "details.online_platform": "",
	} {
		if f, there := got[path]; !there || f.Value != want || f.ZH == "" || f.EN == "" {
			t.Errorf("%s is %+v (%v), want %q", path, f, there, want)
		}
	}
	for _, path := range []string{"details.stall", "details.id_number"} { // of markets only
		if f, there := got[path]; there {
			t.Errorf("%+v does not apply", f)
		}
	}
	values := form.values()
	for path := range values {
		if _, there := got[path]; !there {
			t.Errorf("%s was filled in and is not told", path)
		}
	}
	if _, _, err := (SamplingForm{Category: "toy"}).Filled(); err == nil {
		t.Error("a form of no category is filled in")
	}
}

// A value that contradicts the others is told all the same: what somebody wrote is not lost.
func TestFilledTellsWhatDoesNotApply(t *testing.T) {
	t.Parallel()
	_, groups, err := SamplingForm{Category: Food, Details: map[string]string{"stall": "A-1"}}.Filled()
	if err != nil {
		t.Fatal(err)
	}
	told := slices.ContainsFunc(groups, func(g FilledGroup) bool {
		return slices.ContainsFunc(g.Fields, func(f FilledField) bool { return f.Value == "A-1" })
	})
	if !told {
		t.Error("the stall is not told")
	}
}
