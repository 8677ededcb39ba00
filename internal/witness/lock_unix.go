//go:build linux || darwin

package witness

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"hengjian/internal/errs"
)

// lockFolder makes sure that one process cosigns from a folder: by a lock that the kernel releases however its holder ends.
func lockFolder(dir string) (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unusable(dir, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, unusable(dir, err)
	}
	return nil, errs.New(errs.Conflict, "data_folder_in_use",
		"数据目录 "+dir+" 正被另一个见证人使用", dir+" is in use by another running witness")
}
