package certificates

import (
	"bytes"
	_ "embed" // what the papers tell
	"fmt"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"

	"hengjian/certificates/paper"
	"hengjian/lims"
)

//go:embed data/papers.yaml
var papersYAML []byte

// paperRules is what printed papers tell the parties, and who gets which copy of a sampling form.
type paperRules struct {
	Copies map[lims.Category][]string `yaml:"copies"`
	Rules  []paperRule                `yaml:"rules"`
}

// paperRule is a sentence of some papers. Source is how it is known: read, older or memory.
type paperRule struct {
	Papers     []paper.Kind    `yaml:"papers"`
	Categories []lims.Category `yaml:"categories"`
	Source     string          `yaml:"source"`
	Text       string          `yaml:"text"`
}

var rulesOfPapers = sync.OnceValue(func() paperRules {
	rules, err := readPaperRules(papersYAML)
	if err != nil {
		panic("certificates: papers.yaml: " + err.Error())
	}
	return rules
})

func readPaperRules(text []byte) (paperRules, error) {
	var rules paperRules
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&rules); err != nil {
		return rules, err
	}
	for _, c := range lims.Categories() {
		if n := len(rules.Copies[c]); n == 0 || n > len(ordinals) {
			return rules, fmt.Errorf("%d copies for %s", n, c)
		}
	}
	for i, r := range rules.Rules {
		if r.Text == "" || !slices.Contains([]string{"read", "older", "memory"}, r.Source) || len(r.Papers) == 0 {
			return rules, fmt.Errorf("rule %d: %+v", i, r)
		}
		for _, c := range r.Categories {
			if !slices.Contains(lims.Categories(), c) {
				return rules, fmt.Errorf("rule %d: no category %s", i, c)
			}
		}
	}
	return rules, nil
}

// told are the sentences of a paper for a category.
func (r paperRules) told(k paper.Kind, c lims.Category) []string {
	out := []string{}
	for _, rule := range r.Rules {
		if slices.Contains(rule.Papers, k) && slices.Contains(rule.Categories, c) {
			out = append(out, rule.Text)
		}
	}
	return out
}

var ordinals = []string{"一", "二", "三", "四", "五", "六", "七", "八", "九"}

// copies are the copies of a category's sampling form.
func (r paperRules) copies(c lims.Category) []paper.FormCopy {
	out := []paper.FormCopy{}
	for i, whom := range r.Copies[c] {
		out = append(out, paper.FormCopy{Name: "第" + ordinals[i] + "联", For: whom})
	}
	return out
}
