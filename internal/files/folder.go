package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
)

// Open keeps contents in a folder, which is made when it is missing.
func Open(dir string) (*Store, error) {
	for _, d := range []string{dir, filepath.Join(dir, halfWritten)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("open file store: %w", err)
		}
	}
	return &Store{folder{dir, new(sync.Map)}}, nil
}

type folder struct {
	dir     string
	lasting *sync.Map // paths of the shelves that outlive a loss of power
}

func (f folder) path(key string) string { return filepath.Join(f.dir, filepath.FromSlash(key)) }

// put writes aside, syncs, renames, and syncs the shelf.
func (f folder) put(ctx context.Context, key string, content *io.SectionReader, _ string) (err error) {
	aside, err := os.CreateTemp(f.path(halfWritten), "put-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, aside.Close(), os.Remove(aside.Name()))
		}
	}()
	if _, err = io.Copy(aside, interruptible{ctx, content}); err != nil {
		return err
	}
	if err = aside.Sync(); err != nil {
		return err
	}
	shelf := filepath.Dir(f.path(key))
	if err = f.last(shelf); err != nil {
		return err
	}
	if err = os.Rename(aside.Name(), f.path(key)); err != nil {
		return err
	}
	return errors.Join(aside.Close(), syncFolder(shelf))
}

// last makes a shelf that is not there yet, and sees that it stays. One that is there may be somebody's who has not come to
// that.
func (f folder) last(shelf string) error {
	err := os.Mkdir(shelf, 0o700)
	if errors.Is(err, fs.ErrExist) {
		if _, lasts := f.lasting.Load(shelf); lasts {
			return nil
		}
		err = nil
	}
	if err != nil {
		return err
	}
	if err := syncFolder(f.dir); err != nil {
		return err
	}
	f.lasting.Store(shelf, true)
	return nil
}

// interruptible is a reader that ends with its context.
type interruptible struct {
	ctx  context.Context //nolint:containedctx // it lives as long as one call
	from io.Reader
}

// Read implements io.Reader.
func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

func (f folder) spool() (*os.File, error) { return os.CreateTemp(f.path(halfWritten), "put-") }

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f folder) get(_ context.Context, key string) (io.ReadCloser, error) {
	content, err := os.Open(f.path(key))
	if err != nil {
		return nil, missing(err)
	}
	return content, nil
}

func (f folder) stat(_ context.Context, key string) (item, error) {
	info, err := os.Stat(f.path(key))
	if err != nil {
		return item{}, missing(err)
	}
	return item{key, info.Size(), info.ModTime()}, nil
}

func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errMissing.With(err)
	}
	return err
}

func (f folder) list(ctx context.Context, shelf string, found func(item) error) error {
	entries, err := os.ReadDir(f.path(shelf))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // it went while we looked
		}
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			continue
		}
		if err := found(item{path.Join(shelf, e.Name()), info.Size(), info.ModTime()}); err != nil {
			return err
		}
	}
	return nil
}

func (f folder) remove(_ context.Context, key string) error {
	err := os.Remove(f.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
