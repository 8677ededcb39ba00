package instruments

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

func TestFileTellsAllFaults(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, tt := range []struct {
		name   string
		change func(*Filing)
		want   string
	}{
		{"nothing given", func(f *Filing) { *f = Filing{} }, "maker required, mode choice, model required, name required, " +
			"place required, procedure_code required, purpose choice, serial required"},
		{"blank is nothing", func(f *Filing) { f.Name, f.Purpose = "  ", "play" }, "name required, purpose choice"},
		{"an unknown procedure", func(f *Filing) { f.ProcedureCode, f.Place = "JJG-1", "" },
			"place required, procedure_code procedure_not_in_force"},
		{"another class than it is judged by", func(f *Filing) { f.AccuracyClass = "II" }, "accuracy_class parameters_contradict"},
		{"parameters too", func(f *Filing) { f.Maker = ""; delete(f.Parameters, "e") }, "maker required, parameters.e required"},
	} {
		f := filing("F-1")
		tt.change(&f)
		_, err := b.File(t.Context(), b.actors["shop"], f)
		b.wantCode(tt.name, err, errs.Invalid, tt.want)
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx, shop := t.Context(), b.actors["shop"]
	f := filing("F-1")
	f.ID = uuid.NewString()
	in, err := b.File(ctx, shop, f)
	if err != nil || in.Number != "QJ26-370113-00001" || in.BusinessID != b.shopID || in.State != "in_use" || in.ID != f.ID {
		t.Errorf("filed %+v, %v", in, err)
	}
	if again, err := b.File(ctx, shop, f); err != nil || again.Number != in.Number {
		t.Errorf("the same id again: %s, %v; want %s", again.Number, err, in.Number)
	}
	history, err := ledger.History(ctx, b.db, "instrument", in.ID)
	if err != nil || len(history) != 1 || history[0].Kind != "instrument.filed" {
		t.Errorf("events %+v, %v; want one instrument.filed", history, err)
	}
	for _, stated := range []string{"", "Ⅲ级"} {
		f := filing("F-class" + stated)
		f.AccuracyClass = stated
		if in, err := b.File(ctx, b.actors["stranger"], f); err != nil || in.AccuracyClass != "III" {
			t.Errorf("filed with class %q: class %q, %v; want the one it is judged by, III", stated, in.AccuracyClass, err)
		}
	}
	_, err = b.File(ctx, b.actors["stranger"], filing("F-1"))
	b.wantCode("the same maker, model and serial", err, errs.Conflict, "instrument_exists")
	if next := b.filed("F-2"); next.Number != "QJ26-370113-00004" {
		t.Errorf("after a refused filing the number is %s, want no gap", next.Number)
	}
	for _, tt := range []struct {
		who, business string
		kind          errs.Kind
		want          string
	}{
		{"feng", b.shopID, 0, ""},
		{"admin", b.shopID, 0, ""},
		{"feng", "", errs.Invalid, "business_id required"},
		{"feng", uuid.NewString(), errs.NotFound, "business_missing"},
		{"chen", b.shopID, errs.Forbidden, "role_missing"},
		{"sampler", b.shopID, errs.Forbidden, "role_missing"},
	} {
		f := filing("G-" + tt.who)
		f.BusinessID = tt.business
		_, err := b.File(ctx, b.actors[tt.who], f)
		b.wantCode(tt.who+" files for "+tt.business, err, tt.kind, tt.want)
	}
	stolen := filing("H-1")
	stolen.BusinessID = b.shopID
	if mine, err := b.File(ctx, b.actors["stranger"], stolen); err != nil || mine.BusinessID == b.shopID {
		t.Errorf("a business files for another: %s, %v; want its own", mine.BusinessID, err)
	}
}

// A business sees its own only; another division sees nothing.
func TestScope(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	o, v := b.recorded("feng", "S-1")
	in := o.Instrument
	elsewhere := b.actors["feng"]
	elsewhere.Division = "370102"
	for _, tt := range []struct {
		name  string
		actor ledger.Actor
		kind  errs.Kind
		list  int
	}{
		{"the owner", b.actors["shop"], 0, 1},
		{"staff", b.actors["chen"], 0, 1},
		{"another business", b.actors["stranger"], errs.NotFound, 0},
		{"another division", elsewhere, errs.NotFound, 0},
		{"a sampler", b.actors["sampler"], errs.Forbidden, 0},
	} {
		reads := map[string]error{}
		_, reads["instrument"] = b.Instrument(t.Context(), tt.actor, in)
		_, reads["order"] = b.Order(t.Context(), tt.actor, o.Number)
		_, reads["verification"] = b.Verification(t.Context(), tt.actor, v.ID)
		_, reads["approved"] = b.Approved(t.Context(), tt.actor, v.ID)
		for what, err := range reads {
			if errs.KindOf(err) != tt.kind || (err == nil) != (tt.list == 1) {
				t.Errorf("%s reads the %s: %v, want kind %d", tt.name, what, err, tt.kind)
			}
		}
		orders, err := b.Orders(t.Context(), tt.actor, OrderFilter{})
		list, err2 := b.Instruments(t.Context(), tt.actor, Filter{})
		if tt.kind == errs.Forbidden {
			if errs.KindOf(err) != tt.kind || errs.KindOf(err2) != tt.kind {
				t.Errorf("%s lists: %v, %v; want a refusal", tt.name, err, err2)
			}
			continue
		}
		if err != nil || err2 != nil || len(orders.Items) != tt.list || len(list.Items) != tt.list {
			t.Errorf("%s lists %d orders (%v) and %d instruments (%v), want %d each",
				tt.name, len(orders.Items), err, len(list.Items), err2, tt.list)
		}
	}
	_, err := b.Service.Apply(t.Context(), b.actors["stranger"], Application{Instrument: in, Stage: "subsequent"})
	b.wantCode("another business applies", err, errs.NotFound, "instrument_missing")
}

// Equipment whose certificate names the next one up is followed to the standard outside the bureau.
func TestChain(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	up, down := b.equipment("标准砝码", "W-2"), b.equipment("工作砝码", "W-3")
	top := b.certify(up.ID, NewCertificate{Number: "JZ-2", ReferenceName: "国家基准", ReferenceNumber: "GJ-1"})
	low := b.certify(down.ID, NewCertificate{Number: "JZ-3", ReferenceEquipmentID: up.ID, ReferenceNumber: "JZ-2"})
	broken := b.certify(down.ID, NewCertificate{Number: "JZ-4", ReferenceEquipmentID: up.ID, ReferenceNumber: "JZ-99"})
	loop := b.certify(up.ID, NewCertificate{Number: "JZ-5", ReferenceEquipmentID: down.ID, ReferenceNumber: "JZ-6"})
	b.certify(down.ID, NewCertificate{Number: "JZ-6", ReferenceEquipmentID: up.ID, ReferenceNumber: "JZ-5"})
	for _, tt := range []struct {
		name, from string
		links      []string
		kind       errs.Kind
	}{
		{"the top", top.ID, []string{"JZ-2"}, 0},
		{"two steps", low.ID, []string{"JZ-3", "JZ-2"}, 0},
		{"a broken link", broken.ID, []string{"JZ-4"}, errs.NotFound},
		{"a loop", loop.ID, []string{"JZ-5", "JZ-6", "JZ-5", "JZ-6", "JZ-5", "JZ-6", "JZ-5", "JZ-6", "JZ-5", "JZ-6"}, errs.Conflict},
		{"nothing", uuid.NewString(), nil, errs.NotFound},
	} {
		chain, err := Chain(t.Context(), b.db, "370113", tt.from)
		got := []string{}
		for _, u := range chain {
			got = append(got, u.Certificate.Number)
		}
		if errs.KindOf(err) != tt.kind || (tt.kind == 0 && err != nil) || !slices.Equal(got, tt.links) {
			t.Errorf("%s: %v, %v; want %v and kind %d", tt.name, got, err, tt.links, tt.kind)
		}
	}
	if low.ReferenceName != "标准砝码" {
		t.Errorf("the reference is called %q, want the name of the equipment", low.ReferenceName)
	}
}

// The certificate that covers the day is the one that counts, first and last day included.
func TestEquipmentUse(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, tt := range []struct {
		on   string
		kind errs.Kind
		want string
	}{
		{"2026-01-04", errs.Blocked, "equipment_out_of_validity"}, {"2026-01-05", 0, ""}, {"2027-01-04", 0, ""},
		{"2027-01-05", errs.Blocked, "equipment_out_of_validity"},
	} {
		use, err := EquipmentUse(t.Context(), b.db, "370113", b.weights.ID, calendar.MustDate(tt.on))
		b.wantCode(tt.on, err, tt.kind, tt.want)
		if err == nil && use.Certificate.ID != b.covers.ID {
			t.Errorf("%s: certificate %s, want %s", tt.on, use.Certificate.Number, b.covers.Number)
		}
	}
	_, err := EquipmentUse(t.Context(), b.db, "370102", b.weights.ID, day("2026-09-18"))
	b.wantCode("another division's equipment", err, errs.NotFound, "equipment_missing")
	b.asOwner(`UPDATE equipment SET state = 'stopped'`)
	_, err = EquipmentUse(t.Context(), b.db, "370113", b.weights.ID, day("2026-09-18"))
	b.wantCode("stopped", err, errs.Blocked, "equipment_stopped")
}
