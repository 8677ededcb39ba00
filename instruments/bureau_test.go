package instruments

import (
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

const (
	password = "山高水长-7291"
	scale    = "JJG-539-2016"
)

// bureau is a bureau on a database of its own, with its people and its equipment, at nine in the morning of Friday,
// 2026-09-18.
type bureau struct {
	*testing.T
	*Service
	at     time.Time
	people *users.Service
	actors map[string]ledger.Actor
	shopID string

	weights  Equipment
	covers   EquipmentCertificate // of the weights
	standard MeasurementStandard
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	b := &bureau{T: t, at: time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC), actors: map[string]ledger.Actor{}}
	db := dbtest.New(t)
	now := func() time.Time { return b.at }
	b.people = users.New(db, now, users.Options{HashMemory: 64, HashTime: 1, HashThreads: 1, MaxHashes: 4,
		Log: slog.New(slog.DiscardHandler)})
	b.Service = New(db, now, b.people)
	b.must(b.LoadProcedures(t.Context()))
	b.hire()
	b.equip()
	return b
}

func (b *bureau) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bureau) hire() {
	b.Helper()
	ctx := b.Context()
	person, err := b.people.Bootstrap(ctx, users.NewPerson{Login: "admin", Name: "王管理", Password: password}, users.Division{
		Code: "370113", Name: "长清区", Bureau: "长清区市场监督管理局", Laboratory: "长清区检验检测中心", Address: "清河街1号",
		Phone: "0531-00000000", CMANumber: "CMA-1", MetrologyAuthorisation: "鲁法计-1"})
	b.must(err)
	admin := person.Actor()
	b.actors["admin"] = admin
	shops := map[string]string{}
	for n, login := range []string{"shop", "stranger"} {
		business, err := b.people.RegisterBusiness(ctx, admin, users.NewBusiness{Name: login + "店",
			CreditCode: users.CreditCode(n+1, "370113"), Address: "清河街9号", Street: "文昌街道"})
		b.must(err)
		shops[login] = business.ID
	}
	b.shopID = shops["shop"]
	for login, roles := range map[string][]ledger.Role{
		"feng": {ledger.Verifier}, "han": {ledger.Verifier}, "chen": {ledger.Checker}, "chu": {ledger.Approver},
		"all": {ledger.Verifier, ledger.Checker, ledger.Approver}, "pair": {ledger.Checker, ledger.Approver},
		"chief": {ledger.TechnicalManager}, "sampler": {ledger.Sampler}, "shop": {ledger.Business}, "stranger": {ledger.Business},
	} {
		p, err := b.people.CreatePerson(ctx, admin, users.NewPerson{Login: login, Name: login + "某", Password: password,
			Roles: roles, BusinessID: shops[login]})
		b.must(err)
		b.actors[login] = p.Actor()
	}
}

// equip authorises feng and all, approves the procedures, and gives the bureau weights with a certificate for 2026.
func (b *bureau) equip() {
	b.Helper()
	ctx, chief := b.Context(), b.actors["chief"]
	for _, login := range []string{"feng", "all"} {
		b.must(b.people.Authorise(ctx, chief, users.NewAuthorisation{PersonID: b.actors[login].PersonID,
			Subject: users.ForProcedure, Code: scale, ValidFrom: day("2026-01-01"), ValidTo: day("2027-12-31")}))
	}
	editions, err := b.Editions(ctx, chief)
	b.must(err)
	for _, e := range editions {
		_, err := b.ApproveEdition(ctx, chief, e.ID)
		b.must(err)
	}
	b.weights = b.equipment("砝码", "W-1")
	b.covers = b.certify(b.weights.ID, NewCertificate{Number: "JZ-1", ReferenceName: "国家基准", ReferenceNumber: "GJ-1"})
	b.standard, err = b.AddMeasurementStandard(ctx, chief, NewStandard{Name: "数字指示秤检定装置", Range: "0～20 kg", Accuracy: "M1",
		Certificate: "鲁量标-1", ValidFrom: day("2025-01-01"), ValidUntil: day("2029-12-31"), Equipment: []string{b.weights.ID},
		Procedures: []string{scale}})
	b.must(err)
}

func (b *bureau) equipment(name, serial string) Equipment {
	b.Helper()
	e, err := b.AddEquipment(b.Context(), b.actors["chief"], NewEquipment{Kind: "reference", Name: name, Model: "M", Serial: serial,
		Maker: "某厂", Range: "0～20 kg", Accuracy: "M1"})
	b.must(err)
	return e
}

// certify records a certificate from 2026-01-05 to 2027-01-04.
func (b *bureau) certify(id string, n NewCertificate) EquipmentCertificate {
	b.Helper()
	n.Issuer, n.ValidFrom, n.ValidUntil, n.RelativeMPE = "省院", day("2026-01-05"), day("2027-01-04"), "1/3"
	c, err := b.RecordCertificate(b.Context(), b.actors["chief"], id, n)
	b.must(err)
	return c
}

func day(s string) calendar.Date { return calendar.MustDate(s) }

// prove re-authenticates a person.
func (b *bureau) prove(login string) users.Proof {
	b.Helper()
	p, err := b.people.Reauthenticate(b.Context(), b.actors[login], password)
	b.must(err)
	return p
}

// asOwner changes what no use case changes.
func (b *bureau) asOwner(query string, args ...any) {
	b.Helper()
	_, err := dbtest.Owner(b, b.db).Exec(b.Context(), query, args...)
	b.must(err)
}

func filing(serial string) Filing {
	return Filing{Name: "电子计价秤", Model: "ACS-15", Serial: serial, Maker: "某衡器厂", Range: "15 kg", AccuracyClass: "III",
		ProcedureCode: scale, Place: "清河街9号", Street: "文昌街道", Purpose: "trade", Mode: "laboratory",
		Parameters: map[string]string{"accuracy_class": "III", "Max": "15", "Min": "0.1", "e": "0.005", "unit": "kg"}}
}

func (b *bureau) filed(serial string) Instrument {
	b.Helper()
	in, err := b.File(b.Context(), b.actors["shop"], filing(serial))
	b.must(err)
	return in
}

func (b *bureau) applied(serial string) Order {
	b.Helper()
	in := b.filed(serial)
	o, err := b.Service.Apply(b.Context(), b.actors["shop"], Application{Instrument: in.Number, Stage: "subsequent"})
	b.must(err)
	return o
}

func (b *bureau) accepted(serial string) Order {
	b.Helper()
	o, err := b.Decide(b.Context(), b.actors["feng"], b.applied(serial).Number, 0, Decision{Accept: true})
	b.must(err)
	return o
}

// readings are those of a good scale, but for what it shows at 15 kg.
func readings(top string) json.RawMessage {
	return json.RawMessage(strings.NewReplacer("TOP", top, `x"`, `","dL":"0.0025"}`).Replace(`{"visual": true,
		"zero": [{"L":"0.05","I":"0.050x"],
		"weighing": [{"L":"0.1","I":"0.100x",{"L":"2.5","I":"2.500x",{"L":"7.5","I":"7.500x",{"L":"10","I":"10.000x",
			{"L":"15","I":"TOPx",{"L":"10","I":"10.000x",{"L":"7.5","I":"7.500x",{"L":"2.5","I":"2.500x",{"L":"0.1","I":"0.100x"],
		"eccentricity": [{"L":"5","I":"5.000x",{"L":"5","I":"5.000x",{"L":"5","I":"5.000x",{"L":"5","I":"5.000x"],
		"repeatability": [{"L":"12","I":"12.000x",{"L":"12","I":"12.000x",{"L":"12","I":"12.000x"],
		"discrimination": [{"L":"0.1","I":"0.100","I_after":"0.105"},{"L":"7.5","I":"7.500","I_after":"7.505"},
			{"L":"15","I":"15.000","I_after":"15.005"}]}`))
}

func (b *bureau) recording() Recording {
	return Recording{StandardID: b.standard.ID, EquipmentID: []string{b.weights.ID}, VerifiedOn: day("2026-09-18"), Place: "计量室",
		Temperature: "20", Humidity: "50", Readings: readings("15.000")}
}

func (b *bureau) record(login, order string, r Recording) (Verification, error) {
	b.Helper()
	return b.Service.Record(b.Context(), b.actors[login], b.prove(login), order, 0, r)
}

func (b *bureau) recorded(login, serial string) (Order, Verification) {
	b.Helper()
	o := b.accepted(serial)
	v, err := b.record(login, o.Number, b.recording())
	b.must(err)
	return b.order(o.Number), v
}

func (b *bureau) check(login, order string) (Order, error) {
	b.Helper()
	return b.CheckRecord(b.Context(), b.actors[login], b.prove(login), order, 0)
}

func (b *bureau) approve(login, order string) (ApprovedVerification, error) {
	b.Helper()
	proof := b.prove(login)
	return inTx(b.Context(), b.db, func(tx *database.Tx) (ApprovedVerification, error) {
		return b.ApproveIn(b.Context(), tx, b.actors[login], proof, order, 0)
	})
}

func (b *bureau) order(number string) Order {
	b.Helper()
	d, err := b.Order(b.Context(), b.actors["feng"], number)
	b.must(err)
	return d.Order
}

// code is what a refusal is called: its own code, or those of all its faults, sorted.
func code(err error) string {
	e, ok := errors.AsType[*errs.Error](err)
	switch {
	case err == nil:
		return ""
	case !ok:
		return err.Error()
	case len(e.Fields) == 0:
		return e.Code
	}
	faults := make([]string, 0, len(e.Fields))
	for _, f := range e.Fields {
		faults = append(faults, f.Path+" "+f.Code)
	}
	slices.Sort(faults)
	return strings.Join(faults, ", ")
}

// wantCode fails unless the error is of the kind and says what is wanted in both languages.
func (b *bureau) wantCode(what string, err error, kind errs.Kind, want string) {
	b.Helper()
	if got := code(err); got != want || errs.KindOf(err) != kind {
		b.Errorf("%s: got kind %d, %q; want kind %d, %q", what, errs.KindOf(err), got, kind, want)
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && (e.ZH == "" || e.EN == "") {
		b.Errorf("%s: %q, %q: a language is missing", what, e.ZH, e.EN)
	}
}
