package audit

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// source is where the files of a log come from: a bundle, or the log as it is published.
type source interface {
	// read returns a whole part; fs.ErrNotExist when there is none.
	read(name string, limit int64) ([]byte, error)
}

// Bundle is an opened bundle.
type Bundle struct {
	Manifest Manifest
	parts    map[string]*zip.File
}

// Open reads the table of contents of a bundle and its manifest. A bundle that is cut short, holds what no bundle holds,
// names parts twice or grows beyond measure is refused as a whole.
func Open(r io.ReaderAt, size int64) (*Bundle, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, unreadable("ZIP", "不是完整的ZIP文件", "it is not a whole ZIP archive").With(err)
	}
	if len(archive.File) > maxParts {
		return nil, unreadable("ZIP", "文件过多", "it has too many files")
	}
	b := &Bundle{parts: make(map[string]*zip.File, len(archive.File))}
	var total uint64
	for _, f := range archive.File {
		if err := b.admit(f); err != nil {
			return nil, err
		}
		if total += f.UncompressedSize64; total > maxGrowth*uint64(size)+maxSmall {
			return nil, unreadable(f.Name, "解压后过大，疑似压缩炸弹", "it unpacks to far more than it is: a zip bomb")
		}
	}
	text, err := b.read(manifestPart, maxSmall)
	if err != nil {
		return nil, missing(manifestPart, err)
	}
	if err := json.Unmarshal(text, &b.Manifest); err != nil {
		return nil, unreadable(manifestPart, "不是JSON", "it is not JSON").With(err)
	}
	if b.Manifest.Format != formatName {
		return nil, unreadable(manifestPart, fmt.Sprintf("格式%.40q本程序不认识", b.Manifest.Format),
			fmt.Sprintf("this program does not know the form %.40q", b.Manifest.Format))
	}
	return b, nil
}

// admit takes a file of the archive in, if a bundle may hold it.
func (b *Bundle) admit(f *zip.File) error {
	limit, ok := knownPart(f.Name)
	switch {
	case !ok || f.Mode()&fs.ModeType != 0:
		return unreadable(f.Name, "审计包中不应有此文件", "a bundle holds no such file")
	case b.parts[f.Name] != nil:
		return unreadable(f.Name, "同名文件出现两次", "there are two files of this name")
	case f.UncompressedSize64 > uint64(limit):
		return unreadable(f.Name, "文件过大", "it is too large")
	}
	b.parts[f.Name] = f
	return nil
}

func (b *Bundle) read(name string, limit int64) ([]byte, error) {
	f := b.parts[name]
	if f == nil {
		return nil, fs.ErrNotExist
	}
	r, err := f.Open()
	if err != nil {
		return nil, unreadable(name, "无法解压", "it cannot be unpacked").With(err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, unreadable(name, "已损坏或被截断", "it is damaged or cut short").With(err)
	}
	if int64(len(data)) > limit {
		return nil, unreadable(name, "文件过大", "it is too large")
	}
	return data, nil
}

// stream opens a part that is too long to be read at once; empty when there is none.
func (b *Bundle) stream(name string) (io.ReadCloser, error) {
	f := b.parts[name]
	if f == nil {
		return io.NopCloser(strings.NewReader("")), nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, unreadable(name, "无法解压", "it cannot be unpacked").With(err)
	}
	return r, nil
}

// names lists the parts of a folder in order.
func (b *Bundle) names(folder string) []string {
	return slices.Sorted(func(yield func(string) bool) {
		for name := range maps.Keys(b.parts) {
			if strings.HasPrefix(name, folder) && !yield(name) {
				return
			}
		}
	})
}

// missing says that a part is not there, unless the error says something else already.
func missing(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return unreadable(name, "缺少该文件", "it is missing")
	}
	return err
}
