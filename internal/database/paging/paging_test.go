package paging

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hengjian/internal/errs"
)

func TestLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want int }{
		{0, 50}, {-1, 1}, {1, 1}, {50, 50}, {200, 200}, {201, 200}, {1 << 30, 200},
	} {
		if got := Limit(c.in); got != c.want {
			t.Errorf("Limit(%d) = %d, want %d", c.in, got, c.want)
		}
	}
}

func TestCursorRoundTrip(t *testing.T) {
	t.Parallel()
	id := "01978a3e-5b7c-7c3e-9d6a-0123456789ab"
	stamp := Stamp(time.Date(2026, 9, 18, 8, 0, 0, 123456000, time.FixedZone("CST", 8*3600)))
	for _, keys := range [][]string{{"长清区", id, stamp}, {"", id, stamp}, {`"],["`, id, stamp}} {
		got, err := Decode(Encode(keys...), Text, UUID, Time)
		if err != nil || !cmp.Equal(got, keys) {
			t.Errorf("Decode(Encode(%q)) = %q, %v", keys, got, err)
		}
	}
	if got, err := Decode("", Text); got != nil || err != nil {
		t.Errorf(`Decode("") = %q, %v, want nil, nil`, got, err)
	}
	if want := "2026-09-18T00:00:00.123456Z"; stamp != want {
		t.Errorf("Stamp = %q, want %q", stamp, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	raw := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for name, cursor := range map[string]string{
		"not base64":     "!!!",
		"padded":         Encode("a", "01978a3e-5b7c-7c3e-9d6a-0123456789ab") + "=",
		"not JSON":       raw("abc"),
		"not a list":     raw(`{"a":1}`),
		"not strings":    raw(`["a",1]`),
		"too few parts":  Encode("a"),
		"too many parts": Encode("a", "01978a3e-5b7c-7c3e-9d6a-0123456789ab", "b"),
		"no UUID":        Encode("a", "1; DROP TABLE person"),
		"UUID as URN":    Encode("a", "urn:uuid:01978a3e-5b7c-7c3e-9d6a-0123456789ab"),
		"NUL in text":    Encode("a\x00", "01978a3e-5b7c-7c3e-9d6a-0123456789ab"),
		"too long":       Encode(strings.Repeat("a", maxCursor), "01978a3e-5b7c-7c3e-9d6a-0123456789ab"),
	} {
		if keys, err := Decode(cursor, Text, UUID); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: Decode(%q) = %q, %v, want an Invalid error", name, cursor, keys, err)
		}
	}
	if _, err := Decode(Encode("yesterday"), Time); errs.KindOf(err) != errs.Invalid {
		t.Errorf("Decode of a time that is none: %v, want an Invalid error", err)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	key := func(n int) []string { return []string{strconv.Itoa(n)} }
	for _, c := range []struct {
		rows  []int
		items []int
		next  string
	}{
		{nil, []int{}, ""},
		{[]int{1, 2}, []int{1, 2}, ""},
		{[]int{1, 2, 3}, []int{1, 2, 3}, ""},
		{[]int{1, 2, 3, 4}, []int{1, 2, 3}, Encode("3")},
	} {
		got := Cut(c.rows, 3, key)
		if !cmp.Equal(got, Page[int]{Items: c.items, Next: c.next}) {
			t.Errorf("Cut(%v, 3) = %+v, want items %v next %q", c.rows, got, c.items, c.next)
		}
	}
	text, err := json.Marshal(Cut(nil, 3, key))
	if got, want := string(text), `{"items":[]}`; err != nil || got != want {
		t.Errorf("an empty page as JSON = %s, %v, want %s", got, err, want)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode("a", "01978a3e-5b7c-7c3e-9d6a-0123456789ab"))
	f.Add("W10")
	f.Fuzz(func(t *testing.T, cursor string) {
		keys, err := Decode(cursor, Text, UUID)
		if err == nil && cursor != "" && (!Text(keys[0]) || !UUID(keys[1])) {
			t.Errorf("Decode(%q) let %q through", cursor, keys)
		}
	})
}
