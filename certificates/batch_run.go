package certificates

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Volumes of print files are cut so that one is made in some hundred megabytes of memory: it takes four times its bytes.
const (
	volumeDocuments = 200
	volumeBytes     = 32 << 20
	progressEvery   = 20 // documents
)

// volume is one file that a batch makes.
type volume struct {
	number    int // within the batch, from 1
	form      Form
	name      string
	title     string
	documents []batchDocument
	duplex    bool
}

// batchRun is a batch at work.
type batchRun struct {
	s         *Service
	job       jobs.Job
	batch     frozenBatch
	documents []batchDocument
	volumes   []volume
	progress  jobs.Progress
	every     int // documents between two looks at the job
	done      int
	total     int
}

// RunBatch is the handler of BatchJob. Documents without a file get theirs first. Each file of the batch is recorded as
// a whole when it is made, so a run that was interrupted goes on with the next one; what was under way left nothing.
func (s *Service) RunBatch(ctx context.Context, job jobs.Job, progress jobs.Progress) (string, error) {
	run := &batchRun{s: s, job: job, progress: progress, every: progressEvery}
	return run.run(ctx)
}

func (r *batchRun) run(ctx context.Context) (string, error) {
	if err := json.Unmarshal([]byte(r.job.Arguments), &r.batch); err != nil {
		return "", errs.New(errs.Invalid, "job_arguments", "任务参数无法读取", "the job's arguments cannot be read").With(err)
	}
	actor, err := users.Acting(ctx, r.s.db, r.job.CreatedBy) // with the roles held now, not those when it was asked for
	if err != nil {
		return "", err
	}
	if err := mayRead(actor); err != nil {
		return "", err
	}
	if err := r.finish(ctx, actor); err != nil {
		return "", err
	}
	day := strings.ReplaceAll(calendar.DateOf(r.job.CreatedAt).String(), "-", "")
	r.plan(day + "-" + r.job.ID[len(r.job.ID)-6:])
	for _, v := range r.volumes {
		if err := r.make(ctx, v); err != nil {
			return "", fmt.Errorf("batch %s, file %s: %w", r.job.ID, v.name, err)
		}
	}
	return r.result(ctx)
}

// finish reads the documents, and has those finished that have no file yet.
func (r *batchRun) finish(ctx context.Context, actor ledger.Actor) error {
	if err := r.load(ctx, actor); err != nil {
		return err
	}
	unfinished := 0
	for _, d := range r.documents {
		if d.FileHash == "" {
			unfinished++
		}
	}
	r.total = unfinished + r.batch.steps()
	if unfinished == 0 {
		return nil
	}
	for _, d := range r.documents {
		if d.FileHash != "" {
			continue
		}
		if _, err := r.s.finished(ctx, d.Document); err != nil {
			return err
		}
		if err := r.step(); err != nil {
			return err
		}
	}
	return r.load(ctx, actor)
}

func (r *batchRun) load(ctx context.Context, actor ledger.Actor) (err error) {
	ids, status := make([]string, len(r.batch.Documents)), map[string]Status{}
	for i, d := range r.batch.Documents {
		ids[i], status[d.ID] = d.ID, d.Status
	}
	if r.documents, err = selectFrozenBatch(ctx, r.s.db, actor, ids); err != nil {
		return err
	}
	if len(r.documents) != len(ids) {
		return errs.New(errs.Forbidden, "batch_not_yours", "部分文书已不可见，请重新提交", "some of the documents may not be seen any more: ask again")
	}
	for i := range r.documents {
		r.documents[i].Status = status[r.documents[i].ID]
	}
	return nil
}

// step counts a document, and finds out now and then whether the job is to end.
func (r *batchRun) step() error {
	r.done++
	if r.done%r.every != 0 && r.done != r.total {
		return nil
	}
	return r.progress(r.done, r.total)
}

// plan cuts the batch into files, with a label in their names: the same each time, since files of documents never change.
func (r *batchRun) plan(label string) {
	for _, form := range r.batch.As {
		if form == ZIP {
			r.volumes = append(r.volumes, volume{form: ZIP, name: "documents-" + label + ".zip", documents: r.documents})
			continue
		}
		cut := r.printed()
		for i, documents := range cut {
			v := volume{form: Print, name: "print-" + label + ".pdf", documents: documents, duplex: r.batch.Duplex}
			if len(cut) > 1 {
				v.name = fmt.Sprintf("print-%s-%02d-of-%02d.pdf", label, i+1, len(cut))
			}
			v.title = printTitle(documents, i+1, len(cut))
			r.volumes = append(r.volumes, v)
		}
	}
	for i := range r.volumes {
		r.volumes[i].number = i + 1
	}
}

// printed cuts the documents that are printed into volumes.
func (r *batchRun) printed() [][]batchDocument {
	var cut [][]batchDocument
	var last []batchDocument
	var size int64
	for _, d := range r.documents {
		if !r.batch.printed(d.Status) {
			continue
		}
		if len(last) == volumeDocuments || len(last) > 0 && size+d.Size > volumeBytes {
			cut, last, size = append(cut, last), nil, 0
		}
		last, size = append(last, d), size+d.Size
	}
	if len(last) > 0 {
		cut = append(cut, last)
	}
	return cut
}

// make makes a file, unless an earlier run did.
func (r *batchRun) make(ctx context.Context, v volume) (err error) {
	made, err := files.MadeBy(ctx, r.s.db, r.job.ID)
	if err != nil {
		return err
	}
	for _, m := range made {
		if m.Number == v.number {
			r.done += len(v.documents)
			return r.progress(r.done, r.total)
		}
	}
	spool, err := r.s.files.Spool()
	if err != nil {
		return err
	}
	defer func() { _ = spool.Close() }() // what counts is in the store by then
	if err := r.write(ctx, v, spool); err != nil {
		return files.Full(err)
	}
	return r.keep(ctx, v, spool)
}

func (r *batchRun) write(ctx context.Context, v volume, to io.Writer) error {
	if v.form == ZIP {
		return r.s.writeZIP(ctx, v.documents, to, r.step)
	}
	return r.s.writePrint(ctx, v, to, r.step)
}

// keep stores a file that was made and names it as the job's.
func (r *batchRun) keep(ctx context.Context, v volume, spool *os.File) error {
	info, err := spool.Stat()
	if err != nil {
		return fmt.Errorf("temporary file: %w", err)
	}
	hash, err := r.s.files.PutFrom(ctx, spool, info.Size())
	if err != nil {
		return err
	}
	at := r.s.now().UTC().Truncate(time.Microsecond)
	return r.s.db.InTx(ctx, func(tx *database.Tx) error {
		return r.s.files.RecordMade(ctx, tx, r.job.ID, files.Made{Number: v.number, Hash: hash, Size: info.Size(),
			MediaType: v.form.mediaType(), Name: v.name, At: at, Expires: at.Add(batchLife)})
	})
}

func (f Form) mediaType() string {
	if f == ZIP {
		return "application/zip"
	}
	return "application/pdf"
}

// result says what the batch came to, from what is recorded.
func (r *batchRun) result(ctx context.Context) (string, error) {
	made, err := files.MadeBy(ctx, r.s.db, r.job.ID)
	if err != nil {
		return "", err
	}
	out := BatchResult{Documents: len(r.documents), Files: []BatchFile{}}
	if len(made) > 0 {
		out.ExpiresAt = made[0].Expires // the first one goes first
	}
	for i, v := range r.volumes {
		out.Files = append(out.Files, BatchFile{Number: v.number, Form: v.form, Name: v.name, Size: made[i].Size,
			SHA256: made[i].Hash.String(), Documents: len(v.documents)})
		if v.form != Print {
			continue
		}
		for _, d := range v.documents {
			if d.Status == Revoked || d.Status == Superseded {
				out.Withdrawn++
			}
		}
	}
	for _, form := range r.batch.As {
		for _, d := range r.documents {
			if form == Print && !r.batch.printed(d.Status) {
				out.LeftOut++
			}
		}
	}
	text, err := json.Marshal(out)
	return string(text), err
}
