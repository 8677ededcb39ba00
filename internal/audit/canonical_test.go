package audit

import (
	"encoding/json"
	"testing"

	"hengjian/internal/ledger"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want bool
	}{
		{`{}`, true}, {`[]`, true}, {`null`, true}, {`"a"`, true}, {`1.5`, true}, {`[1,"b",{"a":[],"b":{}}]`, true},
		{`{"a":1,"b":2}`, true}, {`{"a":{"z":1},"b":"\"}"}`, true}, {`{"一":1,"乙":2}`, true},
		{`{"b":1,"a":2}`, false}, {`{"a":1,"a":1}`, false}, {`{"a": 1}`, false}, {` {}`, false}, {"{}\n", false}, {`{"a":1,}`, false},
		{`{"x":[{"b":1,"a":2}]}`, false}, {`{"a":1`, false}, {`{"a"`, false}, {`"a`, false}, {``, false},
		{`{"a\"":1,"b":2}`, true}, {`{"\u0061":1}`, false}, {`{"𠮷":1,"﹖":2}`, true}, // in UTF-16, as RFC 8785 orders
	} {
		if got := canonical([]byte(tt.text)); got != tt.want {
			t.Errorf("canonical(%s) = %v, want %v", tt.text, got, tt.want)
		}
	}
}

// Everything that our own encoder writes is canonical, and reading ends, whatever the text is.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`{"b":1,"a":[{"y":null,"x":"\u00e9"}]}`, `[1e3,-0.0,"𠮷"]`, `{"a":{"a":{"a":{}}}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_ = canonical(text) // ends, whatever it is
		if !json.Valid(text) {
			return
		}
		written, err := ledger.Canonical(json.RawMessage(text))
		if err != nil || len(written) > 1<<12 {
			return
		}
		if !canonical(written) {
			t.Errorf("not canonical: %s", written)
		}
	})
}
