package witness

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	formatnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

func serve(t *testing.T, w *Witness) *Client {
	t.Helper()
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	v, err := checkpoint.NewVerifier(w.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	return &Client{URL: server.URL + "/", Verifier: v, HTTP: server.Client()}
}

func (l *testLog) cosign(ctx context.Context, c *Client, size, old int64) (string, time.Time, error) {
	return c.Cosign(ctx, l.sign(size), old, func(old int64) ([]tlog.Hash, error) { return l.prove(size, old), nil })
}

// TestClient: the log grows, forgets where the witness is, rolls back and forks.
func TestClient(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	w := open(t, options(dir, l))
	c := serve(t, w)
	for _, tt := range []struct{ size, old int64 }{{3, 0}, {9, 3}, {9, 9}, {9, 0}, {12, 0}, {20, 5}, {21, 21}} {
		line, at, err := l.cosign(t.Context(), c, tt.size, tt.old)
		if err != nil || !at.Equal(noon) {
			t.Errorf("from %d to %d: %v, %v", tt.old, tt.size, at, err)
			continue
		}
		_, n, err := checkpoint.Open(append(l.sign(tt.size), line...), verifiers(t, l, w))
		if err != nil || len(n.Sigs) != 2 || strings.Count(line, "\n") != 1 {
			t.Errorf("from %d to %d: line %q, %v", tt.old, tt.size, line, err)
		}
		stands(t, w, dir, l, tt.size)
	}
	_, _, err := l.cosign(t.Context(), c, 20, 20)
	wantCode(t, "a roll-back", err, errs.Conflict, "witness_ahead")
	if !strings.Contains(err.Error(), "21 entries") {
		t.Errorf("%v does not say the size", err)
	}
	fork := l.fork(15)
	_, _, err = fork.cosign(t.Context(), c, 21, 21)
	wantCode(t, "a fork", err, errs.Conflict, "witness_refused")
	_, _, err = fork.cosign(t.Context(), c, 30, 15)
	wantCode(t, "a fork that grew", err, errs.Conflict, "witness_refused")
	_, _, err = newLog(t, "stranger.example").cosign(t.Context(), c, 1, 0)
	wantCode(t, "a stranger", err, errs.NotFound, "witness_stranger")
	_, _, err = newLog(t, origin).cosign(t.Context(), c, 1, 0)
	wantCode(t, "another key", err, errs.Forbidden, "witness_distrusts")
	failed := errors.New("no tiles")
	_, _, err = c.Cosign(t.Context(), l.sign(30), 21, func(int64) ([]tlog.Hash, error) { return nil, failed })
	if !errors.Is(err, failed) {
		t.Errorf("got %v, want %v", err, failed)
	}
	for _, old := range []int64{-1, 31} {
		if _, _, err := l.cosign(t.Context(), c, 30, old); err == nil || errs.KindOf(err) != errs.Internal {
			t.Errorf("from %d: %v, want an error of ours", old, err)
		}
	}
	if _, _, err := c.Cosign(t.Context(), []byte("no note"), 0, nil); errs.KindOf(err) != errs.Invalid {
		t.Errorf("no note: %v", err)
	}
	stands(t, w, dir, l, 21)
}

// TestClientKeepsWhatIsNew: a checkpoint that carries a cosignature already gets another.
func TestClientKeepsWhatIsNew(t *testing.T) {
	t.Parallel()
	l, at := newLog(t, origin), noon
	o := options(t.TempDir(), l)
	o.Now = func() time.Time { return at }
	c := serve(t, open(t, o))
	first, _, err := l.cosign(t.Context(), c, 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	at = noon.Add(time.Hour)
	line, got, err := c.Cosign(t.Context(), append(l.sign(3), first...), 3, nil)
	if err != nil || !got.Equal(at) || line == first {
		t.Errorf("cosigned at %v, %v; want %v", got, err, at)
	}
}

// TestClientDistrusts answers as witnesses that lie, or as what is no witness.
func TestClientDistrusts(t *testing.T) {
	t.Parallel()
	l := newLog(t, origin)
	w := open(t, options(t.TempDir(), l))
	own := w.cosign
	sign := func(c checkpoint.Checkpoint, by note.Signer) string {
		signed, err := checkpoint.Sign(c, by)
		if err != nil {
			t.Fatal(err)
		}
		return string(signed[len(c.Text())+1:])
	}
	skey, _, err := note.GenerateKey(options("").Random, name)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := checkpoint.NewCosigner(skey, options("").Now)
	if err != nil {
		t.Fatal(err)
	}
	good, head := sign(l.at(5), own), l.at(5)
	for _, tt := range []struct {
		name   string
		status int
		answer string
		code   string
	}{
		{"honest", 200, good, ""},
		{"honest, beside another", 200, sign(head, other) + good, ""},
		{"of another size", 200, sign(l.at(6), own), "witness_unavailable"},
		{"by another key", 200, sign(head, other), "witness_unavailable"},
		{"nothing", 200, "", "witness_unavailable"},
		{"a page", 200, "<html>\n", "witness_unavailable"},
		{"without an end", 200, strings.TrimSuffix(good, "\n"), "witness_unavailable"},
		{"a note of another text", 200, good + "\n" + good, "witness_unavailable"},
		{"endless", 200, good + strings.Repeat("— x AAAAAAAA\n", maxBody/10), "witness_unavailable"},
		{"failure", 500, good, "witness_unavailable"},
		{"malformed", 400, good, "witness_unavailable"},
		{"busy", 429, "", "witness_unavailable"},
		{"no size", 409, "", "witness_unavailable"},
		{"a size with zeros", 409, "03\n", "witness_unavailable"},
		{"a size too large for numbers", 409, "99999999999999999999\n", "witness_unavailable"},
		{"the size that was asked", 409, "2\n", "witness_unavailable"},
		{"the same size twice", 409, "3\n", "witness_unavailable"},
		{"another size each time", 409, "alternate", "witness_unavailable"},
		{"a larger log", 409, "6\n", "witness_ahead"},
		{"refused", 422, "", "witness_refused"},
	} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			asked++
			out.WriteHeader(tt.status)
			_, _ = fmt.Fprint(out, strings.Replace(tt.answer, "alternate", fmt.Sprintf("%d\n", 3+asked%2), 1))
		}))
		v, err := checkpoint.NewVerifier(w.VerifierKey())
		if err != nil {
			t.Fatal(err)
		}
		line, _, err := l.cosign(t.Context(), &Client{URL: server.URL, Verifier: v}, 5, 2)
		server.Close()
		if tt.code == "" {
			if err != nil || line != good {
				t.Errorf("%s: %q, %v; want %q", tt.name, line, err, good)
			}
			continue
		}
		kind := errs.Unavailable
		if tt.code != "witness_unavailable" {
			kind = errs.Conflict
		}
		wantCode(t, tt.name, err, kind, tt.code)
		if line != "" || asked > 2 {
			t.Errorf("%s: line %q after %d requests", tt.name, line, asked)
		}
	}
	v, err := checkpoint.NewVerifier(w.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"http://127.0.0.1:1", "::", ""} {
		_, _, err = l.cosign(t.Context(), &Client{URL: url, Verifier: v}, 5, 2)
		wantCode(t, "nobody at "+url, err, errs.Unavailable, "witness_unavailable")
	}
}

// TestInterop: what we cosign, another implementation of the formats verifies; and what it signs, we take.
func TestInterop(t *testing.T) {
	t.Parallel()
	l := newLog(t, origin)
	w := open(t, options(t.TempDir(), l))
	c := serve(t, w)
	theirs, err := formatnote.NewVerifierForCosignatureV1(w.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	c.Verifier = theirs
	line, at, err := l.cosign(t.Context(), c, 8, 0)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(append(l.sign(8), line...), note.VerifierList(theirs))
	if err != nil || len(n.Sigs) != 1 {
		t.Fatalf("they read %+v, %v", n, err)
	}
	if their, err := formatnote.CoSigV1Timestamp(n.Sigs[0]); err != nil || !their.Equal(at) {
		t.Errorf("they say %v, %v; we say %v", their, err, at)
	}
	n, err = note.Open(w.monitor(origin).Body.Bytes(), note.VerifierList(theirs))
	if err != nil || len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 1 {
		t.Errorf("monitors read %+v, %v", n, err)
	}
	skey, _, err := note.GenerateKey(options("").Random, "theirs.example")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := formatnote.NewSignerForCosignatureV1(skey)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		signed, err := checkpoint.Sign(l.at(8), signer)
		if err != nil {
			t.Error(err)
		}
		_, _ = out.Write(signed[len(l.at(8).Text())+1:])
	}))
	defer server.Close()
	_, vkey, err := checkpoint.NewCosigner(skey, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	v, err := checkpoint.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	if line, _, err := l.cosign(t.Context(), &Client{URL: server.URL, Verifier: v}, 8, 8); err != nil || !strings.HasPrefix(line, "— theirs.example ") {
		t.Errorf("their cosignature: %q, %v", line, err)
	}
}
