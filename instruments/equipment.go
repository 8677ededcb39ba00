package instruments

import (
	"context"
	"fmt"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Equipment is a piece of the bureau's own equipment: a laboratory instrument, or a standard of verification.
type Equipment struct {
	ID        string    `json:"id" db:"id"`
	Division  string    `json:"division" db:"division"`
	Number    string    `json:"number" db:"number"`
	Kind      string    `json:"kind" db:"kind" enum:"laboratory,reference"`
	Name      string    `json:"name" db:"name"`
	Model     string    `json:"model" db:"model"`
	Serial    string    `json:"serial" db:"serial"`
	Maker     string    `json:"maker" db:"maker"`
	Range     string    `json:"range" db:"range"`
	Accuracy  string    `json:"accuracy" db:"accuracy"`
	Place     string    `json:"place" db:"place"`
	State     string    `json:"state" db:"state" enum:"in_use,stopped"`
	CreatedAt time.Time `json:"created_at" db:"created_at"`
	Version   int       `json:"version" db:"version"`
}

// NewEquipment is what is known of a piece of equipment when it enters the register.
type NewEquipment struct {
	ID       string `json:"id,omitempty"`
	Kind     string `json:"kind" doc:"laboratory or reference"`
	Name     string `json:"name"`
	Model    string `json:"model"`
	Serial   string `json:"serial"`
	Maker    string `json:"maker"`
	Range    string `json:"range"`
	Accuracy string `json:"accuracy"`
	Place    string `json:"place"`
}

// EquipmentCertificate is one certificate of a piece of equipment: what it rests on, and from when until when.
type EquipmentCertificate struct {
	ID                   string        `json:"id" db:"id"`
	EquipmentID          string        `json:"equipment_id" db:"equipment_id"`
	Number               string        `json:"number" db:"number"`
	Issuer               string        `json:"issuer" db:"issuer"`
	ValidFrom            calendar.Date `json:"valid_from" db:"valid_from"`
	ValidUntil           calendar.Date `json:"valid_until" db:"valid_until"`
	Uncertainty          string        `json:"uncertainty" db:"uncertainty"`
	RelativeMPE          string        `json:"relative_mpe" db:"relative_mpe"`
	ReferenceEquipmentID string        `json:"reference_equipment_id,omitempty" db:"reference_equipment_id"`
	ReferenceName        string        `json:"reference_name" db:"reference_name"`
	ReferenceNumber      string        `json:"reference_number" db:"reference_number"`
	RecordedAt           time.Time     `json:"recorded_at" db:"recorded_at"`
}

// NewCertificate is what a certificate of a piece of equipment says. RelativeMPE is the ratio of the equipment's MPE to
// the MPE of what it verifies, where the certificate states one.
type NewCertificate struct {
	ID                   string        `json:"id,omitempty"`
	Number               string        `json:"number"`
	Issuer               string        `json:"issuer"`
	ValidFrom            calendar.Date `json:"valid_from"`
	ValidUntil           calendar.Date `json:"valid_until"`
	Uncertainty          string        `json:"uncertainty"`
	RelativeMPE          string        `json:"relative_mpe"`
	ReferenceEquipmentID string        `json:"reference_equipment_id,omitempty"`
	ReferenceName        string        `json:"reference_name,omitempty"`
	ReferenceNumber      string        `json:"reference_number"`
}

// MeasurementStandard is a 计量标准 with its 考核证书, the procedures that it serves and the equipment it consists of.
type MeasurementStandard struct {
	ID          string        `json:"id" db:"id"`
	Division    string        `json:"division" db:"division"`
	Name        string        `json:"name" db:"name"`
	Range       string        `json:"range" db:"range"`
	Accuracy    string        `json:"accuracy" db:"accuracy"`
	Certificate string        `json:"certificate" db:"certificate"`
	ValidFrom   calendar.Date `json:"valid_from" db:"valid_from"`
	ValidUntil  calendar.Date `json:"valid_until" db:"valid_until"`
	Equipment   []string      `json:"equipment" db:"-"`
	Procedures  []string      `json:"procedures" db:"-"`
}

// NewStandard is what the certificate of a measurement standard says.
type NewStandard struct {
	ID          string        `json:"id,omitempty"`
	Name        string        `json:"name"`
	Range       string        `json:"range"`
	Accuracy    string        `json:"accuracy"`
	Certificate string        `json:"certificate"`
	ValidFrom   calendar.Date `json:"valid_from"`
	ValidUntil  calendar.Date `json:"valid_until"`
	Equipment   []string      `json:"equipment" doc:"ids of its equipment"`
	Procedures  []string      `json:"procedures" doc:"codes of the procedures it serves"`
}

// Use is a piece of equipment at the moment of its use, with the certificate that covers that day.
type Use struct {
	Equipment   Equipment            `json:"equipment"`
	Certificate EquipmentCertificate `json:"certificate"`
}

// EquipmentUse is the gate before a result or a verification: the equipment exists in the division, is in use, and a
// certificate of its own covers the day (ISO/IEC 17025 6.4, 6.5). Its error is Blocked with the reason.
func EquipmentUse(ctx context.Context, q database.Queryer, division, equipmentID string, on calendar.Date) (Use, error) {
	e, err := selectEquipment(ctx, q, division, equipmentID)
	if err != nil {
		return Use{}, err
	}
	if e.State != "in_use" {
		return Use{}, errs.New(errs.Blocked, "equipment_stopped",
			fmt.Sprintf("设备%s（%s）已停用", e.Number, e.Name), fmt.Sprintf("equipment %s is out of use", e.Number))
	}
	c, err := selectCertificateOn(ctx, q, e.ID, on)
	if isKind(err, errs.NotFound) {
		return Use{}, errs.New(errs.Blocked, "equipment_out_of_validity",
			fmt.Sprintf("设备%s（%s）在%s无有效的检定或校准证书", e.Number, e.Name, on),
			fmt.Sprintf("equipment %s has no valid certificate on %s", e.Number, on))
	}
	if err != nil {
		return Use{}, err
	}
	return Use{Equipment: e, Certificate: c}, nil
}

// AddEquipment puts a piece of equipment into the register. Technical managers and administrators only.
func (s *Service) AddEquipment(ctx context.Context, actor ledger.Actor, n NewEquipment) (Equipment, error) {
	if err := actor.As(ledger.TechnicalManager, ledger.Administrator); err != nil {
		return Equipment{}, err
	}
	if err := n.Validate(); err != nil {
		return Equipment{}, err
	}
	id, err := newID(n.ID)
	if err != nil {
		return Equipment{}, err
	}
	e := Equipment{
		ID: id, Division: actor.Division, Kind: n.Kind, Name: n.Name, Model: n.Model, Serial: n.Serial, Maker: n.Maker,
		Range: n.Range, Accuracy: n.Accuracy, Place: n.Place, State: "in_use", CreatedAt: s.now(), Version: 1,
	}
	return inTx(ctx, s.db, func(tx *database.Tx) (Equipment, error) {
		if old, err := selectEquipment(ctx, tx, actor.Division, e.ID); err == nil {
			return old, nil
		} else if !isKind(err, errs.NotFound) {
			return e, err
		}
		year := s.today().Year()
		serial, err := database.NextNumber(ctx, tx, actor.Division, "equipment", year)
		if err != nil {
			return e, err
		}
		e.Number = fmt.Sprintf("SB%02d-%s-%04d", year%100, actor.Division, serial)
		if err := insertEquipment(ctx, tx, e); err != nil {
			return e, fmt.Errorf("equipment %s: %w", e.Number, err)
		}
		return e, ledger.Append(ctx, tx, actor, s.now(), kindEquipmentAdded.Event(equipper(actor), e.about(), e.added()))
	})
}

// Validate tells all that is wrong with a new piece of equipment.
func (e *NewEquipment) Validate() error {
	trim(&e.Name, &e.Model, &e.Serial, &e.Maker, &e.Range, &e.Accuracy, &e.Place)
	var l errs.List
	l.Require("name", e.Name, "设备名称", "name")
	l.Require("serial", e.Serial, "出厂编号", "serial number")
	l.Require("range", e.Range, "测量范围", "range")
	l.Require("accuracy", e.Accuracy, "准确度等级或不确定度", "accuracy")
	if e.Kind != "laboratory" && e.Kind != "reference" {
		l.Add("kind", "choice", "类别须为检验设备或计量标准器", "kind must be laboratory or reference")
	}
	for _, text := range [][2]string{{"name", e.Name}, {"model", e.Model}, {"serial", e.Serial}, {"maker", e.Maker}} {
		tooLong(&l, text[0], text[1], 100)
	}
	return l.Err()
}

// RecordCertificate adds a certificate of a piece of equipment. It never replaces an older one: those stay for the
// results that rest on them.
func (s *Service) RecordCertificate(ctx context.Context, actor ledger.Actor, equipmentID string, n NewCertificate,
) (EquipmentCertificate, error) {
	var c EquipmentCertificate
	if err := actor.As(ledger.TechnicalManager, ledger.Administrator); err != nil {
		return c, err
	}
	if err := n.Validate(); err != nil {
		return c, err
	}
	id, err := newID(n.ID)
	if err != nil {
		return c, err
	}
	c = EquipmentCertificate{
		ID: id, EquipmentID: equipmentID, Number: n.Number, Issuer: n.Issuer, ValidFrom: n.ValidFrom, ValidUntil: n.ValidUntil,
		Uncertainty: n.Uncertainty, RelativeMPE: n.RelativeMPE, ReferenceEquipmentID: n.ReferenceEquipmentID,
		ReferenceName: n.ReferenceName, ReferenceNumber: n.ReferenceNumber, RecordedAt: s.now(),
	}
	return inTx(ctx, s.db, func(tx *database.Tx) (EquipmentCertificate, error) {
		e, err := selectEquipment(ctx, tx, actor.Division, c.EquipmentID)
		if err != nil {
			return c, err
		}
		if c.ReferenceEquipmentID != "" {
			up, err := selectEquipment(ctx, tx, actor.Division, c.ReferenceEquipmentID)
			if err != nil {
				return c, fmt.Errorf("reference of certificate %s: %w", c.Number, err)
			}
			c.ReferenceName = up.Name
		}
		if err := insertCertificate(ctx, tx, c, actor.PersonID); err != nil {
			return c, fmt.Errorf("certificate %s: %w", c.Number, err)
		}
		return c, ledger.Append(ctx, tx, actor, s.now(), kindEquipmentCertified.Event(equipper(actor), e.about(), c.recorded()))
	})
}

// Validate tells all that is wrong with a certificate.
func (c *NewCertificate) Validate() error {
	trim(&c.Number, &c.Issuer, &c.Uncertainty, &c.ReferenceName, &c.ReferenceNumber)
	var l errs.List
	l.Require("number", c.Number, "证书编号", "certificate number")
	l.Require("issuer", c.Issuer, "出具机构", "issuer")
	l.Require("reference_number", c.ReferenceNumber, "上级标准证书编号", "number of the reference's certificate")
	if c.ReferenceEquipmentID == "" {
		l.Require("reference_name", c.ReferenceName, "上级标准名称", "name of the reference")
	}
	switch {
	case c.ValidFrom.IsZero():
		l.Add("valid_from", "required", "证书日期必填", "valid_from is required")
	case c.ValidUntil.Before(c.ValidFrom):
		l.Add("valid_until", "order", "有效期至不得早于证书日期", "valid_until is before valid_from")
	}
	return l.Err()
}

// AddMeasurementStandard registers a 计量标准 with its equipment and the procedures it serves.
func (s *Service) AddMeasurementStandard(ctx context.Context, actor ledger.Actor, n NewStandard) (MeasurementStandard, error) {
	var m MeasurementStandard
	if err := actor.As(ledger.TechnicalManager, ledger.Administrator); err != nil {
		return m, err
	}
	if err := n.Validate(); err != nil {
		return m, err
	}
	id, err := newID(n.ID)
	if err != nil {
		return m, err
	}
	m = MeasurementStandard{
		ID: id, Division: actor.Division, Name: n.Name, Range: n.Range, Accuracy: n.Accuracy, Certificate: n.Certificate,
		ValidFrom: n.ValidFrom, ValidUntil: n.ValidUntil, Equipment: n.Equipment, Procedures: n.Procedures,
	}
	return inTx(ctx, s.db, func(tx *database.Tx) (MeasurementStandard, error) {
		for _, e := range m.Equipment {
			if _, err := selectEquipment(ctx, tx, actor.Division, e); err != nil {
				return m, err
			}
		}
		if err := insertMeasurementStandard(ctx, tx, m); err != nil {
			return m, fmt.Errorf("measurement standard %s: %w", m.Certificate, err)
		}
		about := ledger.Subject{Kind: "measurement_standard", ID: m.ID, Number: m.Certificate}
		return m, ledger.Append(ctx, tx, actor, s.now(), kindStandardAdded.Event(equipper(actor), about, standardAdded{
			Name: m.Name, Range: m.Range, Accuracy: m.Accuracy, Certificate: m.Certificate, ValidFrom: m.ValidFrom,
			ValidUntil: m.ValidUntil, Equipment: m.Equipment, Procedures: m.Procedures,
		}))
	})
}

// Validate tells all that is wrong with a measurement standard.
func (m *NewStandard) Validate() error {
	trim(&m.Name, &m.Range, &m.Accuracy, &m.Certificate)
	var l errs.List
	l.Require("name", m.Name, "计量标准名称", "name")
	l.Require("certificate", m.Certificate, "计量标准考核证书号", "certificate number")
	if len(m.Equipment) == 0 {
		l.Add("equipment", "required", "至少列出一件标准器", "at least one piece of equipment is needed")
	}
	if len(m.Procedures) == 0 {
		l.Add("procedures", "required", "至少列出一个检定规程", "at least one procedure is needed")
	}
	if m.ValidFrom.IsZero() || m.ValidUntil.Before(m.ValidFrom) {
		l.Add("valid_until", "order", "考核证书有效期有误", "the validity dates are wrong")
	}
	return l.Err()
}

// EquipmentList returns the equipment of the actor's division with the certificate that covers today, if any.
func (s *Service) EquipmentList(ctx context.Context, actor ledger.Actor) ([]EquipmentStatus, error) {
	if err := actor.As(staff...); err != nil {
		return nil, err
	}
	return selectEquipmentList(ctx, s.db, actor.Division, s.today())
}

// EquipmentStatus is a piece of equipment with how long it may still be used; ValidUntil is empty when it may not.
type EquipmentStatus struct {
	Equipment
	CertificateNumber string         `json:"certificate_number" db:"certificate_number"`
	ValidUntil        *calendar.Date `json:"valid_until,omitempty" db:"valid_until"`
}

// MeasurementStandards lists the measurement standards of the actor's division.
func (s *Service) MeasurementStandards(ctx context.Context, actor ledger.Actor) ([]MeasurementStandard, error) {
	if err := actor.As(staff...); err != nil {
		return nil, err
	}
	return selectMeasurementStandards(ctx, s.db, actor.Division)
}

// Chain follows a certificate of a piece of equipment upwards to the standard outside the bureau on which it rests, at
// most ten steps. A missing link ends it; the caller names the gap, and those where a link had lapsed.
func Chain(ctx context.Context, q database.Queryer, division, certificateID string) ([]Use, error) {
	var chain []Use
	for range 10 {
		c, err := selectCertificate(ctx, q, certificateID)
		if err != nil {
			return chain, err
		}
		e, err := selectEquipment(ctx, q, division, c.EquipmentID)
		if err != nil {
			return chain, err
		}
		chain = append(chain, Use{Equipment: e, Certificate: c})
		if c.ReferenceEquipmentID == "" {
			return chain, nil
		}
		up, err := selectCertificateByNumber(ctx, q, c.ReferenceEquipmentID, c.ReferenceNumber)
		if err != nil {
			return chain, err
		}
		certificateID = up.ID
	}
	return chain, errs.New(errs.Conflict, "chain_too_long", "溯源链过长或成环", "the chain of references is a loop or too long")
}

// equipper is the role in which somebody looks after the equipment.
func equipper(actor ledger.Actor) ledger.Role {
	if actor.Is(ledger.TechnicalManager) {
		return ledger.TechnicalManager
	}
	return ledger.Administrator
}
