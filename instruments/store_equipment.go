package instruments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
)

const equipmentColumns = `e.id, e.division, e.number, e.kind, e.name, e.model, e.serial, e.maker, e.range, e.accuracy,
	e.place, e.state, e.created_at, e.version`

const certificateColumns = `c.id, c.equipment_id, c.number, c.issuer, c.valid_from, c.valid_until, c.uncertainty,
	c.relative_mpe, coalesce(c.reference_equipment_id::text, '') AS reference_equipment_id, c.reference_name,
	c.reference_number, c.recorded_at`

func selectEquipment(ctx context.Context, q database.Queryer, division, id string) (Equipment, error) {
	var e Equipment
	err := q.Get(ctx, &e, `
		SELECT `+equipmentColumns+`
		FROM equipment e
		WHERE e.id::text = $1 AND e.division = $2`, id, division)
	if errors.Is(err, sql.ErrNoRows) {
		return e, notFound("equipment_missing", "设备", "equipment")
	}
	if err != nil {
		return e, fmt.Errorf("equipment %s: %w", id, err)
	}
	return e, nil
}

func selectEquipmentList(ctx context.Context, q database.Queryer, division string, on calendar.Date) ([]EquipmentStatus, error) {
	list := []EquipmentStatus{}
	err := q.Select(ctx, &list, `
		SELECT `+equipmentColumns+`, coalesce(c.number, '') AS certificate_number, c.valid_until
		FROM equipment e
		LEFT JOIN LATERAL (
			SELECT number, valid_until
			FROM equipment_certificate
			WHERE equipment_id = e.id AND valid_from <= $2 AND valid_until >= $2
			ORDER BY valid_until DESC
			LIMIT 1) c ON true
		WHERE e.division = $1
		ORDER BY e.number`, division, on)
	if err != nil {
		return nil, fmt.Errorf("equipment of %s: %w", division, err)
	}
	return list, nil
}

func insertEquipment(ctx context.Context, tx *database.Tx, e Equipment) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO equipment (id, division, number, kind, name, model, serial, maker, range, accuracy, place, state, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		e.ID, e.Division, e.Number, e.Kind, e.Name, e.Model, e.Serial, e.Maker, e.Range, e.Accuracy, e.Place,
		e.State, e.CreatedAt)
	return err
}

func insertCertificate(ctx context.Context, tx *database.Tx, c EquipmentCertificate, by string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO equipment_certificate (id, equipment_id, number, issuer, valid_from, valid_until, uncertainty,
			relative_mpe, reference_equipment_id, reference_name, reference_number, recorded_by, recorded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, '')::uuid, $10, $11, $12, $13)`,
		c.ID, c.EquipmentID, c.Number, c.Issuer, c.ValidFrom, c.ValidUntil, c.Uncertainty,
		c.RelativeMPE, c.ReferenceEquipmentID, c.ReferenceName, c.ReferenceNumber, by, c.RecordedAt)
	if database.Violates(err, "equipment_certificate_once") {
		return errs.New(errs.Conflict, "certificate_exists", "该设备已登记此证书", "this certificate is recorded already").With(err)
	}
	return err
}

func selectCertificateOn(ctx context.Context, q database.Queryer, equipmentID string, on calendar.Date) (EquipmentCertificate, error) {
	return oneCertificate(ctx, q, `
		SELECT `+certificateColumns+`
		FROM equipment_certificate c
		WHERE c.equipment_id = $1 AND c.valid_from <= $2 AND c.valid_until >= $2
		ORDER BY c.valid_until DESC, c.id DESC
		LIMIT 1`, equipmentID, on)
}

func selectCertificate(ctx context.Context, q database.Queryer, id string) (EquipmentCertificate, error) {
	return oneCertificate(ctx, q, `
		SELECT `+certificateColumns+`
		FROM equipment_certificate c
		WHERE c.id = $1`, id)
}

func selectCertificateByNumber(ctx context.Context, q database.Queryer, equipmentID, number string) (EquipmentCertificate, error) {
	return oneCertificate(ctx, q, `
		SELECT `+certificateColumns+`
		FROM equipment_certificate c
		WHERE c.equipment_id = $1 AND c.number = $2`, equipmentID, number)
}

func oneCertificate(ctx context.Context, q database.Queryer, query string, args ...any) (EquipmentCertificate, error) {
	var c EquipmentCertificate
	err := q.Get(ctx, &c, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return c, notFound("equipment_certificate_missing", "设备证书", "equipment certificate")
	}
	if err != nil {
		return c, fmt.Errorf("equipment certificate: %w", err)
	}
	return c, nil
}

func insertMeasurementStandard(ctx context.Context, tx *database.Tx, m MeasurementStandard) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO measurement_standard (id, division, name, range, accuracy, certificate, valid_from, valid_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		m.ID, m.Division, m.Name, m.Range, m.Accuracy, m.Certificate, m.ValidFrom, m.ValidUntil)
	if database.Violates(err, "measurement_standard_certificate") {
		return errs.New(errs.Conflict, "standard_exists", "该考核证书号已登记", "this certificate number is registered already").With(err)
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO measurement_standard_equipment (standard_id, equipment_id)
		SELECT $1, unnest($2::uuid[])`, m.ID, database.Array(m.Equipment)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO measurement_standard_procedure (standard_id, procedure_code)
		SELECT $1, unnest($2::text[])`, m.ID, database.Array(m.Procedures))
	return err
}

type measurementStandardRow struct {
	MeasurementStandard
	EquipmentText  string `db:"equipment"`
	ProceduresText string `db:"procedures"`
}

func selectMeasurementStandards(ctx context.Context, q database.Queryer, division string) ([]MeasurementStandard, error) {
	var rows []measurementStandardRow
	err := q.Select(ctx, &rows, `
		SELECT m.id, m.division, m.name, m.range, m.accuracy, m.certificate, m.valid_from, m.valid_until,
			(SELECT string_agg(equipment_id::text, ' ' ORDER BY equipment_id)
				FROM measurement_standard_equipment WHERE standard_id = m.id) AS equipment,
			(SELECT string_agg(procedure_code, ' ' ORDER BY procedure_code)
				FROM measurement_standard_procedure WHERE standard_id = m.id) AS procedures
		FROM measurement_standard m
		WHERE m.division = $1
		ORDER BY m.name, m.id`, division)
	if err != nil {
		return nil, fmt.Errorf("measurement standards: %w", err)
	}
	list := make([]MeasurementStandard, 0, len(rows))
	for _, r := range rows {
		list = append(list, r.standard())
	}
	return list, nil
}

func selectMeasurementStandard(ctx context.Context, q database.Queryer, division, id string) (MeasurementStandard, error) {
	all, err := selectMeasurementStandards(ctx, q, division)
	if err != nil {
		return MeasurementStandard{}, err
	}
	for _, m := range all {
		if m.ID == id {
			return m, nil
		}
	}
	return MeasurementStandard{}, notFound("measurement_standard_missing", "计量标准", "measurement standard")
}

func (r measurementStandardRow) standard() MeasurementStandard {
	m := r.MeasurementStandard
	m.Equipment, m.Procedures = strings.Fields(r.EquipmentText), strings.Fields(r.ProceduresText)
	return m
}
