//go:build !linux && !darwin

package witness

import (
	"io"

	"hengjian/internal/errs"
)

// lockFolder refuses: without a lock two processes could cosign two histories.
func lockFolder(string) (io.Closer, error) {
	return nil, errs.New(errs.Unavailable, "witness_unsupported",
		"见证人只能在Linux或macOS上运行", "a witness runs on Linux or macOS only")
}
