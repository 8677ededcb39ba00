package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"hengjian/api"
	"hengjian/certificates"
	"hengjian/certificates/fonts"
	"hengjian/internal/demo"
	"hengjian/internal/errs"
	"hengjian/internal/jobs"
	"hengjian/internal/witness"
	"hengjian/lims"
	"hengjian/web"
)

const defaultListen = "localhost:8080"

type serveCommand struct {
	store
	Listen   string   `help:"Address to listen on. 监听地址。" default:"${listen}" env:"HENGJIAN_LISTEN"`
	Demo     bool     `help:"Fill an empty bureau with demonstration data first. 空库时写入演示数据。"`
	Insecure bool     `help:"Session cookies also over plain HTTP from other machines. 允许经明文HTTP登录。" env:"HENGJIAN_INSECURE_COOKIES"`
	Witness  []string `help:"A witness of the ledger as \"ADDRESS VERIFIER-KEY\"; repeatable. 证据日志的见证人。" placeholder:"WITNESS" sep:";" env:"HENGJIAN_WITNESSES"`
	Proxy    []string `help:"A reverse proxy (address or network) whose X-Forwarded-For is believed. 反向代理的地址或网段。" placeholder:"ADDRESS" env:"HENGJIAN_PROXIES"`
	Verbose  bool     `help:"Log every request. 记录每个请求。" short:"v"`
}

// Run implements the command.
func (c serveCommand) Run(e environment) (err error) {
	witnesses, err := c.witnesses()
	if err != nil {
		return err
	}
	proxies, err := c.proxies()
	if err != nil {
		return err
	}
	listener, err := listenOn(e.ctx, c.Listen)
	if err != nil {
		return err
	}
	if c.Address == "" {
		c.Address = addressOf(c.Listen)
	}
	defer func() { _ = listener.Close() }() // closed already when the server shut down
	level := slog.LevelWarn
	if c.Verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewJSONHandler(e.Err, &slog.HandlerOptions{Level: level}))
	e.say("衡鉴 Hengjian: 正在启动数据库 / starting the database …")
	b, err := c.open(e.ctx, e.Now, e.Random, log, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	signers, err := b.signing()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, signers.Close()) }()
	if c.Demo {
		if _, err := c.fillIfEmpty(e, b, demo.Small); err != nil {
			return err
		}
	}
	return c.serve(e, b, listener, witnesses, proxies, log)
}

// listenOn opens the port of a server.
func listenOn(ctx context.Context, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, errs.New(errs.Unavailable, "port_taken",
			fmt.Sprintf("无法监听%s：端口可能已被占用，请用 --listen 换一个", address),
			fmt.Sprintf("cannot listen on %s: the port may be taken; choose another with --listen", address)).With(err)
	}
	return listener, nil
}

// addressOf is where a browser on this machine finds what listens there.
func addressOf(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "http://" + listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// onlyHere tells an address that no telephone finds.
func onlyHere(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

func (c serveCommand) witnesses() ([]*witness.Client, error) {
	var all []*witness.Client
	for _, text := range c.Witness {
		one, err := witness.ParseClient(text)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// proxies reads the addresses and networks of reverse proxies.
func (c serveCommand) proxies() ([]netip.Prefix, error) {
	all := make([]netip.Prefix, 0, len(c.Proxy))
	for _, text := range c.Proxy {
		text = strings.TrimSpace(text)
		network, err := netip.ParsePrefix(text)
		if one, failed := netip.ParseAddr(text); failed == nil {
			one = one.WithZone("")
			network, err = netip.PrefixFrom(one, one.BitLen()), nil
		}
		if err != nil {
			return nil, errs.New(errs.Invalid, "proxy", fmt.Sprintf("“%s”不是IP地址或网段（如 10.0.0.5 或 10.0.0.0/24）", text),
				fmt.Sprintf("%q is not an IP address or a network (such as 10.0.0.5 or 10.0.0.0/24)", text)).With(err)
		}
		all = append(all, network)
	}
	return all, nil
}

func (c serveCommand) serve(e environment, b *bureau, listener net.Listener, witnesses []*witness.Client, proxies []netip.Prefix, log *slog.Logger) error {
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	runner := jobs.NewRunner(b.db, e.Now, log, map[string]jobs.Handler{
		lims.ImportJob:           b.services.LIMS.RunImport,
		certificates.BatchJob:    b.services.Certificates.RunBatch,
		certificates.ApprovalJob: b.services.Certificates.RunApprovals,
	})
	b.services.Jobs = runner
	var work sync.WaitGroup
	work.Go(func() { runner.Run(ctx) })
	work.Go(func() { b.log.Run(ctx) })
	work.Go(func() {
		b.services.Certificates.RunFinisher(ctx, func(err error) { log.ErrorContext(ctx, "finish documents", "error", err) })
	})
	for _, w := range witnesses {
		work.Go(func() { w.Collect(ctx, b.log, log) })
	}
	server := &http.Server{
		Handler:           api.New(b.services, api.Options{Now: e.Now, Logger: log, UI: builtUI(), Insecure: c.Insecure, Proxies: proxies}),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	c.greet(e, b)
	var lost <-chan struct{}
	if b.private != nil {
		lost = b.private.Done()
	}
	var err error
	select {
	case err = <-failed:
	case <-lost:
		err = errs.New(errs.Unavailable, "database_lost", "数据库已停止且无法重启", "the database stopped and cannot be started again").
			With(b.private.Err())
	case <-e.ctx.Done():
	}
	shutdown, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	closeErr := server.Shutdown(shutdown)
	stop()
	work.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, closeErr)
}

func (c serveCommand) greet(e environment, b *bureau) {
	e.say("\n衡鉴 Hengjian → %s", c.Address)
	if !c.Demo && onlyHere(c.Address) {
		e.say("二维码目前只指向本机：出具正式文书前请用 --address 设定公开地址 / QR codes point to this machine only: set --address before real documents are issued")
	}
	if builtUI() == nil {
		e.say("界面未构建（接口可用）：make ui / UI not built (the API works): make ui")
	}
	if !fonts.Built() {
		e.say("证书字体未构建，不能出具文书：make build / document fonts not built, no documents are issued: make build")
	}
	anybody, err := b.services.Users.Anybody(e.ctx)
	switch {
	case err != nil:
		e.say("%v", err)
	case !anybody:
		e.say("尚无用户，先建管理员 / nobody can sign in yet; create the administrator:\n  hengjian users create --login admin --name 管理员 --role administrator")
	case c.Demo:
		e.say("%s", demoGreeting())
	}
	e.say("按 Ctrl+C 停止 / press Ctrl+C to stop")
}

// builtUI is the embedded browser app, nil when it was not built.
func builtUI() fs.FS {
	if !web.Built() {
		return nil
	}
	return web.Files()
}

type migrateCommand struct {
	store
	Status bool `help:"Only list the migrations. 仅列出。"`
}

// Run implements the command.
func (c migrateCommand) Run(e environment) error {
	b, err := c.open(e.ctx, e.Now, e.Random, slog.New(slog.DiscardHandler), true)
	if err != nil {
		return err
	}
	e.say("数据库结构已是最新 / the schema is up to date")
	return b.close()
}
