package certificates

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hengjian/certificates/paper"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/ledger"
)

// A document is finished in two steps, since its file holds the proof that its issue is in the ledger: first the issue
// is an event with the hash of the frozen content; once a signed checkpoint covers it, the file is drawn with the proof
// inside, and a second event says of which bytes it is.

// FileProof is what the attachment in a document's file says.
type FileProof struct {
	Format string       `json:"format"`
	Number string       `json:"number"`
	URL    string       `json:"url"`              // as in the QR code
	Fields []string     `json:"fields,omitempty"` // of signatures, where the event of issue does not tell
	Issued ledger.Proof `json:"issued"`
}

// text is the attachment, to the byte: a check takes no other.
func (p FileProof) text() ([]byte, error) {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("proof: %w", err)
	}
	return text, nil
}

// fileProofFormat names the form of the attachment.
const fileProofFormat = "hengjian-document-proof@v1"

const (
	finishers   = 4 // at once: two processors draw while the others wait for the disk
	finishPause = 500 * time.Millisecond
	faultPause  = 10 * time.Second // after something went wrong
	finishWait  = 5 * time.Second  // how long somebody who asks for a new document's file waits for the log
)

var errUnfinished = errs.New(errs.Unavailable, "document_unfinished", "文书文件正在生成（等待载入证据日志），请稍后再试",
	"the document's file is being finished: its issue goes into the ledger first; try again in a moment")

// RunFinisher finishes documents until ctx ends.
func (s *Service) RunFinisher(ctx context.Context, failed func(error)) {
	for ctx.Err() == nil {
		pause := finishPause
		if _, err := s.Finish(ctx, nil); err != nil && ctx.Err() == nil {
			failed(err)
			pause = faultPause
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// Finish draws the files of all documents whose issue is in the signed log by now, several at once, and returns how many
// there were. One that fails does not hold up the others. Progress may be nil; it is called by one at a time.
func (s *Service) Finish(ctx context.Context, progress func(done, total int)) (int, error) {
	due, err := unfinished(ctx, s.db)
	if err != nil {
		return 0, err
	}
	var mu sync.Mutex
	var failures []error
	finished, looked := 0, 0
	var work errgroup.Group
	work.SetLimit(finishers)
	for _, id := range due {
		work.Go(func() error {
			err := s.finish(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				finished++
			case !errors.Is(err, ledger.ErrNotPublished):
				failures = append(failures, err)
			}
			if looked++; progress != nil {
				progress(looked, len(due))
			}
			return nil
		})
	}
	_ = work.Wait() // each tells of its own failure
	return finished, errors.Join(failures...)
}

// finish draws the file of one document, unless somebody else did meanwhile, and tells the ledger of its bytes.
func (s *Service) finish(ctx context.Context, id string) error {
	proof, err := s.log.ProofOf(ctx, s.db, kindIssued.Definition(), id)
	if err != nil {
		return err
	}
	d, err := selectFrozen(ctx, s.db, id)
	if err != nil || d.Finished {
		return err
	}
	pdf, err := s.draw(ctx, d, proof)
	if err != nil {
		return fmt.Errorf("document %s: %w", d.Number, err)
	}
	return s.keepFile(ctx, id, d, pdf, proof.Index)
}

// errFinished takes back what is written for a document that somebody else finished: no row names a file of no document.
var errFinished = errors.New("finished by another")

// keepFile stores the file of a document and tells the ledger of its bytes. Of two that do it at once, one is heard.
func (s *Service) keepFile(ctx context.Context, id string, d frozen, pdf []byte, index int64) error {
	hash, err := s.files.Put(ctx, pdf)
	if err != nil {
		return err
	}
	at := s.now()
	err = s.db.InTx(ctx, func(tx *database.Tx) error {
		if err := s.files.Record(ctx, tx, files.File{
			Hash: hash, Size: int64(len(pdf)), MediaType: "application/pdf", Name: d.Number + ".pdf", Division: d.Division,
			CreatedAt: at,
		}); err != nil {
			return err
		}
		first, err := insertDocumentFile(ctx, tx, id, hash[:], index, at)
		if err != nil {
			return err
		}
		if !first {
			return errFinished
		}
		return ledger.Append(ctx, tx, ledger.Actor{Division: d.Division}, at, kindFinished.Event(ledger.System,
			ledger.Subject{Kind: "document", ID: id, Number: d.Number},
			documentFinished{File: hash.String(), Content: d.ContentHash, Index: index}))
	})
	if err != nil && !errors.Is(err, errFinished) {
		return fmt.Errorf("file of document %s: %w", d.Number, err)
	}
	return nil
}

// draw makes the file of frozen content with the content and the proof of its issue inside, and signs it.
func (s *Service) draw(ctx context.Context, d frozen, proof ledger.Proof) ([]byte, error) {
	c, err := d.thaw()
	if err != nil {
		return nil, err
	}
	signers, err := s.signing()
	if err != nil {
		return nil, errSigning.With(err)
	}
	people, err := signatories(ctx, s.db, c)
	if err != nil {
		return nil, err
	}
	_, issue, err := issueOf(proof)
	if err != nil {
		return nil, err
	}
	said := FileProof{Format: fileProofFormat, Number: d.Number, URL: publicURL(cmp.Or(issue.Address, s.address), d.Code), Issued: proof}
	bears := issue.Bears
	if bears == nil { // an early event
		by := bearingBy(signers, people)
		bears, said.Fields = &by, by.Fields
	}
	o := paper.Options{URL: said.URL, Fields: bears.Fields}
	if o.Proof, err = said.text(); err != nil {
		return nil, err
	}
	if bears.SM2 {
		if o.SM2, err = signers.SignContent(ctx, []byte(d.Content)); err != nil {
			return nil, errSigning.With(err)
		}
	}
	pdf, err := paper.Draw(c, o)
	if err != nil {
		return nil, err
	}
	if signers, err = signers.At(cmp.Or(bears.Level, signers.Level())); err != nil {
		return nil, errSigning.With(err)
	}
	if pdf, err = signers.Sign(ctx, pdf, people...); err != nil {
		return nil, errSigning.With(err)
	}
	return pdf, nil
}

// thaw reads the content. One that this version would write in other words is refused: the hash of what is inside the
// file must be the one in the ledger.
func (d frozen) thaw() (paper.Content, error) {
	c, err := paper.Thaw([]byte(d.Content))
	if err != nil {
		return nil, err
	}
	again, err := paper.Freeze(c)
	if err != nil {
		return nil, err
	}
	if string(again) != d.Content {
		return nil, errs.New(errs.Internal, "content_reworded", "文书内容与冻结时写法不一致",
			"the content is no longer written as it was frozen")
	}
	return c, nil
}

// finished returns the document with its file, which is made now when it is not there yet.
func (s *Service) finished(ctx context.Context, d Document) (Document, error) {
	if d.FileHash != "" {
		return d, nil
	}
	wait, cancel := context.WithTimeout(ctx, finishWait)
	defer cancel()
	err := s.log.Settle(wait)
	if err == nil {
		err = s.finish(wait, d.ID)
	}
	if err != nil {
		if ctx.Err() == nil && (wait.Err() != nil || errors.Is(err, ledger.ErrNotPublished)) {
			err = errUnfinished.With(err)
		}
		return d, err
	}
	d.FileHash, d.LogIndex, err = selectDocumentFile(ctx, s.db, d.ID)
	return d, err
}

// Proofs are what anybody needs to see that a document is in the ledger as it is: its issue with the hash of the frozen
// content, and its file with the hash of its bytes, as soon as each is in the signed log.
type Proofs struct {
	Number   string        `json:"number"`
	FileHash string        `json:"file_hash"`
	Issued   *ledger.Proof `json:"issued,omitempty"`
	Finished *ledger.Proof `json:"finished,omitempty"`
}

// Proofs returns the proofs of the document of a code.
func (s *Service) Proofs(ctx context.Context, code string) (Proofs, error) {
	d, _, err := s.byCode(ctx, code)
	if err != nil {
		return Proofs{}, err
	}
	p := Proofs{Number: d.Number, FileHash: d.FileHash}
	if p.Issued, err = s.proofOf(ctx, kindIssued.Definition(), d.ID); err != nil {
		return p, err
	}
	p.Finished, err = s.proofOf(ctx, kindFinished.Definition(), d.ID)
	return p, err
}

// proofOf is nil as long as the event is not in the signed log.
func (s *Service) proofOf(ctx context.Context, kind ledger.Definition, id string) (*ledger.Proof, error) {
	p, err := s.log.ProofOf(ctx, s.db, kind, id)
	if errors.Is(err, ledger.ErrNotPublished) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &p, nil
}
