package standards

import (
	"regexp"
	"strings"

	"hengjian/internal/measure"
)

// comparison is a word or a sign that opens a bound.
type comparison struct {
	text          string
	upper, strict bool
}

// comparisons in the order in which they are tried: longer ones first.
var comparisons = []comparison{
	{"小于或等于", true, false}, {"大于或等于", false, false}, {"小于等于", true, false}, {"大于等于", false, false},
	{"不得超过", true, false}, {"不得大于", true, false}, {"不得高于", true, false}, {"不得多于", true, false},
	{"不应超过", true, false}, {"不应大于", true, false}, {"不应高于", true, false}, {"不得过", true, false},
	{"不超过", true, false}, {"不大于", true, false}, {"不高于", true, false}, {"不多于", true, false},
	{"不得低于", false, false}, {"不得少于", false, false}, {"不得小于", false, false},
	{"不应低于", false, false}, {"不应少于", false, false}, {"不应小于", false, false},
	{"不低于", false, false}, {"不少于", false, false}, {"不小于", false, false}, {"至少", false, false},
	{"小于", true, true}, {"低于", true, true}, {"少于", true, true}, {"大于", false, true}, {"高于", false, true},
	{"≤", true, false}, {"≥", false, false}, {"<", true, true}, {">", false, true},
}

var (
	rangeSign = regexp.MustCompile(`^ *(?:~|-|至|到) *`)
	middle    = regexp.MustCompile(`^ *([≤<]) *(?:[A-Za-z]{1,3}|检验结果|测定值)? *([≤<]) *`)
	unitEnd   = regexp.MustCompile(`[,;、\n±~≤≥<>至到且和及并]|-[\d]`)
	joints    = regexp.MustCompile(`^[ ,;、\n且和及并]+`)
	sumPrefix = regexp.MustCompile(`^(?:各自用量占其最大使用量的)?比例之和(?:应)?`)
)

// quantity is a number with its unit.
type quantity struct {
	value measure.Decimal
	unit  string
}

// quantity reads a number and the unit behind it.
func (sc *scan) quantity(s string) (quantity, string, error) {
	n, rest, ok := sc.number(s)
	if !ok {
		return quantity{}, s, limitUnreadable(s)
	}
	unit := rest
	if at := unitEnd.FindStringIndex(rest); at != nil {
		unit, rest = rest[:at[0]], rest[at[0]:]
	} else {
		rest = ""
	}
	u, err := readUnit(unit)
	return quantity{value: n, unit: u}, rest, err
}

// readBounds reads one or two bounds: ≤5, 45~85, 12.0±1.0, ≥6.5且≤8.5, 45≤x≤85, or a bare maximum. Of several parts each
// must open with a comparison: the comma of ≥1,500 is no joint.
func readBounds(sc *scan, s string) (Limit, error) {
	s = sumPrefix.ReplaceAllString(s, "")
	l, after, err := readBound(sc, s)
	if err != nil {
		return Limit{}, err
	}
	for after != "" {
		rest := joints.ReplaceAllString(after, "")
		cmp, _ := readComparison(rest)
		if cmp == nil || (l.Low != nil) == (l.High != nil) {
			return Limit{}, limitUnreadable(s)
		}
		var part Limit
		if part, after, err = readBound(sc, rest); err != nil {
			return Limit{}, err
		}
		if !l.merge(part) {
			return Limit{}, limitUnreadable(s)
		}
	}
	return l.settled(s)
}

// merge adds the bounds of part to l; two bounds of one side contradict each other, as do two units.
func (l *Limit) merge(part Limit) bool {
	if part.Low != nil && l.Low != nil || part.High != nil && l.High != nil {
		return false
	}
	if part.Low != nil {
		l.Low = part.Low
	}
	if part.High != nil {
		l.High = part.High
	}
	if l.Unit != "" && part.Unit != "" && l.Unit != part.Unit {
		return false
	}
	if part.Unit != "" {
		l.Unit = part.Unit
	}
	return true
}

// settled names the kind and refuses an empty range.
func (l Limit) settled(s string) (Limit, error) {
	switch {
	case l.Low == nil && l.High == nil:
		return Limit{}, limitUnreadable(s)
	case l.Low == nil:
		l.Kind = Max
	case l.High == nil:
		l.Kind = Min
	case l.Low.Value.Cmp(l.High.Value) >= 0:
		return Limit{}, unreadable("limit_range", "限量区间的下限不小于上限："+clip(s),
			"the lower end of the range is not below its upper end: "+clip(s))
	default:
		l.Kind = Range
	}
	return l, nil
}

// readBound reads the next bound or pair of bounds and returns what follows.
func readBound(sc *scan, s string) (Limit, string, error) {
	cmp, rest := readComparison(s)
	if m := bracketedPM.FindStringSubmatch(rest); m != nil { // (25±1)℃
		rest = m[1] + rest[len(m[0]):]
	}
	q, after, err := sc.quantity(rest)
	if err != nil {
		return Limit{}, s, err
	}
	if tol, ok := strings.CutPrefix(after, "±"); ok { // ≤18.0±1.0%vol in bulletins: the ± is what the standard says
		return readPlusMinus(sc, q, tol)
	}
	if m := middle.FindStringSubmatch(after); m != nil && cmp == nil {
		return readBetween(sc, q, m[1] == "<", m[2] == "<", after[len(m[0]):])
	}
	if sign := rangeSign.FindString(after); sign != "" && cmp == nil {
		return readBetween(sc, q, false, false, after[len(sign):])
	}
	b := &Bound{Value: q.value}
	if cmp == nil {
		return Limit{High: b, Unit: q.unit}, after, nil
	}
	b.Strict = cmp.strict
	if cmp.upper {
		return Limit{High: b, Unit: q.unit}, after, nil
	}
	return Limit{Low: b, Unit: q.unit}, after, nil
}

// readComparison takes the comparison at the beginning of s, nil when there is none. The same sign twice (≤≤) is one.
func readComparison(s string) (*comparison, string) {
	for i := range comparisons {
		c := &comparisons[i]
		rest, ok := strings.CutPrefix(s, c.text)
		for again := ok; again; {
			rest, again = strings.CutPrefix(strings.TrimSpace(rest), c.text)
		}
		if ok {
			return c, strings.TrimSpace(rest)
		}
	}
	return nil, s
}

// readPlusMinus reads the tolerance behind a nominal value: 12.0±1.0%vol.
func readPlusMinus(sc *scan, nominal quantity, s string) (Limit, string, error) {
	tol, after, err := sc.quantity(strings.TrimSpace(s))
	if err != nil {
		return Limit{}, s, err
	}
	if nominal.unit != "" && nominal.unit != tol.unit {
		return Limit{}, s, limitUnreadable(s)
	}
	low, high := nominal.value.Sub(tol.value), nominal.value.Add(tol.value)
	return Limit{Low: &Bound{Value: low}, High: &Bound{Value: high}, Unit: tol.unit}, after, nil
}

// readBetween reads the upper end of a range whose lower end is low.
func readBetween(sc *scan, low quantity, lowStrict, highStrict bool, s string) (Limit, string, error) {
	high, after, err := sc.quantity(s)
	if err != nil {
		return Limit{}, s, err
	}
	if low.unit != "" && low.unit != high.unit {
		return Limit{}, s, limitUnreadable(s)
	}
	return Limit{
		Low:  &Bound{Value: low.value, Strict: lowStrict},
		High: &Bound{Value: high.value, Strict: highStrict}, Unit: high.unit,
	}, after, nil
}
