package paper

import (
	"slices"
	"strings"
	"testing"

	"hengjian/internal/errs"
)

func TestSamplingFormFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*SamplingFormContent)
		want  []string
	}{
		"kind":              {func(c *SamplingFormContent) { c.Kind = CustodySheet }, []string{"kind"}},
		"number":            {func(c *SamplingFormContent) { c.Number = "" }, []string{"number"}},
		"no source":         {func(c *SamplingFormContent) { c.Source = " " }, []string{"source"}},
		"not printed":       {func(c *SamplingFormContent) { c.PrintedAt = at("0001-01-01T00:00:00Z") }, []string{"printed_at"}},
		"printed locally":   {func(c *SamplingFormContent) { c.PrintedAt = c.PrintedAt.In(shanghai) }, []string{"printed_at"}},
		"category":          {func(c *SamplingFormContent) { c.Category = "toy" }, []string{"category"}},
		"no fields":         {func(c *SamplingFormContent) { c.Groups = nil }, []string{"groups"}},
		"no label":          {func(c *SamplingFormContent) { c.Groups[1].Fields[2].Label = "" }, []string{"groups[1].fields[2].label"}},
		"no portions":       {func(c *SamplingFormContent) { c.Portions = nil }, []string{"portions"}},
		"no quantity":       {func(c *SamplingFormContent) { c.Portions[1].Quantity = "" }, []string{"portions[1].quantity"}},
		"no items":          {func(c *SamplingFormContent) { c.Items = nil }, []string{"items"}},
		"one sampler":       {func(c *SamplingFormContent) { c.Samplers = c.Samplers[:1] }, []string{"samplers"}},
		"unwitnessed":       {func(c *SamplingFormContent) { c.Signing.Refused = true }, []string{"signing.witness"}},
		"no copies":         {func(c *SamplingFormContent) { c.Copies = nil }, []string{"copies"}},
		"too many copies":   {func(c *SamplingFormContent) { c.Copies = slices.Repeat(c.Copies, 2) }, []string{"copies"}},
		"a copy for no one": {func(c *SamplingFormContent) { c.Copies[4].For = "" }, []string{"copies[4].for"}},
	} {
		content := foodForm()
		c.spoil(&content)
		if got := paths(content.Validate()); !slices.Equal(got, c.want) {
			t.Errorf("%s: faults at %q, want %q", name, got, c.want)
		}
	}
}

func TestCustodyFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*CustodyContent)
		want  []string
	}{
		"kind":                  {func(c *CustodyContent) { c.Kind = SamplingForm }, []string{"kind"}},
		"no portions":           {func(c *CustodyContent) { c.Portions = nil }, []string{"portions"}},
		"broken by nobody":      {func(c *CustodyContent) { c.Seals[0].BrokenBy, c.Seals[0].BrokenWhy = "", "" }, []string{"seals[0].broken_by", "seals[0].broken_why"}},
		"broken before applied": {func(c *CustodyContent) { c.Seals[0].BrokenAt = moment("2026-03-10T01:00:00Z") }, []string{"seals[0].broken_at"}},
		"a look by nobody":      {func(c *CustodyContent) { c.Seals[0].Checks = []SealLook{{at("2026-03-10T08:00:00Z"), "", "完好"}} }, []string{"seals[0].checks[0].by"}},
		"applied by nobody":     {func(c *CustodyContent) { c.Seals[1].AppliedBy = "" }, []string{"seals[1].applied_by"}},
		"to oneself":            {func(c *CustodyContent) { c.Handovers[0].Receiver = "王建国" }, []string{"handovers[0].receiver"}},
		"taken before given":    {func(c *CustodyContent) { c.Handovers[0].DecidedAt = moment("2026-03-10T07:00:00Z") }, []string{"handovers[0].decided_at"}},
		"nothing given":         {func(c *CustodyContent) { c.Handovers[0].Portions = nil }, []string{"handovers[0].portions"}},
		"a gap without a word":  {func(c *CustodyContent) { c.Gaps[0].Text = "" }, []string{"gaps[0].text"}},
	} {
		content := custodySheet()
		c.spoil(&content)
		if got := paths(content.Validate()); !slices.Equal(got, c.want) {
			t.Errorf("%s: faults at %q, want %q", name, got, c.want)
		}
	}
}

func TestFollowUpFaults(t *testing.T) {
	t.Parallel()
	excluded := func(c *FollowUpContent) {
		c.Items = slices.Clone(c.Items)
		c.Items[0].Excluded = "微生物指标"
	}
	bare := func(c *FollowUpContent) { c.Items = nil }
	empty := func(c *FollowUpContent) { c.Portions = nil }
	laden := func(c *FollowUpContent) { c.Portions = followUp(SampleDisposal).Portions }
	for name, c := range map[string]struct {
		kind  Kind
		spoil func(*FollowUpContent)
		want  []string
	}{
		"kind":                           {RetestApplication, func(c *FollowUpContent) { c.Kind = CustodySheet }, []string{"kind"}},
		"application of nothing":         {RetestApplication, bare, []string{"items"}},
		"notice of nothing":              {ResultNotice, bare, []string{"items"}},
		"disposal of what passed":        {SampleDisposal, bare, nil},
		"disposal of nothing":            {SampleDisposal, empty, []string{"portions"}},
		"handover of nothing":            {RetestHandover, empty, []string{"portions"}},
		"application with portions":      {RetestApplication, laden, []string{"portions"}},
		"only microbiology, applied":     {RetestApplication, excluded, []string{"items"}},
		"only microbiology, handed over": {RetestHandover, excluded, []string{"items"}},
		"only microbiology, refused":     {RetestDecision, excluded, nil},
		"only microbiology, told":        {ResultNotice, excluded, nil},
		"no result":                      {ResultNotice, func(c *FollowUpContent) { c.Items[1].Result = "" }, []string{"items[1].result"}},
		"no conclusion":                  {HandlingNotice, func(c *FollowUpContent) { c.Report.Conclusion = "" }, []string{"report.conclusion"}},
	} {
		content := followUp(c.kind)
		c.spoil(&content)
		if got := paths(content.Validate()); !slices.Equal(got, c.want) {
			t.Errorf("%s: faults at %q, want %q", name, got, c.want)
		}
	}
}

// TestPapersHaveNoPublicAddress: only what is issued can be checked by the public.
func TestPapersHaveNoPublicAddress(t *testing.T) {
	t.Parallel()
	faces(t)
	for name, c := range samples() {
		_, err := Draw(c, Options{URL: testURL})
		if issued := c.DocumentKind().Issued(); (err == nil) != issued {
			t.Errorf("%s with an address: %v; issued %v", name, err, issued)
		}
		if err != nil && !slices.Equal(paths(err), []string{"url"}) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Draw(c, Options{Watermark: Draft}); err != nil {
			t.Errorf("a draft of %s: %v", name, err)
		}
	}
}

// TestPapersSayWhatTheyArePrintedFrom looks at the foot of every page.
func TestPapersSayWhatTheyArePrintedFrom(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for name, c := range samples() {
		for n, page := range mustLayOut(t, set, c, options(c)) {
			on := pageTexts(onePageOf(page))
			want := "本件依据" + squeeze(c.head().source) + "打印，打印时间2026-03-1910:03:04（北京时间）"
			if got := strings.Contains(on, want); got == c.DocumentKind().Issued() {
				t.Errorf("%s page %d says what it was printed from: %v", name, n+1, got)
			}
			if !strings.Contains(on, squeeze(c.head().number)) || !strings.Contains(on, "共") {
				t.Errorf("%s page %d bears no number", name, n+1)
			}
		}
	}
}

// TestCopies: each copy is the same set of pages, with its own name and page numbers.
func TestCopies(t *testing.T) {
	t.Parallel()
	set, c := faces(t), foodForm()
	pages := mustLayOut(t, set, c, Options{})
	if len(pages)%len(c.Copies) != 0 {
		t.Fatalf("%d pages for %d copies", len(pages), len(c.Copies))
	}
	each := len(pages) / len(c.Copies)
	for n, page := range pages {
		f, on := c.Copies[n/each], pageTexts(onePageOf(page))
		if !strings.Contains(on, f.Name+"第"+string(rune('1'+n%each))+"页共"+string(rune('0'+each))+"页") {
			t.Errorf("page %d is not page %d of %d of the copy %s: %s", n+1, n%each+1, each, f.Name, on)
		}
		if n%each == 0 && !strings.Contains(on, f.Name+"（"+f.For+"存）") {
			t.Errorf("the copy %s does not say for whom it is", f.Name)
		}
	}
	last := pageTexts(pages[each-1 : each])
	if !strings.Contains(last, "以下空白") || !strings.Contains(last, "拒绝签字") == c.Signing.Refused {
		t.Errorf("the last page of a copy is %s", last)
	}
}

// TestGapsAreNamed: a sheet without gaps says so, one with gaps names each.
func TestGapsAreNamed(t *testing.T) {
	t.Parallel()
	set, c := faces(t), custodySheet()
	on := pageTexts(mustLayOut(t, set, c, Options{}))
	if strings.Contains(on, "未发现缺口") || !strings.Contains(on, "送样交接缺少签名") {
		t.Error("the gaps are not named")
	}
	c.Gaps = nil
	if on := pageTexts(mustLayOut(t, set, c, Options{})); !strings.Contains(on, "未发现缺口") {
		t.Error("a sheet without gaps does not say so")
	}
}

// TestMicrobiologyHasNoBox: an item that is never retested cannot be ticked.
func TestMicrobiologyHasNoBox(t *testing.T) {
	t.Parallel()
	set, c := faces(t), followUp(RetestApplication)
	on := pageTexts(mustLayOut(t, set, c, Options{}))
	if !strings.Contains(on, "不予复检：微生物指标") || strings.Count(on, "2021□") != 1 || strings.Contains(on, "2016□") {
		t.Errorf("boxes: %s", on)
	}
	c.Items = c.Items[1:]
	if _, err := Draw(c, Options{}); errs.KindOf(err) != errs.Invalid || !slices.Equal(paths(err), []string{"items"}) {
		t.Errorf("an application on microbiology alone: %v", err)
	}
}

// TestDrugsAreRetestedByAnotherName: the law on drugs calls it 复验.
func TestDrugsAreRetestedByAnotherName(t *testing.T) {
	t.Parallel()
	c := followUp(RetestApplication)
	if got := c.Title(); got != "复检申请书" {
		t.Errorf("food: %s", got)
	}
	c.Category = Drug
	if got := c.Title(); got != "复验申请书" {
		t.Errorf("drugs: %s", got)
	}
}

// TestCNASMark: the mark stands where the body has one and an item is within its scope, and the report says what it
// covers.
func TestCNASMark(t *testing.T) {
	t.Parallel()
	set := faces(t)
	all, none, only := accreditedReport(), accreditedReport(), accreditedReport()
	all.Items, none.Items, only.Items = slices.Clone(all.Items), slices.Clone(none.Items), slices.Clone(only.Items)
	for i := range all.Items {
		all.Items[i].CNAS, none.Items[i].CNAS, only.Items[i].CMA = true, false, false
	}
	only.Body.CMANumber = ""
	for name, c := range map[string]struct {
		content  ReportContent
		cma      bool
		cnas     bool
		flag     string
		sentence string
	}{
		"some items": {accreditedReport(), true, true, "#毒死蜱", "CNAS标志仅适用于"},
		"both flags": {accreditedReport(), true, true, "*#△噻虫胺", "CNAS标志仅适用于"},
		"all items":  {all, true, true, "", "均在本机构获认可的能力范围内"},
		"no items":   {none, true, false, "", ""},
		"CNAS alone": {only, false, true, "#毒死蜱", "CNAS标志仅适用于"},
	} {
		pages := mustLayOut(t, set, c.content, Options{URL: testURL})
		on := pageTexts(pages)
		if got := strings.Contains(on, "CNASL00000"); got != c.cnas {
			t.Errorf("%s: the CNAS mark is there: %v", name, got)
		}
		if got := strings.Contains(on, "MA"+testBody.CMANumber); got != c.cma {
			t.Errorf("%s: the CMA mark is there: %v", name, got)
		}
		if !strings.Contains(on, c.flag) || c.flag == "" && strings.Contains(on, "#") {
			t.Errorf("%s: the flag %q is not there, or another is", name, c.flag)
		}
		if !strings.Contains(on, c.sentence) {
			t.Errorf("%s: the sentence %q is missing", name, c.sentence)
		}
		if faults := collisions(pages); len(faults) > 0 {
			t.Errorf("%s: %q", name, faults)
		}
	}
}
