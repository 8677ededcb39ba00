package paper

import (
	"strconv"
	"strings"
)

// Conclusion implements Content: what was found about the items that were judged.
func (c ReportContent) Conclusion() string {
	var b strings.Builder
	for _, s := range c.concluding() {
		b.WriteString(s.fill(s.text))
	}
	return b.String()
}

// concluding is the conclusion as sentences of the layout.
func (c ReportContent) concluding() []sentence {
	judged := 0
	for _, i := range c.Items {
		if i.Verdict != NotJudged {
			judged++
		}
	}
	way := say("经抽样检验，")
	if c.Origin == Submitted {
		way = say("经检验，")
	}
	basis := strings.Join(c.JudgingBasis, "、")
	failed := c.failures(basis)
	switch {
	case judged == 0:
		return []sentence{way, say("所检项目不作判定，仅提供检验数据。")}
	case len(failed) > 0:
		return append(append([]sentence{way}, failed...), say("检验结论为不合格。"))
	case judged < len(c.Items):
		return []sentence{way, say("所判定的{1}项符合{2}要求，其余{3}项不作判定，检验结论为合格。",
			strconv.Itoa(judged), basis, strconv.Itoa(len(c.Items)-judged))}
	}
	return []sentence{way, say("所检项目符合{1}要求，检验结论为合格。", basis)}
}

// failures says which items do not meet which basis, in the order of the items.
func (c ReportContent) failures(all string) []sentence {
	var order []string
	items := map[string][]string{}
	for _, i := range c.Items {
		if i.Verdict != Fail {
			continue
		}
		basis := i.Basis
		if basis == "" {
			basis = all
		}
		if items[basis] == nil {
			order = append(order, basis)
		}
		items[basis] = append(items[basis], i.Name)
	}
	var out []sentence
	for _, basis := range order {
		out = append(out, say("{1}项目不符合{2}要求，", strings.Join(items[basis], "、"), basis))
	}
	return out
}

// concluded is the conclusion as the page shows it.
func (c ReportContent) concluded(p *press) string {
	var en strings.Builder
	for _, s := range c.concluding() {
		_, translated := p.sentence(s)
		en.WriteString(translated)
	}
	if en.Len() == 0 {
		return c.Conclusion()
	}
	return c.Conclusion() + "\n" + en.String()
}
