package standards

import (
	"regexp"
	"strconv"
	"strings"

	"hengjian/internal/measure"
)

// scan reads numbers from a folded text. A superscript is often lost in copying ("1.3×10⁴" becomes "1.3×104"); such a
// number has two readings, and ambiguous says that one was met. With meant the reading with its superscript is taken.
type scan struct {
	meant     bool
	counts    bool // of colonies, where a bare 104 may be a 10⁴ that lost its superscript
	ambiguous bool
}

var (
	mantissa    = regexp.MustCompile(`^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?`)
	expSuper    = regexp.MustCompile(`^ *[×xX*] *10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)`)
	expCaret    = regexp.MustCompile(`^ *[×xX*] *10(?:\^|\*\*)(?:\(([+-]?\d{1,2})\)|([+-]?\d{1,2}))`)
	expLetter   = regexp.MustCompile(`^[eE]([+-]?\d{1,2})`)
	expPlain    = regexp.MustCompile(`^ *[×xX*] *(\d+)`)
	powerSuper  = regexp.MustCompile(`^10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)`)
	powerCaret  = regexp.MustCompile(`^10\^(?:\(([+-]?\d{1,2})\)|([+-]?\d{1,2}))`)
	lostPower   = regexp.MustCompile(`^10[2-9]$`)
	counting    = regexp.MustCompile(`(?i)CFU|MPN`)
	superMark   = regexp.MustCompile(`[⁰¹²³⁴⁵⁶⁷⁸⁹^]`)
	unitPower   = regexp.MustCompile(`(?:c|d|m|k)?m[²³]`)
	brokenAfter = regexp.MustCompile(`^(?:[\d.^⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]| +\d| *[×*])`)

	superDigits = strings.NewReplacer("⁰", "0", "¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5",
		"⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9", "⁺", "+", "⁻", "-")
)

// number reads one number at the beginning of s and returns what follows it. It refuses what no laboratory writes (007,
// 1.2.3, .5) and what may hide a lost sign or digit.
func (sc *scan) number(s string) (value measure.Decimal, rest string, ok bool) {
	if m := firstMatch(s, powerSuper, powerCaret); m != nil {
		return finish("1", m[1], s[len(m[0]):])
	}
	man := mantissa.FindString(s)
	if man == "" {
		return value, s, false
	}
	rest = s[len(man):]
	if m := firstMatch(rest, expSuper, expCaret, expLetter); m != nil {
		return finish(man, m[1], rest[len(m[0]):])
	}
	if m := expPlain.FindStringSubmatch(rest); m != nil {
		return sc.lostExponent(man, m[1], rest[len(m[0]):])
	}
	if sc.counts && lostPower.MatchString(man) {
		sc.ambiguous = true
		if sc.meant {
			return finish("1", man[2:], rest)
		}
	}
	return finish(man, "0", rest)
}

// lostExponent reads man×factor where the factor is written in plain digits: ×1000 is a product, ×104 has two readings,
// ×10 alone has lost an exponent that nobody can know.
func (sc *scan) lostExponent(man, factor, rest string) (measure.Decimal, string, bool) {
	exponent, isPower := strings.CutPrefix(factor, "10")
	if !isPower || exponent == "" {
		return measure.Decimal{}, rest, false
	}
	if len(exponent) <= 2 && (exponent == "0" || exponent[0] != '0') {
		sc.ambiguous = true
		if sc.meant {
			return finish(man, exponent, rest)
		}
	} else if strings.Trim(exponent, "0") != "" {
		return measure.Decimal{}, rest, false
	}
	a, _, okA := finish(man, "0", "")
	b, _, okB := finish(factor, "0", "")
	if !okA || !okB || broken(rest) {
		return measure.Decimal{}, rest, false
	}
	return a.Mul(b), rest, true
}

// bareCounts says whether a text speaks of colonies without a superscript anywhere: 104 in it may be 10⁴ with its
// superscript lost (GB 4789.2 reports two significant digits, so that 104 colonies are written 1.0×10²).
func bareCounts(s string) bool {
	return counting.MatchString(s) && !superMark.MatchString(unitPower.ReplaceAllString(s, ""))
}

// finish builds the decimal man×10^exponent, whose length measure bounds, and looks at what follows it.
func finish(man, exponent, rest string) (measure.Decimal, string, bool) {
	e, err := strconv.Atoi(superDigits.Replace(exponent))
	if err != nil || broken(rest) {
		return measure.Decimal{}, rest, false
	}
	d, err := measure.ParseDecimal(strings.TrimPrefix(man, "+") + "E" + strconv.Itoa(e))
	return d, rest, err == nil
}

// broken says that what follows a number cannot follow one: the number was cut, or its writing is damaged.
func broken(rest string) bool { return brokenAfter.MatchString(rest) }

// firstMatch returns the match of the first expression that matches, with its one group that took part as m[1].
func firstMatch(s string, expressions ...*regexp.Regexp) []string {
	for _, re := range expressions {
		m := re.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		for _, group := range m[1:] {
			if group != "" {
				return []string{m[0], group}
			}
		}
	}
	return nil
}
