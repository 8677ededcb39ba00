// Package files owns content stored by its SHA-256: photos, raw instrument files and issued documents, in a folder or in
// S3, the table file that names them, and the table made_file, which names for a while what can be made again. The bytes
// are stored for good before a row that names them is committed; a file without a row is an orphan, which a sweep takes
// away after a day; a row of file without its content cannot happen. Read this file first; contents.go says what a place
// of contents can do, folder.go and s3.go are the two there are.
package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"syscall"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// Hash is the SHA-256 of a content.
type Hash [sha256.Size]byte

// String is the hash in lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads 64 hexadecimal digits.
func ParseHash(s string) (Hash, error) {
	var h Hash
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(h) {
		return h, errs.New(errs.Invalid, "file_hash", "文件哈希须为64位十六进制数", "a file hash has 64 hexadecimal digits")
	}
	return Hash(raw), nil
}

// Store keeps contents by their hash.
type Store struct{ contents contents }

// Put stores the content and returns its hash. Storing the same content again makes it young, which keeps a sweep from it
// until it is recorded, and mends what was damaged.
func (s *Store) Put(ctx context.Context, content []byte) (Hash, error) {
	return s.PutFrom(ctx, bytes.NewReader(content), int64(len(content)))
}

// PutFrom is Put for what is too large to be held in memory: a file of the size, which is read twice.
func (s *Store) PutFrom(ctx context.Context, content io.ReaderAt, size int64) (Hash, error) {
	whole := func() *io.SectionReader { return io.NewSectionReader(content, 0, size) }
	sum := sha256.New()
	if _, err := io.Copy(sum, whole()); err != nil {
		return Hash{}, fmt.Errorf("read what is to be stored: %w", err)
	}
	hash := Hash(sum.Sum(nil))
	head := make([]byte, min(size, sniffed))
	if _, err := whole().Read(head); err != nil && !errors.Is(err, io.EOF) {
		return Hash{}, fmt.Errorf("read what is to be stored: %w", err)
	}
	if err := s.contents.put(ctx, keyOf(hash), whole(), http.DetectContentType(head)); err != nil {
		return Hash{}, fmt.Errorf("store file %s: %w", hash, Full(err))
	}
	return hash, nil
}

// sniffed is how much of a content says what it is.
const sniffed = 512

// Spool makes a temporary file for a content that is too large to be held in memory. It has no name, so that nothing is
// left of it when it is closed, or when the program is killed.
func (s *Store) Spool() (*os.File, error) {
	f, err := s.contents.spool()
	if err != nil {
		return nil, fmt.Errorf("temporary file: %w", Full(err))
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("temporary file: %w", err), f.Close())
	}
	return f, nil
}

// Send writes the content of the hash, however large it is. Its last bytes are written only when all of it is that
// content, so that nobody takes another one for it.
func (s *Store) Send(ctx context.Context, hash Hash, to io.Writer) error {
	sum := sha256.New()
	last := &heldBack{to: to}
	if _, err := s.copy(ctx, hash, io.MultiWriter(sum, last)); err != nil {
		return fmt.Errorf("send file %s: %w", hash, err)
	}
	if Hash(sum.Sum(nil)) != hash {
		return errDamaged(hash)
	}
	if _, err := to.Write(last.kept); err != nil {
		return fmt.Errorf("send file %s: %w", hash, err)
	}
	return nil
}

// heldBack passes on all but what was written last.
type heldBack struct {
	to   io.Writer
	kept []byte
}

// Write implements io.Writer.
func (h *heldBack) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if _, err := h.to.Write(h.kept); err != nil {
		return 0, err
	}
	h.kept = append(h.kept[:0], p...)
	return len(p), nil
}

// ErrDamaged is in the error of a content whose bytes are not those that its hash says.
var ErrDamaged = errors.New("the stored bytes have another hash")

func errDamaged(hash Hash) error {
	return fmt.Errorf("file %s: %w", hash, ErrDamaged)
}

// Full says so when a disk on which something was to be written is full, a temporary file too; other errors stay as they are.
func Full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errs.New(errs.Unavailable, "disk_full", "文件存储的磁盘已满，请管理员清出空间后再试",
			"the disk of the file store is full: an administrator must make room first").With(err)
	}
	return err
}

// Read returns the content of the hash and makes sure that it still is that content.
func (s *Store) Read(ctx context.Context, hash Hash) ([]byte, error) {
	content, err := s.Stored(ctx, hash)
	if err != nil {
		return nil, err
	}
	if Hash(sha256.Sum256(content)) != hash {
		return nil, errDamaged(hash)
	}
	return content, nil
}

// Stored returns what is stored as the content of the hash, whatever it is: for an auditor, who is to see it as it is.
func (s *Store) Stored(ctx context.Context, hash Hash) ([]byte, error) {
	var content bytes.Buffer
	if _, err := s.copy(ctx, hash, &content); err != nil {
		return nil, fmt.Errorf("read file %s: %w", hash, err)
	}
	return content.Bytes(), nil
}

// copy writes what is stored as the content of the hash.
func (s *Store) copy(ctx context.Context, hash Hash, to io.Writer) (int64, error) {
	from, err := s.contents.get(ctx, keyOf(hash))
	if err != nil {
		return 0, err
	}
	defer func() { _ = from.Close() }() // of a reader: there is nothing to lose
	return io.Copy(to, from)
}

// File names a stored content.
type File struct {
	Hash      Hash
	Size      int64
	MediaType string
	Name      string
	Division  string
	CreatedBy string
	CreatedAt time.Time
}

// Record names a stored content in the transaction that needs it. It is no fault when it is named already. From here to
// the end of the transaction no sweep takes the content away.
func (s *Store) Record(ctx context.Context, tx *database.Tx, f File) error {
	if err := s.hold(ctx, tx, f.Hash); err != nil {
		return err
	}
	return insertFile(ctx, tx, f)
}

// hold keeps a content from sweeps to the end of the transaction, and makes sure that it is stored.
func (s *Store) hold(ctx context.Context, tx *database.Tx, hash Hash) error {
	if err := holdFile(ctx, tx, hash); err != nil {
		return err
	}
	if _, err := s.contents.stat(ctx, keyOf(hash)); err != nil {
		if errs.KindOf(err) == errs.NotFound {
			err = errNotStored.With(err)
		}
		return fmt.Errorf("record file %s: %w", hash, err)
	}
	return nil
}

var errNotStored = errs.New(errs.Unavailable, "file_not_stored", "文件内容尚未存入，请重新上传", "the file's content is not stored: send it again")

// Find returns what is known of a content within a division.
func Find(ctx context.Context, q database.Queryer, division string, hash Hash) (File, error) {
	return selectFile(ctx, q, division, hash)
}
