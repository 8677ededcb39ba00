package standards

import (
	"fmt"
	"regexp"
	"strings"

	"hengjian/internal/measure"
)

// Kind is how a limit decides.
type Kind string

// The kinds of limit (GB/T 1.1 and GB 29921-2021 4.2 for the plans).
const (
	Max        Kind = "max"         // ≤5mg/kg, <16%, or a bare 150CFU/g
	Min        Kind = "min"         // ≥1.5倍
	Range      Kind = "range"       // 45~85, 12.0±1.0%vol
	Absent     Kind = "absent"      // 不得检出, 阴性
	NotAllowed Kind = "not_allowed" // 不得使用
	Plan2      Kind = "plan2"       // n, c, m
	Plan3      Kind = "plan3"       // n, c, m, M
	Text       Kind = "text"        // 通过, 无, 痕迹
	Tolerance  Kind = "tolerance"   // 标示值±1.0
)

// Bound is one end of a range; a strict bound is itself outside.
type Bound struct {
	Value  measure.Decimal `json:"value"`
	Strict bool            `json:"strict,omitempty"`
}

// Limit is one limit, read from a text or taken from the catalogue. The fields after Remark are known only from the
// catalogue and travel with the verdict as a snapshot.
type Limit struct {
	Raw       string           `json:"raw"`
	Kind      Kind             `json:"kind"`
	Low       *Bound           `json:"low,omitempty"`
	High      *Bound           `json:"high,omitempty"`
	N         int              `json:"n,omitempty"` // units of a plan
	C         int              `json:"c,omitempty"` // of which so many may lie above m
	M         *measure.Decimal `json:"m,omitempty"`
	BigM      *measure.Decimal `json:"big_m,omitempty"`
	Tolerance *measure.Decimal `json:"tolerance,omitempty"`
	Word      string           `json:"word,omitempty"`
	Unit      string           `json:"unit,omitempty"`
	Basis     []Basis          `json:"basis,omitempty"`
	Remark    string           `json:"remark,omitempty"` // words behind it that were not understood bar a pass

	Item   string `json:"item,omitempty"`
	Screen string `json:"screen,omitempty"` // may be determined first: at or below the limit it settles Item
	Row    *Row   `json:"row,omitempty"`

	Other *Limit `json:"other,omitempty"` // the second reading when a superscript may be lost
}

// complete says whether the limit has all that its kind needs: without its bound a maximum would let everything pass.
func (l Limit) complete() bool {
	switch l.Kind {
	case Max:
		return l.High != nil
	case Min:
		return l.Low != nil
	case Range:
		return l.Low != nil && l.High != nil
	case Absent, NotAllowed:
		return true
	case Plan2:
		return l.N > 0 && l.M != nil
	case Plan3:
		return l.N > 0 && l.M != nil && l.BigM != nil
	case Text:
		return l.Word != ""
	case Tolerance:
		return l.Tolerance != nil
	}
	return false
}

var (
	signs     = regexp.MustCompile(`^[≤≥<> ]+`)
	planStart = regexp.MustCompile(`^[≤≥<> ]*n *[=:]`)
	figure    = regexp.MustCompile(`[\d≤≥<>±]`)

	absentWord  = regexp.MustCompile(`(?i)^(?:(?:不得|不应|不可|不准|禁止)(?:有)?检出|未检出|阴性|ND)(.*)$`)
	notAllowed  = regexp.MustCompile(`^(?:(?:不得|不应|不可|不允许|不准|禁止)(?:人为)?(?:使用|添加|加入)|禁用)$`)
	toleranceRE = regexp.MustCompile(`^(?:(?:产品)?(?:标签|标识)?(?:标示|明示|标明)值?)?±(.+)$`)
)

// ParseLimit reads a limit as standards and bulletins write it. Its unit and basis are taken from the text where they
// stand in it. What it cannot read is an error.
func ParseLimit(raw string) (Limit, error) {
	s := fold(raw)
	if s == "" {
		return Limit{Raw: raw}, unreadable("limit_empty", "没有限量", "there is no limit")
	}
	if len([]rune(s)) > longestText {
		return Limit{Raw: clip(raw)}, unreadable("limit_too_long", "限量过长，不能识别", "the limit is too long to be read")
	}
	s, notes := takeNotes(s)
	sc := scan{counts: bareCounts(s)}
	l, err := readLimit(&sc, s)
	if err == nil && sc.ambiguous {
		again := scan{counts: sc.counts, meant: true}
		var meant Limit
		if meant, err = readLimit(&again, s); err == nil {
			l.Other = &meant
		}
	}
	l.Raw = strings.TrimSpace(raw)
	if err != nil {
		return l, err
	}
	for _, n := range notes {
		l.addNote(n)
	}
	if l.Other != nil {
		l.Other.Raw, l.Other.Basis, l.Other.Remark, l.Other.Unit = l.Raw, l.Basis, l.Remark, l.Unit
	}
	return l, nil
}

// addNote takes a bracket of the limit: its basis, its chemical expression, or a remark.
func (l *Limit) addNote(text string) {
	if found := basesOf(text); len(found) > 0 {
		l.Basis = append(l.Basis, found...)
		return
	}
	if expressed.MatchString(text) {
		return // 以Pb计: the element itself
	}
	if unit, err := readUnit(text); err == nil && l.Unit == "" {
		l.Unit = unit // 不得检出(/25g)
		return
	}
	l.Remark = strings.TrimSpace(l.Remark + " " + text)
}

// readLimit tries the kinds in the order in which they can be told apart.
func readLimit(sc *scan, s string) (Limit, error) {
	if planStart.MatchString(s) {
		return readPlan(sc, s)
	}
	head, remark := splitRemark(s)
	l, err := readHead(sc, head)
	l.Remark = remark
	return l, err
}

// splitRemark parts the limit from words behind it, such as the next item's name in a table that was cut badly.
func splitRemark(s string) (head, remark string) {
	s = strings.TrimRight(s, ",;、。\n ")
	for i, r := range s {
		if r != '\n' && r != ';' {
			continue
		}
		if rest := strings.TrimSpace(s[i+1:]); !figure.MatchString(rest) {
			return strings.TrimSpace(s[:i]), rest
		}
		break
	}
	return s, ""
}

func readHead(sc *scan, s string) (Limit, error) {
	if notAllowed.MatchString(s) {
		return Limit{Kind: NotAllowed}, nil
	}
	if m := absentWord.FindStringSubmatch(s); m != nil {
		unit, err := readUnit(m[1])
		return Limit{Kind: Absent, Unit: unit}, err
	}
	word := signs.ReplaceAllString(s, "")
	if _, ok := observations[word]; ok {
		return Limit{Kind: Text, Word: word}, nil
	}
	if m := toleranceRE.FindStringSubmatch(s); m != nil {
		return readTolerance(sc, m[1])
	}
	return readBounds(sc, s)
}

// readTolerance reads what may lie between a product's label and the result: ±1.0%vol.
func readTolerance(sc *scan, s string) (Limit, error) {
	q, rest, err := sc.quantity(s)
	if err != nil {
		return Limit{}, err
	}
	if rest != "" || q.value.Sign() < 0 {
		return Limit{}, limitUnreadable(s)
	}
	return Limit{Kind: Tolerance, Tolerance: &q.value, Unit: q.unit}, nil
}

func limitUnreadable(s string) error {
	return unreadable("limit_unreadable", fmt.Sprintf("限量“%s”无法识别", clip(s)),
		fmt.Sprintf("the limit %q cannot be read", clip(s)))
}
