package paper

import (
	"math/rand/v2"
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
	for name, c := range samples() {
		for how, add := range words {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				long := stretch(c, add)
				pages := mustLayOut(t, set, long, Options{URL: testURL})
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

// TestSigningKeepsTogether pushes the signatures of a certificate down the first page, a line at a time.
func TestSigningKeepsTogether(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for n := range 30 {
		c := scaleCertificate()
		c.Applicant.Name = "甲" + strings.Repeat("\n乙", n)
		for _, fault := range collisions(mustLayOut(t, set, c, Options{URL: testURL})) {
			t.Errorf("%d lines: %s", n, fault)
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
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 0))
		c := []Content{foodReport(), scaleCertificate(), gaugeNotice()}[random.IntN(3)]
		most := 1 + random.IntN(40)
		c = altered(c, func(string) string {
			text := "甲"
			for range random.IntN(most) {
				text += words[random.IntN(len(words))]
			}
			return text
		})
		doc, err := layOut(set, c, Options{URL: testURL})
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			continue
		}
		for _, fault := range collisions(doc.Pages) {
			t.Errorf("seed %d: %s", seed, fault)
		}
	}
}
