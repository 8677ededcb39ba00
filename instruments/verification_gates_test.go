package instruments

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"hengjian/internal/errs"
	"hengjian/internal/users"
)

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

// What is shown while one types is what the record will say, also where the standards decide.
func TestPreviewIsTheVerdict(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx, feng := t.Context(), b.actors["feng"]
	for i, ratio := range []string{"1/3", "1/2", ""} {
		if ratio != "1/3" { // that of the bureau's weights
			_, err := b.RecordCertificate(ctx, b.actors["chief"], b.weights.ID, NewCertificate{Number: fmt.Sprint("JZ-8", i), Issuer: "省院",
				ReferenceName: "国家基准", ReferenceNumber: "GJ-2", ValidFrom: day(fmt.Sprintf("2026-02-0%d", i)), ValidUntil: day("2027-01-04"),
				RelativeMPE: ratio})
			b.must(err)
		}
		o, r := b.accepted(fmt.Sprint("M-", i)), b.recording()
		e, err := b.Preview(ctx, feng, o.Number, r)
		b.must(err)
		v, err := b.record("feng", o.Number, r)
		b.must(err)
		if string(e.Conclusion) != v.Conclusion || (v.Conclusion == "pass") != (ratio == "1/3") {
			t.Errorf("a standard of %q: shown %s, recorded %s", ratio, e.Conclusion, v.Conclusion)
		}
	}
	o, r := b.accepted("M-9"), b.recording()
	r.EquipmentID = nil
	if e, err := b.Preview(ctx, feng, o.Number, r); err != nil || e.Conclusion == "pass" && !slices.Contains(e.Unjudged, "standards") {
		t.Errorf("no equipment chosen yet: %s, %v, unjudged %v", e.Conclusion, err, e.Unjudged)
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
	before := b.recording()
	before.VerifiedOn = day("2027-01-07")
	if e, err := b.Preview(ctx, feng, o.Number, before); err != nil || len(e.Items) == 0 {
		t.Errorf("a verification of the day before is previewed with %v, want it judged by the edition of its day", err)
	}
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
