//go:build faults

package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
)

// These tests run on versitygw, an S3 server that keeps its objects as files: scripts/faults.sh builds it and says where
// it is.
func init() { places["versitygw"] = func(t *testing.T) place { return onGateway(t, newGateway(t)) } }

// gateway is an S3 server in a process of its own, on a folder that outlives it.
type gateway struct {
	*testing.T
	address, folder string
	process         *exec.Cmd
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	g := &gateway{T: t, address: listener.Addr().String(), folder: t.TempDir()}
	must(t, listener.Close())
	must(t, os.Mkdir(filepath.Join(g.folder, testBucket), 0o700))
	g.start()
	t.Cleanup(g.kill)
	return g
}

func (g *gateway) start() {
	g.Helper()
	program := os.Getenv("HENGJIAN_VERSITYGW")
	if program == "" {
		g.Fatal("HENGJIAN_VERSITYGW names no S3 server: run scripts/faults.sh")
	}
	g.process = exec.Command(program, "--quiet", "--port", g.address, "posix", g.folder)
	g.process.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+testKey, "ROOT_SECRET_KEY="+testSecret)
	g.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(g.T, g.process.Start())
	for range 400 {
		if c, err := net.Dial("tcp", g.address); err == nil {
			must(g.T, c.Close())
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	g.Fatal("the S3 server does not answer")
}

func (g *gateway) kill() {
	_ = g.process.Process.Kill() // it may be gone
	_ = g.process.Wait()         // says that it was killed
}

// freeze returns once all threads of the server stand still: those that run when the signal is sent go on for a moment.
func (g *gateway) freeze() {
	g.Helper()
	must(g.T, g.process.Process.Signal(syscall.SIGSTOP))
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(g.process.Process.Pid, &status, syscall.WUNTRACED, nil)
		if !errors.Is(err, syscall.EINTR) {
			must(g.T, err)
			break
		}
	}
	if !status.Stopped() {
		g.Fatalf("the S3 server ended (%v) and was to stand still", status)
	}
}

func (g *gateway) thaw() {
	g.Helper()
	must(g.T, g.process.Process.Signal(syscall.SIGCONT))
}

func (g *gateway) settings() Settings {
	return Settings{Endpoint: g.address, Region: "us-east-1", Bucket: testBucket, Prefix: testPrefix, Insecure: true,
		AccessKey: testKey, SecretKey: testSecret}
}

func onGateway(t *testing.T, g *gateway) place {
	t.Helper()
	s, err := OpenS3(t.Context(), g.settings())
	must(t, err)
	root := filepath.Join(g.folder, testBucket, filepath.FromSlash(testPrefix))
	path := func(key string) string { return filepath.Join(root, filepath.FromSlash(key)) }
	return place{
		Store: s,
		swap: func(key, content string) {
			must(t, os.MkdirAll(filepath.Dir(path(key)), 0o700))
			must(t, os.WriteFile(path(key), []byte(content), 0o600))
		},
		age: func(key string, stored time.Time) { must(t, os.Chtimes(path(key), stored, stored)) },
		keys: func() (keys []string) {
			err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					keys = append(keys, strings.TrimPrefix(filepath.ToSlash(p), filepath.ToSlash(root)+"/"))
				}
				return err
			})
			if !errors.Is(err, fs.ErrNotExist) {
				must(t, err)
			}
			return keys
		},
	}
}

// A server that is killed while contents are stored loses none that a committed row names.
func TestGatewayKilledWhileStoring(t *testing.T) {
	t.Parallel()
	g, db := newGateway(t), dbtest.New(t)
	p := onGateway(t, g)
	p.Store.contents = hasty(p)
	ctx, stop := context.WithCancel(t.Context())
	var written sync.Map // what a committed row names
	var refused, given atomic.Int64
	var all sync.WaitGroup
	for writer := range 8 {
		random := rand.New(rand.NewPCG(uint64(writer), 1))
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				content := bytes.Repeat([]byte(fmt.Sprintf("%d/%d ", writer, n)), 1+random.IntN(40_000))
				h, err := p.Put(ctx, content)
				if err == nil && random.IntN(5) > 0 { // each fifth is never recorded
					err = record(t, db, p, File{Hash: h, Size: int64(len(content)), Division: "370113", CreatedAt: noon})
				}
				switch {
				case err == nil:
					given.Add(1)
					written.Store(h, true)
				case errs.KindOf(err) == errs.Unavailable:
					refused.Add(1)
				case ctx.Err() == nil:
					t.Errorf("while the server was killed: %v, want unavailable", err)
				}
			}
		})
	}
	for range 6 {
		time.Sleep(700 * time.Millisecond)
		g.kill()
		time.Sleep(150 * time.Millisecond)
		g.start()
	}
	stop()
	all.Wait()
	if given.Load() < 50 || refused.Load() == 0 {
		t.Fatalf("%d contents stored, %d refused: nothing was killed in the middle", given.Load(), refused.Load())
	}
	whole(t, db, onGateway(t, g))
}

// whole makes sure that every row has its file, before and after a sweep of what nobody recorded.
func whole(t *testing.T, db *database.DB, p place) {
	t.Helper()
	scrubbed := func(when string) int {
		got, err := p.Scrub(t.Context(), db, Scrubbing{Found: func(f Failure) { t.Errorf("%s: %+v", when, f) }})
		must(t, err)
		return got.Files
	}
	recorded := scrubbed("scrub")
	if stored := len(p.keys()); stored <= recorded {
		t.Errorf("%d contents stored for %d rows: there are no orphans", stored, recorded)
	}
	later := time.Now().Add(72 * time.Hour)
	swept, err := p.Sweep(t.Context(), db, Sweeping{Now: later, Force: true})
	must(t, err)
	if left := len(p.keys()); left != recorded || recorded == 0 {
		t.Errorf("after a sweep (%+v) %d contents are left for %d rows", swept, left, recorded)
	}
	if again := scrubbed("scrub after the sweep"); again != recorded {
		t.Errorf("%d files after the sweep, %d before", again, recorded)
	}
}

// A server that hangs is given up in time, and goes on where it was.
func TestGatewayHangs(t *testing.T) {
	t.Parallel()
	g, db := newGateway(t), dbtest.New(t)
	p := onGateway(t, g)
	h := put(t, p, "before")
	patient := p.Store.contents
	p.Store.contents = hasty(p)
	g.freeze()
	started := time.Now()
	_, readErr := p.Read(t.Context(), h)
	_, putErr := p.Put(t.Context(), []byte("meanwhile"))
	recordErr := record(t, db, p, File{Hash: h, Division: "370113", CreatedAt: noon})
	for what, err := range map[string]error{"read": readErr, "put": putErr, "record": recordErr} {
		if errs.KindOf(err) != errs.Unavailable {
			t.Errorf("%s from a server that hangs: %v, want unavailable", what, err)
		}
	}
	if took := time.Since(started); took > 20*time.Second {
		t.Errorf("it was waited for for %v", took)
	}
	g.thaw()
	p.Store.contents = patient
	if got, err := p.Read(t.Context(), h); err != nil || string(got) != "before" {
		t.Errorf("afterwards: %q, %v", got, err)
	}
	must(t, record(t, db, p, File{Hash: h, Size: 6, Division: "370113", CreatedAt: noon}))
}

func TestGatewayRefuses(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	for name, c := range map[string]struct {
		change func(*Settings)
		code   string
	}{
		"a wrong secret": {func(s *Settings) { s.SecretKey = "another" }, "files_denied"},
		"a wrong key":    {func(s *Settings) { s.AccessKey = "somebody" }, "files_denied"},
		"no bucket":      {func(s *Settings) { s.Bucket = "elsewhere" }, "files_bucket"},
	} {
		at := g.settings()
		c.change(&at)
		_, err := OpenS3(t.Context(), at)
		if e, ok := errors.AsType[*errs.Error](err); !ok || e.Code != c.code || strings.Contains(err.Error(), "another") {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// A disk that is full refuses what does not fit, keeps what it has, and goes on once there is room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("no small disk can be made here (needs root): %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	s, err := Open(dir)
	must(t, err)
	small := bytes.Repeat([]byte("x"), 1<<20)
	kept, err := s.Put(t.Context(), small)
	must(t, err)
	big := bytes.Repeat([]byte("y"), 4<<20)
	if h, err := s.Put(t.Context(), big); err == nil || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk took %s, %v", h, err)
	}
	if half, err := os.ReadDir(filepath.Join(dir, halfWritten)); err != nil || len(half) != 0 {
		t.Errorf("half written: %v, %v", half, err)
	}
	if _, err := s.Read(t.Context(), sha256.Sum256(big)); errs.KindOf(err) != errs.NotFound {
		t.Errorf("what did not fit is read: %v", err)
	}
	if got, err := s.Read(t.Context(), kept); err != nil || !bytes.Equal(got, small) {
		t.Errorf("what was there: %d bytes, %v", len(got), err)
	}
	if _, err := s.Put(t.Context(), small[:100]); err != nil {
		t.Errorf("what fits: %v", err)
	}
}
