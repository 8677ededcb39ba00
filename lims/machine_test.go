package lims

import (
	"flag"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/ledger/ledgertest"
	"hengjian/internal/users"
)

// TestMachine lets five people who hold every role do anything in any order to a sample, and holds what stays true:
// a step either happens with its event and a new version, or is refused with a reason and leaves nothing behind; nobody
// takes two parts in a report; the chain of custody has no gap, and the replay of the events no fault.
func TestMachine(t *testing.T) {
	t.Parallel()
	if err := flag.Set("rapid.checks", "12"); err != nil {
		t.Fatal(err)
	}
	b := newBureau(t)
	roles := []ledger.Role{ledger.Sampler, ledger.Custodian, ledger.Technician, ledger.Reviewer, ledger.Signatory}
	m := &machine{b: b}
	for _, login := range []string{"one", "two", "three", "four", "five"} {
		who := b.add(login, roles...)
		for _, method := range []string{"GB 5009.12", "GB 5009.15"} {
			b.must(b.people.Authorise(b.ctx(), b.chief, users.NewAuthorisation{PersonID: who.PersonID,
				Subject: users.ForMethod, Code: method, ValidFrom: calendar.MustDate("2026-01-01")}))
		}
		m.people = append(m.people, who)
	}
	rapid.Check(t, func(rt *rapid.T) {
		f := b.form(fresh())
		f.SampledOn = calendar.DateOf(b.clock.now()).String()
		f.Sampler1, f.Sampler2 = m.people[0].PersonID, m.people[1].PersonID
		s, err := b.Register(b.ctx(), m.people[0], f)
		if err != nil {
			rt.Fatal(err)
		}
		m.id, m.number, m.done = s.ID, s.Number, 0
		m.prologue(rapid.IntRange(0, 9).Draw(rt, "steps that go well"))
		rt.Repeat(m.actions())
	})
	if _, faults := replayed(t, ledgertest.Read(t, b.db)); len(faults) > 0 {
		t.Errorf("what was allowed is a fault by its events: %+v", faults)
	}
}

// prologue takes the first n steps of a sample's usual way, so that runs begin all along it.
func (m *machine) prologue(n int) {
	p := m.people
	way := []func(Ref) error{
		func(r Ref) error {
			return second(m.b.Deliver(m.b.ctx(), p[0], m.b.proof(p[0]), r, Delivery{p[1].PersonID}))
		},
		func(r Ref) error { return m.receive(nil, p[1], r) },
		func(r Ref) error {
			test := []string{m.b.portion(m.id, TestPortion).ID}
			return second(m.b.HandOver(m.b.ctx(), p[1], m.b.proof(p[1]), r, Passing{ForAnalysis, p[2].PersonID, test}))
		},
		func(r Ref) error { return m.accept(nil, p[2], r) },
		func(r Ref) error { return m.breakSeal(nil, p[2], r) },
		func(r Ref) error { return m.enter(nil, p[2], r) },
		func(r Ref) error { return m.compile(nil, p[3], r) },
		func(r Ref) error { return m.review(nil, p[4], r) },
		func(r Ref) error { return m.approve(nil, p[0], r) },
	}
	for _, step := range way[:n] {
		m.b.clock.advance(time.Minute)
		m.b.must(step(Ref{Number: m.number}))
	}
	m.done = strings.Count(m.b.eventKinds(m.id), " ")
}

func second[T any](_ T, err error) error { return err }

type machine struct {
	b          *bureau
	people     []ledger.Actor
	id, number string
	done       int
}

// actions are the steps, most of them repeated so that a run gets somewhere.
func (m *machine) actions() map[string]func(*rapid.T) {
	on := func(step func(rt *rapid.T, who ledger.Actor, ref Ref) error) func(*rapid.T) {
		return func(rt *rapid.T) {
			who := rapid.SampledFrom(m.people).Draw(rt, "who")
			before := m.b.sample(m.number)
			m.b.clock.advance(time.Minute)
			m.judge(rt, before, step(rt, who, before.ref()))
		}
	}
	return map[string]func(*rapid.T){
		"deliver": on(m.deliver), "receive": on(m.receive), "receive again": on(m.receive), "refuse": on(m.refuse),
		"hand over": on(m.handOver), "accept": on(m.accept), "accept again": on(m.accept), "decline": on(m.decline),
		"break": on(m.breakSeal), "enter": on(m.enter), "enter again": on(m.enter), "correct": on(m.correct),
		"compile": on(m.compile), "compile again": on(m.compile), "review": on(m.review), "review again": on(m.review),
		"return": on(m.back), "approve": on(m.approve), "approve again": on(m.approve), "reopen": on(m.reopen),
		"": m.invariants,
	}
}

// judge wants a step to have happened wholly or not at all.
func (m *machine) judge(rt *rapid.T, before Sample, err error) {
	after := m.b.sample(m.number)
	events := strings.Count(m.b.eventKinds(m.id), " ")
	switch {
	case err == nil && (after.Version <= before.Version || events <= m.done):
		rt.Fatalf("a step left version %d after %d, %d events after %d", after.Version, before.Version, events, m.done)
	case err != nil && (after.Version != before.Version || events != m.done):
		rt.Fatalf("a refused step changed something: %v", err)
	case err != nil && asError(err) == nil:
		rt.Fatalf("a refusal without a reason: %v", err)
	case err != nil && errs.KindOf(err) == errs.Internal:
		rt.Fatalf("an internal error: %v", err)
	}
	m.done = events
}

func (m *machine) invariants(rt *rapid.T) {
	d, err := m.b.Detail(m.b.ctx(), m.b.auditor, m.number)
	if err != nil {
		rt.Fatal(err)
	}
	for _, g := range d.Gaps {
		if g.Code != "opening_unrecorded" { // a technician may forget to record the opening: then it is named
			rt.Fatalf("gap %s: %s", g.Code, g.EN)
		}
	}
	for _, r := range d.Reports {
		if r.ReviewedBy == r.CompiledBy || r.ApprovedBy == r.CompiledBy || (r.ApprovedBy != "" && r.ApprovedBy == r.ReviewedBy) {
			rt.Fatalf("one person took two parts in report %d", r.Revision)
		}
		entered, err := enterersOf(m.b.ctx(), m.b.db, r.ID)
		if err != nil {
			rt.Fatal(err)
		}
		for _, who := range entered {
			if who == r.ReviewedBy || who == r.ApprovedBy {
				rt.Fatalf("who entered a result signed report %d", r.Revision)
			}
		}
	}
	for _, h := range d.Handovers {
		if h.Giver == h.Receiver {
			rt.Fatal("a handover to oneself")
		}
	}
}

func (m *machine) deliver(rt *rapid.T, who ledger.Actor, ref Ref) error {
	to := rapid.SampledFrom(m.people).Draw(rt, "receiver")
	_, err := m.b.Deliver(m.b.ctx(), who, m.b.proof(who), ref, Delivery{to.PersonID})
	return err
}

func (m *machine) receive(_ *rapid.T, who ledger.Actor, ref Ref) error {
	_, err := m.b.Receive(m.b.ctx(), who, m.b.proof(who), ref, Reception{Checks: m.b.intact(m.id), Place: "A-1"})
	return err
}

func (m *machine) refuse(rt *rapid.T, who ledger.Actor, ref Ref) error {
	if rapid.IntRange(0, 9).Draw(rt, "rarely") > 0 {
		return errs.New(errs.Conflict, "skipped", "略", "skipped")
	}
	_, err := m.b.Refuse(m.b.ctx(), who, m.b.proof(who), ref, Rejection{Checks: m.b.intact(m.id), Reason: "无"})
	return err
}

func (m *machine) handOver(rt *rapid.T, who ledger.Actor, ref Ref) error {
	to := rapid.SampledFrom(m.people).Draw(rt, "receiver")
	purpose := rapid.SampledFrom([]Purpose{ForAnalysis, ForAnalysis, ForReturn, ForStorage}).Draw(rt, "purpose")
	role := rapid.SampledFrom([]PortionRole{TestPortion, TestPortion, ReservePortion}).Draw(rt, "portion")
	_, err := m.b.HandOver(m.b.ctx(), who, m.b.proof(who), ref, Passing{purpose, to.PersonID, []string{m.b.portion(m.id, role).ID}})
	return err
}

// open returns the newest handover of the sample.
func (m *machine) open() Handover {
	all, err := selectHandovers(m.b.ctx(), m.b.db, m.id)
	m.b.must(err)
	if len(all) == 0 {
		return Handover{ID: idB}
	}
	return all[len(all)-1]
}

func (m *machine) accept(_ *rapid.T, who ledger.Actor, ref Ref) error {
	h := m.open()
	_, err := m.b.Accept(m.b.ctx(), who, m.b.proof(who), ref, h.ID, Acceptance{Checks: m.b.intact(m.id, h.Portions...), Place: "B"})
	return err
}

func (m *machine) decline(_ *rapid.T, who ledger.Actor, ref Ref) error {
	_, err := m.b.Decline(m.b.ctx(), who, m.b.proof(who), ref, m.open().ID, Refusal{Reason: "无"})
	return err
}

func (m *machine) breakSeal(_ *rapid.T, who ledger.Actor, ref Ref) error {
	seals, err := selectSeals(m.b.ctx(), m.b.db, m.id)
	m.b.must(err)
	_, err = m.b.BreakSeal(m.b.ctx(), who, ref, SealBreak{seals[0].ID, "取样"})
	return err
}

func (m *machine) enter(_ *rapid.T, who ledger.Actor, ref Ref) error {
	_, err := m.b.EnterResults(m.b.ctx(), who, ref, m.b.entries(m.id, "0.12", "0.05"))
	return err
}

func (m *machine) correct(rt *rapid.T, who ledger.Actor, ref Ref) error {
	second := rapid.SampledFrom(m.people).Draw(rt, "second")
	_, err := m.b.Correct(m.b.ctx(), who, ref, Correction{m.b.entries(m.id, "0.2", "0.05")[0], "更正"}, m.b.agree(second))
	return err
}

func (m *machine) compile(_ *rapid.T, who ledger.Actor, ref Ref) error {
	_, err := m.b.Compile(m.b.ctx(), who, m.b.proof(who), ref, Compilation{})
	return err
}

func (m *machine) review(_ *rapid.T, who ledger.Actor, ref Ref) error {
	_, err := m.b.Review(m.b.ctx(), who, m.b.proof(who), ref)
	return err
}

func (m *machine) back(_ *rapid.T, who ledger.Actor, ref Ref) error {
	_, err := m.b.Return(m.b.ctx(), who, ref, "退回")
	return err
}

func (m *machine) approve(_ *rapid.T, who ledger.Actor, ref Ref) error {
	_, err := m.b.approve(who, ref)
	return err
}

func (m *machine) reopen(_ *rapid.T, who ledger.Actor, ref Ref) error {
	_, err := m.b.Reopen(m.b.ctx(), who, m.b.proof(who), ref, "更正")
	return err
}
