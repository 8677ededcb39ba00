//go:build linux || darwin

package database

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"

	"hengjian/internal/errs"
)

// account says as whom the server runs: PostgreSQL refuses root.
type account struct {
	uid, gid int
	same     bool // as ourselves, who are not root
	apart    bool // in a user namespace, where our root appears as uid
}

// serverUsers are tried in this order when root makes a new cluster.
var serverUsers = []string{"postgres", "nobody"}

// chooseAccount picks who runs the server on dir: ourselves, or for root the owner of the cluster, or the first of
// serverUsers that can reach the folder and the programs, or root itself in a user namespace (Linux).
func chooseAccount(ctx context.Context, dir, binaries string) (account, error) {
	if os.Geteuid() != 0 {
		return account{same: true}, nil
	}
	candidates, err := candidates(filepath.Join(dir, "data"))
	if err != nil {
		return account{}, err
	}
	for _, a := range candidates {
		cmd := exec.CommandContext(ctx, filepath.Join(binaries, "postgres"), "--version")
		cmd.SysProcAttr, cmd.Dir = a.attributes(deathKill), dir
		if _, err = outputOnOneThread(cmd); err == nil {
			return a, nil
		}
	}
	return account{}, errs.New(errs.Unavailable, "private_database_user",
		fmt.Sprintf("PostgreSQL 不能以 root 运行，而用户 postgres 无法访问 %s：请换一个数据目录，或不以 root 运行", dir),
		fmt.Sprintf("PostgreSQL refuses to run as root, and user postgres cannot reach %s: "+
			"choose another data folder, or do not run as root", dir)).With(err)
}

func candidates(data string) ([]account, error) {
	info, err := os.Stat(data)
	if err == nil {
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return nil, fmt.Errorf("owner of %s: unknown", data)
		}
		if st.Uid != 0 {
			return []account{{uid: int(st.Uid), gid: int(st.Gid)}}, nil
		}
	} else if !os.IsNotExist(err) {
		return nil, err
	}
	var users, apart []account
	for _, name := range serverUsers {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 != nil || err2 != nil || uid == 0 {
			continue
		}
		users = append(users, account{uid: uid, gid: gid})
		apart = append(apart, account{uid: uid, gid: gid, apart: true})
	}
	if info != nil { // a cluster of root's was made in a namespace
		return apart, nil
	}
	return append(users, apart...), nil
}

// own gives a file or folder to the account.
func (a account) own(path string) error {
	if a.same || a.apart {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}

// hostUID is the owner that our files of the account have.
func (a account) hostUID() int {
	switch {
	case a.same:
		return os.Geteuid()
	case a.apart:
		return 0
	}
	return a.uid
}

// The signal a child gets when we are killed: a server shuts down cleanly, other programs just end.
const (
	deathStop = syscall.SIGINT
	deathKill = syscall.SIGKILL
)

// outputOnOneThread runs cmd and returns what it prints. The death signal of a child follows the thread that started
// it, which therefore does nothing else until the child has ended.
func outputOnOneThread(cmd *exec.Cmd) ([]byte, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.Bytes(), err
}
