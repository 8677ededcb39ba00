package paper

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

// paths are the paths of the faults of err.
func paths(err error) []string {
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind != errs.Invalid {
		return nil
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Path)
	}
	return out
}

func TestSamplesAreComplete(t *testing.T) {
	t.Parallel()
	for name, c := range samples() {
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReportFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*ReportContent)
		want  []string
	}{
		"kind":                {func(c *ReportContent) { c.Kind = VerificationNotice }, []string{"kind"}},
		"number":              {func(c *ReportContent) { c.Number = " " }, []string{"number"}},
		"version 0":           {func(c *ReportContent) { c.Version = 0 }, []string{"version"}},
		"version 2":           {func(c *ReportContent) { c.Version = 2 }, []string{"replaces"}},
		"version 1 replaces":  {func(c *ReportContent) { c.Replaces = &Replacement{} }, []string{"replaces", "replaces.number", "replaces.reason"}},
		"category":            {func(c *ReportContent) { c.Category = "toy" }, []string{"category", "sample.food_details"}},
		"other details":       {func(c *ReportContent) { c.Sample.Drug = &DrugDetails{} }, []string{"sample.drug_details"}},
		"origin":              {func(c *ReportContent) { c.Origin = "" }, []string{"origin"}},
		"no sampling":         {func(c *ReportContent) { c.Sampling = nil }, []string{"sampling"}},
		"one sampler":         {func(c *ReportContent) { c.Sampling.People = []string{"甲"} }, []string{"sampling.people"}},
		"no seals":            {func(c *ReportContent) { c.Sampling.Seals = nil }, []string{"sampling.seals"}},
		"blank seal":          {func(c *ReportContent) { c.Sampling.Seals = []string{"", "b"} }, []string{"sampling.seals[0]"}},
		"no items":            {func(c *ReportContent) { c.Items = nil }, []string{"items"}},
		"undetermined":        {func(c *ReportContent) { c.Items[1].Verdict = "undetermined" }, []string{"items[1].verdict"}},
		"no verdict":          {func(c *ReportContent) { c.Items[1].Verdict = "" }, []string{"items[1].verdict"}},
		"no limit":            {func(c *ReportContent) { c.Items[0].Limit = "" }, []string{"items[0].limit"}},
		"no reason":           {func(c *ReportContent) { c.Items[4].Note = "" }, []string{"items[4].note"}},
		"no result":           {func(c *ReportContent) { c.Items[2].Result, c.Items[2].Method = "", "" }, []string{"items[2].result", "items[2].method"}},
		"CNAS without number": {func(c *ReportContent) { c.Items[0].CNAS = true }, []string{"items[0].cnas"}},
		"CMA without number":  {func(c *ReportContent) { c.Body.CMANumber = ""; c.Items = c.Items[:1] }, []string{"items[0].cma"}},
		"no judging basis":    {func(c *ReportContent) { c.JudgingBasis = nil }, []string{"judging_basis"}},
		"same person":         {func(c *ReportContent) { c.Signatures.Approver.PersonID = "p1" }, []string{"signatures.approver.person_id"}},
		"approved too early":  {func(c *ReportContent) { c.Signatures.Approver.SignedAt = at("2026-03-16T00:00:00Z") }, []string{"signatures.approver.signed_at"}},
		"local time":          {func(c *ReportContent) { c.Signatures.Approver.SignedAt = c.Signatures.Approver.SignedAt.In(shanghai) }, []string{"signatures.approver.signed_at"}},
		"not signed":          {func(c *ReportContent) { c.Signatures.Reviewer = Signature{} }, []string{"signatures.reviewer.person_id", "signatures.reviewer.name", "signatures.reviewer.signed_at"}},
		"before reception":    {func(c *ReportContent) { c.TestedFrom = day("2026-03-09") }, []string{"tested_from"}},
		"ended before begun":  {func(c *ReportContent) { c.TestedTo = day("2026-03-10") }, []string{"tested_to"}},
		"issued too early":    {func(c *ReportContent) { c.IssuedOn = day("2026-03-12") }, []string{"issued_on"}},
		"came too early":      {func(c *ReportContent) { c.Reception.Date = day("2026-03-08") }, []string{"reception.date"}},
	} {
		content := foodReport()
		c.spoil(&content)
		if got := paths(content.Validate()); !slices.Equal(got, c.want) {
			t.Errorf("%s: faults at %q, want %q", name, got, c.want)
		}
	}
}

// TestEverythingMissingIsToldAtOnce: an empty content names each required field.
func TestEverythingMissingIsToldAtOnce(t *testing.T) {
	t.Parallel()
	got := paths(ReportContent{Kind: InspectionReport, Category: Food, Origin: Sampled, Sampling: &Sampling{}}.Validate())
	for _, want := range []string{
		"number", "issued_on", "version", "task_kind", "client.name", "body.division", "body.name", "body.address", "sample.number",
		"sample.name", "sample.quantity", "sample.state", "sample.sampled_unit.name", "sampling.form_number", "sampling.place",
		"sampling.date", "sampling.people", "sampling.seals", "reception.date", "reception.condition", "test_basis", "items",
		"tested_from", "tested_to", "signatures.inspector.name", "signatures.reviewer.name", "signatures.approver.name",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("an empty report: no fault at %s", want)
		}
	}
	got = paths(VerificationContent{Kind: VerificationCertificate}.Validate())
	for _, want := range []string{
		"number", "record_number", "applicant.name", "instrument.name", "instrument.model", "instrument.serial", "instrument.maker",
		"mode", "procedures", "standards", "verified_on", "valid_until", "issued_on", "place", "temperature", "humidity", "results",
		"signatures.verifier.name", "signatures.checker.name", "signatures.approver.name",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("an empty certificate: no fault at %s", want)
		}
	}
}

func TestVerificationFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of    func() VerificationContent
		spoil func(*VerificationContent)
		want  []string
	}{
		"a failed certificate":  {scaleCertificate, func(c *VerificationContent) { c.Results[2].Verdict = Fail }, []string{"results"}},
		"a notice that passed":  {gaugeNotice, func(c *VerificationContent) { c.Results[2].Verdict = Pass }, []string{"results"}},
		"undetermined":          {scaleCertificate, func(c *VerificationContent) { c.Results[1].Verdict = "undetermined" }, []string{"results[1].verdict", "results"}},
		"notice of nothing":     {gaugeNotice, func(c *VerificationContent) { c.Results[2].Verdict = Undetermined }, []string{"results"}},
		"notice, one undone":    {gaugeNotice, func(c *VerificationContent) { c.Results[1].Verdict = Undetermined }, nil},
		"not judged":            {scaleCertificate, func(c *VerificationContent) { c.Results[1].Verdict = NotJudged }, []string{"results[1].verdict", "results"}},
		"no validity":           {scaleCertificate, func(c *VerificationContent) { c.ValidUntil = nil }, []string{"valid_until"}},
		"ends before it begins": {scaleCertificate, func(c *VerificationContent) { c.ValidUntil = dayPtr("2026-04-01") }, []string{"valid_until"}},
		"notice with validity":  {gaugeNotice, func(c *VerificationContent) { c.ValidUntil = dayPtr("2027-04-01") }, []string{"valid_until"}},
		"notice with a class":   {gaugeNotice, func(c *VerificationContent) { c.GradedAs = "1.6级" }, []string{"graded_as"}},
		"standard out of date":  {scaleCertificate, func(c *VerificationContent) { c.Standards[1].ValidUntil = day("2026-04-01") }, []string{"standards[1].valid_until"}},
		"facility out of date":  {scaleCertificate, func(c *VerificationContent) { c.Facilities[0].ValidUntil = day("2026-04-01") }, []string{"facilities[0].valid_until"}},
		"no standards":          {scaleCertificate, func(c *VerificationContent) { c.Standards = nil }, []string{"standards"}},
		"ragged table":          {scaleCertificate, func(c *VerificationContent) { c.Results[2].Rows[1] = []string{"1"} }, []string{"results[2].rows[1]"}},
		"table without heads":   {scaleCertificate, func(c *VerificationContent) { c.Results[0].Rows = [][]string{{}} }, []string{"results[0].columns"}},
		"too many columns":      {scaleCertificate, func(c *VerificationContent) { c.Results[0].Columns = slices.Repeat([]string{"x"}, maxColumns+1) }, []string{"results[0].columns"}},
		"same person":           {scaleCertificate, func(c *VerificationContent) { c.Signatures.Checker.PersonID = "p4" }, []string{"signatures.checker.person_id"}},
		"issued too early":      {scaleCertificate, func(c *VerificationContent) { c.IssuedOn = day("2026-04-01") }, []string{"issued_on"}},
	} {
		content := c.of()
		c.spoil(&content)
		if got := paths(content.Validate()); !slices.Equal(got, c.want) {
			t.Errorf("%s: faults at %q, want %q", name, got, c.want)
		}
	}
}

func TestCalibrationFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*CalibrationContent)
		want  []string
	}{
		"kind":                   {func(c *CalibrationContent) { c.Kind = VerificationCertificate }, []string{"kind"}},
		"no address of client":   {func(c *CalibrationContent) { c.Client.Address = "" }, []string{"client.address"}},
		"no serial":              {func(c *CalibrationContent) { c.Instrument.Serial = "" }, []string{"instrument.serial"}},
		"no procedure":           {func(c *CalibrationContent) { c.Procedures = nil }, []string{"procedures"}},
		"no standards":           {func(c *CalibrationContent) { c.Standards = nil }, []string{"standards"}},
		"standard out of date":   {func(c *CalibrationContent) { c.Standards[0].ValidUntil = day("2026-05-06") }, []string{"standards[0].valid_until"}},
		"not traced":             {func(c *CalibrationContent) { c.Standards[0].TracedTo = " " }, []string{"standards[0].traced_to"}},
		"before it came":         {func(c *CalibrationContent) { c.ReceivedOn = dayPtr("2026-05-08") }, []string{"calibrated_on"}},
		"issued too early":       {func(c *CalibrationContent) { c.IssuedOn = day("2026-05-06") }, []string{"issued_on"}},
		"on site":                {func(c *CalibrationContent) { c.ReceivedOn = nil }, nil},
		"interval nobody asked":  {func(c *CalibrationContent) { c.IntervalRequest = "" }, []string{"interval_request"}},
		"request without answer": {func(c *CalibrationContent) { c.Interval = "" }, []string{"interval"}},
		"neither":                {func(c *CalibrationContent) { c.Interval, c.IntervalRequest = "", "" }, nil},
		"no results":             {func(c *CalibrationContent) { c.Results = nil }, []string{"results"}},
		"no points":              {func(c *CalibrationContent) { c.Results[0].Points = nil }, []string{"results[0].points"}},
		"no heads": {func(c *CalibrationContent) {
			c.Results[0].Columns, c.Results[0].Points = nil, []CalibrationPoint{{nil, "1", "2"}}
		}, []string{"results[0].columns"}},
		"too many columns":        {func(c *CalibrationContent) { c.Results[0] = wideTable() }, []string{"results[0].columns"}},
		"ragged":                  {func(c *CalibrationContent) { c.Results[0].Points[0].Values = []string{"1"} }, []string{"results[0].points[0].values"}},
		"a point without U":       {func(c *CalibrationContent) { c.Results[1].Points[2].Uncertainty = "" }, []string{"results[1].points[2].uncertainty"}},
		"a point without k":       {func(c *CalibrationContent) { c.Results[1].Points[2].Coverage = "" }, []string{"results[1].points[2].coverage"}},
		"a blank value":           {func(c *CalibrationContent) { c.Results[1].Points[2].Values[1] = "" }, []string{"results[1].points[2].values[1]"}},
		"checked by the same":     {func(c *CalibrationContent) { c.Signatures.Checker.PersonID = "p7" }, []string{"signatures.checker.person_id"}},
		"checked before it began": {func(c *CalibrationContent) { c.Signatures.Checker.SignedAt = at("2026-05-07T07:00:00Z") }, []string{"signatures.checker.signed_at"}},
	} {
		content := meterCalibration()
		c.spoil(&content)
		if got := paths(content.Validate()); !slices.Equal(got, c.want) {
			t.Errorf("%s: faults at %q, want %q", name, got, c.want)
		}
	}
}

// wideTable has a column more than fits beside uncertainty and coverage factor.
func wideTable() CalibrationTable {
	heads := slices.Repeat([]string{"x"}, maxColumns-1)
	return CalibrationTable{Item: "x", Columns: heads, Points: []CalibrationPoint{{heads, "1", "2"}}}
}

// TestCalibrationConcludesNothing: neither a conclusion nor an interval stands on the certificate unless asked for.
func TestCalibrationConcludesNothing(t *testing.T) {
	t.Parallel()
	set, c := faces(t), meterCalibration()
	if got := c.Conclusion(); got != "" {
		t.Errorf("a calibration concludes %q", got)
	}
	on := pageTexts(mustLayOut(t, set, c, options(c)))
	if !strings.Contains(on, "建议复校时间间隔为12个月") {
		t.Error("the interval that the client asked for is not told")
	}
	c.Interval, c.IntervalRequest = "", ""
	on = pageTexts(mustLayOut(t, set, c, options(c)))
	for _, word := range []string{"复校", "有效期至2027", "检定结论"} {
		if strings.Contains(on, word) {
			t.Errorf("a calibration without a request for an interval says %s", word)
		}
	}
}

func TestConclusions(t *testing.T) {
	t.Parallel()
	report := func(change func(*ReportContent)) Content {
		c := foodReport()
		c.JudgingBasis = []string{"GB 2762-2025"}
		change(&c)
		return c
	}
	certificate := scaleCertificate()
	certificate.GradedAs = ""
	for name, c := range map[string]struct {
		content Content
		want    string
	}{
		"one fails": {report(func(c *ReportContent) { c.Items[2].Basis = "GB 2763-2021" }),
			"经抽样检验，毒死蜱项目不符合GB 2763-2021要求，检验结论为不合格。"},
		"two fail by two standards": {report(func(c *ReportContent) { c.Items[0].Verdict, c.Items[2].Basis = Fail, "GB 2763-2021" }),
			"经抽样检验，铅（以Pb计）项目不符合GB 2762-2025要求，毒死蜱项目不符合GB 2763-2021要求，检验结论为不合格。"},
		"two fail by one": {report(func(c *ReportContent) { c.Items[0].Verdict, c.Items[2].Basis = Fail, "" }),
			"经抽样检验，铅（以Pb计）、毒死蜱项目不符合GB 2762-2025要求，检验结论为不合格。"},
		"all pass": {report(func(c *ReportContent) { c.Items = c.Items[:2] }), "经抽样检验，所检项目符合GB 2762-2025要求，检验结论为合格。"},
		"some are not judged": {report(func(c *ReportContent) { c.Items[2].Verdict = Pass }),
			"经抽样检验，所判定的4项符合GB 2762-2025要求，其余1项不作判定，检验结论为合格。"},
		"none is judged": {report(func(c *ReportContent) { c.Items = c.Items[4:] }), "经抽样检验，所检项目不作判定，仅提供检验数据。"},
		"submitted": {report(func(c *ReportContent) { c.Items, c.Origin = c.Items[:1], Submitted }),
			"经检验，所检项目符合GB 2762-2025要求，检验结论为合格。"},
		"certificate":            {certificate, "合格"},
		"certificate with class": {scaleCertificate(), "Ⅲ级合格"},
		"notice":                 {gaugeNotice(), "不合格"},
	} {
		if got := c.content.Conclusion(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestFreezeAndThaw(t *testing.T) {
	t.Parallel()
	for name, c := range samples() {
		frozen, err := Freeze(c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := Thaw(frozen)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c, again, cmpopts.EquateComparable(calendar.Date{})); diff != "" {
			t.Errorf("%s is another after freezing and thawing:\n%s", name, diff)
		}
		twice, err := Freeze(again)
		if err != nil || !bytes.Equal(frozen, twice) {
			t.Errorf("%s frozen twice: %s, %v; want %s", name, twice, err, frozen)
		}
		if bytes.ContainsAny(frozen, "\n\t") {
			t.Errorf("%s is not canonical: %s", name, frozen)
		}
	}
}

// TestOldContentsStayByteEqual: what was frozen before fields were added freezes to the same bytes now.
func TestOldContentsStayByteEqual(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/frozen/*.json")
	if err != nil || len(files) < 7 {
		t.Fatalf("frozen contents: %q, %v", files, err)
	}
	for _, file := range files {
		frozen, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Thaw(frozen)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if again, err := Freeze(c); err != nil || !bytes.Equal(again, frozen) {
			t.Errorf("%s freezes to %s, %v; want %s", file, again, err, frozen)
		}
	}
}

func TestFreezeRefusesTheIncomplete(t *testing.T) {
	t.Parallel()
	c := foodReport()
	c.Sample.Name = ""
	if frozen, err := Freeze(c); !slices.Equal(paths(err), []string{"sample.name"}) {
		t.Errorf("an incomplete report froze to %s, %v", frozen, err)
	}
}

func TestThawRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "{", "[]", `{"kind":"poem"}`, `{"kind":"inspection_report","extra":1}`, `{"kind":"inspection_report","items":7}`,
		`{"kind":"verification_notice","verified_on":"2026-02-30"}`,
	} {
		if c, err := Thaw([]byte(in)); err == nil || errs.KindOf(err) != errs.Invalid {
			t.Errorf("Thaw(%s) = %v, %v; want errs.Invalid", in, c, err)
		}
	}
}

// FuzzThaw: nothing stored makes the reader, the checks or the layout panic.
func FuzzThaw(f *testing.F) {
	for _, c := range samples() {
		frozen, err := Freeze(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(frozen)
	}
	set := faces(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := Thaw(in)
		if err != nil || len(in) > 1<<16 {
			return
		}
		o := options(c)
		o.Watermark = Draft
		doc, err := layOut(set, c, o)
		if err != nil {
			return
		}
		if _, err := doc.PDF(set); err != nil {
			t.Errorf("%s was laid out but not drawn: %v", in, err)
		}
		if faults := collisions(doc.Pages); len(faults) > 0 {
			t.Errorf("%s: %s", in, strings.Join(faults, "\n"))
		}
	})
}
