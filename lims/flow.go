package lims

import (
	"fmt"
	"slices"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Step is one thing that can be done to a sample, to a handover or to a report.
type Step string

// Transition is one line of a state table: from a state, by a step, to a state, done by a role. From is empty for what
// makes the thing.
type Transition struct {
	From string
	Step Step
	To   string
	By   ledger.Role
}

// Name is what a state or a step is called.
type Name struct {
	Key string
	ZH  string
	EN  string
}

// Flow is the state table of one noun: what is not in it cannot happen.
type Flow struct {
	Noun   Name
	States []Name
	Steps  []Name
	Lines  []Transition
}

// Flows lists the state tables of this package, from which docs/states.md is drawn.
func Flows() []Flow { return []Flow{sampleFlow, handoverFlow, reportFlow} }

// after finds the step in the state. Known is false when nobody can take it there; allowed is false when none of the
// roles that can may act here.
func (f Flow) after(from string, step Step, may func(ledger.Role) bool) (t Transition, known, allowed bool) {
	for _, t := range f.Lines {
		if t.From != from || t.Step != step {
			continue
		}
		known = true
		if may(t.By) {
			return t, true, true
		}
	}
	return Transition{}, known, false
}

// next returns the state after the step and the role in which the actor takes it, or the refusal with its reason.
func next[S ~string](f Flow, from S, step Step, actor ledger.Actor) (S, ledger.Role, error) {
	t, known, allowed := f.after(string(from), step, actor.Is)
	if allowed {
		return S(t.To), t.By, nil
	}
	if known {
		return from, "", errs.New(errs.Forbidden, "role_missing", "您的角色不能执行此操作", "your role does not allow this")
	}
	state, what := named(f.States, string(from)), named(f.Steps, string(step))
	return from, "", errs.New(errs.Conflict, f.Noun.Key+"_state",
		fmt.Sprintf("%s当前状态为“%s”，不能%s", f.Noun.ZH, state.ZH, what.ZH),
		fmt.Sprintf("the %s is %s: %s is not possible", f.Noun.EN, state.EN, what.EN))
}

// steps lists what the actor's roles may do in the state.
func steps[S ~string](f Flow, from S, actor ledger.Actor) []Step {
	var out []Step
	for _, t := range f.Lines {
		if t.From == string(from) && actor.Is(t.By) && !slices.Contains(out, t.Step) {
			out = append(out, t.Step)
		}
	}
	return out
}

func named(names []Name, key string) Name {
	for _, n := range names {
		if n.Key == key {
			return n
		}
	}
	return Name{Key: key, ZH: key, EN: key}
}
