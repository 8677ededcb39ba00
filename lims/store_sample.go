package lims

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// sampleColumns are the columns of sample s that make a Sample.
const sampleColumns = `s.id, s.division, s.number, s.category, s.task_kind, s.form_number, s.product_name,
	s.product_class,
	s.grade, s.link, s.street, coalesce(s.business_id::text, '') AS business_id, s.sampled_unit, s.quantity, s.unit,
	s.sampled_on, s.produced_on, s.sampler_1, s.sampler_2, encode(s.form_hash, 'hex') AS form_hash, s.state,
	s.received_at, s.refusal, s.due_on, s.due_provisional, s.due_basis, s.registered_by, s.registered_at, s.version`

// insertSample stores a sample with its portions, seals and analyses in one statement: the counter of the division's
// numbers is locked meanwhile, and each further round trip would make all others wait. The parts are read from whole, so
// that the sample comes first and its constraints are those that a second registration violates.
func insertSample(ctx context.Context, tx *database.Tx, s Sample, portions []Portion, seals []Seal, analyses []Analysis) error {
	var p struct{ ids, labels, roles, quantities, units, containers []string }
	for _, x := range portions {
		p.ids, p.labels, p.roles = append(p.ids, x.ID), append(p.labels, x.Label), append(p.roles, string(x.Role))
		p.quantities, p.units = append(p.quantities, x.Quantity.String()), append(p.units, x.Unit)
		p.containers = append(p.containers, x.Container)
	}
	var l struct{ ids, numbers, portions, people, photos []string }
	for _, x := range seals {
		l.ids, l.numbers, l.portions = append(l.ids, x.ID), append(l.numbers, x.Number), append(l.portions, x.PortionID)
		l.people, l.photos = append(l.people, x.AppliedBy), append(l.photos, x.PhotoHash)
	}
	var a struct {
		ids, items, methods []string
		sequences           []int64
	}
	for _, x := range analyses {
		a.ids, a.items, a.methods = append(a.ids, x.ID), append(a.items, x.Item), append(a.methods, x.Method)
		a.sequences = append(a.sequences, int64(x.Sequence))
	}
	array := database.Array
	_, err := tx.Exec(ctx, `
		WITH whole AS (
			INSERT INTO sample (id, division, number, category, task_kind, form_number, product_name, product_class,
				grade, link, street, business_id, sampled_unit, quantity, unit, sampled_on, produced_on, sampler_1,
				sampler_2, form, form_hash, state, registered_by, registered_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, nullif($12, '')::uuid, $13, $14, $15, $16, $17, $18,
				$19, $20, decode($21, 'hex'), $22, $23, $24)
			RETURNING id
		), part AS (
			INSERT INTO portion (id, sample_id, label, role, quantity, unit, container, created_by, created_at)
			SELECT u.id, whole.id, u.label, u.role, u.quantity, u.unit, u.container, $23, $24
			FROM whole, unnest($25::uuid[], $26::text[], $27::text[], $28::numeric[], $29::text[], $30::text[])
				AS u (id, label, role, quantity, unit, container)
		), closure AS (
			INSERT INTO seal (id, division, number, portion_id, applied_by, applied_at, photo_hash)
			SELECT u.id, $2, u.number, u.portion_id, u.applied_by, $24, decode(nullif(u.photo, ''), 'hex')
			FROM whole, unnest($31::uuid[], $32::text[], $33::uuid[], $34::uuid[], $35::text[])
				AS u (id, number, portion_id, applied_by, photo)
		)
		INSERT INTO analysis (id, sample_id, sequence, item, method)
		SELECT u.id, whole.id, u.sequence, u.item, u.method
		FROM whole, unnest($36::uuid[], $37::integer[], $38::text[], $39::text[]) AS u (id, sequence, item, method)`,
		s.ID, s.Division, s.Number, s.Category, s.TaskKind, s.FormNumber, s.ProductName, s.ProductClass,
		s.Grade, s.Link, s.Street, s.BusinessID, s.SampledUnit, s.Quantity, s.Unit, s.SampledOn, s.ProducedOn, s.Sampler1,
		s.Sampler2, s.form, s.FormHash, s.State, s.RegisteredBy, s.RegisteredAt,
		array(p.ids), array(p.labels), array(p.roles), array(p.quantities), array(p.units), array(p.containers),
		array(l.ids), array(l.numbers), array(l.portions), array(l.people), array(l.photos),
		array(a.ids), array(a.sequences), array(a.items), array(a.methods))
	switch {
	case database.Violates(err, "sample_form_number"):
		return errs.New(errs.Conflict, "form_number_taken", "抽样单编号"+s.FormNumber+"已登记",
			"form number "+s.FormNumber+" is registered already").With(err)
	case database.Violates(err, "seal_number"):
		return errs.New(errs.Conflict, "seal_taken", "封条编号已被使用", "a seal of this number is in use already").With(err)
	case err != nil:
		return fmt.Errorf("insert sample: %w", err)
	}
	return nil
}

func insertPhotos(ctx context.Context, tx *database.Tx, sampleID string, photos []Photo) error {
	if len(photos) == 0 {
		return nil
	}
	var hashes, captions []string
	for _, p := range photos {
		hashes, captions = append(hashes, p.FileHash), append(captions, p.Caption)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO sample_photo (sample_id, file_hash, caption, added_by, added_at)
		SELECT $1, decode(u.hash, 'hex'), u.caption, $2, $3
		FROM unnest($4::text[], $5::text[]) AS u (hash, caption)`,
		sampleID, photos[0].AddedBy, photos[0].AddedAt, database.Array(hashes), database.Array(captions))
	if err != nil {
		return fmt.Errorf("insert photos: %w", err)
	}
	return nil
}

// sampleOfForm finds a sample by the id that its form gave it, in whichever division: ids are unique everywhere.
func sampleOfForm(ctx context.Context, q database.Queryer, id string) (Sample, bool, error) {
	var s Sample
	err := q.Get(ctx, &s, `
		SELECT `+sampleColumns+`
		FROM sample s
		WHERE s.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	return s, err == nil, err
}

func lockSample(ctx context.Context, tx *database.Tx, division, number string) (Sample, error) {
	var s Sample
	err := tx.Get(ctx, &s, `
		SELECT `+sampleColumns+`
		FROM sample s
		WHERE s.division = $1 AND s.number = $2
		FOR UPDATE`, division, number)
	if errors.Is(err, sql.ErrNoRows) {
		return s, errSampleMissing
	}
	return s, err
}

// saveSample stores where the sample is now and counts its version up.
func saveSample(ctx context.Context, tx *database.Tx, s *Sample) error {
	n, err := tx.Exec(ctx, `
		UPDATE sample
		SET state = $3, received_at = $4, refusal = $5, due_on = $6, due_provisional = $7, due_basis = $8,
			version = version + 1
		WHERE id = $1 AND version = $2`,
		s.ID, s.Version, s.State, s.ReceivedAt, s.Refusal, s.DueOn, s.DueProvisional, s.DueBasis)
	if err != nil {
		return fmt.Errorf("save sample: %w", err)
	}
	if n == 0 {
		return errVersion
	}
	s.Version++
	return nil
}

func selectPortions(ctx context.Context, q database.Queryer, sampleID string) ([]Portion, error) {
	portions := []Portion{}
	err := q.Select(ctx, &portions, `
		SELECT p.id, p.sample_id, coalesce(p.parent_id::text, '') AS parent_id, p.label, p.role, p.quantity, p.unit,
			p.container
		FROM portion p
		WHERE p.sample_id = $1
		ORDER BY length(p.label), p.label`, sampleID)
	if err != nil {
		return nil, fmt.Errorf("portions: %w", err)
	}
	return portions, nil
}

func selectSeals(ctx context.Context, q database.Queryer, sampleID string) ([]Seal, error) {
	seals := []Seal{}
	err := q.Select(ctx, &seals, `
		SELECT l.id, l.number, l.portion_id, l.applied_by, l.applied_at,
			coalesce(encode(l.photo_hash, 'hex'), '') AS photo_hash,
			coalesce(l.broken_by::text, '') AS broken_by, l.broken_at, l.broken_why
		FROM seal l
		JOIN portion p ON p.id = l.portion_id
		WHERE p.sample_id = $1
		ORDER BY length(p.label), p.label, l.number`, sampleID)
	if err != nil {
		return nil, fmt.Errorf("seals: %w", err)
	}
	return seals, nil
}

func saveBreak(ctx context.Context, tx *database.Tx, s Seal) error {
	n, err := tx.Exec(ctx, `
		UPDATE seal
		SET broken_by = $2, broken_at = $3, broken_why = $4
		WHERE id = $1 AND broken_at IS NULL`, s.ID, s.BrokenBy, s.BrokenAt, s.BrokenWhy)
	if err != nil {
		return fmt.Errorf("break seal: %w", err)
	}
	if n == 0 {
		return errVersion
	}
	return nil
}

func selectAnalyses(ctx context.Context, q database.Queryer, sampleID string) ([]Analysis, error) {
	analyses := []Analysis{}
	err := q.Select(ctx, &analyses, `
		SELECT id, sample_id, sequence, item, method
		FROM analysis
		WHERE sample_id = $1
		ORDER BY sequence`, sampleID)
	if err != nil {
		return nil, fmt.Errorf("analyses: %w", err)
	}
	return analyses, nil
}

func selectPhotos(ctx context.Context, q database.Queryer, sampleID string) ([]Photo, error) {
	photos := []Photo{}
	err := q.Select(ctx, &photos, `
		SELECT encode(file_hash, 'hex') AS file_hash, caption, added_by, added_at
		FROM sample_photo
		WHERE sample_id = $1
		ORDER BY added_at, file_hash`, sampleID)
	if err != nil {
		return nil, fmt.Errorf("photos: %w", err)
	}
	return photos, nil
}

func selectSample(ctx context.Context, q database.Queryer, division, number string) (Sample, error) {
	var s Sample
	err := q.Get(ctx, &s, `
		SELECT `+sampleColumns+`
		FROM sample s
		WHERE s.division = $1 AND s.number = $2`, division, number)
	if errors.Is(err, sql.ErrNoRows) {
		return s, errSampleMissing
	}
	return s, err
}

// selectForm reads the signed form, canonical JSON.
func selectForm(ctx context.Context, q database.Queryer, sampleID string) (string, error) {
	var text string
	if err := q.Get(ctx, &text, `
		SELECT form
		FROM sample
		WHERE id = $1`, sampleID); err != nil {
		return "", fmt.Errorf("form: %w", err)
	}
	return text, nil
}
