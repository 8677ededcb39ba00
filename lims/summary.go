package lims

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// summaryVersion is the version of the canonical form of a Summary.
const summaryVersion = 1

// Summary is all that a report says but its number and its signatures, frozen when it is compiled: contents a to p of
// ISO/IEC 17025:2017 7.8.2.1 and of 7.8.5 on sampling.
type Summary struct {
	Schema       int             `json:"schema"`
	Revision     int             `json:"revision"`
	Reason       string          `json:"reason"`
	Category     Category        `json:"category"`
	FormZH       string          `json:"form_zh"`
	TaskKind     string          `json:"task_kind"`
	TaskKindZH   string          `json:"task_kind_zh"`
	TaskSource   string          `json:"task_source"`
	Laboratory   Laboratory      `json:"laboratory"`
	Sample       SummarySample   `json:"sample"`
	SampledUnit  SummaryParty    `json:"sampled_unit"`
	Producer     SummaryParty    `json:"producer"`
	Sampling     SummarySampling `json:"sampling"`
	ReceivedOn   calendar.Date   `json:"received_on"`
	TestedFrom   calendar.Date   `json:"tested_from"`
	TestedTo     calendar.Date   `json:"tested_to"`
	Items        []SummaryItem   `json:"items"`
	Methods      []string        `json:"methods"`
	Standards    []string        `json:"standards"`
	Conclusion   Outcome         `json:"conclusion"`
	ConclusionZH string          `json:"conclusion_zh"`
	ConclusionEN string          `json:"conclusion_en"`
	Bilingual    bool            `json:"bilingual,omitempty"` // the document is to be in Chinese and English
}

// Laboratory is who tested: the division's laboratory with its accreditation.
type Laboratory struct {
	Division   string `json:"division" db:"code"`
	Name       string `json:"name" db:"laboratory"`
	Bureau     string `json:"bureau" db:"bureau"`
	Address    string `json:"address" db:"address"`
	Phone      string `json:"phone" db:"phone"`
	CMANumber  string `json:"cma_number" db:"cma_number"`
	CNASNumber string `json:"cnas_number,omitempty" db:"cnas_number"`
}

// SummarySample is the sample as the report describes it.
type SummarySample struct {
	Number          string         `json:"number"`
	ProductName     string         `json:"product_name"`
	ProductClass    string         `json:"product_class"`
	Grade           string         `json:"grade"`
	Trademark       string         `json:"trademark"`
	Specification   string         `json:"specification"`
	BatchNumber     string         `json:"batch_number"`
	ProductStandard string         `json:"product_standard"`
	ProducedOn      *calendar.Date `json:"produced_on"`
	Quantity        string         `json:"quantity"`
	TestQuantity    string         `json:"test_quantity"`
	ReserveQuantity string         `json:"reserve_quantity"`
	ConditionZH     string         `json:"condition_zh"`
	ConditionEN     string         `json:"condition_en"`
}

// SummaryParty is the sampled unit or the labelled producer.
type SummaryParty struct {
	Name       string `json:"name"`
	Address    string `json:"address"`
	CreditCode string `json:"credit_code"`
}

// SummarySampling is how the sample was taken.
type SummarySampling struct {
	FormNumber string        `json:"form_number"`
	On         calendar.Date `json:"on"`
	LinkZH     string        `json:"link_zh"`
	PlaceZH    string        `json:"place_zh"`
	Street     string        `json:"street"`
	Base       string        `json:"base"`
	Samplers   []string      `json:"samplers"`
}

// SummaryItem is one line of the table of results. CMA and CNAS tell whether the method is within the accredited scope.
type SummaryItem struct {
	Sequence    int           `json:"sequence"`
	Item        string        `json:"item"`
	Method      string        `json:"method"`
	MethodTitle string        `json:"method_title"`
	CMA         bool          `json:"cma"`
	CNAS        bool          `json:"cnas,omitempty"`
	Result      string        `json:"result"`
	Unit        string        `json:"unit"`
	LOD         string        `json:"lod"`
	LOQ         string        `json:"loq"`
	Basis       string        `json:"basis"`
	Limit       string        `json:"limit"`
	Standard    string        `json:"standard"`
	Verdict     Outcome       `json:"verdict"`
	VerdictZH   string        `json:"verdict_zh"`
	MeasuredOn  calendar.Date `json:"measured_on"`
	Equipment   string        `json:"equipment"`
	Certificate string        `json:"certificate"`
	ResultID    string        `json:"result_id"`
	Version     int           `json:"version"`
	Technician  string        `json:"technician"`
}

// summarise computes summary and conclusion of a report from the latest results, or tells everything that keeps the
// report from being compiled.
func (s *Service) summarise(ctx context.Context, q database.Queryer, sample Sample, r *Report) ([]Result, error) {
	analyses, err := selectAnalyses(ctx, q, sample.ID)
	if err != nil {
		return nil, err
	}
	all, err := selectResults(ctx, q, sample.ID)
	if err != nil {
		return nil, err
	}
	current := latest(all)
	if blockers := compileBlockers(sample, analyses, current); len(blockers) > 0 {
		return nil, errs.Blockers("report_blocked", "尚不能编制报告", "the report cannot be compiled yet", blockers)
	}
	summary, err := s.summary(ctx, q, sample, r, analyses, current)
	if err != nil {
		return nil, err
	}
	hash, text, err := ledger.Hash(summary)
	if err != nil {
		return nil, err
	}
	r.Conclusion, r.Summary, r.SummaryHash = summary.Conclusion, json.RawMessage(text), hex.EncodeToString(hash[:])
	results := make([]Result, len(analyses))
	for i, a := range analyses {
		results[i] = current[a.ID]
	}
	return results, nil
}

// compileBlockers lists all that is missing before a report: reception, results, verdicts.
func compileBlockers(sample Sample, analyses []Analysis, current map[string]Result) []errs.Field {
	var l errs.List
	if sample.State != Received {
		l.Add("sample", "not_received", "样品尚未收样", "the sample is not received")
	}
	for i, a := range analyses {
		path := fmt.Sprintf("analyses[%d]", i)
		r, ok := current[a.ID]
		switch {
		case !ok:
			l.Add(path, "result_missing", fmt.Sprintf("“%s”尚无结果", a.Item), a.Item+" has no result")
		case r.Verdict == Undetermined:
			l.Add(path, "undetermined", fmt.Sprintf("“%s”待判定：%s", a.Item, r.Proof.ZH),
				a.Item+" is undetermined: "+r.Proof.EN)
		}
	}
	return l.Fields()
}

// summary gathers what the report says.
func (s *Service) summary(ctx context.Context, q database.Queryer, sample Sample, r *Report, analyses []Analysis,
	current map[string]Result,
) (Summary, error) {
	form, catalogue, err := formOf(ctx, q, sample)
	if err != nil {
		return Summary{}, err
	}
	laboratory, err := selectLaboratory(ctx, q, sample.Division)
	if err != nil {
		return Summary{}, err
	}
	names, err := namesOf(ctx, q, people(sample, current))
	if err != nil {
		return Summary{}, err
	}
	taskZH := catalogue.label("task_kind", sample.TaskKind)
	out := Summary{
		Schema: summaryVersion, Revision: r.Revision, Reason: r.Reason, Category: sample.Category, FormZH: catalogue.ZH,
		TaskKind: sample.TaskKind, TaskKindZH: taskZH, TaskSource: form.Details["task_source"], Laboratory: laboratory,
		Sample:      form.described(sample),
		SampledUnit: SummaryParty{form.SampledUnit.Name, form.SampledUnit.Address, form.SampledUnit.CreditCode},
		Producer:    SummaryParty{Name: form.Details["producer_name"], Address: form.Details["producer_address"]},
		Sampling:    form.taken(sample, catalogue, names), ReceivedOn: calendar.DateOf(*sample.ReceivedAt),
		Methods: []string{}, Standards: []string{}, Bilingual: r.bilingual,
	}
	for _, a := range analyses {
		item, err := s.summaryItem(ctx, q, sample.Division, a, current[a.ID], names)
		if err != nil {
			return out, err
		}
		out.add(item)
	}
	out.conclude()
	return out, nil
}

// add takes a line into the summary: its day, method and standard, and the verdict.
func (s *Summary) add(item SummaryItem) {
	s.Items = append(s.Items, item)
	if s.TestedFrom.IsZero() || item.MeasuredOn.Before(s.TestedFrom) {
		s.TestedFrom = item.MeasuredOn
	}
	if item.MeasuredOn.After(s.TestedTo) {
		s.TestedTo = item.MeasuredOn
	}
	if !slices.Contains(s.Methods, item.Method) {
		s.Methods = append(s.Methods, item.Method)
	}
	if item.Standard != "" && !slices.Contains(s.Standards, item.Standard) {
		s.Standards = append(s.Standards, item.Standard)
	}
}

// conclude fails the sample when any item fails, and says so. A risk-monitoring sample is not judged qualified or not:
// it shows problems or none.
func (s *Summary) conclude() {
	var failed []string
	for _, i := range s.Items {
		if i.Verdict != Pass {
			failed = append(failed, i.Item)
		}
	}
	standards, items := strings.Join(s.Standards, "、"), strings.Join(failed, "、")
	monitoring := s.TaskKind == "risk_monitoring"
	switch {
	case len(failed) == 0 && monitoring:
		s.Conclusion, s.ConclusionZH = Pass, "经风险监测，所检项目未发现问题。"
		s.ConclusionEN = "Risk monitoring found no problem in the items tested."
	case len(failed) == 0:
		s.Conclusion, s.ConclusionZH = Pass, fmt.Sprintf("经抽样检验，所检项目符合 %s 要求。", standards)
		s.ConclusionEN = fmt.Sprintf("The items tested meet the requirements of %s.", standards)
	case monitoring:
		s.Conclusion, s.ConclusionZH = Fail, fmt.Sprintf("经风险监测，%s为问题项目。", items)
		s.ConclusionEN = fmt.Sprintf("Risk monitoring found problems in: %s.", items)
	default:
		s.Conclusion, s.ConclusionZH = Fail, fmt.Sprintf("经抽样检验，%s项目不符合 %s 要求，检验结论为不合格。", items, standards)
		s.ConclusionEN = fmt.Sprintf("These items do not meet the requirements of %s: %s.", standards, items)
	}
}

// summaryItem makes one line of the table of results.
func (s *Service) summaryItem(ctx context.Context, q database.Queryer, division string, a Analysis, r Result,
	names map[string]string,
) (SummaryItem, error) {
	m, err := s.standards.MethodInForce(ctx, q, division, a.Method, r.MeasuredOn)
	if err != nil {
		return SummaryItem{}, fmt.Errorf("method %s: %w", a.Method, err)
	}
	equipment, err := equipmentOf(ctx, q, r)
	if err != nil {
		return SummaryItem{}, err
	}
	return SummaryItem{
		Sequence: a.Sequence, Item: a.Item, Method: a.Method, MethodTitle: m.Title, CMA: m.CMA, CNAS: m.CNAS, Result: r.Raw,
		Unit: r.Unit, LOD: r.LOD, LOQ: r.LOQ, Basis: r.Basis, Limit: r.Proof.LimitText, Standard: r.Proof.Standard,
		Verdict: r.Verdict, VerdictZH: named(outcomeNames, string(r.Verdict)).ZH, MeasuredOn: r.MeasuredOn,
		Equipment: strings.TrimSpace(equipment.Number + " " + equipment.Name), Certificate: equipment.Certificate,
		ResultID: r.ID, Version: r.Version, Technician: names[r.EnteredBy],
	}, nil
}

// described is the sample as its form describes it. Only samples under intact seals are received, hence the condition.
func (f SamplingForm) described(s Sample) SummarySample {
	with := func(q string) string { return strings.TrimSpace(q + " " + s.Unit) }
	return SummarySample{
		Number: s.Number, ProductName: s.ProductName, ProductClass: s.ProductClass, Grade: s.Grade,
		Trademark: f.Details["trademark"], Specification: f.Details["specification"],
		BatchNumber:     f.Details["batch_number"],
		ProductStandard: f.Details["product_standard"], ProducedOn: s.ProducedOn, Quantity: with(s.Quantity.String()),
		TestQuantity: with(f.sum(TestPortion)), ReserveQuantity: with(f.sum(ReservePortion)),
		ConditionZH: "封样完好", ConditionEN: "sealed, all seals intact",
	}
}

// taken is how the sample was taken.
func (f SamplingForm) taken(s Sample, catalogue Form, names map[string]string) SummarySampling {
	link := catalogue.label("link", f.Link)
	place := catalogue.label("details.place_type", f.Details["place_type"])
	return SummarySampling{FormNumber: s.FormNumber, On: s.SampledOn, LinkZH: link, PlaceZH: place, Street: s.Street,
		Base: f.Details["base_quantity"], Samplers: []string{names[s.Sampler1], names[s.Sampler2]}}
}

// people lists everyone whom a summary names.
func people(sample Sample, current map[string]Result) []string {
	ids := []string{sample.Sampler1, sample.Sampler2}
	for _, r := range current {
		ids = append(ids, r.EnteredBy)
	}
	return ids
}

// formOf reads a sample's form as it was signed, with its catalogue of fields.
func formOf(ctx context.Context, q database.Queryer, sample Sample) (SamplingForm, Form, error) {
	text, err := selectForm(ctx, q, sample.ID)
	if err != nil {
		return SamplingForm{}, Form{}, err
	}
	var form SamplingForm
	if err := json.Unmarshal([]byte(text), &form); err != nil {
		return form, Form{}, fmt.Errorf("form of sample %s: %w", sample.Number, err)
	}
	catalogue, err := FormFields(sample.Category)
	return form, catalogue, err
}
