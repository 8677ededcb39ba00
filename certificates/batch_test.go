package certificates

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pdfcpu/pdfcpu/pkg/api"

	"hengjian/internal/errs"
	"hengjian/internal/jobs"
)

func quiet(int, int) error { return nil }

// ask enqueues a batch and returns its job.
func (b *bureau) ask(who string, batch Batch) jobs.Job {
	b.Helper()
	if batch.ID == "" {
		batch.ID = uuid.Must(uuid.NewV7()).String()
	}
	id, err := b.EnqueueBatch(b.Context(), b.actors[who], batch)
	b.must(err)
	return b.job(id)
}

func (b *bureau) job(id string) jobs.Job {
	b.Helper()
	j, err := jobs.Asked(b.Context(), b.db, b.actors["feng"], id)
	b.must(err)
	return j
}

// work lets a runner do what waits, until it is done.
func (b *bureau) work(id string) jobs.Job {
	b.Helper()
	ctx, stop := context.WithTimeout(b.Context(), time.Minute)
	defer stop()
	runner := jobs.NewRunner(b.db, func() time.Time { return b.at }, slog.New(slog.NewTextHandler(b.Output(), nil)),
		map[string]jobs.Handler{BatchJob: b.RunBatch})
	var running sync.WaitGroup
	running.Go(func() { runner.Run(ctx) })
	defer running.Wait()
	defer stop()
	for ctx.Err() == nil {
		switch j := b.job(id); {
		case j.FinishedAt != nil:
			return j
		case j.State == jobs.Waiting && j.Attempts > 0:
			b.Fatalf("job %s failed", id)
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatalf("job %s does not end", id)
	return jobs.Job{}
}

func (b *bureau) made(text string) BatchResult {
	b.Helper()
	var r BatchResult
	b.must(json.Unmarshal([]byte(text), &r))
	return r
}

// fetch returns the bytes of a file of a job.
func (b *bureau) fetch(who, job string, number int) []byte {
	b.Helper()
	m, err := b.BatchFile(b.Context(), b.actors[who], job, number)
	b.must(err)
	var out bytes.Buffer
	b.must(b.files.Send(b.Context(), m.Hash, &out))
	return out.Bytes()
}

func unpack(t *testing.T, packed []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if found[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name, ".pdf") && f.Method != zip.Store {
			t.Errorf("%s is compressed once more", f.Name)
		}
	}
	return found
}

func pageCount(t *testing.T, pdf []byte) int {
	t.Helper()
	conf := merging
	n, err := api.PageCount(bytes.NewReader(pdf), &conf)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A batch packs the very files, finishing those that have none, and prints what is in force.
func TestBatch(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first := b.finishedDocument("S-1")
	for _, serial := range []string{"S-2", "S-3"} {
		b.issued(serial, "15.000")
	}
	b.revoke("JDZ26-370113-00002")
	job := b.ask("feng", Batch{Selection: Selection{Day: "2026-09-18"}, As: []Form{ZIP, Print}})
	if job.Total != 5 {
		t.Errorf("%d steps, want 3 documents packed and 2 printed", job.Total)
	}
	job = b.work(job.ID)
	if job.State != jobs.Done || job.Done != job.Total {
		t.Fatalf("%s, %d of %d, %s", job.State, job.Done, job.Total, job.ErrorEN)
	}
	r := b.made(job.Result)
	if r.Documents != 3 || r.LeftOut != 1 || r.Withdrawn != 0 || len(r.Files) != 2 || !r.ExpiresAt.Equal(b.at.Add(batchLife)) {
		t.Errorf("result %s", job.Result)
	}
	packed := unpack(t, b.fetch("feng", job.ID, 1))
	single := 0
	for _, number := range []string{first.Number, "JDZ26-370113-00002", "JDZ26-370113-00003"} {
		pdf, _, err := b.PDF(t.Context(), b.actors["feng"], number)
		if err != nil || !bytes.Equal(packed[number+".pdf"], pdf) {
			t.Errorf("%s in the ZIP is not the file as issued (%v)", number, err)
		}
		single = pageCount(t, pdf)
	}
	if len(packed) != 4 {
		t.Errorf("the ZIP has %d entries, want 3 documents and the index", len(packed))
	}
	wantIndex(t, packed[indexName], first)
	merged := b.fetch("feng", job.ID, 2)
	if got := pageCount(t, merged); got != 2*single {
		t.Errorf("%d pages to print, want those of 2 documents, %d", got, 2*single)
	}
	wantNoOriginal(t, merged)
}

// Printed on both sides, each document begins on a sheet of its own: one of odd pages is followed by a blank one.
func TestDuplex(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, serial := range []string{"S-1", "S-2", "S-3"} {
		b.finishedDocument(serial)
	}
	pages := func(duplex bool) (n int, starts []int) {
		job := b.work(b.ask("feng", Batch{Selection: Selection{Day: "2026-09-18"}, As: []Form{Print}, Duplex: duplex}).ID)
		merged := b.fetch("feng", job.ID, 1)
		conf := merging
		marks, err := api.Bookmarks(bytes.NewReader(merged), &conf)
		b.must(err)
		for _, m := range marks {
			starts = append(starts, m.PageFrom)
		}
		return pageCount(t, merged), starts
	}
	simple, starts := pages(false)
	single := simple / 3
	if want := []int{1, 1 + single, 1 + 2*single}; single%2 != 1 || !slices.Equal(starts, want) {
		t.Fatalf("%d pages, documents begin at %v; want %v, and an odd number of pages each", simple, starts, want)
	}
	both, starts := pages(true)
	if want := []int{1, single + 2, 2*single + 3}; both != 3*(single+1) || !slices.Equal(starts, want) {
		t.Errorf("on both sides %d pages, documents begin at %v; want %d and %v", both, starts, 3*(single+1), want)
	}
}

func wantIndex(t *testing.T, index []byte, first Document) {
	t.Helper()
	text, bom := bytes.CutPrefix(index, []byte("\ufeff"))
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || !bom || len(rows) != 4 {
		t.Fatalf("the index has %d rows, BOM %v, %v", len(rows), bom, err)
	}
	if want := first.FileHash; rows[1][0] != first.Number || rows[1][7] != want || rows[1][3] != first.Holder {
		t.Errorf("row 1 is %q, want %s of %s with %s", rows[1], first.Number, first.Holder, want)
	}
	if rows[2][6] != "已撤销 revoked" || rows[3][6] != "有效 valid" {
		t.Errorf("status %q and %q, want revoked and valid", rows[2][6], rows[3][6])
	}
}

// wantNoOriginal fails if a print file could be taken for an original.
func wantNoOriginal(t *testing.T, merged []byte) {
	t.Helper()
	if _, err := CheckFile(merged, time.Now, CheckOptions{}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("checked as a document: %v, want it refused", err)
	}
	conf := merging
	info, err := api.PDFInfo(bytes.NewReader(merged), "print.pdf", nil, false, &conf)
	if err != nil || !strings.Contains(info.Title, "非原件") || !strings.Contains(info.Title, "no original") {
		t.Errorf("its title is %q, %v", info.Title, err)
	}
	if len(info.Attachments) != 0 {
		t.Errorf("it has the attachments %v", info.Attachments)
	}
}

func TestSelections(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	order := b.checked("S-1", "15.000", b.standard)
	_, err := b.approve(order)
	b.must(err)
	b.issued("S-2", "15.015") // a notice
	b.at = b.at.AddDate(0, 0, 1)
	b.issued("S-3", "15.000")
	b.revoke("JDZ26-370113-00002")
	owner := b.actors["shop"].BusinessID
	for f, want := range map[Filter]int{{Day: "2026-09-18"}: 2, {Day: "2026-09-20"}: 0, {Order: order}: 1, {Order: "JD-none"}: 0} {
		if page, err := b.Documents(t.Context(), b.actors["feng"], f); err != nil || len(page.Items) != want {
			t.Errorf("the list by %+v has %d documents, %v; want %d", f, len(page.Items), err, want)
		}
	}
	for _, tt := range []struct {
		name string
		who  string
		s    Selection
		want string // numbers' ends, or the code of the refusal
	}{
		{"a day", "feng", Selection{Day: "2026-09-18"}, "T1 Z1"},
		{"the next day", "feng", Selection{Day: "2026-09-19"}, "Z2"},
		{"an order", "feng", Selection{Orders: []string{order}}, "Z1"},
		{"an owner", "feng", Selection{Owner: owner}, "T1 Z1 Z2"},
		{"an owner by the credit code", "feng", Selection{Owner: b.creditCode(owner)}, "T1 Z1 Z2"},
		{"numbers", "feng", Selection{Numbers: []string{"JDZ26-370113-00002", "JDT26-370113-00001"}}, "T1 Z2"},
		{"words", "feng", Selection{Query: "计价秤"}, "T1 Z1 Z2"},
		{"a kind", "feng", Selection{Kind: "verification_notice"}, "T1"},
		{"a status", "feng", Selection{Status: "revoked"}, "Z2"},
		{"all at once", "feng", Selection{Day: "2026-09-18", Owner: owner, Kind: "verification_certificate", Status: "valid"}, "Z1"},
		{"one's own", "shop", Selection{Day: "2026-09-18"}, "T1 Z1"},
		{"another's", "stranger", Selection{Day: "2026-09-18"}, "batch_empty"},
		{"another's by number", "stranger", Selection{Numbers: []string{"JDZ26-370113-00001"}}, "invalid"},
		{"another's by owner", "stranger", Selection{Owner: owner}, "batch_empty"},
		{"of a role that reads none", "sampler", Selection{Day: "2026-09-18"}, "role_missing"},
		{"one number that is not there", "feng", Selection{Numbers: []string{"JDZ26-370113-00001", "JDZ26-370113-00009"}}, "invalid"},
		{"an order without a document", "feng", Selection{Orders: []string{order, "JD-none"}}, "invalid"},
		{"nothing said", "feng", Selection{}, "invalid"},
		{"nothing said at length", "feng", Selection{Numbers: []string{}, Orders: []string{}}, "invalid"},
		{"a day that is none", "feng", Selection{Day: "2026-02-30"}, "invalid"},
		{"an owner that is none", "feng", Selection{Owner: "shop"}, "invalid"},
		{"a kind that is none", "feng", Selection{Kind: "letter"}, "invalid"},
		{"a status that is none", "feng", Selection{Status: "good"}, "invalid"},
	} {
		id := uuid.Must(uuid.NewV7()).String()
		_, err := b.EnqueueBatch(t.Context(), b.actors[tt.who], Batch{ID: id, Selection: tt.s, As: []Form{ZIP}})
		got := b.selected(id, err)
		if got != tt.want {
			t.Errorf("%s: %s (%v), want %s", tt.name, got, err, tt.want)
		}
	}
}

func (b *bureau) creditCode(business string) string {
	b.Helper()
	var code string
	b.must(b.db.Get(b.Context(), &code, `
		SELECT credit_code
		FROM business
		WHERE id = $1`, business))
	return code
}

// selected tells briefly what a batch is of, or why it was refused.
func (b *bureau) selected(id string, err error) string {
	b.Helper()
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Code
	}
	b.must(err)
	var frozen frozenBatch
	b.must(json.Unmarshal([]byte(b.job(id).Arguments), &frozen))
	var ends []string
	for _, d := range frozen.Documents {
		var number string
		b.must(b.db.Get(b.Context(), &number, `
			SELECT number
			FROM document
			WHERE id = $1`, d.ID))
		ends = append(ends, number[2:3]+strings.TrimLeft(number[len(number)-5:], "0"))
	}
	return strings.Join(ends, " ")
}

func TestBatchForms(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.finishedDocument("S-1")
	b.revoke("JDZ26-370113-00001")
	day := Selection{Day: "2026-09-18"}
	for name, batch := range map[string]Batch{
		"no form": {Selection: day}, "an unknown form": {Selection: day, As: []Form{"doc"}}, "a form twice": {Selection: day, As: []Form{ZIP, ZIP}},
		"an id that is none": {ID: "7", Selection: day, As: []Form{ZIP}},
	} {
		if batch.ID == "" {
			batch.ID = uuid.NewString()
		}
		_, err := b.EnqueueBatch(t.Context(), b.actors["feng"], batch)
		b.wantCode(name, err, errs.Invalid, "invalid")
	}
	_, err := b.EnqueueBatch(t.Context(), b.actors["feng"], Batch{ID: uuid.NewString(), Selection: day, As: []Form{Print}})
	b.wantCode("only revoked ones to print", err, errs.Blocked, "nothing_to_print")
	job := b.work(b.ask("feng", Batch{Selection: day, As: []Form{Print}, Withdrawn: true}).ID)
	if r := b.made(job.Result); r.Withdrawn != 1 || r.LeftOut != 0 || len(r.Files) != 1 {
		t.Errorf("asked for expressly: %s", job.Result)
	}
}

// The same batch is the same job, whatever was issued meanwhile; another one of its id is refused.
func TestBatchAgain(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.finishedDocument("S-1")
	batch := Batch{ID: uuid.NewString(), Selection: Selection{Day: "2026-09-18"}, As: []Form{ZIP}}
	first := b.ask("feng", batch)
	b.issued("S-2", "15.000")
	if again := b.ask("feng", batch); again.Arguments != first.Arguments {
		t.Errorf("asked again it is another: %s, want %s", again.Arguments, first.Arguments)
	}
	valid := Batch{ID: uuid.NewString(), Selection: Selection{Status: "valid", Numbers: []string{"JDZ26-370113-00001"}}, As: []Form{ZIP}}
	b.ask("feng", valid)
	b.revoke("JDZ26-370113-00001")
	b.ask("feng", valid) // the answer was lost: it is the same job, though nothing would be chosen now
	other := batch
	other.As = []Form{Print}
	_, err := b.EnqueueBatch(t.Context(), b.actors["feng"], other)
	b.wantCode("another of the same id", err, errs.Conflict, "job_id_taken")
	_, err = b.EnqueueBatch(t.Context(), b.actors["chen"], batch)
	b.wantCode("another person's of the same id", err, errs.Conflict, "job_id_taken")
	_, err = b.EnqueueBatch(t.Context(), b.actors["shop"], batch)
	b.wantCode("a business's of the same id", err, errs.Conflict, "job_id_taken")
}

func TestVolumes(t *testing.T) {
	t.Parallel()
	document := func(size int64, status Status) batchDocument {
		return batchDocument{Document: Document{Number: "N", Status: status}, Size: size}
	}
	many := func(n int, size int64) (list []batchDocument) {
		for range n {
			list = append(list, document(size, Valid))
		}
		return list
	}
	for name, tt := range map[string]struct {
		documents []batchDocument
		want      []int
	}{
		"one":                      {many(1, 1), []int{1}},
		"as many as go in":         {many(volumeDocuments, 1), []int{volumeDocuments}},
		"one more":                 {many(volumeDocuments+1, 1), []int{volumeDocuments, 1}},
		"large ones":               {many(5, volumeBytes/2), []int{2, 2, 1}},
		"one larger than a volume": {slices.Concat(many(1, 1), many(1, 2*volumeBytes), many(2, 1)), []int{1, 1, 2}},
		"withdrawn ones":           {append(many(2, 1), document(1, Revoked), document(1, Superseded), document(1, Expired)), []int{3}},
		"none":                     {[]batchDocument{document(1, Revoked)}, nil},
	} {
		r := &batchRun{documents: tt.documents}
		var got []int
		for _, v := range r.printed() {
			got = append(got, len(v))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: volumes of %v, want %v", name, got, tt.want)
		}
	}
}

func TestHarmlessCells(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", "长清某超市": "长清某超市", "JDZ26-1": "JDZ26-1", "=1+1": "'=1+1", "+86": "'+86", "-1": "'-1", "@x": "'@x", "\tx": "'\tx",
		"＝1": "'＝1", "a=1": "a=1",
	} {
		if got := harmless(cell); got != want {
			t.Errorf("harmless(%q) = %q, want %q", cell, got, want)
		}
	}
}
