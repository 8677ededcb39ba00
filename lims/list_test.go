package lims

import (
	"strings"
	"testing"
	"time"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

func numbersOf(rows []Row) string {
	var out []string
	for _, r := range rows {
		out = append(out, r.Number[len(r.Number)-1:])
	}
	return strings.Join(out, "")
}

// stages makes a sample in each stage, in the order of the stages.
func (b *bureau) stages() map[Stage]Sample {
	b.t.Helper()
	out := map[Stage]Sample{StageCollected: b.registered(), StageInTransit: b.delivered(), StageReceived: b.received(),
		StageTesting: b.opened(), StageCompiled: b.compiled(), StageReviewed: b.reviewed()}
	out[StageIssued], _ = b.approved()
	s := b.delivered()
	checks := b.intact(s.ID)
	checks[0].Finding = Broken
	s, err := b.Refuse(b.ctx(), b.wang, b.proof(b.wang), s.ref(), Rejection{Checks: checks, Reason: "破损"})
	b.must(err)
	out[StageRefused] = s
	return out
}

func TestStages(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	samples := b.stages()
	counts, err := b.Counts(b.ctx(), b.auditor)
	b.must(err)
	for _, stage := range Stages() {
		page, err := b.Samples(b.ctx(), b.auditor, ListFilter{Stage: stage})
		b.must(err)
		if len(page.Items) != 1 || page.Items[0].Number != samples[stage].Number || page.Items[0].Stage != stage || counts[stage] != 1 {
			t.Errorf("%s: %+v, count %d; want %s alone", stage, page.Items, counts[stage], samples[stage].Number)
		}
	}
}

func TestSamples(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	seal := "" // of the last sample's reserve portion
	for i := range 5 {
		f := b.form(fresh())
		if i == 2 {
			f.ProductName, f.Street = "Cabbage 100%", "平安街道"
		}
		seal = f.Portions[1].Seals[0].Number
		_, err := b.Register(b.ctx(), b.zhang, f)
		b.must(err)
	}
	for _, c := range []struct {
		name string
		f    ListFilter
		want string
	}{
		{"all", ListFilter{}, "54321"},
		{"part of the product, other case", ListFilter{Q: "cABB"}, "3"},
		{"a wildcard is a character", ListFilter{Q: "%"}, "3"},
		{"number", ListFilter{Q: "26-370113-00004"}, "4"},
		{"street", ListFilter{Street: "平安街道"}, "3"},
		{"category", ListFilter{Category: Drug}, ""},
		{"a portion, as its label reads", ListFilter{Q: "YP26-370113-00002-1"}, "2"},
		{"a portion that is not there", ListFilter{Q: "YP26-370113-00002-9"}, ""},
		{"a seal, as its label reads", ListFilter{Q: seal}, "5"},
		{"part of a seal", ListFilter{Q: seal[1:]}, ""},
		{"none", ListFilter{Q: "没有"}, ""},
	} {
		page, err := b.Samples(b.ctx(), b.auditor, c.f)
		if got := numbersOf(page.Items); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	cursor, seen := "", ""
	for {
		page, err := b.Samples(b.ctx(), b.auditor, ListFilter{Limit: 2, Cursor: cursor})
		b.must(err)
		seen += numbersOf(page.Items) + "|"
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if seen != "54|32|1|" {
		t.Errorf("pages %s", seen)
	}
	for name, f := range map[string]ListFilter{"cursor": {Cursor: "x"}, "stage": {Stage: "lost"}, "category": {Category: "toy"},
		"day": {DueBefore: "soon"}, "query": {Q: strings.Repeat("长", 101)}} {
		_, err := b.Samples(b.ctx(), b.auditor, f)
		refused(t, name, err, errs.Invalid)
	}
}

func TestDueBefore(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.received() // due on 2026-10-22
	b.approved()      // due the same day, and issued
	for day, want := range map[string]int{"2026-10-22": 0, "2026-10-23": 1} {
		page, err := b.Samples(b.ctx(), b.auditor, ListFilter{DueBefore: day})
		b.must(err)
		if len(page.Items) != want || (want == 1 && page.Items[0].Number != s.Number) {
			t.Errorf("due before %s: %+v, want %d", day, page.Items, want)
		}
	}
}

// TestBusinessSees shows a business its own samples, and of those what was issued; nothing of the work in between.
func TestBusinessSees(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	actors := map[string]ledger.Actor{}
	for i, login := range []string{"shop", "rival"} {
		company, err := b.people.RegisterBusiness(b.ctx(), b.admin, users.NewBusiness{Name: login,
			CreditCode: users.CreditCode(800+i, "370113"), Address: "清河街9号"})
		b.must(err)
		p, err := b.people.CreatePerson(b.ctx(), b.admin, users.NewPerson{Login: login, Name: "赵企业", Password: password,
			Roles: []ledger.Role{ledger.Business}, BusinessID: company.ID})
		b.must(err)
		actors[login] = p.Actor()
	}
	f := b.form(fresh())
	f.SampledUnit.CreditCode = users.CreditCode(800, "370113")
	s, err := b.Register(b.ctx(), b.zhang, f)
	b.must(err)
	b.registered() // of nobody's

	check := func(stage Stage, conclusion Outcome) {
		t.Helper()
		page, err := b.Samples(b.ctx(), actors["shop"], ListFilter{})
		b.must(err)
		if len(page.Items) != 1 || page.Items[0].Number != s.Number || page.Items[0].Stage != stage ||
			page.Items[0].Conclusion != conclusion || page.Items[0].Holder != "" || page.Items[0].DueOn != nil || page.Items[0].Analyses != 0 {
			t.Errorf("the business sees %+v, want stage %s, conclusion %q", page.Items, stage, conclusion)
		}
		issued, err := b.Issued(b.ctx(), actors["shop"], s.Number)
		b.must(err)
		if (len(issued.Summary) > 0) != (stage == StageIssued) || issued.Stage != stage || issued.Holder != "" ||
			issued.DueOn != nil || issued.Analyses != 0 {
			t.Errorf("issued %+v", issued)
		}
		for _, stage := range []Stage{StageTesting, StageReviewed, StageCompiled} {
			page, err := b.Samples(b.ctx(), actors["shop"], ListFilter{Stage: stage})
			if err != nil || len(page.Items) != 0 {
				t.Errorf("filtering by %s shows the business %d samples (%v)", stage, len(page.Items), err)
			}
		}
	}
	check(StageUnderWay, "")
	s = b.carry(s)
	_, err = b.EnterResults(b.ctx(), b.zhao, s.ref(), b.entries(s.ID, "0.12", "0.05"))
	b.must(err)
	_, err = b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), Ref{s.Number, 0}, Compilation{})
	b.must(err)
	check(StageUnderWay, "")
	_, err = b.Review(b.ctx(), b.sun, b.proof(b.sun), Ref{s.Number, 0})
	b.must(err)
	_, err = b.approve(b.wu, Ref{s.Number, 0})
	b.must(err)
	check(StageIssued, Pass)
	_, err = b.Reopen(b.ctx(), b.wu, b.proof(b.wu), Ref{s.Number, 0}, "更正")
	b.must(err)
	check(StageIssued, Pass) // what was issued stands until it is superseded

	page, err := b.Samples(b.ctx(), actors["rival"], ListFilter{})
	if err != nil || len(page.Items) != 0 {
		t.Errorf("the rival sees %d samples (%v)", len(page.Items), err)
	}
	_, err = b.Issued(b.ctx(), actors["rival"], s.Number)
	refused(t, "rival", err, errs.NotFound, "sample_missing")
	_, err = b.Detail(b.ctx(), actors["shop"], s.Number)
	refused(t, "detail for a business", err, errs.Forbidden, "role_missing")
	_, err = b.Custody(b.ctx(), actors["shop"], s.Number)
	refused(t, "custody for a business", err, errs.Forbidden, "role_missing")
	_, err = b.Counts(b.ctx(), actors["shop"])
	refused(t, "counts for a business", err, errs.Forbidden, "role_missing")
}

// TestDivisions keeps another division from every sample.
func TestDivisions(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.delivered()
	far := b.wang
	far.Division = "370112"
	_, err := b.Detail(b.ctx(), far, s.Number)
	refused(t, "detail", err, errs.NotFound, "sample_missing")
	_, err = b.Receive(b.ctx(), far, b.proof(b.wang), s.ref(), Reception{Checks: b.intact(s.ID), Place: "A"})
	refused(t, "receive", err, errs.NotFound, "sample_missing")
	page, err := b.Samples(b.ctx(), far, ListFilter{})
	if err != nil || len(page.Items) != 0 {
		t.Errorf("another division sees %d samples (%v)", len(page.Items), err)
	}
}

func stepsOf(actions []Action) string {
	var out []string
	for _, a := range actions {
		if a.ZH == "" || a.EN == "" {
			out = append(out, "unnamed")
		}
		out = append(out, string(a.Step))
	}
	return strings.Join(out, " ")
}

// TestActions shows each person just the steps that may be taken.
func TestActions(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	samples := b.stages()
	third := b.add("third", ledger.Sampler)
	for _, c := range []struct {
		stage Stage
		actor ledger.Actor
		want  string
	}{
		{StageCollected, b.zhang, "deliver"}, {StageCollected, third, ""}, {StageCollected, b.wang, ""},
		{StageInTransit, b.wang, "receive refuse"}, {StageInTransit, b.zhou, ""}, {StageInTransit, b.zhang, ""},
		{StageReceived, b.wang, "offer"}, {StageReceived, b.zhou, ""}, {StageReceived, b.zhao, ""},
		{StageTesting, b.zhao, "offer enter_results"}, {StageTesting, b.qian, ""},
		{StageCompiled, b.sun, "review return"}, {StageCompiled, b.wu, ""}, {StageCompiled, b.zhao, "offer"},
		{StageReviewed, b.wu, "return approve"}, {StageReviewed, b.sun, ""},
		{StageIssued, b.wu, "reopen"}, {StageIssued, b.sun, "reopen"}, {StageIssued, b.auditor, ""},
		{StageRefused, b.zhang, ""}, {StageRefused, b.wang, ""},
	} {
		d, err := b.Detail(b.ctx(), c.actor, samples[c.stage].Number)
		b.must(err)
		if got := stepsOf(d.Actions); got != c.want || d.Stage != c.stage {
			t.Errorf("%s, %s: %q in stage %s, want %q", c.stage, c.actor.Login, got, d.Stage, c.want)
		}
	}
}

// TestActionsOnTheWay looks at a portion that is offered, sealed, and tested.
func TestActionsOnTheWay(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.received()
	h, err := b.HandOver(b.ctx(), b.wang, b.proof(b.wang), s.ref(), Passing{ForAnalysis, b.zhao.PersonID, []string{b.portion(s.ID, TestPortion).ID}})
	b.must(err)
	want := func(actor ledger.Actor, number, steps string) {
		t.Helper()
		d, err := b.Detail(b.ctx(), actor, number)
		b.must(err)
		if got := stepsOf(d.Actions); got != steps {
			t.Errorf("%s: %q, want %q", actor.Login, got, steps)
		}
	}
	want(b.zhao, s.Number, "accept decline")
	want(b.wang, s.Number, "offer") // the reserve portion is free to go
	want(b.qian, s.Number, "")
	_, err = b.Accept(b.ctx(), b.zhao, b.proof(b.zhao), Ref{s.Number, h.SampleVersion}, h.ID,
		Acceptance{Place: "理化室", Checks: b.intact(s.ID, b.portion(s.ID, TestPortion).ID)})
	b.must(err)
	want(b.zhao, s.Number, "offer break_seal enter_results")
	s = b.tested()
	want(b.zhao, s.Number, "offer correct compile")
	want(b.qian, s.Number, "compile")
}

func TestWorklist(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	samples := b.stages()
	offered := b.received()
	_, err := b.HandOver(b.ctx(), b.wang, b.proof(b.wang), offered.ref(), Passing{ForAnalysis, b.qian.PersonID, []string{b.portion(offered.ID, TestPortion).ID}})
	b.must(err)
	done := b.tested()
	for _, c := range []struct {
		actor    ledger.Actor
		want     string
		analyses int
	}{
		{b.zhang, "deliver:" + samples[StageCollected].Number, 0},
		{b.add("third", ledger.Sampler), "", 0},
		{b.wang, "receive:" + samples[StageInTransit].Number, 0},
		{b.zhou, "", 0},
		{b.qian, "accept:" + offered.Number, 0},
		{b.zhao, "compile:" + done.Number, 2},
		{b.sun, "review:" + samples[StageCompiled].Number, 0},
		{b.wu, "approve:" + samples[StageReviewed].Number, 0},
		{b.auditor, "", 0},
	} {
		w, err := b.Worklist(b.ctx(), c.actor)
		b.must(err)
		var got []string
		for _, task := range w.Tasks {
			got = append(got, string(task.Step)+":"+task.Number)
		}
		if strings.Join(got, " ") != c.want || len(w.Analyses) != c.analyses {
			t.Errorf("%s: %v and %d analyses, want %s and %d", c.actor.Login, got, len(w.Analyses), c.want, c.analyses)
		}
		for _, work := range w.Analyses {
			if !work.Authorised || work.Number != samples[StageTesting].Number {
				t.Errorf("work %+v", work)
			}
		}
	}
	b.pass(samples[StageTesting].Number, b.zhao, b.qian, ForAnalysis)
	b.clock.advance(200 * 24 * time.Hour)
	w, err := b.Worklist(b.ctx(), b.zhao)
	b.must(err)
	if len(w.Analyses) != 0 {
		t.Errorf("after the portion went on: %+v", w.Analyses)
	}
	w, err = b.Worklist(b.ctx(), b.qian)
	b.must(err)
	if len(w.Analyses) != 2 || w.Analyses[0].Authorised {
		t.Errorf("after the authorisation's end: %+v", w.Analyses)
	}
}
