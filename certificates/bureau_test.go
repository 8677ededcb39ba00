package certificates

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

const (
	password = "山高水长-7291"
	scale    = "JJG-539-2016"
)

// bureau is a bureau on a database of its own that can verify scales, at nine in the morning of Friday, 2026-09-18.
type bureau struct {
	*testing.T
	*Service
	at       time.Time
	folder   string // of files
	db       *database.DB
	log      *ledger.Log
	people   *users.Service
	metering *instruments.Service
	actors   map[string]ledger.Actor
	weights  string
	standard string
	bare     string // a measurement standard without an accuracy, of which no certificate can be made
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	return newBureauOn(t, dbtest.New(t), t.TempDir())
}

// newBureauOn keeps its files and keys where the program has them in its data folder.
func newBureauOn(t *testing.T, db *database.DB, data string) *bureau {
	t.Helper()
	b := &bureau{T: t, at: time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC), db: db, actors: map[string]ledger.Actor{}}
	now := func() time.Time { return b.at }
	b.folder = filepath.Join(data, "files")
	store, err := files.Open(b.folder)
	b.must(err)
	b.people = users.New(b.db, now, users.Options{HashMemory: 64, HashTime: 1, HashThreads: 1, MaxHashes: 4,
		Log: slog.New(slog.DiscardHandler)})
	b.metering = instruments.New(b.db, now, b.people)
	b.log = ledger.NewLog(b.db, now, ledger.NewKeys(filepath.Join(data, "keys"), "", rand.Reader), "lims.example/log", slog.New(slog.DiscardHandler))
	b.Service = New(b.db, now, rand.Reader, "http://localhost:8080", Rooms{Users: b.people,
		LIMS: lims.New(b.db, now, standards.New(b.db, now)), Instruments: b.metering, Files: store, Log: b.log})
	b.must(b.metering.LoadProcedures(t.Context()))
	b.hire()
	b.equip()
	return b
}

// finishedDocument is a certificate with its file.
func (b *bureau) finishedDocument(serial string) Document {
	b.Helper()
	_, d, err := b.PDF(b.Context(), b.actors["feng"], b.issued(serial, "15.000").Number)
	b.must(err)
	return d
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
	shops := map[string]string{}
	for n, login := range []string{"shop", "stranger"} {
		business, err := b.people.RegisterBusiness(ctx, admin, users.NewBusiness{Name: "长清" + login + "超市",
			CreditCode: users.CreditCode(n+1, "370113"), Address: "清河街9号", Street: "文昌街道"})
		b.must(err)
		shops[login] = business.ID
	}
	for login, role := range map[string]ledger.Role{
		"feng": ledger.Verifier, "chen": ledger.Checker, "chu": ledger.Approver, "wei": ledger.Approver, "wu": ledger.Signatory,
		"chief": ledger.TechnicalManager, "sampler": ledger.Sampler, "shop": ledger.Business, "stranger": ledger.Business,
	} {
		p, err := b.people.CreatePerson(ctx, admin, users.NewPerson{Login: login, Name: login + "某", Password: password,
			Roles: []ledger.Role{role}, BusinessID: shops[login]})
		b.must(err)
		b.actors[login] = p.Actor()
	}
}

func (b *bureau) equip() {
	b.Helper()
	ctx, chief, day := b.Context(), b.actors["chief"], calendar.MustDate
	b.must(b.people.Authorise(ctx, chief, users.NewAuthorisation{PersonID: b.actors["feng"].PersonID,
		Subject: users.ForProcedure, Code: scale, ValidFrom: day("2026-01-01"), ValidTo: day("2027-12-31")}))
	editions, err := b.metering.Editions(ctx, chief)
	b.must(err)
	for _, e := range editions {
		_, err := b.metering.ApproveEdition(ctx, chief, e.ID)
		b.must(err)
	}
	e, err := b.metering.AddEquipment(ctx, chief, instruments.NewEquipment{Kind: "reference", Name: "砝码", Model: "M", Serial: "W",
		Maker: "某厂", Range: "0～20 kg", Accuracy: "M1"})
	b.must(err)
	b.weights = e.ID
	_, err = b.metering.RecordCertificate(ctx, chief, e.ID, instruments.NewCertificate{Number: "JZ-1", Issuer: "省院",
		ValidFrom: day("2026-01-05"), ValidUntil: day("2027-01-04"), RelativeMPE: "1/3", ReferenceName: "国家基准", ReferenceNumber: "GJ-1"})
	b.must(err)
	for accuracy, into := range map[string]*string{"M1": &b.standard, "": &b.bare} {
		m, err := b.metering.AddMeasurementStandard(ctx, chief, instruments.NewStandard{Name: "数字指示秤检定装置", Range: "0～20 kg",
			Accuracy: accuracy, Certificate: "鲁量标-" + accuracy, ValidFrom: day("2025-01-01"), ValidUntil: day("2029-12-31"),
			Equipment: []string{e.ID}, Procedures: []string{scale}})
		b.must(err)
		*into = m.ID
	}
}

func (b *bureau) prove(login string) users.Proof {
	b.Helper()
	p, err := b.people.Reauthenticate(b.Context(), b.actors[login], password)
	b.must(err)
	return p
}

// checked brings a scale to the point where its verification waits for approval.
func (b *bureau) checked(serial, top, standard string) (order string) {
	b.Helper()
	return b.checkedWith(b.filed(serial), readings(top), standard)
}

func (b *bureau) filed(serial string) (instrument string) {
	b.Helper()
	in, err := b.metering.File(b.Context(), b.actors["shop"], instruments.Filing{Name: "电子计价秤", Model: "ACS-15", Serial: serial, Maker: "某衡器厂",
		Range: "15 kg", AccuracyClass: "III", ProcedureCode: scale, Place: "清河街9号", Street: "文昌街道", Purpose: "trade", Mode: "laboratory",
		Parameters: map[string]string{"accuracy_class": "III", "Max": "15", "Min": "0.1", "e": "0.005", "unit": "kg"}})
	b.must(err)
	return in.Number
}

// checkedWith does so for a scale that is filed already.
func (b *bureau) checkedWith(instrument string, read json.RawMessage, standard string) (order string) {
	b.Helper()
	return b.checkedAt("subsequent", instrument, read, standard)
}

func (b *bureau) checkedAt(stage, instrument string, read json.RawMessage, standard string) (order string) {
	b.Helper()
	order, _ = b.recordedAt(stage, instrument, read, standard)
	_, err := b.metering.CheckRecord(b.Context(), b.actors["chen"], b.prove("chen"), order, 0)
	b.must(err)
	return order
}

// recordedAt brings it to the point where its record waits for the check, if it concludes anything.
func (b *bureau) recordedAt(stage, instrument string, read json.RawMessage, standard string) (order, conclusion string) {
	b.Helper()
	ctx, feng := b.Context(), b.actors["feng"]
	o, err := b.metering.Apply(ctx, b.actors["shop"], instruments.Application{Instrument: instrument, Stage: stage})
	b.must(err)
	_, err = b.metering.Decide(ctx, feng, o.Number, 0, instruments.Decision{Accept: true})
	b.must(err)
	v, err := b.metering.Record(ctx, feng, b.prove("feng"), o.Number, 0, instruments.Recording{StandardID: standard,
		EquipmentID: []string{b.weights}, VerifiedOn: b.today(), Place: "计量室", Temperature: "20", Humidity: "50", Readings: read})
	b.must(err)
	return o.Number, v.Conclusion
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

func (b *bureau) approve(order string) (Document, error) {
	b.Helper()
	return b.ApproveVerification(b.Context(), b.actors["chu"], b.prove("chu"), order, 0)
}

func (b *bureau) issued(serial, top string) Document {
	b.Helper()
	d, err := b.approve(b.checked(serial, top, b.standard))
	b.must(err)
	return d
}

// wantCode fails unless the error is of the kind and has the code.
func (b *bureau) wantCode(what string, err error, kind errs.Kind, code string) {
	b.Helper()
	got := fmt.Sprint(err)
	if e, ok := errors.AsType[*errs.Error](err); ok {
		got = e.Code
	}
	if got != code || errs.KindOf(err) != kind {
		b.Errorf("%s: got kind %d, %q (%v); want kind %d, %q", what, errs.KindOf(err), got, err, kind, code)
	}
}
