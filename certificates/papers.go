package certificates

import (
	"context"
	"slices"
	"strings"
	"time"

	"hengjian/certificates/paper"
	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
	"hengjian/lims"
)

// Printout is a paper that was printed from the records: nothing of it is stored, and nothing is issued.
type Printout struct {
	Name string // of its file, without an ending
	PDF  []byte
}

// SamplingForm prints the sampling form of a sample, one set of pages for each copy. What the form holds of persons is
// masked as everywhere: those whose role needs it see it.
func (s *Service) SamplingForm(ctx context.Context, actor ledger.Actor, number string) (Printout, error) {
	c, err := s.samplingForm(ctx, actor, number)
	if err != nil {
		return Printout{}, err
	}
	return printout(c, c.Number+"-"+c.Title())
}

func (s *Service) samplingForm(ctx context.Context, actor ledger.Actor, number string) (paper.SamplingFormContent, error) {
	d, err := s.lims.Detail(ctx, actor, number)
	if err != nil {
		return paper.SamplingFormContent{}, err
	}
	title, groups, err := d.Form.Filled()
	if err != nil {
		return paper.SamplingFormContent{}, err
	}
	division, err := s.users.Division(ctx, d.Sample.Division)
	if err != nil {
		return paper.SamplingFormContent{}, err
	}
	rules := rulesOfPapers()
	c := paper.SamplingFormContent{
		Printed:   s.printed(paper.SamplingForm, d.Sample.FormNumber, bodyOf(division, division.Bureau), "样品"+d.Sample.Number+"的登记记录"),
		FormTitle: title.ZH, Category: paper.Category(d.Sample.Category), SampleNumber: d.Sample.Number,
		Samplers: samplers(d), Signing: unitSigning(d.Form),
		Copies: rules.copies(d.Sample.Category), Notice: rules.told(paper.SamplingForm, d.Sample.Category),
	}
	c.Groups = formGroups(groups)
	for _, p := range d.Portions {
		c.Portions = append(c.Portions, formPortion(p))
	}
	for _, a := range d.Analyses {
		c.Items = append(c.Items, paper.FormItem{Item: a.Item, Method: a.Method})
	}
	return c, nil
}

func formGroups(groups []lims.FilledGroup) []paper.FormGroup {
	out := make([]paper.FormGroup, len(groups))
	for i, g := range groups {
		out[i].Title = g.ZH
		for _, f := range g.Fields {
			out[i].Fields = append(out[i].Fields, paper.FormField{Label: f.ZH, Value: f.Value})
		}
	}
	return out
}

// printed is what a paper says of itself.
func (s *Service) printed(k paper.Kind, number string, body paper.Body, source string) paper.Printed {
	return paper.Printed{Kind: k, Number: number, Body: body, Source: source, PrintedAt: s.now().UTC()}
}

// bodyOf is the bureau or the laboratory of a division as its papers name it.
func bodyOf(d users.Division, name string) paper.Body {
	return paper.Body{Division: d.Code, Name: name, Address: d.Address, Phone: d.Phone}
}

func printout(c paper.Content, name string) (Printout, error) {
	pdf, err := paper.Draw(c, paper.Options{})
	return Printout{Name: name, PDF: pdf}, err
}

func samplers(d lims.Detail) []string {
	return []string{d.Names[d.Sample.Sampler1], d.Names[d.Sample.Sampler2]}
}

func unitSigning(f lims.SamplingForm) paper.UnitSigning {
	s := paper.UnitSigning{
		By: f.Details["unit_signed_by"], Refused: f.Details["unit_refused_to_sign"] == "true", Witness: f.Details["witness"],
	}
	if on, err := calendar.ParseDate(f.Details["unit_signed_on"]); err == nil {
		s.On = &on
	}
	return s
}

func formPortion(p lims.PortionDetail) paper.FormPortion {
	out := paper.FormPortion{
		Label: p.Label, Role: portionNames[p.Role].zh, Quantity: p.Quantity.String() + " " + p.Unit, Container: p.Container,
		Seals: []string{},
	}
	for _, s := range p.Seals {
		out.Seals = append(out.Seals, s.Number)
	}
	return out
}

// CustodySheet prints what the chain of custody of a sample is now: portions, seals, every handover, every gap.
func (s *Service) CustodySheet(ctx context.Context, actor ledger.Actor, number string) (Printout, error) {
	c, err := s.custodySheet(ctx, actor, number)
	if err != nil {
		return Printout{}, err
	}
	return printout(c, c.Number+"-"+c.Title())
}

func (s *Service) custodySheet(ctx context.Context, actor ledger.Actor, number string) (paper.CustodyContent, error) {
	d, err := s.lims.Detail(ctx, actor, number)
	if err != nil {
		return paper.CustodyContent{}, err
	}
	division, err := s.users.Division(ctx, d.Sample.Division)
	if err != nil {
		return paper.CustodyContent{}, err
	}
	sample := d.Sample
	c := paper.CustodyContent{
		Printed: s.printed(paper.CustodySheet, sample.Number, bodyOf(division, division.Laboratory), "样品"+sample.Number+"的流转记录"),
		Sample: paper.CustodySample{
			Name: sample.ProductName, FormNumber: sample.FormNumber, SampledUnit: sample.SampledUnit, SampledOn: sample.SampledOn,
			Samplers: samplers(d), Quantity: sample.Quantity.String() + " " + sample.Unit, State: sample.State.Name().ZH,
			ReceivedAt: utc(sample.ReceivedAt), Refusal: sample.Refusal,
		},
		Handovers: []paper.CustodyHandover{}, Gaps: []paper.CustodyGap{},
	}
	for _, p := range d.Portions {
		c.Portions = append(c.Portions, paper.CustodyPortion{FormPortion: formPortion(p), Holders: namesOf(d.Names, p.Holders), Place: p.Place})
		for _, seal := range p.Seals {
			c.Seals = append(c.Seals, custodySeal(d, p, seal))
		}
	}
	for _, h := range d.Handovers {
		c.Handovers = append(c.Handovers, custodyHandover(d, h))
	}
	for _, g := range d.Gaps {
		c.Gaps = append(c.Gaps, paper.CustodyGap{Portion: g.Label, From: utc(g.From), To: utc(g.To), Text: g.ZH})
	}
	return c, nil
}

func namesOf(names map[string]string, ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = names[id]
	}
	return out
}

func custodySeal(d lims.Detail, p lims.PortionDetail, seal lims.Seal) paper.CustodySeal {
	out := paper.CustodySeal{
		Number: seal.Number, Portion: p.Label, AppliedBy: d.Names[seal.AppliedBy], AppliedAt: seal.AppliedAt.UTC(), Checks: []paper.SealLook{},
		BrokenAt: utc(seal.BrokenAt), BrokenWhy: seal.BrokenWhy,
	}
	if seal.BrokenBy != "" {
		out.BrokenBy = d.Names[seal.BrokenBy]
	}
	for _, h := range d.Handovers {
		for _, k := range h.Checks {
			if k.SealID == seal.ID {
				out.Checks = append(out.Checks, paper.SealLook{At: k.CheckedAt.UTC(), By: h.ReceiverName, Seen: seen(k)})
			}
		}
	}
	return out
}

// seen is what was seen of a seal, with the number that was read where it was another.
func seen(k lims.SealCheck) string {
	words := k.Finding.Name().ZH
	if k.ReadNumber != "" && k.ReadNumber != k.Number {
		words += "（读取" + k.ReadNumber + "）"
	}
	return words
}

// utc is a moment as contents keep it.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

func custodyHandover(d lims.Detail, h lims.Handover) paper.CustodyHandover {
	out := paper.CustodyHandover{
		Purpose: h.Purpose.Name().ZH, Giver: h.GiverName, Receiver: h.ReceiverName, State: h.State.Name().ZH,
		OfferedAt: h.OfferedAt.UTC(), DecidedAt: utc(h.DecidedAt), Place: h.Place,
	}
	for _, p := range d.Portions {
		if slices.Contains(h.Portions, p.ID) {
			out.Portions = append(out.Portions, p.Label)
		}
	}
	var condition []string
	for _, k := range h.Checks {
		condition = append(condition, k.Number+" "+seen(k))
	}
	if h.Refusal != "" {
		condition = append(condition, "拒收原因："+h.Refusal)
	}
	out.Condition = strings.Join(condition, "\n")
	return out
}

// errNoPaper is the answer to a paper that there is not.
var errNoPaper = errs.New(errs.NotFound, "paper_missing", "没有此种文书", "there is no such paper")
