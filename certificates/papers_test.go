package certificates

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"hengjian/certificates/paper"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/lims"
)

// contentFields are the labels and values of a sampling form.
func contentFields(c paper.SamplingFormContent) map[string]string {
	out := map[string]string{}
	for _, g := range c.Groups {
		for _, f := range g.Fields {
			out[f.Label] = f.Value
		}
	}
	return out
}

// The sampling form says what was registered, in words, and hides what the reader does not need.
func TestSamplingFormOfASample(t *testing.T) {
	t.Parallel()
	b := newBureau(t).openLaboratory()
	sample, _ := b.report("XBJ-1", "0.9")
	c, err := b.samplingForm(t.Context(), b.actors["zhang"], sample)
	b.must(err)
	b.must(c.Validate())
	fields := contentFields(c)
	for label, want := range map[string]string{
		"抽样单编号": "XBJ-1", "任务类别": "监督抽检", "单位名称": "长清某超市", "联系电话": "13800002121", "抽样地点": "超市", "包装分类": "散装",
		"样品名称": "菠菜", "抽样日期": b.today().String(), "批号": "",
	} {
		if got, there := fields[label]; got != want || !there {
			t.Errorf("%s is %q (%v), want %q", label, got, there, want)
		}
	}
	if _, there := fields["网店网址"]; there {
		t.Error("a field that does not apply stands on the form")
	}
	if got := []string{c.Portions[1].Role, c.Portions[1].Quantity, c.Portions[1].Seals[0], c.Samplers[1], c.Items[0].Item, c.Body.Name, c.Source}; !slices.Equal(got,
		[]string{"复检备份样品", "1 kg", "XBJ-1-2", "li某", "铅", "长清区市场监督管理局", "样品" + sample + "的登记记录"}) {
		t.Errorf("the form says %q", got)
	}
	if len(c.Copies) != 5 || c.Copies[4] != (paper.FormCopy{Name: "第五联", For: "被抽样单位"}) || len(c.Notice) == 0 {
		t.Errorf("copies %+v, notice %q", c.Copies, c.Notice)
	}
	masked, err := b.samplingForm(t.Context(), b.actors["zhao"], sample)
	b.must(err)
	if got := contentFields(masked)["联系电话"]; got != "138****2121" {
		t.Errorf("a technician reads the telephone number %s", got)
	}
	for login, code := range map[string]string{"shop": "role_missing", "feng": "role_missing"} {
		_, err := b.SamplingForm(t.Context(), b.actors[login], sample)
		b.wantCode("the form for "+login, err, errs.Forbidden, code)
	}
	elsewhere := b.actors["zhang"]
	elsewhere.Division = "370112"
	_, err = b.SamplingForm(t.Context(), elsewhere, sample)
	b.wantCode("the form for another division", err, errs.NotFound, "sample_missing")
}

// Forms of every category can be printed, whatever is filled in.
func TestEveryFormIsPrinted(t *testing.T) {
	t.Parallel()
	for _, category := range lims.Categories() {
		title, groups, err := lims.SamplingForm{Category: category}.Filled()
		if err != nil || title.ZH == "" || len(groups) < 5 {
			t.Errorf("%s: %+v with %d groups, %v", category, title, len(groups), err)
		}
		rules := rulesOfPapers()
		if copies := rules.copies(category); len(copies) < 3 || copies[0].Name != "第一联" {
			t.Errorf("%s: copies %+v", category, copies)
		}
		for _, k := range append(FollowUps(), paper.SamplingForm) {
			if len(rules.told(k, category)) == 0 {
				t.Errorf("%s tells nothing for %s", k, category)
			}
		}
	}
}

// The custody sheet tells seals, handovers and gaps as the chain has them.
func TestCustodySheetOfASample(t *testing.T) {
	t.Parallel()
	b := newBureau(t).openLaboratory()
	sample, _ := b.report("XBJ-1", "0.9")
	c, err := b.custodySheet(t.Context(), b.actors["wang"], sample)
	b.must(err)
	b.must(c.Validate())
	seal := c.Seals[0]
	if seal.Number != "XBJ-1-1" || seal.AppliedBy == "" || seal.BrokenBy != "zhao某" || seal.BrokenWhy != "检验取样" || len(seal.Checks) != 2 ||
		seal.Checks[0].Seen != "完好" {
		t.Errorf("the first seal is %+v", seal)
	}
	if got := c.Portions[1]; !slices.Equal(got.Holders, []string{"wang某"}) || got.Place != "样品室" {
		t.Errorf("the reserve is %+v", got)
	}
	if h := c.Handovers[1]; h.Purpose != "检验领样" || h.Giver != "wang某" || h.Receiver != "zhao某" || h.State != "已接收" || len(h.Portions) != 1 ||
		!strings.Contains(h.Condition, "XBJ-1-1 完好") {
		t.Errorf("the second handover is %+v", h)
	}
	if len(c.Gaps) != 0 {
		t.Errorf("gaps of a whole chain: %+v", c.Gaps)
	}
	_, err = b.CustodySheet(t.Context(), b.actors["shop"], sample)
	b.wantCode("the sheet for a business", err, errs.Forbidden, "role_missing")
}

// The papers of a failing report are filled in from it; each says the same bytes at the same time.
func TestFollowUpsOfAReport(t *testing.T) {
	t.Parallel()
	b := newBureau(t).openLaboratory()
	sample, d := b.report("XBJ-1", "0.9")
	if d.Conclusion != "fail" {
		t.Fatalf("the report concludes %s", d.Conclusion)
	}
	for _, kind := range FollowUps() {
		c, err := b.followUp(t.Context(), b.actors["wang"], d.Number, kind)
		b.must(err)
		b.must(c.Validate())
		item := paper.FollowedItem{Name: "铅", Unit: "mg/kg", Limit: "≤0.3mg/kg", Result: "0.9", Method: "GB 5009.12"}
		if c.Number != d.Number || c.Sample.Number != sample || len(c.Items) != 1 || c.Items[0] != item || c.Sample.FormNumber != "XBJ-1" {
			t.Errorf("%s says %+v", kind, c)
		}
		wantPortions := map[paper.Kind]int{paper.RetestHandover: 1, paper.SampleDisposal: 2}[kind]
		if len(c.Portions) != wantPortions {
			t.Errorf("%s lists %d portions, want %d", kind, len(c.Portions), wantPortions)
		}
		first, err := b.FollowUp(t.Context(), b.actors["wang"], d.Number, kind)
		b.must(err)
		second, err := b.FollowUp(t.Context(), b.actors["wang"], d.Number, kind)
		b.must(err)
		if !bytes.HasPrefix(first.PDF, []byte("%PDF")) || !bytes.Equal(first.PDF, second.PDF) || !strings.HasPrefix(first.Name, d.Number+"-") {
			t.Errorf("%s: %s, %d and %d bytes", kind, first.Name, len(first.PDF), len(second.PDF))
		}
	}
}

// Who may not have a paper, and of what there is none, is told with a reason.
func TestFollowUpsAreRefused(t *testing.T) {
	t.Parallel()
	b := newBureau(t).openLaboratory()
	_, failed := b.report("XBJ-1", "0.9")
	passedSample, passed := b.report("XBJ-2", "0.12")
	certificate := b.issued("S-1", "15.000")
	for _, kind := range FollowUps() {
		_, err := b.FollowUp(t.Context(), b.actors["wang"], passed.Number, kind)
		if kind == paper.SampleDisposal {
			b.must(err)
			continue
		}
		b.wantCode(string(kind)+" of a passing report", err, errs.Conflict, "report_passed")
	}
	for what, c := range map[string]struct {
		actor  ledger.Actor
		number string
		kind   paper.Kind
		want   errs.Kind
		code   string
	}{
		"a paper that there is not": {b.actors["wang"], failed.Number, "poem", errs.NotFound, "paper_missing"},
		"an issued kind":            {b.actors["wang"], failed.Number, paper.InspectionReport, errs.NotFound, "paper_missing"},
		"a certificate":             {b.actors["chief"], certificate.Number, paper.ResultNotice, errs.Conflict, "not_a_report"},
		"a report that is not":      {b.actors["wang"], "BG26-370113-99999", paper.ResultNotice, errs.NotFound, "document_missing"},
		"a sampler":                 {b.actors["zhang"], failed.Number, paper.ResultNotice, errs.Forbidden, "role_missing"},
		"another business":          {b.actors["stranger"], failed.Number, paper.RetestApplication, errs.NotFound, "document_missing"},
		"a verifier, the portions":  {b.actors["feng"], failed.Number, paper.RetestHandover, errs.Forbidden, "role_missing"},
	} {
		_, err := b.FollowUp(t.Context(), c.actor, c.number, c.kind)
		b.wantCode(what, err, c.want, c.code)
	}
	elsewhere := b.actors["wang"]
	elsewhere.Division = "370112"
	_, err := b.FollowUp(t.Context(), elsewhere, failed.Number, paper.ResultNotice)
	b.wantCode("another division", err, errs.NotFound, "document_missing")

	corrected := b.reissued(passedSample, "0.95")
	_, err = b.FollowUp(t.Context(), b.actors["wang"], passed.Number, paper.SampleDisposal)
	b.wantCode("a superseded report", err, errs.Conflict, "report_not_in_force")
	_, err = b.FollowUp(t.Context(), b.actors["wang"], corrected.Number, paper.ResultNotice)
	b.must(err)
}

// A business may print what it applies with, of its own reports, and nothing else.
func TestWhatABusinessMayPrint(t *testing.T) {
	t.Parallel()
	d := Document{Kind: InspectionReport, Conclusion: "fail", Status: Valid}
	business := ledger.Actor{BusinessID: "b", Roles: []ledger.Role{ledger.Business}}
	for _, kind := range FollowUps() {
		err := mayFollow(business, d, kind)
		if may := kind == paper.RetestApplication; may != (err == nil) || !may && errs.KindOf(err) != errs.Forbidden {
			t.Errorf("%s for a business: %v", kind, err)
		}
	}
}

// Microbiology of food is known by its methods and its sampling plans; a retest of it alone is refused.
func TestMicrobiologyIsNeverRetested(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		category      paper.Category
		method, limit string
		want          bool
	}{
		{paper.Food, "GB 4789.3-2016", "≤100", true},
		{paper.Food, "GB 4789.2", "", true},
		{paper.Food, "GB/T 4789.20-2003", "≤1", true},
		{paper.Food, "GB4789.10", "≤1", true},
		{paper.Food, "GB 47890.1", "≤1", false},
		{paper.Food, "GB 5009.12", "≤0.3", false},
		{paper.Food, "BJS 202001", "n=5,c=2,m=10,M=100", true},
		{paper.Food, "BJS 202001", "n = 5，c = 0，m = 0/25g", true},
		{paper.Drug, "GB 4789.3", "≤100", false},
	} {
		if got := excluded(c.category, paper.Item{Method: c.method, Limit: c.limit}) != ""; got != c.want {
			t.Errorf("%s by %s within %q is never retested: %v, want %v", c.category, c.method, c.limit, got, c.want)
		}
	}
	only := paper.FollowUpContent{Items: []paper.FollowedItem{{Name: "大肠菌群", Excluded: "微生物指标"}}}
	if err := retestable(only); errs.KindOf(err) != errs.Conflict {
		t.Errorf("a retest of microbiology alone: %v", err)
	}
	only.Items = append(only.Items, paper.FollowedItem{Name: "铅"})
	if err := retestable(only); err != nil {
		t.Errorf("a retest of lead: %v", err)
	}
}

// TestPaperRulesAreRefused: a table that says nothing or speaks of unknown things does not start.
func TestPaperRulesAreRefused(t *testing.T) {
	t.Parallel()
	copies := "copies: {food: [a], drug: [a], device: [a], fuel: [a], coal: [a]}\n"
	for name, text := range map[string]string{
		"no copies":        "copies: {food: [a]}\n",
		"unknown field":    copies + "poems: []\n",
		"no text":          copies + "rules: [{papers: [sampling_form], categories: [food], source: read}]\n",
		"unknown source":   copies + "rules: [{papers: [sampling_form], categories: [food], source: rumour, text: x}]\n",
		"unknown category": copies + "rules: [{papers: [sampling_form], categories: [toys], source: read, text: x}]\n",
	} {
		if rules, err := readPaperRules([]byte(text)); err == nil {
			t.Errorf("%s: %+v", name, rules)
		}
	}
}
