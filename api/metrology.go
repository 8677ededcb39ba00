package api

import (
	"context"

	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/database/paging"
	"hengjian/internal/ledger"
)

func (s *server) equipment(ctx context.Context, actor ledger.Actor, _ *struct{}) (*answer[[]instruments.EquipmentStatus], error) {
	list, err := s.Instruments.EquipmentList(ctx, actor)
	return &answer[[]instruments.EquipmentStatus]{list}, err
}

func (s *server) addEquipment(ctx context.Context, actor ledger.Actor, in *struct{ Body instruments.NewEquipment }) (*versioned[instruments.Equipment], error) {
	newID(ctx, &in.Body.ID)
	e, err := s.Instruments.AddEquipment(ctx, actor, in.Body)
	return withVersion(e, e.Version), err
}

type certificateInput struct {
	Identified
	Body instruments.NewCertificate
}

func (s *server) recordCertificate(ctx context.Context, actor ledger.Actor, in *certificateInput) (*answer[instruments.EquipmentCertificate], error) {
	newID(ctx, &in.Body.ID)
	c, err := s.Instruments.RecordCertificate(ctx, actor, in.ID, in.Body)
	return &answer[instruments.EquipmentCertificate]{c}, err
}

func (s *server) measurementStandards(ctx context.Context, actor ledger.Actor, _ *struct{}) (*answer[[]instruments.MeasurementStandard], error) {
	list, err := s.Instruments.MeasurementStandards(ctx, actor)
	return &answer[[]instruments.MeasurementStandard]{list}, err
}

func (s *server) addMeasurementStandard(ctx context.Context, actor ledger.Actor, in *struct{ Body instruments.NewStandard }) (*answer[instruments.MeasurementStandard], error) {
	newID(ctx, &in.Body.ID)
	m, err := s.Instruments.AddMeasurementStandard(ctx, actor, in.Body)
	return &answer[instruments.MeasurementStandard]{m}, err
}

func (s *server) procedures(ctx context.Context, actor ledger.Actor, _ *struct{}) (*answer[[]instruments.Edition], error) {
	list, err := s.Instruments.Editions(ctx, actor)
	return &answer[[]instruments.Edition]{list}, err
}

type codePath struct {
	Code string `path:"code"`
}

func (s *server) procedure(ctx context.Context, actor ledger.Actor, in *codePath) (*answer[instruments.EditionDetail], error) {
	e, err := s.Instruments.InForce(ctx, actor, in.Code, calendar.DateOf(s.Now()))
	return &answer[instruments.EditionDetail]{e}, err
}

func (s *server) approveProcedure(ctx context.Context, actor ledger.Actor, in *Identified) (*answer[instruments.Edition], error) {
	e, err := s.Instruments.ApproveEdition(ctx, actor, in.ID)
	return &answer[instruments.Edition]{e}, err
}

type instrumentQuery struct {
	Listed
	State    string `query:"state"`
	Street   string `query:"street"`
	DueUntil string `query:"due_until" doc:"validity ends on or before this day, or never began"`
}

func (s *server) instrumentList(ctx context.Context, actor ledger.Actor, in *instrumentQuery) (*answer[paging.Page[instruments.Instrument]], error) {
	page, err := s.Instruments.Instruments(ctx, actor, instruments.Filter{
		Query: in.Query, State: in.State, Street: in.Street, DueUntil: in.DueUntil, Cursor: in.Cursor, Limit: in.Limit,
	})
	return &answer[paging.Page[instruments.Instrument]]{page}, err
}

func (s *server) fileInstrument(ctx context.Context, actor ledger.Actor, in *struct{ Body instruments.Filing }) (*versioned[instruments.Instrument], error) {
	newID(ctx, &in.Body.ID)
	i, err := s.Instruments.File(ctx, actor, in.Body)
	return withVersion(i, i.Version), err
}

// Numbered names a thing by its number.
type Numbered struct {
	Number string `path:"number"`
}

func (s *server) instrument(ctx context.Context, actor ledger.Actor, in *Numbered) (*versioned[instruments.Instrument], error) {
	i, err := s.Instruments.Instrument(ctx, actor, in.Number)
	return withVersion(i, i.Version), err
}

type orderQuery struct {
	Listed
	State      string `query:"state"`
	Instrument string `query:"instrument"`
}

func (s *server) orders(ctx context.Context, actor ledger.Actor, in *orderQuery) (*answer[paging.Page[instruments.Order]], error) {
	page, err := s.Instruments.Orders(ctx, actor, instruments.OrderFilter{
		Query: in.Query, State: in.State, Instrument: in.Instrument, Cursor: in.Cursor, Limit: in.Limit,
	})
	return &answer[paging.Page[instruments.Order]]{page}, err
}

func (s *server) apply(ctx context.Context, actor ledger.Actor, in *struct{ Body instruments.Application }) (*versioned[instruments.Order], error) {
	newID(ctx, &in.Body.ID)
	o, err := s.Instruments.Apply(ctx, actor, in.Body)
	return withVersion(o, o.Version), err
}

func (s *server) order(ctx context.Context, actor ledger.Actor, in *Numbered) (*versioned[instruments.OrderDetail], error) {
	d, err := s.Instruments.Order(ctx, actor, in.Number)
	return withVersion(d, d.Order.Version), err
}

// Step is the input of an action on something with a number and a version.
type Step struct {
	Numbered
	Matched
}

type decisionInput struct {
	Step
	Body instruments.Decision
}

func (s *server) decideOrder(ctx context.Context, actor ledger.Actor, in *decisionInput) (*versioned[instruments.Order], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	o, err := s.Instruments.Decide(ctx, actor, in.Number, version, in.Body)
	return withVersion(o, o.Version), err
}

func (s *server) verificationPoints(ctx context.Context, actor ledger.Actor, in *Numbered) (*answer[instruments.Plan], error) {
	p, err := s.Instruments.Plan(ctx, actor, in.Number)
	return &answer[instruments.Plan]{p}, err
}

type previewInput struct {
	Numbered
	Body instruments.Recording
}

func (s *server) previewVerification(ctx context.Context, actor ledger.Actor, in *previewInput) (*answer[procedure.Evaluation], error) {
	e, err := s.Instruments.Preview(ctx, actor, in.Number, in.Body)
	return &answer[procedure.Evaluation]{e}, err
}

// SignedBody is what every signing action carries: the password, entered again.
type SignedBody struct {
	Password string `json:"password" doc:"entered again: the signature"`
}

type recordInput struct {
	Step
	Body struct {
		SignedBody
		Record instruments.Recording `json:"record"`
	}
}

func (s *server) recordVerification(ctx context.Context, actor ledger.Actor, in *recordInput) (*answer[instruments.Verification], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	proof, err := s.Users.Reauthenticate(ctx, actor, in.Body.Password)
	if err != nil {
		return nil, err
	}
	v, err := s.Instruments.Record(ctx, actor, proof, in.Number, version, in.Body.Record)
	return &answer[instruments.Verification]{v}, err
}

type signInput struct {
	Step
	Body SignedBody
}

func (s *server) checkVerification(ctx context.Context, actor ledger.Actor, in *signInput) (*versioned[instruments.Order], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	proof, err := s.Users.Reauthenticate(ctx, actor, in.Body.Password)
	if err != nil {
		return nil, err
	}
	o, err := s.Instruments.CheckRecord(ctx, actor, proof, in.Number, version)
	return withVersion(o, o.Version), err
}

type reasonInput struct {
	Step
	Body struct {
		Reason string `json:"reason"`
	}
}

func (s *server) returnVerification(ctx context.Context, actor ledger.Actor, in *reasonInput) (*versioned[instruments.Order], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	o, err := s.Instruments.ReturnRecord(ctx, actor, in.Number, version, in.Body.Reason)
	return withVersion(o, o.Version), err
}

func (s *server) approveVerification(ctx context.Context, actor ledger.Actor, in *signInput) (*answer[certificates.Document], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	proof, err := s.Users.Reauthenticate(ctx, actor, in.Body.Password)
	if err != nil {
		return nil, err
	}
	d, err := s.Certificates.ApproveVerification(ctx, actor, proof, in.Number, version)
	return &answer[certificates.Document]{d}, err
}

func (s *server) setWaivedFee(ctx context.Context, actor ledger.Actor, in *struct{ Body instruments.WaivedFee }) (*none, error) {
	return done(s.Instruments.SetWaivedFee(ctx, actor, in.Body))
}
