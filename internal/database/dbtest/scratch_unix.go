//go:build linux || darwin

package dbtest

import (
	"os"
	"path/filepath"
	"syscall"
)

// free is the number of bytes that can be stored in dir; 0 when there is no such folder.
func free(dir string) uint64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0
	}
	return s.Bavail * uint64(s.Bsize)
}

// abandoned says whether nobody holds the lock on a server's folder any more. A folder without a lock is just being
// made.
func abandoned(dir string) bool {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
