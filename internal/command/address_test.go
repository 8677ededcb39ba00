package command

import (
	"errors"
	"testing"

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
