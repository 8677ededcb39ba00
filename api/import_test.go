package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

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
		asked := maps.Clone(request)
		maps.Copy(asked, more)
		var read ImportPreview
		b.want(200, "zhao", "POST", "/api/v1/imports/preview", asked).into(t, &read)
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

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	runner := jobs.NewRunner(b.db, b.clock.now, slog.New(slog.DiscardHandler), map[string]jobs.Handler{lims.ImportJob: b.services.LIMS.RunImport})
	go runner.Run(ctx)
	maps.Copy(request, body{"items": matched["items"], "ignore_dates": true})
	id := b.want(201, "zhao", "POST", "/api/v1/imports", request, "Idempotency-Key", "import-0001").text("id")
	if again := b.want(201, "zhao", "POST", "/api/v1/imports", request, "Idempotency-Key", "import-0001").text("id"); again != id {
		t.Errorf("the same import again is job %s, not %s", again, id)
	}
	runner.Wake()
	var job jobs.Job
	for range 200 {
		if b.want(200, "zhao", "GET", "/api/v1/jobs/"+id, nil).into(t, &job); job.FinishedAt != nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	var done struct {
		ImportID string `json:"import_id"`
	}
	b.must(json.Unmarshal([]byte(job.Result), &done))
	results := b.detail(number).Analyses[0].Results
	if len(results) != 1 || results[0].Raw != "0.12" || results[0].MeasuredOn.String() != "2026-09-18" {
		t.Fatalf("the import stored %+v", results)
	}
	var report lims.ImportReport
	b.want(200, "zhao", "GET", "/api/v1/imports/"+done.ImportID, nil).into(t, &report)
	if report.Imported != 1 || report.Listed != 2 {
		t.Errorf("the report says %d taken in and %d listed", report.Imported, report.Listed)
	}
}
