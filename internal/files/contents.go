package files

import (
	"context"
	"encoding/hex"
	"io"
	"os"
	"strings"
	"time"

	"hengjian/internal/errs"
)

// contents is a place where contents are kept by key: "ab/cdef…" for a hash, on the shelf of its first two digits. A key
// that is not there is errs.NotFound; a place that does not answer is errs.Unavailable.
type contents interface {
	// put stores the content for good, in one step for whoever reads, and gives it the present time.
	put(ctx context.Context, key string, content *io.SectionReader, mediaType string) error
	get(ctx context.Context, key string) (io.ReadCloser, error)
	stat(ctx context.Context, key string) (item, error)
	// list calls found for all that stands on a shelf.
	list(ctx context.Context, shelf string, found func(item) error) error
	// remove is no fault when the key is not there.
	remove(ctx context.Context, key string) error
	// spool makes a temporary file where there is room for a content.
	spool() (*os.File, error)
}

// item is something that is stored.
type item struct {
	key    string
	size   int64
	stored time.Time // when it was put last
}

// halfWritten is the shelf of what is not a content yet.
const halfWritten = "new"

// shelves are those of contents.
func shelves() []string {
	all := make([]string, 256)
	for i := range all {
		all[i] = hex.EncodeToString([]byte{byte(i)})
	}
	return all
}

func keyOf(h Hash) string {
	name := h.String()
	return name[:2] + "/" + name[2:]
}

// hashOf is false for what is not a key of ours.
func hashOf(key string) (Hash, bool) {
	shelf, rest, _ := strings.Cut(key, "/")
	h, err := ParseHash(shelf + rest)
	return h, err == nil && keyOf(h) == key
}

var errMissing = errs.New(errs.NotFound, "file_missing", "文件不存在", "there is no such file")
