package paper

import (
	_ "embed" // the table of terms
	"encoding/json"
	"strconv"
	"strings"
	"sync"
)

//go:embed terms.json
var termsJSON []byte

// terms are the words of the layouts in English, by the Chinese ones. {1} and {2} stand for values.
var terms = sync.OnceValue(func() map[string]string {
	var table map[string]string
	if err := json.Unmarshal(termsJSON, &table); err != nil {
		panic("paper: terms.json: " + err.Error())
	}
	return table
})

// sentence is a sentence of the layout; {1} and {2} stand for the values.
type sentence struct {
	text   string
	values []string
}

func say(text string, values ...string) sentence { return sentence{text, values} }

// fill puts the values in, all at once: what a value holds is not filled in again.
func (s sentence) fill(text string) string {
	var pairs []string
	for i, v := range s.values {
		pairs = append(pairs, "{"+strconv.Itoa(i+1)+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// sentence is s with its values, in Chinese, and in English where the document is bilingual.
func (p *press) sentence(s sentence) (zh, en string) {
	if en = p.english(s.text); en != "" {
		en = s.fill(en)
	}
	return s.fill(s.text), en
}

// english is the English for a word of the layout; empty where the document is not bilingual.
func (p *press) english(zh string) string {
	if !p.head.bilingual || zh == "" {
		return ""
	}
	en, known := terms()[zh]
	if !known {
		p.untranslated = append(p.untranslated, zh)
	}
	return en
}

// both is a word of the layout with its English behind it.
func (p *press) both(zh string) string {
	if en := p.english(zh); en != "" {
		return zh + " " + en
	}
	return zh
}

// lines is a word of the layout with its English on a line below.
func (p *press) lines(zh string) string {
	if en := p.english(zh); en != "" {
		return zh + "\n" + en
	}
	return zh
}
