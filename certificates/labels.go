package certificates

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hengjian/certificates/paper"
	"hengjian/instruments"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
	"hengjian/lims"
)

// LabelOptions say which labels of a sample are wanted and how they are printed.
type LabelOptions struct {
	Kind  string // portion or seal; empty is both
	Size  string // 50x30 or 70x50
	Sheet string // roll or a4
	DPI   int
}

func (s *Service) printing(o LabelOptions) paper.LabelOptions {
	return paper.LabelOptions{Size: paper.LabelSize(o.Size), Sheet: paper.LabelSheet(o.Sheet), DPI: o.DPI, Printed: s.now()}
}

// Who prints labels: who handles the thing that they go on. A business gets the label that the verifier puts on its
// instrument, not a file of it, from which it could label another.
var (
	sampleLabellers     = []ledger.Role{ledger.Sampler, ledger.Custodian, ledger.Technician}
	instrumentLabellers = []ledger.Role{ledger.Verifier, ledger.Checker, ledger.Approver}
	equipmentLabellers  = []ledger.Role{ledger.Technician, ledger.Verifier, ledger.TechnicalManager, ledger.Administrator}
)

// SampleLabels draws the labels of a sample's portions and seals: for each portion its label, then one for each seal
// that is intact. A broken seal is never printed again.
func (s *Service) SampleLabels(ctx context.Context, actor ledger.Actor, number string, o LabelOptions) ([]byte, error) {
	if err := actor.As(sampleLabellers...); err != nil {
		return nil, err
	}
	d, err := s.lims.Detail(ctx, actor, number)
	if err != nil {
		return nil, err
	}
	if d.Sample.State == lims.Refused {
		return nil, errs.New(errs.Conflict, "sample_refused", "样品已拒收，不再打印标签", "the sample was refused: it gets no labels")
	}
	bureau, err := s.users.Division(ctx, d.Sample.Division)
	if err != nil {
		return nil, fmt.Errorf("labels of sample %s: %w", number, err)
	}
	labels, err := sampleLabels(d, bureau, o.Kind)
	if err != nil {
		return nil, err
	}
	return paper.DrawLabels(labels, s.printing(o))
}

// The kinds of labels of a sample.
const (
	portionLabels = "portion"
	sealLabels    = "seal"
)

func sampleLabels(d lims.Detail, bureau users.Division, kind string) ([]paper.Label, error) {
	if kind != "" && kind != portionLabels && kind != sealLabels {
		return nil, errs.New(errs.Invalid, "label_kind", "标签种类须为 portion 或 seal", "labels are of the kind portion or seal")
	}
	form, err := lims.FormFields(d.Sample.Category)
	if err != nil {
		return nil, err
	}
	var labels []paper.Label
	for _, p := range d.Portions {
		intact := intactSeals(p)
		if kind != sealLabels {
			labels = append(labels, paper.PortionLabel{
				Issuer: bureau.Laboratory, Number: p.Label, Reserve: p.Role == lims.ReservePortion, Product: d.Sample.ProductName,
				Category: categoryNames[d.Sample.Category], SampledOn: d.Sample.SampledOn,
				Quantity: p.Quantity.String() + " " + p.Unit + " " + p.Container, Storage: storageOf(form, d.Form.Details), Seals: intact,
			})
		}
		if kind != portionLabels {
			for _, n := range intact {
				labels = append(labels, paper.SealLabel{Issuer: bureau.Bureau, Number: n, Portion: p.Label, Product: d.Sample.ProductName})
			}
		}
	}
	if len(labels) == 0 {
		return nil, errs.New(errs.Conflict, "no_intact_seal", "该样品没有完好的封条", "no seal of this sample is intact")
	}
	return labels, nil
}

func intactSeals(p lims.PortionDetail) []string {
	var numbers []string
	for _, l := range p.Seals {
		if l.BrokenAt == nil {
			numbers = append(numbers, l.Number)
		}
	}
	return numbers
}

var categoryNames = map[lims.Category]string{
	lims.Food: "食品", lims.Drug: "药品", lims.Device: "医疗器械", lims.Fuel: "车用燃料", lims.Coal: "煤炭",
}

// storageOf says in words how the form wants the sample stored; empty where its category has no such field.
func storageOf(form lims.Form, details map[string]string) string {
	for _, g := range form.Groups {
		for _, f := range g.Fields {
			if f.Path != "details.storage" {
				continue
			}
			var words []string
			if i := slices.IndexFunc(f.Choices, func(c lims.Choice) bool { return c.Key == details["storage"] }); i >= 0 {
				words = append(words, f.Choices[i].ZH)
			}
			if t := details["storage_temperature"]; t != "" {
				words = append(words, t+" ℃")
			}
			return strings.Join(words, " ")
		}
	}
	return ""
}

// InstrumentLabel draws the label of a verified instrument (检定合格证), while its certificate is in force; else it says
// why there is none.
func (s *Service) InstrumentLabel(ctx context.Context, actor ledger.Actor, number string, o LabelOptions) ([]byte, error) {
	if err := actor.As(instrumentLabellers...); err != nil {
		return nil, err
	}
	in, err := s.instruments.Instrument(ctx, actor, number)
	if err != nil {
		return nil, err
	}
	if in.State != "in_use" {
		return nil, errs.New(errs.Blocked, "instrument_not_in_use", "器具已停用或报废，不能打印检定合格证",
			"the instrument is stopped or scrapped: it gets no label")
	}
	d, err := s.certificateOf(ctx, actor, in.Number)
	if err != nil {
		return nil, err
	}
	a, err := s.instruments.Approved(ctx, actor, d.SubjectID)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", d.Number, err)
	}
	bureau, err := s.users.Division(ctx, d.Division)
	if err != nil {
		return nil, fmt.Errorf("label of instrument %s: %w", in.Number, err)
	}
	return paper.DrawLabels([]paper.Label{paper.InstrumentLabel{
		Issuer: bureau.Bureau, Number: in.Number, Certificate: d.Number, Name: in.Name, Model: in.Model, Serial: in.Serial,
		VerifiedOn: a.Record.VerifiedOn, ValidUntil: d.ValidUntil, Verifier: a.Record.Verifier, URL: s.PublicURL(d.Code),
	}}, s.printing(o))
}

// certificateOf is the certificate of an instrument if its last document is one that is valid today; else why it is not.
func (s *Service) certificateOf(ctx context.Context, actor ledger.Actor, instrument string) (Document, error) {
	d, err := lastVerified(ctx, s.db, actor.Division, instrument)
	if err != nil {
		return d, err
	}
	d.Status = d.StatusOn(s.today())
	if d.Kind != VerificationCertificate || d.Status != Valid {
		return d, whyNoLabel(d)
	}
	return d, nil
}

func whyNoLabel(d Document) error {
	zh, en := "尚无检定证书", "it has no verification certificate yet"
	switch {
	case d.Number == "":
	case d.Status == Revoked:
		zh, en = "文书 "+d.Number+" 已撤销", "document "+d.Number+" was revoked"
	case d.Kind != VerificationCertificate:
		zh, en = "最近一次检定不合格（"+d.Number+"）", "it failed its last verification ("+d.Number+")"
	default:
		zh, en = fmt.Sprintf("证书 %s 已于 %v 到期", d.Number, d.ValidUntil), fmt.Sprintf("certificate %s ended on %v", d.Number, d.ValidUntil)
	}
	return errs.New(errs.Blocked, "no_certificate_in_force", "不能打印检定合格证："+zh, "no label is printed: "+en)
}

// EquipmentLabel draws the label of a piece of the bureau's own equipment, while a certificate of it is in force.
func (s *Service) EquipmentLabel(ctx context.Context, actor ledger.Actor, number string, o LabelOptions) ([]byte, error) {
	if err := actor.As(equipmentLabellers...); err != nil {
		return nil, err
	}
	list, err := s.instruments.EquipmentList(ctx, actor)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(e instruments.EquipmentStatus) bool { return e.Number == number })
	if i < 0 {
		return nil, errs.New(errs.NotFound, "equipment_missing", "设备不存在", "there is no such equipment")
	}
	e := list[i]
	if e.State != "in_use" || e.ValidUntil == nil {
		return nil, errs.New(errs.Blocked, "equipment_not_valid", "设备已停用或没有有效的溯源证书，不能打印标签",
			"the equipment is stopped or has no certificate in force: it gets no label")
	}
	bureau, err := s.users.Division(ctx, e.Division)
	if err != nil {
		return nil, fmt.Errorf("label of equipment %s: %w", e.Number, err)
	}
	return paper.DrawLabels([]paper.Label{paper.EquipmentLabel{
		Issuer: bureau.Laboratory, Number: e.Number, Name: e.Name, Model: e.Model, Serial: e.Serial, Place: e.Place,
		Certificate: e.CertificateNumber, ValidUntil: *e.ValidUntil,
	}}, s.printing(o))
}
