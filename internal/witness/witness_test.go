package witness

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

var noon = time.Date(2026, 9, 18, 12, 0, 0, 0, time.UTC)

const (
	origin = "log.example.cn/hengjian"
	name   = "witness.example.cn/a"
)

func options(dir string, logs ...*testLog) Options {
	o := Options{Name: name, Dir: dir, Now: func() time.Time { return noon }, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)}
	for _, l := range logs {
		o.Logs = append(o.Logs, l.vkey)
	}
	return o
}

func open(t testing.TB, o Options) *Witness {
	t.Helper()
	w, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func (w *Witness) post(body []byte) *httptest.ResponseRecorder {
	out := httptest.NewRecorder()
	w.ServeHTTP(out, httptest.NewRequest(http.MethodPost, "/add-checkpoint", bytes.NewReader(body)))
	return out
}

func (w *Witness) monitor(origin string) *httptest.ResponseRecorder {
	out := httptest.NewRecorder()
	w.ServeHTTP(out, httptest.NewRequest(http.MethodGet, fmt.Sprintf("/%x/checkpoint", sha256.Sum256([]byte(origin))), nil))
	return out
}

// verifiers are the keys of the log and of the witness.
func verifiers(t testing.TB, l *testLog, w *Witness) note.Verifiers {
	t.Helper()
	log, err := checkpoint.NewVerifier(l.vkey)
	if err != nil {
		t.Fatal(err)
	}
	own, err := checkpoint.NewCosignatureVerifier(w.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	return note.VerifierList(log, own)
}

func cosigned(t testing.TB, w *Witness, l *testLog, size, old int64) {
	t.Helper()
	out := w.post(l.request(size, old))
	if out.Code != http.StatusOK {
		t.Fatalf("from %d to %d: %d %s", old, size, out.Code, out.Body)
	}
	c, n, err := checkpoint.Open(append(l.sign(size), out.Body.Bytes()...), verifiers(t, l, w))
	if err != nil || len(n.Sigs) != 2 || c != l.at(size) {
		t.Fatalf("cosigned %+v, %+v, %v; want %+v with two signatures", c, n, err, l.at(size))
	}
	if at, err := checkpoint.CosignedAt(n.Sigs[1]); err != nil || !at.Equal(noon) {
		t.Errorf("cosigned at %v, %v; want %v", at, err, noon)
	}
}

// stands checks what the witness says to monitors and what stands on disk.
func stands(t testing.TB, w *Witness, dir string, l *testLog, size int64) {
	t.Helper()
	out := w.monitor(l.Name())
	c, n, err := checkpoint.Open(out.Body.Bytes(), verifiers(t, l, w))
	if out.Code != http.StatusOK || err != nil || c != l.at(size) || len(n.Sigs) != 2 || len(n.UnverifiedSigs) != 0 {
		t.Errorf("monitors read %d, %+v, %+v, %v; want %+v with the signatures of log and witness", out.Code, c, n, err, l.at(size))
	}
	file, err := os.ReadFile(filepath.Join(dir, fileName(l.Name())+".checkpoint"))
	if err != nil || !bytes.Equal(file, out.Body.Bytes()) {
		t.Errorf("on disk stands %q, %v; monitors read %q", file, err, out.Body)
	}
}

// notesIn are the heads in a journal.
func notesIn(t testing.TB, dir, extension string) (heads []checkpoint.Checkpoint) {
	t.Helper()
	j, torn, err := openJournal(filepath.Join(dir, fileName(origin)+extension), func(signed []byte) error {
		c, err := checkpoint.Unverified(signed)
		heads = append(heads, c)
		return err
	})
	if err != nil || len(torn) > 0 {
		t.Fatalf("%s: %v, torn %q", extension, err, torn)
	}
	_ = j.close()
	return heads
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	w := open(t, options(dir, l, newLog(t, "other.example")))
	var want []checkpoint.Checkpoint
	old := int64(0)
	for _, size := range []int64{0, 1, 2, 3, 8, 9, 300, 70000} {
		cosigned(t, w, l, size, old)
		cosigned(t, w, l, size, size) // again, for a newer time
		stands(t, w, dir, l, size)
		want, old = append(want, l.at(size)), size
	}
	if got := notesIn(t, dir, ".history"); !slices.Equal(got, want) {
		t.Errorf("the history is %+v, want %+v", got, want)
	}
	if got := notesIn(t, dir, ".refused"); got != nil {
		t.Errorf("refused %+v", got)
	}
}

// TestAnswers sends what is not to be cosigned, and sees that nothing was.
func TestAnswers(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	w := open(t, options(dir, l, newLog(t, "empty.example")))
	cosigned(t, w, l, 10, 0)
	stranger, impostor, fork := newLog(t, "stranger.example"), newLog(t, origin), l.fork(5)
	both, err := checkpoint.Sign(l.at(12), l, impostor)
	if err != nil {
		t.Fatal(err)
	}
	good := string(l.request(12, 10))
	proof := l.prove(12, 10)
	line := proof[0].String() + "\n"
	body := func(old int64, proof []tlog.Hash, signed []byte) string {
		return string(request{old: old, proof: proof, signed: signed}.text())
	}
	for _, tt := range []struct {
		name, body string
		want       int
	}{
		{"an unknown log", string(stranger.request(1, 0)), 404},
		{"a key of the same name", string(impostor.request(12, 10)), 403},
		{"a changed size", strings.Replace(good, "\n12\n", "\n13\n", 1), 403},
		{"an extension that was not signed", strings.Replace(good, "\n12\n"+l.at(12).Root.String(), "\n12\n"+l.at(12).Root.String()+"\nmore", 1), 403},
		{"old larger than the checkpoint", body(11, nil, l.sign(10)), 400},
		{"old smaller than the state", body(9, l.prove(12, 9), l.sign(12)), 409},
		{"old larger than the state", body(11, l.prove(12, 11), l.sign(12)), 409},
		{"a roll-back", body(9, nil, l.sign(9)), 409},
		{"from the beginning", body(0, nil, l.sign(12)), 409},
		{"no proof", body(10, nil, l.sign(12)), 422},
		{"another proof", body(10, l.prove(12, 9), l.sign(12)), 422},
		{"a hash too many", body(10, append(slices.Clip(proof), proof[0]), l.sign(12)), 422},
		{"a proof of the same size", body(10, proof[:1], l.sign(10)), 422},
		{"a fork of the same size", body(10, nil, fork.sign(10)), 422},
		{"a fork that grew", body(10, fork.prove(12, 10), fork.sign(12)), 422},
		{"a fork with the honest proof", body(10, proof, fork.sign(12)), 422},
		{"nothing", "", 400},
		{"no empty line", strings.Replace(good, "\n\n", "\n", 1), 400},
		{"no old size", strings.Replace(good, "old 10\n", "", 1), 400},
		{"a leading zero", strings.Replace(good, "old 10", "old 010", 1), 400},
		{"a negative size", strings.Replace(good, "old 10", "old -1", 1), 400},
		{"two spaces", strings.Replace(good, "old 10", "old  10", 1), 400},
		{"a size that nobody reaches", strings.Replace(good, "old 10", "old 9223372036854775807", 1), 400},
		{"a bad hash", strings.Replace(good, line, line[1:], 1), 400},
		{"carriage returns", strings.ReplaceAll(good, "\n", "\r\n"), 400},
		{"64 hashes", strings.Replace(good, line, strings.Repeat(line, 65-len(proof)), 1), 400},
		{"63 hashes", strings.Replace(good, line, strings.Repeat(line, 64-len(proof)), 1), 422},
		{"no signature", strings.SplitN(good, "—", 2)[0], 400},
		{"a checkpoint without a root", strings.Replace(good, l.at(12).Root.String(), "AAAA", 1), 400},
		{"too large", good + "— x " + strings.Repeat("AAAA", maxBody/4) + "\n", 413},
	} {
		out := w.post([]byte(tt.body))
		if out.Code != tt.want || strings.Contains(out.Body.String(), "—") {
			t.Errorf("%s: %d %s; want %d", tt.name, out.Code, out.Body, tt.want)
		}
		if said := strings.Contains(out.Body.String(), "two roots"); said != (tt.name == "a fork of the same size") {
			t.Errorf("%s: said %s", tt.name, out.Body)
		}
		if tt.want == 409 && (out.Body.String() != "10\n" || out.Header().Get("Content-Type") != "text/x.tlog.size") {
			t.Errorf("%s: told %q as %s, want the size", tt.name, out.Body, out.Header().Get("Content-Type"))
		}
	}
	stands(t, w, dir, l, 10)
	if out := w.post([]byte(body(10, proof, both))); out.Code != 200 {
		t.Errorf("with an unknown signature beside the log's: %d %s", out.Code, out.Body)
	}
	stands(t, w, dir, l, 12) // without the unknown one
}

func TestEmptyTree(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	w := open(t, options(dir, l))
	wrong, err := checkpoint.Sign(checkpoint.Checkpoint{Origin: origin, Root: tlog.Hash{1}}, l)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{
		"another root":      request{signed: wrong}.text(),
		"a needless proof":  request{signed: l.sign(3), proof: []tlog.Hash{{}}}.text(),
		"a proof for empty": request{signed: l.sign(0), proof: []tlog.Hash{{}}}.text(),
	} {
		if out := w.post(body); out.Code != 422 {
			t.Errorf("%s: %d %s; want 422", name, out.Code, out.Body)
		}
	}
	if out := w.monitor(origin); out.Code != 404 {
		t.Errorf("monitors read %d %s before anything was cosigned", out.Code, out.Body)
	}
	cosigned(t, w, l, 0, 0)
	stands(t, w, dir, l, 0)
	cosigned(t, w, l, 3, 0)
	if got := notesIn(t, dir, ".refused"); got != nil {
		t.Errorf("refused %+v", got)
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	w := open(t, options(t.TempDir(), newLog(t, origin)))
	for path, want := range map[string]int{
		"GET /add-checkpoint": 405, "PUT /add-checkpoint": 405, "GET /": 404, "POST /x/checkpoint": 405,
		"GET /" + strings.Repeat("0", 64) + "/checkpoint": 404, "GET /..%2fwitness/checkpoint": 404, "GET /witness.key": 404,
	} {
		method, to, _ := strings.Cut(path, " ")
		out := httptest.NewRecorder()
		w.ServeHTTP(out, httptest.NewRequest(method, to, nil))
		if out.Code != want {
			t.Errorf("%s: %d, want %d", path, out.Code, want)
		}
	}
}

// TestSeveralKeys: a log that changes its key has two for a while.
func TestSeveralKeys(t *testing.T) {
	t.Parallel()
	dir, l, next := t.TempDir(), newLog(t, origin), newLog(t, origin)
	w := open(t, options(dir, l, next))
	cosigned(t, w, l, 2, 0)
	cosigned(t, w, next, 5, 2)
	stands(t, w, dir, next, 5)
}

// TestTogether: of many who ask at once each is told the truth, and the history has one line.
func TestTogether(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	w := open(t, options(dir, l))
	const last = 24
	var wait sync.WaitGroup
	var bodies [last + 1][last + 1][]byte
	for size := range int64(last + 1) {
		for old := range size {
			bodies[size][old] = l.request(size, old)
		}
	}
	for size := int64(1); size <= last; size++ {
		wait.Go(func() {
			for old := int64(0); ; {
				out := w.post(bodies[size][old])
				if out.Code == http.StatusOK {
					return
				}
				if _, err := fmt.Sscan(out.Body.String(), &old); err != nil || out.Code != http.StatusConflict {
					t.Errorf("size %d: %d %s", size, out.Code, out.Body)
					return
				}
				if old >= size {
					return // another was faster
				}
			}
		})
	}
	wait.Wait()
	stands(t, w, dir, l, last)
	heads := notesIn(t, dir, ".history")
	if !slices.IsSortedFunc(heads, func(a, b checkpoint.Checkpoint) int { return int(a.Size - b.Size) }) || len(heads) == 0 {
		t.Errorf("the history goes back and forth: %+v", heads)
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	l := newLog(t, origin)
	w := open(t, options(t.TempDir(), l))
	server := httptest.NewUnstartedServer(nil) // for its listener
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Serve(ctx, server.Listener) }()
	answer, err := http.Post("http://"+server.Listener.Addr().String()+"/add-checkpoint", "", bytes.NewReader(l.request(3, 0)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 || !strings.HasPrefix(string(text), "— "+name+" ") {
		t.Errorf("%s %q, %v", answer.Status, text, err)
	}
	_ = answer.Body.Close()
	stop()
	if err := <-done; err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func wantCode(t *testing.T, what string, err error, kind errs.Kind, code string) {
	t.Helper()
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Code != code || e.Kind != kind || e.ZH == "" || e.EN == "" {
		t.Errorf("%s: %v; want %s of kind %d, said in both languages", what, err, code, kind)
	}
}
