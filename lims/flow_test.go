package lims

import (
	"slices"
	"strings"
	"testing"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

func actorWith(roles ...ledger.Role) ledger.Actor {
	return ledger.Actor{PersonID: idA, Division: "370113", Roles: roles}
}

// TestFlows tries every step in every state by every role: what stands in the table happens, nothing else.
func TestFlows(t *testing.T) {
	t.Parallel()
	for _, f := range Flows() {
		states := []string{""}
		for _, s := range f.States {
			states = append(states, s.Key)
		}
		for _, from := range states {
			for _, step := range f.Steps {
				for _, role := range ledger.Roles() {
					tryStep(t, f, from, Step(step.Key), role)
				}
			}
		}
	}
}

func tryStep(t *testing.T, f Flow, from string, step Step, role ledger.Role) {
	t.Helper()
	want, known := "", false
	for _, l := range f.Lines {
		if l.From == from && l.Step == step {
			known = true
			if l.By == role {
				want = l.To
			}
		}
	}
	got, as, err := next(f, from, step, actorWith(role))
	switch {
	case want != "" && (err != nil || got != want || as != role):
		t.Errorf("%s: %s from %q by %s = %q as %s, %v; want %q", f.Noun.Key, step, from, role, got, as, err, want)
	case want == "" && known && errs.KindOf(err) != errs.Forbidden:
		t.Errorf("%s: %s from %q by %s: %v, want forbidden", f.Noun.Key, step, from, role, err)
	case want == "" && !known && errs.KindOf(err) != errs.Conflict:
		t.Errorf("%s: %s from %q by %s: %v, want conflict", f.Noun.Key, step, from, role, err)
	}
	if offered := slices.Contains(steps(f, from, actorWith(role)), step); offered != (want != "") {
		t.Errorf("%s: %s from %q offered to %s: %v", f.Noun.Key, step, from, role, offered)
	}
}

// TestFlowNames wants every state and step of the tables named, and every name used.
func TestFlowNames(t *testing.T) {
	t.Parallel()
	for _, f := range Flows() {
		used := map[string]bool{}
		for _, l := range f.Lines {
			for _, name := range []Name{named(f.States, l.To), named(f.Steps, string(l.Step))} {
				if name.ZH == name.Key {
					t.Errorf("%s: %q has no name", f.Noun.Key, name.Key)
				}
				used[name.Key] = true
			}
		}
		for _, n := range slices.Concat(f.States, f.Steps) {
			if !used[n.Key] {
				t.Errorf("%s: nothing leads to %q", f.Noun.Key, n.Key)
			}
		}
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	days := calendar.Official()
	for _, c := range []struct {
		category    Category
		received    string
		want, basis string
		provisional bool
	}{
		{Food, "2026-09-18", "2026-10-22", "F02 食品安全抽样检验管理办法", false},
		{Food, "2026-12-20", "", "F02", true},
		{Drug, "2026-09-18", "2026-10-29", "凭记忆录入，可信度高", false},
		{Device, "2026-09-18", "2026-11-19", "可信度中", false},
		{Fuel, "2026-09-18", "none", "未查到", false},
		{Coal, "2026-09-18", "none", "未查到", false},
		{Food, "2019-09-30", "none", "未查到", false}, // the rule is of 2019-10-01
	} {
		got := dueAfter(days, c.category, calendar.MustDate(c.received))
		on := "none"
		if got.On != nil {
			on = got.On.String()
		}
		if (c.want != "" && on != c.want) || got.Provisional != c.provisional || !strings.Contains(got.Basis, c.basis) {
			t.Errorf("due(%s, %s) = %s, %v, %q; want %s, %v, %q", c.category, c.received, on, got.Provisional, got.Basis,
				c.want, c.provisional, c.basis)
		}
	}
}

func TestReadPeriodsRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"- {id: X, category: food, workdays: 0, valid_from: 2020-01-01, confidence: high}",
		"- {id: X, category: food, workdays: 5, valid_from: 2020-01-01, confidence: low}",
		"- {id: X, category: food, workdays: 5, valid_from: soon, confidence: high}",
		"- {id: X, category: food, workdays: 5, valid_from: 2020-01-01, valid_to: never, confidence: high}",
		"- {id: X, colour: red}",
	} {
		if _, err := readPeriods([]byte(text)); err == nil {
			t.Errorf("readPeriods(%s) accepted", text)
		}
	}
}
