package instruments

import (
	"slices"
	"testing"

	"hengjian/internal/ledger"
	"hengjian/internal/ledger/ledgertest"
	"hengjian/internal/users"
)

// replayed replays a whole stream from nothing.
func replayed(t *testing.T, stream ledgertest.Stream) (*Replay, []ledger.Fault) {
	t.Helper()
	people := users.NewReplay()
	metrology := NewReplay(people)
	metrology.FromStart = true
	return metrology, stream.Replay(t, ledgertest.Rooms{
		Kinds: slices.Concat(users.Events(), Events()), Acted: people.Acted,
		Apply: []func(int64, ledger.Told, any) []ledger.Fault{people.Apply, metrology.Apply},
	})
}

// history is what happens to three orders: the first is recorded as undetermined, again, returned by the checker, again,
// returned by the approver, again, and approved; the second, applied for by a verifier, fails; the third is refused.
func (b *bureau) history() (first, second Verification) {
	b.Helper()
	ctx := b.Context()
	o := b.accepted("E-1")
	record := func(order, temperature, top, reason string) Verification {
		b.Helper()
		r := b.recording()
		r.Temperature, r.Reason, r.Readings = temperature, reason, readings(top)
		v, err := b.record("feng", order, r)
		b.must(err)
		return v
	}
	check := func(order string) {
		b.Helper()
		_, err := b.check("chen", order)
		b.must(err)
	}
	record(o.Number, "50", "15.000", "")
	record(o.Number, "20", "15.000", "温度已恢复")
	_, err := b.ReturnRecord(ctx, b.actors["chen"], o.Number, 0, "读数存疑")
	b.must(err)
	record(o.Number, "20", "15.000", "重新读数")
	check(o.Number)
	_, err = b.ReturnRecord(ctx, b.actors["chu"], o.Number, 0, "请再核对")
	b.must(err)
	record(o.Number, "20", "15.000", "已核对")
	check(o.Number)
	a, err := b.approve("chu", o.Number)
	b.must(err)
	f := filing("E-2")
	f.BusinessID = b.shopID
	in, err := b.File(ctx, b.actors["feng"], f)
	b.must(err)
	o, err = b.Service.Apply(ctx, b.actors["feng"], Application{Instrument: in.Number, Stage: "initial"})
	b.must(err)
	_, err = b.Decide(ctx, b.actors["feng"], o.Number, 0, Decision{Accept: true})
	b.must(err)
	record(o.Number, "20", "15.015", "")
	check(o.Number)
	n, err := b.approve("chu", o.Number)
	b.must(err)
	_, err = b.Decide(ctx, b.actors["feng"], b.applied("E-3").Number, 0, Decision{Refusal: "铭牌缺失"})
	b.must(err)
	return a.Record, n.Record
}

// The state of orders and the separation of duties follow from the events alone, and a true history has no fault.
func TestReplay(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first, second := b.history()
	stream := ledgertest.Read(t, b.db)
	metrology, faults := replayed(t, stream)
	for _, f := range faults {
		t.Errorf("fault %+v", f)
	}
	for _, v := range []Verification{first, second} {
		conclusion, stage, number, ok := metrology.Approved(v.ID)
		o := b.order(numberOf(stream, v.OrderID))
		if !ok || conclusion != v.Conclusion || stage != v.Stage || number != o.Instrument {
			t.Errorf("record %s: %s of %s, %s, %v", v.RecordNumber, conclusion, number, stage, ok)
		}
		if told := metrology.orders[ledger.IDOf(o.ID)]; told.state != o.State || int(told.revision) != v.Revision {
			t.Errorf("order %s is %s, the events say %+v", o.Number, o.State, told)
		}
	}
	want := []int{3, 3, 5, 2}
	for i, c := range metrology.Counts() {
		if c.N != want[i] || c.ZH == "" {
			t.Errorf("%d %s, want %d", c.N, c.EN, want[i])
		}
	}
}

func TestReplayNamesDamage(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.history()
	stream := ledgertest.Read(t, b.db)
	const filed, applied, accepted, refused = "instrument.filed", "verification_order.applied", "verification_order.accepted", "verification_order.refused"
	const recorded, checked, returned, approved = "verification.recorded", "verification.checked", "verification.returned", "verification.approved"
	set, drop, double, move := ledgertest.Set, ledgertest.Drop, ledgertest.Double, ledgertest.Move
	by, as, content := ledgertest.By, ledgertest.As, ledgertest.Content
	id := func(login string) string { return b.actors[login].PersonID }
	const nobody = "01999999-9999-7999-8999-999999999999"
	first := stream.Data(t, recorded, 0, "record_id")
	for _, c := range []struct {
		name, want string
		damage     []ledgertest.Damage
	}{
		{"nothing", "", nil},
		{"filed twice", "instrument_twice", []ledgertest.Damage{double(filed, 0)}},
		{"filed for nobody", "business_unknown", []ledgertest.Damage{set(filed, 1, nobody, "business_id")}},
		{"filed by another business", "owner_other", []ledgertest.Damage{by(filed, 0, id("stranger"))}},
		{"filed by a sampler", "role_missing", []ledgertest.Damage{by(filed, 0, id("sampler")), as(filed, 0, ledger.Sampler)}},
		{"not filed", "instrument_unknown", []ledgertest.Damage{drop(filed, 0)}},
		{"applied for by another business", "owner_other", []ledgertest.Damage{by(applied, 0, id("stranger"))}},
		{"applied for under another number", "instrument_other", []ledgertest.Damage{set(applied, 0, "QJ26-370113-99999", "instrument")}},
		{"applied for twice", "order_state", []ledgertest.Damage{double(applied, 0)}},
		{"applied for by a checker", "role_missing", []ledgertest.Damage{by(applied, 1, id("chen")), as(applied, 1, ledger.Checker)}},
		{"of an unknown stage", "stage_unknown", []ledgertest.Damage{set(applied, 1, "third", "stage")}},
		{"not applied for", "order_unknown", []ledgertest.Damage{drop(applied, 2)}},
		{"not accepted", "order_state", []ledgertest.Damage{drop(accepted, 1)}},
		{"accepted by its owner", "role_missing", []ledgertest.Damage{by(accepted, 0, id("shop")), as(accepted, 0, ledger.Business)}},
		{"refused without a reason", "reason_missing", []ledgertest.Damage{set(refused, 0, "", "refusal")}},
		{"refused twice", "order_state", []ledgertest.Damage{double(refused, 0)}},
		{"recorded by a checker", "role_missing same_person", []ledgertest.Damage{by(recorded, 4, id("chen")), as(recorded, 4, ledger.Checker)}},
		{"recorded twice", "order_state record_revision unsigned", []ledgertest.Damage{double(recorded, 4)}},
		{"a revision left out", "record_revision", []ledgertest.Damage{drop(recorded, 0)}},
		{"not recorded after a return", "order_state record_other record_undetermined same_person",
			[]ledgertest.Damage{drop(recorded, 1), drop(recorded, 1), drop(recorded, 1)}},
		{"undetermined, and checked all the same", "order_state record_undetermined", []ledgertest.Damage{set(recorded, 4, "undetermined", "conclusion")}},
		{"of no conclusion", "conclusion_unknown order_state record_undetermined", []ledgertest.Damage{set(recorded, 4, "good", "conclusion")}},
		{"checked by who verified", "same_person", []ledgertest.Damage{by(recorded, 4, id("all")), by(checked, 2, id("all"))}},
		{"approved by who verified", "same_person", []ledgertest.Damage{by(recorded, 4, id("all")), by(approved, 1, id("all"))}},
		{"approved by who checked", "same_person", []ledgertest.Damage{by(checked, 2, id("pair")), by(approved, 1, id("pair"))}},
		{"checked by an approver", "role_missing same_person", []ledgertest.Damage{by(checked, 2, id("chu")), as(checked, 2, ledger.Approver)}},
		{"not checked", "order_state", []ledgertest.Damage{drop(checked, 2)}},
		{"approved before the check", "order_state", []ledgertest.Damage{move(approved, 1, checked, 2)}},
		{"approved twice", "order_state unsigned", []ledgertest.Damage{double(approved, 1)}},
		{"another content checked", "record_content", []ledgertest.Damage{content(checked, 2, "content")}},
		{"another content approved", "record_content", []ledgertest.Damage{content(approved, 1, "content")}},
		{"another content returned", "record_content", []ledgertest.Damage{set(returned, 1, nobody, "content")}},
		{"another record approved", "record_other", []ledgertest.Damage{set(approved, 0, first, "record_id")}},
		{"another revision approved", "record_other", []ledgertest.Damage{set(approved, 0, 3, "revision")}},
		{"not signed", "unsigned", []ledgertest.Damage{set(approved, 0, nobody, "signature")}},
		{"signed by another", "unsigned", []ledgertest.Damage{by("signature.made", 0, id("han"))}},
		{"returned without a reason", "reason_missing", []ledgertest.Damage{set(returned, 0, "", "reason")}},
		{"not returned", "order_state", []ledgertest.Damage{drop(returned, 0)}},
		{"a piece of equipment added by a verifier", "role_missing", []ledgertest.Damage{by("equipment.added", 0, id("feng")),
			as("equipment.added", 0, ledger.Verifier)}},
		{"a procedure approved by an administrator", "role_missing", []ledgertest.Damage{by("procedure.approved", 0, id("admin")),
			as("procedure.approved", 0, ledger.Administrator)}},
		{"a certificate recorded by a verifier", "role_missing", []ledgertest.Damage{by("equipment.certified", 0, id("feng")),
			as("equipment.certified", 0, ledger.Verifier)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, faults := replayed(t, stream.Damaged(t, c.damage...))
			if got := ledgertest.Codes(t, faults); got != c.want {
				t.Errorf("faults %q, want %q: %+v", got, c.want, faults)
			}
		})
	}
}

// numberOf is the number under which the events tell of an order.
func numberOf(stream ledgertest.Stream, orderID string) string {
	at := slices.IndexFunc(stream, func(e ledgertest.Event) bool { return e.Subject.ID == orderID })
	return stream[at].Subject.Number
}
