package procedure

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

// MPELine answers one line of `calc mpe`: {"procedure":"JJG-539-2016","parameters":{"accuracy_class":"III","e":"5",
// "unit":"g"},"stage":"subsequent","load":"5000"} gives {"mpe":"5","unit":"g"}. A load that no band covers, or a missing
// parameter, gives {"undetermined":"why"}. All quantities are in the unit that parameters.unit names, else in the unit of
// the procedure; x_unit gives one parameter its own.
func MPELine(line []byte) ([]byte, error) {
	var in struct {
		Procedure  string                     `json:"procedure"`
		Edition    string                     `json:"edition"`
		Parameters map[string]json.RawMessage `json:"parameters"`
		Stage      Stage                      `json:"stage"`
		Load       json.RawMessage            `json:"load"`
	}
	if err := decode(line, &in); err != nil {
		return nil, err
	}
	d, err := ByID(in.Procedure, in.Edition)
	if err != nil {
		return nil, err
	}
	load, err := measure.ParseDecimal(text1(in.Load))
	if err != nil {
		return nil, errs.New(errs.Invalid, "load", "载荷无法识别", "the load is not a number").With(err)
	}
	if _, ok := d.MPE.Factors[in.Stage]; !ok {
		return nil, errs.New(errs.Invalid, "stage", "检定类别须为 initial、subsequent 或 inspection", "stage must be initial, subsequent or inspection")
	}
	limit, err := d.MaxError(in.Parameters, in.Stage, load)
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.Blocked {
		return json.Marshal(map[string]string{"undetermined": e.ZH + " / " + e.EN})
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		MPE  string `json:"mpe"`
		Unit string `json:"unit"`
	}{trimZeros(limit.Value), limit.Unit})
}

// trimZeros writes 2.50 as 2.5: an MPE is a limit, not a reading, so its zeros say nothing.
func trimZeros(d measure.Decimal) string {
	s := d.String()
	if !bytes.ContainsRune([]byte(s), '.') {
		return s
	}
	return string(bytes.TrimRight(bytes.TrimRight([]byte(s), "0"), "."))
}

// VerificationLine answers one line of `calc verification`: {"procedure","edition","stage","parameters","readings":{item:
// [rows]}} gives {"conclusion","items","missing",…}. Rows hold their columns by name or alias, as strings or numbers; a
// check item takes true or false. "environment" is judged when it is given.
func VerificationLine(line []byte) ([]byte, error) {
	var in struct {
		Procedure   string                     `json:"procedure"`
		Edition     string                     `json:"edition"`
		Stage       Stage                      `json:"stage"`
		Parameters  map[string]json.RawMessage `json:"parameters"`
		Readings    map[string]json.RawMessage `json:"readings"`
		Environment map[string]json.RawMessage `json:"environment"`
	}
	if err := decode(line, &in); err != nil {
		return nil, err
	}
	d, err := ByID(in.Procedure, in.Edition)
	if err != nil {
		return nil, err
	}
	r := Record{Stage: in.Stage, Parameters: in.Parameters, Readings: in.Readings}
	if in.Environment != nil {
		r.Environment = map[string]string{}
		for k, v := range in.Environment {
			r.Environment[k] = text1(v)
		}
	}
	evaluation, err := d.Evaluate(r)
	if err != nil {
		return nil, err
	}
	return json.Marshal(evaluation)
}

func decode(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errs.New(errs.Invalid, "json", "输入不是所要求的JSON："+err.Error(), "not the JSON that is asked for: "+err.Error())
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errs.New(errs.Invalid, "json", "一行只能有一个JSON对象", "one JSON object a line")
	}
	return nil
}
