//go:build linux || darwin

package database_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"hengjian/internal/database"
)

// childVariable makes the test binary a small program that runs a private server on the folder it names.
const childVariable = "HENGJIAN_TEST_CHILD_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		if err := child(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if goldenFolder != "" {
		_ = os.RemoveAll(goldenFolder)
	}
	os.Exit(code)
}

// child writes one row after the other, each number to standard output once it is committed, until it is killed.
func child(ctx context.Context, dir string) error {
	p, err := database.StartPrivate(ctx, dir, database.PrivateOptions{})
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, p.URL(database.OwnerRole), database.Options{})
	if err != nil {
		return err
	}
	if _, err := db.Exec(ctx, `CREATE TABLE IF NOT EXISTS t (id bigint PRIMARY KEY)`); err != nil {
		return err
	}
	for {
		var id int64
		err := db.InTx(ctx, func(tx *database.Tx) error {
			return tx.Get(ctx, &id, `INSERT INTO t (id) SELECT coalesce(max(id), 0) + $1 FROM t RETURNING id`, 1)
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, id)
	}
}

// program is a child that runs.
type program struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func startChild(t *testing.T, dir string, attr *syscall.SysProcAttr) *program {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if attr != nil { // another user cannot enter the folder of the test binary
		binary = copyBinary(t, binary)
	}
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	cmd.SysProcAttr, cmd.Stderr, cmd.Dir = attr, os.Stderr, "/"
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{cmd, bufio.NewScanner(out)}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_, _ = cmd.Process.Wait()
	})
	return p
}

func copyBinary(t *testing.T, from string) string {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(folder(t), "child")
	if err := os.WriteFile(to, b, 0o755); err != nil {
		t.Fatal(err)
	}
	return to
}

// committed waits for n more rows and returns the last number.
func (p *program) committed(t *testing.T, n int) (last int) {
	t.Helper()
	_ = within(t, "the child", func() error {
		for ; n > 0 && p.lines.Scan(); n-- {
			last, _ = strconv.Atoi(p.lines.Text())
		}
		return nil
	})
	if n > 0 {
		t.Fatal("the child ended early")
	}
	return last
}

// kill ends the child by force and returns the last number that it acknowledged.
func (p *program) kill(t *testing.T, last int) int {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for p.lines.Scan() { // what was acknowledged up to the kill
		if n, err := strconv.Atoi(p.lines.Text()); err == nil {
			last = n
		}
	}
	_ = p.cmd.Wait()
	return last
}

// TestPrivateProgramKilled kills the program while it writes, alone and together with its server: the next start goes
// on with every row that was acknowledged.
func TestPrivateProgramKilled(t *testing.T) {
	t.Parallel()
	for _, both := range []bool{false, true} {
		t.Run(fmt.Sprintf("server too %v", both), func(t *testing.T) {
			t.Parallel()
			dir := clusterFolder(t, "")
			for range 2 {
				c := startChild(t, dir, nil)
				last := c.committed(t, 50)
				server := postmaster(dir)
				last = c.kill(t, last)
				if both && server > 0 {
					_ = syscall.Kill(server, syscall.SIGKILL) // it may have ended already
				}
				p := startPrivate(t, dir, database.PrivateOptions{})
				if runtime.GOOS == "linux" && postmaster(dir) == server {
					t.Error("the server outlived its program")
				}
				db := openAt(t, p.URL(database.OwnerRole), database.Options{MaxConns: 1})
				rows, most := get[int](t, db, `SELECT count(*) FROM t`), get[int](t, db, `SELECT max(id) FROM t`)
				if most < last || rows != most {
					t.Errorf("acknowledged %d, found %d rows up to %d", last, rows, most)
				}
				_ = db.Close()
				stop(t, p)
			}
		})
	}
}

// TestPrivateInterruptedInitdb kills the program while it makes the cluster.
func TestPrivateInterruptedInitdb(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := startChild(t, dir, nil)
	var begun []string
	eventually(t, "initdb has begun", func() bool {
		begun, _ = filepath.Glob(filepath.Join(dir, "data.new-*", "PG_VERSION"))
		return len(begun) > 0
	})
	c.kill(t, 0)
	if _, err := os.Stat(filepath.Join(dir, "data")); !os.IsNotExist(err) {
		t.Fatalf("initdb was too fast to be interrupted: data exists (%v)", err)
	}
	p := startPrivate(t, dir, database.PrivateOptions{})
	openAt(t, p.URL(database.OwnerRole), database.Options{MaxConns: 1})
	if left, _ := filepath.Glob(filepath.Join(dir, "data.new-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestPrivateReusedPID: after a crash the number in postmaster.pid belongs to another process, which PostgreSQL alone
// would take for a running server.
func TestPrivateReusedPID(t *testing.T) {
	t.Parallel()
	dir := clusterFolder(t, "")
	c := startChild(t, dir, nil)
	last := c.committed(t, 5)
	killPostmaster(t, dir)
	last = c.kill(t, last)
	other := exec.Command("sleep", "600")
	if uid := ownerOf(t, filepath.Join(dir, "data")); uid != os.Geteuid() { // the server sees only its own user's
		other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = other.Process.Kill()
		_ = other.Wait()
	})
	for _, name := range []string{"data/postmaster.pid", "socket/.s.PGSQL.5432.lock"} {
		name := filepath.Join(dir, name)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(b), "\n")
		if err := os.WriteFile(name, fmt.Appendf(nil, "%d\n%s", other.Process.Pid, rest), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := startPrivate(t, dir, database.PrivateOptions{})
	db := openAt(t, p.URL(database.OwnerRole), database.Options{MaxConns: 1})
	if most := get[int](t, db, `SELECT max(id) FROM t`); most < last {
		t.Errorf("acknowledged %d, found up to %d", last, most)
	}
}

// TestPrivateOrdinaryUser runs the program as a user who is not root.
func TestPrivateOrdinaryUser(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	var attr *syscall.SysProcAttr
	if os.Geteuid() == 0 {
		const nobody = 65534
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		attr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	c := startChild(t, dir, attr)
	c.kill(t, c.committed(t, 5))
	if runtime.GOOS == "linux" {
		eventually(t, "the server has followed its program", func() bool { return postmaster(dir) == 0 })
	}
}
