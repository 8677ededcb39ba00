package api

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hengjian/certificates"
	"hengjian/internal/jobs"
)

// runJobs has a runner work to the end of the test.
func (b *bureau) runJobs() {
	b.t.Helper()
	ctx, stop := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	runner := jobs.NewRunner(b.db, b.clock.now, slog.New(slog.DiscardHandler), map[string]jobs.Handler{
		certificates.BatchJob: b.services.Certificates.RunBatch, certificates.ApprovalJob: b.services.Certificates.RunApprovals,
	})
	go func() { defer close(done); runner.Run(ctx) }()
	b.t.Cleanup(func() { stop(); <-done })
}

// ended waits for a job as a person who may see it.
func (b *bureau) ended(login, id string) jobs.Job {
	b.t.Helper()
	var job jobs.Job
	for range 400 {
		if b.want(200, login, "GET", "/api/v1/jobs/"+id, nil).into(b.t, &job); job.FinishedAt != nil {
			return job
		}
		time.Sleep(25 * time.Millisecond)
	}
	b.t.Fatalf("job %+v does not end", job)
	return job
}

// A business asks for its documents and downloads them as one file, which is named, measured and whole.
func TestBatchOverHTTP(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.runJobs()
	_, d := b.issued(1, "0.12")
	b.want(401, "", "POST", "/api/v1/batches", body{"as": []string{"zip"}, "day": "2026-09-18"})
	b.want(422, "shop", "POST", "/api/v1/batches", body{"as": []string{"rar"}, "day": "2026-09-18"})
	b.want(403, "zhang", "POST", "/api/v1/batches", body{"as": []string{"zip"}, "day": "2026-09-18"})
	request := body{"as": []string{"zip", "pdf"}, "numbers": []string{d.Number}}
	id := b.want(201, "shop", "POST", "/api/v1/batches", request, "Idempotency-Key", "batch-0001").text("id")
	if again := b.want(201, "shop", "POST", "/api/v1/batches", request, "Idempotency-Key", "batch-0001").text("id"); again != id {
		t.Errorf("asked again it is job %s, want %s", again, id)
	}
	job := b.ended("shop", id)
	var result certificates.BatchResult
	if err := json.Unmarshal([]byte(job.Result), &result); err != nil || len(result.Files) != 2 {
		t.Fatalf("%s: %s %s, %v", job.State, job.Result, job.ErrorEN, err)
	}
	b.want(404, "stranger", "GET", "/api/v1/jobs/"+id+"/files/1", nil)
	b.want(401, "", "GET", "/api/v1/jobs/"+id+"/files/1", nil)
	b.want(404, "shop", "GET", "/api/v1/jobs/"+id+"/files/3", nil)
	packed := b.want(200, "shop", "GET", "/api/v1/jobs/"+id+"/files/1", nil)
	if got, want := packed.header.Get("Content-Disposition"), attachment(result.Files[0].Name); got != want {
		t.Errorf("named %s, want %s", got, want)
	}
	if packed.header.Get("Content-Type") != "application/zip" || int64(len(packed.body)) != result.Files[0].Size {
		t.Errorf("%s of %d bytes, want a ZIP of %d", packed.header.Get("Content-Type"), len(packed.body), result.Files[0].Size)
	}
	z, err := zip.NewReader(bytes.NewReader(packed.body), int64(len(packed.body)))
	b.must(err)
	inside, err := z.Open(d.Number + ".pdf")
	b.must(err)
	got, err := io.ReadAll(inside)
	if own := b.want(200, "shop", "GET", "/api/v1/documents/"+d.Number+"/pdf", nil).body; err != nil || !bytes.Equal(got, own) {
		t.Errorf("the document in the ZIP has %d bytes, %v; want the %d as issued", len(got), err, len(own))
	}
	b.wantDamageBreaksOff(id, result.Files[0])
}

// wantDamageBreaksOff fails if a file that is damaged or gone comes to anybody as if it were whole.
func (b *bureau) wantDamageBreaksOff(id string, f certificates.BatchFile) {
	b.t.Helper()
	path := filepath.Join(b.folder, f.SHA256[:2], f.SHA256[2:])
	stored, err := os.ReadFile(path)
	b.must(err)
	damaged := slices.Clone(stored)
	damaged[len(damaged)-1] ^= 1
	b.must(os.WriteFile(path, damaged, 0o600))
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.server.URL+"/api/v1/jobs/"+id+"/files/1", nil)
	b.must(err)
	r.Header.Set("Cookie", b.cookie("shop"))
	answer, err := http.DefaultClient.Do(r)
	b.must(err)
	defer func() { _ = answer.Body.Close() }()
	if got, err := io.ReadAll(answer.Body); err == nil || !bytes.HasPrefix(stored, got) {
		b.t.Errorf("of a damaged file came %d bytes, %v; want its beginning and an error", len(got), err)
	}
	b.must(os.Remove(path))
	b.want(404, "shop", "GET", "/api/v1/jobs/"+id+"/files/1", nil)
}
