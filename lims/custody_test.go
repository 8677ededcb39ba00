package lims

import (
	"strings"
	"sync"
	"testing"
	"time"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// TestWholeWay carries a sample from the form to the approved report and wants a chain without a gap.
func TestWholeWay(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s, _ := b.approved()
	c, err := b.Custody(b.ctx(), b.auditor, s.Number)
	b.must(err)
	for _, g := range c.Gaps {
		t.Errorf("gap %s: %s", g.Code, g.EN)
	}
	if len(c.Stretches) != 5 || len(c.Handovers) != 2 {
		t.Errorf("%d stretches, %d handovers; want 5, 2", len(c.Stretches), len(c.Handovers))
	}
	const want = "sample.registered handover.offered sample.delivered handover.accepted sample.received handover.offered " +
		"handover.accepted seal.broken result.entered report.compiled report.reviewed report.approved "
	if got := b.eventKinds(s.ID); got != want {
		t.Errorf("events\n%s, want\n%s", got, want)
	}
}

func TestDeliverRefuses(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.registered()
	other := b.add("other", ledger.Sampler)
	for _, c := range []struct {
		name     string
		actor    ledger.Actor
		proof    users.Proof
		ref      Ref
		receiver string
		kind     errs.Kind
		code     string
	}{
		{"old version", b.zhang, b.proof(b.zhang), Ref{s.Number, 9}, b.wang.PersonID, errs.Version, "changed"},
		{"unknown sample", b.zhang, b.proof(b.zhang), Ref{"YP26-370113-99999", 0}, b.wang.PersonID, errs.NotFound, "sample_missing"},
		{"custodian", b.wang, b.proof(b.wang), s.ref(), b.zhou.PersonID, errs.Forbidden, "role_missing"},
		{"sampler of others", other, b.proof(other), s.ref(), b.wang.PersonID, errs.Invalid, "not_holder"},
		{"no receiver", b.zhang, b.proof(b.zhang), s.ref(), "", errs.Invalid, "required"},
		{"receiver is no id", b.zhang, b.proof(b.zhang), s.ref(), "wang", errs.Invalid, "bad_id"},
		{"receiver unknown", b.zhang, b.proof(b.zhang), s.ref(), idB, errs.Invalid, "person_unknown"},
		{"receiver no longer works here", b.zhang, b.proof(b.zhang), s.ref(), b.gone("gone", ledger.Custodian).PersonID,
			errs.Invalid, "person_unknown"},
		{"receiver is no custodian", b.zhang, b.proof(b.zhang), s.ref(), b.zhao.PersonID, errs.Invalid, "passage"},
		{"to oneself", b.zhang, b.proof(b.zhang), s.ref(), b.zhang.PersonID, errs.Invalid, "two_people"},
		{"no proof", b.zhang, users.Proof{}, s.ref(), b.wang.PersonID, errs.Unauthenticated, "proof_missing"},
		{"another's proof", b.zhang, b.proof(b.li), s.ref(), b.wang.PersonID, errs.Unauthenticated, "proof_missing"},
	} {
		_, err := b.Deliver(b.ctx(), c.actor, c.proof, c.ref, Delivery{Receiver: c.receiver})
		refused(t, c.name, err, c.kind, c.code)
	}
	if got := b.sample(s.Number); got.State != Collected || got.Version != 1 {
		t.Errorf("a refused delivery left %s, version %d", got.State, got.Version)
	}
	if got := b.eventKinds(s.ID); got != "sample.registered " {
		t.Errorf("events %s", got)
	}
	_, err := b.Deliver(b.ctx(), b.li, b.proof(b.li), s.ref(), Delivery{Receiver: b.wang.PersonID})
	b.must(err) // either sampler may bring it
	_, err = b.Deliver(b.ctx(), b.zhang, b.proof(b.zhang), Ref{s.Number, 0}, Delivery{Receiver: b.wang.PersonID})
	refused(t, "twice", err, errs.Conflict, "sample_state")
}

func TestReceiveRefuses(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.delivered()
	good := b.intact(s.ID)
	with := func(i int, r SealReading) []SealReading {
		checks := append([]SealReading(nil), good...)
		r.SealID = checks[i].SealID
		checks[i] = r
		return checks
	}
	for _, c := range []struct {
		name   string
		actor  ledger.Actor
		checks []SealReading
		place  string
		kind   errs.Kind
		code   string
	}{
		{"not the named custodian", b.zhou, good, "A-1", errs.Forbidden, "not_receiver"},
		{"sampler", b.zhang, good, "A-1", errs.Forbidden, "role_missing"},
		{"no place", b.wang, good, "", errs.Invalid, "required"},
		{"no checks", b.wang, nil, "A-1", errs.Invalid, "seal_unchecked"},
		{"one unchecked", b.wang, good[:1], "A-1", errs.Invalid, "seal_unchecked"},
		{"one twice", b.wang, []SealReading{good[0], good[0]}, "A-1", errs.Invalid, "seal_unknown"},
		{"a foreign seal", b.wang, append(good[:2:2], SealReading{SealID: idB, ReadNumber: "1", Finding: Intact}), "A-1", errs.Invalid, "seal_unknown"},
		{"intact with another number", b.wang, with(0, SealReading{ReadNumber: "X", Finding: Intact}), "A-1", errs.Invalid, "seal_number"},
		{"mismatch with the same number", b.wang, with(0, SealReading{ReadNumber: good[0].ReadNumber, Finding: Mismatch}), "A-1", errs.Invalid, "seal_number"},
		{"no finding", b.wang, with(0, SealReading{ReadNumber: good[0].ReadNumber}), "A-1", errs.Invalid, "choice"},
		{"broken", b.wang, with(0, SealReading{ReadNumber: good[0].ReadNumber, Finding: Broken}), "A-1", errs.Blocked, "seal_broken"},
		{"missing", b.wang, with(1, SealReading{Finding: Missing}), "A-1", errs.Blocked, "seal_missing"},
		{"mismatch", b.wang, with(1, SealReading{ReadNumber: "X", Finding: Mismatch}), "A-1", errs.Blocked, "seal_mismatch"},
	} {
		_, err := b.Receive(b.ctx(), c.actor, b.proof(c.actor), s.ref(), Reception{Checks: c.checks, Place: c.place})
		refused(t, c.name, err, c.kind, c.code)
	}
	if got := b.sample(s.Number); got.State != InTransit || got.Version != s.Version {
		t.Errorf("a refused reception left %s, version %d", got.State, got.Version)
	}
}

func TestReceive(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.received()
	if s.State != Received || s.ReceivedAt == nil || s.DueOn == nil || s.DueOn.String() != "2026-10-22" || s.DueProvisional ||
		!strings.HasPrefix(s.DueBasis, "F02") {
		t.Errorf("received %+v", s)
	}
	d, err := b.Detail(b.ctx(), b.wang, s.Number)
	b.must(err)
	for _, p := range d.Portions {
		if p.Place != "样品室A-1" || len(p.Holders) != 1 || p.Holders[0] != b.wang.PersonID {
			t.Errorf("portion %s: %v at %q", p.Label, p.Holders, p.Place)
		}
	}
	if len(d.Handovers[0].Checks) != 2 {
		t.Errorf("checks %+v", d.Handovers[0].Checks)
	}
}

// TestRefuse turns a sample with a broken seal away: the finding and the reason are kept, the samplers keep the sample.
func TestRefuse(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.delivered()
	checks := b.intact(s.ID)
	checks[0].Finding = Broken
	_, err := b.Refuse(b.ctx(), b.wang, b.proof(b.wang), s.ref(), Rejection{Checks: checks})
	refused(t, "no reason", err, errs.Invalid, "required")
	_, err = b.Refuse(b.ctx(), b.wang, b.proof(b.wang), s.ref(), Rejection{Reason: "封条破损"})
	refused(t, "no checks", err, errs.Invalid, "seal_unchecked")
	s, err = b.Refuse(b.ctx(), b.wang, b.proof(b.wang), s.ref(), Rejection{Checks: checks, Reason: "封条破损"})
	b.must(err)
	if s.State != Refused || s.Refusal != "封条破损" || s.DueOn != nil {
		t.Errorf("refused %+v", s)
	}
	c, err := b.Custody(b.ctx(), b.auditor, s.Number)
	b.must(err)
	if len(c.Gaps) != 1 || c.Gaps[0].Code != "seal_broken" || len(c.Stretches) != 2 {
		t.Errorf("chain %+v", c)
	}
	_, err = b.Receive(b.ctx(), b.wang, b.proof(b.wang), s.ref(), Reception{Checks: b.intact(s.ID), Place: "A"})
	refused(t, "receive a refused one", err, errs.Conflict, "sample_state")
}

// TestReceiveRace lets the custodian receive and refuse in ten windows at once: one of them wins.
func TestReceiveRace(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.delivered()
	proof, checks := b.proof(b.wang), b.intact(s.ID)
	results := make([]error, 10)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			if i%2 == 0 {
				_, results[i] = b.Receive(b.ctx(), b.wang, proof, s.ref(), Reception{Checks: checks, Place: "A-1"})
			} else {
				_, results[i] = b.Refuse(b.ctx(), b.wang, proof, s.ref(), Rejection{Checks: checks, Reason: "不符"})
			}
		})
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		switch errs.KindOf(err) {
		case errs.Internal:
			if err == nil {
				won++
				continue
			}
			t.Errorf("race: %v", err)
		case errs.Version, errs.Conflict:
		default:
			t.Errorf("race: %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d of 10 decisions were taken, want 1", won)
	}
}

func TestHandOverRefuses(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.received()
	test, reserve := b.portion(s.ID, TestPortion).ID, b.portion(s.ID, ReservePortion).ID
	for _, c := range []struct {
		name    string
		actor   ledger.Actor
		passing Passing
		kind    errs.Kind
		code    string
	}{
		{"reserve to a technician", b.wang, Passing{ForAnalysis, b.zhao.PersonID, []string{reserve}}, errs.Invalid, "reserve_kept"},
		{"not the holder", b.zhou, Passing{ForAnalysis, b.zhao.PersonID, []string{test}}, errs.Invalid, "not_holder"},
		{"a technician who does not hold", b.zhao, Passing{ForAnalysis, b.qian.PersonID, []string{test}}, errs.Invalid, "not_holder"},
		{"to a custodian for analysis", b.wang, Passing{ForAnalysis, b.zhou.PersonID, []string{test}}, errs.Invalid, "passage"},
		{"no portion", b.wang, Passing{ForAnalysis, b.zhao.PersonID, nil}, errs.Invalid, "required"},
		{"portion twice", b.wang, Passing{ForAnalysis, b.zhao.PersonID, []string{test, test}}, errs.Invalid, "portion_unknown"},
		{"foreign portion", b.wang, Passing{ForAnalysis, b.zhao.PersonID, []string{idB}}, errs.Invalid, "portion_unknown"},
		{"as a delivery", b.wang, Passing{ForDelivery, b.zhou.PersonID, []string{test}}, errs.Invalid, "choice"},
		{"no purpose", b.wang, Passing{"", b.zhao.PersonID, []string{test}}, errs.Invalid, "passage"},
		{"reviewer", b.sun, Passing{ForAnalysis, b.zhao.PersonID, []string{test}}, errs.Forbidden, "role_missing"},
	} {
		_, err := b.HandOver(b.ctx(), c.actor, b.proof(c.actor), s.ref(), c.passing)
		refused(t, c.name, err, c.kind, c.code)
	}
	early := b.registered()
	_, err := b.HandOver(b.ctx(), b.zhang, b.proof(b.zhang), early.ref(), Passing{ForAnalysis, b.zhao.PersonID, []string{test}})
	refused(t, "before reception", err, errs.Conflict, "sample_state")
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.received()
	test := b.portion(s.ID, TestPortion)
	h, err := b.HandOver(b.ctx(), b.wang, b.proof(b.wang), s.ref(), Passing{ForAnalysis, b.zhao.PersonID, []string{test.ID}})
	b.must(err)
	_, err = b.HandOver(b.ctx(), b.wang, b.proof(b.wang), Ref{s.Number, 0}, Passing{ForAnalysis, b.qian.PersonID, []string{test.ID}})
	refused(t, "offered twice", err, errs.Invalid, "handover_open")
	ref := Ref{s.Number, h.SampleVersion}
	_, err = b.Accept(b.ctx(), b.qian, b.proof(b.qian), ref, h.ID, Acceptance{Place: "理化室", Checks: b.intact(s.ID, test.ID)})
	refused(t, "not the receiver", err, errs.Forbidden, "not_receiver")
	_, err = b.Accept(b.ctx(), b.zhao, b.proof(b.zhao), ref, idB, Acceptance{Place: "理化室"})
	refused(t, "unknown handover", err, errs.NotFound, "handover_missing")
	_, err = b.Accept(b.ctx(), b.zhao, b.proof(b.zhao), ref, h.ID, Acceptance{Place: "理化室"})
	refused(t, "seal unchecked", err, errs.Invalid, "seal_unchecked")
	_, err = b.Decline(b.ctx(), b.zhao, b.proof(b.zhao), ref, h.ID, Refusal{})
	refused(t, "no reason", err, errs.Invalid, "required")
	h, err = b.Decline(b.ctx(), b.zhao, b.proof(b.zhao), ref, h.ID, Refusal{Reason: "今日不在岗"})
	b.must(err)
	_, err = b.Accept(b.ctx(), b.zhao, b.proof(b.zhao), Ref{s.Number, 0}, h.ID, Acceptance{Place: "理化室", Checks: b.intact(s.ID, test.ID)})
	refused(t, "decided already", err, errs.Conflict, "handover_state")
	// after the refusal the custodian still holds it and passes it to another, and it comes back
	b.pass(s.Number, b.wang, b.qian, ForAnalysis)
	b.pass(s.Number, b.qian, b.zhao, ForAnalysis)
	b.pass(s.Number, b.zhao, b.zhou, ForReturn)
	b.pass(s.Number, b.zhou, b.wang, ForStorage)
	c, err := b.Custody(b.ctx(), b.auditor, s.Number)
	b.must(err)
	if len(c.Gaps) != 0 || len(c.Handovers) != 6 {
		t.Errorf("gaps %+v, %d handovers", c.Gaps, len(c.Handovers))
	}
}

// TestReserveStays lets a reserve portion pass between custodians only.
func TestReserveStays(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.received()
	reserve := b.portion(s.ID, ReservePortion)
	h, err := b.HandOver(b.ctx(), b.wang, b.proof(b.wang), s.ref(), Passing{ForStorage, b.zhou.PersonID, []string{reserve.ID}})
	b.must(err)
	_, err = b.Accept(b.ctx(), b.zhou, b.proof(b.zhou), Ref{s.Number, h.SampleVersion}, h.ID,
		Acceptance{Place: "留样室", Checks: b.intact(s.ID, reserve.ID)})
	b.must(err)
}

func TestBreakSeal(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.received()
	seals, err := selectSeals(b.ctx(), b.db, s.ID)
	b.must(err)
	test, reserve := seals[0], seals[1]
	_, err = b.BreakSeal(b.ctx(), b.zhao, s.ref(), SealBreak{test.ID, "取样"})
	refused(t, "not in the technician's hands", err, errs.Blocked, "not_holder")
	s = b.pass(s.Number, b.wang, b.zhao, ForAnalysis)
	for _, c := range []struct {
		name  string
		actor ledger.Actor
		brk   SealBreak
		kind  errs.Kind
		code  string
	}{
		{"no reason", b.zhao, SealBreak{test.ID, " "}, errs.Invalid, "required"},
		{"custodian", b.wang, SealBreak{test.ID, "看"}, errs.Forbidden, "role_missing"},
		{"another technician", b.qian, SealBreak{test.ID, "取样"}, errs.Blocked, "not_holder"},
		{"a reserve portion", b.zhao, SealBreak{reserve.ID, "取样"}, errs.Forbidden, "reserve_kept"},
		{"unknown seal", b.zhao, SealBreak{idB, "取样"}, errs.NotFound, "seal_missing"},
	} {
		_, err := b.BreakSeal(b.ctx(), c.actor, s.ref(), c.brk)
		refused(t, c.name, err, c.kind, c.code)
	}
	_, err = b.BreakSeal(b.ctx(), b.zhao, s.ref(), SealBreak{test.ID, "取样"})
	b.must(err)
	_, err = b.BreakSeal(b.ctx(), b.zhao, Ref{s.Number, 0}, SealBreak{test.ID, "取样"})
	refused(t, "twice", err, errs.Conflict, "seal_broken")
}

// TestProofAges refuses a signature with a proof of more than five minutes.
func TestProofAges(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.registered()
	proof := b.proof(b.zhang)
	b.clock.advance(6 * time.Minute)
	_, err := b.Deliver(b.ctx(), b.zhang, proof, s.ref(), Delivery{Receiver: b.wang.PersonID})
	refused(t, "old proof", err, errs.Unauthenticated, "proof_missing")
}
