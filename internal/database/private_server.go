//go:build linux || darwin

package database

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"hengjian/internal/errs"
)

// server is one running postmaster.
type server struct {
	process *os.Process
	gone    chan struct{} // closed when the process has ended
}

// launch returns a running server that is ready: one that outlived its program, or a new one. After a crash the old
// backends hold the shared memory for a moment, so a refusal for that reason is tried again.
func (p *Private) launch(ctx context.Context) (*server, error) {
	if s, err := p.adopt(ctx); s != nil || err != nil {
		return s, err
	}
	for attempt := 1; ; attempt++ {
		if err := disown(p.dir); err != nil {
			return nil, err
		}
		s, err := p.start(ctx)
		if err == nil || attempt == 60 || !errors.Is(err, errMemoryInUse) {
			return s, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(min(time.Duration(attempt)*20*time.Millisecond, 500*time.Millisecond)):
		}
	}
}

var errMemoryInUse = errors.New("backends of the server before still end")

// adopt takes over a server that is ready on our folder though its program is dead, and waits for one that is
// starting or stopping to be either ready or gone. nil, nil: there is none.
func (p *Private) adopt(ctx context.Context) (*server, error) {
	for wasReady := false; ; {
		f := readPIDFile(p.dir)
		if f.pid == 0 || !exists(f.pid) || !f.answers() {
			return nil, nil
		}
		ready := f.status == "ready"
		if ready && wasReady { // twice: a server that is told to stop says so at once
			process, err := os.FindProcess(f.pid)
			if err != nil {
				return nil, err
			}
			s := &server{process: process, gone: make(chan struct{})}
			go s.watch(f)
			if f.socketDir == p.socket {
				return s, nil
			}
			s.shutdown() // its socket is elsewhere, as after a change of TMPDIR
			return nil, nil
		}
		wasReady = ready
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(3 * statusPause):
		}
	}
}

// watch waits for the end of a server that is not our child.
func (s *server) watch(f pidFile) {
	for exists(f.pid) && f.answers() {
		time.Sleep(3 * statusPause)
	}
	close(s.gone)
}

// start starts postgres and waits until it is ready.
func (p *Private) start(ctx context.Context) (*server, error) {
	if err := p.makeSocketDir(); err != nil {
		return nil, err
	}
	if err := p.removeSocket(); err != nil {
		return nil, err
	}
	log, err := p.openLog()
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	from, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	s, err := p.spawn(log)
	if err != nil {
		return nil, err
	}
	tick := time.NewTicker(statusPause)
	defer tick.Stop()
	for {
		if f := readPIDFile(p.dir); f.pid == s.process.Pid && f.status == "ready" {
			return s, nil
		}
		select {
		case <-s.gone:
			return nil, startRefusal(log, from)
		case <-ctx.Done():
			s.shutdown()
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}

// spawn starts postgres as our child. Its death signal follows the thread that starts it, so that thread waits for it.
func (p *Private) spawn(log *os.File) (*server, error) {
	cmd := exec.CommandContext(context.Background(), filepath.Join(p.binaries, "postgres"), p.arguments()...)
	cmd.SysProcAttr = p.account.attributes(deathStop)
	cmd.Dir, cmd.Env = p.dir, environment()
	cmd.Stdout, cmd.Stderr = log, log
	s := &server{gone: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		s.process = cmd.Process
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended stands in its log
			close(s.gone)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return s, nil
}

func (p *Private) arguments() []string {
	settings := map[string]string{
		"listen_addresses":        "",
		"unix_socket_directories": `"` + p.socket + `"`, // a list; quoted, so that a space is part of the name
		"unix_socket_permissions": "0700",
		"port":                    privatePort,
		"logging_collector":       "off",
		"log_destination":         "stderr",
	}
	maps.Copy(settings, p.settings)
	args := []string{"-D", p.data()}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

// shutdown ends the server: first in order, then at once, at last by force.
func (s *server) shutdown() {
	for _, step := range []struct {
		signal os.Signal
		limit  time.Duration
	}{
		{syscall.SIGINT, fastStopLimit}, // fast shutdown: sessions end, a checkpoint is written
		{syscall.SIGQUIT, quickStopLimit},
		{syscall.SIGKILL, quickStopLimit},
	} {
		_ = s.process.Signal(step.signal) // it fails when the process is gone already, which is what we want
		select {
		case <-s.gone:
			return
		case <-time.After(step.limit):
		}
	}
}

// socketDir is DIR/socket, or a short folder of its own when the socket's name would not fit (the limit is 107 bytes
// on Linux, 103 on macOS) or hold a comma, which separates hosts in a URL.
func socketDir(dir string) string {
	const limit = 80
	here := filepath.Join(dir, "socket")
	if len(here)+len("/.s.PGSQL."+privatePort) <= limit && !strings.ContainsAny(here, `,"`) {
		return here
	}
	sum := sha256.Sum256([]byte(dir))
	name := "hengjian-" + hex.EncodeToString(sum[:8])
	temp := os.TempDir()
	if len(temp)+len(name)+len("/.s.PGSQL."+privatePort) > limit || strings.ContainsAny(temp, `,"`) {
		temp = "/tmp"
	}
	return filepath.Join(temp, name)
}

// makeSocketDir makes the folder that only the server's user and we may enter. In a folder for all, like /tmp, another
// user may have taken the name.
func (p *Private) makeSocketDir() error {
	dir := p.socket
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		return p.account.own(dir)
	}
	if !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || info.Mode().Perm() != 0o700 || int(st.Uid) != p.account.hostUID() {
		return errs.New(errs.Conflict, "socket_folder",
			dir+" 属于其他用户，内置数据库不能使用", dir+" is another user's; the private database cannot use it")
	}
	return nil
}

// removeSocket removes what a dead server has left in its socket's folder: the process number in the lock file there
// may be another's by now, too. It guards nothing but the socket.
func (p *Private) removeSocket() error {
	name := filepath.Join(p.socket, ".s.PGSQL."+privatePort)
	for _, path := range []string{name, name + ".lock"} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

const maxLog = 16 << 20

// openLog opens the server's log for appending; a large one is put aside as postgres.log.1.
func (p *Private) openLog() (*os.File, error) {
	if info, err := os.Stat(p.logFile()); err == nil && info.Size() > maxLog {
		if err := os.Rename(p.logFile(), p.logFile()+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(p.logFile(), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
}

// startRefusal says why postgres ended, from what it has written to its log since from.
func startRefusal(log io.ReaderAt, from int64) error {
	b := make([]byte, 8<<10)
	n, _ := log.ReadAt(b, from) // what can be read of it is enough
	said := bytes.TrimSpace(b[:n])
	if bytes.Contains(said, []byte("pre-existing shared memory block")) {
		return errs.New(errs.Unavailable, "private_database_start",
			"内置数据库无法启动：上一个数据库进程尚未结束", "the private database does not start: the one before has not ended").
			With(fmt.Errorf("%w: %s", errMemoryInUse, said))
	}
	reason := lastLine(said)
	for line := range bytes.Lines(said) {
		if bytes.Contains(line, []byte("FATAL:")) || bytes.Contains(line, []byte("PANIC:")) {
			reason = string(bytes.TrimSpace(line))
		}
	}
	return errs.New(errs.Unavailable, "private_database_start",
		"内置数据库无法启动："+reason, "the private database does not start: "+reason).With(errors.New(string(said)))
}
