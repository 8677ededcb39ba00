package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/demo"
)

const (
	binary     = "bin/hengjian"
	startLimit = 3 * time.Minute
	stopLimit  = time.Minute
	warmStarts = 5
	pollPause  = 5 * time.Millisecond
)

// program is a running hengjian serve.
type program struct {
	base  string
	cmd   *exec.Cmd
	said  *bytes.Buffer // its messages, to be read when it has ended
	ended chan error
}

// command runs the built program without the settings of whoever runs the bench.
func command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...) //nolint:gosec // a constant
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "HENGJIAN_") && !strings.HasPrefix(v, "HENGJIAN_POSTGRES_BIN=")
	})
	return cmd
}

// start serves the data folder and returns when /readyz answers, with the time that took.
func start(ctx context.Context, data string) (*program, time.Duration, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, 0, err
	}
	p := &program{base: "http://" + address, said: &bytes.Buffer{}, ended: make(chan error, 1)}
	p.cmd = command(ctx, "serve", "--data", data, "--listen", address, "--address", p.base)
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(os.Interrupt) }
	p.cmd.WaitDelay = stopLimit
	p.cmd.Stderr = p.said
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, 0, fmt.Errorf("%w (run make build first)", err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	if err := p.ready(ctx); err != nil {
		return nil, 0, errors.Join(err, p.stop())
	}
	return p, time.Since(began), nil
}

func (p *program) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	c := caller{http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, base: p.base}
	for {
		_, err := c.call(ctx, http.StatusOK, http.MethodGet, "/readyz", nil, nil)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(pollPause):
		case ended := <-p.ended:
			p.ended <- ended
			return errors.Join(errors.New("hengjian serve ended before it was ready"), ended)
		case <-ctx.Done():
			return err
		}
	}
}

func (p *program) stop() error {
	_ = p.cmd.Process.Signal(os.Interrupt) // it may have ended; Wait tells
	select {
	case err := <-p.ended:
		if err != nil {
			return fmt.Errorf("hengjian serve: %w: %s", err, p.said)
		}
		return nil
	case <-time.After(stopLimit):
		return errors.Join(errors.New("hengjian serve did not stop"), p.cmd.Process.Kill())
	}
}

// fill tells a small demonstration into the data folder: people, businesses, and documents to check.
func fill(ctx context.Context, data string) error {
	out, err := command(ctx, "demo", "--data", data, "--scale", "0.002").CombinedOutput()
	if err != nil {
		return fmt.Errorf("hengjian demo: %w: %s", err, out)
	}
	return nil
}

// freeAddress is a port of the loopback that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// signIn opens a session of a demonstration person, on connections of its own.
func (p *program) signIn(ctx context.Context, login string) (caller, error) {
	c := caller{http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}, base: p.base}
	header, err := c.call(ctx, http.StatusCreated, http.MethodPost, "/api/v1/session",
		map[string]string{"login": login, "password": demo.Password}, nil)
	if err != nil {
		return c, err
	}
	c.cookie, _, _ = strings.Cut(header.Get("Set-Cookie"), ";")
	return c, nil
}

// startRows starts the program on an empty folder and on a filled one, beside a PostgreSQL alone.
func startRows(ctx context.Context, data, floor string) ([]row, error) {
	coldFloor, err := startPostgres(ctx, floor)
	if err != nil {
		return nil, err
	}
	cold, err := startAndStop(ctx, data)
	if err != nil {
		return nil, err
	}
	var warm, warmFloor timing
	for range warmStarts {
		one, err := startPostgres(ctx, floor)
		if err != nil {
			return nil, err
		}
		warmFloor.each = append(warmFloor.each, one)
		if one, err = startAndStop(ctx, data); err != nil {
			return nil, err
		}
		warm.each = append(warm.each, one)
	}
	return []row{
		beside("first start to /readyz, empty folder", "ms", milliseconds(cold),
			"initdb and PostgreSQL alone", milliseconds(coldFloor), ""),
		beside("later start to /readyz, median", "ms", warm.quantile(0.5),
			"PostgreSQL alone", warmFloor.quantile(0.5), "< 2000 ms"),
	}, nil
}

func startAndStop(ctx context.Context, data string) (time.Duration, error) {
	p, took, err := start(ctx, data)
	if err != nil {
		return 0, err
	}
	return took, p.stop()
}

func startPostgres(ctx context.Context, dir string) (time.Duration, error) {
	began := time.Now()
	p, err := database.StartPrivate(ctx, filepath.Join(dir, "postgres"), database.PrivateOptions{})
	if err != nil {
		return 0, err
	}
	took := time.Since(began)
	return took, p.Stop(ctx)
}
