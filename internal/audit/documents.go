package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// wanted is a part that an event of a document commits to.
type wanted struct {
	part, hash, number string
	index              int64 // of the event
	found              string
	missing            bool
}

// oldDocument is a document whose issue, of the older schema, committed to content and file at once.
type oldDocument struct {
	Content string `json:"content"`
	File    string `json:"file"`
	number  string
	index   int64
}

// oldDocument keeps what an event of the older schema says of a document.
func (r *reading) oldDocument(l line) {
	d := oldDocument{number: l.told.Subject.Number, index: l.index}
	if l.told.Kind == "document.issued" && json.Unmarshal(l.told.Data, &d) == nil && d.Content != "" {
		r.documents = append(r.documents, d)
	}
}

// contents compares the frozen contents and the files of documents with what the events commit to.
func (r *reading) contents(b *Bundle) error {
	var contents, files []*wanted
	known := map[string]*wanted{} // the same bytes are looked at once
	want := func(part, hash, number string, index int64) *wanted {
		if known[part] == nil {
			known[part] = &wanted{part: part, hash: hash, number: number, index: index}
		}
		return known[part]
	}
	for _, d := range r.documents {
		contents = append(contents, want(contentsFolder+d.Content+".json", d.Content, d.number, d.index))
		files = append(files, want(filesFolder+d.File+".pdf", d.File, d.number, d.index))
	}
	unfinished := 0
	for d := range r.replay.documents.Documents() {
		contents = append(contents, want(contentsFolder+d.ContentHash+".json", d.ContentHash, d.Number, d.Issued))
		if d.FileHash == "" {
			unfinished++
			continue
		}
		files = append(files, want(filesFolder+d.FileHash+".pdf", d.FileHash, d.Number, d.Finished))
	}
	if unfinished > 0 {
		r.report.note(fmt.Sprintf("%d份文书签发后尚无文件", unfinished), fmt.Sprintf("%d documents are issued and have no file yet", unfinished))
	}
	if err := r.hash(b, known); err != nil {
		return err
	}
	r.report.count(r.held(contents), "文书冻结内容与签发事件一致", "frozen contents of documents, as their issue committed to")
	r.report.count(r.held(files), "文书文件与日志一致", "files of documents, byte for byte as the ledger has them")
	for _, name := range append(b.names(contentsFolder), b.names(filesFolder)...) {
		if known[name] == nil {
			r.report.fail(-1, name, "file_unreferenced", "没有事件提到此文件", "no event speaks of this file")
		}
	}
	return nil
}

// hash computes the hashes of parts, several at a time.
func (r *reading) hash(b *Bundle, parts map[string]*wanted) error {
	group, ctx := errgroup.WithContext(r.ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, w := range parts {
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			var err error
			if w.found, err = b.hash(w.part); errors.Is(err, fs.ErrNotExist) {
				w.missing, err = true, nil
			}
			return err
		})
	}
	return group.Wait()
}

// held counts the parts whose bytes have the hash of their event; the others are failures.
func (r *reading) held(all []*wanted) int {
	held := 0
	for _, w := range all {
		switch {
		case w.missing:
			r.report.fail(w.index, w.part, "file_missing", fmt.Sprintf("审计包缺少文书%s的文件", w.number),
				fmt.Sprintf("the bundle lacks the file of document %s", w.number))
		case w.found != w.hash:
			r.report.fail(w.index, w.part, "file_changed", fmt.Sprintf("文书%s的文件与日志中的哈希不符：文件被替换或改动", w.number),
				fmt.Sprintf("the file of document %s is not the one of the ledger: it was swapped or changed", w.number))
		default:
			held++
		}
	}
	return held
}

// hash is the SHA-256 of a part, in hexadecimal.
func (b *Bundle) hash(name string) (string, error) {
	f := b.parts[name]
	if f == nil {
		return "", fs.ErrNotExist
	}
	r, err := f.Open()
	if err != nil {
		return "", unreadable(name, "无法解压", "it cannot be unpacked").With(err)
	}
	defer func() { _ = r.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, io.LimitReader(r, maxFile)); err != nil {
		return "", unreadable(name, "已损坏或被截断", "it is damaged or cut short").With(err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
