package certificates

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hengjian/certificates/paper"
	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/users"
	"hengjian/lims"
)

// reportContent turns an approved report into what its document says, but for its version and what it replaces.
func reportContent(a lims.Approved, number string, on calendar.Date, seals []string) (paper.ReportContent, error) {
	var sum lims.Summary
	if err := json.Unmarshal(a.Summary, &sum); err != nil {
		return paper.ReportContent{}, fmt.Errorf("summary of report %s: %w", a.ReportID, err)
	}
	c := paper.ReportContent{
		Kind: paper.InspectionReport, Number: number, Bilingual: sum.Bilingual,
		Category: paper.Category(sum.Category), Origin: paper.Sampled, TaskKind: sum.TaskKindZH,
		Client: paper.Party{Name: sum.Laboratory.Bureau, Address: sum.Laboratory.Address, Phone: sum.Laboratory.Phone},
		Body: paper.Body{
			Division: sum.Laboratory.Division, Name: sum.Laboratory.Name, Address: sum.Laboratory.Address,
			Phone: sum.Laboratory.Phone, CMANumber: sum.Laboratory.CMANumber, CNASNumber: sum.Laboratory.CNASNumber,
		},
		Sample: reportSample(sum),
		Sampling: &paper.Sampling{
			FormNumber: sum.Sampling.FormNumber, Date: sum.Sampling.On, Place: placeOf(sum), Link: sum.Sampling.LinkZH,
			People: sum.Sampling.Samplers, Base: sum.Sampling.Base, Seals: seals,
		},
		Reception: paper.Reception{Date: sum.ReceivedOn, Condition: sum.Sample.ConditionZH},
		TestBasis: sum.Methods, JudgingBasis: sum.Standards, DecisionRule: "全数值比较法（GB/T 8170-2008）",
		TestedFrom: sum.TestedFrom, TestedTo: sum.TestedTo, IssuedOn: on,
		Signatures: paper.ReportSignatures{Inspector: signed(a.Compiled), Reviewer: signed(a.Reviewed), Approver: signed(a.Approved)},
	}
	for _, i := range sum.Items {
		c.Items = append(c.Items, reportItem(i))
	}
	return c, nil
}

func reportSample(sum lims.Summary) paper.Sample {
	s := paper.Sample{
		Number: sum.Sample.Number, Name: sum.Sample.ProductName, Spec: sum.Sample.Specification, Grade: sum.Sample.Grade,
		Trademark: sum.Sample.Trademark, Batch: sum.Sample.BatchNumber, ProducedOn: sum.Sample.ProducedOn,
		Standard: sum.Sample.ProductStandard, Quantity: sum.Sample.Quantity, State: sum.Sample.ConditionZH,
		SampledUnit: paper.Party{Name: sum.SampledUnit.Name, Address: sum.SampledUnit.Address},
	}
	if sum.Producer.Name != "" {
		s.Producer = &paper.Party{Name: sum.Producer.Name, Address: sum.Producer.Address}
	}
	if sum.Category == "food" && sum.Sample.ProductClass != "" {
		s.Food = &paper.FoodDetails{Class: sum.Sample.ProductClass}
	}
	return s
}

func placeOf(sum lims.Summary) string {
	parts := []string{}
	for _, p := range []string{sum.Sampling.PlaceZH, sum.SampledUnit.Address} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return sum.SampledUnit.Name
	}
	return strings.Join(parts, "，")
}

func reportItem(i lims.SummaryItem) paper.Item {
	item := paper.Item{
		Name: i.Item, Unit: i.Unit, Limit: i.Limit, Result: i.Result, Verdict: paper.Verdict(i.Verdict), Method: i.Method,
		Instrument: i.Equipment, CMA: i.CMA, CNAS: i.CNAS,
	}
	if i.LOD != "" {
		item.LOD = i.LOD
	}
	return item
}

func signed(s lims.Signed) paper.Signature {
	return paper.Signature{PersonID: s.PersonID, Name: s.Name, SignedAt: s.At.UTC()}
}

// signedBy is a signature of a record; empty when it has none yet.
func signedBy(person, name string, at *time.Time) paper.Signature {
	if at == nil {
		return paper.Signature{}
	}
	return paper.Signature{PersonID: person, Name: name, SignedAt: at.UTC()}
}

var stageNames = map[string]string{"initial": "首次检定", "subsequent": "后续检定", "inspection": "使用中检查"}

// verificationContent turns an approved verification into what its certificate or notice says.
func verificationContent(a instruments.ApprovedVerification, bureau users.Division, kind Kind, number string, on calendar.Date,
) (paper.Content, error) {
	r, in := a.Record, a.Instrument
	given, err := r.Given()
	if err != nil {
		return nil, err
	}
	def := a.Edition.Parsed()
	c := paper.VerificationContent{
		Kind: paper.Kind(kind), Number: number, Version: 1, RecordNumber: r.RecordNumber,
		Body: paper.Body{
			Division: bureau.Code, Name: bureau.Bureau, Address: bureau.Address, Phone: bureau.Phone,
			Authorization: bureau.MetrologyAuthorisation,
		},
		Applicant: paper.Party{Name: in.Business},
		Instrument: paper.Instrument{
			Name: in.Name, Model: in.Model, Serial: in.Serial, Maker: in.Maker, Class: in.AccuracyClass, Range: in.Range,
			Management: in.Number, Location: in.Place, Parameters: def.ParameterWords(given),
		},
		Mode:       stageNames[a.Order.Stage],
		Procedures: []paper.Procedure{{Number: a.Edition.Number(), Name: a.Edition.Title}},
		Facilities: []paper.Standard{{
			Name: a.Standard.Name, Range: a.Standard.Range, Accuracy: a.Standard.Accuracy,
			Certificate: a.Standard.Certificate, ValidUntil: a.Standard.ValidUntil,
		}},
		VerifiedOn: r.VerifiedOn, ValidUntil: r.ValidUntil, IssuedOn: on, Place: r.Place,
		Temperature: r.Temperature + " °C", Humidity: r.Humidity + " %RH", Adjustment: r.Adjusted,
		Fee: feeNote(a.Order), Bilingual: a.Order.Bilingual,
		Signatures: paper.VerificationSignatures{
			Verifier: paper.Signature{PersonID: r.VerifiedBy, Name: r.Verifier, SignedAt: r.VerifiedAt.UTC()},
			Checker:  signedBy(r.CheckedBy, r.Checker, r.CheckedAt),
			Approver: signedBy(r.ApprovedBy, r.Approver, r.ApprovedAt),
		},
	}
	for _, u := range r.Equipment {
		c.Standards = append(c.Standards, paper.Standard{
			Name: u.Equipment.Name, Range: u.Equipment.Range, Accuracy: u.Equipment.Accuracy,
			Certificate: u.Certificate.Number, ValidUntil: u.Certificate.ValidUntil,
		})
	}
	if class := def.ClassOf(given); class != "" {
		c.Instrument.Class = class // the one that it was judged by, whatever was filed
	}
	if before, ok := strings.CutSuffix(a.Evaluation.Wording.ZH, "合格"); ok && kind == VerificationCertificate {
		c.GradedAs = before
	}
	for _, t := range def.ResultTables(a.Evaluation) {
		c.Results = append(c.Results, paper.ResultTable{
			Item: t.Title, Columns: t.Columns, Rows: t.Rows, Verdict: paper.Verdict(t.Verdict), Note: t.Note,
		})
	}
	return c, nil
}

// feeNote says that the verification was free, and what was waived where the local table tells.
func feeNote(o instruments.Order) string {
	if o.WaivedFee == "0.00" {
		return "依法免征检定费（" + o.WaivedBasis + "）"
	}
	return fmt.Sprintf("依法免征检定费（免征金额 %s 元；%s）", o.WaivedFee, o.WaivedBasis)
}
