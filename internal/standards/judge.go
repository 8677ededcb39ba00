package standards

import (
	"fmt"
	"strings"

	"hengjian/internal/measure"
)

// Input is all that a judgement rests on. Result, LOD, LOQ and Declared are texts as entered; a limit of detection
// without a unit is in the unit of the result. What is left empty is unknown, never assumed.
type Input struct {
	Item     string  `json:"item"`
	Result   string  `json:"result"`
	Unit     string  `json:"unit,omitempty"` // of the result, where its text has none
	Limit    Limit   `json:"limit"`
	LOD      string  `json:"lod,omitempty"`
	LOQ      string  `json:"loq,omitempty"`
	Basis    []Basis `json:"basis,omitempty"`    // that the result is on
	Declared string  `json:"declared,omitempty"` // what the label promises, for a limit of the kind 标示值±1.0
}

// fullValue is the way values are compared: as they stand, unrounded (GB/T 8170-2008 4.3.2), the rule where a standard
// does not say otherwise.
const fullValue = "全数值比较法 (GB/T 8170-2008 4.3.2)"

// finding is the outcome for one reading of result and limit.
type finding struct {
	outcome Outcome
	rule    string
	reason  Reason
	steps   []Reason
}

func unsettled(rule, code, zh, en string) finding {
	return finding{Undetermined, rule, Reason{code, zh, en}, nil}
}

func unsettledBy(rule string, err error) finding {
	return finding{outcome: Undetermined, rule: rule, reason: reasonOf(err)}
}

// JudgeText is Judge with a limit as text.
func JudgeText(in Input, limit string) Verdict {
	l, err := ParseLimit(limit)
	in.Limit = l
	if err != nil {
		return in.verdict(unsettledBy("limit", err))
	}
	return Judge(in)
}

// Judge holds a result against a limit. It passes only what is proved to lie within the limit and fails only what is
// proved to lie outside; everything else is undetermined with the reason.
func Judge(in Input) Verdict {
	result, err := parseResult(in.Result, in.Unit)
	if err != nil {
		return in.verdict(unsettledBy("result", err))
	}
	if f := in.checkBasis(result); f != nil {
		return in.verdict(*f)
	}
	screened, f := in.checkItem()
	if f != nil {
		return in.verdict(*f)
	}
	f, err = in.judgeReadings(result)
	if err != nil {
		return in.verdict(unsettledBy("result", err))
	}
	if screened {
		in.screen(f)
	}
	if in.Limit.Remark != "" && f.outcome == Pass {
		*f = unsettled(f.rule, "limit_remark", "限量后有不能识别的说明“"+clip(in.Limit.Remark)+"”，不能判为合格",
			"words behind the limit could not be read, so that it cannot pass: "+clip(in.Limit.Remark))
	}
	return in.verdict(*f)
}

// screen applies the two-step rule: a total at or below the limit settles its part as well; a total above it says
// nothing.
func (in Input) screen(f *finding) {
	switch f.outcome {
	case Fail:
		*f = unsettled("screen", "screen_exceeded", "筛查项目“"+in.Item+"”超过限量，须测定“"+in.Limit.Item+"”后判定",
			"the screening item "+in.Item+" exceeds the limit: determine "+in.Limit.Item)
	case Pass:
		f.steps = append(f.steps, Reason{"screened", "“" + in.Item + "”不超过“" + in.Limit.Item + "”的限量，即判定后者符合",
			in.Item + " does not exceed the limit of " + in.Limit.Item + ", which settles the latter"})
	case Undetermined:
	}
}

// verdict puts the proof around a finding.
func (in Input) verdict(f finding) Verdict {
	v := Verdict{Outcome: f.outcome, Reason: f.reason, Proof: Proof{Limit: in.Limit, Rule: f.rule, Steps: f.steps}}
	switch in.Limit.Kind {
	case Max, Min, Range, Tolerance, Plan2, Plan3, Absent, NotAllowed:
		v.Proof.Comparison = fullValue
	case Text:
	}
	return v
}

// judgeReadings judges every reading of the result against every reading of the limit. They must agree.
func (in Input) judgeReadings(result Result) (*finding, error) {
	limits := []Limit{in.Limit}
	if in.Limit.Other != nil {
		limits = append(limits, *in.Limit.Other)
	}
	var agreed *finding
	for _, l := range limits {
		for _, values := range readingsFor(result.Readings, l) {
			if err := in.giveUnit(values); err != nil {
				return nil, err
			}
			f := in.judgeOne(values, l, result)
			if agreed == nil {
				agreed = &f
				continue
			}
			if f.outcome != agreed.outcome {
				f = unsettled(f.rule, "ambiguous", "数值写法有歧义（上标或分隔符可能丢失），各种读法的结论不同，请核对原始记录",
					"a superscript or a separator of the number may be lost, and its possible readings differ in outcome")
				return &f, nil
			}
		}
	}
	return agreed, nil
}

// readingsFor prefers the readings with as many values as a plan asks for: five groups of three digits are five values
// when n is five.
func readingsFor(readings [][]Value, l Limit) [][]Value {
	if l.Kind != Plan2 && l.Kind != Plan3 {
		return readings
	}
	var fitting [][]Value
	for _, r := range readings {
		if len(r) == l.N {
			fitting = append(fitting, r)
		}
	}
	if fitting == nil {
		return readings
	}
	return fitting
}

// giveUnit sets the input's unit where the text has none; two different units contradict each other.
func (in Input) giveUnit(values []Value) error {
	unit, err := readUnit(in.Unit)
	if err != nil || unit == "" {
		return err
	}
	for i := range values {
		if values[i].Unit == "" {
			values[i].Unit = unit
		}
		if values[i].Unit != unit {
			return unreadable("unit_mismatch", fmt.Sprintf("检验结果写明的单位 %s 与单位栏 %s 不一致", values[i].Unit, unit),
				fmt.Sprintf("the result is written in %s while its unit is said to be %s", values[i].Unit, unit))
		}
	}
	return nil
}

// judgeOne judges one reading by the limit's kind.
func (in Input) judgeOne(values []Value, l Limit, result Result) finding {
	if !l.complete() {
		return unsettled("limit", "limit_missing", "没有可用的限量", "there is no limit to judge by")
	}
	bounds, err := in.detection(result, values)
	if err != nil {
		return unsettledBy("detection_limit", err)
	}
	switch l.Kind {
	case Max, Min, Range:
		return judgeBounds(values, l, bounds)
	case Tolerance:
		return in.judgeTolerance(values, l, bounds)
	case Absent, NotAllowed:
		return judgeAbsence(values, l, bounds)
	case Plan2, Plan3:
		return judgePlan(values, l, bounds)
	case Text:
		return judgeWord(values, l)
	}
	return unsettled("limit", "limit_kind", "限量的类型不能判定", "limits of this kind cannot be judged")
}

// checkBasis refuses to compare values on different bases. A limit given as text belongs to the item that it stands
// with, and shares the basis in the item's name.
func (in Input) checkBasis(result Result) *finding {
	ofItem := basesOf(in.Item)
	have := append(append(append([]Basis{}, in.Basis...), result.Basis...), ofItem...)
	want := append([]Basis{}, in.Limit.Basis...)
	if in.Limit.Row == nil {
		want = append(want, ofItem...)
	}
	if sameBases(have, want) {
		return nil
	}
	haveZH, haveEN := basisNames(have)
	wantZH, wantEN := basisNames(want)
	f := unsettled("basis", "basis_differs", "计算基准不一致或未说明（检验结果："+haveZH+"；限量："+wantZH+"），须先折算",
		"the bases differ or are not stated (result: "+haveEN+"; limit: "+wantEN+"): convert first")
	return &f
}

// checkItem refuses a limit of another item; the item by which it may be screened is allowed.
func (in Input) checkItem() (screened bool, f *finding) {
	if in.Item == "" || in.Limit.Item == "" || sameItem(in.Item, in.Limit.Item) {
		return false, nil
	}
	if in.Limit.Screen != "" && sameItem(in.Item, in.Limit.Screen) {
		return true, nil
	}
	other := unsettled("item", "other_item", "限量属于“"+in.Limit.Item+"”，检验项目是“"+in.Item+"”",
		"the limit is for "+in.Limit.Item+", the item is "+in.Item)
	return false, &other
}

// detection are the limits of detection and quantification of a judgement, nil where unknown.
type detection struct{ lod, loq *quantity }

// detection reads the limits of detection; those in the result's own brackets must not contradict the entered ones.
func (in Input) detection(result Result, values []Value) (detection, error) {
	lod, err := readDetection(in.LOD, result.LOD, values[0].Unit)
	if err != nil {
		return detection{}, err
	}
	loq, err := readDetection(in.LOQ, result.LOQ, values[0].Unit)
	return detection{lod, loq}, err
}

func readDetection(entered, bracketed, unit string) (*quantity, error) {
	text, inResult := strings.Trim(fold(entered), "-/"), fold(bracketed)
	switch {
	case text == "" && inResult == "":
		return nil, nil
	case text == "":
		text = inResult
	case inResult != "" && inResult != text:
		return nil, unreadable("detection_limit", "录入的检出限与结果中写明的不一致",
			"the detection limit entered differs from the one written in the result")
	}
	sc := scan{}
	q, rest, err := sc.quantity(text)
	if err != nil || rest != "" || sc.ambiguous || q.value.Sign() <= 0 {
		return nil, unreadable("detection_limit", "检出限“"+clip(text)+"”无法识别",
			"the detection limit "+clip(text)+" cannot be read")
	}
	if q.unit == "" {
		q.unit = unit
	}
	return &q, nil
}

// spread is what is known of a value, in the unit of the limit.
func (d detection) spread(v Value, unit string) (interval, *Reason, error) {
	switch v.Qualifier {
	case NotDetected:
		return d.lod.ceiling("lod_missing", "未检出，但未给出检出限，不能与限量比较",
			"not detected, but without a detection limit this cannot be compared", unit)
	case BelowLOQ:
		return d.loq.ceiling("loq_missing", "低于定量限，但未给出定量限，不能与限量比较",
			"below a limit of quantification that is not given", unit)
	case Detected, Word:
		return interval{}, nil, unreadable("not_a_number", "检验结果“"+clip(v.Text)+"”不是数值，不能与数值限量比较",
			"the result "+clip(v.Text)+" is no number")
	case Exact, Less, LessOrEqual, More, MoreOrEqual:
	}
	n, err := inUnit(v.Number, v.Unit, unit)
	if err != nil {
		return interval{}, nil, err
	}
	return around(n, v.Qualifier), converted(v.Number, v.Unit, n, unit), nil
}

// ceiling is the interval below a detection limit.
func (q *quantity) ceiling(code, zh, en, unit string) (interval, *Reason, error) {
	if q == nil {
		return interval{}, nil, unreadable(code, zh, en)
	}
	n, err := inUnit(q.value, q.unit, unit)
	return below(n), converted(q.value, q.unit, n, unit), err
}

// around is the interval that a number with its qualifier stands for.
func around(n measure.Decimal, q Qualifier) interval {
	switch q {
	case Less:
		return interval{high: &n, highOpen: true}
	case LessOrEqual:
		return interval{high: &n}
	case More:
		return interval{low: &n, lowOpen: true}
	case MoreOrEqual:
		return interval{low: &n}
	case Exact, NotDetected, BelowLOQ, Detected, Word:
	}
	return interval{low: &n, high: &n}
}

// converted tells of a conversion of units, nil when there was none.
func converted(from measure.Decimal, fromUnit string, to measure.Decimal, toUnit string) *Reason {
	if fromUnit == toUnit {
		return nil
	}
	text := strings.TrimSpace(from.String()+" "+fromUnit) + " = " + strings.TrimSpace(to.String()+" "+toUnit)
	return &Reason{"converted", "单位换算：" + text, "units converted: " + text}
}
