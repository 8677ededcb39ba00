package certificates

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"hengjian/internal/ledger"
	"hengjian/lims"
)

// Each event that a trace can meet has the words of its room, and the words are no code; each role has its own, those of
// the browser app.
func TestTraceWords(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]name{
		"person.created":      {"新增人员", "person created"},
		"limit.confirmed":     {"确认限量", "limit confirmed"},
		"procedure.approved":  {"批准规程数据", "data of the procedure approved"},
		"handover.accepted":   {"接收样品", "handover accepted"},
		"document.issued":     {"签发文书", "document issued"},
		"new.kind":            {"其他事件（new.kind）", "another event (new.kind)"},
		"verification.issued": {"其他事件（verification.issued）", "another event (verification.issued)"},
	} {
		if got := eventName(kind); got != want {
			t.Errorf("event %s is told as %+v, want %+v", kind, got, want)
		}
	}
	for kind := range kinds {
		if n := eventName(kind); strings.Contains(n.zh, kind) || strings.Contains(n.en, kind) || n.zh == n.en {
			t.Errorf("event %s is told as %+v, want words", kind, n)
		}
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
