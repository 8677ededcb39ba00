package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"hengjian/certificates"
	"hengjian/internal/jobs"
	"hengjian/lims"
)

// An instrument's file in GBK, from the upload over the preview to the results: every row is taken in or listed.
func TestImportOverHTTP(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	number := b.opened(1)
	content, err := simplifiedchinese.GBK.NewEncoder().String("样品编号,检验项目,检验结果,单位,检验日期\n" +
		number + ",铅含量,0.12,mg/kg,2020-01-01\nYP26-370113-09999,铅,0.1,mg/kg,2026-09-18\n" + number + ",镉,,mg/kg,2026-09-18\n")
	b.must(err)
	b.want(400, "zhao", "POST", "/api/v1/files?name=empty.csv", "", "Content-Type", "application/octet-stream")
	hash := b.want(201, "zhao", "POST", "/api/v1/files?name=results.csv", content, "Content-Type", "application/octet-stream").text("hash")

	request := body{"file_hash": hash, "equipment_id": b.lab, "measured_on": "2026-09-18"}
	preview := func(more body) lims.ImportReport {
		t.Helper()
		var read ImportPreview
		b.want(200, "zhao", "POST", "/api/v1/imports/preview", mergedWith(request, more)).into(t, &read)
		if read.Encoding != "gb18030" && !strings.EqualFold(read.Encoding, "gbk") {
			t.Errorf("the file is read as %s", read.Encoding)
		}
		if read.Report.Imported+read.Report.Listed != 3 {
			t.Errorf("of 3 rows %d are taken in and %d listed", read.Report.Imported, read.Report.Listed)
		}
		return read.Report
	}
	matched := body{"items": body{"铅含量": "铅"}}
	for _, c := range []struct {
		name string
		more body
		want int
	}{
		{"an item of another name", nil, 0}, {"a clock that was wrong", matched, 0},
		{"its dates ignored", body{"items": matched["items"], "ignore_dates": true}, 1},
	} {
		if got := preview(c.more).Imported; got != c.want {
			t.Errorf("%s: %d rows would be taken in, want %d", c.name, got, c.want)
		}
	}
	if results := b.detail(number).Analyses[0].Results; len(results) > 0 {
		t.Fatalf("a preview stored %+v", results)
	}

	maps.Copy(request, body{"items": matched["items"], "ignore_dates": true})
	id := b.imported(request)
	results := b.detail(number).Analyses[0].Results
	if len(results) != 1 || results[0].Raw != "0.12" || results[0].MeasuredOn.String() != "2026-09-18" {
		t.Fatalf("the import stored %+v", results)
	}
	var report lims.ImportReport
	b.want(200, "zhao", "GET", "/api/v1/imports/"+id, nil).into(t, &report)
	if report.Imported != 1 || report.Listed != 2 {
		t.Errorf("the report says %d taken in and %d listed", report.Imported, report.Listed)
	}

	d := b.reported(number)
	b.wantTrace(d.Number, "result", "file", "event")
	b.must(os.Remove(filepath.Join(b.folder, hash[:2], hash[2:])))
	var trace certificates.Trace
	b.want(200, "auditor", "GET", "/api/v1/trace/"+d.Number, nil).into(t, &trace)
	if len(trace.Gaps) != 1 || trace.Gaps[0].Code != "file_differs" || trace.Gaps[0].Node != id {
		t.Errorf("without the instrument's file the trace tells %+v, want that it is missing", trace.Gaps)
	}
}

// imported takes a file in, waits for the job and returns the id of the import.
func (b *bureau) imported(request body) string {
	b.t.Helper()
	ctx, stop := context.WithCancel(b.t.Context())
	defer stop()
	runner := jobs.NewRunner(b.db, b.clock.now, slog.New(slog.DiscardHandler), map[string]jobs.Handler{lims.ImportJob: b.services.LIMS.RunImport})
	go runner.Run(ctx)
	id := b.want(201, "zhao", "POST", "/api/v1/imports", request, "Idempotency-Key", "import-0001").text("id")
	if again := b.want(201, "zhao", "POST", "/api/v1/imports", request, "Idempotency-Key", "import-0001").text("id"); again != id {
		b.t.Errorf("the same import again is job %s, not %s", again, id)
	}
	runner.Wake()
	var job jobs.Job
	for range 200 {
		if b.want(200, "zhao", "GET", "/api/v1/jobs/"+id, nil).into(b.t, &job); job.FinishedAt != nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	var done struct {
		ImportID string `json:"import_id"`
	}
	b.must(json.Unmarshal([]byte(job.Result), &done))
	return done.ImportID
}

// A real export of an instrument, whose names are not ours and which names no unit, becomes the results of a report.
func TestRealExportBecomesAReport(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../shared/instrument-files/foss-fiastar.csv")
	if err != nil {
		t.Skip("the real exports are not at ../shared/instrument-files beside the repository")
	}
	b := newBureau(t)
	number := b.opened(1)
	hash := b.want(201, "zhao", "POST", "/api/v1/files?name=fiastar.csv", string(content), "Content-Type", "application/octet-stream").text("hash")
	request := body{"file_hash": hash, "equipment_id": b.lab, "measured_on": "2026-09-18", "ignore_dates": true}
	for _, step := range []struct {
		name    string
		match   body
		verdict string // of the only row that would be taken in; "": none would
	}{
		{"names that are not ours", nil, ""},
		{"the sample alone", body{"samples": body{"V15-025230": number}}, ""},
		{"the item, too", body{"items": body{"F SO2": "铅"}}, "undetermined"},
		{"and the unit", body{"units": body{"": "mg/kg"}}, "fail"},
	} {
		maps.Copy(request, step.match)
		var read ImportPreview
		b.want(200, "zhao", "POST", "/api/v1/imports/preview", request).into(t, &read)
		var verdicts []string
		for _, row := range read.Report.Rows {
			if row.Outcome == "imported" {
				verdicts = append(verdicts, row.Verdict+row.Unit) // the file names no unit
			}
		}
		if got := strings.Join(verdicts, ", "); got != step.verdict {
			t.Errorf("%s: would take in %q, want %q", step.name, got, step.verdict)
		}
	}
	b.want(422, "zhao", "POST", "/api/v1/imports/preview", mergedWith(request, body{"units": body{"": strings.Repeat("g", 61)}}))
	b.imported(request)
	results := b.detail(number).Analyses[0].Results
	if len(results) != 1 || results[0].Raw != "35" || results[0].Unit != "mg/kg" || results[0].Verdict != "fail" {
		t.Fatalf("%d results, the first %+v", len(results), results)
	}
	d := b.reported(number)
	if d.Conclusion != "fail" {
		t.Errorf("the report concludes %s, want fail", d.Conclusion)
	}
	b.wantTrace(d.Number, "result", "file", "equipment_certificate")
}

func mergedWith(request, more body) body {
	out := maps.Clone(request)
	maps.Copy(out, more)
	return out
}
