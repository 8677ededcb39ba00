package lims

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"hengjian/internal/database"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Detail is all that may be known of a sample. Actions are the steps that the actor may take now.
type Detail struct {
	Sample    Sample            `json:"sample"`
	Stage     Stage             `json:"stage"`
	Form      SamplingForm      `json:"form" doc:"as signed; personal data masked unless the role needs it"`
	Names     map[string]string `json:"names" doc:"of the people who had to do with the sample, by id"`
	Portions  []PortionDetail   `json:"portions"`
	Photos    []Photo           `json:"photos"`
	Analyses  []AnalysisDetail  `json:"analyses"`
	Reports   []Report          `json:"reports"`
	Handovers []Handover        `json:"handovers"`
	Gaps      []Gap             `json:"gaps"`
	History   []ledger.Entry    `json:"history"`
	Actions   []Action          `json:"actions"`
}

// PortionDetail is a portion with its seals and who holds it.
type PortionDetail struct {
	Portion
	Seals   []Seal   `json:"seals"`
	Holders []string `json:"holders" doc:"ids of who answers for it now"`
	Place   string   `json:"place"`
}

// AnalysisDetail is an analysis with all versions of its result, the newest last.
type AnalysisDetail struct {
	Analysis
	Results []Result `json:"results"`
}

// Action is a step that the actor may take: on the sample, on a handover (HandoverID), or on its report.
type Action struct {
	Step       Step   `json:"step"`
	ZH         string `json:"zh"`
	EN         string `json:"en"`
	HandoverID string `json:"handover_id,omitempty"`
}

// The steps that no state table lists, since they change no state of the sample.
const (
	EnterStep   Step = "enter_results"
	CorrectStep Step = "correct"
	BreakStep   Step = "break_seal"
)

// Detail returns everything about a sample to staff. Businesses ask for Issued.
func (s *Service) Detail(ctx context.Context, actor ledger.Actor, number string) (Detail, error) {
	if err := actor.As(staff...); err != nil {
		return Detail{}, err
	}
	sample, err := selectSample(ctx, s.db, actor.Division, number)
	if err != nil {
		return Detail{}, fmt.Errorf("sample %s: %w", short(number), err)
	}
	d := Detail{Sample: sample}
	if d.Stage, err = stageOf(ctx, s.db, sample.ID); err != nil {
		return d, err
	}
	form, catalogue, err := formOf(ctx, s.db, sample)
	if err != nil {
		return d, err
	}
	d.Form = form.masked(catalogue, actor)
	if err := d.readParts(ctx, s.db); err != nil {
		return d, err
	}
	if d.History, err = ledger.History(ctx, s.db, "sample", sample.ID); err != nil {
		return d, err
	}
	d.Actions = d.actions(actor)
	return d, nil
}

// readParts fills in what hangs on the sample.
func (d *Detail) readParts(ctx context.Context, q database.Queryer) error {
	t, err := tracesOf(ctx, q, d.Sample)
	if err != nil {
		return err
	}
	chain, err := t.chain()
	if err != nil {
		return err
	}
	d.Handovers, d.Gaps, d.Names = chain.Handovers, chain.Gaps, t.names
	d.Portions = make([]PortionDetail, len(t.portions))
	for i, p := range t.portions {
		d.Portions[i] = PortionDetail{Portion: p, Seals: []Seal{}}
		for _, l := range t.seals {
			if l.PortionID == p.ID {
				d.Portions[i].Seals = append(d.Portions[i].Seals, l)
			}
		}
		for _, st := range chain.Stretches {
			if st.PortionID == p.ID { // the last one stands
				d.Portions[i].Holders, d.Portions[i].Place = st.Holders, st.Place
			}
		}
	}
	analyses, err := selectAnalyses(ctx, q, d.Sample.ID)
	if err != nil {
		return err
	}
	d.Analyses = make([]AnalysisDetail, len(analyses))
	for i, a := range analyses {
		of := func(r Result) bool { return r.AnalysisID != a.ID }
		d.Analyses[i] = AnalysisDetail{a, slices.DeleteFunc(slices.Clone(t.results), of)}
	}
	if d.Photos, err = selectPhotos(ctx, q, d.Sample.ID); err != nil {
		return err
	}
	d.Reports, err = selectReports(ctx, q, d.Sample.ID)
	return err
}

// actions lists the steps that the state tables and the facts allow the actor now; the use cases check all of it again.
func (d Detail) actions(actor ledger.Actor) []Action {
	out := []Action{}
	add := func(f Flow, step Step, handover string) {
		n := named(f.Steps, string(step))
		out = append(out, Action{step, n.ZH, n.EN, handover})
	}
	for _, step := range steps(sampleFlow, d.Sample.State, actor) {
		if step == Deliver && actor.PersonID != d.Sample.Sampler1 && actor.PersonID != d.Sample.Sampler2 {
			continue
		}
		if (step == Receive || step == Refuse) && !d.offeredTo(actor, ForDelivery) {
			continue
		}
		add(sampleFlow, step, "")
	}
	if d.Sample.State != Received {
		return out
	}
	for _, h := range d.Handovers {
		if h.State == Offered && h.Receiver == actor.PersonID {
			for _, step := range steps(handoverFlow, Offered, actor) {
				add(handoverFlow, step, h.ID)
			}
		}
	}
	held, test := d.holds(actor.PersonID)
	if held && actor.Any(ledger.Custodian, ledger.Technician) {
		add(handoverFlow, Offer, "")
	}
	return append(append(out, d.resultActions(actor, test)...), d.reportActions(actor)...)
}

func (d Detail) offeredTo(actor ledger.Actor, purpose Purpose) bool {
	return slices.ContainsFunc(d.Handovers, func(h Handover) bool {
		return h.State == Offered && h.Purpose == purpose && h.Receiver == actor.PersonID
	})
}

// holds tells whether the person holds a portion that is free to go, and whether a test portion is among them.
func (d Detail) holds(person string) (held, test bool) {
	for _, p := range d.Portions {
		open := slices.ContainsFunc(d.Handovers, func(h Handover) bool {
			return h.State == Offered && slices.Contains(h.Portions, p.ID)
		})
		if !open && slices.Contains(p.Holders, person) {
			held = true
			test = test || p.Role == TestPortion
		}
	}
	return held, test
}

// resultActions are the steps on seals and results.
func (d Detail) resultActions(actor ledger.Actor, test bool) []Action {
	if !actor.Is(ledger.Technician) {
		return nil
	}
	var out []Action
	missing, mine := false, false
	for _, a := range d.Analyses {
		missing = missing || len(a.Results) == 0
		if n := len(a.Results); n > 0 {
			mine = mine || a.Results[n-1].EnteredBy == actor.PersonID
		}
	}
	if test && d.unbroken(actor.PersonID) {
		out = append(out, Action{Step: BreakStep, ZH: "拆封", EN: "breaking a seal"})
	}
	if test && missing {
		out = append(out, Action{Step: EnterStep, ZH: "录入结果", EN: "entering results"})
	}
	if state := d.reportState(); (mine || test) && (state == "" || state == ReportReturned) && d.anyResult() {
		out = append(out, Action{Step: CorrectStep, ZH: "更正结果", EN: "correcting a result"})
	}
	return out
}

func (d Detail) unbroken(person string) bool {
	return slices.ContainsFunc(d.Portions, func(p PortionDetail) bool {
		return p.Role == TestPortion && slices.Contains(p.Holders, person) &&
			slices.ContainsFunc(p.Seals, func(s Seal) bool { return s.BrokenAt == nil })
	})
}

func (d Detail) anyResult() bool {
	return slices.ContainsFunc(d.Analyses, func(a AnalysisDetail) bool { return len(a.Results) > 0 })
}

func (d Detail) reportState() ReportState {
	if n := len(d.Reports); n > 0 {
		return d.Reports[n-1].State
	}
	return ""
}

// reportActions are the steps on the report that separation of duties leaves to the actor.
func (d Detail) reportActions(actor ledger.Actor) []Action {
	var out []Action
	for _, step := range steps(reportFlow, d.reportState(), actor) {
		signing := step == Review || step == Approve
		if signing && len(d.Reports[len(d.Reports)-1].hands(actor.PersonID, d.enterers())) > 0 {
			continue
		}
		if step == Compile && !d.anyResult() {
			continue
		}
		n := named(reportFlow.Steps, string(step))
		out = append(out, Action{Step: step, ZH: n.ZH, EN: n.EN})
	}
	return out
}

func (d Detail) enterers() []string {
	var people []string
	for _, a := range d.Analyses {
		if n := len(a.Results); n > 0 {
			people = append(people, a.Results[n-1].EnteredBy)
		}
	}
	return people
}

// contactRoles need the personal data of a form for their work.
var contactRoles = []ledger.Role{ledger.Sampler, ledger.Custodian}

// masked hides the personal data of a form from those whose role does not need it.
func (f SamplingForm) masked(catalogue Form, actor ledger.Actor) SamplingForm {
	if actor.Any(contactRoles...) {
		return f
	}
	hide := map[string]func(string) string{
		"phone": users.MaskPhone, "name": users.MaskName, "id": users.MaskID,
		"address": func(string) string { return "****" },
	}
	details := map[string]string{}
	maps.Copy(details, f.Details)
	f.Details = details
	for _, field := range catalogue.all() {
		mask, personal := hide[field.Personal]
		if !personal {
			continue
		}
		switch key, isDetail := cutDetail(field.Path); {
		case isDetail && details[key] != "":
			details[key] = mask(details[key])
		case field.Path == "sampled_unit.contact":
			f.SampledUnit.Contact = mask(f.SampledUnit.Contact)
		case field.Path == "sampled_unit.phone":
			f.SampledUnit.Phone = mask(f.SampledUnit.Phone)
		}
	}
	return f
}

// Issued is what a business learns of a sample that was taken from it.
type Issued struct {
	Row
	Revision int             `json:"revision,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Summary  json.RawMessage `json:"summary,omitempty" doc:"of the last issued report"`
}

// Issued returns a sample to the business from which it was taken: that it is under way, or what the last issued report
// says. Staff may ask too.
func (s *Service) Issued(ctx context.Context, actor ledger.Actor, number string) (Issued, error) {
	if err := mayRead(actor); err != nil {
		return Issued{}, err
	}
	row, err := selectRow(ctx, s.db, actor, number)
	if err != nil {
		return Issued{}, fmt.Errorf("sample %s: %w", short(number), err)
	}
	out := Issued{Row: row}
	if actor.BusinessID != "" {
		out.hide()
	}
	reports, err := selectReports(ctx, s.db, row.ID)
	if err != nil {
		return Issued{}, err
	}
	for _, r := range reports {
		if r.State == ReportApproved {
			out.Revision, out.Reason, out.Summary = r.Revision, r.Reason, r.Summary
		}
	}
	return out, nil
}
