//go:build linux || darwin

package witness

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("WITNESS_TEST_DIR"); dir != "" {
		child(dir, os.Getenv("WITNESS_TEST_LOG"))
		return
	}
	os.Exit(m.Run())
}

// child serves as a process of its own, and dies in the moment of its second answer.
func child(dir, vkey string) {
	o := options(dir)
	o.Logs = []string{vkey}
	w, err := Open(o)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	answers := 0
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		if answers++; answers == 2 {
			out = dying{out}
		}
		w.ServeHTTP(out, in)
	}))
	fmt.Println(server.URL)
	select {}
}

type dying struct{ http.ResponseWriter }

func (dying) WriteHeader(int)             { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} }
func (d dying) Write([]byte) (int, error) { d.WriteHeader(0); return 0, nil }

func start(t *testing.T, dir string, l *testLog) (url string, p *exec.Cmd) {
	t.Helper()
	p = exec.CommandContext(t.Context(), os.Args[0])
	p.Env = append(os.Environ(), "WITNESS_TEST_DIR="+dir, "WITNESS_TEST_LOG="+l.vkey)
	p.Stderr = os.Stderr
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() })
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(said, "http://") {
		t.Fatalf("the process says %q, %v", said, err)
	}
	return strings.TrimSpace(said), p
}

// TestKilledWhileAnswering: what was on its way out stands on disk; and while a process lives, no other may have its folder.
func TestKilledWhileAnswering(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	url, p := start(t, dir, l)
	_, err := Open(options(dir, l))
	wantCode(t, "a second process", err, errs.Conflict, "data_folder_in_use")
	answer, err := http.Post(url+"/add-checkpoint", "", bytes.NewReader(l.request(4, 0)))
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("%+v, %v", answer, err)
	}
	_ = answer.Body.Close()
	if answer, err := http.Post(url+"/add-checkpoint", "", bytes.NewReader(l.request(9, 4))); err == nil {
		_ = answer.Body.Close()
		t.Fatalf("answered %s, want death", answer.Status)
	}
	_ = p.Wait()
	w := open(t, options(dir, l))
	stands(t, w, dir, l, 9)
	if out := w.post(l.fork(4).request(9, 4)); out.Code != 409 {
		t.Errorf("a fork after the crash: %d %s; want 409", out.Code, out.Body)
	}
	cosigned(t, w, l, 11, 9)
}

func TestRestart(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	w := open(t, options(dir, l))
	vkey := w.VerifierKey()
	cosigned(t, w, l, 7, 0)
	_, err := Open(options(dir, l))
	wantCode(t, "a second witness", err, errs.Conflict, "data_folder_in_use")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	o := options(dir, l)
	o.Name = ""
	w = open(t, o)
	if w.VerifierKey() != vkey {
		t.Errorf("the key is now %s, was %s", w.VerifierKey(), vkey)
	}
	stands(t, w, dir, l, 7)
	if out := w.post(l.fork(3).request(7, 0)); out.Code != 409 {
		t.Errorf("from the beginning: %d %s; want 409", out.Code, out.Body)
	}
	cosigned(t, w, l, 8, 7)
	if got, want := notesIn(t, dir, ".history"), []checkpoint.Checkpoint{l.at(7), l.at(8)}; !slices.Equal(got, want) {
		t.Errorf("the history is %+v, want %+v", got, want)
	}
}

// TestDamage changes the files of a witness that cosigned sizes 3 and 7, then opens it again.
func TestDamage(t *testing.T) {
	t.Parallel()
	l := newLog(t, origin)
	const state, history, refused = ".checkpoint", ".history", ".refused"
	for _, tt := range []struct {
		name, file string
		change     func(was, first []byte) []byte // nil deletes; first is the state at size 3
		refused    bool
	}{
		{"untouched", state, func(was, _ []byte) []byte { return was }, false},
		{"state empty", state, func(_, _ []byte) []byte { return []byte{} }, true},
		{"state cut", state, func(was, _ []byte) []byte { return was[:len(was)-5] }, true},
		{"state changed", state, func(was, _ []byte) []byte { return bytes.Replace(was, []byte("\n7\n"), []byte("\n6\n"), 1) }, true},
		{"state not cosigned", state, func(_, _ []byte) []byte { return l.sign(7) }, true},
		{"state deleted", state, func(_, _ []byte) []byte { return nil }, true},
		{"state put back", state, func(_, first []byte) []byte { return first }, true},
		{"history deleted", history, func(_, _ []byte) []byte { return nil }, false},
		{"history without the last note", history, func(was, _ []byte) []byte { return was[:bytes.Index(was, []byte("\n\n"+origin))+2] }, false},
		{"history cut in the last note", history, func(was, _ []byte) []byte { return was[:len(was)-20] }, false},
		{"history cut in the last text", history, func(was, _ []byte) []byte { return was[:bytes.LastIndex(was, []byte("\n7\n"))] }, false},
		{"history without its last byte", history, func(was, _ []byte) []byte { return was[:len(was)-1] }, false},
		{"history with garbage", history, func(was, _ []byte) []byte { return append(slices.Clip(was), "garbage"...) }, true},
		{"history back and forth", history, func(was, first []byte) []byte { return append(slices.Concat(was, first), '\n') }, true},
		{"history of another log", history, func(was, _ []byte) []byte { return bytes.ReplaceAll(was, []byte(origin), []byte("x")) }, true},
		{"history without end", history, func(was, _ []byte) []byte { return append(slices.Clip(was), make([]byte, maxRecord+1)...) }, true},
		{"refused cut", refused, func(_, first []byte) []byte { return first[:len(first)-1] }, false},
		{"refused without end", refused, func(_, _ []byte) []byte { return make([]byte, maxRecord+1) }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, l := t.TempDir(), &testLog{Signer: l.Signer, vkey: l.vkey}
			w := open(t, options(dir, l))
			cosigned(t, w, l, 3, 0)
			first := w.monitor(origin).Body.Bytes()
			cosigned(t, w, l, 7, 3)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, fileName(origin)+tt.file)
			was, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			is := tt.change(was, first)
			if is == nil {
				err = os.Remove(path)
			} else {
				err = os.WriteFile(path, is, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			if tt.refused {
				_, err := Open(options(dir, l))
				wantCode(t, tt.name, err, errs.Unavailable, "witness_state_damaged")
				return
			}
			w = open(t, options(dir, l))
			cosigned(t, w, l, 9, 7)
			heads := notesIn(t, dir, history)
			if want := []checkpoint.Checkpoint{l.at(7), l.at(9)}; len(heads) < 2 || !slices.Equal(heads[len(heads)-2:], want) {
				t.Errorf("the history ends with %+v, want %+v", heads, want)
			}
			fork := l.fork(2)
			w.post(fork.request(9, 9))
			if got := notesIn(t, dir, refused); len(got) != 1 || got[0] != fork.at(9) {
				t.Errorf("kept of the fork: %+v", got)
			}
		})
	}
}

// TestDamagedWithoutHistory: a state that cannot be read is not taken for a new one.
func TestDamagedWithoutHistory(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	w := open(t, options(dir, l))
	cosigned(t, w, l, 3, 0)
	_ = w.Close()
	path := filepath.Join(dir, fileName(origin))
	if err := os.Remove(path + ".history"); err != nil {
		t.Fatal(err)
	}
	other := newLog(t, "other.example")
	w = open(t, options(dir, l, other))
	cosigned(t, w, other, 3, 0)
	theirs := w.monitor("other.example").Body.Bytes()
	_ = w.Close()
	if err := os.Remove(path + ".history"); err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"", "x", string(l.sign(3)), string(theirs)} {
		if err := os.WriteFile(path+".checkpoint", []byte(state), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(options(dir, l))
		wantCode(t, fmt.Sprintf("%q", state), err, errs.Unavailable, "witness_state_damaged")
	}
}

// TestStorageFails: what cannot be stored is not given out.
func TestStorageFails(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	w := open(t, options(dir, l))
	cosigned(t, w, l, 3, 0)
	aside := filepath.Join(dir, fileName(origin)+".checkpoint.new")
	if err := os.MkdirAll(filepath.Join(aside, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if out := w.post(l.request(5, 3)); out.Code != 500 || strings.Contains(out.Body.String(), "—") {
		t.Errorf("%d %s; want 500", out.Code, out.Body)
	}
	stands(t, w, dir, l, 3)
	if err := os.RemoveAll(aside); err != nil {
		t.Fatal(err)
	}
	cosigned(t, w, l, 5, 3)
	full, err := os.OpenFile(os.DevNull, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := w.logs[origin]
	_ = h.history.f.Close()
	h.history.f = full
	if out := w.post(l.request(6, 5)); out.Code != 500 || strings.Contains(out.Body.String(), "—") {
		t.Errorf("without a history: %d %s; want 500", out.Code, out.Body)
	}
	_ = w.Close()
	w = open(t, options(dir, l)) // takes the note over that the history lacks
	cosigned(t, w, l, 6, 6)
	if got, want := notesIn(t, dir, ".history"), []checkpoint.Checkpoint{l.at(3), l.at(5), l.at(6)}; !slices.Equal(got, want) {
		t.Errorf("the history is %+v, want %+v", got, want)
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	w := open(t, options(dir, l))
	cosigned(t, w, l, 10, 0)
	fork := l.fork(5)
	w.post(fork.request(10, 10))                                               // two roots of one size
	w.post(fork.request(10, 10))                                               // is kept once
	w.post(fork.request(12, 10))                                               // a proof that fails
	w.post(request{old: 10, proof: l.prove(10, 4), signed: l.sign(10)}.text()) // no fork
	w.post(newLog(t, origin).request(10, 10))                                  // not of the log
	w.post(l.request(9, 9))                                                    // an older head is none
	want := []checkpoint.Checkpoint{fork.at(10), fork.at(12)}
	if got := notesIn(t, dir, ".refused"); !slices.Equal(got, want) {
		t.Fatalf("kept %+v, want %+v", got, want)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = open(t, options(dir, l))
	other := l.fork(6)
	w.post(fork.request(10, 10))
	w.post(other.request(10, 3)) // 409, and yet two roots of one size
	for i := range int64(2 * maxRefused) {
		w.post(request{old: 10, signed: l.sign(11 + i)}.text()) // anybody can send no proof
	}
	if got := notesIn(t, dir, ".refused"); len(got) != maxRefused/2 || got[2] != other.at(10) {
		t.Errorf("kept %d notes, want %d", len(got), maxRefused/2)
	}
	for i := range int64(2 * maxRefused) {
		l.salt = fmt.Sprint(i)
		w.post(l.fork(9).request(10, 10))
		f := l.fork(9)
		f.salt = fmt.Sprint("fork", i)
		w.post(f.request(10, 10))
	}
	if got := notesIn(t, dir, ".refused"); len(got) != maxRefused {
		t.Errorf("kept %d notes, want %d", len(got), maxRefused)
	}
	stands(t, w, dir, l, 10)
}

func TestEvidenceIsBounded(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	w := open(t, options(dir, l))
	cosigned(t, w, l, 10, 0)
	for i := range 40 {
		f := l.fork(9)
		f.salt = fmt.Sprint("fork", i)
		signed, err := note.Sign(&note.Note{Text: f.at(10).Text() + strings.Repeat("x", maxBody-1000) + "\n"}, l)
		if err != nil {
			t.Fatal(err)
		}
		if out := w.post(request{old: 10, signed: signed}.text()); out.Code != 422 {
			t.Fatalf("%d %s", out.Code, out.Body)
		}
	}
	about, err := os.Stat(filepath.Join(dir, fileName(origin)+".refused"))
	if err != nil || about.Size() > maxRefusedBytes || about.Size() < maxRefusedBytes-maxBody {
		t.Errorf("kept %d bytes, %v; want up to %d", about.Size(), err, maxRefusedBytes)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	dir, l := t.TempDir(), newLog(t, origin)
	path := filepath.Join(dir, keyFile)
	for _, bad := range []string{"", "a b", "a+b", "a\nb"} {
		o := options(dir, l)
		o.Name = bad
		_, err := Open(o)
		wantCode(t, fmt.Sprintf("name %q", bad), err, errs.Invalid, "witness_name")
	}
	w := open(t, options(dir, l))
	cosigned(t, w, l, 1, 0)
	_ = w.Close()
	about, err := os.Stat(path)
	if err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v, %v; want 0600", about.Mode(), err)
	}
	o := options(dir, l)
	o.Name = "witness.example.cn/b"
	_, err = Open(o)
	wantCode(t, "another name", err, errs.Conflict, "key_name")
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o601} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Open(options(dir, l))
		wantCode(t, mode.String(), err, errs.Forbidden, "key_open")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err = Open(options(dir, l))
	wantCode(t, "a lost key", err, errs.Unavailable, "key_lost")
	if err := os.WriteFile(path, []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(options(dir, l))
	wantCode(t, "a damaged key", err, errs.Unavailable, "key_damaged")
	skey, _, err := note.GenerateKey(options(dir).Random, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(skey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(options(dir, l))
	wantCode(t, "another key of the name", err, errs.Unavailable, "witness_state_damaged")
}

func TestOptions(t *testing.T) {
	t.Parallel()
	l := newLog(t, origin)
	for code, logs := range map[string][]string{
		"no_logs": nil, "log_twice": {l.vkey, l.vkey}, "log_key": {"x"},
	} {
		o := options(t.TempDir())
		o.Logs = logs
		_, err := Open(o)
		wantCode(t, code, err, errs.Invalid, code)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(options(file, l))
	wantCode(t, "a file", err, errs.Unavailable, "data_folder_unusable")
}
