package certificates

import (
	"slices"
	"testing"
	"time"

	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
	"hengjian/internal/ledger/ledgertest"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

// replayed replays a whole log from nothing.
func replayed(t *testing.T, stream ledgertest.Stream, fromStart bool) (*Replay, []ledger.Fault) {
	t.Helper()
	people := users.NewReplay()
	lab, metrology := lims.NewReplay(people), instruments.NewReplay(people)
	documents := NewReplay(people, lab, metrology)
	metrology.FromStart, documents.FromStart = fromStart, fromStart
	return documents, stream.Replay(t, ledgertest.Rooms{
		Kinds: slices.Concat(ledger.Events(), users.Events(), standards.Events(), lims.Events(), instruments.Events(), Events()),
		Acted: people.Acted,
		Apply: []func(int64, ledger.Told, any) []ledger.Fault{people.Apply, lab.Apply, metrology.Apply, documents.Apply},
	})
}

// settled is all that was told, with every file finished.
func (b *bureau) settled() ledgertest.Stream {
	b.Helper()
	b.must(b.log.Settle(b.Context()))
	_, err := b.Finish(b.Context(), nil)
	b.must(err)
	b.must(b.log.Settle(b.Context()))
	return ledgertest.Read(b, b.db)
}

// laboratory is who and what a report takes.
type laboratory struct {
	*bureau
	equipment string
}

// openLaboratory hires those whom a report takes, and buys a spectrometer.
func (b *bureau) openLaboratory() laboratory {
	b.Helper()
	ctx, chief, day := b.Context(), b.actors["chief"], calendar.MustDate
	_, admin, err := b.people.SignIn(ctx, "admin", password, "")
	b.must(err)
	for login, role := range map[string]ledger.Role{"zhang": ledger.Sampler, "li": ledger.Sampler, "wang": ledger.Custodian,
		"zhao": ledger.Technician, "qian": ledger.Technician, "sun": ledger.Reviewer, "zheng": ledger.Signatory} {
		p, err := b.people.CreatePerson(ctx, admin, users.NewPerson{Login: login, Name: login + "某", Password: password,
			Roles: []ledger.Role{role}})
		b.must(err)
		b.actors[login] = p.Actor()
	}
	b.must(standards.New(b.db, func() time.Time { return b.at }).Load(ctx))
	b.must(b.people.Authorise(ctx, chief, users.NewAuthorisation{PersonID: b.actors["zhao"].PersonID, Subject: users.ForMethod,
		Code: "GB 5009.12", ValidFrom: day("2026-01-01")}))
	e, err := b.metering.AddEquipment(ctx, chief, instruments.NewEquipment{Kind: "laboratory", Name: "原子吸收分光光度计", Model: "M1",
		Serial: "A-1", Maker: "某厂", Range: "0~10", Accuracy: "U=2%"})
	b.must(err)
	_, err = b.metering.RecordCertificate(ctx, chief, e.ID, instruments.NewCertificate{Number: "JZ-2", Issuer: "省院",
		ValidFrom: day("2026-01-05"), ValidUntil: day("2027-01-04"), ReferenceName: "国家基准", ReferenceNumber: "GJ-2"})
	b.must(err)
	return laboratory{b, e.ID}
}

// report issues the report of a sample of spinach with so much lead.
func (b laboratory) report(form, lead string) (sample string, d Document) {
	b.Helper()
	ctx, who := b.Context(), b.actors
	s, err := b.lims.Register(ctx, who["zhang"], lims.SamplingForm{
		Category: lims.Food, TaskKind: "supervision", FormNumber: form, ProductName: "菠菜", ProductClass: "叶菜蔬菜", Link: "distribution",
		Street: "文昌街道", SampledUnit: lims.UnitForm{Name: "长清某超市", CreditCode: users.CreditCode(9, "370113"), Address: "清河街9号",
			Contact: "赵某某", Phone: "13800002121"},
		Quantity: "3", Unit: "kg", SampledOn: b.today().String(), ProducedOn: b.today().String(), Sampler1: who["zhang"].PersonID,
		Sampler2: who["li"].PersonID, Portions: []lims.PortionForm{
			{Role: lims.TestPortion, Quantity: "2", Container: "塑料袋", Seals: []lims.SealForm{{Number: form + "-1"}}},
			{Role: lims.ReservePortion, Quantity: "1", Container: "塑料袋", Seals: []lims.SealForm{{Number: form + "-2"}}},
		},
		Analyses: []lims.AnalysisForm{{Item: "铅", Method: "GB 5009.12"}},
		Details: map[string]string{"task_source": "区级监督抽检", "food_category_1": "食用农产品", "place_type": "supermarket",
			"sample_type": "agricultural", "packaging": "bulk", "date_type": "production", "storage": "ambient"},
	})
	b.must(err)
	ref := lims.Ref{Number: s.Number}
	_, err = b.lims.Deliver(ctx, who["zhang"], b.prove("zhang"), ref, lims.Delivery{Receiver: who["wang"].PersonID})
	b.must(err)
	detail, err := b.lims.Detail(ctx, who["wang"], s.Number)
	b.must(err)
	var seals []lims.SealReading
	for _, p := range detail.Portions {
		seals = append(seals, lims.SealReading{SealID: p.Seals[0].ID, ReadNumber: p.Seals[0].Number, Finding: lims.Intact})
	}
	_, err = b.lims.Receive(ctx, who["wang"], b.prove("wang"), ref, lims.Reception{Checks: seals, Place: "样品室"})
	b.must(err)
	h, err := b.lims.HandOver(ctx, who["wang"], b.prove("wang"), ref, lims.Passing{Purpose: lims.ForAnalysis,
		Receiver: who["zhao"].PersonID, Portions: []string{detail.Portions[0].ID}})
	b.must(err)
	_, err = b.lims.Accept(ctx, who["zhao"], b.prove("zhao"), ref, h.ID, lims.Acceptance{Checks: seals[:1], Place: "理化室"})
	b.must(err)
	_, err = b.lims.BreakSeal(ctx, who["zhao"], ref, lims.SealBreak{SealID: seals[0].SealID, Why: "检验取样"})
	b.must(err)
	_, err = b.lims.EnterResults(ctx, who["zhao"], ref, []lims.Entry{b.entry(s.Number, lead)})
	b.must(err)
	return s.Number, b.compiled(s.Number, lims.Compilation{})
}

func (b laboratory) entry(sample, lead string) lims.Entry {
	b.Helper()
	detail, err := b.lims.Detail(b.Context(), b.actors["wang"], sample)
	b.must(err)
	return lims.Entry{AnalysisID: detail.Analyses[0].ID, Raw: lead, Unit: "mg/kg", LOD: "0.02", EquipmentID: b.equipment,
		MeasuredOn: b.today().String()}
}

// compiled brings the results of a sample to its document, over the preview of it.
func (b laboratory) compiled(sample string, c lims.Compilation) Document {
	b.Helper()
	ref := lims.Ref{Number: sample}
	_, err := b.lims.Compile(b.Context(), b.actors["zhao"], b.prove("zhao"), ref, c)
	b.must(err)
	_, err = b.lims.Review(b.Context(), b.actors["sun"], b.prove("sun"), ref)
	b.must(err)
	preview, err := b.PreviewReport(b.Context(), b.actors["sun"], sample)
	b.must(err)
	d, err := b.ApproveReport(b.Context(), b.actors["wu"], b.prove("wu"), sample, 0)
	b.must(err)
	b.wantDraft(preview, d.Number)
	return d
}

// reissued corrects a report that was issued, and asks for English beside the Chinese.
func (b laboratory) reissued(sample, lead string) Document {
	b.Helper()
	ctx, ref := b.Context(), lims.Ref{Number: sample}
	_, err := b.lims.Reopen(ctx, b.actors["sun"], b.prove("sun"), ref, "抄录有误")
	b.must(err)
	_, err = b.lims.Correct(ctx, b.actors["zhao"], ref, lims.Correction{Entry: b.entry(sample, lead), Reason: "抄录有误"},
		lims.Agreement{Actor: b.actors["qian"], Proof: b.prove("qian")})
	b.must(err)
	return b.compiled(sample, lims.Compilation{Bilingual: true})
}
