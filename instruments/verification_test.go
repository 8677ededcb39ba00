package instruments

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"hengjian/instruments/procedure"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

func TestRecordValidate(t *testing.T) {
	t.Parallel()
	good := Recording{StandardID: "s", EquipmentID: []string{"e"}, VerifiedOn: day("2026-09-18"), Place: "p", Temperature: "20",
		Humidity: "50", Readings: json.RawMessage(`{}`)}
	for _, tt := range []struct {
		name   string
		change func(*Recording)
		want   string
	}{
		{"good", func(*Recording) {}, ""},
		{"conditions that are no numbers", func(r *Recording) { r.Temperature, r.Humidity = "abc", "50,?" }, "humidity number, temperature number"},
		{"conditions read twice", func(r *Recording) { r.Temperature, r.Humidity = "20.1, 20.3", "50" }, ""},
		{"empty", func(r *Recording) { *r = Recording{} }, "equipment_ids required, humidity required, place required, " +
			"readings required, standard_id required, temperature required, verified_on required"},
		{"one piece twice", func(r *Recording) { r.EquipmentID = []string{"e", "f", "e"} }, "equipment_ids[2] twice"},
		{"tomorrow", func(r *Recording) { r.VerifiedOn = day("2026-09-19") }, "verified_on future"},
		{"a list of readings", func(r *Recording) { r.Readings = json.RawMessage(`[]`) }, "readings required"},
	} {
		r := good
		tt.change(&r)
		if got := code(r.Validate(day("2026-09-18"))); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Each gate of a verification stands in the way alone, and all are told at once; nothing is stored.
func TestGates(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	stray := b.equipment("别的砝码", "W-9")
	b.certify(stray.ID, NewCertificate{Number: "JZ-9", ReferenceName: "国家基准", ReferenceNumber: "GJ-1"})
	stopped := b.equipment("停用砝码", "W-8")
	b.certify(stopped.ID, NewCertificate{Number: "JZ-8", ReferenceName: "国家基准", ReferenceNumber: "GJ-1"})
	b.asOwner(`UPDATE equipment SET state = 'stopped' WHERE id = $1`, stopped.ID)
	bare := b.equipment("无证砝码", "W-7")
	add := func(certificate, from, until string, equipment []string, procedures ...string) MeasurementStandard {
		m, err := b.AddMeasurementStandard(t.Context(), b.actors["chief"], NewStandard{Name: "装置", Certificate: certificate,
			ValidFrom: day(from), ValidUntil: day(until), Equipment: equipment, Procedures: procedures})
		b.must(err)
		return m
	}
	lapsed := add("L-1", "2020-01-01", "2026-09-17", []string{b.weights.ID}, scale)
	foreign := add("L-2", "2025-01-01", "2029-12-31", []string{b.weights.ID}, "JJG-52-2013")
	wide := add("L-3", "2025-01-01", "2029-12-31", []string{b.weights.ID, stopped.ID, bare.ID}, scale)
	order := b.accepted("G-1").Number
	for _, tt := range []struct {
		name, who string
		change    func(*Recording)
		want      string
	}{
		{"not authorised", "han", func(*Recording) {}, "verifier not_authorised"},
		{"the standard's certificate has lapsed", "feng", func(r *Recording) { r.StandardID = lapsed.ID }, "standard_id standard_out_of_validity"},
		{"the standard serves something else", "feng", func(r *Recording) { r.StandardID = foreign.ID }, "standard_id standard_not_for_procedure"},
		{"the equipment is stopped", "feng", func(r *Recording) { r.StandardID, r.EquipmentID = wide.ID, []string{stopped.ID} },
			"equipment_ids[0] equipment_stopped"},
		{"the equipment is not of the standard", "feng", func(r *Recording) { r.EquipmentID = append(r.EquipmentID, stray.ID) },
			"equipment_ids[1] not_of_standard"},
		{"the equipment has no certificate for the day", "feng", func(r *Recording) { r.StandardID, r.EquipmentID = wide.ID, []string{bare.ID} },
			"equipment_ids[0] equipment_out_of_validity"},
		{"before the procedure", "feng", func(r *Recording) { r.VerifiedOn = day("2016-01-01") },
			"equipment_ids[0] equipment_out_of_validity, procedure procedure_not_in_force, standard_id standard_out_of_validity, " +
				"verified_on before_application, verifier not_authorised"},
		{"before the application", "feng", func(r *Recording) { r.VerifiedOn = day("2026-09-17") }, "verified_on before_application"},
		{"everything at once", "han", func(r *Recording) { r.StandardID, r.EquipmentID = lapsed.ID, []string{stopped.ID, stray.ID} },
			"equipment_ids[0] equipment_stopped, equipment_ids[1] not_of_standard, standard_id standard_out_of_validity, verifier not_authorised"},
	} {
		r := b.recording()
		tt.change(&r)
		_, err := b.record(tt.who, order, r)
		b.wantCode(tt.name, err, errs.Blocked, tt.want)
	}
	r := b.recording()
	r.StandardID = uuid.NewString()
	_, err := b.record("feng", order, r)
	b.wantCode("an unknown standard", err, errs.NotFound, "measurement_standard_missing")
	if o := b.order(order); o.State != Accepted {
		t.Errorf("the order is %s, want accepted still", o.State)
	}
	if v, err := b.record("feng", order, b.recording()); err != nil || v.RecordNumber != "JL26-370113-00001" || v.Revision != 1 {
		t.Errorf("after the refusals: %s revision %d, %v; want the first number", v.RecordNumber, v.Revision, err)
	}
}

// A scale that computes prices goes by JJG 1204-2025 from 2027-01-08 on: from that day it is neither planned nor recorded
// by JJG 539-2016, and what was verified the day before still is. A plain scale goes on as before.
func TestProcedureMoved(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx, feng := t.Context(), b.actors["feng"]
	f := filing("M-1")
	f.Parameters["price_computing"] = "true"
	in, err := b.File(ctx, b.actors["shop"], f)
	b.must(err)
	o, err := b.Service.Apply(ctx, b.actors["shop"], Application{Instrument: in.Number, Stage: "subsequent"})
	b.must(err)
	_, err = b.Decide(ctx, feng, o.Number, 0, Decision{Accept: true})
	b.must(err)
	plain := b.accepted("M-2").Number
	_, err = b.RecordCertificate(ctx, b.actors["chief"], b.weights.ID, NewCertificate{Number: "JZ-2", Issuer: "省院",
		ReferenceName: "国家基准", ReferenceNumber: "GJ-2", ValidFrom: day("2027-01-05"), ValidUntil: day("2028-01-04"),
		RelativeMPE: "1/3"})
	b.must(err)

	r := b.recording()
	b.at = time.Date(2027, 1, 7, 1, 0, 0, 0, time.UTC)
	if _, err := b.Plan(ctx, feng, o.Number); err != nil {
		t.Errorf("planned the day before: %v", err)
	}
	b.at = b.at.AddDate(0, 0, 1)
	r.VerifiedOn = day("2027-01-08")
	_, planned := b.Plan(ctx, feng, o.Number)
	_, previewed := b.Preview(ctx, feng, o.Number, r)
	_, recorded := b.record("feng", o.Number, r)
	for what, err := range map[string]error{"planned": planned, "previewed": previewed} {
		b.wantCode(what, err, errs.Blocked, "procedure_moved")
	}
	b.wantCode("recorded", recorded, errs.Blocked, "procedure procedure_moved")
	if e, ok := errors.AsType[*errs.Error](recorded); ok {
		got := e.Fields[0]
		if got.ZH != "自2027-01-08起该类器具依据JJG 1204-2025检定，不再依据JJG 539-2016" ||
			got.EN != "such instruments go by JJG 1204-2025 from 2027-01-08 on, no longer by JJG 539-2016" {
			t.Errorf("told %q, %q", got.ZH, got.EN)
		}
	}
	if v, err := b.record("feng", plain, r); err != nil || v.Conclusion != "pass" {
		t.Errorf("a plain scale: %s, %v; want pass", v.Conclusion, err)
	}
	r.VerifiedOn = day("2027-01-07")
	if _, err := b.record("feng", o.Number, r); err != nil {
		t.Errorf("recorded for the day before: %v", err)
	}
}

// A set of weights may have one certificate: each piece keeps its own row of it.
func TestOneCertificateForASet(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	var set []string
	for _, serial := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
		set = append(set, b.equipment("砝码"+serial, serial).ID)
	}
	for _, i := range []int{5, 2, 7, 0, 3, 6, 1, 4} {
		b.certify(set[i], NewCertificate{Number: "JZ-2", ReferenceName: "国家基准", ReferenceNumber: "GJ-1"})
	}
	m, err := b.AddMeasurementStandard(t.Context(), b.actors["chief"], NewStandard{Name: "装置", Certificate: "L-9",
		ValidFrom: day("2025-01-01"), ValidUntil: day("2029-12-31"), Equipment: set, Procedures: []string{scale}})
	b.must(err)
	r := b.recording()
	slices.Reverse(set)
	r.StandardID, r.EquipmentID = m.ID, set
	v, err := b.record("feng", b.accepted("O-1").Number, r)
	b.must(err)
	v, err = b.Verification(t.Context(), b.actors["feng"], v.ID)
	b.must(err)
	for _, u := range v.Equipment {
		if u.Certificate.EquipmentID != u.Equipment.ID {
			t.Errorf("%s stands with the certificate of another", u.Equipment.Name)
		}
	}
	if len(v.Equipment) != len(set) {
		t.Errorf("%d pieces, want %d", len(v.Equipment), len(set))
	}
}

// No certificate rests on an edition that the technical manager has not approved.
func TestUnapprovedEditionBlocks(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	order := b.accepted("U-1").Number
	b.asOwner(`UPDATE procedure_edition SET approved_by = NULL, approved_at = NULL`)
	_, err := b.record("feng", order, b.recording())
	b.wantCode("unapproved", err, errs.Blocked, "procedure procedure_not_approved")
	_, err = b.ApproveEdition(t.Context(), b.actors["feng"], uuid.NewString())
	b.wantCode("a verifier approves an edition", err, errs.Forbidden, "role_missing")
}

func TestRecordNeedsProofAndRole(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	o := b.accepted("P-1")
	_, err := b.Service.Record(ctx, b.actors["feng"], users.Proof{}, o.Number, 0, b.recording())
	b.wantCode("no password", err, errs.Unauthenticated, "proof_missing")
	_, err = b.Service.Record(ctx, b.actors["feng"], b.prove("all"), o.Number, 0, b.recording())
	b.wantCode("another's password", err, errs.Unauthenticated, "proof_missing")
	_, err = b.Service.Record(ctx, b.actors["feng"], b.prove("feng"), o.Number, o.Version-1, b.recording())
	b.wantCode("an old version", err, errs.Version, "changed")
	_, err = b.record("chen", o.Number, b.recording())
	b.wantCode("a checker records", err, errs.Forbidden, "role_missing")
	_, err = b.record("feng", b.applied("P-2").Number, b.recording())
	b.wantCode("before acceptance", err, errs.Conflict, "order_state")
	_, err = b.approve("chu", o.Number)
	b.wantCode("approval before the record", err, errs.Conflict, "order_state")
}

func TestConclusions(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, tt := range []struct {
		serial, top, temperature string
		conclusion, validUntil   string
		state                    OrderState
	}{
		{"C-1", "15.000", "20", "pass", "2027-09-17", Recorded},
		{"C-2", "15.015", "20", "fail", "", Recorded},
		{"C-3", "15.000", "50", "undetermined", "", Accepted},
	} {
		o := b.accepted(tt.serial)
		r := b.recording()
		r.Readings, r.Temperature = readings(tt.top), tt.temperature
		v, err := b.record("feng", o.Number, r)
		b.must(err)
		until := ""
		if v.ValidUntil != nil {
			until = v.ValidUntil.String()
		}
		if state := b.order(o.Number).State; v.Conclusion != tt.conclusion || until != tt.validUntil || state != tt.state {
			t.Errorf("%s: %s until %q, order %s; want %s until %q, order %s",
				tt.serial, v.Conclusion, until, state, tt.conclusion, tt.validUntil, tt.state)
		}
	}
}

// An in-use inspection judges by twice the limits and is no verification: without a verification that holds it is
// refused, and with one it leaves the last day of validity as it was.
func TestInspectionExtendsNothing(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx, feng := t.Context(), b.actors["feng"]
	inspect := func(instrument string) string {
		o, err := b.Service.Apply(ctx, b.actors["shop"], Application{Instrument: instrument, Stage: "inspection"})
		b.must(err)
		_, err = b.Decide(ctx, feng, o.Number, 0, Decision{Accept: true})
		b.must(err)
		return o.Number
	}
	_, err := b.Service.Apply(ctx, b.actors["shop"], Application{Instrument: b.filed("I-1").Number, Stage: "inspection"})
	b.wantCode("never verified", err, errs.Blocked, "stage not_verified")

	o, verified := b.recorded("feng", "I-2")
	_, err = b.check("chen", o.Number)
	b.must(err)
	_, err = b.approve("chu", o.Number)
	b.must(err)
	b.at = time.Date(2026, 12, 18, 1, 0, 0, 0, time.UTC)
	r := b.recording()
	again := inspect(o.Instrument)
	b.at = time.Date(2027, 9, 18, 1, 0, 0, 0, time.UTC)
	r.VerifiedOn = day("2027-09-18")
	_, err = b.record("feng", again, r)
	b.wantCode("lapsed since", err, errs.Blocked, "equipment_ids[0] equipment_out_of_validity, stage not_verified")
	r.VerifiedOn = day("2026-12-18")
	v, err := b.record("feng", again, r)
	if err != nil || v.Conclusion != "pass" || v.ValidUntil == nil || v.ValidUntil.String() != verified.ValidUntil.String() {
		t.Errorf("inspected: %s until %v, %v; want pass until %s as before", v.Conclusion, v.ValidUntil, err, verified.ValidUntil)
	}
}

// How long a verification holds may depend on the instrument; nothing is guessed where that is not known.
func TestValidityDependsOnTheInstrument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("procedure/testdata/water_meter.yaml")
	if err != nil {
		t.Fatal(err)
	}
	def, err := procedure.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for parameters, want := range map[string]string{
		`{"Q3":"2.5","R":"100","DN":"20"}`: "2032-02-29", `{"Q3":"25","R":"100","DN":"50"}`: "2028-02-29", `{}`: "no_period",
	} {
		r := procedure.Record{Stage: procedure.Subsequent}
		if err := json.Unmarshal([]byte(parameters), &r.Parameters); err != nil {
			t.Fatal(err)
		}
		until, err := validity(Order{Stage: "subsequent"}, Instrument{}, Edition{def: def}, r, day("2026-03-01"))
		if got := code(err); until != nil && until.String() != want || until == nil && got != want {
			t.Errorf("%s: until %v, %q; want %s", parameters, until, got, want)
		}
	}
}

// All three people sign the same content, and it is all that the record shows.
func TestSignedContent(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	o, v := b.recorded("feng", "H-1")
	_, err := b.check("chen", o.Number)
	b.must(err)
	_, err = b.approve("chu", o.Number)
	b.must(err)
	list, err := users.Signatures(t.Context(), b.db, "verification", v.ID)
	b.must(err)
	if len(list) != 3 || list[0].ContentHash != list[1].ContentHash || list[1].ContentHash != list[2].ContentHash {
		t.Errorf("signatures %+v, want three of one content", list)
	}
	hash := func(v Verification) string {
		sum, _, err := ledger.Hash(v.shown())
		b.must(err)
		return fmt.Sprintf("%x", sum)
	}
	if got := hash(v); len(list) > 0 && got != list[0].ContentHash {
		t.Errorf("the record has hash %s, signed was %s", got, list[0].ContentHash)
	}
	for what, change := range map[string]func(*Verification){
		"place": func(v *Verification) { v.Place = "别处" }, "temperature": func(v *Verification) { v.Temperature = "35" },
		"humidity": func(v *Verification) { v.Humidity = "90" }, "adjusted": func(v *Verification) { v.Adjusted = "砝码补偿" },
		"validity": func(v *Verification) { v.ValidUntil = nil }, "equipment": func(v *Verification) { v.Equipment = nil },
	} {
		other := v
		if change(&other); hash(other) == hash(v) {
			t.Errorf("another %s has the same hash: it was not signed", what)
		}
	}
}

// A record that could not be judged stays, and the next one says why it replaces it.
func TestUndeterminedIsRecordedAgain(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	order := b.accepted("N-1").Number
	r := b.recording()
	r.Readings = json.RawMessage(`{"visual": true}`)
	if v, err := b.record("feng", order, r); err != nil || v.Conclusion != "undetermined" {
		t.Fatalf("recorded %s, %v; want undetermined", v.Conclusion, err)
	}
	_, err := b.check("chen", order)
	b.wantCode("check of an undetermined record", err, errs.Conflict, "order_state")
	_, err = b.record("feng", order, b.recording())
	b.wantCode("again without a reason", err, errs.Invalid, "reason required")
	r = b.recording()
	r.Reason = "补测缺项"
	v, err := b.record("feng", order, r)
	if err != nil || v.Revision != 2 || v.Conclusion != "pass" {
		t.Errorf("again: revision %d, %s, %v; want 2, pass", v.Revision, v.Conclusion, err)
	}
	d, err := b.Order(t.Context(), b.actors["chen"], order)
	if err != nil || len(d.Records) != 2 || d.Order.State != Recorded {
		t.Errorf("%d records, order %s, %v; want both records, recorded", len(d.Records), d.Order.State, err)
	}
}

// Verifier, checker and approver are three people, whatever roles one holds.
func TestThreePeople(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	o, _ := b.recorded("all", "T-1")
	_, err := b.check("all", o.Number)
	b.wantCode("the verifier checks", err, errs.Forbidden, "same_person")
	_, err = b.check("feng", o.Number)
	b.wantCode("another verifier checks", err, errs.Forbidden, "role_missing")
	if o, err := b.check("pair", o.Number); err != nil || o.State != Checked {
		t.Fatalf("checked: %s, %v", o.State, err)
	}
	for who, want := range map[string]string{"all": "same_person", "pair": "same_person", "chen": "role_missing"} {
		_, err := b.approve(who, o.Number)
		b.wantCode(who+" approves", err, errs.Forbidden, want)
	}
	a, err := b.approve("chu", o.Number)
	if err != nil || a.Order.State != Approved || a.Record.ApprovedBy != b.actors["chu"].PersonID ||
		a.Record.CheckedBy != b.actors["pair"].PersonID || a.Evaluation.Conclusion != "pass" || a.Standard.ID != b.standard.ID {
		t.Errorf("approved %+v, %v", a, err)
	}
	_, err = b.approve("chu", o.Number)
	b.wantCode("approved twice", err, errs.Conflict, "order_state")
}

func TestReturn(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	o, first := b.recorded("feng", "R-1")
	_, err := b.ReturnRecord(ctx, b.actors["chen"], o.Number, 0, " ")
	b.wantCode("a return without a reason", err, errs.Invalid, "reason required")
	_, err = b.ReturnRecord(ctx, b.actors["chu"], o.Number, 0, "读数存疑")
	b.wantCode("an approver returns what waits for the check", err, errs.Forbidden, "role_missing")
	back, err := b.ReturnRecord(ctx, b.actors["chen"], o.Number, o.Version, "读数存疑")
	if err != nil || back.State != Accepted {
		t.Fatalf("returned: %s, %v", back.State, err)
	}
	_, err = b.record("feng", o.Number, b.recording())
	b.wantCode("a new revision without a reason", err, errs.Invalid, "reason required")
	r := b.recording()
	r.Reason = "复读"
	second, err := b.record("feng", o.Number, r)
	if err != nil || second.Revision != 2 || second.RecordNumber == first.RecordNumber {
		t.Errorf("new revision: %d %s, %v", second.Revision, second.RecordNumber, err)
	}
	_, err = b.check("chen", o.Number)
	b.must(err)
	back, err = b.ReturnRecord(ctx, b.actors["chu"], o.Number, 0, "结论存疑")
	if err != nil || back.State != Accepted {
		t.Fatalf("the approver returns: %s, %v", back.State, err)
	}
	r.Reason = "再读"
	if _, err = b.record("feng", o.Number, r); err != nil {
		t.Fatal(err)
	}
	_, err = b.check("chen", o.Number)
	b.must(err)
	a, err := b.approve("chu", o.Number)
	if err != nil || a.Record.Revision != 3 {
		t.Errorf("approved revision %d, %v; want 3", a.Record.Revision, err)
	}
	old, err := b.Verification(ctx, b.actors["feng"], first.ID)
	if err != nil || old.ReturnReason != "读数存疑" || old.ApprovedBy != "" || len(old.Equipment) != 1 {
		t.Errorf("the first revision: %+v, %v; want it returned and kept", old, err)
	}
}
