package procedure

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hengjian/internal/errs"
)

// Record is what a verification is judged from, as it was sent: numbers as texts or JSON numbers. Readings are by item:
// a list of rows (or one row) for a measured item; true or false, {"ok":true} or an object of answers for a check.
// Environment is by quantity, one value or several with commas; nil leaves it unjudged. Ratios are those of the MPE of
// each standard that was used to the instrument's, as 0.2 or 1/3, empty where nobody recorded it; nil leaves them
// unjudged.
type Record struct {
	Stage       Stage
	Parameters  map[string]json.RawMessage
	Readings    map[string]json.RawMessage
	Environment map[string]string
	Ratios      []string
}

// Evaluation is all that follows from a record. Values are decimals as text, in Unit unless the definition says
// another. Nothing passes with anything in Missing: what is missing, unreadable or contradictory.
type Evaluation struct {
	Procedure  string            `json:"procedure"`
	Edition    string            `json:"edition"`
	Stage      Stage             `json:"stage"`
	Unit       string            `json:"unit"`
	Conclusion Conclusion        `json:"conclusion"`
	Wording    Words             `json:"wording"`
	Items      []ItemResult      `json:"items"`
	Missing    []errs.Field      `json:"missing"`
	Derived    map[string]string `json:"derived,omitempty"`
	Assumed    map[string]string `json:"assumed,omitempty"`  // defaults that were taken, by name
	Unjudged   []string          `json:"unjudged,omitempty"` // conditions that were not recorded and may be left out
}

// ItemResult is one item with its rows and groups. An item that is not judged at the stage was recorded all the same.
// Columns and GroupColumns say what the names in its rows and groups mean, in the order in which they are shown.
type ItemResult struct {
	ID           string        `json:"id"`
	ZH           string        `json:"zh"`
	EN           string        `json:"en"`
	Judged       bool          `json:"judged"`
	Verdict      Conclusion    `json:"verdict"`
	Columns      []Column      `json:"columns,omitempty"`
	Rows         []RowResult   `json:"rows"`
	GroupColumns []Column      `json:"group_columns,omitempty"`
	Groups       []GroupResult `json:"groups,omitempty"`
}

// Column is a reading (of a kind as in Reading) or a computed value of rows or groups.
type Column struct {
	Name  string `json:"name"`
	Title Words  `json:"title"`
	Kind  string `json:"kind,omitempty"`
	Unit  string `json:"unit,omitempty"` // empty: not a quantity
}

// RowResult is one row: what was read, what follows, and whether it is accepted; a row that only its group judges has
// the verdict of the group. MPE is the size of its first limit.
type RowResult struct {
	Readings map[string]string `json:"readings"`
	Values   map[string]string `json:"values,omitempty"`
	MPE      string            `json:"mpe,omitempty"`
	Checks   []Check           `json:"checks,omitempty"`
	Verdict  Conclusion        `json:"verdict"`
}

// GroupResult is what rows that belong together give.
type GroupResult struct {
	Key     map[string]string `json:"key,omitempty"`
	Values  map[string]string `json:"values,omitempty"`
	MPE     string            `json:"mpe,omitempty"`
	Checks  []Check           `json:"checks,omitempty"`
	Verdict Conclusion        `json:"verdict,omitempty"`
}

// Check is one value held against its limit.
type Check struct {
	Value   string     `json:"value,omitempty"` // its name
	Limit   string     `json:"limit,omitempty"` // ±5, ≤0.5, ≥1, -4～1
	Verdict Conclusion `json:"verdict"`
}

// evaluator walks the items of one record in order.
type evaluator struct {
	*given
	r       Record
	out     Evaluation
	unsound bool // the measurements themselves cannot be relied on
	runs    map[string]*run
}

// Evaluate judges a record. Its error means an unknown stage; everything else that is wrong leaves the evaluation
// undetermined and is listed in Missing. A failed point fails it for certain, whatever is missing beside it, unless the
// environment, the standards or the parameters take the ground from under the measurements.
func (d *Definition) Evaluate(r Record) (Evaluation, error) {
	if err := checkStage(r.Stage); err != nil {
		return Evaluation{}, err
	}
	e := &evaluator{given: d.read(r.Parameters, r.Stage), r: r, runs: map[string]*run{}}
	e.unsound = e.contrary
	e.out = Evaluation{
		Procedure: d.ID, Edition: d.Edition, Stage: r.Stage, Unit: e.scope.unit, Items: []ItemResult{},
		Derived: map[string]string{}, Assumed: e.assumed,
	}
	for i := range d.Derived {
		if v, ok := e.scope.values[d.Derived[i].Name]; ok {
			e.out.Derived[d.Derived[i].Name] = v.String()
		}
	}
	e.unknownItems()
	e.environment()
	e.standards()
	for i := range d.Items {
		if result, concerned := e.item(&d.Items[i]); concerned {
			e.out.Items = append(e.out.Items, result)
		}
	}
	e.out.Missing = once(e.problems)
	e.out.Conclusion = e.conclude()
	e.out.Wording = e.wording(e.out.Conclusion)
	return e.out, nil
}

// once leaves out what was said before.
func once(list []errs.Field) []errs.Field {
	said := map[errs.Field]bool{}
	out := []errs.Field{}
	for _, f := range list {
		if !said[f] {
			out = append(out, f)
		}
		said[f] = true
	}
	return out
}

// conclude: a failure is certain on sound ground; a pass needs every judged item to pass and nothing to be missing.
func (e *evaluator) conclude() Conclusion {
	judged, passed, failed := 0, 0, 0
	for _, i := range e.out.Items {
		if !i.Judged {
			continue
		}
		judged++
		switch i.Verdict {
		case Pass:
			passed++
		case Fail:
			failed++
		}
	}
	switch {
	case e.unsound:
		return Undetermined
	case failed > 0:
		return Fail
	case judged > 0 && passed == judged && len(e.problems) == 0:
		return Pass
	}
	return Undetermined
}

// wording fills the parameters into the definition's words for a conclusion: {accuracy_class}.
func (e *evaluator) wording(c Conclusion) Words {
	w := e.d.Conclusions[c]
	for name, v := range e.scope.values {
		if strings.Contains(w.ZH+w.EN, "{"+name+"}") {
			w.ZH = strings.ReplaceAll(w.ZH, "{"+name+"}", v.String())
			w.EN = strings.ReplaceAll(w.EN, "{"+name+"}", v.String())
		}
	}
	return w
}

// unknownItems notes readings that no item of the procedure takes: nothing that was sent is overlooked.
func (e *evaluator) unknownItems() {
	for _, name := range slices.Sorted(maps.Keys(e.r.Readings)) {
		if item := e.d.item(name); item == nil || item.From != "" {
			e.problem("readings."+short(name), "item_unknown",
				"规程没有需要记录的项目“"+short(name)+"”", "the procedure takes no readings of "+short(name))
		}
	}
}

// environment holds each quantity against its bounds.
func (e *evaluator) environment() {
	if e.r.Environment == nil {
		e.out.Unjudged = append(e.out.Unjudged, "environment")
		return
	}
	for i := range e.d.Environment {
		c := &e.d.Environment[i]
		text := strings.TrimSpace(e.r.Environment[c.Quantity])
		path := "environment." + c.Quantity
		switch {
		case text == "" && c.Optional:
			e.out.Unjudged = append(e.out.Unjudged, path)
		case text == "":
			e.problem(path, "environment_missing", "缺少环境条件“"+c.Title.ZH+"”", c.Quantity+" is not recorded")
		default:
			e.condition(c, path, text)
		}
	}
}

func (e *evaluator) condition(c *Condition, path, text string) {
	list, err := listCell(quoted(text))
	if err != nil {
		e.problem(path, "environment_unreadable", fmt.Sprintf("环境条件“%s”的值“%s”无法识别", c.Title.ZH, short(text)),
			fmt.Sprintf("%s is not a number: %q", c.Quantity, short(text)))
		return
	}
	for _, bound := range []struct {
		f        *formula
		beyond   int
		zh, sign string
	}{{c.min, -1, "低于", "below"}, {c.max, 1, "高于", "above"}} {
		if bound.f == nil {
			continue
		}
		limit, err := bound.f.number(e.scope)
		if err != nil {
			e.notComputable(path, err)
			continue
		}
		for _, v := range list {
			if v.Cmp(limit) == bound.beyond {
				e.unsound = true
				e.problem(path, "environment_outside",
					fmt.Sprintf("%s %s %s %s规程规定的 %s %s", c.Title.ZH, v, c.Unit, bound.zh, limit, c.Unit),
					fmt.Sprintf("%s %s %s is %s the %s %s of the procedure",
						c.Quantity, v, c.Unit, bound.sign, limit, c.Unit))
			}
		}
	}
}

// standards holds the ratio of each standard's MPE to the instrument's against the requirement: a/b ≤ x/y as a·y ≤ x·b,
// since 1/3 has no exact decimal.
func (e *evaluator) standards() {
	if e.d.Standard.MaxRatio == "" {
		return
	}
	if e.r.Ratios == nil {
		e.out.Unjudged = append(e.out.Unjudged, "standards")
		return
	}
	if len(e.r.Ratios) == 0 {
		e.problem("standards", "standard_missing", "未登记所用标准器", "no standard is recorded")
	}
	for i, text := range e.r.Ratios {
		path := fmt.Sprintf("standards[%d]", i)
		ratio, err := ratioOf(text)
		if err != nil {
			e.problem(path, "ratio_missing", "标准器与被检器具的最大允许误差之比未登记或无法识别",
				"the ratio of the standard's MPE to the instrument's is missing or not readable")
			continue
		}
		if ratio[0].Mul(e.d.ratio[1]).Cmp(e.d.ratio[0].Mul(ratio[1])) > 0 {
			e.unsound = true
			e.problem(path, "ratio_too_large",
				fmt.Sprintf("标准器与被检器具的最大允许误差之比 %s 大于规程规定的 %s", short(text), e.d.Standard.MaxRatio),
				fmt.Sprintf("the ratio %s of the standard's MPE exceeds %s", short(text), e.d.Standard.MaxRatio))
		}
	}
}

// notComputable notes why something has no value: the name that is missing, or what makes it undefined.
func (e *evaluator) notComputable(path string, err error) {
	absent, ok := errors.AsType[absentError](err)
	if !ok {
		zh, en := reasonOf(err)
		e.problem(path, "not_computable", "无法计算："+zh, "it cannot be computed: "+en)
		return
	}
	name, _, _ := strings.Cut(string(absent), ".")
	if i := slices.IndexFunc(e.d.Parameters, func(p Parameter) bool { return p.Name == name }); i >= 0 {
		e.problem("parameters."+name, "required",
			"缺少参数“"+e.d.Parameters[i].Title.ZH+"”", "parameter "+name+" is missing")
		return
	}
	e.problem(path+"."+name, "value_missing", "缺少“"+name+"”，无法计算", name+" is missing, so it cannot be computed")
}
