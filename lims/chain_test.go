package lims

import (
	"strings"
	"testing"
	"time"

	"hengjian/internal/calendar"
)

// TestGaps takes a chain without a gap and damages one link after another: each damage must be named.
func TestGaps(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s, _ := b.approved()
	for _, c := range []struct {
		name   string
		damage func(*traces)
		want   string
	}{
		{"nothing", func(*traces) {}, ""},
		{"the handover to the technician is gone", func(x *traces) { x.handovers = x.handovers[:1] },
			"broken_by_other measured_without_holding"},
		{"the delivery is gone", func(x *traces) { x.handovers = x.handovers[1:] }, "giver_not_holder no_delivery"},
		{"given away by another", func(x *traces) { x.handovers[1].Giver = b.zhou.PersonID }, "unsigned giver_not_holder"},
		{"taken over by another", func(x *traces) { x.handovers[1].Receiver = b.qian.PersonID },
			"unsigned broken_by_other measured_without_holding"},
		{"no signature of the giver", func(x *traces) { delete(x.signatures, x.handovers[0].GiverSignature) }, "unsigned"},
		{"no signature of the receiver", func(x *traces) { delete(x.signatures, x.handovers[0].ReceiverSignature) }, "unsigned"},
		{"another place than was signed", func(x *traces) { x.handovers[0].Place = "走廊" }, "signature_differs"},
		{"another time than was signed", func(x *traces) { x.handovers[0].OfferedAt = x.handovers[0].OfferedAt.Add(time.Second) },
			"signature_differs"},
		{"another quantity than was signed", func(x *traces) { x.portions[0].Quantity = x.portions[1].Quantity },
			"signature_differs"},
		{"accepted before it was given away", func(x *traces) {
			x.handovers[1].OfferedAt = x.handovers[0].DecidedAt.Add(-time.Hour)
		}, "signature_differs out_of_order"},
		{"a seal was not checked at reception", func(x *traces) { x.handovers[0].Checks = x.handovers[0].Checks[:1] },
			"signature_differs seal_unchecked"},
		{"a seal was read as another", func(x *traces) { x.handovers[0].Checks[0].ReadNumber = "X" }, "signature_differs seal_mismatch"},
		{"a seal was seen broken", func(x *traces) { x.handovers[0].Checks[0].Finding = Broken }, "signature_differs seal_broken"},
		{"a portion without a seal", func(x *traces) { x.seals = x.seals[:1] }, "signature_differs unsealed"},
		{"a seal broken by another", func(x *traces) { x.seals[0].BrokenBy = b.wang.PersonID }, "broken_by_other"},
		{"a seal broken before the handover", func(x *traces) {
			at := x.handovers[1].OfferedAt.Add(-time.Minute)
			x.seals[0].BrokenAt = &at
		}, "broken_by_other seal_contradiction"},
		{"a seal of the reserve broken", func(x *traces) {
			at := x.seals[0].BrokenAt.Add(0)
			x.seals[1].BrokenAt, x.seals[1].BrokenBy = &at, b.wang.PersonID
		}, "reserve_opened"},
		{"opening not recorded", func(x *traces) { x.seals[0].BrokenAt, x.seals[0].BrokenBy = nil, "" }, "opening_unrecorded"},
		{"measured on a day before the handover", func(x *traces) { x.results[0].MeasuredOn = calendar.MustDate("2026-09-17") },
			"measured_without_holding opening_unrecorded"},
		{"entered by another", func(x *traces) { x.results[1].EnteredBy = b.qian.PersonID }, "measured_without_holding"},
	} {
		x, err := tracesOf(b.ctx(), b.db, s)
		b.must(err)
		c.damage(&x)
		chain, err := x.chain()
		b.must(err)
		got := map[string]bool{}
		for _, g := range chain.Gaps {
			got[g.Code] = true
			if g.ZH == "" || g.EN == "" {
				t.Errorf("%s: gap %s is not told in both languages", c.name, g.Code)
			}
		}
		for want := range strings.FieldsSeq(c.want) {
			if !got[want] {
				t.Errorf("%s: gaps %v, want %s", c.name, got, want)
			}
			delete(got, want)
		}
		if len(got) > 0 && c.want == "" {
			t.Errorf("%s: gaps %v, want none", c.name, got)
		}
	}
}

// TestStretches follows the test portion: samplers, custodian, technician, without a hole between them.
func TestStretches(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s, _ := b.approved()
	c, err := b.Custody(b.ctx(), b.auditor, s.Number)
	b.must(err)
	var line []Stretch
	for _, x := range c.Stretches {
		if strings.HasSuffix(x.Label, "-1") {
			line = append(line, x)
		}
	}
	want := [][]string{{b.zhang.PersonID, b.li.PersonID}, {b.wang.PersonID}, {b.zhao.PersonID}}
	for i, x := range line {
		if strings.Join(x.Holders, ",") != strings.Join(want[i], ",") || len(x.Names) != len(x.Holders) {
			t.Errorf("stretch %d: %v, want %v", i, x.Holders, want[i])
		}
		if i > 0 && !line[i-1].To.Equal(x.From) {
			t.Errorf("nobody answers between %s and %s", line[i-1].To, x.From)
		}
	}
	if len(line) != 3 || line[2].To != nil {
		t.Errorf("%d stretches, the last ends %v", len(line), line[len(line)-1].To)
	}
}
