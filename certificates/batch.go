package certificates

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
)

// BatchJob is the kind of job that makes files of many documents; RunBatch is its handler.
const BatchJob = "document_batch"

// Form is what a batch makes of documents.
type Form string

// The forms of a batch.
const (
	ZIP   Form = "zip" // 打包下载: the very files as issued, with an index
	Print Form = "pdf" // 合并打印: one file to print, in volumes, which is no original
)

const (
	creditCodeLength = 18

	maxBatch  = 20_000             // documents in one batch
	batchLife = 7 * 24 * time.Hour // of what a batch made: it can be made again
)

// Selection says which documents a batch is of: those for which all that is said holds. At least one thing is said.
type Selection struct {
	Numbers []string `json:"numbers,omitempty" doc:"of documents"`
	Orders  []string `json:"orders,omitempty" doc:"numbers of verification orders, or of the samples that reports are about"`
	Owner   string   `json:"owner,omitempty" doc:"id or unified social credit code of the business that holds the documents"`
	Day     string   `json:"day,omitempty" doc:"of issue"`
	Query   string   `json:"q,omitempty" doc:"words to find, as in the list of documents" maxLength:"100"`
	Kind    string   `json:"kind,omitempty"`
	Status  string   `json:"status,omitempty" doc:"as in the list of documents"`
}

// Batch is what is to be made of which documents. The ID is the job's: the same batch again is the same job.
type Batch struct {
	ID string `json:"id,omitempty"`
	Selection
	As        []Form `json:"as" doc:"zip, pdf or both" enum:"zip,pdf"`
	Withdrawn bool   `json:"withdrawn,omitempty" doc:"print revoked and superseded documents, too"`
	Duplex    bool   `json:"duplex,omitempty" doc:"for printing on both sides: a blank page after a document of odd pages"`
}

// BatchResult is what a batch came to.
type BatchResult struct {
	Documents int         `json:"documents"`
	LeftOut   int         `json:"left_out" doc:"not printed since they are revoked or superseded"`
	Withdrawn int         `json:"withdrawn" doc:"printed though they are revoked or superseded"`
	Files     []BatchFile `json:"files"`
	ExpiresAt time.Time   `json:"expires_at" doc:"until when the files are kept"`
}

// BatchFile is a file that a batch made.
type BatchFile struct {
	Number    int    `json:"number"`
	Form      Form   `json:"form" enum:"zip,pdf"`
	Name      string `json:"name"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
	Documents int    `json:"documents"`
}

// frozenBatch is a batch with its documents and what they were worth when it was asked for: taken up again, it is the same.
type frozenBatch struct {
	Batch
	Documents []batchItem `json:"documents"`
}

type batchItem struct {
	ID     string `json:"id"`
	Status Status `json:"status"`
}

// printed tells whether a document goes into print files.
func (b Batch) printed(status Status) bool {
	return b.Withdrawn || status != Revoked && status != Superseded
}

// Validate names all that is wrong with the batch as such.
func (b Batch) Validate() error {
	var l errs.List
	if _, err := uuid.Parse(b.ID); err != nil {
		l.Add("id", "id", "须给出任务编号（UUID）或 Idempotency-Key", "an id (UUID) or an Idempotency-Key is required")
	}
	if len(b.As) == 0 {
		l.Add("as", "required", "请选择打包或合并打印", "say what is to be made: zip, pdf or both")
	}
	for i, form := range b.As {
		if form != ZIP && form != Print || slices.Contains(b.As[:i], form) {
			l.Add(fmt.Sprintf("as[%d]", i), "form", "须为 zip 或 pdf，不得重复", "it must be zip or pdf, each once")
		}
	}
	b.Selection.check(&l)
	return l.Err()
}

func (s Selection) empty() bool {
	return len(s.Numbers) == 0 && len(s.Orders) == 0 && s.Owner == "" && s.Day == "" && s.Query == "" && s.Kind == "" && s.Status == ""
}

func (s Selection) check(l *errs.List) {
	if s.empty() {
		l.Add("", "selection_empty", "请指明文书：编号、申请或样品编号、持有单位、签发日期等至少一项",
			"say which documents: by numbers, orders, owner, day of issue or words")
	}
	if _, err := calendar.ParseDate(s.Day); s.Day != "" && err != nil {
		l.Merge("day", err)
	}
	if _, err := uuid.Parse(s.Owner); s.Owner != "" && err != nil && len(s.Owner) != creditCodeLength {
		l.Add("owner", "owner", "持有单位须为其编号或统一社会信用代码", "the owner is the id or the unified social credit code of a business")
	}
	if Kind(s.Kind).prefix() == "" && s.Kind != "" {
		l.Add("kind", "kind", "没有此种文书", "there is no such kind of documents")
	}
	if s.Status != "" && !slices.Contains([]Status{Valid, Expired, Superseded, Revoked, RevocationRequested}, Status(s.Status)) {
		l.Add("status", "status", "没有此种状态", "there is no such status")
	}
	for path, list := range map[string][]string{"numbers": s.Numbers, "orders": s.Orders} {
		if len(list) > maxBatch {
			l.Add(path, "too_many", fmt.Sprintf("一次至多%d份", maxBatch), fmt.Sprintf("at most %d at a time", maxBatch))
		}
	}
}

// EnqueueBatch has files made of documents as a job, and returns the job's id. What is wrong is told now: a number that
// is not there, or not the actor's to see, too. The same batch again is the same job; another one of its id is refused.
func (s *Service) EnqueueBatch(ctx context.Context, actor ledger.Actor, b Batch) (string, error) {
	if err := mayRead(actor); err != nil {
		return "", err
	}
	if err := b.Validate(); err != nil {
		return "", err
	}
	err := s.db.InTx(ctx, func(tx *database.Tx) error {
		if known, err := s.sameBatch(ctx, tx, actor, b); err != nil || known {
			return err
		}
		frozen, err := s.freeze(ctx, tx, actor, b)
		if err != nil {
			return err
		}
		if err := jobs.Enqueue(ctx, tx, actor, roleOf(actor), s.now(),
			jobs.New{ID: b.ID, Kind: BatchJob, Arguments: frozen, Total: frozen.steps()}); err != nil {
			return err
		}
		_, err = s.sameBatch(ctx, tx, actor, b)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("batch %s: %w", b.ID, err)
	}
	return b.ID, nil
}

// sameBatch tells whether the batch was asked for already. Another batch under its id is refused.
func (s *Service) sameBatch(ctx context.Context, tx *database.Tx, actor ledger.Actor, b Batch) (known bool, err error) {
	job, err := jobs.Asked(ctx, tx, actor, b.ID)
	if isKind(err, errs.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var asked frozenBatch
	if job.Kind != BatchJob || job.CreatedBy != actor.PersonID || json.Unmarshal([]byte(job.Arguments), &asked) != nil {
		return false, jobs.ErrTaken
	}
	return true, sameRequest(asked.Batch, b)
}

// sameRequest refuses a request under the id of another one.
func sameRequest(asked, again any) error {
	first, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	second, err := json.Marshal(again)
	if err == nil && !bytes.Equal(first, second) {
		err = jobs.ErrTaken
	}
	return err
}

// freeze finds the documents and what they are worth now.
func (s *Service) freeze(ctx context.Context, tx database.Queryer, actor ledger.Actor, b Batch) (frozenBatch, error) {
	found, err := selectBatch(ctx, tx, actor, b.Selection, s.today())
	if err != nil {
		return frozenBatch{}, err
	}
	if err := b.missing(found); err != nil {
		return frozenBatch{}, err
	}
	switch {
	case len(found) == 0:
		return frozenBatch{}, errs.New(errs.Blocked, "batch_empty", "没有符合条件的文书", "there are no such documents")
	case len(found) > maxBatch:
		return frozenBatch{}, errs.New(errs.Blocked, "batch_too_large", fmt.Sprintf("一次至多%d份文书，请缩小范围", maxBatch),
			fmt.Sprintf("a batch has at most %d documents: narrow it", maxBatch))
	}
	frozen := frozenBatch{Batch: b, Documents: make([]batchItem, len(found))}
	for i, d := range found {
		frozen.Documents[i] = batchItem{d.ID, d.StatusOn(s.today())}
	}
	if frozen.steps() == 0 {
		return frozen, errs.New(errs.Blocked, "nothing_to_print", "所选文书均已撤销或被替代；确需打印请注明",
			"all of these documents are revoked or superseded: ask for them expressly to print them")
	}
	return frozen, nil
}

// missing names the numbers of which nothing was found.
func (b Batch) missing(found []batchDocument) error {
	numbers, orders := map[string]bool{}, map[string]bool{}
	for _, d := range found {
		numbers[d.Number], orders[d.Order] = true, true
	}
	var l errs.List
	for i, n := range b.Numbers {
		if !numbers[n] {
			l.Add(fmt.Sprintf("numbers[%d]", i), "document_missing", "没有符合条件的文书"+n, "there is no such document "+n)
		}
	}
	for i, n := range b.Orders {
		if !orders[n] {
			l.Add(fmt.Sprintf("orders[%d]", i), "order_without_document", "申请或样品"+n+"没有符合条件的文书",
				"there is no such document of the order or sample "+n)
		}
	}
	return l.Err()
}

// steps counts the documents of all that is made.
func (b frozenBatch) steps() int {
	n := 0
	for _, d := range b.Documents {
		for _, form := range b.As {
			if form == ZIP || b.printed(d.Status) {
				n++
			}
		}
	}
	return n
}

// roleOf is the role in which documents are read.
func roleOf(actor ledger.Actor) ledger.Role {
	for _, role := range readers {
		if actor.Is(role) {
			return role
		}
	}
	return ledger.Business
}

// BatchFile returns a file of a batch that is done, to who may see the job and read documents. One that has expired is
// said to be so.
func (s *Service) BatchFile(ctx context.Context, actor ledger.Actor, job string, number int) (files.Made, error) {
	if err := mayRead(actor); err != nil {
		return files.Made{}, err
	}
	j, err := jobs.Find(ctx, s.db, actor, job)
	if err != nil {
		return files.Made{}, err
	}
	if j.State != jobs.Done {
		return files.Made{}, errs.New(errs.Conflict, "job_not_done", "任务尚未完成", "the job is not done")
	}
	made, err := files.MadeBy(ctx, s.db, j.ID)
	if err != nil {
		return files.Made{}, err
	}
	for _, m := range made {
		if m.Number == number {
			return m, m.Due(s.now())
		}
	}
	return files.Made{}, errs.New(errs.NotFound, "file_missing", "任务没有此文件", "the job has no such file")
}
