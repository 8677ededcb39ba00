package standards

import (
	"regexp"
	"slices"
	"strings"
)

// folder writes look-alike signs in one way. It never touches superscripts: Unicode's own compatibility folding would
// turn 10⁴ into 104.
var folder = strings.NewReplacer(
	"\r\n", "\n", "\r", "\n",
	"\u3000", " ", "\u00a0", " ", "\u2002", " ", "\u2003", " ", "\u2009", " ", "\u202f", " ", "\t", " ",
	"\u200b", "", "\ufeff", "", "\u00ad", "",
	"〜", "~", "∼", "~", "˜", "~",
	"–", "-", "—", "-", "―", "-", "‒", "-", "−", "-", "﹣", "-",
	"✕", "×", "╳", "×", "⨯", "×", "∗", "*",
	"≦", "≤", "⩽", "≤", "≯", "≤", "≧", "≥", "⩾", "≥", "≮", "≥", "﹤", "<", "﹥", ">",
	"µ", "μ", "㎎", "mg", "㎏", "kg", "㎍", "μg", "㎖", "mL", "ℓ", "L", "㎡", "m²", "㎠", "cm²",
	"〔", "(", "〕", ")", "﹪", "%",
	"₀", "0", "₁", "1", "₂", "2", "₃", "3", "₄", "4", "₅", "5", "₆", "6", "₇", "7", "₈", "8", "₉", "9",
)

var doubleOps = strings.NewReplacer("<=", "≤", "=<", "≤", ">=", "≥", "=>", "≥")

// fold brings full-width characters and look-alike signs to one form and trims the ends.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // the full-width forms stand in the order of ASCII
			return r - '！' + '!'
		}
		return r
	}, s)
	return strings.TrimSpace(doubleOps.Replace(folder.Replace(s)))
}

var (
	innerBracket = regexp.MustCompile(`\(([^()]*)\)`)
	unitBracket  = regexp.MustCompile(`^(?:[VvMmWw]/[VvMmWw]|g/mL|mL|ml|KOH|A|g·h|体积分数|质量分数|体积|质量|[+-]?\d{1,2})$`)
	expressed    = regexp.MustCompile(`^以(?:[A-Za-z0-9+-]+|\p{Han}*[酸钠钾钙镁铁锌铝铅镉砷汞铬锡镍氮碘硫磷氯氟醛醇酚素糖胺酯酮碱苷酐根盐])计$`)
	detectLimit  = regexp.MustCompile(`^(?:(?:方法)?(检出限|定量限|LOD|LOQ)[:=为]?|<)(.+)$`)
)

// takeNotes removes the brackets that say something about the text, and leaves those that belong to a number or a unit.
func takeNotes(s string) (rest string, notes []string) {
	rest = innerBracket.ReplaceAllStringFunc(s, func(b string) string {
		inner := strings.TrimSpace(b[1 : len(b)-1])
		if unitBracket.MatchString(inner) || strings.Contains(inner, "±") {
			return b
		}
		notes = append(notes, inner)
		return " " // never join what stood apart
	})
	return strings.TrimSpace(rest), notes
}

// observations are the words of observation that a limit may ask for: what fulfils each, and what contradicts it. The
// list is closed: any other word is undetermined.
var observations = map[string]struct{ fulfil, contradict []string }{
	"通过":   {[]string{"通过"}, []string{"不通过", "未通过"}},
	"合格":   {[]string{"合格"}, []string{"不合格"}},
	"符合":   {[]string{"符合"}, []string{"不符合"}},
	"符合规定": {[]string{"符合规定"}, []string{"不符合规定"}},
	"符合要求": {[]string{"符合要求"}, []string{"不符合要求"}},
	"无":    {[]string{"无"}, []string{"有"}},
	"痕迹":   {[]string{"痕迹", "无"}, nil},
}

// knownWord says whether s is a word of observation, in a limit or in a result.
func knownWord(s string) bool {
	if _, ok := observations[s]; ok {
		return true
	}
	for _, o := range observations {
		if slices.Contains(o.contradict, s) {
			return true
		}
	}
	return false
}
