package lims

import (
	"encoding/hex"
	"strings"
	"sync"
	"testing"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

func TestEnterResults(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.opened()
	entries := b.entries(s.ID, " 0.31", "未检出")
	results, err := b.EnterResults(b.ctx(), b.zhao, s.ref(), entries)
	b.must(err)
	lead, cadmium := results[0], results[1]
	if lead.Verdict != Fail || lead.Raw != " 0.31" || lead.Version != 1 || lead.Proof.Standard != "GB 2762-2025" ||
		lead.Proof.ZH == "" || lead.Proof.EN == "" || !strings.Contains(lead.Proof.LimitText, "0.3") || len(lead.Limit) < 10 {
		t.Errorf("lead %+v", lead)
	}
	if cadmium.Verdict != Pass {
		t.Errorf("cadmium below its detection limit: %s, %s", cadmium.Verdict, cadmium.Proof.EN)
	}
	stored, err := selectResults(b.ctx(), b.db, s.ID)
	b.must(err)
	for i, r := range stored {
		want, err := results[i].ContentHash()
		b.must(err)
		if got, err := r.ContentHash(); err != nil || got != want {
			t.Errorf("result %d read back has hash %s, want %s (%v)", i, got, want, err)
		}
	}
	history, err := ledger.History(b.ctx(), b.db, "sample", s.ID)
	b.must(err)
	hash, err := lead.ContentHash()
	b.must(err)
	if last := history[len(history)-1]; last.Kind != "result.entered" || !strings.Contains(last.Body, hash) {
		t.Errorf("the last event is %s and does not commit to the result", last.Kind)
	}
}

// TestEnterGates closes one gate after another and wants nothing stored.
func TestEnterGates(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.opened()
	for _, c := range []struct {
		name  string
		actor ledger.Actor
		make  func(e *Entry)
		kind  errs.Kind
		code  string
	}{
		{"no technician", b.sun, func(*Entry) {}, errs.Forbidden, "role_missing"},
		{"a technician without the portion", b.qian, func(*Entry) {}, errs.Blocked, "not_holder"},
		{"measured before reception", b.zhao, func(e *Entry) { e.MeasuredOn = "2026-09-17" }, errs.Blocked, "before_reception"},
		{"measured tomorrow", b.zhao, func(e *Entry) { e.MeasuredOn = "2026-09-19" }, errs.Invalid, "date_future"},
		{"measured never", b.zhao, func(e *Entry) { e.MeasuredOn = "" }, errs.Invalid, "required"},
		{"measured on no day", b.zhao, func(e *Entry) { e.MeasuredOn = "18.9.2026" }, errs.Invalid, "date"},
		{"equipment out of validity", b.zhao, func(e *Entry) { e.EquipmentID = b.lapse }, errs.Blocked, "equipment_out_of_validity"},
		{"equipment unknown", b.zhao, func(e *Entry) { e.EquipmentID = idB }, errs.Blocked, ""},
		{"no equipment", b.zhao, func(e *Entry) { e.EquipmentID = "" }, errs.Invalid, "required"},
		{"equipment is no id", b.zhao, func(e *Entry) { e.EquipmentID = "AAS" }, errs.Invalid, "bad_id"},
		{"analysis unknown", b.zhao, func(e *Entry) { e.AnalysisID = idB }, errs.Invalid, "analysis_unknown"},
		{"no result", b.zhao, func(e *Entry) { e.Raw = " " }, errs.Invalid, "required"},
		{"unreadable", b.zhao, func(e *Entry) { e.Raw = "约0.1左右" }, errs.Invalid, ""},
		{"unfit characters", b.zhao, func(e *Entry) { e.Raw = "0.1\x00" }, errs.Invalid, "unfit_characters"},
		{"too long", b.zhao, func(e *Entry) { e.Raw = strings.Repeat("1", 201) }, errs.Invalid, "too_long"},
		{"unknown basis", b.zhao, func(e *Entry) { e.Basis = "wet" }, errs.Invalid, "choice"},
	} {
		entries := b.entries(s.ID, "0.12", "0.05")
		c.make(&entries[0])
		_, err := b.EnterResults(b.ctx(), c.actor, s.ref(), entries)
		if c.code == "" {
			refused(t, c.name, err, c.kind)
			continue
		}
		refused(t, c.name, err, c.kind, c.code)
	}
	_, err := b.EnterResults(b.ctx(), b.zhao, s.ref(), nil)
	refused(t, "no entries", err, errs.Invalid, "count")
	_, err = b.EnterResults(b.ctx(), b.zhao, Ref{s.Number, s.Version - 1}, b.entries(s.ID, "0.12", "0.05"))
	refused(t, "old version", err, errs.Version, "changed")
	twice := b.entries(s.ID, "0.12", "0.05")
	twice[1].AnalysisID = twice[0].AnalysisID
	_, err = b.EnterResults(b.ctx(), b.zhao, s.ref(), twice)
	refused(t, "an analysis twice", err, errs.Blocked, "entered_already")
	if stored, err := selectResults(b.ctx(), b.db, s.ID); err != nil || len(stored) != 0 {
		t.Errorf("%d results stored by refused entries (%v)", len(stored), err)
	}
}

// TestEnterGatesAtOnce wants all closed gates and all faults of both entries in one answer.
func TestEnterGatesAtOnce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.received()
	entries := b.entries(s.ID, "0.12", "??")
	entries[0].EquipmentID, entries[0].MeasuredOn = b.lapse, "2026-09-17"
	_, err := b.EnterResults(b.ctx(), b.zhao, s.ref(), entries)
	refused(t, "all at once", err, errs.Invalid, "equipment_out_of_validity", "before_reception", "not_holder")
	paths := map[string]bool{}
	for _, f := range asError(err).Fields {
		paths[f.Path] = true
	}
	if !paths["results[1].raw"] || !paths["results[0].equipment_id"] {
		t.Errorf("faults at %v", paths)
	}
}

func TestEnterAuthorisation(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	newcomer := b.add("new", ledger.Technician)
	b.must(b.people.Authorise(b.ctx(), b.chief, users.NewAuthorisation{PersonID: newcomer.PersonID, Subject: users.ForMethod,
		Code: "GB 5009.12", ValidFrom: calendar.MustDate("2026-09-19")}))
	s := b.received()
	s = b.pass(s.Number, b.wang, newcomer, ForAnalysis)
	entries := b.entries(s.ID, "0.12", "0.05")[:1]
	_, err := b.EnterResults(b.ctx(), newcomer, s.ref(), entries)
	refused(t, "a day before the authorisation", err, errs.Blocked, "not_authorised")
	b.clock.advance(24 * time.Hour)
	entries[0].MeasuredOn = "2026-09-19"
	_, err = b.EnterResults(b.ctx(), newcomer, s.ref(), entries)
	b.must(err)
}

// TestEnterMethod closes the gate of a method that is no longer in force on the day of measurement.
func TestEnterMethod(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.opened()
	b.owner(`UPDATE test_method SET valid_to = '2026-09-17' WHERE code = 'GB 5009.12'`)
	_, err := b.EnterResults(b.ctx(), b.zhao, s.ref(), b.entries(s.ID, "0.12", "0.05"))
	refused(t, "method lapsed", err, errs.Blocked, "method_not_in_force")
}

// TestEnterWhileHandedOver closes the gate when the portion is on its way to somebody else.
func TestEnterWhileHandedOver(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.opened()
	h, err := b.HandOver(b.ctx(), b.zhao, b.proof(b.zhao), s.ref(), Passing{ForAnalysis, b.qian.PersonID, []string{b.portion(s.ID, TestPortion).ID}})
	b.must(err)
	_, err = b.EnterResults(b.ctx(), b.zhao, Ref{s.Number, h.SampleVersion}, b.entries(s.ID, "0.12", "0.05"))
	refused(t, "handed over", err, errs.Blocked, "not_holder")
}

// TestUndetermined keeps a readable result that no limit judges, and says why.
func TestUndetermined(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	f := b.form(fresh())
	f.ProductClass = "不存在的产品"
	s, err := b.Register(b.ctx(), b.zhang, f)
	b.must(err)
	s = b.carry(s)
	results, err := b.EnterResults(b.ctx(), b.zhao, s.ref(), b.entries(s.ID, "0.12", "0.05"))
	b.must(err)
	if r := results[0]; r.Verdict != Undetermined || r.Proof.ZH == "" || string(r.Limit) != "null" {
		t.Errorf("result %+v", r)
	}
	_, err = b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), Ref{s.Number, 0}, Compilation{})
	refused(t, "compile", err, errs.Blocked, "undetermined")
}

// TestEnterRace lets two windows enter the same results at once: one set is stored.
func TestEnterRace(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.opened()
	entries := b.entries(s.ID, "0.12", "0.05")
	var failures [6]error
	var wg sync.WaitGroup
	for i := range failures {
		wg.Go(func() { _, failures[i] = b.EnterResults(b.ctx(), b.zhao, Ref{s.Number, 0}, entries) })
	}
	wg.Wait()
	won := 0
	for _, err := range failures {
		if err == nil {
			won++
		} else if !hasCode(err, "entered_already") {
			t.Errorf("race: %v", err)
		}
	}
	if stored, err := selectResults(b.ctx(), b.db, s.ID); won != 1 || len(stored) != 2 || err != nil {
		t.Errorf("%d entries won, %d results stored, %v", won, len(stored), err)
	}
}

func (b *bureau) agree(who ledger.Actor) Agreement { return Agreement{who, b.proof(who)} }

func TestCorrect(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.tested()
	e := b.entries(s.ID, "0.21", "0.05")[0]
	r, err := b.Correct(b.ctx(), b.zhao, s.ref(), Correction{e, "抄写错误"}, b.agree(b.qian))
	b.must(err)
	if r.Version != 2 || r.Raw != "0.21" || r.Verdict != Pass || r.AgreedBy != b.qian.PersonID || r.Reason != "抄写错误" {
		t.Errorf("corrected %+v", r)
	}
	d, err := b.Detail(b.ctx(), b.auditor, s.Number)
	b.must(err)
	if versions := d.Analyses[0].Results; len(versions) != 2 || versions[0].Raw != "0.12" || versions[1].Raw != "0.21" {
		t.Errorf("versions %+v", versions)
	}
	hash, err := r.hash()
	b.must(err)
	signatures, err := users.Signatures(b.ctx(), b.db, "result", r.ID)
	b.must(err)
	if len(signatures) != 1 || signatures[0].PersonID != b.qian.PersonID || signatures[0].ContentHash != hex.EncodeToString(hash[:]) {
		t.Errorf("signatures %+v", signatures)
	}
}

func TestCorrectRefuses(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.tested()
	good := Correction{b.entries(s.ID, "0.21", "0.05")[0], "抄写错误"}
	business := ledger.Actor{PersonID: idB, Division: "370113", Roles: []ledger.Role{ledger.Business}}
	for _, c := range []struct {
		name   string
		actor  ledger.Actor
		make   func(*Correction)
		second Agreement
		kind   errs.Kind
		code   string
	}{
		{"no reason", b.zhao, func(c *Correction) { c.Reason = " " }, b.agree(b.qian), errs.Invalid, "required"},
		{"nobody agrees", b.zhao, func(*Correction) {}, Agreement{}, errs.Invalid, "required"},
		{"agreed by oneself", b.zhao, func(*Correction) {}, b.agree(b.zhao), errs.Invalid, "two_people"},
		{"agreed by a sampler", b.zhao, func(*Correction) {}, b.agree(b.zhang), errs.Invalid, "role_missing"},
		{"agreed by a business", b.zhao, func(*Correction) {}, Agreement{Actor: business}, errs.Invalid, "role_missing"},
		{"second person without proof", b.zhao, func(*Correction) {}, Agreement{Actor: b.qian}, errs.Unauthenticated, "proof_missing"},
		{"neither author nor holder", b.qian, func(*Correction) {}, b.agree(b.zhao), errs.Blocked, "not_holder"},
		{"unreadable", b.zhao, func(c *Correction) { c.Entry.Raw = "大约" }, b.agree(b.qian), errs.Invalid, ""},
		{"equipment out of validity", b.zhao, func(c *Correction) { c.Entry.EquipmentID = b.lapse }, b.agree(b.qian),
			errs.Blocked, "equipment_out_of_validity"},
		{"nothing to correct", b.zhao, func(c *Correction) { c.Entry.AnalysisID = idB }, b.agree(b.qian), errs.Invalid, "no_result"},
		{"reviewer", b.sun, func(*Correction) {}, b.agree(b.qian), errs.Forbidden, "role_missing"},
	} {
		cr := good
		c.make(&cr)
		_, err := b.Correct(b.ctx(), c.actor, s.ref(), cr, c.second)
		if c.code == "" {
			refused(t, c.name, err, c.kind)
			continue
		}
		refused(t, c.name, err, c.kind, c.code)
	}
	stored, err := selectResults(b.ctx(), b.db, s.ID)
	if err != nil || len(stored) != 2 {
		t.Errorf("%d results, %v; want the two first versions", len(stored), err)
	}
}

// TestCorrectAfterReturnOfPortion lets the author correct a slip of the pen after the portion went back, and the present
// holder, but nobody else.
func TestCorrectAfterReturnOfPortion(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.tested()
	s = b.pass(s.Number, b.zhao, b.qian, ForAnalysis)
	c := Correction{b.entries(s.ID, "0.21", "0.05")[0], "抄写错误"}
	_, err := b.Correct(b.ctx(), b.qian, s.ref(), c, b.agree(b.sun))
	b.must(err)
	_, err = b.Correct(b.ctx(), b.zhao, Ref{s.Number, 0}, c, b.agree(b.sun))
	refused(t, "no longer the author", err, errs.Blocked, "not_holder")
}
