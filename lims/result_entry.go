package lims

import (
	"context"
	"fmt"
	"slices"

	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
)

// maxEntries bounds what is keyed in at once.
const maxEntries = 500

// EnterResults stores the first version of results with their verdicts: all of them, or none with every fault and every
// closed gate told at once.
func (s *Service) EnterResults(ctx context.Context, actor ledger.Actor, ref Ref, entries []Entry) ([]Result, error) {
	if err := actor.As(ledger.Technician); err != nil {
		return nil, err
	}
	if n := len(entries); n == 0 || n > maxEntries {
		return nil, fault("results", "count", fmt.Sprintf("每次录入1至%d项结果", maxEntries),
			fmt.Sprintf("1 to %d results at once", maxEntries))
	}
	return onSample(ctx, s, signer{actor: actor}, ref, func(a *act) ([]Result, error) {
		a.role = ledger.Technician
		b, err := a.bench(ctx)
		if err != nil {
			return nil, err
		}
		var all findings
		results := make([]Result, 0, len(entries))
		for i, e := range entries {
			r, found, err := b.examine(ctx, e, fmt.Sprintf("results[%d]", i))
			if err != nil {
				return nil, err
			}
			all.merge(found)
			b.taken[e.AnalysisID] = true
			results = append(results, r)
		}
		if err := all.err(); err != nil {
			return nil, err
		}
		return results, a.keepResults(ctx, kindResultEntered, results)
	})
}

// bench is a step on a sample with all that is known of it before results are entered.
type bench struct {
	*act
	analyses   map[string]Analysis
	latest     map[string]Result
	taken      map[string]bool // analyses that this call has an entry for already
	held       []holding
	conditions []string // of limits, that the form states to hold
	today      calendar.Date
}

func (a *act) bench(ctx context.Context) (*bench, error) {
	b := &bench{act: a, analyses: map[string]Analysis{}, taken: map[string]bool{}, today: calendar.DateOf(a.at)}
	analyses, err := selectAnalyses(ctx, a.tx, a.sample.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range analyses {
		b.analyses[x.ID] = x
	}
	results, err := selectResults(ctx, a.tx, a.sample.ID)
	if err != nil {
		return nil, err
	}
	b.latest = latest(results)
	form, catalogue, err := formOf(ctx, a.tx, a.sample)
	if err != nil {
		return nil, err
	}
	b.conditions = form.conditions(catalogue)
	b.held, err = selectHoldings(ctx, a.tx, a.sample.ID)
	return b, err
}

// portionOf returns the test portion in the technician's hands.
func (b *bench) portionOf(person string) (string, bool) {
	for _, h := range b.held {
		if h.Role == TestPortion && h.HandoverID != "" && h.Holder == person && h.Open == "" {
			return h.PortionID, true
		}
	}
	return "", false
}

// findings are the faults of an entry, which its author can mend, and the gates that are closed to it.
type findings struct{ invalid, closed errs.List }

func (f *findings) merge(g findings) {
	for _, x := range g.invalid.Fields() {
		f.invalid.Add(x.Path, x.Code, x.ZH, x.EN)
	}
	for _, x := range g.closed.Fields() {
		f.closed.Add(x.Path, x.Code, x.ZH, x.EN)
	}
}

// note sorts a refusal into faults and closed gates; an error of ours is returned.
func (f *findings) note(path string, err error) error {
	switch {
	case err == nil:
	case isKind(err, errs.Invalid):
		f.invalid.Merge(path, err)
	case isRefusal(err):
		f.closed.Merge(path, err)
	default:
		return err
	}
	return nil
}

func (f *findings) fields() []errs.Field {
	return slices.Concat(f.invalid.Fields(), f.closed.Fields())
}

// err returns all findings as one error: Invalid when the input has faults, Blocked when only gates are closed.
func (f *findings) err() error {
	if f.invalid.Len() > 0 {
		all := f.invalid
		for _, x := range f.closed.Fields() {
			all.Add(x.Path, x.Code, x.ZH, x.EN)
		}
		return all.Err()
	}
	if f.closed.Len() > 0 {
		return errs.Blockers("result_blocked", "不满足录入检验结果的条件", "the results cannot be entered", f.closed.Fields())
	}
	return nil
}

// examine makes the first version of a result from an entry, with all that stands against it.
func (b *bench) examine(ctx context.Context, e Entry, path string) (Result, findings, error) {
	x := candidate{entry: e, path: path, analysis: b.analyses[e.AnalysisID]}
	e.check(&x.invalid, path, b.today)
	if _, ok := b.analyses[e.AnalysisID]; e.AnalysisID != "" && !ok {
		x.invalid.Add(path+".analysis_id", "analysis_unknown", "该样品没有此检验项目", "the sample has no such analysis")
	}
	if x.invalid.Len() > 0 {
		return Result{}, x.findings, nil
	}
	item := x.analysis.Item
	if _, entered := b.latest[e.AnalysisID]; entered || b.taken[e.AnalysisID] {
		x.closed.Add(path+".analysis_id", "entered_already", "“"+item+"”已有结果，请用更正",
			item+" has a result already: correct that one")
	}
	portion, held := b.portionOf(b.actor.PersonID)
	if b.sample.State == Received && !held {
		x.closed.Add(path, "not_holder", "检验样品不在您手中，不能录入结果", "you do not hold a test portion of the sample")
	}
	x.result = Result{AnalysisID: e.AnalysisID, Version: 1, PortionID: portion, EnteredBy: b.actor.PersonID,
		EnteredAt: b.at}
	err := b.complete(ctx, &x)
	return x.result, x.findings, err
}

// candidate is an entry on its way to be a result, with what stands against it so far.
type candidate struct {
	findings
	entry    Entry
	path     string
	analysis Analysis
	result   Result
}

// complete fills in what the entry says, passes the gates that hold for every version, and judges.
func (b *bench) complete(ctx context.Context, x *candidate) error {
	r, e := &x.result, x.entry
	var err error
	if r.ID, err = newID(""); err != nil {
		return err
	}
	r.Raw, r.Unit, r.LOD, r.LOQ, r.Basis = e.Raw, e.Unit, e.LOD, e.LOQ, e.Basis
	r.EquipmentID, r.MeasuredOn = e.EquipmentID, calendar.MustDate(e.MeasuredOn)
	switch {
	case b.sample.ReceivedAt == nil:
		x.closed.Add("sample", "not_received", "样品尚未收样", "the sample is not received")
	case r.MeasuredOn.Before(calendar.DateOf(*b.sample.ReceivedAt)):
		x.closed.Add(x.path+".measured_on", "before_reception", "检验日期早于收样日期",
			"the measurement lies before the reception of the sample")
	}
	method := x.analysis.Method
	allowed, err := users.Authorised(ctx, b.tx, b.actor.PersonID, users.ForMethod, method, r.MeasuredOn)
	if err != nil {
		return err
	}
	if !allowed {
		x.closed.Add(x.path, "not_authorised", fmt.Sprintf("您在%s未获%s的检验授权", r.MeasuredOn, method),
			fmt.Sprintf("you are not authorised for %s on %s", method, r.MeasuredOn))
	}
	_, err = b.standards.MethodInForce(ctx, b.tx, b.actor.Division, method, r.MeasuredOn)
	if err := x.note(x.path+".method", err); err != nil {
		return err
	}
	use, err := instruments.EquipmentUse(ctx, b.tx, b.actor.Division, e.EquipmentID, r.MeasuredOn)
	if err := x.note(x.path+".equipment_id", err); err != nil {
		return err
	}
	r.CertificateID = use.Certificate.ID
	return x.note(x.path+".raw", b.judge(ctx, x.analysis, r))
}

// judge holds a result against the limit of the sample's dates. What cannot be read is refused; what cannot be judged
// is undetermined with the reason.
func (b *bench) judge(ctx context.Context, a Analysis, r *Result) error {
	if err := standards.Readable(r.Raw); err != nil {
		return err
	}
	j, err := b.standards.Judge(ctx, b.tx, standards.Question{
		Category: string(b.sample.Category), Product: b.sample.product(), Grade: b.sample.Grade, Item: a.Item,
		SampledOn: b.sample.SampledOn, ProducedOn: b.sample.ProducedOn,
		Result: r.Raw, Unit: r.Unit, LOD: r.LOD, LOQ: r.LOQ, Basis: r.Basis, Conditions: b.conditions,
	})
	if err != nil {
		return fmt.Errorf("judge %s: %w", a.Item, err)
	}
	r.Verdict, r.Limit = Outcome(j.Verdict), j.Limit
	r.Proof = Proof{ZH: j.Reason.ZH, EN: j.Reason.EN, LimitText: j.LimitText, Standard: j.Standard, Detail: j.Proof}
	return nil
}

// product is what limits are looked up for: the class for judging, else the name.
func (s Sample) product() string {
	if s.ProductClass != "" {
		return s.ProductClass
	}
	return s.ProductName
}

// keepResults stores results, counts the sample's version up and records the event with a hash of each result.
func (a *act) keepResults(ctx context.Context, kind ledger.Kind[resultsKept], results []Result) error {
	told := make([]toldResult, 0, len(results))
	for _, r := range results {
		if err := insertResult(ctx, a.tx, r); err != nil {
			return err
		}
		hash, err := r.ContentHash()
		if err != nil {
			return err
		}
		told = append(told, r.told(hash))
	}
	if err := a.save(ctx); err != nil {
		return err
	}
	return note(ctx, a, kind, resultsKept{told})
}
