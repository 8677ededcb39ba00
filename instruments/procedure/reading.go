package procedure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"hengjian/internal/measure"
)

// maxRows bounds the rows of one item.
const maxRows = 500

// readRows takes the readings of an item apart: a list of rows, or one row.
func (e *evaluator) readRows(r *run, raw json.RawMessage) {
	list, err := listOfRows(raw)
	if err != nil {
		zh, en := reasonOf(err)
		e.problem(r.path, "rows_unreadable", "项目“"+r.item.Title.ZH+"”的数据无法识别："+zh,
			"the readings of "+r.item.Title.EN+" are not readable: "+en)
	}
	s := e.itemScope(r)
	for i, text := range list {
		line := &row{path: fmt.Sprintf("%s[%d]", r.path, i), cells: map[string]string{}}
		r.rows = append(r.rows, line)
		cells, err := objectCell(text)
		if err != nil {
			zh, en := reasonOf(err)
			e.problem(line.path, "row_unreadable", "该行无法识别："+zh, "the row is not readable: "+en)
			continue
		}
		line.scope = e.readRow(r.item, line, cells, s)
	}
	e.directions(r)
}

func listOfRows(raw json.RawMessage) ([]json.RawMessage, error) {
	if err := uniqueKeys(raw); err != nil {
		return nil, err
	}
	if trimmed := bytes.TrimSpace(raw); len(trimmed) > 0 && trimmed[0] != '[' {
		return []json.RawMessage{trimmed}, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
		return nil, undefined("没有任何一行", "there is no row")
	}
	if len(list) > maxRows {
		return nil, undefined(fmt.Sprintf("超过%d行", maxRows), fmt.Sprintf("more than %d rows", maxRows))
	}
	return list, nil
}

// readRow reads the cells of a row; nil when one is missing, unknown or not readable, which is noted.
func (e *evaluator) readRow(item *Item, line *row, cells map[string]json.RawMessage, outer *scope) *scope {
	s := outer.inner()
	good := true
	fault := func(column, code, zh, en string) {
		good = false
		e.problem(line.path+"."+short(column), code, zh, en)
	}
	known := map[string]bool{"note": true, "name": true, "id": true}
	for i := range item.Readings {
		reading := &item.Readings[i]
		var cell json.RawMessage
		for _, spelling := range append([]string{reading.Name}, reading.Aliases...) {
			known[spelling] = true
			switch {
			case blank(cells[spelling]):
			case cell != nil:
				fault(reading.Name, "reading_twice", "读数“"+reading.Title.ZH+"”出现两次",
					"reading "+reading.Name+" stands twice")
			default:
				cell = cells[spelling]
			}
		}
		e.readCell(reading, cell, s, line, fault)
	}
	for _, column := range slices.Sorted(maps.Keys(cells)) {
		if !known[column] {
			fault(column, "column_unknown", "未知的列“"+short(column)+"”", "unknown column "+short(column))
		}
	}
	if !good {
		return nil
	}
	return s
}

func (e *evaluator) readCell(
	reading *Reading, cell json.RawMessage, s *scope, line *row, fault func(column, code, zh, en string),
) {
	if cell == nil {
		if reading.standIn != nil {
			s.values[reading.Name] = numberOf(*reading.standIn)
		} else if !e.mayLack(reading) {
			fault(reading.Name, "reading_missing", "缺少读数“"+reading.Title.ZH+"”", "reading "+reading.Name+" is missing")
		}
		return
	}
	v, err := reading.value(cell)
	if err != nil {
		fault(reading.Name, "reading_unreadable",
			fmt.Sprintf("读数“%s”的值 %s 无法识别", reading.Title.ZH, short(string(cell))),
			fmt.Sprintf("reading %s is not readable: %s", reading.Name, short(string(cell))))
		line.cells[reading.Name] = short(string(cell))
		return
	}
	s.values[reading.Name] = v
	line.cells[reading.Name] = v.String()
}

// mayLack tells whether a reading may be left out of a row; directions are told from the order of the rows.
func (e *evaluator) mayLack(reading *Reading) bool {
	if reading.optional == nil {
		return reading.Kind == readDirection
	}
	may, err := reading.optional.holds(e.scope)
	return err == nil && may
}

func (r *Reading) value(cell json.RawMessage) (value, error) {
	switch r.Kind {
	case readTruth:
		b, err := truthCell(cell)
		return truthOf(b), err
	case readText:
		text, err := textCell(cell)
		return textOf(text), err
	case readDirection:
		text, err := textCell(cell)
		if err == nil && text != rising && text != falling {
			err = undefined("须为 up 或 down", "it must be up or down")
		}
		return textOf(text), err
	}
	d, err := numberCell(cell)
	return numberOf(d), err
}

// The directions of a series.
const (
	rising  = "up"
	falling = "down"
)

// directions tells rising from falling where no row says it: the rows up to the first that is highest rise.
func (e *evaluator) directions(r *run) {
	reading := r.item.directionReading()
	if reading == nil {
		return
	}
	var silent []*row
	said := false
	highest := -1
	var top measure.Decimal
	for i, line := range r.rows {
		if line.scope == nil {
			continue
		}
		if _, err := line.scope.find(reading.Name); err == nil {
			said = true
		} else {
			silent = append(silent, line)
		}
		if v, err := line.scope.find(r.item.Points.Of); err == nil && (highest < 0 || v.number.Cmp(top) > 0) {
			highest, top = i, v.number
		}
	}
	for _, line := range silent {
		if said {
			e.problem(line.path+"."+reading.Name, "reading_missing", "缺少“"+reading.Title.ZH+"”",
				reading.Name+" is missing")
			line.scope = nil
			continue
		}
		direction := rising
		if slices.Index(r.rows, line) > highest {
			direction = falling
		}
		line.scope.values[reading.Name] = textOf(direction)
		line.cells[reading.Name] = direction
	}
}

// takeRows gives an item the rows of the item that it reads, with all their names.
func (e *evaluator) takeRows(r *run) {
	uses := e.itemScope(r)
	for _, line := range e.runs[r.item.From].rows {
		own := &row{path: line.path, cells: line.cells}
		if line.scope != nil {
			own.scope = line.scope.inner()
			maps.Copy(own.scope.values, uses.values)
			maps.Copy(own.scope.reasons, uses.reasons)
		}
		r.rows = append(r.rows, own)
	}
}

// check judges a check or a checklist: each answer must be there and true.
func (e *evaluator) check(r *run, raw json.RawMessage) {
	before := len(e.problems)
	answers := e.answers(r, raw)
	questions := r.item.Questions
	if len(questions) == 0 {
		questions = []Question{{ID: "ok", Words: r.item.Title}}
	}
	verdict := Pass
	for _, q := range questions {
		c, answered := answers[q.ID]
		if !answered {
			c = Undetermined
			e.problem(r.path+"."+q.ID, "unanswered", "“"+q.ZH+"”未给出结论", q.ID+" is not answered")
		}
		if verdict == Pass || c == Fail {
			verdict = c
		}
		r.result.Rows = append(r.result.Rows, RowResult{Readings: map[string]string{"question": q.ID}, Verdict: c})
	}
	if verdict == Pass && len(e.problems) > before {
		verdict = Undetermined // something was said that nobody asked for
	}
	r.result.Verdict = verdict
	if !r.judged {
		r.withoutVerdicts()
	}
}

// answers reads true or false, {"ok":true}, {"question":true,…}, or a list of such or of {"id":"question","ok":true}. A
// bare ok answers every question. A question with two answers keeps the worse.
func (e *evaluator) answers(r *run, raw json.RawMessage) map[string]Conclusion {
	answers := map[string]Conclusion{}
	list, err := listOfRows(raw)
	if err != nil {
		zh, en := reasonOf(err)
		e.problem(r.path, "answer_unreadable", "“"+r.item.Title.ZH+"”无法识别："+zh, r.item.Title.EN+" is not readable: "+en)
	}
	for _, text := range list {
		cells, err := objectCell(text)
		if err != nil {
			cells = map[string]json.RawMessage{"ok": text}
		}
		about, err := textCell(cells["id"])
		named := err == nil && about != ""
		for _, id := range slices.Sorted(maps.Keys(cells)) {
			if named && id == "ok" {
				e.answer(r, answers, about, cells[id])
			} else {
				e.answer(r, answers, id, cells[id])
			}
		}
	}
	return answers
}

func (e *evaluator) answer(r *run, answers map[string]Conclusion, id string, cell json.RawMessage) {
	targets := []string{id}
	asked := slices.ContainsFunc(r.item.Questions, func(q Question) bool { return q.ID == id })
	switch {
	case id == "note" || id == "name" || id == "id":
		return
	case id == "ok":
		for _, q := range r.item.Questions {
			targets = append(targets, q.ID)
		}
	case !asked:
		e.problem(r.path+"."+short(id), "question_unknown", "没有“"+short(id)+"”这一项", "there is no question "+short(id))
		return
	}
	truth, err := truthCell(cell)
	c := passIf(truth)
	if err != nil {
		c = Undetermined
		e.problem(r.path+"."+id, "answer_unreadable", "须为 true 或 false："+short(string(cell)),
			"it must be true or false: "+short(string(cell)))
	}
	for _, target := range targets {
		if old, answered := answers[target]; !answered || old == Pass || c == Fail {
			answers[target] = c
		}
	}
}
