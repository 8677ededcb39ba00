package certificates

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"hengjian/internal/ledger"
	"hengjian/lims"
)

// Every event that the traced packages write has words, and the words are no code; each role has its own, those of the
// browser app.
func TestTraceWords(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`"((?:sample|handover|seal|result|correction|report|verification|verification_order|document|instrument|procedure|import)\.[a-z_]+)"`)
	// paths of faults that look like events
	fields := []string{"sample.name", "sample.number", "sample.quantity", "sample.state"}
	found := 0
	for _, folder := range []string{"../lims", "../instruments", "."} {
		names, err := filepath.Glob(folder + "/[a-z]*[a-z].go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range names {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range code.FindAllStringSubmatch(string(text), -1) {
				if slices.Contains(fields, m[1]) {
					continue
				}
				found++
				if _, ok := eventNames[m[1]]; !ok {
					t.Errorf("%s: event %s has no words", file, m[1])
				}
			}
		}
	}
	if found < len(eventNames) {
		t.Errorf("%d events found in the code, want the %d that have words", found, len(eventNames))
	}
	if n := eventName("new.kind"); n.zh != "其他事件（new.kind）" || n.en != "another event (new.kind)" {
		t.Errorf("an unknown event is told as %+v", n)
	}
	text, err := os.ReadFile("../web/src/i18n/zh.json")
	if err != nil {
		t.Fatal(err)
	}
	var browser map[string]string
	if err := json.Unmarshal(text, &browser); err != nil {
		t.Fatal(err)
	}
	for _, r := range ledger.Roles() {
		if n := roleNames[r]; n.en == "" || n.zh != browser["role."+string(r)] {
			t.Errorf("role %s is told as %+v, the browser app says %q", r, n, browser["role."+string(r)])
		}
	}
}

func TestHandoverNode(t *testing.T) {
	t.Parallel()
	detail := lims.Detail{}
	for _, c := range []struct {
		purpose lims.Purpose
		state   lims.HandoverState
		zh, en  string
	}{
		{lims.ForDelivery, lims.Accepted, "移交（送样）：甲 → 乙，已接收", "Handover (delivery): 甲 → 乙, accepted"},
		{lims.ForAnalysis, lims.Offered, "移交（检验领样）：甲 → 乙，待接收", "Handover (analysis): 甲 → 乙, offered"},
		{lims.ForReturn, lims.Declined, "移交（检毕退样）：甲 → 乙，已拒绝", "Handover (return): 甲 → 乙, refused"},
		{lims.ForStorage, lims.Accepted, "移交（保管交接）：甲 → 乙，已接收", "Handover (storage): 甲 → 乙, accepted"},
	} {
		n := handoverNode(detail, lims.Handover{Purpose: c.purpose, State: c.state, GiverName: "甲", ReceiverName: "乙"})
		if n.ZH != c.zh || n.EN != c.en || n.Code != string(c.purpose) || n.State != string(c.state) {
			t.Errorf("%s, %s: %+v; want %q, %q", c.purpose, c.state, n, c.zh, c.en)
		}
	}
}
