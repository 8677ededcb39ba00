package standards

import (
	"regexp"
	"strconv"
	"strings"

	"hengjian/internal/measure"
)

var (
	planCounts = regexp.MustCompile(`^[≤≥<> ]*n *[=:] *(\d{1,3})[ ,;、]*c *[=:] *(\d{1,3})[ ,;、]*m *[=:] *`)
	planBigM   = regexp.MustCompile(`[ ,;、]*M *[=:] *`)
	planNone   = regexp.MustCompile(`^(?:-+|/|无)$`)
	planEnd    = regexp.MustCompile(`[;,、\n]`)
)

// readPlan reads a sampling plan: n=5,c=2,m=10,M=100CFU/g, or n=5,c=0,m=0/25g (GB 29921-2021).
func readPlan(sc *scan, s string) (Limit, error) {
	head := planCounts.FindStringSubmatch(s)
	if head == nil {
		return Limit{}, limitUnreadable(s)
	}
	n, _ := strconv.Atoi(head[1]) // three digits at most
	c, _ := strconv.Atoi(head[2])
	l := Limit{Kind: Plan2, N: n, C: c}
	lower, upper := s[len(head[0]):], ""
	if at := planBigM.FindStringIndex(lower); at != nil {
		lower, upper = lower[:at[0]], lower[at[1]:]
	}
	m, unit, remark, err := sc.planLevel(lower)
	if err != nil {
		return Limit{}, err
	}
	l.M, l.Unit, l.Remark = m, unit, remark
	if upper != "" {
		if err := l.readUpper(sc, upper); err != nil {
			return Limit{}, err
		}
	}
	return l, l.checkPlan(s)
}

// readUpper reads the level M that no unit may exceed; a dash says that there is none.
func (l *Limit) readUpper(sc *scan, s string) error {
	if planNone.MatchString(strings.TrimSpace(s)) {
		return nil
	}
	big, unit, remark, err := sc.planLevel(s)
	if err != nil {
		return err
	}
	if l.Remark != "" || l.Unit != "" && l.Unit != unit {
		return limitUnreadable(s)
	}
	l.Kind, l.BigM, l.Unit, l.Remark = Plan3, big, unit, remark
	return nil
}

// planLevel reads a level with its unit and the words behind it.
func (sc *scan) planLevel(s string) (level *measure.Decimal, unit, remark string, err error) {
	s = strings.TrimRight(s, " ,;、。\n")
	if at := planEnd.FindStringIndex(s); at != nil {
		s, remark = s[:at[0]], strings.TrimSpace(s[at[1]:])
	}
	if figure.MatchString(remark) {
		return nil, "", "", limitUnreadable(s + remark)
	}
	if m := absentWord.FindStringSubmatch(strings.TrimSpace(s)); m != nil { // m=不得检出/25g
		unit, err = readUnit(m[1])
		return new(measure.Decimal), unit, remark, err
	}
	n, rest, ok := sc.number(s)
	if !ok || n.Sign() < 0 {
		return nil, "", "", limitUnreadable(s)
	}
	unit, err = readUnit(rest)
	return &n, unit, remark, err
}

// checkPlan refuses plans that contradict themselves.
func (l *Limit) checkPlan(s string) error {
	if l.C >= l.N || l.BigM != nil && l.BigM.Cmp(*l.M) <= 0 {
		return unreadable("plan_invalid", "采样方案自相矛盾："+clip(s), "the sampling plan contradicts itself: "+clip(s))
	}
	return nil
}
