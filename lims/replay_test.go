package lims

import (
	"slices"
	"testing"
	"time"

	"hengjian/instruments"
	"hengjian/internal/ledger"
	"hengjian/internal/ledger/ledgertest"
	"hengjian/internal/standards"
	"hengjian/internal/users"
)

// replayed replays a stream from nothing.
func replayed(t testing.TB, stream ledgertest.Stream) (*Replay, []ledger.Fault) {
	t.Helper()
	people := users.NewReplay()
	lab := NewReplay(people)
	faults := stream.Replay(t, ledgertest.Rooms{
		Kinds: slices.Concat(users.Events(), standards.Events(), instruments.Events(), Events()), Acted: people.Acted,
		Apply: []func(int64, ledger.Told, any) []ledger.Fault{people.Apply, lab.Apply},
	})
	return lab, faults
}

// give hands portions of a received sample over; the receiver takes them.
func (b *bureau) give(number string, giver, receiver ledger.Actor, purpose Purpose, role PortionRole, accept bool) {
	b.t.Helper()
	s := b.sample(number)
	p := b.portion(s.ID, role)
	b.clock.advance(time.Minute)
	h, err := b.HandOver(b.ctx(), giver, b.proof(giver), s.ref(), Passing{Purpose: purpose, Receiver: receiver.PersonID, Portions: []string{p.ID}})
	b.must(err)
	if accept {
		_, err = b.Accept(b.ctx(), receiver, b.proof(receiver), Ref{number, 0}, h.ID, Acceptance{Checks: b.intact(s.ID, p.ID), Place: "理化室"})
	} else {
		_, err = b.Decline(b.ctx(), receiver, b.proof(receiver), Ref{number, 0}, h.ID, Refusal{Reason: "今日无法检验"})
	}
	b.must(err)
}

func (b *bureau) open(number string, who ledger.Actor) {
	b.t.Helper()
	s := b.sample(number)
	seals, err := selectSeals(b.ctx(), b.db, s.ID)
	b.must(err)
	for _, l := range seals {
		if l.PortionID == b.portion(s.ID, TestPortion).ID {
			_, err := b.BreakSeal(b.ctx(), who, Ref{number, 0}, SealBreak{SealID: l.ID, Why: "检验取样"})
			b.must(err)
		}
	}
}

func (b *bureau) corrects(number string, who, second ledger.Actor, lead string) {
	b.t.Helper()
	_, err := b.Correct(b.ctx(), who, Ref{number, 0}, Correction{b.entries(b.sample(number).ID, lead, "0.05")[0], "抄录错误"}, b.agree(second))
	b.must(err)
}

func (b *bureau) compiles(number string, reviewed bool) {
	b.t.Helper()
	_, err := b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), Ref{number, 0}, Compilation{})
	b.must(err)
	if reviewed {
		_, err = b.Review(b.ctx(), b.sun, b.proof(b.sun), Ref{number, 0})
		b.must(err)
	}
}

// history is what happens to two samples: one is refused; the other is registered by a custodian, goes from hand to
// hand, is tested, and its report is returned, corrected, issued, reopened, corrected and issued again.
func (b *bureau) history() (number string, report Approved) {
	b.t.Helper()
	refused := b.delivered()
	checks := b.intact(refused.ID)
	checks[0].Finding, checks[0].ReadNumber = Mismatch, "F-0"
	_, err := b.Refuse(b.ctx(), b.wang, b.proof(b.wang), refused.ref(), Rejection{Checks: checks, Reason: "封条编号不符"})
	b.must(err)
	s, err := b.Register(b.ctx(), b.zhou, b.form(fresh()))
	b.must(err)
	n := s.Number
	b.receive(b.deliver(s))
	b.give(n, b.wang, b.zhou, ForStorage, ReservePortion, true)
	b.give(n, b.wang, b.qian, ForAnalysis, TestPortion, false)
	b.give(n, b.wang, b.zhao, ForAnalysis, TestPortion, true)
	b.open(n, b.zhao)
	entries := b.entries(s.ID, "0.12", "0.05")
	_, err = b.EnterResults(b.ctx(), b.zhao, Ref{n, 0}, entries[:1])
	b.must(err)
	b.give(n, b.zhao, b.qian, ForAnalysis, TestPortion, true)
	_, err = b.EnterResults(b.ctx(), b.qian, Ref{n, 0}, entries[1:])
	b.must(err)
	b.give(n, b.qian, b.wang, ForReturn, TestPortion, true)
	b.compiles(n, false)
	_, err = b.Return(b.ctx(), b.sun, Ref{n, 0}, "请核对")
	b.must(err)
	b.corrects(n, b.zhao, b.qian, "0.13")
	b.compiles(n, true)
	_, err = b.Return(b.ctx(), b.wu, Ref{n, 0}, "请再核对")
	b.must(err)
	b.compiles(n, true)
	_, err = b.approve(b.wu, Ref{n, 0})
	b.must(err)
	_, err = b.Reopen(b.ctx(), b.wu, b.proof(b.wu), Ref{n, 0}, "抄录有误")
	b.must(err)
	b.corrects(n, b.zhao, b.chief, "0.14")
	b.compiles(n, true)
	report, err = b.approve(b.wu, Ref{n, 0})
	b.must(err)
	return n, report
}

// State, custody, results and the separation of duties follow from the events alone, and a history without fault has
// none.
func TestReplay(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	number, report := b.history()
	lab, faults := replayed(t, ledgertest.Read(t, b.db))
	for _, f := range faults {
		t.Errorf("fault %+v", f)
	}
	s := b.sample(number)
	told := lab.samples[ledger.IDOf(s.ID)]
	held, err := selectHoldings(b.ctx(), b.db, s.ID)
	b.must(err)
	for _, h := range held {
		if p := told.portions[told.portion(h.PortionID)]; p.holders[len(p.holders)-1] != ledger.IDOf(h.Holder) || p.label != h.Label {
			t.Errorf("portion %s is with %s, the events say %v", h.Label, h.Holder, p)
		}
	}
	seals, err := selectSeals(b.ctx(), b.db, s.ID)
	b.must(err)
	for _, l := range seals {
		at := slices.IndexFunc(told.seals, func(x replayedSeal) bool { return x.id == ledger.IDOf(l.ID) })
		if at < 0 || told.seals[at].broken != (l.BrokenAt != nil) {
			t.Errorf("seal %s, broken at %v: the events say %+v", l.Number, l.BrokenAt, told.seals)
		}
	}
	if told.state != Received || len(held) != 2 || len(seals) != 2 || told.report.state != ReportApproved || len(told.open)+len(told.agreed) > 0 {
		t.Errorf("the events say %+v", told)
	}
	conclusion, sample, ok := lab.Approved(report.ReportID)
	if !ok || conclusion != "pass" || sample != number {
		t.Errorf("approved: %s of %s, %v", conclusion, sample, ok)
	}
	want := []int{2, 5, 4, 2}
	for i, c := range lab.Counts() {
		if c.N != want[i] || c.ZH == "" {
			t.Errorf("%d %s, want %d", c.N, c.EN, want[i])
		}
	}
}
