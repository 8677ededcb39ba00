package command

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hengjian/internal/errs"
)

func TestAddress(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]struct {
		address string
		here    bool
	}{
		"localhost:8080": {"http://localhost:8080", true}, "127.0.0.1:1": {"http://127.0.0.1:1", true}, ":80": {"http://localhost:80", true},
		"0.0.0.0:8443": {"http://localhost:8443", true}, "[::]:9": {"http://localhost:9", true}, "[::1]:9": {"http://[::1]:9", true},
		"10.3.1.7:80": {"http://10.3.1.7:80", false}, "lims.example.cn:80": {"http://lims.example.cn:80", false},
	} {
		if got := addressOf(listen); got != want.address || onlyHere(got) != want.here {
			t.Errorf("%s is at %s, only here %v; want %+v", listen, got, onlyHere(got), want)
		}
	}
}

func TestProxies(t *testing.T) {
	t.Parallel()
	c := serveCommand{Proxy: []string{"10.0.0.5", " 10.1.0.0/16", "::1", "fe80::1%eth0", "2001:db8::/32"}}
	got, err := c.proxies()
	if want := "[10.0.0.5/32 10.1.0.0/16 ::1/128 fe80::1/128 2001:db8::/32]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("%q are %v, %v; want %s", c.Proxy, got, err, want)
	}
	for _, text := range []string{"", "proxy", "10.0.0.5:80", "10.0.0.0/33", "10.0.0"} {
		if _, err := (serveCommand{Proxy: []string{text}}).proxies(); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q: %v, want it refused", text, err)
		}
	}
}

// Whoever stops a command is told so, not what went wrong inside.
func TestStopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var told bytes.Buffer
	e := environment{World: World{Err: &told}, ctx: ctx}
	if code := e.exitCode(fmt.Errorf("scrub file: %w", context.Canceled)); code != exitFailed || !strings.Contains(told.String(), "已停止") ||
		strings.Contains(told.String(), "context") {
		t.Errorf("exit code %d, %s", code, told.String())
	}
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	first, err := listenOn(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = first.Close() })
	var told *errs.Error
	if _, err := listenOn(t.Context(), first.Addr().String()); !errors.As(err, &told) || told.Code != "port_taken" {
		t.Errorf("a taken port: %v", err)
	}
}

// An address that no document could carry is refused before anything is started.
func TestPublicAddressIsRefused(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second) // a server that is not refused runs until then
	defer stop()
	for _, command := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"demo"}} {
		for address, want := range map[string]string{
			"https://lims.changqing.jinan.example.cn:99": "41", "ftp://a.cn": "ftp", "lims.example.cn": "lims", "https://a.cn/": "斜杠",
			"https://市场监管.cn": "https", "https://a.cn?x": "?",
		} {
			var out, told bytes.Buffer
			args := append(slices.Clone(command), "--data", filepath.Join(data, "bureau"), "--address", address)
			code := Run(ctx, args, World{Out: &out, Err: &told, Now: time.Now, Random: rand.Reader})
			if code != 2 || !strings.Contains(told.String(), want) {
				t.Errorf("%v --address %s: exit code %d, %s; want 2 and a word of %s", command, address, code, told.String(), want)
			}
		}
	}
	if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
		t.Errorf("something was started: %v, %v", left, err)
	}
}
