package certificates

import (
	"context"
	"regexp"
	"slices"

	"hengjian/certificates/paper"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/lims"
)

// FollowUps are the papers that can be printed from an issued report, in the order of the procedure.
func FollowUps() []paper.Kind {
	return []paper.Kind{
		paper.ResultNotice, paper.RetestApplication, paper.RetestDecision, paper.RetestHandover, paper.HandlingNotice, paper.SampleDisposal,
	}
}

// FollowUp prints a paper of retest or disposal from an issued report. All but the disposal need a report that fails. A
// business may fetch what it applies with, for its own reports; the other papers are the bureau's.
func (s *Service) FollowUp(ctx context.Context, actor ledger.Actor, number string, kind paper.Kind) (Printout, error) {
	c, err := s.followUp(ctx, actor, number, kind)
	if err != nil {
		return Printout{}, err
	}
	return printout(c, c.Number+"-"+c.Title())
}

func (s *Service) followUp(ctx context.Context, actor ledger.Actor, number string, kind paper.Kind) (paper.FollowUpContent, error) {
	if !slices.Contains(FollowUps(), kind) {
		return paper.FollowUpContent{}, errNoPaper
	}
	d, err := s.find(ctx, s.db, actor, number)
	if err != nil {
		return paper.FollowUpContent{}, err
	}
	if err := mayFollow(actor, d, kind); err != nil {
		return paper.FollowUpContent{}, err
	}
	report, err := s.reportOf(ctx, d)
	if err != nil {
		return paper.FollowUpContent{}, err
	}
	c := s.followUpContent(d, report, kind)
	if kind == paper.RetestApplication || kind == paper.RetestHandover {
		if err := retestable(c); err != nil {
			return c, err
		}
	}
	if kind == paper.RetestHandover || kind == paper.SampleDisposal {
		c.Portions, err = s.keptPortions(ctx, actor, d.SubjectNumber, kind)
	}
	return c, err
}

// mayFollow says why a document cannot be followed by the paper, or not for the actor.
func mayFollow(actor ledger.Actor, d Document, kind paper.Kind) error {
	switch {
	case actor.BusinessID != "" && kind != paper.RetestApplication:
		return errs.New(errs.Forbidden, "paper_of_bureau", "此件由监管部门出具，企业只能打印复检申请书",
			"this paper is the bureau's; a business may print the application for a retest")
	case d.Kind != InspectionReport:
		return errs.New(errs.Conflict, "not_a_report", "只有检验报告才有复检和处置文书", "only inspection reports are followed by retest and disposal")
	case d.Status == Superseded || d.Status == Revoked:
		return errs.New(errs.Conflict, "report_not_in_force", "该检验报告已被替代或撤销，不能据以打印", "the report was superseded or revoked")
	case d.Conclusion != "fail" && kind != paper.SampleDisposal:
		return errs.New(errs.Conflict, "report_passed", "该检验报告没有不合格项目，不需要此件",
			"no item of the report failed, so this paper is not due")
	}
	return nil
}

// reportOf reads the frozen content of a report.
func (s *Service) reportOf(ctx context.Context, d Document) (paper.ReportContent, error) {
	f, err := selectFrozen(ctx, s.db, d.ID)
	if err != nil {
		return paper.ReportContent{}, err
	}
	c, err := paper.Thaw([]byte(f.Content))
	if err != nil {
		return paper.ReportContent{}, err
	}
	report, ok := c.(paper.ReportContent)
	if !ok {
		return report, errNoDocument
	}
	return report, nil
}

// followUpContent fills a paper in from the report that it rests on.
func (s *Service) followUpContent(d Document, r paper.ReportContent, kind paper.Kind) paper.FollowUpContent {
	body := paper.Body{Division: r.Body.Division, Name: r.Body.Name, Address: r.Body.Address, Phone: r.Body.Phone}
	if kind != paper.RetestHandover && kind != paper.SampleDisposal {
		body.Name = r.Client.Name // the bureau's, not the laboratory's
	}
	c := paper.FollowUpContent{
		Printed:  s.printed(kind, d.Number, body, "检验报告"+d.Number),
		Category: r.Category,
		Report: paper.FollowedReport{
			IssuedOn: r.IssuedOn, Laboratory: r.Body.Name, Bureau: r.Client.Name, TaskKind: r.TaskKind, Conclusion: r.Conclusion(),
		},
		Sample: paper.FollowedSample{
			Number: r.Sample.Number, Name: r.Sample.Name, Spec: r.Sample.Spec, Trademark: r.Sample.Trademark, Batch: r.Sample.Batch,
			DateLabel: r.Sample.DateLabel, ProducedOn: r.Sample.ProducedOn, SampledUnit: r.Sample.SampledUnit, Producer: r.Sample.Producer,
		},
		Items: []paper.FollowedItem{}, Portions: []paper.FollowedPortion{},
		Rules: rulesOfPapers().told(kind, lims.Category(r.Category)),
	}
	if r.Sampling != nil {
		c.Sample.FormNumber, c.Sample.SampledOn = r.Sampling.FormNumber, &r.Sampling.Date
	}
	for _, i := range r.Items {
		if i.Verdict == paper.Fail {
			c.Items = append(c.Items, paper.FollowedItem{
				Name: i.Name, Unit: i.Unit, Limit: i.Limit, Result: i.Result, Method: i.Method, Excluded: excluded(r.Category, i),
			})
		}
	}
	return c
}

// Microbiology of food is known by its methods, the series GB 4789, and by its limits, which are sampling plans.
var (
	microbialMethod = regexp.MustCompile(`^GB(/T)?\s*4789(\D|$)`)
	samplingPlan    = regexp.MustCompile(`n\s*=\s*\d+.*c\s*=\s*\d+`)
)

// excluded says why an item is never retested: microbiology of food, since what lives in a sample goes on living.
func excluded(c paper.Category, i paper.Item) string {
	if c == paper.Food && (microbialMethod.MatchString(i.Method) || samplingPlan.MatchString(i.Limit)) {
		return "微生物指标"
	}
	return ""
}

// retestable refuses a retest of nothing but what is never retested.
func retestable(c paper.FollowUpContent) error {
	if slices.ContainsFunc(c.Items, func(i paper.FollowedItem) bool { return i.Excluded == "" }) {
		return nil
	}
	return errs.New(errs.Conflict, "no_retest", "不合格项目均为微生物指标，依法不予复检",
		"all items that failed are microbiological, which is never retested")
}

// keptPortions are the portions of a sample: the reserve for a retest, everything for a disposal.
func (s *Service) keptPortions(ctx context.Context, actor ledger.Actor, sample string, kind paper.Kind) ([]paper.FollowedPortion, error) {
	d, err := s.lims.Detail(ctx, actor, sample)
	if err != nil {
		return nil, err
	}
	out := []paper.FollowedPortion{}
	for _, p := range d.Portions {
		if p.Role == lims.ReservePortion || kind == paper.SampleDisposal {
			out = append(out, paper.FollowedPortion{FormPortion: formPortion(p), Place: p.Place})
		}
	}
	if len(out) == 0 {
		return nil, errs.New(errs.Conflict, "no_reserve", "该样品没有复检备份样品，不能移交复检", "the sample has no reserve portion to hand over")
	}
	return out, nil
}
