package procedure

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"hengjian/internal/errs"
)

// maxLine bounds one line of input, in bytes.
const maxLine = 1 << 20

// MPELine answers one line of `calc mpe`:
//
//	{"procedure":"JJG-539-2016","parameters":{"accuracy_class":"III","e":"5","unit":"g"},"stage":"subsequent",
//	"load":"5000"}
//
// gives {"mpe":"5","unit":"g"}; a limit that is not symmetric gives "low" and "high" instead of "mpe". Optional are
// "edition", and "limit" for another limit of the procedure than its mpe. All quantities are in parameters.unit, else
// in the procedure's own unit (kg, MPa …); Max_unit gives Max a unit of its own, and so on. What cannot be told (a load
// beyond the table, a parameter missing or wrong) gives {"undetermined":"why"}.
func MPELine(line []byte) ([]byte, error) {
	in, err := readInput(line, "procedure", "edition", "parameters", "stage", "load", "limit")
	if err != nil {
		return nil, err
	}
	name := in.optional("limit")
	if name == "" {
		name = MPEName
	}
	load, err := numberCell(in.cells["load"])
	if err != nil {
		in.faults.Add("load", "number", "load 须为十进制数", "load must be a decimal number")
	}
	parameters, stage := in.object("parameters"), Stage(in.text("stage"))
	d, err := in.procedure()
	if err != nil {
		return nil, err
	}
	b, err := d.LimitAt(name, parameters, stage, load)
	switch {
	case errs.KindOf(err) == errs.Blocked:
		return json.Marshal(map[string]string{"undetermined": undeterminedText(err)})
	case err != nil:
		return nil, err
	case b.Low.Cmp(b.High.Neg()) == 0:
		return json.Marshal(map[string]string{"mpe": plain(b.High), "unit": b.Unit})
	}
	return json.Marshal(map[string]string{"low": plain(b.Low), "high": plain(b.High), "unit": b.Unit})
}

func undeterminedText(err error) string {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err.Error()
	}
	zh, en := e.ZH, e.EN
	for _, f := range e.Fields {
		zh, en = zh+"；"+f.ZH, en+"; "+f.EN
	}
	return zh + " / " + en
}

// VerificationLine answers one line of `calc verification`:
//
//	{"procedure":"JJG-539-2016","edition":"2016","stage":"subsequent","parameters":{…},"readings":{"visual":true,
//	"zero":[{"L":"20","I":"20","dL":"1.0"}],"weighing":[{"L":"5000","I":"5005","dL":"2.6"},…],…}}
//
// gives {"conclusion":"pass","items":[…],"missing":[…],…}. Numbers are texts or JSON numbers, read exactly; columns go
// by their name or one of their aliases in the definition. "environment" ({"temperature":"20.5"}) and "standard_ratios"
// (["1/3"]) are judged when they are given.
func VerificationLine(line []byte) ([]byte, error) {
	in, err := readInput(line,
		"procedure", "edition", "stage", "parameters", "readings", "environment", "standard_ratios")
	if err != nil {
		return nil, err
	}
	r := Record{Stage: Stage(in.text("stage")), Parameters: in.object("parameters"), Readings: in.object("readings")}
	in.conditions(&r)
	d, err := in.procedure()
	if err != nil {
		return nil, err
	}
	evaluation, err := d.Evaluate(r)
	if err != nil {
		return nil, err
	}
	return json.Marshal(evaluation)
}

// input is one line: its fields as they were sent, and what is wrong with them.
type input struct {
	cells  map[string]json.RawMessage
	faults errs.List
}

// readInput reads a line that is one object of known fields, none of them twice.
func readInput(line []byte, fields ...string) (*input, error) {
	if len(line) > maxLine {
		return nil, errs.New(errs.Invalid, "line_too_long", "输入行过长", "the line is too long")
	}
	cells, err := objectCell(line)
	if err == nil {
		err = uniqueKeys(line)
	}
	if err != nil {
		return nil, errs.New(errs.Invalid, "json", "输入不是所要求的JSON对象",
			"the line is not the JSON object that is asked for").With(err)
	}
	in := &input{cells: cells}
	for _, name := range slices.Sorted(maps.Keys(cells)) {
		if !slices.Contains(fields, name) {
			in.faults.Add(short(name), "unknown", "未知字段“"+short(name)+"”", "unknown field "+short(name))
		}
	}
	return in, nil
}

// procedure finds the definition, once all faults of the line are told.
func (in *input) procedure() (*Definition, error) {
	id, edition := in.text("procedure"), in.optional("edition")
	if err := in.faults.Err(); err != nil {
		return nil, err
	}
	return ByID(id, edition)
}

func (in *input) text(name string) string {
	text, err := textCell(in.cells[name])
	if err != nil || text == "" {
		in.faults.Add(name, "required", "缺少 "+name+" 或其不是文字", name+" is missing or not a text")
	}
	return text
}

func (in *input) optional(name string) string {
	if blank(in.cells[name]) {
		return ""
	}
	return in.text(name)
}

// object reads a field of named cells; an absent one is empty.
func (in *input) object(name string) map[string]json.RawMessage {
	if blank(in.cells[name]) {
		return map[string]json.RawMessage{}
	}
	cells, err := objectCell(in.cells[name])
	if err != nil {
		in.faults.Add(name, "object", name+" 须为对象", name+" must be an object")
	}
	return cells
}

// conditions reads the environment and the ratios of the standards, where they are given.
func (in *input) conditions(r *Record) {
	if !blank(in.cells["environment"]) {
		r.Environment = map[string]string{}
		cells := in.object("environment")
		for _, name := range slices.Sorted(maps.Keys(cells)) {
			text, err := textCell(cells[name])
			if err != nil && !blank(cells[name]) {
				in.faults.Add("environment."+short(name), "number", "环境条件须为数值", "it must be a number")
			}
			r.Environment[name] = text
		}
	}
	if blank(in.cells["standard_ratios"]) {
		return
	}
	r.Ratios = []string{}
	if err := json.Unmarshal(in.cells["standard_ratios"], &r.Ratios); err != nil {
		in.faults.Add("standard_ratios", "list", `须为文字列表，例：["1/3"]`, `it must be a list of texts such as ["1/3"]`)
	}
}
