package lims

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"

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
	if role == ledger.Sampler && actor.PersonID != form.Sampler1 && actor.PersonID != form.Sampler2 {
		if !actor.Is(ledger.Custodian) {
			return Sample{}, errs.New(errs.Forbidden, "not_a_sampler", "只能由两名抽样人员之一或样品管理员登记",
				"only one of the two samplers, or a custodian, registers the form")
		}
		role = ledger.Custodian
	}
	sample, err := s.registerOnce(ctx, actor, role, form)
	if database.Violates(err, "sample_pkey") { // the same form at the same time: the other one is the first answer
		sample, err = s.registerOnce(ctx, actor, role, form)
	}
	return sample, err
}

func (s *Service) registerOnce(ctx context.Context, actor ledger.Actor, role ledger.Role, form SamplingForm,
) (Sample, error) {
	hash, text, err := ledger.Hash(form)
	if err != nil {
		return Sample{}, err
	}
	formHash := hex.EncodeToString(hash[:])
	var sample Sample
	err = s.db.InTx(ctx, func(tx *database.Tx) error {
		known, err := firstAnswer(ctx, tx, actor, form.ID, formHash, &sample)
		if err != nil || known {
			return err
		}
		business, err := s.agrees(ctx, tx, actor, form)
		if err != nil {
			// Another window may have registered this very form since: then its own seals are those in use.
			if known, e := firstAnswer(ctx, tx, actor, form.ID, formHash, &sample); known && e == nil {
				return nil
			}
			return err
		}
		a := &act{Service: s, tx: tx, actor: actor, role: role, sample: form.sample(actor, business), at: s.at()}
		a.sample.FormHash, a.sample.form, a.sample.RegisteredAt = formHash, string(text), a.at
		err = a.store(ctx, form)
		sample = a.sample
		return err
	})
	if err != nil {
		return Sample{}, fmt.Errorf("register form %s: %w", form.FormNumber, err)
	}
	return sample, nil
}

// firstAnswer reads the sample that the form with this id has become. Another form with the id is a Conflict.
func firstAnswer(ctx context.Context, tx *database.Tx, actor ledger.Actor, id, formHash string, sample *Sample) (known bool, err error) {
	first, known, err := sampleOfForm(ctx, tx, id)
	if err != nil || !known {
		return false, err
	}
	if first.Division != actor.Division || first.FormHash != formHash {
		return false, errs.New(errs.Conflict, "id_taken", "该标识已用于另一张抽样单", "this id belongs to another form")
	}
	*sample = first
	return true, nil
}

// sample is what a checked form registers.
func (f SamplingForm) sample(actor ledger.Actor, businessID string) Sample {
	s := Sample{
		ID: f.ID, Division: actor.Division, Category: f.Category, TaskKind: f.TaskKind, FormNumber: f.FormNumber,
		ProductName: f.ProductName, ProductClass: f.ProductClass, Grade: f.Grade, Link: f.Link, Street: f.Street,
		BusinessID: businessID, SampledUnit: f.SampledUnit.Name, Quantity: measure.MustDecimal(f.Quantity),
		Unit:      f.Unit,
		SampledOn: calendar.MustDate(f.SampledOn), Sampler1: f.Sampler1, Sampler2: f.Sampler2, State: Collected,
		RegisteredBy: actor.PersonID, Version: 1,
	}
	if f.ProducedOn != "" {
		on := calendar.MustDate(f.ProducedOn)
		s.ProducedOn = &on
	}
	return s
}

// agrees tells all in which the form does not agree with what the bureau knows: people, business, files, seals,
// methods. It returns the registered business that was sampled, if any.
func (s *Service) agrees(ctx context.Context, tx *database.Tx, actor ledger.Actor, f SamplingForm,
) (businessID string, err error) {
	var l errs.List
	if err := samplersAgree(ctx, tx, &l, actor, f); err != nil {
		return "", err
	}
	business, err := businessOf(ctx, tx, actor.Division, f.BusinessID, f.SampledUnit.CreditCode)
	switch {
	case err != nil:
		return "", err
	case f.BusinessID != "" && business.ID == "":
		l.Add("business_id", "business_unknown", "没有此企业", "there is no such business")
	case f.BusinessID != "" && business.CreditCode != f.SampledUnit.CreditCode:
		l.Add("sampled_unit.credit_code", "business_differs", "统一社会信用代码与所选企业不一致",
			"the credit code is not that of the business")
	}
	if err := filesAgree(ctx, tx, &l, actor, f); err != nil {
		return "", err
	}
	if err := sealsAgree(ctx, tx, &l, actor, f); err != nil {
		return "", err
	}
	checked := map[string]bool{}
	for i, a := range f.Analyses {
		if checked[a.Method] {
			continue
		}
		checked[a.Method] = true
		_, err := s.standards.MethodInForce(ctx, tx, actor.Division, a.Method, calendar.MustDate(f.SampledOn))
		if err != nil && !isRefusal(err) {
			return "", err
		}
		l.Merge(fmt.Sprintf("analyses[%d].method", i), err)
	}
	return business.ID, l.Err()
}

// isRefusal tells a reason that a person can act on from a failure of ours.
func isRefusal(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.NotFound, errs.Blocked, errs.Conflict:
		return err != nil
	}
	return false
}

func samplersAgree(ctx context.Context, tx *database.Tx, l *errs.List, actor ledger.Actor, f SamplingForm) error {
	people, err := selectPeople(ctx, tx, actor.Division, []string{f.Sampler1, f.Sampler2})
	if err != nil {
		return err
	}
	for path, id := range map[string]string{"sampler_1": f.Sampler1, "sampler_2": f.Sampler2} {
		if p, ok := people[id]; !ok || p.Disabled || !slices.Contains(p.Roles, ledger.Sampler) {
			l.Add(path, "not_a_sampler", "该人员不是本辖区在岗的抽样人员", "this person is not a sampler of the division")
		}
	}
	return nil
}

func filesAgree(ctx context.Context, tx *database.Tx, l *errs.List, actor ledger.Actor, f SamplingForm) error {
	paths := map[string]string{}
	for i, p := range f.Photos {
		paths[fmt.Sprintf("photos[%d].file_hash", i)] = p.FileHash
	}
	for i, p := range f.Portions {
		for j, s := range p.Seals {
			if s.PhotoHash != "" {
				paths[fmt.Sprintf("portions[%d].seals[%d].photo_hash", i, j)] = s.PhotoHash
			}
		}
	}
	if len(paths) == 0 {
		return nil
	}
	var hashes []string
	for _, path := range sortedKeys(paths) {
		hashes = append(hashes, paths[path])
	}
	known, err := filesKnown(ctx, tx, actor.Division, hashes)
	if err != nil {
		return err
	}
	for _, path := range sortedKeys(paths) {
		if !slices.Contains(known, paths[path]) {
			l.Add(path, "file_missing", "照片尚未上传", "the photo has not been uploaded")
		}
	}
	return nil
}

func sealsAgree(ctx context.Context, tx *database.Tx, l *errs.List, actor ledger.Actor, f SamplingForm) error {
	var numbers []string
	for _, p := range f.Portions {
		for _, s := range p.Seals {
			numbers = append(numbers, s.Number)
		}
	}
	taken, err := sealsTaken(ctx, tx, actor.Division, numbers)
	if err != nil {
		return err
	}
	for i, p := range f.Portions {
		for j, s := range p.Seals {
			if slices.Contains(taken, s.Number) {
				l.Add(fmt.Sprintf("portions[%d].seals[%d].number", i, j), "seal_taken", "封条"+s.Number+"已被使用",
					"seal "+s.Number+" is in use already")
			}
		}
	}
	return nil
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
	return a.note(ctx, "sample.registered", map[string]any{
		"category": sample.Category, "form_hash": sample.FormHash,
		"samplers": []string{sample.Sampler1, sample.Sampler2}, "portions": len(portions), "seals": len(seals),
		"analyses": len(analyses), "photos": len(photos),
	})
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
