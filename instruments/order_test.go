package instruments

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

func TestApply(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx, shop := t.Context(), b.actors["shop"]
	in := b.filed("A-1")
	_, err := b.Service.Apply(ctx, shop, Application{Stage: "yearly"})
	b.wantCode("an empty application", err, errs.Invalid, "instrument required, stage choice")
	a := Application{ID: uuid.NewString(), Instrument: in.Number, Stage: "subsequent", Wish: "周五"}
	o, err := b.Service.Apply(ctx, shop, a)
	if err != nil || o.State != Applied || o.Number != "JD26-370113-00001" || o.WaivedFee != "0.00" || o.BusinessID != b.shopID {
		t.Errorf("applied %+v, %v", o, err)
	}
	if again, err := b.Service.Apply(ctx, shop, a); err != nil || again.Number != o.Number {
		t.Errorf("the same id again: %s, %v; want %s", again.Number, err, o.Number)
	}
	a.ID = ""
	_, err = b.Service.Apply(ctx, shop, a)
	b.wantCode("while an order is open", err, errs.Conflict, "order_open")
	_, err = b.Service.Apply(ctx, b.actors["chen"], a)
	b.wantCode("a checker applies", err, errs.Forbidden, "role_missing")
	if _, err = b.Decide(ctx, b.actors["feng"], o.Number, o.Version, Decision{Refusal: "不在强检目录"}); err != nil {
		t.Fatal(err)
	}
	b.must(b.SetWaivedFee(ctx, b.actors["chief"], WaivedFee{Procedure: scale, Amount: "80", Basis: "鲁价费发〔2009〕1号", ValidFrom: day("2026-01-01")}))
	next, err := b.Service.Apply(ctx, b.actors["feng"], a)
	if err != nil || next.Number != "JD26-370113-00002" || next.WaivedFee != "80.00" {
		t.Errorf("after a refusal: %+v, %v; want the next number and the fee that is waived", next, err)
	}
	b.filed("A-2")
	b.asOwner(`UPDATE instrument SET state = 'stopped' WHERE serial = 'A-2'`)
	_, err = b.Service.Apply(ctx, shop, Application{Instrument: "QJ26-370113-00002", Stage: "subsequent"})
	b.wantCode("a stopped instrument", err, errs.Conflict, "instrument_not_in_use")
}

func TestDecide(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx, feng := t.Context(), b.actors["feng"]
	o := b.applied("D-1")
	for _, tt := range []struct {
		name, who string
		version   int
		d         Decision
		kind      errs.Kind
		want      string
	}{
		{"the owner", "shop", 0, Decision{Accept: true}, errs.Forbidden, "role_missing"},
		{"a checker", "chen", 0, Decision{Accept: true}, errs.Forbidden, "role_missing"},
		{"an old version", "feng", o.Version + 1, Decision{Accept: true}, errs.Version, "changed"},
		{"a refusal without a reason", "feng", 0, Decision{}, errs.Invalid, "refusal required"},
	} {
		_, err := b.Decide(ctx, b.actors[tt.who], o.Number, tt.version, tt.d)
		b.wantCode(tt.name, err, tt.kind, tt.want)
	}
	_, err := b.Decide(ctx, feng, "JD26-370113-99999", 0, Decision{Accept: true})
	b.wantCode("an unknown order", err, errs.NotFound, "order_missing")
	got, err := b.Decide(ctx, feng, o.Number, o.Version, Decision{Accept: true})
	// Twenty working days after 2026-09-18, counted over the holidays of Mid-Autumn and the National Day.
	if err != nil || got.State != Accepted || got.Version != o.Version+1 || got.DecidedAt == nil || got.DueOn == nil ||
		!got.DueOn.After(day("2026-10-16")) {
		t.Errorf("accepted: %+v, %v", got, err)
	}
	_, err = b.Decide(ctx, feng, o.Number, 0, Decision{Accept: true})
	b.wantCode("decided already", err, errs.Conflict, "order_state")
	refused, err := b.Decide(ctx, feng, b.applied("D-2").Number, 0, Decision{Refusal: "资料不全"})
	if err != nil || refused.State != Refused || refused.Refusal != "资料不全" || refused.DueOn != nil {
		t.Errorf("refused: %+v, %v", refused, err)
	}
	kinds := []string{}
	d, err := b.Order(ctx, feng, o.Number)
	for _, e := range d.History {
		kinds = append(kinds, e.Kind)
	}
	if want := []string{"verification_order.applied", "verification_order.accepted"}; err != nil || !slices.Equal(kinds, want) {
		t.Errorf("events %v, %v; want %v", kinds, err, want)
	}
}

// What the state table does not hold cannot happen.
func TestOrderFlow(t *testing.T) {
	t.Parallel()
	everyone := ledger.Actor{Roles: ledger.Roles()}
	states := []OrderState{None, Applied, Accepted, Refused, Recorded, Checked, Approved}
	steps := []Step{Apply, Accept, Refuse, Record, Check, Return, Approve}
	possible := map[OrderState]map[Step]OrderState{
		None: {Apply: Applied}, Applied: {Accept: Accepted, Refuse: Refused}, Accepted: {Record: Recorded},
		Recorded: {Check: Checked, Return: Accepted}, Checked: {Approve: Approved, Return: Accepted},
	}
	for _, from := range states {
		for _, step := range steps {
			want, ok := possible[from][step]
			got, _, err := from.next(step, everyone)
			if (err == nil) != ok || (ok && got != want) {
				t.Errorf("%q by %s: %q, %v; want %q, possible %v", from, step, got, err, want, ok)
			}
			if _, _, err := from.next(step, ledger.Actor{Roles: []ledger.Role{ledger.Auditor}}); err == nil {
				t.Errorf("%q by %s: an auditor may", from, step)
			}
		}
	}
}
