package instruments

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

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
