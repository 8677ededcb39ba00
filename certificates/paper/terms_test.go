package paper

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"hengjian/internal/calendar"
)

// bilingual is the content with English beside the Chinese, where its kind can have that.
func bilingual(c Content) (Content, bool) {
	switch c := c.(type) {
	case ReportContent:
		c.Bilingual = true
		return c, true
	case VerificationContent:
		c.Bilingual = true
		return c, true
	case CalibrationContent:
		c.Bilingual = true
		return c, true
	}
	return nil, false
}

// variants are bilingual contents whose words differ from those of the samples.
func variants() map[string]Content {
	out := map[string]Content{}
	for name, c := range samples() {
		if both, ok := bilingual(c); ok {
			out[name] = both
		}
	}
	report := func(name string, change func(c *ReportContent)) {
		c := foodReport()
		c.Bilingual, c.Items = true, slices.Clone(c.Items)
		change(&c)
		out[name] = c
	}
	report("submitted", func(c *ReportContent) { c.Origin, c.Sampling, c.Items = Submitted, nil, c.Items[:2] })
	report("amended", func(c *ReportContent) {
		c.Version, c.Replaces = 2, &Replacement{"BG-1", "更正"}
		c.TestPlace, c.Deviations, c.Items = "分场所", "无", c.Items[4:]
		c.Body.Phone = ""
	})
	report("unmarked", func(c *ReportContent) {
		c.Body.CMANumber, c.Sample.DateLabel = "", ""
		for i := range c.Items {
			c.Items[i].CMA = false
		}
		c.Items[2].Verdict = Pass
	})
	report("all accredited", func(c *ReportContent) {
		c.Body.CNASNumber = "L00000"
		for i := range c.Items {
			c.Items[i].CNAS = true
		}
	})
	open := gaugeNotice()
	open.Bilingual, open.Results = true, slices.Clone(open.Results)
	open.Results[0].Verdict = Undetermined
	out["open notice"] = open
	amended := scaleCertificate()
	amended.Bilingual, amended.Version, amended.Replaces = true, 2, &Replacement{"JDZ-1", "更正"}
	amended.Conditions, amended.Adjustment, amended.Remarks = "无", "无", "无"
	out["amended certificate"] = amended
	site := meterCalibration()
	site.Bilingual, site.ReceivedOn = true, nil
	out["calibrated on site"] = site
	return out
}

// TestEveryWordIsTranslated: the layouts of a bilingual document say nothing that the table of terms lacks.
func TestEveryWordIsTranslated(t *testing.T) {
	t.Parallel()
	set := faces(t)
	missing := map[string]bool{}
	for name, c := range variants() {
		if err := c.Validate(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p, err := newPress(set, c, Options{URL: testURL})
		if err != nil {
			t.Fatal(err)
		}
		c.layout(p)
		p.finish()
		for _, word := range p.untranslated {
			missing[word] = true
		}
	}
	if len(missing) > 0 {
		t.Errorf("not in terms.json:\n%s", strings.Join(slices.Sorted(maps.Keys(missing)), "\n"))
	}
}

var slots = regexp.MustCompile(`\{\d\}`)

// TestTerms: every term has the values of its Chinese and no Chinese of its own, and none stands twice.
func TestTerms(t *testing.T) {
	t.Parallel()
	for zh, en := range terms() {
		if got, want := values(en), values(zh); en != "" && fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q → %q has the values %v, want %v", zh, en, got, want)
		}
		if strings.ContainsFunc(en, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%q → %q holds Chinese", zh, en)
		}
	}
	d := json.NewDecoder(strings.NewReader(string(termsJSON)))
	seen := map[string]bool{}
	for n := 0; ; n++ {
		token, err := d.Token()
		if err != nil {
			break
		}
		if key, ok := token.(string); ok && n%2 == 1 {
			if seen[key] {
				t.Errorf("%q stands twice", key)
			}
			seen[key] = true
		}
	}
	if len(seen) != len(terms()) || len(seen) < 100 {
		t.Errorf("%d keys were read, %d are known", len(seen), len(terms()))
	}
}

// values are the slots of a text, each once.
func values(text string) []string {
	found := slots.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// TestBilingualAddsOnlyEnglish: everything that the Chinese document says stands on the bilingual one, in its words.
func TestBilingualAddsOnlyEnglish(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for name, c := range samples() {
		both, ok := bilingual(c)
		if !ok {
			continue
		}
		pages := mustLayOut(t, set, both, Options{URL: testURL})
		for _, fault := range collisions(pages) {
			t.Errorf("%s: %s", name, fault)
		}
		on := pageTexts(pages)
		looked := 0
		eachText("", reflectOf(both), func(path, text string) {
			if strings.Contains(pageTexts(mustLayOut(t, set, c, Options{URL: testURL})), squeeze(text)) && text != "" {
				looked++
				if !strings.Contains(on, squeeze(text)) {
					t.Errorf("%s: %s (%s) is not on the bilingual pages", name, path, text)
				}
			}
		})
		if looked < 25 {
			t.Errorf("%s: only %d texts were looked for", name, looked)
		}
		for _, d := range []calendar.Date{c.head().issuedOn} {
			if !strings.Contains(on, squeeze(chinese(d))) {
				t.Errorf("%s: %s is not on the bilingual pages", name, chinese(d))
			}
		}
	}
}
