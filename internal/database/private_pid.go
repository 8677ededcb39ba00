//go:build linux || darwin

package database

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pidFile is what postmaster.pid of a running server says (PostgreSQL, miscadmin.h: LOCK_FILE_LINE_*): its process,
// the folder of its socket and its state. We never delete the file: its seventh line leads the next server to the
// shared memory of this one, which guards the data against two servers at once.
type pidFile struct {
	pid       int
	socketDir string
	status    string
}

func pidPath(dir string) string { return filepath.Join(dir, "data", "postmaster.pid") }

// readPIDFile returns the zero value when there is none.
func readPIDFile(dir string) pidFile {
	b, err := os.ReadFile(pidPath(dir))
	if err != nil {
		return pidFile{}
	}
	lines := strings.Split(string(b), "\n")
	line := func(n int) string {
		if n > len(lines) {
			return ""
		}
		return strings.TrimSpace(lines[n-1])
	}
	pid, err := strconv.Atoi(line(1))
	if err != nil || pid <= 0 {
		return pidFile{}
	}
	return pidFile{pid: pid, socketDir: line(5), status: line(8)}
}

func (f pidFile) ready() bool { return f.status == "ready" && f.answers() }

// answers says whether a server listens on the socket; it does so until its very end.
func (f pidFile) answers() bool {
	if f.socketDir == "" {
		return false
	}
	c, err := net.DialTimeout("unix", filepath.Join(f.socketDir, ".s.PGSQL."+privatePort), time.Second)
	if err == nil {
		_ = c.Close()
		return true
	}
	return !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, os.ErrNotExist)
}

// exists says whether the process number is taken, by whomever, a zombie included.
func exists(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// disown makes a dead server's postmaster.pid name us when its number now belongs to somebody else, or to a zombie
// that nobody reaps: PostgreSQL would take that process for a running server and refuse to start. The number of its
// parent, which we are, it knows to be stale, and goes on to check the shared memory.
func disown(dir string) error {
	f := readPIDFile(dir)
	if f.pid == 0 || f.pid == os.Getpid() || !exists(f.pid) {
		return nil
	}
	old, err := os.ReadFile(pidPath(dir))
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(old), "\n")
	file, err := os.OpenFile(pidPath(dir), os.O_WRONLY|os.O_TRUNC, 0) // in place: it keeps its owner
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(file, "%d\n%s", os.Getpid(), rest); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
