package lims

import (
	"slices"
	"testing"

	"hengjian/internal/ledger"
	"hengjian/internal/ledger/ledgertest"
)

// damaged is one damage to a history without fault, and the codes of the faults that name it.
type damaged struct {
	name   string
	want   string
	damage []ledgertest.Damage
}

func harm(name, want string, damage ...ledgertest.Damage) damaged { return damaged{name, want, damage} }

// The kinds in short. In the history (replay_test.go) the first sample is refused, the second goes all the way.
const (
	registered, delivered, received, turnedAway = "sample.registered", "sample.delivered", "sample.received", "sample.refused"
	offered, accepted, declined, broken         = "handover.offered", "handover.accepted", "handover.declined", "seal.broken"
	entered, corrected, agreed                  = "result.entered", "result.corrected", "correction.agreed"
	compiled, reviewed, returned                = "report.compiled", "report.reviewed", "report.returned"
	approved, reopened, signature               = "report.approved", "report.reopened", "signature.made"
)

var (
	set, drop, double, move = ledgertest.Set, ledgertest.Drop, ledgertest.Double, ledgertest.Move
	by, as, content         = ledgertest.By, ledgertest.As, ledgertest.Content
)

// nobody is an id that nothing has.
const nobody = "01999999-9999-7999-8999-999999999999"

// TestReplayNamesDamage damages a history in one place at a time.
func TestReplayNamesDamage(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	x := damages{b: b, zhu: b.add("zhu", ledger.Sampler).PersonID, he: b.add("he", ledger.Technician).PersonID,
		duo: b.add("duo", ledger.Technician, ledger.Reviewer, ledger.Signatory).PersonID}
	b.history()
	stream := ledgertest.Read(t, b.db)
	x.s = stream
	for _, c := range slices.Concat(x.ofSample(), x.ofHandovers(), x.ofSeals(), x.ofSignatures(), x.ofResults(), x.ofReports()) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, faults := replayed(t, stream.Damaged(t, c.damage...))
			if got := ledgertest.Codes(t, faults); got != c.want {
				t.Errorf("faults %q, want %q: %+v", got, c.want, faults)
			}
		})
	}
}

// damages are what can be done to the history of a bureau, with three people who had no part in it: a sampler, a
// technician, and somebody with the roles of technician, reviewer and signatory.
type damages struct {
	b            *bureau
	s            ledgertest.Stream
	zhu, he, duo string
}

// test and reserve are the portions of the second sample.
func (x damages) test() any    { return x.s.Data(x.b.t, registered, 1, "portions", 0, "id") }
func (x damages) reserve() any { return x.s.Data(x.b.t, registered, 1, "portions", 1, "id") }

func (x damages) ofSample() []damaged {
	zhang := x.b.zhang.PersonID
	return []damaged{
		harm("nothing", ""),
		harm("one sampler alone", "two_samplers", set(registered, 1, []string{zhang}, "samplers")),
		harm("one sampler twice", "two_samplers", set(registered, 1, []string{zhang, zhang}, "samplers")),
		harm("taken by a custodian", "not_a_sampler", set(registered, 1, []string{zhang, x.b.wang.PersonID}, "samplers")),
		harm("registered by a sampler who was not there", "registrar_other", by(registered, 1, x.zhu), as(registered, 1, ledger.Sampler)),
		harm("registered by a technician", "role_missing", by(registered, 1, x.he), as(registered, 1, ledger.Technician)),
		harm("registered twice", "sample_state", double(registered, 1)),
		harm("not registered", "sample_unknown", drop(registered, 0)),
		harm("a portion without a seal", "unsealed",
			set(registered, 0, x.s.Data(x.b.t, registered, 0, "portions", 1, "id"), "seals", 0, "portion")),
		harm("a seal on nothing", "portion_unknown seal_unknown unsealed", set(registered, 0, nobody, "seals", 0, "portion")),
		harm("nothing to test for", "nothing_to_test", set(registered, 0, []any{}, "analyses")),
		harm("no test portion", "nothing_to_test", set(registered, 0, "reserve", "portions", 0, "role")),
		harm("delivered twice", "sample_state", double(delivered, 0)),
		harm("delivered by no handover", "handover_missing", set(delivered, 0, nobody, "handover")),
		harm("not delivered", "sample_state", drop(delivered, 1)),
		harm("received by a sampler", "role_missing", by(received, 0, zhang), as(received, 0, ledger.Sampler)),
		harm("not received", "not_received sample_state", drop(received, 0)),
		harm("received by no handover", "handover_missing", set(received, 0, nobody, "handover")),
		harm("refused by no handover", "handover_missing", set(turnedAway, 0, nobody, "handover")),
		harm("refused without a reason", "reason_missing", set(turnedAway, 0, "", "reason")),
		harm("refused before the receiver declined", "handover_missing sample_state", move(turnedAway, 0, declined, 0)),
	}
}

// Offered are, in this order: two deliveries, the reserve portion for storage, the test portion to one who declines, to
// the technician zhao, from there to qian, and back to the custodian wang.
func (x damages) ofHandovers() []damaged {
	b := x.b
	zhou, wang, zhao, qian := b.zhou.PersonID, b.wang.PersonID, b.zhao.PersonID, b.qian.PersonID
	return []damaged{
		harm("given away by who does not hold it", "giver_not_holder",
			by(offered, 4, zhou), set(offered, 4, zhou, "giver"), set(accepted, 2, zhou, "giver")),
		harm("another giver than who did it", "giver_not_holder giver_other handover_differs", set(offered, 4, zhou, "giver")),
		harm("given to oneself", "two_people", set(offered, 2, wang, "receiver"), set(accepted, 1, wang, "receiver"), by(accepted, 1, wang)),
		harm("taken over by another", "receiver_other", by(accepted, 2, qian)),
		harm("taken over for analysis by a custodian", "passage receiver_other", by(accepted, 2, zhou), as(accepted, 2, ledger.Custodian)),
		harm("declined by another", "receiver_other", by(declined, 1, zhao)),
		harm("another receiver than was offered to", "handover_differs", set(accepted, 2, qian, "receiver")),
		harm("taken over twice", "handover_missing unsigned", double(accepted, 2)),
		harm("taken over without an offer", "broken_by_other entered_without_holding giver_not_holder handover_missing", drop(offered, 4)),
		harm("never taken over", "broken_by_other entered_without_holding giver_not_holder handover_open", drop(accepted, 2)),
		harm("the delivery never taken over", "broken_by_other entered_without_holding giver_not_holder handover_open no_delivery",
			drop(accepted, 0)),
		harm("one portion not delivered", "giver_not_holder no_delivery seal_unknown", set(offered, 1, []any{x.test()}, "portions")),
		harm("a portion of another sample", "broken_by_other entered_without_holding giver_not_holder portion_unknown seal_unknown",
			set(offered, 4, []any{x.s.Data(b.t, registered, 0, "portions", 0, "id")}, "portions")),
		harm("a portion twice", "portion_unknown", set(offered, 4, []any{x.test(), x.test()}, "portions")),
		harm("no portion", "portion_unknown", set(offered, 3, []any{}, "portions")),
		harm("a reserve portion leaves the custodians", "reserve_kept", by(offered, 3, zhou), set(offered, 3, []any{x.reserve()}, "portions"),
			set(offered, 3, zhou, "giver"), set(declined, 1, zhou, "giver")),
		harm("another purpose than roles allow", "passage", set(offered, 4, "return", "purpose"), set(accepted, 2, "return", "purpose")),
		harm("offered to a sampler", "passage role_missing", set(offered, 3, x.zhu, "receiver"), set(declined, 1, x.zhu, "receiver"),
			by(declined, 1, x.zhu), as(declined, 1, ledger.Sampler)),
		harm("before the reception", "sample_state", move(offered, 2, received, 0)),
		harm("a delivery after the reception", "passage sample_state seal_unchecked", set(offered, 3, "delivery", "purpose"),
			set(declined, 1, "delivery", "purpose")),
		harm("declined without a reason", "reason_missing", set(declined, 1, "", "reason")),
		harm("offered by a reviewer", "actor_role passage role_missing", as(offered, 4, ledger.Reviewer)),
	}
}

func (x damages) ofSeals() []damaged {
	b := x.b
	sealOf := func(n int) any { return x.s.Data(b.t, registered, 1, "seals", n, "id") }
	unlooked := []any{x.s.Data(b.t, accepted, 0, "checks", 0)}
	return []damaged{
		harm("a seal not looked at", "seal_unchecked", set(accepted, 0, unlooked, "checks")),
		harm("a seal not looked at when it was refused", "seal_unchecked", set(declined, 0, []any{x.s.Data(b.t, declined, 0, "checks", 0)}, "checks")),
		harm("a broken seal accepted", "seal_broken", set(accepted, 0, "broken", "checks", 0, "finding")),
		harm("a missing seal accepted", "seal_missing", set(accepted, 0, "missing", "checks", 0, "finding")),
		harm("a seal of another number accepted", "seal_mismatch", set(accepted, 0, "mismatch", "checks", 0, "finding")),
		harm("the seal of another portion looked at", "seal_unchecked seal_unknown", set(accepted, 2, sealOf(1), "checks", 0, "seal")),
		harm("broken and then found intact", "broken_by_other seal_contradiction", move(broken, 0, accepted, 2)),
		harm("broken by who does not hold it", "broken_by_other", by(broken, 0, b.qian.PersonID)),
		harm("broken by a custodian", "broken_by_other role_missing", by(broken, 0, b.wang.PersonID), as(broken, 0, ledger.Custodian)),
		harm("the seal of a reserve portion broken", "broken_by_other reserve_opened seal_unchecked",
			set(broken, 0, sealOf(1), "seal"), set(broken, 0, x.reserve(), "portion")),
		harm("broken twice", "seal_broken_twice", double(broken, 0)),
		harm("not told to be broken", "seal_unchecked", drop(broken, 0)),
		harm("the seal of another portion broken", "seal_unchecked seal_unknown", set(broken, 0, x.reserve(), "portion")),
		harm("no seal broken", "seal_unchecked seal_unknown", set(broken, 0, nobody, "seal")),
	}
}

func (x damages) ofSignatures() []damaged {
	return []damaged{
		harm("no signature", "unsigned", drop(signature, 0)),
		harm("signed by another", "unsigned", by(signature, 0, x.b.li.PersonID)),
		harm("signed over something else", "unsigned", content(signature, 0, "content_hash")),
		harm("signed over nothing", "signature_empty unsigned", set(signature, 0, "", "content_hash")),
		harm("one signature for two", "unsigned", set(offered, 2, x.s.Data(x.b.t, offered, 1, "signature"), "signature")),
		harm("signed twice", "signature_twice", double(signature, 0)),
		harm("signed afterwards", "unsigned", move(signature, 0, delivered, 0)),
	}
}

// Lead is entered by zhao, cadmium by qian; zhao corrects lead twice, with the consent of qian and of chief.
func (x damages) ofResults() []damaged {
	b := x.b
	zhao, zhang, chief := b.zhao.PersonID, b.zhang.PersonID, b.chief.PersonID
	verdict := func(v string) ledgertest.Damage { return set(entered, 1, v, "results", 0, "verdict") }
	return []damaged{
		harm("of no analysis", "analysis_unknown false_pass report_results report_undetermined", set(entered, 1, nobody, "results", 0, "analysis")),
		harm("of a reserve portion", "entered_without_holding reserve_tested", set(entered, 1, x.reserve(), "results", 0, "portion")),
		harm("of no portion", "portion_unknown", set(entered, 1, nobody, "results", 0, "portion")),
		harm("not the first version", "result_version", set(entered, 1, 2, "results", 0, "version")),
		harm("not the next version", "result_version", set(corrected, 0, 4, "results", 0, "version")),
		harm("entered twice", "result_version", double(entered, 1)),
		harm("a version left out", "report_results result_version", drop(corrected, 0)),
		harm("entered after it was handed on", "entered_without_holding", by(entered, 1, zhao)),
		harm("corrected by who never held it", "entered_without_holding", by(corrected, 0, x.he)),
		harm("entered before the reception", "entered_without_holding not_received", move(entered, 0, received, 0)),
		harm("entered by a sampler", "entered_without_holding role_missing", by(entered, 1, zhang), as(entered, 1, ledger.Sampler)),
		harm("nobody agreed", "correction_not_agreed", drop(agreed, 0)),
		harm("agreed with oneself", "two_people", by(agreed, 0, zhao), set(corrected, 0, zhao, "results", 0, "agreed_by")),
		harm("agreed by another", "correction_not_agreed", set(corrected, 0, chief, "results", 0, "agreed_by")),
		harm("agreed to something else", "correction_not_agreed", content(agreed, 0, "content_hash")),
		harm("agreed without a signature", "unsigned", set(agreed, 0, nobody, "signature")),
		harm("agreed by a sampler", "role_missing", by(agreed, 0, zhang), as(agreed, 0, ledger.Sampler),
			set(corrected, 0, zhang, "results", 0, "agreed_by")),
		harm("corrected without a reason", "reason_missing", set(corrected, 0, "", "results", 0, "reason")),
		harm("corrected under review", "report_under_review", move(corrected, 0, returned, 0), move(agreed, 0, corrected, 0)),
		harm("corrected after the issue", "report_issued", move(corrected, 1, reopened, 0), move(agreed, 1, corrected, 1)),
		harm("corrected after it was compiled", "report_results report_under_review", move(corrected, 1, approved, 1)),
		harm("one failed", "false_pass", verdict("fail")),
		harm("one undetermined", "false_pass report_undetermined", verdict("undetermined")),
		harm("one of no verdict", "false_pass report_undetermined verdict_unknown", verdict("good")),
	}
}

// The report is compiled four times: returned by the reviewer, returned by the signatory, issued, and reopened and issued.
func (x damages) ofReports() []damaged {
	sun, revise := x.b.sun.PersonID, any(9)
	first := x.s.Data(x.b.t, compiled, 0, "report")
	rests := func(n int, results ...any) ledgertest.Damage { return set(compiled, n, results, "results") }
	lead, old, cadmium := x.s.Data(x.b.t, compiled, 3, "results", 0), x.s.Data(x.b.t, compiled, 2, "results", 0), x.s.Data(x.b.t, compiled, 3, "results", 1)
	return []damaged{
		harm("concludes fail", "report_conclusion", set(compiled, 3, "fail", "conclusion")),
		harm("concludes fail, and is returned", "report_conclusion", set(compiled, 1, "fail", "conclusion")),
		harm("concludes pass, and then one fails", "false_pass report_results report_under_review",
			set(corrected, 1, "fail", "results", 0, "verdict"), move(corrected, 1, approved, 1)),
		harm("compiled without a signature", "unsigned", set(compiled, 0, nobody, "signature")),
		harm("reopened without a signature", "unsigned", set(reopened, 0, nobody, "signature")),
		harm("reopened as itself", "report_revision", set(reopened, 0, x.s.Data(x.b.t, reopened, 0, "issued"), "report")),
		harm("concludes nothing", "report_conclusion", set(compiled, 3, "undetermined", "conclusion")),
		harm("rests on one result of two", "report_results", rests(3, lead)),
		harm("rests on one result twice", "report_results", rests(3, lead, lead)),
		harm("rests on an old result", "report_results", rests(3, old, cadmium)),
		harm("rests on them in another order", "", rests(3, cadmium, lead)),
		harm("a revision left out", "report_other report_revision", set(compiled, 3, revise, "revision")),
		harm("compiled by the reviewer", "compiled_it role_missing", by(compiled, 3, sun), as(compiled, 3, ledger.Reviewer)),
		harm("reviewed by who compiled it", "compiled_it", by(compiled, 3, x.duo), by(reviewed, 2, x.duo)),
		harm("approved by who compiled it", "compiled_it", by(compiled, 3, x.duo), by(approved, 1, x.duo)),
		harm("approved by who reviewed it", "reviewed_it", by(reviewed, 2, x.duo), by(approved, 1, x.duo)),
		harm("reviewed by who entered a result", "entered_results entered_without_holding", by(corrected, 1, x.duo), by(reviewed, 2, x.duo)),
		harm("approved by who entered a result", "entered_results entered_without_holding", by(corrected, 1, x.duo), by(approved, 1, x.duo)),
		harm("approved as a reviewer", "reviewed_it role_missing", by(approved, 1, sun), as(approved, 1, ledger.Reviewer)),
		harm("not compiled", "compiled_it report_other report_results report_state", drop(compiled, 3)),
		harm("not reviewed", "report_state", drop(reviewed, 2)),
		harm("approved twice", "report_state unsigned", double(approved, 1)),
		harm("another content reviewed", "report_content", content(reviewed, 2, "content_hash")),
		harm("another content approved", "report_content", content(approved, 1, "content_hash")),
		harm("another report approved", "report_other", set(approved, 1, first, "report")),
		harm("approved without a signature", "unsigned", set(approved, 1, nobody, "signature")),
		harm("returned without a reason", "reason_missing", set(returned, 0, "", "reason")),
		harm("another report returned", "report_other", set(returned, 1, first, "report")),
		harm("reopened before it was approved", "report_state", drop(approved, 0)),
		harm("not reopened", "report_issued report_revision report_state", drop(reopened, 0)),
		harm("another report reopened", "report_other", set(reopened, 0, first, "issued")),
		harm("reopened with another content", "report_content", content(reopened, 0, "content_hash")),
		harm("reopened without a reason", "reason_missing", set(reopened, 0, "", "reason")),
		harm("reopened by a technician", "role_missing", by(reopened, 0, x.he), as(reopened, 0, ledger.Technician)),
	}
}
