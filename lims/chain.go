package lims

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

// Chain is the custody of a sample: who answered for each portion, from when until when and on what ground, and every
// gap by name.
type Chain struct {
	Number    string     `json:"number"`
	Stretches []Stretch  `json:"stretches"`
	Handovers []Handover `json:"handovers"`
	Gaps      []Gap      `json:"gaps"`
}

// Stretch is a time in which the same people answered for a portion: the two samplers at first, then the receiver of
// each accepted handover.
type Stretch struct {
	PortionID  string     `json:"portion_id"`
	Label      string     `json:"label"`
	From       time.Time  `json:"from"`
	To         *time.Time `json:"to,omitempty"`
	Holders    []string   `json:"holders"`
	Names      []string   `json:"names"`
	Place      string     `json:"place,omitempty"`
	HandoverID string     `json:"handover_id,omitempty"`
}

// Gap is a stretch for which nobody answers, or a link that does not hold.
type Gap struct {
	Label string     `json:"label"`
	From  *time.Time `json:"from,omitempty"`
	To    *time.Time `json:"to,omitempty"`
	Code  string     `json:"code"`
	ZH    string     `json:"zh"`
	EN    string     `json:"en"`
}

// signed is a signature as stored.
type signed struct {
	ID          string    `db:"id"`
	PersonID    string    `db:"person_id"`
	ContentHash string    `db:"content_hash"`
	SignedAt    time.Time `db:"signed_at"`
}

// traces is all that the chain of custody is read from.
type traces struct {
	sample     Sample
	portions   []Portion
	seals      []Seal
	handovers  []Handover // oldest first
	results    []Result
	signatures map[string]signed
	names      map[string]string
}

// Custody returns the chain of custody of a sample with its gaps. Staff only.
func (s *Service) Custody(ctx context.Context, actor ledger.Actor, number string) (Chain, error) {
	if err := actor.As(staff...); err != nil {
		return Chain{}, err
	}
	sample, err := selectSample(ctx, s.db, actor.Division, number)
	if err != nil {
		return Chain{}, fmt.Errorf("sample %s: %w", short(number), err)
	}
	t, err := tracesOf(ctx, s.db, sample)
	if err != nil {
		return Chain{}, err
	}
	return t.chain()
}

func tracesOf(ctx context.Context, q database.Queryer, sample Sample) (traces, error) {
	t := traces{sample: sample}
	var err error
	if t.portions, t.seals, err = contents(ctx, q, sample.ID); err != nil {
		return t, err
	}
	if t.handovers, err = selectHandovers(ctx, q, sample.ID); err != nil {
		return t, err
	}
	if t.results, err = selectResults(ctx, q, sample.ID); err != nil {
		return t, err
	}
	if t.signatures, err = selectSignatures(ctx, q, sample.ID); err != nil {
		return t, err
	}
	ids := []string{sample.Sampler1, sample.Sampler2, sample.RegisteredBy}
	for _, h := range t.handovers {
		ids = append(ids, h.Giver, h.Receiver)
	}
	for _, l := range t.seals {
		if l.BrokenBy != "" {
			ids = append(ids, l.BrokenBy)
		}
	}
	for _, r := range t.results {
		ids = append(ids, r.EnteredBy)
		if r.AgreedBy != "" {
			ids = append(ids, r.AgreedBy)
		}
	}
	t.names, err = namesOf(ctx, q, ids)
	return t, err
}

// chain walks every portion from the sampling to now.
func (t traces) chain() (Chain, error) {
	c := Chain{Number: t.sample.Number, Stretches: []Stretch{}, Handovers: t.handovers, Gaps: []Gap{}}
	for _, h := range t.handovers {
		if err := t.checkSignatures(&c, h); err != nil {
			return c, err
		}
	}
	for _, p := range t.portions {
		stretches := t.walk(&c, p)
		t.checkSeals(&c, p, stretches)
		t.checkResults(&c, p, stretches)
		c.Stretches = append(c.Stretches, stretches...)
	}
	return c, nil
}

// walk follows one portion over its accepted handovers.
func (t traces) walk(c *Chain, p Portion) []Stretch {
	start := t.sample.SampledOn.Start()
	stretches := []Stretch{{PortionID: p.ID, Label: p.Label, From: start,
		Holders: []string{t.sample.Sampler1, t.sample.Sampler2},
		Names:   []string{t.names[t.sample.Sampler1], t.names[t.sample.Sampler2]}}}
	delivered := false
	for _, h := range t.accepted(p.ID) {
		last := &stretches[len(stretches)-1]
		delivered = delivered || h.Purpose == ForDelivery
		if !slices.Contains(last.Holders, h.Giver) {
			c.gap(p, &last.From, &h.OfferedAt, "giver_not_holder",
				fmt.Sprintf("样品份%s由%s交出，但此前应由%s保管，其间无人签认", p.Label, h.GiverName, strings.Join(last.Names, "、")),
				fmt.Sprintf("portion %s was given away by %s while %s answered for it: nobody signed in between",
					p.Label, h.GiverName, strings.Join(last.Names, ", ")))
		}
		if h.OfferedAt.Before(last.From) {
			c.gap(p, &h.OfferedAt, &last.From, "out_of_order",
				fmt.Sprintf("样品份%s的移交早于上一次接收", p.Label),
				fmt.Sprintf("portion %s was given away before it was taken over", p.Label))
		}
		t.checkHandoverSeals(c, p, h)
		last.To = h.DecidedAt
		stretches = append(stretches,
			Stretch{PortionID: p.ID, Label: p.Label, From: *h.DecidedAt, Holders: []string{h.Receiver},
				Names: []string{h.ReceiverName}, Place: h.Place, HandoverID: h.ID})
	}
	if t.sample.State == Received && !delivered {
		c.gap(p, &start, t.sample.ReceivedAt, "no_delivery", fmt.Sprintf("样品份%s没有送样交接记录", p.Label),
			fmt.Sprintf("there is no signed delivery of portion %s", p.Label))
	}
	return stretches
}

// accepted lists the accepted handovers of a portion in the order in which they were accepted.
func (t traces) accepted(portion string) []Handover {
	var out []Handover
	for _, h := range t.handovers {
		if h.State == Accepted && h.DecidedAt != nil && slices.Contains(h.Portions, portion) {
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b Handover) int { return a.DecidedAt.Compare(*b.DecidedAt) })
	return out
}

// checkSignatures recomputes what giver and receiver signed and compares it with what their signatures cover.
func (t traces) checkSignatures(c *Chain, h Handover) error {
	offer := h.offer(t.sample, t.portions, t.seals)
	if err := t.checkSignature(c, h, h.GiverSignature, h.Giver, h.GiverName, offer); err != nil {
		return err
	}
	if h.State == Offered {
		return nil
	}
	decision := h.decision(t.sample, t.portions, t.seals)
	return t.checkSignature(c, h, h.ReceiverSignature, h.Receiver, h.ReceiverName, decision)
}

func (t traces) checkSignature(c *Chain, h Handover, id, person, name string, shown any) error {
	what := named(purposeNames, string(h.Purpose))
	sig, ok := t.signatures[id]
	if !ok || sig.PersonID != person {
		c.gap(Portion{}, &h.OfferedAt, h.DecidedAt, "unsigned", fmt.Sprintf("%s交接缺少%s的签名", what.ZH, name),
			fmt.Sprintf("the handover for %s lacks the signature of %s", what.EN, name))
		return nil
	}
	hash, _, err := ledger.Hash(shown)
	if err != nil {
		return fmt.Errorf("handover %s: %w", h.ID, err)
	}
	if sig.ContentHash != hex.EncodeToString(hash[:]) {
		c.gap(Portion{}, &h.OfferedAt, h.DecidedAt, "signature_differs",
			fmt.Sprintf("%s交接的内容与%s签名时所见不一致", what.ZH, name),
			fmt.Sprintf("the handover for %s is not what %s signed", what.EN, name))
	}
	return nil
}

func (c *Chain) gap(p Portion, from, to *time.Time, code, zh, en string) {
	c.Gaps = append(c.Gaps, Gap{Label: p.Label, From: from, To: to, Code: code, ZH: zh, EN: en})
}
