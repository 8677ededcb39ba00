package procedure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

// Conclusion is what a point, an item or a verification comes to.
type Conclusion string

// The conclusions. Undetermined blocks the certificate.
const (
	Pass         Conclusion = "pass"
	Fail         Conclusion = "fail"
	Undetermined Conclusion = "undetermined"
)

// Record is what a verification is judged from. Environment and Ratios are nil when they are not to be judged; an empty
// ratio is one that nobody recorded.
type Record struct {
	Stage       Stage
	Parameters  map[string]json.RawMessage
	Readings    map[string]json.RawMessage
	Environment map[string]string
	Ratios      []string
}

// Evaluation is all that follows from a record. Values are decimals as text in Unit.
type Evaluation struct {
	Procedure  string       `json:"procedure"`
	Edition    string       `json:"edition"`
	Stage      Stage        `json:"stage"`
	Unit       string       `json:"unit"`
	Conclusion Conclusion   `json:"conclusion"`
	Items      []ItemResult `json:"items"`
	Missing    []errs.Field `json:"missing"`
}

// ItemResult is one item with its rows and totals.
type ItemResult struct {
	ID      string            `json:"id"`
	ZH      string            `json:"zh"`
	EN      string            `json:"en"`
	Verdict Conclusion        `json:"verdict"`
	Rows    []RowResult       `json:"rows"`
	Values  map[string]string `json:"values,omitempty"`
	MPE     string            `json:"mpe,omitempty"`
}

// RowResult is one row: what was read, what follows, and whether it is accepted.
type RowResult struct {
	Readings map[string]string `json:"readings"`
	Values   map[string]string `json:"values,omitempty"`
	MPE      string            `json:"mpe,omitempty"`
	Verdict  Conclusion        `json:"verdict"`
}

// maxRows bounds the rows of one item.
const maxRows = 500

// evaluator walks the items of one record.
type evaluator struct {
	d    *Definition
	g    *given
	r    Record
	out  Evaluation
	rows map[string][]map[string]json.RawMessage
}

// Evaluate judges a record. An error means that the record cannot be read at all; what is missing leaves the result
// undetermined, and one failed point fails it for certain.
func (d *Definition) Evaluate(r Record) (Evaluation, error) {
	e := &evaluator{d: d, r: r, rows: map[string][]map[string]json.RawMessage{}, out: Evaluation{
		Procedure: d.ID, Edition: d.Edition, Stage: r.Stage, Items: []ItemResult{}, Missing: []errs.Field{},
	}}
	if _, ok := d.MPE.Factors[r.Stage]; !ok {
		return e.out, errs.New(errs.Invalid, "stage", "检定类别须为 initial、subsequent 或 inspection", "stage must be initial, subsequent or inspection")
	}
	var err error
	if e.g, err = d.prepare(r.Parameters); err != nil {
		return e.out, err
	}
	e.out.Unit = e.g.unit
	e.out.Missing = append(e.out.Missing, e.g.missing...)
	if err := e.readRows(); err != nil {
		return e.out, err
	}
	e.environment()
	e.standards()
	failed := false
	for _, item := range d.Items {
		applies, err := e.applies(item)
		if err != nil {
			return e.out, err
		}
		if !applies {
			continue
		}
		result := e.item(item)
		failed = failed || result.Verdict == Fail
		e.out.Items = append(e.out.Items, result)
	}
	e.out.Conclusion = e.conclude(failed)
	return e.out, nil
}

// conclude: a failure is certain; a pass needs every item to pass and nothing to be missing.
func (e *evaluator) conclude(failed bool) Conclusion {
	if failed {
		return Fail
	}
	all := len(e.out.Items) > 0 && len(e.out.Missing) == 0
	for _, i := range e.out.Items {
		all = all && i.Verdict == Pass
	}
	if all {
		return Pass
	}
	return Undetermined
}

func (e *evaluator) miss(path, code, zh, en string) {
	e.out.Missing = append(e.out.Missing, errs.Field{Path: path, Code: code, ZH: zh, EN: en})
}

// readRows takes the readings apart; unknown items are errors, so that no reading is overlooked.
func (e *evaluator) readRows() error {
	var l errs.List
	for id, raw := range e.r.Readings {
		item, ok := e.d.item(id)
		if !ok || item.From != "" {
			l.Add("readings."+short(id), "unknown", "规程没有项目“"+short(id)+"”", "the procedure has no item "+short(id))
			continue
		}
		rows, err := readItem(item, raw)
		if err != nil {
			l.Merge("readings."+id, err)
			continue
		}
		e.rows[id] = rows
	}
	return l.Err()
}

// readItem reads true, one row or a list of rows; columns by their name or alias.
func readItem(item Item, raw json.RawMessage) ([]map[string]json.RawMessage, error) {
	raw = bytes.TrimSpace(raw)
	var list []json.RawMessage
	if len(raw) > 0 && raw[0] == '[' {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, wrong("不是可识别的数据", "not readable")
		}
	} else {
		list = []json.RawMessage{raw}
	}
	if len(list) > maxRows {
		return nil, wrong(fmt.Sprintf("不超过%d行", maxRows), fmt.Sprintf("at most %d rows", maxRows))
	}
	rows := make([]map[string]json.RawMessage, 0, len(list))
	for i, text := range list {
		row := map[string]json.RawMessage{}
		if b := string(bytes.TrimSpace(text)); b == "true" || b == "false" {
			row["ok"] = text
		} else if err := json.Unmarshal(text, &row); err != nil {
			return nil, wrong(fmt.Sprintf("第%d行不是对象", i+1), fmt.Sprintf("row %d is not an object", i+1))
		}
		named, err := item.columns(row)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		rows = append(rows, named)
	}
	return rows, nil
}

// columns gives the cells of a row their names. Empty cells are as good as none.
func (i Item) columns(row map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	named := map[string]json.RawMessage{}
	for key, cell := range row {
		at := slices.IndexFunc(i.Readings, func(r Reading) bool { return r.Name == key || slices.Contains(r.Aliases, key) })
		switch {
		case key == "ok" || key == "note" || key == "name" || key == "direction":
			named[key] = cell
		case at < 0:
			return nil, wrong("未知的列“"+short(key)+"”", "unknown column "+short(key))
		case text1(cell) != "" && text1(cell) != "null":
			named[i.Readings[at].Name] = cell
		}
	}
	return named, nil
}

func (e *evaluator) applies(item Item) (bool, error) {
	if !slices.Contains(item.Stages, e.r.Stage) {
		return false, nil
	}
	if item.When == "" {
		return true, nil
	}
	holds, err := e.d.parsed[item.When].holds(e.g.scope)
	if isUnknown(err) {
		return true, nil // it cannot be told that the item does not apply
	}
	return holds, err
}

// item judges one item of the procedure.
func (e *evaluator) item(item Item) ItemResult {
	result := ItemResult{ID: item.ID, ZH: item.Title.ZH, EN: item.Title.EN, Rows: []RowResult{}, Verdict: Undetermined}
	source := item.ID
	if item.From != "" {
		source = item.From
	}
	rows := e.rows[source]
	path := "readings." + source
	if len(rows) == 0 {
		e.miss(path, "item_missing", "缺少“"+item.Title.ZH+"”的数据", "there are no readings of "+item.ID)
		return result
	}
	scopes := make([]*scope, 0, len(rows))
	for i, row := range rows {
		r, s := e.row(item, fmt.Sprintf("%s[%d]", path, i), row)
		result.Rows = append(result.Rows, r)
		scopes = append(scopes, s)
	}
	complete := e.covered(item, path, scopes)
	totals := e.totals(item, path, scopes, &result)
	result.Verdict = combine(result.Rows, totals, complete)
	return result
}

// combine: any failure fails the item; it passes when everything is there and accepted.
func combine(rows []RowResult, totals Conclusion, complete bool) Conclusion {
	out := totals
	for _, r := range rows {
		switch {
		case r.Verdict == Fail:
			return Fail
		case r.Verdict == Undetermined && out == Pass:
			out = Undetermined
		}
	}
	if out == Pass && !complete {
		return Undetermined
	}
	return out
}

// row judges one row. Its scope holds readings and computed values; nil when the row is not complete.
func (e *evaluator) row(item Item, path string, row map[string]json.RawMessage) (RowResult, *scope) {
	out := RowResult{Readings: map[string]string{}, Values: map[string]string{}, Verdict: Undetermined}
	for k, v := range row {
		out.Readings[k] = text1(v)
	}
	if item.Kind == "check" {
		return e.check(item, path, row, out)
	}
	s := e.rowScope(item, path, row)
	if s == nil {
		return out, nil
	}
	if err := e.d.steps(item.Steps, e.g, s); err != nil {
		e.unreadable(path, err)
		return out, nil
	}
	for _, step := range item.Steps {
		if v, ok := s.values[step.Name]; ok && v.kind == numberValue {
			out.Values[step.Name] = v.number.String()
		}
	}
	if item.Limit != "" {
		limit, err := e.d.parsed[item.Limit].number(s)
		if err != nil {
			e.unreadable(path, err)
			return out, nil
		}
		out.MPE = limit.Abs().String()
	}
	out.Verdict = e.accepted(item.Accept, path, s)
	return out, s
}

// check is a row of a check item: it must say ok, and nothing else passes.
func (e *evaluator) check(item Item, path string, row map[string]json.RawMessage, out RowResult) (RowResult, *scope) {
	switch text1(row["ok"]) {
	case "true":
		out.Verdict = Pass
	case "false":
		out.Verdict = Fail
	default:
		e.miss(path+".ok", "unanswered", "“"+item.Title.ZH+"”未填写结论", item.ID+" is not answered")
		return out, nil
	}
	return out, e.g.scope.inner()
}

// rowScope reads the cells of a row; nil when one is missing or unreadable, which is noted.
func (e *evaluator) rowScope(item Item, path string, row map[string]json.RawMessage) *scope {
	cells := map[string]value{}
	for _, r := range item.Readings {
		raw, ok := row[r.Name]
		if !ok {
			if !r.Optional {
				e.miss(path+"."+r.Name, "reading_missing", "缺少读数“"+r.Title.ZH+"”", "reading "+r.Name+" is missing")
				return nil
			}
			continue
		}
		v, err := measure.ParseDecimal(text1(raw))
		if err != nil {
			e.miss(path+"."+r.Name, "reading_unreadable", "读数“"+short(text1(raw))+"”无法识别", "reading "+r.Name+" is not a number")
			return nil
		}
		cells[r.Name] = number(v)
	}
	load := measure.Decimal{}
	if len(item.Readings) > 0 {
		load = cells[item.Readings[0].Name].number // the first column is the load
	}
	s, err := e.g.at(load)
	if err != nil {
		e.miss(path, "beyond_range", "载荷超出测量范围", err.Error())
		return nil
	}
	maps.Copy(s.values, cells)
	s.mpe = func(load measure.Decimal) (measure.Decimal, error) { return e.d.limit(e.g, e.r.Stage, load) }
	return s
}

func (e *evaluator) accepted(text, path string, s *scope) Conclusion {
	if text == "" {
		return Pass
	}
	holds, err := e.d.parsed[text].holds(s)
	switch {
	case err != nil:
		e.unreadable(path, err)
		return Undetermined
	case holds:
		return Pass
	}
	return Fail
}

// unreadable notes why something could not be computed: a name that is missing, or a load without MPE.
func (e *evaluator) unreadable(path string, err error) {
	if name, ok := errors.AsType[unknownName](err); ok {
		e.miss(path, "value_missing", "缺少“"+string(name)+"”，无法计算", string(name)+" is missing, so it cannot be computed")
		return
	}
	e.miss(path, "not_computable", "无法计算："+err.Error(), "it cannot be computed: "+err.Error())
}

// totals computes what is over all rows, and shares what later items need.
func (e *evaluator) totals(item Item, path string, scopes []*scope, result *ItemResult) Conclusion {
	if len(item.Totals) == 0 && item.AcceptAll == "" {
		return Pass
	}
	s := e.g.scope.inner()
	s.mpe = func(load measure.Decimal) (measure.Decimal, error) { return e.d.limit(e.g, e.r.Stage, load) }
	columns := map[string][]measure.Decimal{}
	for _, row := range scopes {
		if row == nil {
			return Undetermined
		}
		for name, v := range row.values {
			if v.kind == numberValue && name != "e" {
				columns[name] = append(columns[name], v.number)
			}
		}
	}
	for name, list := range columns {
		if len(list) == len(scopes) {
			s.values[name] = value{list: list, kind: listValue}
		}
	}
	if err := e.d.steps(item.Totals, e.g, s); err != nil {
		e.unreadable(path, err)
		return Undetermined
	}
	result.Values = map[string]string{}
	for _, step := range item.Totals {
		if v, ok := s.values[step.Name]; ok && v.kind == numberValue {
			result.Values[step.Name] = v.number.String()
			if item.Share == step.Name {
				e.g.scope.values[step.Name] = v
			}
		}
	}
	return e.accepted(item.AcceptAll, path, s)
}

// environment holds temperature and the like against the procedure's bounds.
func (e *evaluator) environment() {
	if e.r.Environment == nil {
		return
	}
	for _, c := range e.d.Environment {
		path := "environment." + c.Quantity
		v, err := measure.ParseDecimal(e.r.Environment[c.Quantity])
		if err != nil {
			e.miss(path, "environment_missing", "环境条件“"+c.Title.ZH+"”缺少或无法识别", c.Quantity+" is missing or not a number")
			continue
		}
		low := c.Min != "" && v.Cmp(measure.MustDecimal(c.Min)) < 0
		high := c.Max != "" && v.Cmp(measure.MustDecimal(c.Max)) > 0
		if low || high {
			e.miss(path, "environment_outside",
				fmt.Sprintf("%s %s %s 超出规程要求（%s～%s）", c.Title.ZH, v, c.Unit, c.Min, c.Max),
				fmt.Sprintf("%s %s %s is outside %s to %s", c.Quantity, v, c.Unit, c.Min, c.Max))
		}
	}
}

// standards holds the ratio of the standards' MPE to the instrument's against the procedure's requirement.
func (e *evaluator) standards() {
	if e.r.Ratios == nil || e.d.Standard.MaxRatio == "" {
		return
	}
	for i, text := range e.r.Ratios {
		path := fmt.Sprintf("standards[%d]", i)
		ratio, err := ratioOf(text)
		if err != nil || ratio.Sign() <= 0 {
			e.miss(path, "ratio_missing", "标准器的最大允许误差比未登记", "the ratio of the standard's MPE is not on record")
			continue
		}
		if ratio.Cmp(e.d.ratio) > 0 {
			e.miss(path, "ratio_too_large",
				fmt.Sprintf("标准器的最大允许误差比%s大于规程要求的%s", text, e.d.Standard.MaxRatio),
				fmt.Sprintf("the ratio %s of the standard's MPE exceeds %s", text, e.d.Standard.MaxRatio))
		}
	}
}
