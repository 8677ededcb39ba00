package lims

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

func TestCompileBlockers(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.registered()
	_, err := b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), s.ref(), Compilation{})
	refused(t, "before everything", err, errs.Blocked, "not_received", "result_missing")
	if n := len(asError(err).Fields); n != 3 {
		t.Errorf("%d blockers, want reception and both results: %v", n, err)
	}
	s = b.opened()
	_, err = b.EnterResults(b.ctx(), b.zhao, s.ref(), b.entries(s.ID, "0.12", "0.05")[:1])
	b.must(err)
	s = b.sample(s.Number)
	_, err = b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), s.ref(), Compilation{})
	refused(t, "one result missing", err, errs.Blocked, "result_missing")
	_, err = b.Compile(b.ctx(), b.sun, b.proof(b.sun), s.ref(), Compilation{})
	refused(t, "reviewer compiles", err, errs.Forbidden, "role_missing")
}

func TestSummary(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.opened()
	_, err := b.EnterResults(b.ctx(), b.zhao, s.ref(), b.entries(s.ID, "0.31", "0.05"))
	b.must(err)
	r, err := b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), Ref{s.Number, 0}, Compilation{})
	b.must(err)
	var sum Summary
	b.must(json.Unmarshal(r.Summary, &sum))
	if r.Conclusion != Fail || sum.Conclusion != Fail || !strings.Contains(sum.ConclusionZH, "铅") ||
		strings.Contains(sum.ConclusionZH, "镉") || !strings.Contains(sum.ConclusionZH, "不合格") {
		t.Errorf("conclusion %s %q", r.Conclusion, sum.ConclusionZH)
	}
	if i := sum.Items[0]; i.Result != "0.31" || i.Limit == "" || i.VerdictZH != "不合格" || i.Technician != b.zhao.Name ||
		!strings.Contains(i.Equipment, "原子吸收") || i.Certificate == "" || i.MethodTitle == "" || i.CMA {
		t.Errorf("item %+v", i)
	}
	if sum.Sampling.LinkZH != "流通环节" || sum.Sampling.PlaceZH != "超市" || len(sum.Sampling.Samplers) != 2 ||
		sum.Sample.TestQuantity != "2 kg" || sum.Sample.ReserveQuantity != "1 kg" || sum.Laboratory.Name != "长清区检验检测中心" ||
		sum.TaskKindZH != "监督抽检" || sum.ReceivedOn.String() != "2026-09-18" || sum.TestedFrom.String() != "2026-09-18" {
		t.Errorf("summary %+v", sum)
	}
	hash, text, err := ledger.Hash(sum)
	b.must(err)
	if string(text) != string(r.Summary) || len(r.SummaryHash) != 64 || r.SummaryHash[:2] == "" || !strings.HasPrefix(r.SummaryHash, hexOf(hash[:2])) {
		t.Errorf("the summary is not canonical, or its hash is another's")
	}
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	var out strings.Builder
	for _, x := range b {
		out.WriteByte(digits[x>>4])
		out.WriteByte(digits[x&15])
	}
	return out.String()
}

func TestConclude(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		task     string
		verdicts []Outcome
		want     Outcome
		says     string
	}{
		{"supervision", []Outcome{Pass, Pass}, Pass, "符合"},
		{"supervision", []Outcome{Pass, Fail}, Fail, "不合格"},
		{"risk_monitoring", []Outcome{Pass}, Pass, "未发现问题"},
		{"risk_monitoring", []Outcome{Fail}, Fail, "问题项目"},
		{"supervision", []Outcome{Undetermined}, Fail, "不合格"}, // never reached: undetermined blocks; and never a pass
	} {
		s := Summary{TaskKind: c.task}
		for _, v := range c.verdicts {
			s.add(SummaryItem{Item: "铅", Standard: "GB 2762-2025", Verdict: v})
		}
		s.conclude()
		if s.Conclusion != c.want || !strings.Contains(s.ConclusionZH, c.says) {
			t.Errorf("%s %v: %s %q, want %s with %q", c.task, c.verdicts, s.Conclusion, s.ConclusionZH, c.want, c.says)
		}
	}
}

// TestSeparation gives people every role and wants the hands that touched a report kept off the next step.
func TestSeparation(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	all := []ledger.Role{ledger.Technician, ledger.Reviewer, ledger.Signatory}
	compiler, reviewer, signatory := b.add("compiler", all...), b.add("reviewer", all...), b.add("signatory", all...)
	p, err := b.people.Person(b.ctx(), b.admin, b.zhao.PersonID)
	b.must(err)
	p, err = b.people.ChangeRoles(b.ctx(), b.admin, p.ID, p.Version, all)
	b.must(err)
	allRounder := p.Actor()

	s := b.tested() // entered by allRounder
	_, err = b.Compile(b.ctx(), compiler, b.proof(compiler), s.ref(), Compilation{})
	b.must(err)
	s = b.sample(s.Number)
	for _, who := range []ledger.Actor{compiler, allRounder} {
		_, err := b.Review(b.ctx(), who, b.proof(who), s.ref())
		refused(t, "review by "+who.Login, err, errs.Blocked, "separation_of_duties")
	}
	_, err = b.Review(b.ctx(), reviewer, b.proof(reviewer), s.ref())
	b.must(err)
	s = b.sample(s.Number)
	for _, who := range []ledger.Actor{compiler, reviewer, allRounder} {
		_, err := b.approve(who, s.ref())
		refused(t, "approval by "+who.Login, err, errs.Blocked, "separation_of_duties")
	}
	_, err = b.approve(signatory, s.ref())
	b.must(err)
}

func TestApprove(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.reviewed()
	before, err := b.Unissued(b.ctx(), b.zhao, s.Number)
	b.must(err)
	_, err = b.approve(b.sun, s.ref())
	refused(t, "approved by a reviewer", err, errs.Forbidden, "role_missing")
	_, err = b.approve(b.wu, Ref{s.Number, s.Version - 1})
	refused(t, "old version", err, errs.Version, "changed")
	a, err := b.approve(b.wu, s.ref())
	b.must(err)
	if before.Approved.PersonID != "" || a.Approved.PersonID != b.wu.PersonID || a.SummaryHash != before.SummaryHash ||
		a.Compiled.Name != b.zhao.Name || a.Reviewed.PersonID != b.sun.PersonID || a.Supersedes != "" || a.Revision != 1 ||
		a.SampleNumber != s.Number || a.Holder != "长清某超市" {
		t.Errorf("approved %+v", a)
	}
	_, err = b.approve(b.wu, Ref{s.Number, 0})
	refused(t, "twice", err, errs.Conflict, "report_state")
	_, err = b.Unissued(b.ctx(), b.zhao, s.Number)
	refused(t, "preview of what is issued", err, errs.Conflict, "no_open_report")
	signatures, err := users.Signatures(b.ctx(), b.db, "report", a.ReportID)
	b.must(err)
	if len(signatures) != 3 {
		t.Errorf("%d signatures, want 3", len(signatures))
	}
	for _, sig := range signatures {
		if sig.ContentHash != a.SummaryHash {
			t.Errorf("%s signed another content", sig.Name)
		}
	}
}

func TestReturn(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.compiled()
	c := Correction{b.entries(s.ID, "0.21", "0.05")[0], "抄写错误"}
	_, err := b.Correct(b.ctx(), b.zhao, s.ref(), c, b.agree(b.qian))
	refused(t, "correction under review", err, errs.Conflict, "report_under_review")
	_, err = b.Return(b.ctx(), b.sun, s.ref(), "")
	refused(t, "no reason", err, errs.Invalid, "required")
	_, err = b.Return(b.ctx(), b.wu, s.ref(), "原始记录不符")
	refused(t, "signatory returns what is not reviewed", err, errs.Forbidden, "role_missing")
	r, err := b.Return(b.ctx(), b.sun, s.ref(), "原始记录不符")
	b.must(err)
	if r.State != ReportReturned || r.ReturnReason != "原始记录不符" || r.ReturnedBy != b.sun.PersonID {
		t.Errorf("returned %+v", r)
	}
	_, err = b.Correct(b.ctx(), b.zhao, Ref{s.Number, 0}, c, b.agree(b.qian))
	b.must(err)
	next, err := b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), Ref{s.Number, 0}, Compilation{})
	b.must(err)
	if next.Revision != 2 || next.Reason != "原始记录不符" || !strings.Contains(string(next.Summary), "0.21") {
		t.Errorf("second revision %+v", next)
	}
	_, err = b.Review(b.ctx(), b.sun, b.proof(b.sun), Ref{s.Number, 0})
	b.must(err)
	_, err = b.Return(b.ctx(), b.wu, Ref{s.Number, 0}, "请补充")
	b.must(err)
	stage, err := stageOf(b.ctx(), b.db, s.ID)
	if err != nil || stage != StageTesting {
		t.Errorf("stage %s, %v; want testing", stage, err)
	}
}

// TestCorrectiveReport issues a report, reopens it, corrects a result and issues the next, which supersedes the first.
func TestCorrectiveReport(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s, first := b.approved()
	c := Correction{b.entries(s.ID, "0.35", "0.05")[0], "标准曲线有误"}
	_, err := b.Correct(b.ctx(), b.zhao, s.ref(), c, b.agree(b.qian))
	refused(t, "correction after issue", err, errs.Conflict, "report_issued")
	_, err = b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), s.ref(), Compilation{Reason: "x"})
	refused(t, "compilation after issue", err, errs.Conflict, "report_state")
	_, err = b.Reopen(b.ctx(), b.zhao, b.proof(b.zhao), s.ref(), "标准曲线有误")
	refused(t, "technician reopens", err, errs.Forbidden, "role_missing")
	_, err = b.Reopen(b.ctx(), b.wu, b.proof(b.wu), s.ref(), " ")
	refused(t, "no reason", err, errs.Invalid, "required")
	r, err := b.Reopen(b.ctx(), b.wu, b.proof(b.wu), s.ref(), "标准曲线有误")
	b.must(err)
	if r.Revision != 2 || r.State != ReportReturned {
		t.Errorf("reopened %+v", r)
	}
	_, err = b.Correct(b.ctx(), b.zhao, Ref{s.Number, 0}, c, b.agree(b.qian))
	b.must(err)
	_, err = b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), Ref{s.Number, 0}, Compilation{})
	b.must(err)
	_, err = b.Return(b.ctx(), b.sun, Ref{s.Number, 0}, "格式")
	b.must(err)
	again, err := b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), Ref{s.Number, 0}, Compilation{})
	b.must(err)
	_, err = b.Review(b.ctx(), b.sun, b.proof(b.sun), Ref{s.Number, 0})
	b.must(err)
	second, err := b.approve(b.wu, Ref{s.Number, 0})
	b.must(err)
	if again.Reason != "标准曲线有误" || second.Supersedes != first.ReportID || second.Conclusion != Fail || second.Reason != "标准曲线有误" {
		t.Errorf("second %+v", second)
	}
}

// TestReviewRace lets reviewer windows review and return at once: one of them wins.
func TestReviewRace(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.compiled()
	proof := b.proof(b.sun)
	var failures [8]error
	var wg sync.WaitGroup
	for i := range failures {
		wg.Go(func() {
			if i%2 == 0 {
				_, failures[i] = b.Review(b.ctx(), b.sun, proof, s.ref())
			} else {
				_, failures[i] = b.Return(b.ctx(), b.sun, s.ref(), "退")
			}
		})
	}
	wg.Wait()
	won := 0
	for _, err := range failures {
		if err == nil {
			won++
		} else if errs.KindOf(err) != errs.Version {
			t.Errorf("race: %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d of 8 decisions were taken, want 1", won)
	}
}
