package standards

import (
	"fmt"
	"slices"
	"strings"

	"hengjian/internal/measure"
)

// String writes a limit in one way, whatever its source.
func (l Limit) String() string {
	unit := func(s string) string { return strings.TrimSpace(s + " " + l.Unit) }
	switch l.Kind {
	case Max:
		return unit(sign(l.High, "≤", "<") + l.High.Value.String())
	case Min:
		return unit(sign(l.Low, "≥", ">") + l.Low.Value.String())
	case Range:
		if l.Low.Strict || l.High.Strict {
			low, high := sign(l.Low, "≥", ">"), sign(l.High, "≤", "<")
			return unit(low + l.Low.Value.String() + ", " + high + l.High.Value.String())
		}
		return unit(l.Low.Value.String() + "~" + l.High.Value.String())
	case Plan2:
		return unit(fmt.Sprintf("n=%d,c=%d,m=%s", l.N, l.C, l.M))
	case Plan3:
		return unit(fmt.Sprintf("n=%d,c=%d,m=%s,M=%s", l.N, l.C, l.M, l.BigM))
	case Absent:
		return unit("不得检出")
	case NotAllowed:
		return "不得使用"
	case Text:
		return l.Word
	case Tolerance:
		return unit("标示值±" + l.Tolerance.String())
	}
	return l.Raw
}

func sign(b *Bound, plain, strict string) string {
	if b.Strict {
		return strict
	}
	return plain
}

// source names where the limit comes from, in brackets, when the catalogue gave it.
func (l Limit) source() string {
	if l.Row == nil {
		return ""
	}
	return "（" + l.Row.name() + "）"
}

// judgeBounds judges by a maximum, a minimum or a range. Several values against one bound say nothing of which to
// adopt: only when each of them exceeds a maximum does any choice, and their mean, exceed it.
func judgeBounds(values []Value, l Limit, d detection) finding {
	rule := string(l.Kind)
	var steps []Reason
	places := make([]position, len(values))
	for i, v := range values {
		spread, step, err := d.spread(v, l.Unit)
		if err != nil {
			return unsettledBy(rule, err)
		}
		if step != nil {
			steps = append(steps, *step)
		}
		if v.Uncertainty != nil {
			steps = append(steps, Reason{"uncertainty", "不确定度 ±" + v.Uncertainty.String() + " 不计入判定（简单接受）",
				"the uncertainty ±" + v.Uncertainty.String() + " takes no part in the decision (simple acceptance)"})
		}
		places[i] = spread.in(region(l.Low, l.High))
	}
	f := boundsFinding(values, places, l)
	f.steps = steps
	return f
}

func boundsFinding(values []Value, places []position, l Limit) finding {
	rule, text := string(l.Kind), valueTexts(values)
	if len(values) > 1 {
		if l.Kind == Max && !slices.ContainsFunc(places, func(p position) bool { return p != outside }) {
			return exceeds(rule, text, l)
		}
		return unsettled(rule, "several_values", "有多个检验值而限量只有一个界限，须按方法确定采用值",
			"several values stand against one limit: the method must say which is adopted")
	}
	switch places[0] {
	case inside:
		return finding{outcome: Pass, rule: rule, reason: Reason{"within",
			"检验结果 " + text + " 符合限量 " + l.String() + l.source() + "，" + fullValue,
			"the result " + text + " is within the limit " + l.String() + l.source() + ", compared by its full value"}}
	case outside:
		return exceeds(rule, text, l)
	case unknown:
	}
	return unsettled(rule, "not_decided", "检验结果 "+text+" 不能证明符合或不符合限量 "+l.String(),
		"the result "+text+" proves neither that the limit "+l.String()+" is kept nor that it is not")
}

func exceeds(rule, text string, l Limit) finding {
	return finding{outcome: Fail, rule: rule, reason: Reason{"outside",
		"检验结果 " + text + " 不符合限量 " + l.String() + l.source() + "，" + fullValue,
		"the result " + text + " is outside the limit " + l.String() + l.source() + ", compared by its full value"}}
}

func valueTexts(values []Value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.Text
	}
	return clip(strings.Join(texts, "; "))
}

// judgeTolerance judges against the value on the label plus and minus the tolerance.
func (in Input) judgeTolerance(values []Value, l Limit, d detection) finding {
	rule := string(Tolerance)
	if in.Declared == "" {
		return unsettled(rule, "declared_missing", "限量为“"+l.String()+"”，但未给出标示值",
			"the limit is "+l.String()+" but the declared value is missing")
	}
	sc := scan{}
	q, rest, err := sc.quantity(fold(in.Declared))
	if err != nil || rest != "" || sc.ambiguous {
		return unsettled(rule, "declared_unreadable", "标示值“"+clip(in.Declared)+"”无法识别",
			"the declared value "+clip(in.Declared)+" cannot be read")
	}
	nominal, err := inUnit(q.value, q.unit, l.Unit)
	if err != nil {
		return unsettledBy(rule, err)
	}
	l.Kind = Range
	l.Low, l.High = &Bound{Value: nominal.Sub(*l.Tolerance)}, &Bound{Value: nominal.Add(*l.Tolerance)}
	f := judgeBounds(values, l, d)
	f.rule = rule
	return f
}

// judgeWord judges an observation in words; only the closed list decides.
func judgeWord(values []Value, l Limit) finding {
	rule, text := string(Text), valueTexts(values)
	allowed := observations[l.Word]
	if len(values) == 1 && values[0].Qualifier == Word {
		if slices.Contains(allowed.fulfil, values[0].Text) {
			return finding{outcome: Pass, rule: rule, reason: Reason{"word_fulfilled",
				"检验结果“" + text + "”符合要求“" + l.Word + "”" + l.source(),
				"the observation " + text + " fulfils " + l.Word + l.source()}}
		}
		if slices.Contains(allowed.contradict, values[0].Text) {
			return finding{outcome: Fail, rule: rule, reason: Reason{"word_contradicted",
				"检验结果“" + text + "”不符合要求“" + l.Word + "”" + l.source(),
				"the observation " + text + " contradicts " + l.Word + l.source()}}
		}
	}
	return unsettled(rule, "word_open", "检验结果“"+text+"”不在“"+l.Word+"”的可选结果之内",
		"the result "+text+" is none of the observations that decide on "+l.Word)
}

// judgeAbsence judges by 不得检出 or 不得使用: found means at or above the limit of detection (or, where only that is known,
// of quantification). One positive value is enough.
func judgeAbsence(values []Value, l Limit, d detection) finding {
	var worst finding
	for i, v := range values {
		f := absence(v, l, d)
		if f.outcome == Fail {
			return f
		}
		if i == 0 || f.outcome == Undetermined {
			worst = f
		}
	}
	return worst
}

func absence(v Value, l Limit, d detection) finding {
	rule := string(l.Kind)
	if !samePortion(v.Unit, l.Unit) {
		return unsettled(rule, "portion", "检验结果对应 "+v.Unit+"，限量对应 "+l.Unit+"，不能比较",
			"the result speaks of "+v.Unit+" and the limit of "+l.Unit)
	}
	switch v.Qualifier {
	case NotDetected:
		return notFoundIn(v, l)
	case Detected:
		return foundIn(v, l, "检出", "it was detected")
	case BelowLOQ:
		return unsettled(rule, "below_loq", "低于定量限不等于未检出",
			"below the limit of quantification does not say not detected")
	case Word:
		return unsettled(rule, "not_a_finding", "检验结果“"+v.Text+"”不能说明是否检出",
			"the result "+v.Text+" does not say whether anything was detected")
	case Exact, Less, LessOrEqual, More, MoreOrEqual:
	}
	if v.Qualifier == Exact && v.Number.IsZero() && v.Number.Decimals() == 0 {
		return notFoundIn(v, l) // 0 is below every limit of detection; 0.00 may be a rounded trace
	}
	return numericAbsence(v, l, d)
}

// numericAbsence compares a number with the limit of detection.
func numericAbsence(v Value, l Limit, d detection) finding {
	rule := string(l.Kind)
	bound, byLOD := d.lod, true
	if bound == nil {
		bound, byLOD = d.loq, false
	}
	if bound == nil {
		return unsettled(rule, "number_without_lod", "检验结果为数值，限量为“"+l.String()+"”，但未给出检出限，不能判定",
			"a number stands against "+l.String()+" but no limit of detection is given")
	}
	level, err := inUnit(bound.value, bound.unit, v.Unit)
	if err != nil {
		return unsettledBy(rule, err)
	}
	levelText := strings.TrimSpace(level.String() + " " + v.Unit)
	place := around(v.Number, v.Qualifier).in(below(level))
	switch {
	case place == outside:
		return foundIn(v, l, "不低于检出限（定量限）"+levelText, "at or above the limit of detection "+levelText)
	case place == inside && byLOD:
		return notFoundIn(v, l)
	}
	return unsettled(rule, "not_decided", "检验结果 "+v.Text+" 与检出限（定量限）"+levelText+" 相比不能确定是否检出",
		"the result "+v.Text+" beside the limit "+levelText+" does not say whether it was detected")
}

func notFoundIn(v Value, l Limit) finding {
	return finding{outcome: Pass, rule: string(l.Kind), reason: Reason{"not_detected",
		"检验结果 " + v.Text + " 按未检出计，符合“" + l.String() + "”" + l.source(),
		"the result " + v.Text + " counts as not detected, as " + l.String() + l.source() + " requires"}}
}

func foundIn(v Value, l Limit, zh, en string) finding {
	return finding{outcome: Fail, rule: string(l.Kind), reason: Reason{"detected",
		"检验结果 " + v.Text + "，" + zh + "，不符合“" + l.String() + "”" + l.source(),
		"the result " + v.Text + ": " + en + ", against " + l.String() + l.source()}}
}

// zero says whether a plan's level m asks for absence.
func zero(d *measure.Decimal) bool { return d != nil && d.IsZero() }
