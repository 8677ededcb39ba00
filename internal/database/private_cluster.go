//go:build linux || darwin

package database

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"hengjian/internal/errs"
)

// clusterSettings suit one small server; they stand at the end of postgresql.conf, where an administrator may change
// them.
const clusterSettings = `
# Written once when Hengjian made this cluster; change what you like.
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
maintenance_work_mem = 128MB
work_mem = 16MB
wal_compression = on
random_page_cost = 1.1                # solid state disks
jit = off                             # compiling costs our short queries more than it saves
max_parallel_workers_per_gather = 0   # parallel workers need more /dev/shm than containers give
log_min_duration_statement = 1s
log_line_prefix = '%m [%p] %u '
`

// createCluster makes the cluster beside its place and moves it there when it is whole: whenever it is interrupted,
// there is either a complete cluster or none.
func (p *Private) createCluster(ctx context.Context) error {
	if err := p.removeUnfinished(); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(p.dir, unfinished)
	if err != nil {
		return err
	}
	if err := p.initdb(ctx, fresh); err != nil {
		_ = os.RemoveAll(fresh) // the next start removes what cannot be removed now
		return err
	}
	if err := appendSynced(filepath.Join(fresh, "postgresql.conf"), clusterSettings); err != nil {
		return err
	}
	if err := os.Rename(fresh, p.data()); err != nil {
		return err
	}
	return syncFolder(p.dir)
}

// unfinished begins the names of clusters that are being made.
const unfinished = "data.new-"

func (p *Private) removeUnfinished() error {
	old, err := filepath.Glob(filepath.Join(globQuote.Replace(p.dir), unfinished+"*"))
	if err != nil {
		return err
	}
	for _, dir := range old {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

var globQuote = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// initdb makes a cluster with checksums in dir. The locale C sorts the same on every system and survives an update
// of the C library, which breaks indexes of other locales.
func (p *Private) initdb(ctx context.Context, dir string) error {
	if err := p.account.own(dir); err != nil {
		return err
	}
	args := []string{
		"--pgdata=" + dir, "--username=" + superuser, "--auth=trust", "--data-checksums",
		"--encoding=UTF8", "--locale=C", "--no-instructions",
	}
	if p.settings["fsync"] == "off" {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(p.binaries, "initdb"), args...)
	cmd.SysProcAttr = p.account.attributes(deathKill)
	cmd.Dir, cmd.Env = p.dir, environment()
	out, err := outputOnOneThread(cmd)
	if err != nil {
		return errs.New(errs.Unavailable, "private_database_initdb",
			"无法创建内置数据库："+lastLine(out), "cannot create the private database: "+lastLine(out)).
			With(fmt.Errorf("initdb: %w: %s", err, out))
	}
	return nil
}

// environment is ours without PostgreSQL's own variables, which would change what initdb and postgres do.
func environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PG") || strings.HasPrefix(v, "LC_") || strings.HasPrefix(v, "LANG")
	})
	return append(env, "LC_ALL=C")
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

func appendSynced(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// syncFolder makes a rename in dir survive a loss of power.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
