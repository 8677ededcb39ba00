package procedure

import (
	"fmt"
	"slices"
	"strings"

	"hengjian/internal/measure"
)

// run is one item on its way: its rows with their scopes, and what later items may use.
type run struct {
	item     *Item
	path     string
	rows     []*row
	result   ItemResult
	recorded bool // there were readings
	judged   bool
	whole    *scope // of the group of all rows, when it could be worked out
}

// row is one row of readings; its scope is nil when a reading is missing or not readable.
type row struct {
	path   string
	scope  *scope
	cells  map[string]string // as they were read, by the reading's name
	result RowResult
}

// item works out one item; concerned is false when it is neither part of the stage nor recorded.
func (e *evaluator) item(item *Item) (result ItemResult, concerned bool) {
	raw, recorded := e.r.Readings[item.ID]
	r := &run{item: item, path: "readings." + item.ID, recorded: recorded && !blank(raw)}
	r.result = ItemResult{
		ID: item.ID, ZH: item.Title.ZH, EN: item.Title.EN, Rows: []RowResult{},
		Columns: item.shown(e.scope.unit), GroupColumns: item.Groups.shown(e.scope.unit),
	}
	if item.From != "" {
		r.recorded = e.runs[item.From].recorded
		r.path = "readings." + item.From
	}
	r.judged = e.applies(item) && !(item.Optional && !r.recorded)
	r.result.Judged = r.judged
	e.runs[item.ID] = r
	switch {
	case !r.judged && (!r.recorded || item.From != ""):
		return r.result, false
	case !r.recorded:
		r.result.Verdict = Undetermined
		e.problem(r.path, "item_missing", "缺少项目“"+item.Title.ZH+"”的数据", "there are no readings of "+item.Title.EN)
		return r.result, true
	case item.Kind != kindMeasure:
		e.check(r, raw)
		return r.result, true
	}
	if item.From == "" {
		e.readRows(r, raw)
	} else {
		e.takeRows(r)
	}
	e.measured(r)
	return r.result, true
}

// applies tells whether an item is part of the verification; when that cannot be told, it is.
func (e *evaluator) applies(item *Item) bool {
	if !slices.Contains(item.Stages, e.r.Stage) {
		return false
	}
	if item.when == nil {
		return true
	}
	holds, err := item.when.holds(e.scope)
	if err != nil {
		e.notComputable("items."+item.ID, err)
		return true
	}
	return holds
}

// measured judges the rows and groups of an item. Where it is not judged, values are kept without verdicts.
func (e *evaluator) measured(r *run) {
	for _, line := range r.rows {
		e.row(r, line)
	}
	complete := e.grouped(r)
	if r.judged {
		complete = e.covered(r) && complete
	}
	for _, line := range r.rows {
		r.result.Rows = append(r.result.Rows, line.result)
	}
	if !r.judged {
		r.withoutVerdicts()
		return
	}
	r.result.Verdict = r.verdict(complete)
	if complete && !r.anyVerdict() {
		e.problem(r.path, "nothing_judged", "项目“"+r.item.Title.ZH+"”没有适用的判定要求",
			"no requirement of "+r.item.Title.EN+" applies to its readings")
	}
}

// withoutVerdicts keeps the values of an item that is not judged, and nothing that they were held against.
func (r *run) withoutVerdicts() {
	r.result.Verdict = NotJudged
	for i := range r.result.Rows {
		line := &r.result.Rows[i]
		line.Verdict, line.Checks, line.MPE = NotJudged, nil, ""
	}
	for i := range r.result.Groups {
		g := &r.result.Groups[i]
		g.Verdict, g.Checks, g.MPE = NotJudged, nil, ""
	}
}

// verdicts are those of all rows and groups.
func (r *run) verdicts() []Conclusion {
	var all []Conclusion
	for _, line := range r.result.Rows {
		all = append(all, line.Verdict)
	}
	for _, g := range r.result.Groups {
		all = append(all, g.Verdict)
	}
	return all
}

func (r *run) anyVerdict() bool {
	return slices.ContainsFunc(r.verdicts(), func(c Conclusion) bool { return c != "" })
}

// verdict: one failure fails the item; it passes when something was accepted, nothing is open and all points are there.
func (r *run) verdict(complete bool) Conclusion {
	all := r.verdicts()
	switch {
	case slices.Contains(all, Fail):
		return Fail
	case complete && slices.Contains(all, Pass) && !slices.Contains(all, Undetermined):
		return Pass
	}
	return Undetermined
}

// row works out the steps and criteria of one row.
func (e *evaluator) row(r *run, line *row) {
	line.result.Readings = line.cells
	if line.scope == nil {
		line.result.Verdict = Undetermined
		return
	}
	line.result.Values = map[string]string{}
	if err := e.steps(r.item.Steps, line.scope, line.result.Values); err != nil {
		e.notComputable(line.path, err)
		line.scope, line.result.Verdict = nil, Undetermined
		return
	}
	o := e.accept(r.item.Accept, line.scope, line.path)
	line.result.Checks, line.result.MPE, line.result.Verdict = o.checks, o.mpe, o.verdict
}

// steps computes values in order into the scope, and as they are shown into the texts.
func (e *evaluator) steps(list []Step, s *scope, shown map[string]string) error {
	for i := range list {
		step := &list[i]
		v, err := step.formula.root.eval(s)
		if err != nil {
			return err
		}
		s.values[step.Name] = v
		if step.show != nil {
			if v.number, err = measure.Round(v.number, *step.show); err != nil {
				return err
			}
		}
		shown[step.Name] = v.String()
	}
	return nil
}

// grouped judges rows that belong together. It is false when a row is open: what is computed from the others says
// nothing of the whole.
func (e *evaluator) grouped(r *run) (complete bool) {
	complete = true
	for _, line := range r.rows {
		complete = complete && line.scope != nil
	}
	g := r.item.Groups
	if g == nil || !complete {
		return complete
	}
	for _, members := range together(r.rows, g.By) {
		result, s := e.group(r, members)
		r.result.Groups = append(r.result.Groups, result)
		for _, line := range members {
			if line.result.Verdict == "" {
				line.result.Verdict = result.Verdict
			}
		}
		if len(g.By) == 0 {
			r.whole = s
		}
	}
	return true
}

// together sorts rows by the values of some readings, in the order of their first row.
func together(rows []*row, by []string) [][]*row {
	at := map[string]int{}
	var groups [][]*row
	for _, line := range rows {
		var key strings.Builder
		for _, name := range by {
			v, err := line.scope.find(name)
			text := v.String()
			if err == nil && v.kind == numberKind {
				text = plain(v.number) // 12.0 and 12 are one load
			}
			fmt.Fprintf(&key, "%q", text)
		}
		i, known := at[key.String()]
		if !known {
			i = len(groups)
			at[key.String()] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], line)
	}
	return groups
}

// group computes over the rows of one group: numbers become lists, By stay single values.
func (e *evaluator) group(r *run, members []*row) (GroupResult, *scope) {
	result := GroupResult{Key: map[string]string{}, Values: map[string]string{}}
	s := e.itemScope(r).inner()
	for name, list := range columns(members) {
		if !r.item.takes(name) {
			s.values[name] = listOf(list)
		}
	}
	for _, name := range r.item.Groups.By {
		v, err := members[0].scope.find(name)
		if err != nil {
			continue
		}
		s.values[name] = v
		result.Key[name] = v.String()
	}
	if err := e.steps(r.item.Groups.Steps, s, result.Values); err != nil {
		e.notComputable(r.path, err)
		result.Verdict = Undetermined
		return result, nil
	}
	o := e.accept(r.item.Groups.Accept, s, r.path)
	result.Checks, result.MPE, result.Verdict = o.checks, o.mpe, o.verdict
	return result, s
}

// columns are the numbers that every row of a group has, by name.
func columns(members []*row) map[string][]measure.Decimal {
	lists := map[string][]measure.Decimal{}
	for _, line := range members {
		seen := map[string]bool{}
		for at := line.scope; at != nil && at != line.scope.base; at = at.outer {
			for name, v := range at.values {
				if v.kind == numberKind && !seen[name] {
					lists[name] = append(lists[name], v.number)
					seen[name] = true
				}
			}
		}
	}
	for name, list := range lists {
		if len(list) != len(members) {
			delete(lists, name)
		}
	}
	return lists
}

// takes tells whether a name is a value of another item rather than of this item's rows.
func (i *Item) takes(name string) bool {
	isUse := func(u Use) bool { return u.Name == name }
	return slices.ContainsFunc(i.Uses, isUse) || i.source != nil && slices.ContainsFunc(i.source.Uses, isUse)
}

// itemScope knows the values of earlier items that an item uses.
func (e *evaluator) itemScope(r *run) *scope {
	s := e.scope.inner()
	for i := range r.item.Uses {
		u := &r.item.Uses[i]
		other := e.runs[u.Item]
		switch {
		case other.whole != nil:
			s.values[u.Name] = other.whole.values[u.Value]
		case !other.judged && !other.recorded && u.otherwise != nil:
			s.values[u.Name] = numberOf(*u.otherwise)
			e.out.Assumed[u.Item+"."+u.Value] = u.Otherwise
		default:
			s.reasons[u.Name] = undefined("项目“"+other.item.Title.ZH+"”没有给出"+u.Value,
				"item "+u.Item+" gives no "+u.Value)
		}
	}
	return s
}
