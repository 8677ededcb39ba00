package ledger

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestSealRoundTrip(t *testing.T) {
	t.Parallel()
	s := Seal("张检定")
	text, err := json.Marshal(s)
	if want := `{"sealed":"` + s.Commitment() + `"}`; err != nil || string(text) != want {
		t.Fatalf("a sealed text is written as %s, %v; want %s", text, err, want)
	}
	var back Sealed
	if err := json.Unmarshal(text, &back); err != nil || back.Commitment() != s.Commitment() {
		t.Errorf("%s reads as %s, %v", text, back.Commitment(), err)
	}
	if back.text != "" || back.salt != [16]byte{} {
		t.Errorf("what comes back knows %q under %x, want the commitment alone", back.text, back.salt)
	}
	if again := Seal("张检定"); again.Commitment() == s.Commitment() {
		t.Errorf("the same text sealed twice has one commitment, %s", s.Commitment())
	}
}

func TestSealedEmpty(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]Sealed{"an empty text": Seal(""), "nothing": {}} {
		if text, err := json.Marshal(s); err != nil || string(text) != `""` {
			t.Errorf("%s is written as %s, %v; want an empty string", name, text, err)
		}
		if found := sealedIn(s); len(found) != 0 {
			t.Errorf("%s is kept: %v", name, found)
		}
	}
	back := Seal("张检定")
	if err := json.Unmarshal([]byte(`""`), &back); err != nil || back != (Sealed{}) {
		t.Errorf("an empty string reads as %v, %v; want nothing", back, err)
	}
}

func TestSealedRefusesWhatIsNoCommitment(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`"张检定"`, `7`, `{}`, `{"sealed":""}`, `{"sealed":"00"}`, `{"sealed":"` + strings.Repeat("g", 64) + `"}`} {
		var s Sealed
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%s reads as a sealed text", text)
		}
	}
}

func TestReveals(t *testing.T) {
	t.Parallel()
	s, other := Seal("张检定"), Seal("张检定")
	for _, tt := range []struct {
		name, commitment string
		salt             []byte
		text             string
		want             bool
	}{
		{"its own salt and text", s.Commitment(), s.salt[:], "张检定", true},
		{"another text", s.Commitment(), s.salt[:], "张检", false},
		{"another salt", s.Commitment(), other.salt[:], "张检定", false},
		{"another commitment", other.Commitment(), s.salt[:], "张检定", false},
		{"nothing", "", nil, "", false},
		{"a part of the text moved into the salt", s.Commitment(), append(s.salt[:16:16], "张"...), "检定", false},
	} {
		if got := Reveals(tt.commitment, tt.salt, tt.text); got != tt.want {
			t.Errorf("%s reveals: %v, want %v", tt.name, got, tt.want)
		}
	}
}

type embedded struct {
	Inside Sealed `json:"inside"`
}

// Whatever is sealed is found, wherever it stands: what is not found is lost, since the event holds no text.
func TestSealedIn(t *testing.T) {
	t.Parallel()
	pointed := Seal("pointer")
	var nobody *Sealed
	data := struct {
		embedded
		Own     Sealed              `json:"own"`
		Empty   Sealed              `json:"empty"`
		Pointer *Sealed             `json:"pointer"`
		Nobody  *Sealed             `json:"nobody"`
		Slice   []embedded          `json:"slice"`
		Array   [1]*embedded        `json:"array"`
		Map     map[string][]Sealed `json:"map"`
		Any     any                 `json:"any"`
		None    any                 `json:"none"`
		Text    string              `json:"text"`
	}{
		embedded: embedded{Seal("embedded")}, Own: Seal("own"), Pointer: &pointed, Nobody: nobody,
		Slice: []embedded{{Seal("slice 0")}, {Seal("slice 1")}}, Array: [1]*embedded{{Seal("array")}},
		Map: map[string][]Sealed{"k": {Seal("map")}}, Any: embedded{Seal("any")}, Text: "clear",
	}
	var got []string
	for _, s := range sealedIn(data) {
		got = append(got, s.text)
	}
	want := "[embedded own pointer slice 0 slice 1 array map any]"
	if fmt.Sprint(got) != want {
		t.Errorf("sealed in the data: %v, want %s", got, want)
	}
	written, err := json.Marshal(data)
	if n := strings.Count(string(written), `"sealed"`); err != nil || n != len(got) {
		t.Errorf("%d commitments written, %d texts found (%v): %s", n, len(got), err, written)
	}
	if found := sealedIn(nil); found != nil {
		t.Errorf("sealed in nothing: %v", found)
	}
}
