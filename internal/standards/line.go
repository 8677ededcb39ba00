package standards

import (
	"encoding/json"
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

// JudgeAnswer answers one line of `calc judge`.
type JudgeAnswer struct {
	Verdict Outcome `json:"verdict"`
	Reason  string  `json:"reason"`
}

// judgeLine is one line of input: result and limit, and optionally what else a judgement may rest on.
type judgeLine struct {
	Result   *string `json:"result"`
	Limit    *string `json:"limit"`
	Item     string  `json:"item"`
	Unit     string  `json:"unit"`
	LOD      string  `json:"lod"`
	LOQ      string  `json:"loq"`
	Basis    string  `json:"basis"`
	Declared string  `json:"declared"`
}

// JudgeLine judges one line of JSON: {"result":"6.71mg/kg","limit":"≤5mg/kg"} with optional item, unit, lod, loq,
// basis and declared. What cannot be judged is an answer (undetermined); a line that is not such an object is an
// error.
func JudgeLine(line []byte) (JudgeAnswer, error) {
	var in judgeLine
	if err := decode(line, &in); err != nil {
		return JudgeAnswer{}, err
	}
	var faults errs.List
	if in.Result == nil {
		faults.Add("result", "required", "缺少检验结果", "the result is required")
	}
	if in.Limit == nil {
		faults.Add("limit", "required", "缺少限量", "the limit is required")
	}
	basis := basesOf(in.Basis)
	if in.Basis != "" && basis == nil {
		faults.Add("basis", "unknown", "计算基准无法识别", "the basis is unknown")
	}
	if err := faults.Err(); err != nil {
		return JudgeAnswer{}, err
	}
	v := JudgeText(Input{Item: in.Item, Result: *in.Result, Unit: in.Unit, LOD: in.LOD, LOQ: in.LOQ, Basis: basis,
		Declared: in.Declared}, *in.Limit)
	return JudgeAnswer{v.Outcome, v.Reason.String()}, nil
}

// LimitAnswer answers one line of `calc limit`: the limit with what it rests on, or only why there is none.
type LimitAnswer struct {
	Limit       string        `json:"limit,omitempty"`
	Unit        string        `json:"unit,omitempty"`
	Basis       string        `json:"basis,omitempty"` // the standard
	Item        string        `json:"item,omitempty"`
	ExpressedAs string        `json:"expressed_as,omitempty"`
	Scope       string        `json:"scope,omitempty"`
	Grade       string        `json:"grade,omitempty"`
	Condition   string        `json:"condition,omitempty"`
	ValueBasis  []Basis       `json:"value_basis,omitempty"` // that the result must be on
	Screen      string        `json:"screen,omitempty"`
	Method      string        `json:"method,omitempty"`
	Note        string        `json:"note,omitempty"`
	Article     string        `json:"article,omitempty"`
	ValidFrom   calendar.Date `json:"valid_from,omitzero"`
	Confidence  Confidence    `json:"confidence,omitempty"`
	Row         string        `json:"row,omitempty"`

	Undetermined string `json:"undetermined,omitempty"`
}

// limitLine is one line of input: item, product and date, and optionally grade and conditions.
type limitLine struct {
	Item       string   `json:"item"`
	Product    string   `json:"product"`
	Date       string   `json:"date"`
	Grade      string   `json:"grade"`
	Conditions []string `json:"conditions"`
}

// LimitLine finds the limit for one line of JSON: {"item":"铅","product":"叶菜蔬菜","date":"2026-10-01"}.
func (c *Catalogue) LimitLine(line []byte) (LimitAnswer, error) {
	var in limitLine
	if err := decode(line, &in); err != nil {
		return LimitAnswer{}, err
	}
	var faults errs.List
	faults.Require("item", in.Item, "检验项目", "the item")
	faults.Require("product", in.Product, "产品", "the product")
	date, err := calendar.ParseDate(in.Date)
	if err != nil {
		faults.Add("date", "invalid", "日期应为 YYYY-MM-DD", "the date must be YYYY-MM-DD")
	}
	if err := faults.Err(); err != nil {
		return LimitAnswer{}, err
	}
	l, err := c.Find(Query{Item: in.Item, Product: in.Product, Grade: in.Grade, Date: date, Conditions: in.Conditions})
	if err != nil {
		return LimitAnswer{Undetermined: reasonOf(err).String()}, nil
	}
	r := l.Row
	return LimitAnswer{
		Limit: r.Limit, Unit: r.Unit, Basis: r.Standard, Item: r.Item, ExpressedAs: r.ExpressedAs,
		Scope: displayScope(r.Scope), Grade: r.Grade, Condition: r.Condition, ValueBasis: l.Basis, Screen: r.Screen,
		Method: r.Method, Note: r.Note, Article: r.Article, ValidFrom: r.ValidFrom, Confidence: r.Confidence, Row: r.ID,
	}, nil
}

// decode reads one JSON object.
func decode(line []byte, into any) error {
	if err := json.Unmarshal(line, into); err != nil {
		return errs.New(errs.Invalid, "not_json", fmt.Sprintf("不是可识别的 JSON 行：%v", err),
			fmt.Sprintf("the line is not readable JSON: %v", err)).With(err)
	}
	return nil
}
