package lims

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
)

const password = "山高水长-7291"

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// bureau is a laboratory with its people, methods and equipment on a database of its own. Its clock begins on Friday,
// 2026-09-18, at nine in the morning.
type bureau struct {
	*Service
	t      testing.TB
	clock  *clock
	people *users.Service
	inst   *instruments.Service

	admin, zhang, li, wang, zhou    ledger.Actor // administrator, two samplers, two custodians
	zhao, qian, sun, wu, chief      ledger.Actor // two technicians, reviewer, signatory, technical manager
	auditor                         ledger.Actor
	spectrometer, photometer, lapse string // equipment: two with a certificate of this year, one that lapsed
}

func newBureau(t testing.TB) *bureau {
	t.Helper()
	db := dbtest.New(t)
	b := &bureau{t: t, clock: &clock{t: time.Date(2026, 9, 18, 1, 0, 0, 123456789, time.UTC)}}
	b.people = users.New(db, b.clock.now, users.Options{HashMemory: 64, HashTime: 1, HashThreads: 1, MaxHashes: 4,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	rules := standards.New(db, b.clock.now)
	b.must(rules.Load(t.Context()))
	b.inst = instruments.New(db, b.clock.now, b.people)
	b.Service = New(db, b.clock.now, rules)
	b.hire()
	b.equip()
	return b
}

func (b *bureau) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bureau) ctx() context.Context { return b.t.Context() }

// hire makes the people, and authorises the technicians for lead and cadmium.
func (b *bureau) hire() {
	b.t.Helper()
	p, err := b.people.Bootstrap(b.ctx(), users.NewPerson{Login: "admin", Name: "王管理", Password: password}, users.Division{
		Code: "370113", Name: "长清区", Bureau: "长清区市场监督管理局", Laboratory: "长清区检验检测中心",
		Address: "清河街1号", Phone: "0531-00000000", CMANumber: "CMA-1", MetrologyAuthorisation: "鲁法计-1"})
	b.must(err)
	b.admin = p.Actor()
	b.zhang, b.li = b.add("zhang", ledger.Sampler), b.add("li", ledger.Sampler)
	b.wang, b.zhou = b.add("wang", ledger.Custodian), b.add("zhou", ledger.Custodian)
	b.zhao, b.qian = b.add("zhao", ledger.Technician), b.add("qian", ledger.Technician)
	b.sun, b.wu = b.add("sun", ledger.Reviewer), b.add("wu", ledger.Signatory)
	b.chief, b.auditor = b.add("chief", ledger.TechnicalManager), b.add("auditor", ledger.Auditor)
	for _, who := range []ledger.Actor{b.zhao, b.qian} {
		for _, method := range []string{"GB 5009.12", "GB 5009.15"} {
			b.must(b.people.Authorise(b.ctx(), b.chief, users.NewAuthorisation{PersonID: who.PersonID, Subject: users.ForMethod,
				Code: method, ValidFrom: calendar.MustDate("2026-01-01"), ValidTo: calendar.MustDate("2026-12-31")}))
		}
	}
}

func (b *bureau) add(login string, roles ...ledger.Role) ledger.Actor {
	b.t.Helper()
	p, err := b.people.CreatePerson(b.ctx(), b.admin, users.NewPerson{Login: login, Name: login + "某", Password: password, Roles: roles})
	b.must(err)
	return p.Actor()
}

// gone is somebody who no longer works here.
func (b *bureau) gone(login string, role ledger.Role) ledger.Actor {
	b.t.Helper()
	who := b.add(login, role)
	b.disable(who)
	return who
}

func (b *bureau) disable(who ledger.Actor) {
	b.t.Helper()
	p, err := b.people.Person(b.ctx(), b.admin, who.PersonID)
	b.must(err)
	_, err = b.people.Disable(b.ctx(), b.admin, p.ID, p.Version)
	b.must(err)
}

func (b *bureau) equip() {
	b.t.Helper()
	b.spectrometer = b.equipment("原子吸收分光光度计", "2026-01-05", "2027-01-04")
	b.photometer = b.equipment("电感耦合等离子体质谱仪", "2026-03-01", "2027-02-28")
	b.lapse = b.equipment("旧光度计", "2025-01-05", "2026-01-04")
}

func (b *bureau) equipment(name, from, until string) string {
	b.t.Helper()
	e, err := b.inst.AddEquipment(b.ctx(), b.chief, instruments.NewEquipment{Kind: "laboratory", Name: name, Model: "M1",
		Serial: name, Maker: "某厂", Range: "0~10", Accuracy: "U=2%"})
	b.must(err)
	_, err = b.inst.RecordCertificate(b.ctx(), b.chief, e.ID, instruments.NewCertificate{Number: "JZ-" + e.Number,
		Issuer: "山东省计量院", ValidFrom: calendar.MustDate(from), ValidUntil: calendar.MustDate(until),
		ReferenceName: "国家基准", ReferenceNumber: "GJ-1"})
	b.must(err)
	return e.ID
}

// proof is that the actor has just given the password again.
func (b *bureau) proof(actor ledger.Actor) users.Proof {
	b.t.Helper()
	p, err := b.people.Reauthenticate(b.ctx(), actor, password)
	b.must(err)
	return p
}

// file stores the row of a file, as an upload does.
func (b *bureau) file(content string) string {
	b.t.Helper()
	return b.stored(content, "image/jpeg")
}

func (b *bureau) stored(content, mediaType string) string {
	b.t.Helper()
	sum := sha256.Sum256([]byte(content))
	b.must(b.db.InTx(b.ctx(), func(tx *database.Tx) error {
		_, err := tx.Exec(b.ctx(), `
			INSERT INTO file (hash, size, media_type, name, division, created_at)
			VALUES ($1, $2, $4, 'x.jpg', '370113', $3)`, sum[:], len(content), b.clock.now(), mediaType)
		return err
	}))
	return hex.EncodeToString(sum[:])
}

// form is a food form without fault: a leaf vegetable, tested for lead and cadmium. n makes it different.
func (b *bureau) form(n int) SamplingForm {
	return SamplingForm{
		Category: Food, TaskKind: "supervision", FormNumber: fmt.Sprintf("DC%06d", n), ProductName: "菠菜",
		ProductClass: "叶菜蔬菜", Link: "distribution", Street: "文昌街道",
		SampledUnit: UnitForm{Name: "长清某超市", CreditCode: users.CreditCode(n, "370113"), Address: "清河街9号",
			Contact: "赵某某", Phone: "13800002121"},
		Quantity: "3", Unit: "kg", SampledOn: "2026-09-17", ProducedOn: "2026-09-15",
		Sampler1: b.zhang.PersonID, Sampler2: b.li.PersonID,
		Portions: []PortionForm{
			{Role: TestPortion, Quantity: "2", Container: "塑料袋", Seals: []SealForm{{Number: fmt.Sprintf("F%06d-1", n)}}},
			{Role: ReservePortion, Quantity: "1", Container: "塑料袋", Seals: []SealForm{{Number: fmt.Sprintf("F%06d-2", n)}}},
		},
		Analyses: []AnalysisForm{{Item: "铅", Method: "GB 5009.12"}, {Item: "镉", Method: "GB 5009.15"}},
		Details: map[string]string{"task_source": "区级监督抽检", "food_category_1": "食用农产品", "place_type": "supermarket",
			"sample_type": "agricultural", "packaging": "bulk", "date_type": "production", "storage": "ambient"},
	}
}

// numbers counts forms within the process, so that no two tests' helpers clash within one bureau.
var numbers struct {
	sync.Mutex
	last int
}

func fresh() int {
	numbers.Lock()
	defer numbers.Unlock()
	numbers.last++
	return numbers.last
}

func (b *bureau) registered() Sample {
	b.t.Helper()
	s, err := b.Register(b.ctx(), b.zhang, b.form(fresh()))
	b.must(err)
	return s
}

func (s Sample) ref() Ref { return Ref{s.Number, s.Version} }

func (b *bureau) delivered() Sample {
	b.t.Helper()
	return b.deliver(b.registered())
}

func (b *bureau) deliver(s Sample) Sample {
	b.t.Helper()
	b.clock.advance(time.Hour)
	s, err := b.Deliver(b.ctx(), b.zhang, b.proof(b.zhang), s.ref(), Delivery{Receiver: b.wang.PersonID})
	b.must(err)
	return s
}

// intact reads every unbroken seal of the sample's portions as intact.
func (b *bureau) intact(sampleID string, portions ...string) []SealReading {
	b.t.Helper()
	seals, err := selectSeals(b.ctx(), b.db, sampleID)
	b.must(err)
	var out []SealReading
	for _, s := range seals {
		wanted := len(portions) == 0
		for _, p := range portions {
			wanted = wanted || p == s.PortionID
		}
		if wanted && s.BrokenAt == nil {
			out = append(out, SealReading{SealID: s.ID, ReadNumber: s.Number, Finding: Intact})
		}
	}
	return out
}

func (b *bureau) received() Sample {
	b.t.Helper()
	return b.receive(b.delivered())
}

func (b *bureau) receive(s Sample) Sample {
	b.t.Helper()
	b.clock.advance(time.Hour)
	s, err := b.Receive(b.ctx(), b.wang, b.proof(b.wang), s.ref(), Reception{Checks: b.intact(s.ID), Place: "样品室A-1"})
	b.must(err)
	return s
}

// portion returns the first portion of the role.
func (b *bureau) portion(sampleID string, role PortionRole) Portion {
	b.t.Helper()
	portions, err := selectPortions(b.ctx(), b.db, sampleID)
	b.must(err)
	for _, p := range portions {
		if p.Role == role {
			return p
		}
	}
	b.t.Fatalf("sample %s has no %s portion", sampleID, role)
	return Portion{}
}

// sample reads the sample as it is now.
func (b *bureau) sample(number string) Sample {
	b.t.Helper()
	s, err := selectSample(b.ctx(), b.db, "370113", number)
	b.must(err)
	return s
}

// pass hands the test portion on, both sides signing.
func (b *bureau) pass(number string, giver, receiver ledger.Actor, purpose Purpose) Sample {
	b.t.Helper()
	s := b.sample(number)
	p := b.portion(s.ID, TestPortion)
	b.clock.advance(time.Hour)
	h, err := b.HandOver(b.ctx(), giver, b.proof(giver), s.ref(), Passing{Purpose: purpose, Receiver: receiver.PersonID, Portions: []string{p.ID}})
	b.must(err)
	b.clock.advance(time.Minute)
	h, err = b.Accept(b.ctx(), receiver, b.proof(receiver), Ref{number, h.SampleVersion}, h.ID,
		Acceptance{Checks: b.intact(s.ID, p.ID), Place: "理化室"})
	b.must(err)
	return b.sample(number)
}

// opened is a sample whose test portion the technician zhao holds and has opened.
func (b *bureau) opened() Sample {
	b.t.Helper()
	return b.carry(b.registered())
}

// carry brings a registered sample into the hands of the technician zhao, opened.
func (b *bureau) carry(s Sample) Sample {
	b.t.Helper()
	s = b.receive(b.deliver(s))
	s = b.pass(s.Number, b.wang, b.zhao, ForAnalysis)
	p := b.portion(s.ID, TestPortion)
	seals, err := selectSeals(b.ctx(), b.db, s.ID)
	b.must(err)
	for _, l := range seals {
		if l.PortionID == p.ID {
			_, err := b.BreakSeal(b.ctx(), b.zhao, Ref{s.Number, 0}, SealBreak{SealID: l.ID, Why: "检验取样"})
			b.must(err)
		}
	}
	return b.sample(s.Number)
}

// entries are results without fault for lead and cadmium of a sample.
func (b *bureau) entries(sampleID, lead, cadmium string) []Entry {
	b.t.Helper()
	analyses, err := selectAnalyses(b.ctx(), b.db, sampleID)
	b.must(err)
	today := calendar.DateOf(b.clock.now()).String()
	return []Entry{
		{AnalysisID: analyses[0].ID, Raw: lead, Unit: "mg/kg", LOD: "0.02", EquipmentID: b.spectrometer, MeasuredOn: today},
		{AnalysisID: analyses[1].ID, Raw: cadmium, Unit: "mg/kg", LOD: "0.001", EquipmentID: b.photometer, MeasuredOn: today},
	}
}

// tested is a sample with a passing result for each item.
func (b *bureau) tested() Sample {
	b.t.Helper()
	s := b.opened()
	_, err := b.EnterResults(b.ctx(), b.zhao, s.ref(), b.entries(s.ID, "0.12", "0.05"))
	b.must(err)
	return b.sample(s.Number)
}

func (b *bureau) compiled() Sample {
	b.t.Helper()
	s := b.tested()
	_, err := b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), s.ref(), Compilation{})
	b.must(err)
	return b.sample(s.Number)
}

func (b *bureau) reviewed() Sample {
	b.t.Helper()
	s := b.compiled()
	_, err := b.Review(b.ctx(), b.sun, b.proof(b.sun), s.ref())
	b.must(err)
	return b.sample(s.Number)
}

// approve approves as a document's issue does, in a transaction of its own.
func (b *bureau) approve(actor ledger.Actor, ref Ref) (Approved, error) {
	proof := b.proof(actor)
	var a Approved
	err := b.db.InTx(b.ctx(), func(tx *database.Tx) (err error) {
		a, err = b.ApproveIn(b.ctx(), tx, actor, proof, ref)
		return err
	})
	return a, err
}

func (b *bureau) approved() (Sample, Approved) {
	b.t.Helper()
	s := b.reviewed()
	a, err := b.approve(b.wu, s.ref())
	b.must(err)
	return b.sample(s.Number), a
}

// owner runs SQL as the owner of the schema, for what no use case does.
func (b *bureau) owner(query string, args ...any) {
	b.t.Helper()
	_, err := dbtest.Owner(b.t, b.db).Exec(b.ctx(), query, args...)
	b.must(err)
}

// eventKinds lists the kinds of a sample's events in order.
func (b *bureau) eventKinds(sampleID string) string {
	b.t.Helper()
	entries, err := ledger.History(b.ctx(), b.db, "sample", sampleID)
	b.must(err)
	var out bytes.Buffer
	for _, e := range entries {
		if !e.Intact() {
			b.t.Errorf("event %s: body and hash differ", e.Kind)
		}
		fmt.Fprintf(&out, "%s ", e.Kind)
	}
	return out.String()
}
