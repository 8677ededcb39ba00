package certificates

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Exporting says what an operator takes out on the server's machine, where nobody is asked for a role.
type Exporting struct {
	Division string
	Selection
	As        Form
	Withdrawn bool                        // print revoked and superseded documents, too
	Duplex    bool                        // print on both sides, each document on sheets of its own
	Progress  func(done, total int) error // of documents; its error ends the export
}

// Export is a batch of documents whose files are written one by one.
type Export struct{ run *batchRun }

// ExportFile is one of them. The name follows from the documents: the same documents make a file of the same name.
type ExportFile struct {
	Name      string
	Documents int
}

// NewExport finds the documents, has those finished that have no file yet, and plans the files to write.
func (s *Service) NewExport(ctx context.Context, x Exporting) (*Export, error) {
	var l errs.List
	x.Selection.check(&l)
	if err := l.Err(); err != nil {
		return nil, err
	}
	operator := ledger.Actor{Division: x.Division}
	frozen, err := s.freeze(ctx, s.db, operator, Batch{Selection: x.Selection, As: []Form{x.As}, Withdrawn: x.Withdrawn, Duplex: x.Duplex})
	if err != nil {
		return nil, err
	}
	run := &batchRun{s: s, batch: frozen, progress: x.Progress, every: 1}
	if err := run.finish(ctx, operator); err != nil {
		return nil, err
	}
	label := sha256.New()
	if x.Duplex {
		_, _ = io.WriteString(label, "duplex\n")
	}
	for _, d := range run.documents {
		_, _ = io.WriteString(label, d.Number+" "+d.FileHash+" "+string(d.Status)+"\n") // a hash takes all
	}
	run.plan(hex.EncodeToString(label.Sum(nil))[:8])
	return &Export{run}, nil
}

// Documents is how many there are.
func (x *Export) Documents() int { return len(x.run.documents) }

// Files are those to write.
func (x *Export) Files() []ExportFile {
	list := make([]ExportFile, len(x.run.volumes))
	for i, v := range x.run.volumes {
		list[i] = ExportFile{v.name, len(v.documents)}
	}
	return list
}

// Write writes a file of the list.
func (x *Export) Write(ctx context.Context, i int, to io.Writer) error {
	return x.run.write(ctx, x.run.volumes[i], to)
}

// Skip counts the documents of a file that is there already.
func (x *Export) Skip(i int) error {
	x.run.done += len(x.run.volumes[i].documents)
	return x.run.progress(x.run.done, x.run.total)
}
