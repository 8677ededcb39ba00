package standards

import "fmt"

// tally counts the units of a sampling plan: how many surely and how many possibly lie above m and above M.
type tally struct {
	aboveM, maybeAboveM       int
	aboveBigM, maybeAboveBigM int
}

// judgePlan judges the n values of one batch by a two-class or three-class plan (GB 29921-2021): fail when any value
// exceeds M, or when more than c values exceed m. A value known only in part (<10, 检出) counts for both ways; the
// verdict stands when it is the same either way.
func judgePlan(values []Value, l Limit, d detection) finding {
	rule := string(l.Kind)
	if len(values) != l.N {
		return unsettled(rule, "plan_count", fmt.Sprintf("采样方案要求 %d 个检验值，实有 %d 个", l.N, len(values)),
			fmt.Sprintf("the plan asks for %d values, there are %d", l.N, len(values)))
	}
	var t tally
	var steps []Reason
	for i, v := range values {
		m, bigM, err := planPlaces(v, l, d)
		if err != nil {
			return unsettledBy(rule, err)
		}
		steps = append(steps, unitStep(i+1, v, m, bigM))
		t.add(m, bigM)
	}
	f := t.finding(l)
	f.steps = steps
	return f
}

// planPlaces says where one value lies to m and to M.
func planPlaces(v Value, l Limit, d detection) (m, bigM position, err error) {
	switch v.Qualifier {
	case NotDetected, Detected:
		if !samePortion(v.Unit, l.Unit) {
			return 0, 0, unreadable("portion", "检验结果对应 "+v.Unit+"，限量对应 "+l.Unit+"，不能比较",
				"the result speaks of "+v.Unit+" and the limit of "+l.Unit)
		}
		if zero(l.M) && v.Qualifier == NotDetected {
			return inside, inside, nil
		}
		if v.Qualifier == Detected {
			return foundPlace(l), unknownIn(l), nil
		}
		if d.lod == nil {
			return unknown, unknownIn(l), nil
		}
	case Exact, Less, LessOrEqual, More, MoreOrEqual, BelowLOQ, Word:
	}
	spread, _, err := d.spread(v, l.Unit)
	if err != nil {
		return 0, 0, err
	}
	m, bigM = spread.in(upTo(*l.M)), inside
	if l.BigM != nil {
		bigM = spread.in(upTo(*l.BigM))
	}
	return m, bigM, nil
}

// foundPlace is where 检出 lies to m: above it when m is 0, else nobody knows.
func foundPlace(l Limit) position {
	if zero(l.M) {
		return outside
	}
	return unknown
}

// unknownIn is where an unknown value lies to M: nowhere wrong when the plan has no M.
func unknownIn(l Limit) position {
	if l.BigM == nil {
		return inside
	}
	return unknown
}

func (t *tally) add(m, bigM position) {
	switch m {
	case outside:
		t.aboveM++
	case unknown:
		t.maybeAboveM++
	case inside:
	}
	switch bigM {
	case outside:
		t.aboveBigM++
	case unknown:
		t.maybeAboveBigM++
	case inside:
	}
}

// finding applies the plan to the counts.
func (t tally) finding(l Limit) finding {
	rule := string(l.Kind)
	switch {
	case t.aboveBigM > 0:
		return finding{outcome: Fail, rule: rule, reason: Reason{"above_big_m",
			fmt.Sprintf("%d 个检验值超过 M，不符合 %s%s", t.aboveBigM, l, l.source()),
			fmt.Sprintf("%d of the values exceed M, against %s%s", t.aboveBigM, l, l.source())}}
	case t.aboveM > l.C:
		return finding{outcome: Fail, rule: rule, reason: Reason{"too_many_above_m",
			fmt.Sprintf("%d 个检验值超过 m，多于 c=%d，不符合 %s%s", t.aboveM, l.C, l, l.source()),
			fmt.Sprintf("%d of the values exceed m, more than c=%d, against %s%s", t.aboveM, l.C, l, l.source())}}
	case t.maybeAboveBigM > 0 || t.aboveM+t.maybeAboveM > l.C:
		doubtful := max(t.maybeAboveM, t.maybeAboveBigM)
		return unsettled(rule, "not_decided",
			fmt.Sprintf("有 %d 个检验值不能确定是否超过 m 或 M，不能判定", doubtful),
			fmt.Sprintf("of %d values it is not known whether they exceed m or M", doubtful))
	}
	return finding{outcome: Pass, rule: rule, reason: Reason{"plan_kept",
		fmt.Sprintf("%d 个检验值中 %d 个超过 m（c=%d），无一超过 M，符合 %s%s", l.N, t.aboveM, l.C, l, l.source()),
		fmt.Sprintf("%d of %d values exceed m (c=%d), none exceeds M, within %s%s", t.aboveM, l.N, l.C, l, l.source())}}
}

// unitStep tells how one unit was counted.
func unitStep(n int, v Value, m, bigM position) Reason {
	zh, en := "不超过 m", "not above m"
	switch {
	case bigM == outside:
		zh, en = "超过 M", "above M"
	case m == outside:
		zh, en = "超过 m", "above m"
	case m == unknown || bigM == unknown:
		zh, en = "不能确定", "not decided"
	}
	return Reason{"unit", fmt.Sprintf("第 %d 个：%s，%s", n, v.Text, zh), fmt.Sprintf("unit %d: %s, %s", n, v.Text, en)}
}
