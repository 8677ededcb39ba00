// Package standards owns the limits that products are held to, and the judgement of a result against one: the grammar
// of results and of limits, the dated catalogue, and the verdict with its proof in words. It is pure: no database, no
// clock. Read judge.go first; its one promise is that nothing passes by default. What cannot be read, compared or
// found is undetermined (待判定) and says why.
package standards

import (
	"errors"
	"strings"

	"hengjian/internal/errs"
)

// Outcome is what a judgement comes to.
type Outcome string

// The outcomes. Undetermined blocks signing.
const (
	Pass         Outcome = "pass"
	Fail         Outcome = "fail"
	Undetermined Outcome = "undetermined"
)

// Reason is one statement for people in both languages; Code is for programs.
type Reason struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// String joins both languages, Chinese first.
func (r Reason) String() string { return r.ZH + " / " + r.EN }

// Proof says how a verdict came about: a snapshot of the limit, the rule that decided, the way values were compared,
// and the steps in order (unit conversion, detection limit, each unit of a sampling plan).
type Proof struct {
	Limit      Limit    `json:"limit"`
	Rule       string   `json:"rule"`
	Comparison string   `json:"comparison,omitempty"`
	Steps      []Reason `json:"steps,omitempty"`
}

// Verdict is the outcome of a judgement, the reason that decided it and its proof.
type Verdict struct {
	Outcome Outcome `json:"verdict"`
	Reason  Reason  `json:"reason"`
	Proof   Proof   `json:"proof"`
}

// unreadable makes the error of a text that the grammar does not cover.
func unreadable(code, zh, en string) *errs.Error { return errs.New(errs.Invalid, code, zh, en) }

// reasonOf takes the statement out of an error of this package; no error has none.
func reasonOf(err error) Reason {
	if err == nil {
		return Reason{}
	}
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return Reason{Code: e.Code, ZH: e.ZH, EN: e.EN}
	}
	return Reason{Code: "internal", ZH: "无法判定：" + err.Error(), EN: "cannot be judged: " + err.Error()}
}

// blocked joins reasons into one error of kind Blocked, behind an opening in both languages.
func blocked(code, zh, en string, reasons []Reason) *errs.Error {
	chinese, english := make([]string, len(reasons)), make([]string, len(reasons))
	for i, r := range reasons {
		chinese[i], english[i] = r.ZH, r.EN
	}
	return errs.New(errs.Blocked, code, zh+strings.Join(chinese, "；"), en+strings.Join(english, "; "))
}
