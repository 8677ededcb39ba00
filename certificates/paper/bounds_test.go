package paper

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
)

func mustLayOut(t *testing.T, set *fonts.Set, c Content, o Options) []*sheet.Page {
	t.Helper()
	doc, err := layOut(set, c, o)
	if err != nil {
		t.Fatalf("laying out %s: %v", c.head().number, err)
	}
	return doc.Pages
}

func TestNothingIsCutOffOrDrawnOver(t *testing.T) {
	t.Parallel()
	set := faces(t)
	words := map[string]string{
		"as it is":      "",
		"long names":    "（" + strings.Repeat("济南市长清区", 12) + "）有限责任公司",
		"very long":     strings.Repeat("某种非常长的说明文字，", 120),
		"one long word": strings.Repeat("Pneumonoultramicroscopic", 20),
		"many lines":    strings.Repeat("\n又一行", 70),
	}
	all := samples()
	for name, c := range variants() {
		all["bilingual "+name] = c
	}
	for name, c := range all {
		for how, add := range words {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				long := stretch(c, add)
				pages := mustLayOut(t, set, long, options(long))
				for i, fault := range collisions(pages) {
					if i > 8 {
						t.Fatal("…")
					}
					t.Error(fault)
				}
			})
		}
	}
}

// TestSigningKeepsTogether pushes the signatures of certificates down the first page, a line at a time.
func TestSigningKeepsTogether(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for n := range 30 {
		name := "甲" + strings.Repeat("\n乙", n)
		verified, both, calibrated := scaleCertificate(), scaleCertificate(), meterCalibration()
		both.Bilingual, calibrated.Bilingual = true, true
		verified.Applicant.Name, both.Applicant.Name, calibrated.Client.Name = name, name, name
		for _, c := range []Content{verified, both, calibrated} {
			for _, fault := range collisions(mustLayOut(t, set, c, Options{URL: testURL})) {
				t.Errorf("%s with %d lines: %s", c.head().number, n, fault)
			}
		}
	}
}

// TestWhateverIsTyped lays out contents whose every text is replaced by another, made from what is hard to set.
func TestWhateverIsTyped(t *testing.T) {
	t.Parallel()
	set := faces(t)
	words := []string{
		"检", "验", "（", "）", "《", "》", "“", "”", "。", "，", "、", "——", "……", " ", "\n", "A", "b", "0.05", "mg/kg", "⁻¹", "x\u0304", "𬭎",
		"Pneumonoultramicroscopicsilicovolcanoconiosis", "GB 2762-2025", "℃", "%", "/", "-", "济南市长清区市场监督管理局",
	}
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 0))
		all := samples()
		maps.Copy(all, variants()) // in the place of their Chinese ones, and others
		for name, c := range samples() {
			all["chinese "+name] = c
		}
		names := slices.Sorted(maps.Keys(all))
		c := all[names[random.IntN(len(names))]]
		most := 1 + random.IntN(40)
		c = altered(c, func(string) string {
			text := "甲"
			for range random.IntN(most) {
				text += words[random.IntN(len(words))]
			}
			return text
		})
		doc, err := layOut(set, c, options(c))
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			continue
		}
		for _, fault := range collisions(doc.Pages) {
			t.Errorf("seed %d: %s", seed, fault)
		}
	}
}

// TestCollisionsAreSeen: what the other tests rely on finds what is wrong with a page.
func TestCollisionsAreSeen(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for name, spoil := range map[string]func(p *press){
		"text over the edge seal":  func(p *press) { p.At(valueStyle, "字", sheet.Rect{X: 193, Y: 150, W: 5}) },
		"line through the seal":    func(p *press) { p.Rule(sheet.Line{X1: 100, Y1: 150, X2: 196, Y2: 150, Width: 0.2}) },
		"text beyond the margins":  func(p *press) { p.At(valueStyle, "字", sheet.Rect{X: 199, Y: 60, W: 5}) },
		"text on text":             func(p *press) { p.At(smallStyle, "字字", sheet.Rect{X: 20, Y: 281.5, W: 20}) },
		"ring beyond the margins":  func(p *press) { p.Ring(sheet.Circle{X: 190, Y: 60, RX: 20, RY: 20, Dashed: true}) },
		"a part beyond the margin": func(p *press) { p.Ring(sheet.Circle{X: 215, Y: 60, RX: 20, RY: 20, From: 90, To: 270}) },
	} {
		p, err := newPress(set, foodReport(), Options{URL: testURL})
		if err != nil {
			t.Fatal(err)
		}
		p.content.layout(p)
		spoil(p)
		if len(collisions(p.finish())) == 0 {
			t.Errorf("%s is not seen", name)
		}
	}
}

// TestEdgeSeal: a document of several pages has the part of a seal on each, one of a single page has none.
func TestEdgeSeal(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for name, c := range samples() {
		for n, page := range mustLayOut(t, set, c, options(c)) {
			several := !strings.Contains(pageTexts(onePageOf(page)), "共1页")
			marked := slices.ContainsFunc(page.Circles, func(c sheet.Circle) bool { return c.Dashed && c.From != c.To })
			if marked != several {
				t.Errorf("%s page %d of several pages %v: the seal over the edge is there %v", name, n+1, several, marked)
			}
		}
	}
}
