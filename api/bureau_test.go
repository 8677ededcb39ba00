package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/files"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

const password = "山高水长-7291"

// clock stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bureau is a served bureau on a database of its own, with its people signed in.
type bureau struct {
	t        testing.TB
	clock    *clock
	db       *database.DB
	server   *httptest.Server
	services Services
	folder   string            // of the stored files
	ids      map[string]string // people by login
	cookies  map[string]string
	log      *ledger.Log
	business users.Business
	lab      string // equipment
	weights  string
	standard string
}

// newBureau opens a bureau at nine in the morning of Friday, 2026-09-18.
func newBureau(t testing.TB) *bureau {
	t.Helper()
	b := &bureau{t: t, clock: &clock{at: time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)}, db: dbtest.New(t),
		folder: t.TempDir(), ids: map[string]string{}, cookies: map[string]string{}}
	store, err := files.Open(b.folder)
	b.must(err)
	quiet := slog.New(slog.DiscardHandler)
	people := users.New(b.db, b.clock.now, users.Options{HashMemory: 64, HashTime: 1, HashThreads: 1, MaxHashes: 4, Log: quiet})
	limits := standards.New(b.db, b.clock.now)
	metrology := instruments.New(b.db, b.clock.now, people)
	laboratory := lims.New(b.db, b.clock.now, limits)
	b.log = ledger.NewLog(b.db, b.clock.now, ledger.NewKeys(t.TempDir(), "", rand.Reader), "lims.example/log", quiet)
	b.services = Services{Log: b.log, DB: b.db, Users: people, Standards: limits, Instruments: metrology, LIMS: laboratory, Files: store,
		Certificates: certificates.New(b.db, b.clock.now, rand.Reader, "http://localhost:8080", certificates.Rooms{
			Users: people, LIMS: laboratory, Instruments: metrology, Files: store, Log: b.log})}
	b.must(limits.Load(t.Context()))
	b.must(metrology.LoadProcedures(t.Context()))
	b.server = httptest.NewServer(New(b.services, Options{Now: b.clock.now, Logger: quiet, Insecure: true}))
	t.Cleanup(b.server.Close)
	b.hire()
	return b
}

func (b *bureau) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bureau) hire() {
	b.t.Helper()
	ctx := b.t.Context()
	admin, err := b.services.Users.Bootstrap(ctx, users.NewPerson{Login: "admin", Name: "王管理", Password: password}, users.Division{
		Code: "370113", Name: "长清区", Bureau: "长清区市场监督管理局", Laboratory: "长清区检验检测中心", Address: "清河街1号",
		Phone: "0531-00000000", CMANumber: "CMA-1", MetrologyAuthorisation: "鲁法计-1"})
	b.must(err)
	b.ids["admin"] = admin.ID
	b.business, err = b.services.Users.RegisterBusiness(ctx, admin.Actor(), users.NewBusiness{
		Name: "长清某超市", CreditCode: users.CreditCode(1, "370113"), Address: "清河街9号", Street: "文昌街道"})
	b.must(err)
	other, err := b.services.Users.RegisterBusiness(ctx, admin.Actor(), users.NewBusiness{
		Name: "另一商店", CreditCode: users.CreditCode(2, "370113"), Address: "清河街10号", Street: "文昌街道"})
	b.must(err)
	for login, role := range map[string]ledger.Role{
		"zhang": ledger.Sampler, "li": ledger.Sampler, "wang": ledger.Custodian, "zhao": ledger.Technician, "qian": ledger.Technician,
		"sun": ledger.Reviewer, "wu": ledger.Signatory, "zheng": ledger.Signatory, "feng": ledger.Verifier, "chen": ledger.Checker,
		"chu": ledger.Approver, "wei": ledger.Approver, "chief": ledger.TechnicalManager, "auditor": ledger.Auditor,
		"shop": ledger.Business, "stranger": ledger.Business,
	} {
		n := users.NewPerson{Login: login, Name: login + "某", Password: password, Roles: []ledger.Role{role}}
		switch login {
		case "shop":
			n.BusinessID = b.business.ID
		case "stranger":
			n.BusinessID = other.ID
		}
		p, err := b.services.Users.CreatePerson(ctx, admin.Actor(), n)
		b.must(err)
		b.ids[login] = p.ID
	}
	b.equip(ctx)
}

// equip gives the bureau methods, procedures, equipment and the people's authorisations.
func (b *bureau) equip(ctx context.Context) {
	b.t.Helper()
	chiefPerson, err := b.services.Users.Person(ctx, ledger.Actor{PersonID: b.ids["chief"], Division: "370113",
		Roles: []ledger.Role{ledger.TechnicalManager}}, b.ids["chief"])
	b.must(err)
	chief := chiefPerson.Actor()
	day := calendar.MustDate
	for _, a := range []struct{ login, subject, code string }{
		{"zhao", users.ForMethod, "GB 5009.12"}, {"zhao", users.ForMethod, "GB 5009.15"}, {"qian", users.ForMethod, "GB 5009.12"},
		{"feng", users.ForProcedure, "JJG-539-2016"},
	} {
		b.must(b.services.Users.Authorise(ctx, chief, users.NewAuthorisation{PersonID: b.ids[a.login], Subject: a.subject, Code: a.code,
			ValidFrom: day("2026-01-01"), ValidTo: day("2027-12-31")}))
	}
	editions, err := b.services.Instruments.Editions(ctx, chief)
	b.must(err)
	for _, e := range editions {
		_, err := b.services.Instruments.ApproveEdition(ctx, chief, e.ID)
		b.must(err)
	}
	for kind, into := range map[string]*string{"laboratory": &b.lab, "reference": &b.weights} {
		e, err := b.services.Instruments.AddEquipment(ctx, chief, instruments.NewEquipment{Kind: kind, Name: "设备" + kind, Model: "M",
			Serial: kind, Maker: "某厂", Range: "0～10", Accuracy: "U=2%"})
		b.must(err)
		_, err = b.services.Instruments.RecordCertificate(ctx, chief, e.ID, instruments.NewCertificate{Number: "JZ-" + kind, Issuer: "省院",
			ValidFrom: day("2026-01-05"), ValidUntil: day("2027-01-04"), RelativeMPE: "1/3", ReferenceName: "国家基准", ReferenceNumber: "GJ-1"})
		b.must(err)
		*into = e.ID
	}
	m, err := b.services.Instruments.AddMeasurementStandard(ctx, chief, instruments.NewStandard{Name: "数字指示秤检定装置", Range: "0～20 kg",
		Accuracy: "M1", Certificate: "鲁量标-1", ValidFrom: day("2025-01-01"), ValidUntil: day("2029-12-31"),
		Equipment: []string{b.weights}, Procedures: []string{"JJG-539-2016"}})
	b.must(err)
	b.standard = m.ID
}

// reply is an answer of the server.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		t.Fatalf("%s: %v", r.body, err)
	}
}

func (r reply) text(path ...string) string {
	var at any
	if json.Unmarshal(r.body, &at) != nil {
		return ""
	}
	for _, p := range path {
		m, ok := at.(map[string]any)
		if !ok {
			return ""
		}
		at = m[p]
	}
	return fmt.Sprint(at)
}

// call asks as a person ("" is nobody); headers are pairs.
func (b *bureau) call(login, method, path string, body any, headers ...string) reply {
	b.t.Helper()
	var content io.Reader
	switch v := body.(type) {
	case nil:
	case []byte:
		content = bytes.NewReader(v)
	case string:
		content = strings.NewReader(v)
	default:
		text, err := json.Marshal(v)
		b.must(err)
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+path, content)
	b.must(err)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if login != "" {
		r.Header.Set("Cookie", b.cookie(login))
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	b.must(err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	b.must(err)
	return reply{answer.StatusCode, answer.Header, text}
}

// cookie signs a person in once.
func (b *bureau) cookie(login string) string {
	b.t.Helper()
	if c, ok := b.cookies[login]; ok {
		return c
	}
	r := b.call("", "POST", "/api/v1/session", map[string]string{"login": login, "password": password})
	if r.status != http.StatusCreated {
		b.t.Fatalf("sign in %s: %d %s", login, r.status, r.body)
	}
	c, _, _ := strings.Cut(r.header.Get("Set-Cookie"), ";")
	b.cookies[login] = c
	return c
}

// want calls and fails the test unless the status is as wanted.
func (b *bureau) want(status int, login, method, path string, body any, headers ...string) reply {
	b.t.Helper()
	r := b.call(login, method, path, body, headers...)
	if r.status != status {
		b.t.Fatalf("%s %s as %s: %d %s, want %d", method, path, login, r.status, r.body, status)
	}
	return r
}

// form is a sampling form without fault.
func (b *bureau) form(n int) lims.SamplingForm {
	return lims.SamplingForm{
		Category: lims.Food, TaskKind: "supervision", FormNumber: fmt.Sprintf("DC%06d", n), ProductName: "菠菜", ProductClass: "叶菜蔬菜",
		Link: "distribution", Street: "文昌街道", BusinessID: b.business.ID,
		SampledUnit: lims.UnitForm{Name: b.business.Name, CreditCode: b.business.CreditCode, Address: "清河街9号"},
		Quantity:    "3", Unit: "kg", SampledOn: "2026-09-17", ProducedOn: "2026-09-15", Sampler1: b.ids["zhang"], Sampler2: b.ids["li"],
		Portions: []lims.PortionForm{
			{Role: lims.TestPortion, Quantity: "2", Container: "塑料袋", Seals: []lims.SealForm{{Number: fmt.Sprintf("F%06d-1", n)}}},
			{Role: lims.ReservePortion, Quantity: "1", Container: "塑料袋", Seals: []lims.SealForm{{Number: fmt.Sprintf("F%06d-2", n)}}},
		},
		Analyses: []lims.AnalysisForm{{Item: "铅", Method: "GB 5009.12"}},
		Details: map[string]string{"task_source": "区级", "food_category_1": "食用农产品", "place_type": "supermarket",
			"sample_type": "agricultural", "packaging": "bulk", "date_type": "production", "storage": "ambient"},
	}
}
