package paper

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
	"hengjian/internal/errs"
)

func portionLabel() PortionLabel {
	return PortionLabel{
		Issuer: testBody.Name, Number: "YP26-370113-00001-1", Product: "芹菜（鲜）", Category: "食品", SampledOn: day("2026-03-10"),
		Quantity: "2.0 kg 塑料袋", Storage: "冷藏 4 ℃", Seals: []string{"FT-2026-00311"},
	}
}

func reserveLabel() PortionLabel {
	p := portionLabel()
	p.Number, p.Reserve, p.Seals = "YP26-370113-00001-2", true, []string{"FT-2026-00312"}
	return p
}

func sealLabel() SealLabel {
	return SealLabel{Issuer: "济南市长清区市场监督管理局", Number: "FT-2026-00311", Portion: "YP26-370113-00001-1", Product: "芹菜（鲜）"}
}

func instrumentLabel() InstrumentLabel {
	return InstrumentLabel{
		Issuer: "济南市长清区市场监督管理局", Number: "QJ26-370113-00417", Certificate: "JDZ26-370113-00033", Name: "电子计价秤", Model: "ACS-15",
		Serial: "2024-08-1173", VerifiedOn: day("2026-03-18"), ValidUntil: dayPtr("2027-03-17"), Verifier: "周立群", URL: testURL,
	}
}

func equipmentLabel() EquipmentLabel {
	return EquipmentLabel{
		Issuer: testBody.Name, Number: "SB26-370113-0007", Name: "电感耦合等离子体质谱仪", Model: "ICP-7900", Serial: "CN-2023-00118",
		Place: "理化室 203", Certificate: "JZ-2026-0412", ValidUntil: day("2027-01-04"),
	}
}

func labelSamples() []Label {
	return []Label{portionLabel(), reserveLabel(), sealLabel(), instrumentLabel(), equipmentLabel()}
}

// everyLabelWay calls do with every size, paper and resolution.
func everyLabelWay(do func(o LabelOptions)) {
	for size := range labelForms {
		for _, on := range []LabelSheet{Roll, SheetA4} {
			for _, dpi := range []int{203, 300, 600} {
				do(LabelOptions{Size: size, Sheet: on, DPI: dpi, Printed: at("2026-03-18T01:05:30Z")})
			}
		}
	}
}

func mustLayOutLabels(t *testing.T, set *fonts.Set, labels []Label, o LabelOptions) []*sheet.Page {
	t.Helper()
	doc, err := layOutLabels(set, labels, o)
	if err != nil {
		t.Fatalf("%+v: %v", o, err)
	}
	return doc.Pages
}

// labelCollisions names what leaves its label, or stands on something else.
func labelCollisions(pages []*sheet.Page, o LabelOptions) []string {
	plan := labelForms[o.Size].plan(o.Sheet)
	var found []string
	for n, p := range pages {
		say := func(fault string) { found = append(found, fmt.Sprintf("page %d: %s", n+1, fault)) }
		for _, f := range collisionsWithin(p, sheet.Rect{W: plan.paper.W, H: plan.paper.H}) {
			say(f)
		}
		for i, c := range p.Codes {
			for _, o := range p.Codes[i+1:] {
				if overlap(c.Quiet(), o.Quiet()) {
					say("a code stands in the quiet zone of another")
				}
			}
			for _, l := range p.Lines {
				if overlap(c.Quiet(), lineBox(l)) {
					say("a line runs through the quiet zone of a code")
				}
			}
			if !inOneCell(c.Quiet(), plan) {
				say(fmt.Sprintf("a code leaves its label: %v", c.Quiet()))
			}
		}
		for _, t := range p.Texts {
			if !inOneCell(t.Ink(), plan) || t.Ink().Bottom() > t.Box.Bottom()+0.01 {
				say(fmt.Sprintf("%q leaves its label: %v", t.Text, t.Ink()))
			}
		}
	}
	return found
}

func inOneCell(r sheet.Rect, plan labelPlan) bool {
	for i := range plan.perPage() {
		if inside(r, inset(plan.cell(i), 1)) {
			return true
		}
	}
	return false
}

// alteredLabel is a label with every text but its number and its address changed.
func alteredLabel(l Label, change func(string) string) Label {
	lengthen := func(texts ...*string) {
		for _, t := range texts {
			*t = change(*t)
		}
	}
	switch l := l.(type) {
	case PortionLabel:
		lengthen(&l.Issuer, &l.Product, &l.Storage)
		return l
	case SealLabel:
		lengthen(&l.Issuer, &l.Product)
		return l
	case InstrumentLabel:
		lengthen(&l.Issuer, &l.Name, &l.Model, &l.Serial, &l.Verifier)
		return l
	}
	e := l.(EquipmentLabel)
	lengthen(&e.Issuer, &e.Name, &e.Place)
	return e
}

// TestLabelsHoldLongNames: whatever the name, it is there to the last character, or the label is refused.
func TestLabelsHoldLongNames(t *testing.T) {
	t.Parallel()
	set := faces(t)
	drawn, refused := 0, 0
	for how, words := range map[string]string{
		"as it is": "", "a long name": "（济南市长清区归德街道）", "a hundred": strings.Repeat("某种长的名称", 16),
		"one long word": strings.Repeat("Pneumonoultramicroscopic", 3), "lines": "\n又一行\n又一行", "far too long": strings.Repeat("长", 350),
	} {
		everyLabelWay(func(o LabelOptions) {
			for _, l := range labelSamples() {
				l = alteredLabel(l, func(s string) string { return s + words })
				doc, err := layOutLabels(set, []Label{l}, o)
				if err != nil {
					if !slices.Equal(labelCodes(err), []string{"label_full"}) || how == "as it is" || how == "a long name" {
						t.Errorf("%s, %+v: %v", how, o, err)
					}
					refused++
					continue
				}
				drawn++
				for _, fault := range labelCollisions(doc.Pages, o) {
					t.Errorf("%s, %+v: %s", how, o, fault)
				}
				wantTexts(t, doc.Pages, l)
			}
		})
	}
	if drawn < 100 || refused < 24 {
		t.Errorf("%d labels were drawn and %d refused: too few to say anything", drawn, refused)
	}
}

func labelCodes(err error) []string {
	var codes []string
	if e, ok := errors.AsType[*errs.Error](err); ok {
		for _, f := range e.Fields {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// wantTexts finds every text of a label on the pages.
func wantTexts(t *testing.T, pages []*sheet.Page, l Label) {
	t.Helper()
	on := pageTexts(pages)
	f := l.face()
	for _, text := range append([]string{f.issuer, f.title, f.number}, f.boxes...) {
		if !strings.Contains(on, squeeze(text)) {
			t.Errorf("%q is not on the label: %s", text, on)
		}
	}
	for _, r := range f.rows {
		if !strings.Contains(on, squeeze(r.text)) {
			t.Errorf("%q is not on the label: %s", r.text, on)
		}
	}
}

// TestLabelsTakeWhatTheSystemGives: the longest names that forms and filings let through go on the larger label.
func TestLabelsTakeWhatTheSystemGives(t *testing.T) {
	t.Parallel()
	set := faces(t)
	portion, seal, in := portionLabel(), sealLabel(), instrumentLabel()
	portion.Product, seal.Product = strings.Repeat("样", 100), strings.Repeat("样", 100)
	portion.Seals, seal.Number = slices.Repeat([]string{"FT-2026-00311"}, 10), strings.Repeat("W", 40)
	portion.Number = "YP26-370113-99999-20"
	in.Name, in.Model, in.Serial = strings.Repeat("器", 40), strings.Repeat("M", 40), strings.Repeat("9", 40)
	everyLabelWay(func(o LabelOptions) {
		if o.Size != Label70x50 {
			return
		}
		labels := []Label{portion, seal, in}
		pages := mustLayOutLabels(t, set, labels, o)
		for _, fault := range labelCollisions(pages, o) {
			t.Errorf("%+v: %s", o, fault)
		}
	})
}

// TestManyLabels: grids are filled label by label, and none is lost.
func TestManyLabels(t *testing.T) {
	t.Parallel()
	set := faces(t)
	var labels []Label
	for i := range 80 {
		p := portionLabel()
		p.Number = fmt.Sprintf("YP26-370113-%05d-1", i)
		labels = append(labels, p)
	}
	for _, c := range []struct {
		size  LabelSize
		on    LabelSheet
		pages int
	}{{Label50x30, Roll, 80}, {Label50x30, SheetA4, 3}, {Label70x50, SheetA4, 8}} {
		o := LabelOptions{Size: c.size, Sheet: c.on, DPI: 600}
		pages := mustLayOutLabels(t, set, labels, o)
		if len(pages) != c.pages {
			t.Errorf("%s on %s: %d pages, want %d", c.size, c.on, len(pages), c.pages)
		}
		on := pageTexts(pages)
		for _, l := range labels {
			if !strings.Contains(on, l.face().number) {
				t.Errorf("%s on %s: %s is lost", c.size, c.on, l.face().number)
			}
		}
		for _, fault := range labelCollisions(pages, o) {
			t.Errorf("%s on %s: %s", c.size, c.on, fault)
		}
	}
}

// TestLabelsAreTheSameAgain: bytes are a function of labels and options.
func TestLabelsAreTheSameAgain(t *testing.T) {
	t.Parallel()
	faces(t)
	everyLabelWay(func(o LabelOptions) {
		first, err := DrawLabels(labelSamples(), o)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := DrawLabels(labelSamples(), o); err != nil || !bytes.Equal(first, again) {
			t.Errorf("%+v: other bytes the second time, %v", o, err)
		}
		if !bytes.Contains(first, []byte("/PrintScaling /None")) { // the modules are whole dots at true size only
			t.Errorf("%+v: the file does not ask to be printed at its true size", o)
		}
	})
}

func TestLabelsGolden(t *testing.T) {
	t.Parallel()
	set := faces(t)
	everyLabelWay(func(o LabelOptions) {
		if o.Sheet == SheetA4 && o.DPI != 600 {
			return
		}
		golden(t, fmt.Sprintf("labels-%s-%s-%d", o.Size, o.Sheet, o.DPI), dump(mustLayOutLabels(t, set, labelSamples(), o)))
	})
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s changed (- was, + is):\n%s", name, diff)
	}
}

func TestLabelsAreRefused(t *testing.T) {
	t.Parallel()
	faces(t)
	good := LabelOptions{Size: Label50x30, Sheet: Roll, DPI: 203}
	emoji, control, long := portionLabel(), portionLabel(), portionLabel()
	emoji.Product, control.Storage, long.Product = "好😀", "甲\x07", strings.Repeat("长", maxLabelText+1)
	for what, c := range map[string]struct {
		labels []Label
		o      LabelOptions
		codes  []string
	}{
		"no labels":      {nil, good, []string{"count"}},
		"too many":       {slices.Repeat([]Label{portionLabel()}, maxLabels+1), good, []string{"count"}},
		"an emoji":       {[]Label{emoji}, good, []string{"no_glyph"}},
		"a control":      {[]Label{control}, good, []string{"control_character"}},
		"a long name":    {[]Label{long}, good, []string{"too_long"}},
		"unknown papers": {[]Label{portionLabel()}, LabelOptions{Size: "9x9", Sheet: "wall", DPI: 72}, []string{"choice", "choice", "choice"}},
	} {
		if _, err := DrawLabels(c.labels, c.o); errs.KindOf(err) != errs.Invalid || !slices.Equal(labelCodes(err), c.codes) {
			t.Errorf("%s: %v, want %q", what, err, c.codes)
		}
	}
}
