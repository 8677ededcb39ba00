package lims

import (
	"errors"
	"testing"

	"hengjian/internal/errs"
)

func asError(err error) *errs.Error {
	e, _ := errors.AsType[*errs.Error](err)
	return e
}

// refused checks the kind of an error and that it names all the codes, whether of the error itself or of its fields.
func refused(t testing.TB, what string, err error, kind errs.Kind, codes ...string) {
	t.Helper()
	if errs.KindOf(err) != kind || err == nil {
		t.Errorf("%s: error %v of kind %d, want kind %d with %v", what, err, errs.KindOf(err), kind, codes)
		return
	}
	for _, code := range codes {
		if !hasCode(err, code) {
			t.Errorf("%s: error %v names no %q", what, err, code)
		}
	}
}

func hasCode(err error, code string) bool {
	e := asError(err)
	if e == nil {
		return false
	}
	if e.Code == code {
		return true
	}
	for _, f := range e.Fields {
		if f.Code == code && f.ZH != "" && f.EN != "" {
			return true
		}
	}
	return false
}
