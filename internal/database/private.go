//go:build linux || darwin

package database

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"hengjian/internal/errs"
)

const (
	privateDatabase = "hengjian"
	superuser       = "postgres" // of a private cluster; known only to this package and the tests
	privatePort     = "5432"     // part of the socket's file name; nothing listens on the network
	startLimit      = 5 * time.Minute
	fastStopLimit   = 30 * time.Second
	quickStopLimit  = 5 * time.Second
	statusPause     = 10 * time.Millisecond
	maxRestarts     = 5           // without a minute of health in between
	healthyAfter    = time.Minute // a server that ran this long starts the count anew
)

// PrivateOptions of StartPrivate.
type PrivateOptions struct {
	Binaries string            // folder of initdb and postgres; "" searches $HENGJIAN_POSTGRES_BIN and the usual places
	Attach   bool              // use the server that another process of ours runs on the folder, if one does
	Settings map[string]string // server settings beyond those of this package, such as fsync=off for tests
	Log      *slog.Logger      // nil: silent
}

// Private is a PostgreSQL server of our own, on a folder of our own: it listens on a Unix socket only, stops with the
// program (on Linux even when the program is killed), and is started again when it dies.
type Private struct {
	dir      string
	socket   string // folder of the socket
	binaries string
	account  account
	settings map[string]string
	log      *slog.Logger
	lock     *os.File // nil: attached to the server of another process
	ctx      context.Context
	cancel   context.CancelFunc // begins the stop
	done     chan struct{}
	mu       sync.Mutex
	err      error
}

// StartPrivate starts PostgreSQL on dir, which it creates with a new cluster when it is not there, and returns when
// the database answers. ctx bounds the start only. Refusals: errs.Conflict when another process runs on dir,
// errs.Unavailable when no fitting PostgreSQL is installed.
func StartPrivate(ctx context.Context, dir string, opts PrivateOptions) (*Private, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	p, err := newPrivate(dir, opts)
	if err != nil {
		return nil, err
	}
	if p.lock, err = lockFolder(ctx, p.dir, opts.Attach); err != nil {
		return nil, err
	}
	if p.lock == nil {
		p.socket = readPIDFile(p.dir).socketDir
		return p, nil
	}
	s, err := p.boot(ctx, opts.Binaries)
	if err != nil {
		p.cancel()
		p.release()
		if ctx.Err() != nil {
			err = errs.New(errs.Unavailable, "private_database_slow",
				"内置数据库未能及时启动", "the private database did not start in time").With(ctx.Err())
		}
		return nil, err
	}
	go p.supervise(s)
	return p, nil
}

func newPrivate(dir string, opts PrivateOptions) (*Private, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	p := &Private{
		dir: abs, socket: socketDir(abs), settings: opts.Settings, log: opts.Log, done: make(chan struct{}),
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p, nil
}

// boot finds what is needed, makes the cluster when there is none, starts the server and prepares the database.
func (p *Private) boot(ctx context.Context, binaries string) (*server, error) {
	major, err := clusterMajor(p.data())
	if err != nil {
		return nil, err
	}
	if p.binaries, err = findBinaries(ctx, binaries, major); err != nil {
		return nil, err
	}
	if p.account, err = chooseAccount(ctx, p.dir, p.binaries); err != nil {
		return nil, err
	}
	if major == 0 {
		if err := p.createCluster(ctx); err != nil {
			return nil, err
		}
	}
	s, err := p.launch(ctx)
	if err != nil {
		return nil, err
	}
	if err = p.prepare(ctx); err == nil {
		_, err = p.lock.WriteString(serving)
	}
	if err != nil {
		s.shutdown()
		return nil, err
	}
	return s, nil
}

// prepare makes roles and database at the first start; processes that attach wait for it.
func (p *Private) prepare(ctx context.Context) error {
	db, err := Open(ctx, p.url(superuser, superuser), Options{MaxConns: 1, StatementTimeout: time.Minute})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return createDatabase(ctx, db, privateDatabase)
}

// supervise restarts a server that dies, a bounded number of times, until Stop.
func (p *Private) supervise(s *server) {
	defer close(p.done)
	defer p.release()
	for failures := 0; ; {
		healthy := time.NewTimer(healthyAfter)
		select {
		case <-p.ctx.Done():
			s.shutdown()
			return
		case <-s.gone:
		}
		if !healthy.Stop() {
			failures = 0
		}
		var err error
		if s, err = p.restart(&failures); err != nil {
			p.fail(err)
			return
		}
	}
}

// release gives the folder free for the next owner. A short socket folder elsewhere is not left behind.
func (p *Private) release() {
	if filepath.Dir(p.socket) != p.dir {
		_ = os.Remove(p.socket) // it stays when the server died and left its socket; the next start uses it again
	}
	unlockFolder(p.lock)
}

// restart counts its attempts in failures.
func (p *Private) restart(failures *int) (*server, error) {
	for err := errDied; ; {
		if *failures++; *failures > maxRestarts || p.ctx.Err() != nil {
			return nil, err
		}
		p.log.Warn("the private database server ended; starting it again", "failures", *failures, "reason", err)
		var s *server
		if s, err = p.launch(p.ctx); err == nil {
			return s, nil
		}
		select {
		case <-p.ctx.Done():
		case <-time.After(time.Duration(*failures) * 200 * time.Millisecond):
		}
	}
}

var errDied = errors.New("the server process ended by itself")

func (p *Private) fail(err error) {
	if p.ctx.Err() != nil {
		return // it was to stop anyway
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = errs.New(errs.Unavailable, "private_database_died",
		"内置数据库多次异常退出，已放弃重启；日志见 "+p.logFile(),
		"the private database keeps dying; its log is "+p.logFile()).With(err)
	p.log.Error("the private database server is given up", "reason", err)
}

// Done is closed when the server is gone for good: after Stop, or when it died and could not be restarted (Err). For
// an attached server it is never closed.
func (p *Private) Done() <-chan struct{} { return p.done }

// Err says why the server was given up; nil while it runs and after Stop.
func (p *Private) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Stop ends the server: sessions are cut off, everything committed is kept. It returns when the server is gone, in
// less than a minute, or when ctx ends. An attached server keeps running.
func (p *Private) Stop(ctx context.Context) error {
	p.cancel()
	if p.lock == nil {
		return nil
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop the private database: %w", ctx.Err())
	}
}

// URL is the address of the database for a role: OwnerRole or AppRole.
func (p *Private) URL(role string) string { return p.url(role, privateDatabase) }

func (p *Private) url(user, database string) string {
	query := url.Values{"host": {p.socket}, "port": {privatePort}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database, RawQuery: query.Encode()}
	return u.String()
}

func (p *Private) data() string    { return filepath.Join(p.dir, "data") }
func (p *Private) logFile() string { return filepath.Join(p.dir, "postgres.log") }
