// Package errs names the kinds of failure. Every refusal that reaches a person carries its reason in Chinese and in
// English; the kind decides the HTTP status and the exit code, in one place each.
package errs

import (
	"errors"
	"strings"
)

// Kind says what sort of failure an error is.
type Kind int

// The kinds of failure. Internal is the zero value: an error of no known kind is ours, and its text stays in the log.
const (
	Internal        Kind = iota
	Invalid              // the input is wrong: one entry in Fields for each fault
	Unauthenticated      // nobody is signed in, or the signature's re-authentication failed
	Forbidden            // the person may not do this
	NotFound             // there is no such thing, or the person may not know of it
	Conflict             // the thing exists already, or is in a state that does not allow the step
	Version              // the thing was changed since the caller read it
	Blocked              // a validity gate stands in the way: out of date, not authorised, undetermined
	TooMany              // too many attempts
	Unavailable          // something that we need does not answer
	OutcomeUnknown       // the change may or may not have been stored: retry with the same idempotency key
)

// Field is one fault of an input: Path in the notation a.b[0].c, Code in snake_case for programs.
type Field struct {
	Path string `json:"path"`
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// Error is a failure of a known kind with a reason for people.
type Error struct {
	Kind   Kind
	Code   string
	ZH, EN string
	Fields []Field
	cause  error
}

// New makes an error of the kind with its reason in both languages.
func New(kind Kind, code, zh, en string) *Error {
	return &Error{Kind: kind, Code: code, ZH: zh, EN: en}
}

// With returns a copy of e that remembers its cause for the log.
func (e *Error) With(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Blockers returns a Blocked error that lists all reasons at once.
func Blockers(code, zh, en string, reasons []Field) *Error {
	return &Error{Kind: Blocked, Code: code, ZH: zh, EN: en, Fields: reasons}
}

// Error implements error; English first, since it is read in logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.EN)
	for i, f := range e.Fields {
		if i == 0 {
			b.WriteString(": ")
		} else {
			b.WriteString("; ")
		}
		b.WriteString(f.Path + ": " + f.EN)
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// KindOf returns the kind of err, Internal when it has none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// List collects the faults of an input, so that all are told at once.
type List struct{ fields []Field }

// Add notes one fault.
func (l *List) Add(path, code, zh, en string) {
	l.fields = append(l.fields, Field{Path: path, Code: code, ZH: zh, EN: en})
}

// Require notes a missing value when s is blank.
func (l *List) Require(path, s, zhName, enName string) {
	if strings.TrimSpace(s) == "" {
		l.Add(path, "required", zhName+"必填", enName+" is required")
	}
}

// Merge takes over the faults of err under a path prefix; errors of another shape become one fault.
func (l *List) Merge(prefix string, err error) {
	if err == nil {
		return
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		l.Add(prefix, "invalid", "内容无法识别："+err.Error(), err.Error())
		return
	}
	if len(e.Fields) == 0 {
		l.Add(prefix, e.Code, e.ZH, e.EN)
	}
	for _, f := range e.Fields {
		l.Add(join(prefix, f.Path), f.Code, f.ZH, f.EN)
	}
}

// Len is the number of faults noted so far.
func (l *List) Len() int { return len(l.fields) }

// Fields returns the faults noted so far.
func (l *List) Fields() []Field { return l.fields }

// Err returns nil when nothing was noted, else one Invalid error with all faults.
func (l *List) Err() error {
	if len(l.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: "invalid", ZH: "输入有误，请更正后重试", EN: "the input has faults", Fields: l.fields}
}

func join(prefix, path string) string {
	switch {
	case prefix == "":
		return path
	case path == "" || strings.HasPrefix(path, "["):
		return prefix + path
	}
	return prefix + "." + path
}
