package instrumentfile

import (
	"testing"
	"unicode/utf8"

	"hengjian/internal/errs"
)

func FuzzDecode(f *testing.F) {
	f.Fuzz(func(t *testing.T, content []byte) {
		text, encoding, err := Decode(content)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid || text != "" {
				t.Fatalf("%q: %q and %v", content, text, err)
			}
			return
		}
		if encoding == "" || !utf8.ValidString(text) || !readable(text) || len(text) > 3*len(content) {
			t.Fatalf("%q: %q in %q", content, text, encoding)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, content []byte, key string) {
		file, err := Read(content, "fuzz", key)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatalf("%q by %q: %v", content, key, err)
			}
			return
		}
		line := 0
		for _, r := range file.Rows {
			if r.Line < line || (r.Value == "") != (r.Fault != nil) || r.Fault == nil && (r.Kind == Sample && r.Sample == "" || r.Item == "") {
				t.Fatalf("%q: after line %d %s", content, line, told(r))
			}
			line = r.Line
		}
		if len(file.Rows) == 0 || len(file.Rows) > maxRows {
			t.Fatalf("%q: %d rows", content, len(file.Rows))
		}
	})
}
