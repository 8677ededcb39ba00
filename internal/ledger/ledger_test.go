package ledger

import (
	"math"
	"testing"

	"hengjian/internal/errs"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	type pair struct {
		B string `json:"b"`
		A int    `json:"a"`
	}
	for _, tt := range []struct {
		name string
		in   any
		want string
	}{
		{"keys of a struct are sorted", pair{"x", 1}, `{"a":1,"b":"x"}`},
		{"keys of a map are sorted", map[string]any{"乙": 1, "b": nil, "a": []int{2, 1}}, `{"a":[2,1],"b":null,"乙":1}`},
		{"numbers in shortest form", map[string]float64{"n": 100.50, "z": 1e21}, `{"n":100.5,"z":1e+21}`},
		{"text is not escaped without need", "检定<&>\n", `"检定<&>\n"`},
		{"nothing", nil, `null`},
	} {
		got, err := Canonical(tt.in)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: Canonical(%v) = %s, %v; want %s", tt.name, tt.in, got, err, tt.want)
		}
	}
	if got, err := Canonical(math.Inf(1)); err == nil {
		t.Errorf("Canonical(+Inf) = %s, want an error", got)
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	one, text, err := Hash(map[string]int{"a": 1, "b": 2})
	if err != nil || string(text) != `{"a":1,"b":2}` {
		t.Fatalf("Hash: text %s, %v", text, err)
	}
	same, _, err := Hash(struct {
		B int `json:"b"`
		A int `json:"a"`
	}{2, 1})
	if err != nil || same != one {
		t.Errorf("the same content in another order hashes to %x, %v; want %x", same, err, one)
	}
	other, _, err := Hash(map[string]int{"a": 1, "b": 3})
	if err != nil || other == one {
		t.Errorf("another content hashes to %x, %v; want another hash", other, err)
	}
}

func TestIntact(t *testing.T) {
	t.Parallel()
	const hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" // of {}
	for _, tt := range []struct {
		body, hash string
		want       bool
	}{
		{"{}", hash, true},
		{"{ }", hash, false},
		{"", hash, false},
		{"{}", "", false},
		{"{}", hash[:62] + "00", false},
	} {
		if got := (Entry{Body: tt.body, Hash: tt.hash}).Intact(); got != tt.want {
			t.Errorf("body %q with hash %q: intact %v, want %v", tt.body, tt.hash, got, tt.want)
		}
	}
}

func TestActor(t *testing.T) {
	t.Parallel()
	a := Actor{Roles: []Role{Verifier, Checker}}
	for _, tt := range []struct {
		roles []Role
		want  bool
	}{
		{[]Role{Verifier}, true},
		{[]Role{Approver, Checker}, true},
		{[]Role{Approver}, false},
		{nil, false},
	} {
		err := a.As(tt.roles...)
		if (err == nil) != tt.want || a.Any(tt.roles...) != tt.want {
			t.Errorf("as %v: %v, any %v; want %v", tt.roles, err, a.Any(tt.roles...), tt.want)
		}
		if err != nil && errs.KindOf(err) != errs.Forbidden {
			t.Errorf("as %v: %v, want a refusal", tt.roles, err)
		}
	}
}
