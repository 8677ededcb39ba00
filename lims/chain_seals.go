package lims

import (
	"fmt"
	"slices"
	"time"

	"hengjian/internal/calendar"
)

// checkHandoverSeals names every seal of a portion that was not seen intact when the portion was taken over.
func (t traces) checkHandoverSeals(c *Chain, p Portion, h Handover) {
	for _, s := range t.seals {
		if s.PortionID != p.ID || (s.BrokenAt != nil && s.BrokenAt.Before(h.OfferedAt)) {
			continue
		}
		at := slices.IndexFunc(h.Checks, func(k SealCheck) bool { return k.SealID == s.ID })
		if at < 0 {
			c.gap(p, h.DecidedAt, h.DecidedAt, "seal_unchecked",
				fmt.Sprintf("%s接收样品份%s时未核对封条%s", h.ReceiverName, p.Label, s.Number),
				fmt.Sprintf("%s took over portion %s without a look at seal %s", h.ReceiverName, p.Label, s.Number))
		}
	}
}

// checkSeals names what is wrong with the seals of a portion: none at all, another number or state than it must have,
// or broken by somebody who did not hold the portion.
func (t traces) checkSeals(c *Chain, p Portion, stretches []Stretch) {
	sealed := false
	for _, s := range t.seals {
		if s.PortionID != p.ID {
			continue
		}
		sealed = true
		t.checkFindings(c, p, s)
		if s.BrokenAt == nil {
			continue
		}
		if p.Role == ReservePortion {
			c.gap(p, s.BrokenAt, nil, "reserve_opened", fmt.Sprintf("备份样品%s的封条%s被拆", p.Label, s.Number),
				fmt.Sprintf("seal %s of reserve portion %s was broken", s.Number, p.Label))
		}
		if !heldAt(stretches, s.BrokenBy, *s.BrokenAt) {
			c.gap(p, s.BrokenAt, nil, "broken_by_other",
				fmt.Sprintf("封条%s由%s拆封，当时样品份%s不在其手中", s.Number, t.names[s.BrokenBy], p.Label),
				fmt.Sprintf("seal %s was broken by %s, who did not hold portion %s then", s.Number,
					t.names[s.BrokenBy], p.Label))
		}
	}
	if !sealed {
		from := t.sample.RegisteredAt
		c.gap(p, &from, nil, "unsealed", fmt.Sprintf("样品份%s没有封条", p.Label),
			fmt.Sprintf("portion %s bears no seal", p.Label))
	}
}

// checkFindings compares every reading of a seal with the number that was registered and with its history.
func (t traces) checkFindings(c *Chain, p Portion, s Seal) {
	for _, h := range t.handovers {
		for _, k := range h.Checks {
			if k.SealID != s.ID {
				continue
			}
			at := k.CheckedAt
			f := named(findingNames, string(k.Finding))
			switch {
			case k.Finding != Intact:
				c.gap(p, &at, &at, "seal_"+f.Key, fmt.Sprintf("%s核对时封条%s%s", h.ReceiverName, s.Number, f.ZH),
					fmt.Sprintf("seal %s was %s when %s looked", s.Number, f.EN, h.ReceiverName))
			case k.ReadNumber != s.Number:
				c.gap(p, &at, &at, "seal_mismatch", fmt.Sprintf("封条%s读取为%s", s.Number, k.ReadNumber),
					fmt.Sprintf("seal %s was read as %s", s.Number, k.ReadNumber))
			case s.BrokenAt != nil && s.BrokenAt.Before(at):
				c.gap(p, s.BrokenAt, &at, "seal_contradiction", fmt.Sprintf("封条%s拆封后又被记为完好", s.Number),
					fmt.Sprintf("seal %s was recorded as intact after it had been broken", s.Number))
			}
		}
	}
}

// checkResults names results whose author did not hold the portion on the day of measurement, and portions that were
// measured without a record of their opening.
func (t traces) checkResults(c *Chain, p Portion, stretches []Stretch) {
	opened := map[string]bool{}
	for _, r := range t.results {
		if r.PortionID != p.ID {
			continue
		}
		day := r.MeasuredOn.Start()
		if !heldOn(stretches, r.EnteredBy, r.MeasuredOn) {
			c.gap(p, &day, nil, "measured_without_holding",
				fmt.Sprintf("%s的结果由%s录入，当日样品份%s不在其手中", r.MeasuredOn, t.names[r.EnteredBy], p.Label),
				fmt.Sprintf("%s entered a result measured on %s without holding portion %s that day",
					t.names[r.EnteredBy], r.MeasuredOn, p.Label))
		}
		for _, s := range t.seals {
			unopened := s.BrokenAt == nil || calendar.DateOf(*s.BrokenAt).After(r.MeasuredOn)
			if s.PortionID == p.ID && unopened && !opened[s.ID] {
				opened[s.ID] = true
				c.gap(p, &day, s.BrokenAt, "opening_unrecorded",
					fmt.Sprintf("样品份%s在%s检验时，封条%s没有拆封记录", p.Label, r.MeasuredOn, s.Number),
					fmt.Sprintf("portion %s was measured on %s while nobody had recorded the breaking of seal %s",
						p.Label, r.MeasuredOn, s.Number))
			}
		}
	}
}

// heldAt tells whether the person answered for the portion at the moment.
func heldAt(stretches []Stretch, person string, at time.Time) bool {
	return slices.ContainsFunc(stretches, func(s Stretch) bool {
		return slices.Contains(s.Holders, person) && !at.Before(s.From) && (s.To == nil || at.Before(*s.To))
	})
}

// heldOn tells whether the person answered for the portion at some time of the day.
func heldOn(stretches []Stretch, person string, day calendar.Date) bool {
	return slices.ContainsFunc(stretches, func(s Stretch) bool {
		return slices.Contains(s.Holders, person) && !day.Before(calendar.DateOf(s.From)) &&
			(s.To == nil || !day.After(calendar.DateOf(*s.To)))
	})
}
