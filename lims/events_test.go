package lims

import (
	"slices"
	"strings"
	"testing"
)

// What people wrote in their own words is in no event, but for its commitment.
func TestEventsHoldNoWords(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.delivered()
	checks := b.intact(s.ID)
	checks[0].Finding, checks[0].ReadNumber = Mismatch, "王某某签"
	_, err := b.Refuse(b.ctx(), b.wang, b.proof(b.wang), s.ref(), Rejection{Checks: checks, Reason: "李某某送来时已破"})
	b.must(err)
	s = b.tested()
	_, err = b.Correct(b.ctx(), b.zhao, s.ref(), Correction{b.entries(s.ID, "0.13", "0.05")[0], "钱某某抄错"}, b.agree(b.qian))
	b.must(err)
	_, err = b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), Ref{s.Number, 0}, Compilation{})
	b.must(err)
	_, err = b.Return(b.ctx(), b.sun, Ref{s.Number, 0}, "请赵某某核对")
	b.must(err)
	s, _ = b.approved()
	_, err = b.Reopen(b.ctx(), b.wu, b.proof(b.wu), s.ref(), "周某某来电更正")
	b.must(err)
	var bodies []string
	b.must(b.db.Select(b.ctx(), &bodies, `SELECT body FROM event`))
	all := strings.Join(bodies, "\n")
	for _, words := range []string{"王某某签", "李某某送来时已破", "钱某某抄错", "请赵某某核对", "周某某来电更正", "赵某某", "13800002121"} {
		if strings.Contains(all, words) {
			t.Errorf("an event holds %q", words)
		}
	}
	var kept []string
	b.must(b.db.Select(b.ctx(), &kept, `SELECT DISTINCT text FROM event_personal`))
	for _, words := range []string{"王某某签", "李某某送来时已破", "钱某某抄错", "请赵某某核对", "周某某来电更正"} {
		if !slices.Contains(kept, words) {
			t.Errorf("%q is not kept for its commitment", words)
		}
	}
}
