package standards

import (
	"fmt"
	"regexp"
	"strings"

	"hengjian/internal/measure"
)

// Qualifier says how a value stands to its number, or what it says without one.
type Qualifier string

// The qualifiers. Exact is a plain number.
const (
	Exact       Qualifier = ""
	Less        Qualifier = "<"
	LessOrEqual Qualifier = "≤"
	More        Qualifier = ">"
	MoreOrEqual Qualifier = "≥"
	NotDetected Qualifier = "not_detected" // 未检出, ND, 阴性, <LOD
	BelowLOQ    Qualifier = "below_loq"    // <LOQ
	Detected    Qualifier = "detected"     // 检出, 阳性, 多不可计: found, without a number
	Word        Qualifier = "word"         // an observation: 通过, 无, 痕迹
)

// Value is one value of a result.
type Value struct {
	Text        string           `json:"text"`
	Qualifier   Qualifier        `json:"qualifier"`
	Number      measure.Decimal  `json:"number"` // with a qualifier that has a number
	Uncertainty *measure.Decimal `json:"uncertainty,omitempty"`
	Unit        string           `json:"unit"`
}

// hasNumber says whether the value carries a number.
func (v Value) hasNumber() bool {
	switch v.Qualifier {
	case Exact, Less, LessOrEqual, More, MoreOrEqual:
		return true
	case NotDetected, BelowLOQ, Detected, Word:
	}
	return false
}

// Result is a result as entered and what it may mean: usually one reading; more where a superscript may be lost
// ("1.3×104") or a comma may part thousands, decimals or values ("1,300"). A verdict holds only when all readings
// agree.
type Result struct {
	Raw      string    `json:"raw"`
	Readings [][]Value `json:"readings"`
	LOD      string    `json:"lod,omitempty"` // from a bracket: 未检出(检出限:0.01mg/kg)
	LOQ      string    `json:"loq,omitempty"`
	Basis    []Basis   `json:"basis,omitempty"` // from a bracket: 0.5mg/kg(以干基计)
}

var (
	notDetectedWord = regexp.MustCompile(`(?i)^(?:未检出|未检测到|阴性|N\.?D\.?|not detected|<(?:LOD|(?:方法)?检出限)|低于(?:方法)?检出限)`)
	belowLOQWord    = regexp.MustCompile(`(?i)^(?:<(?:LOQ|定量限)|低于定量限)`)
	detectedWord    = regexp.MustCompile(`(?i)^(?:检出|阳性|多不可计|TNTC)`)
	valueStart      = regexp.MustCompile(`(?i)^ *(?:[<>≤≥]? *\d|未检出|检出|阴性|阳性|ND)`)
	separators      = regexp.MustCompile(`[;,、\n]`)
	lineEnd         = regexp.MustCompile(`([;,、]) *\n`)
	lastPortion     = regexp.MustCompile(`^\d+ *(?:g|mL|ml|cm²|cm2|dm²|dm2)$`)
	bracketedPM     = regexp.MustCompile(`^\(([^()]*±[^()]*)\)`)
	power           = regexp.MustCompile(`^[^A-Za-zμ%]*(?:[×xX*^⁰¹²³⁴⁵⁶⁷⁸⁹]|[eE][+-]?\d)`)
	plainDigits     = regexp.MustCompile(`^\d+$`)
	thousandGroup   = regexp.MustCompile(`^\d{3}$`)
	lastGroup       = regexp.MustCompile(`^\d{3}(?:\D.*)?$`)
	firstGroup      = regexp.MustCompile(`^[<>≤≥]?[1-9]\d{0,2}$`)
)

const longestText = 400 // characters of a result or a limit: longer ones are not values

// ParseResult reads a result as people and instruments write it: a number or several (parted by ; ， 、 / or lines) with
// <, >, powers of ten, ± and a unit, or 未检出, 检出 and the words of observation. What it cannot read is an error.
func ParseResult(raw string) (Result, error) { return parseResult(raw, "") }

// parseResult is ParseResult for a result whose unit stands apart from it.
func parseResult(raw, unit string) (Result, error) {
	r := Result{Raw: raw}
	s := fold(raw)
	if s == "" {
		return r, unreadable("result_empty", "没有可判定的检验结果", "there is no result to judge")
	}
	if len([]rune(s)) > longestText {
		return r, unreadable("result_too_long", "检验结果过长，不能识别", "the result is too long to be read")
	}
	s, notes := takeNotes(s)
	if err := r.takeNotes(notes); err != nil {
		return r, err
	}
	first := scan{counts: bareCounts(s + " " + fold(unit))}
	readings, err := readList(&first, s)
	if err != nil {
		return r, err
	}
	r.Readings = readings
	if first.ambiguous {
		meant, err := readList(&scan{meant: true, counts: first.counts}, s)
		if err != nil {
			return r, err
		}
		r.Readings = append(r.Readings, meant...)
	}
	return r, nil
}

// takeNotes understands the brackets of a result: a detection limit or a basis. An unread remark may change everything.
func (r *Result) takeNotes(notes []string) error {
	for _, n := range notes {
		basis := basesOf(n)
		m := detectLimit.FindStringSubmatch(n)
		switch {
		case m != nil && (m[1] == "定量限" || m[1] == "LOQ"):
			r.LOQ = m[2]
		case m != nil: // also 未检出(<0.01mg/kg)
			r.LOD = m[2]
		case len(basis) > 0:
			r.Basis = append(r.Basis, basis...)
		case expressed.MatchString(n): // 以Pb计: the element itself
		default:
			return unreadable("result_remark", fmt.Sprintf("检验结果带有不能识别的说明“%s”", clip(n)),
				fmt.Sprintf("the result carries a remark that cannot be read: %q", clip(n)))
		}
	}
	return nil
}

// readList reads one value or several, in all readings that the separators allow.
func readList(sc *scan, s string) ([][]Value, error) {
	s = strings.TrimRight(lineEnd.ReplaceAllString(s, "$1"), ";,、\n ")
	found := separators.FindAllString(s, -1)
	if len(found) == 0 {
		values, err := readSlashes(sc, s)
		return [][]Value{values}, err
	}
	for _, sep := range found {
		if sep != found[0] {
			return nil, unreadable("separators_mixed", "各值之间的分隔符不一致，无法确定有几个值",
				"the values are parted by different separators")
		}
	}
	pieces := strings.Split(s, found[0])
	var readings [][]Value
	list, err := readValues(sc, pieces)
	if err == nil {
		readings = append(readings, list)
	}
	if found[0] == "," {
		for _, joined := range commaReadings(pieces) {
			if v, err := sc.value(joined); err == nil {
				readings = append(readings, []Value{v})
			}
		}
	}
	if len(readings) == 0 {
		return nil, err
	}
	return readings, nil
}

// commaReadings gives the single numbers that a comma may stand in: 1,300 as thousands and as a decimal comma.
func commaReadings(pieces []string) []string {
	last := len(pieces) - 1
	var joined []string
	thousands := firstGroup.MatchString(pieces[0]) && lastGroup.MatchString(pieces[last])
	for _, p := range pieces[1:last] {
		thousands = thousands && thousandGroup.MatchString(p)
	}
	if thousands {
		joined = append(joined, strings.Join(pieces, ""))
	}
	if len(pieces) == 2 && plainDigits.MatchString(strings.TrimLeft(pieces[0], "<>≤≥")) && pieces[1] != "" &&
		pieces[1][0] >= '0' && pieces[1][0] <= '9' {
		joined = append(joined, pieces[0]+"."+pieces[1])
	}
	return joined
}

// readSlashes reads a text without other separators: one value whose unit may hold slashes, or values parted by them.
func readSlashes(sc *scan, s string) ([]Value, error) {
	whole, err := sc.value(s)
	if err == nil {
		return []Value{whole}, nil
	}
	var pieces []string
	begin := 0
	for i := range len(s) {
		if s[i] == '/' && valueStart.MatchString(s[i+1:]) {
			pieces = append(pieces, s[begin:i])
			begin = i + 1
		}
	}
	pieces = append(pieces, s[begin:])
	if last := len(pieces) - 1; last > 1 && lastPortion.MatchString(strings.TrimSpace(pieces[last])) {
		pieces[last-1] += "/" + pieces[last] // 检出/未检出/25g: the portion, not a third value
		pieces = pieces[:last]
	}
	if len(pieces) == 1 {
		return nil, err
	}
	return readValues(sc, pieces)
}

// readValues reads each piece and gives all the unit that only the last one names.
func readValues(sc *scan, pieces []string) ([]Value, error) {
	values := make([]Value, len(pieces))
	units := 0
	for i, p := range pieces {
		v, err := sc.value(p)
		if err != nil {
			return nil, err
		}
		if v.Unit != "" {
			units++
		}
		values[i] = v
	}
	unit := values[len(values)-1].Unit
	switch {
	case units == 1 && unit != "":
		for i := range values {
			values[i].Unit = unit
		}
	case units != 0 && units != len(values):
		return nil, unreadable("units_unclear", "各值的单位不完整", "some of the values have a unit and some have none")
	}
	return values, nil
}

// value reads one value with its qualifier and unit.
func (sc *scan) value(s string) (Value, error) {
	s = strings.TrimSpace(s)
	v := Value{Text: s}
	for _, w := range []struct {
		re *regexp.Regexp
		q  Qualifier
	}{{notDetectedWord, NotDetected}, {belowLOQWord, BelowLOQ}, {detectedWord, Detected}} {
		word := w.re.FindString(s)
		if word == "" {
			continue
		}
		unit, err := readUnit(s[len(word):])
		v.Qualifier, v.Unit = w.q, unit
		return v, err
	}
	if knownWord(s) {
		v.Qualifier = Word
		return v, nil
	}
	for _, q := range []Qualifier{Less, LessOrEqual, More, MoreOrEqual} {
		if rest, ok := strings.CutPrefix(s, string(q)); ok {
			v.Qualifier, s = q, strings.TrimSpace(rest)
			break
		}
	}
	return sc.numeric(v, s)
}

// numeric reads number ± uncertainty unit into v.
func (sc *scan) numeric(v Value, s string) (Value, error) {
	if m := bracketedPM.FindStringSubmatch(s); m != nil {
		s = m[1] + s[len(m[0]):]
	}
	n, rest, ok := sc.number(s)
	if !ok {
		return v, unreadable("result_unreadable", fmt.Sprintf("检验结果“%s”无法识别", clip(v.Text)),
			fmt.Sprintf("the result %q cannot be read", clip(v.Text)))
	}
	v.Number = n
	if after, ok := strings.CutPrefix(strings.TrimSpace(rest), "±"); ok {
		own := s[:len(s)-len(rest)]
		u, end, ok := sc.number(strings.TrimSpace(after))
		ofBoth := power.MatchString(after) && !power.MatchString(own) // 12.3±0.4×10³: the power may be meant for both
		if !ok || u.Sign() < 0 || v.Qualifier != Exact || ofBoth {
			return v, unreadable("result_unreadable", fmt.Sprintf("检验结果“%s”的不确定度无法识别", clip(v.Text)),
				fmt.Sprintf("the uncertainty of %q cannot be read", clip(v.Text)))
		}
		v.Uncertainty, rest = &u, end
	}
	unit, err := readUnit(rest)
	if err != nil {
		return v, err
	}
	v.Unit = unit
	if n.Sign() < 0 && unit != "°C" {
		return v, unreadable("negative", fmt.Sprintf("检验结果“%s”为负值，请核对", clip(v.Text)),
			fmt.Sprintf("the result %q is negative", clip(v.Text)))
	}
	return v, nil
}
