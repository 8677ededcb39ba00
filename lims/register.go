package lims

import (
	"context"
	"encoding/hex"
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/measure"
)

// Register takes a signed sampling form in as a sample with its portions, seals, planned analyses and photos, and
// allots its number. The same form with the same id again gets the first answer; another form with that id is a
// Conflict.
func (s *Service) Register(ctx context.Context, actor ledger.Actor, form SamplingForm) (Sample, error) {
	_, role, err := next(sampleFlow, State(""), Register, actor)
	if err != nil {
		return Sample{}, err
	}
	form = form.normal()
	if err := form.Validate(s.today()); err != nil {
		return Sample{}, err
	}
	if form.ID, err = newID(form.ID); err != nil {
		return Sample{}, err
	}
	if role, err = form.registrar(actor, role); err != nil {
		return Sample{}, err
	}
	hash, text, err := ledger.Hash(form)
	if err != nil {
		return Sample{}, err
	}
	asked := form.sample(actor)
	asked.FormHash, asked.form, asked.RegisteredAt = hex.EncodeToString(hash[:]), string(text), s.at()
	var registered Sample
	err = s.db.InTx(ctx, func(tx *database.Tx) (err error) {
		a := &act{Service: s, tx: tx, actor: actor, role: role, sample: asked, at: asked.RegisteredAt}
		if a.sample.BusinessID, err = s.agrees(ctx, tx, actor, form); err != nil {
			return err
		}
		err = a.store(ctx, form)
		registered = a.sample
		return err
	})
	if isRefusal(err) || database.Violates(err, "sample_pkey") {
		// Registered already, or by another window meanwhile? Then its own number and seals are those in use.
		registered, err = s.firstAnswer(ctx, asked, err)
	}
	if err != nil {
		return Sample{}, fmt.Errorf("register form %s: %w", form.FormNumber, err)
	}
	return registered, nil
}

// registrar tells in which role the actor may register the form: one of its two samplers, or any custodian.
func (f SamplingForm) registrar(actor ledger.Actor, role ledger.Role) (ledger.Role, error) {
	if role != ledger.Sampler || actor.PersonID == f.Sampler1 || actor.PersonID == f.Sampler2 {
		return role, nil
	}
	if !actor.Is(ledger.Custodian) {
		return "", errs.New(errs.Forbidden, "not_a_sampler", "只能由两名抽样人员之一或样品管理员登记",
			"only one of the two samplers, or a custodian, registers the form")
	}
	return ledger.Custodian, nil
}

// firstAnswer reads the sample that the form of a refused one has become before, and returns the refusal when there is
// none. Another form with the id is a Conflict.
func (s *Service) firstAnswer(ctx context.Context, again Sample, refusal error) (Sample, error) {
	first, known, err := sampleOfForm(ctx, s.db, again.ID)
	switch {
	case err != nil:
		return Sample{}, err
	case !known:
		return Sample{}, refusal
	case first.Division != again.Division || first.FormHash != again.FormHash:
		return Sample{}, errs.New(errs.Conflict, "id_taken", "该标识已用于另一张抽样单", "this id belongs to another form")
	}
	return first, nil
}

// sample is what a checked form registers.
func (f SamplingForm) sample(actor ledger.Actor) Sample {
	s := Sample{
		ID: f.ID, Division: actor.Division, Category: f.Category, TaskKind: f.TaskKind, FormNumber: f.FormNumber,
		ProductName: f.ProductName, ProductClass: f.ProductClass, Grade: f.Grade, Link: f.Link, Street: f.Street,
		SampledUnit: f.SampledUnit.Name, Quantity: measure.MustDecimal(f.Quantity), Unit: f.Unit,
		SampledOn: calendar.MustDate(f.SampledOn), Sampler1: f.Sampler1, Sampler2: f.Sampler2, State: Collected,
		RegisteredBy: actor.PersonID, Version: 1,
	}
	if f.ProducedOn != "" {
		on := calendar.MustDate(f.ProducedOn)
		s.ProducedOn = &on
	}
	return s
}

// store allots the number and saves the sample with all that hangs on it. The counter is taken last before the inserts:
// until the end of the transaction nobody else of the division can register.
func (a *act) store(ctx context.Context, f SamplingForm) error {
	sample := &a.sample
	portions, seals, analyses, err := f.parts(*sample)
	if err != nil {
		return err
	}
	year := calendar.DateOf(a.at).Year()
	serial, err := database.NextNumber(ctx, a.tx, sample.Division, "sample", year)
	if err != nil {
		return err
	}
	sample.Number = sampleNumber(sample.Division, year, serial)
	for i := range portions {
		portions[i].Label = portionLabel(sample.Number, i)
	}
	if err := insertSample(ctx, a.tx, *sample, portions, seals, analyses); err != nil {
		return err
	}
	photos := make([]Photo, len(f.Photos))
	for i, p := range f.Photos {
		photos[i] = Photo{FileHash: p.FileHash, Caption: p.Caption, AddedBy: a.actor.PersonID, AddedAt: a.at}
	}
	if err := insertPhotos(ctx, a.tx, sample.ID, photos); err != nil {
		return err
	}
	return note(ctx, a, kindSampleRegistered, sample.registered(portions, seals, analyses, photos))
}

// parts makes the portions, seals and analyses of a form. The seals are applied by the first sampler.
func (f SamplingForm) parts(sample Sample) (portions []Portion, seals []Seal, analyses []Analysis, err error) {
	count := len(f.Portions) + len(f.Analyses)
	for _, p := range f.Portions {
		count += len(p.Seals)
	}
	ids, err := newIDs(count)
	if err != nil {
		return nil, nil, nil, err
	}
	take := func() string { id := ids[0]; ids = ids[1:]; return id }
	for _, p := range f.Portions {
		portion := Portion{ID: take(), SampleID: sample.ID, Role: p.Role, Quantity: measure.MustDecimal(p.Quantity),
			Unit: p.Unit, Container: p.Container}
		portions = append(portions, portion)
		for _, s := range p.Seals {
			seals = append(seals, Seal{ID: take(), Number: s.Number, PortionID: portion.ID, AppliedBy: sample.Sampler1,
				AppliedAt: sample.RegisteredAt, PhotoHash: s.PhotoHash})
		}
	}
	for i, a := range f.Analyses {
		analyses = append(analyses,
			Analysis{ID: take(), SampleID: sample.ID, Sequence: i + 1, Item: a.Item, Method: a.Method})
	}
	return portions, seals, analyses, nil
}
