package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hengjian/internal/errs"

	"github.com/lib/pq"
)

const (
	connectLimit = 5 * time.Second        // one attempt to connect to one host
	connectPause = 50 * time.Millisecond  // between attempts while a server starts
	cancelGrace  = 750 * time.Millisecond // what a server may take to answer a request to cancel
)

// connector makes connections of one configuration for database/sql.
type connector struct {
	cfg  pq.Config
	opts Options
}

func newConnector(dsn string, opts Options) (*connector, error) {
	cfg, err := configure(dsn)
	if err != nil {
		return nil, err
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectLimit
	}
	if cfg.ApplicationName == "" {
		cfg.ApplicationName = "hengjian"
	}
	cfg.BinaryParameters = false // statements are prepared anyway, and it breaks JSON given as bytes
	set := func(name, value string) {
		for k := range cfg.Runtime {
			if strings.EqualFold(k, name) {
				delete(cfg.Runtime, k)
			}
		}
		cfg.Runtime[name] = value
	}
	set("TimeZone", "UTC")
	for name, d := range map[string]time.Duration{
		"statement_timeout": opts.StatementTimeout, "lock_timeout": opts.LockTimeout,
		"idle_in_transaction_session_timeout": opts.IdleInTxTimeout,
	} {
		set(name, strconv.FormatInt(d.Milliseconds(), 10))
	}
	if opts.Role != "" {
		set("role", opts.Role)
	}
	return &connector{cfg: cfg, opts: opts}, nil
}

// configure reads a database URL. Its errors never repeat the URL, which holds a password.
func configure(dsn string) (pq.Config, error) {
	cfg, err := pq.NewConfig(dsn)
	if err == nil {
		return cfg.Clone(), nil
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return cfg, errs.New(errs.Invalid, "database_url", "数据库连接地址无法识别", "the database URL cannot be read").With(err)
}

// Driver implements driver.Connector.
func (c *connector) Driver() driver.Driver { return &pq.Driver{} }

// Connect implements driver.Connector. A server that is about to come up, such as a private one that is being
// restarted, is waited for.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	var waited time.Duration
	for {
		cn, err := c.connect(ctx)
		switch {
		case err == nil:
			return cn, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !comingUp(err) || waited >= c.opts.ConnectWait:
			return nil, connectRefusal(err)
		}
		waited += connectPause
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(connectPause):
		}
	}
}

func (c *connector) connect(ctx context.Context) (*conn, error) {
	d := &dialer{silence: c.opts.ReadTimeout}
	pc, err := pq.NewConnectorConfig(c.cfg)
	if err != nil {
		return nil, err
	}
	pc.Dialer(d)
	inner, err := pc.Connect(ctx)
	if err != nil {
		return nil, err
	}
	d.sealed.Store(true)
	cn := &conn{
		pq: inner.(pqConn), socket: d.current, commitLimit: c.opts.CommitTimeout,
		statements: newStatements(statementLimit),
	}
	pq.SetNoticeHandler(inner, cn.notice)
	return cn, nil
}

// comingUp says whether the server may answer in a moment.
func comingUp(err error) bool {
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return false
	}
	return SQLState(err) == stateCannotConnectNow || pq.As(err) == nil && lost(err)
}

func connectRefusal(err error) error {
	switch state := SQLState(err); {
	case strings.HasPrefix(state, "28"):
		return errs.New(errs.Unavailable, "database_sign_in",
			"数据库拒绝登录：请检查连接地址中的用户名和密码",
			"the database refuses the sign-in: check user and password in its URL").With(err)
	case state == "3D000":
		return errs.New(errs.Unavailable, "database_missing",
			"服务器上没有连接地址所指的数据库", "the server has no database of the name in the URL").With(err)
	case state == "22023", state == "42501", state == "42704":
		return errs.New(errs.Unavailable, "database_role",
			"数据库用户不能使用所需的角色：请先运行 hengjian migrate",
			"the database user may not take the role it needs: run hengjian migrate first").With(err)
	}
	return errUnavailable.With(err)
}
