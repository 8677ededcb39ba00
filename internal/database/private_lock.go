//go:build linux || darwin

package database

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"hengjian/internal/errs"
)

const (
	lockPause    = 25 * time.Millisecond
	lockPatience = 500 * time.Millisecond // a program that was just killed holds its lock until the kernel has ended it
)

// lockFolder decides who runs the server of dir: the holder of a lock on the file DIR/lock, which the kernel releases
// however the holder ends. It returns nil when attach is set and the server of another process is ready.
func lockFolder(ctx context.Context, dir string, attach bool) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { // what is in it is closed; the server's user passes through
		return nil, unusable(dir, err)
	}
	for waited := time.Duration(0); ; waited += lockPause {
		f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, unusable(dir, err)
		}
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			if err := signLock(f); err != nil {
				unlockFolder(f)
				return nil, unusable(dir, err)
			}
			return f, nil
		}
		holder, serves := readHolder(f)
		_ = f.Close()
		switch {
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return nil, unusable(dir, err)
		case !attach && waited >= lockPatience:
			return nil, inUse(dir, holder)
		case attach && serves && readPIDFile(dir).ready():
			return nil, nil
		}
		select {
		case <-ctx.Done():
			return nil, inUse(dir, holder)
		case <-time.After(lockPause):
		}
	}
}

// unlockFolder also unlocks what a child of ours, between fork and exec, holds of the same file for a moment.
func unlockFolder(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) // closing does the same when nobody shares the file
	_ = f.Close()
}

func unusable(dir string, err error) error {
	return errs.New(errs.Unavailable, "data_folder_unusable",
		"无法使用数据目录 "+dir+"：请检查其所有者和权限",
		"the data folder "+dir+" cannot be used: check its owner and permissions").With(err)
}

func inUse(dir, holder string) error {
	return errs.New(errs.Conflict, "data_folder_in_use",
		fmt.Sprintf("数据目录 %s 正被另一个运行中的程序使用（进程号 %s）", dir, holder),
		fmt.Sprintf("%s is in use by another running program (process %s)", dir, holder))
}

// signLock writes our process number into the lock file, for people. The line serving follows once the database is
// prepared.
func signLock(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(f, "%d\n", os.Getpid())
	return err
}

const serving = "serving\n"

func readHolder(f *os.File) (pid string, serves bool) {
	b := make([]byte, 40)
	n, _ := f.ReadAt(b, 0) // a holder that has not signed yet stays unnamed
	pid, rest, _ := strings.Cut(string(b[:n]), "\n")
	return cmp.Or(pid, "?"), rest == serving
}
