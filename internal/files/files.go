// Package files owns content stored by its SHA-256: photos, raw instrument files and issued documents, in a folder
// below the data folder, and the table file that names them. The bytes are on disk, synced, before a row that names
// them is committed; a file without a row is an orphan, a row without a file cannot happen.
package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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

// Store keeps contents in a folder.
type Store struct{ dir string }

// Open makes the folder when it is missing.
func Open(dir string) (*Store, error) {
	for _, d := range []string{dir, filepath.Join(dir, "new")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("open file store: %w", err)
		}
	}
	return &Store{dir: dir}, nil
}

// Put stores the content and returns its hash. Storing the same content again changes nothing.
func (s *Store) Put(content []byte) (Hash, error) {
	hash := Hash(sha256.Sum256(content))
	path := s.path(hash)
	if _, err := os.Stat(path); err == nil {
		return hash, nil
	}
	if err := s.write(path, content); err != nil {
		return Hash{}, fmt.Errorf("store file %s: %w", hash, err)
	}
	return hash, nil
}

// write brings the content to its place in one step: aside, synced, renamed, and the folder synced.
func (s *Store) write(path string, content []byte) (err error) {
	aside, err := os.CreateTemp(filepath.Join(s.dir, "new"), "put-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, aside.Close(), os.Remove(aside.Name()))
		}
	}()
	if _, err = io.Copy(aside, bytes.NewReader(content)); err != nil {
		return err
	}
	if err = aside.Sync(); err != nil {
		return err
	}
	folder := filepath.Dir(path)
	if err = os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err = os.Rename(aside.Name(), path); err != nil {
		return err
	}
	return errors.Join(aside.Close(), syncFolder(folder), syncFolder(filepath.Dir(folder)))
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Read returns the content of the hash and makes sure that it still is that content.
func (s *Store) Read(hash Hash) ([]byte, error) {
	content, err := s.Stored(hash)
	if err != nil {
		return nil, err
	}
	if Hash(sha256.Sum256(content)) != hash {
		return nil, fmt.Errorf("file %s: the stored bytes have another hash", hash)
	}
	return content, nil
}

// Stored returns what is stored as the content of the hash, whatever it is: for an auditor, who is to see it as it is.
func (s *Store) Stored(hash Hash) ([]byte, error) {
	content, err := os.ReadFile(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errs.New(errs.NotFound, "file_missing", "文件不存在", "there is no such file").With(err)
	}
	if err != nil {
		return nil, fmt.Errorf("read file %s: %w", hash, err)
	}
	return content, nil
}

// path spreads contents over 256 folders.
func (s *Store) path(h Hash) string {
	name := h.String()
	return filepath.Join(s.dir, name[:2], name[2:])
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

// Record names a stored content in the transaction that needs it. It is no fault when it is named already.
func (s *Store) Record(ctx context.Context, tx *database.Tx, f File) error {
	if _, err := os.Stat(s.path(f.Hash)); err != nil {
		return fmt.Errorf("record file %s: its content is not stored: %w", f.Hash, err)
	}
	return insertFile(ctx, tx, f)
}

// Find returns what is known of a content within a division.
func Find(ctx context.Context, q database.Queryer, division string, hash Hash) (File, error) {
	return selectFile(ctx, q, division, hash)
}
