//go:build linux || darwin

package database_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// folder is a data folder that the server's user can reach, unlike t.TempDir for root; in memory where possible.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := newFolder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func newFolder() (string, error) {
	base := "/dev/shm"
	if _, err := os.Stat(base); err != nil {
		base = os.TempDir()
	}
	dir, err := os.MkdirTemp(base, "hengjian-private-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// golden is a folder with a new cluster, to be copied: initdb takes a second. TestMain removes it.
var golden = sync.OnceValues(func() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	dir, err := newFolder()
	if err != nil {
		return "", err
	}
	goldenFolder = dir
	p, err := database.StartPrivate(ctx, dir, database.PrivateOptions{})
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "data"), p.Stop(ctx)
})

var goldenFolder string

// clusterFolder is a folder with a new cluster, at name below a folder of its own.
func clusterFolder(t *testing.T, name string) string {
	t.Helper()
	from, err := golden()
	if err != nil {
		t.Fatalf("cluster to copy: %v", err)
	}
	dir := filepath.Join(folder(t), name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-a", from, dir).CombinedOutput(); err != nil {
		t.Fatalf("copy the cluster: %v: %s", err, out)
	}
	return dir
}

func startPrivate(t *testing.T, dir string, opts database.PrivateOptions) *database.Private {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	begun := time.Now()
	p, err := database.StartPrivate(ctx, dir, opts)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Logf("started in %v", time.Since(begun))
	t.Cleanup(func() { stop(t, p) })
	return p
}

func stop(t *testing.T, p *database.Private) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := p.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// postmaster is the process number in postmaster.pid; 0 when there is none.
func postmaster(dir string) int {
	b, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return pid
}

func ownerOf(t *testing.T, path string) (uid int) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

// killPostmaster ends the server by force and returns its process number.
func killPostmaster(t *testing.T, dir string) int {
	t.Helper()
	pid := postmaster(dir)
	if pid == 0 { // a signal to 0 would be for all of us
		t.Fatalf("no server runs on %s", dir)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatalf("kill the server %d: %v", pid, err)
	}
	return pid
}

func TestPrivateColdAndWarm(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	p := startPrivate(t, dir, database.PrivateOptions{})
	owner := openAt(t, p.URL(database.OwnerRole), database.Options{})
	mustExec(t, owner, `CREATE TABLE t (id int); GRANT SELECT, INSERT ON t TO hengjian_app; INSERT INTO t VALUES (1)`)
	app := openAt(t, p.URL(database.AppRole), database.Options{})
	mustExec(t, app, `INSERT INTO t (id) VALUES (2)`)
	if _, err := app.Exec(t.Context(), `CREATE TABLE other (id int)`); database.SQLState(err) != "42501" {
		t.Errorf("the application creates a table: %v, want SQLSTATE 42501", err)
	}
	for name, want := range map[string]string{
		"listen_addresses": "", "data_checksums": "on", "fsync": "on", "full_page_writes": "on",
		"synchronous_commit": "on", "unix_socket_permissions": "0700", "server_encoding": "UTF8",
	} {
		if got := get[string](t, owner, `SELECT current_setting($1)`, name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "socket")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("socket folder: %v, %v; want mode 0700", info, err)
	}
	if group, err := syscall.Getpgid(postmaster(dir)); err != nil || group == syscall.Getpgrp() {
		t.Errorf("the server is in our process group (%v): a Ctrl-C would end it before us", err)
	}
	_, _ = owner.Close(), app.Close()
	stop(t, p)
	select {
	case <-p.Done():
	default:
		t.Error("Done is not closed after Stop")
	}
	if p.Err() != nil {
		t.Errorf("Err = %v after Stop", p.Err())
	}
	p = startPrivate(t, dir, database.PrivateOptions{})
	app = openAt(t, p.URL(database.AppRole), database.Options{})
	if n := get[int](t, app, `SELECT count(*) FROM t`); n != 2 {
		t.Errorf("%d rows after the restart, want 2", n)
	}
}

// TestPrivateServerKilled kills the postmaster of a running program.
func TestPrivateServerKilled(t *testing.T) {
	t.Parallel()
	dir := clusterFolder(t, "")
	p := startPrivate(t, dir, database.PrivateOptions{})
	db := openAt(t, p.URL(database.OwnerRole), database.Options{})
	mustExec(t, db, `CREATE TABLE t (id int)`)
	for i := range 3 {
		mustExec(t, db, `INSERT INTO t (id) VALUES ($1)`, i)
		begun := time.Now()
		old := killPostmaster(t, dir)
		eventually(t, "the server is back", func() bool {
			return postmaster(dir) != old && db.Ping(t.Context()) == nil
		})
		t.Logf("back after %v", time.Since(begun))
		if n := get[int](t, db, `SELECT count(*) FROM t`); n != i+1 {
			t.Fatalf("%d rows after kill %d, want %d", n, i+1, i+1)
		}
	}
	select {
	case <-p.Done():
		t.Errorf("Done is closed, though the server runs: %v", p.Err())
	default:
	}
}

// TestPrivateServerKilledWhileBusy: the backends of a killed postmaster work on for a while, and no new server may
// touch the data before they have ended.
func TestPrivateServerKilledWhileBusy(t *testing.T) {
	t.Parallel()
	dir := clusterFolder(t, "")
	p := startPrivate(t, dir, database.PrivateOptions{})
	db := openAt(t, p.URL(database.OwnerRole), database.Options{MaxConns: 1})
	old := postmaster(dir)
	if old == 0 {
		t.Fatal("no server runs")
	}
	time.AfterFunc(100*time.Millisecond, func() { _ = syscall.Kill(old, syscall.SIGKILL) }) // the statement runs then
	_ = within(t, "the busy statement", func() error {
		_, err := db.Exec(t.Context(), `
			DO $$
			DECLARE
				until timestamptz = clock_timestamp() + interval '6 s';
			BEGIN
				WHILE clock_timestamp() < until LOOP
				END LOOP;
			END $$`)
		return err
	})
	eventually(t, "the server is back", func() bool { return postmaster(dir) != old && db.Ping(t.Context()) == nil })
	if p.Err() != nil {
		t.Errorf("given up: %v", p.Err())
	}
}

// TestPrivateGivesUp damages the configuration, so that no restart can succeed.
func TestPrivateGivesUp(t *testing.T) {
	t.Parallel()
	dir := clusterFolder(t, "")
	p := startPrivate(t, dir, database.PrivateOptions{Settings: map[string]string{"fsync": "off"}})
	conf := filepath.Join(dir, "data", "postgresql.conf")
	good, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, append(bytes.Clone(good), "no_such_setting = 1\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	killPostmaster(t, dir)
	select {
	case <-p.Done():
	case <-time.After(limit):
		t.Fatal("the server is restarted for ever")
	}
	if errs.KindOf(p.Err()) != errs.Unavailable || !strings.Contains(p.Err().Error(), "no_such_setting") {
		t.Errorf("Err = %v, want Unavailable with the server's reason", p.Err())
	}
	stop(t, p)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	_, err = database.StartPrivate(ctx, dir, database.PrivateOptions{})
	if e, ok := errors.AsType[*errs.Error](err); !ok || !strings.Contains(e.EN, "configuration file") {
		t.Errorf("start with a faulty configuration: %v, want the server's reason", err)
	}
	if err := os.WriteFile(conf, good, 0o600); err != nil {
		t.Fatal(err)
	}
	startPrivate(t, dir, database.PrivateOptions{}) // it is in order again
}

func TestPrivateSecondOwner(t *testing.T) {
	t.Parallel()
	dir := clusterFolder(t, "")
	first := startPrivate(t, dir, database.PrivateOptions{Settings: map[string]string{"fsync": "off"}})
	_, err := database.StartPrivate(t.Context(), dir, database.PrivateOptions{})
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != errs.Conflict || !strings.Contains(e.EN, strconv.Itoa(os.Getpid())) ||
		!strings.Contains(e.ZH, strconv.Itoa(os.Getpid())) {
		t.Fatalf("second owner: %v, want a Conflict with process %d in both languages", err, os.Getpid())
	}
	attached := startPrivate(t, dir, database.PrivateOptions{Attach: true})
	if got, want := attached.URL(database.AppRole), first.URL(database.AppRole); got != want {
		t.Errorf("attached to %s, want %s", got, want)
	}
	openAt(t, attached.URL(database.OwnerRole), database.Options{})
	stop(t, attached)
	openAt(t, first.URL(database.OwnerRole), database.Options{}) // it still runs
	stop(t, first)
	alone := startPrivate(t, dir, database.PrivateOptions{Attach: true}) // nothing to attach to: a server of its own
	openAt(t, alone.URL(database.OwnerRole), database.Options{})
}

// TestPrivateAttachWaits attaches while the owner still makes the cluster.
func TestPrivateAttachWaits(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	var owner sync.WaitGroup
	owner.Go(func() { startPrivate(t, dir, database.PrivateOptions{Settings: map[string]string{"fsync": "off"}}) })
	defer owner.Wait()
	eventually(t, "the owner has the lock", func() bool {
		b, err := os.ReadFile(filepath.Join(dir, "lock"))
		return err == nil && len(b) > 0
	})
	attached := startPrivate(t, dir, database.PrivateOptions{Attach: true})
	openAt(t, attached.URL(database.AppRole), database.Options{MaxConns: 1, ConnectWait: -1})
}

func TestPrivateAwkwardFolders(t *testing.T) {
	t.Parallel()
	for _, name := range []string{strings.Repeat("deep/", 12) + strings.Repeat("x", 40), "衡鉴 数据", "a,b's [x]*"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := clusterFolder(t, name)
			for range 2 {
				p := startPrivate(t, dir, database.PrivateOptions{Settings: map[string]string{"fsync": "off"}})
				openAt(t, p.URL(database.OwnerRole), database.Options{MaxConns: 1})
				if postmaster(dir) == 0 {
					t.Errorf("no server runs on %q", dir)
				}
				stop(t, p)
			}
		})
	}
}
