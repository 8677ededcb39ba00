// Package witness is a witness of logs (C2SP tlog-witness) and the client that asks witnesses. A witness cosigns a
// checkpoint only when it continues what it cosigned before, so that a log cannot show two histories to two people. It
// owns one folder: its key, and for each log, named by the SHA-256 of its origin,
//   - .checkpoint, the latest cosigned note: what the witness answers for; it is on disk before the answer is out,
//   - .history, the first cosigned note of every head, each followed by an empty line,
//   - .refused, heads that the log signed and the witness did not cosign, in the same form.
//
// Who can write to the folder can make the witness cosign two histories: by putting an older state with its older history
// back. Read this file first, then judge.go, which holds the rules; client.go is the other side.
package witness

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

const maxBody = 64 << 10 // bytes of a request, and of an answer

// Options say for whom a witness is.
type Options struct {
	Name   string   // of the witness, a URL without scheme; may be empty once there is a key
	Logs   []string // verifier keys, type 1; the origin of a log is the name of its key; a log may have several keys
	Dir    string
	Now    func() time.Time
	Random io.Reader
	Log    *slog.Logger
}

// Witness cosigns checkpoints of the logs that it knows. It is safe for concurrent use.
type Witness struct {
	vkey   string
	cosign note.Signer
	logs   map[string]*head  // by origin
	paths  map[string]string // origins by the name of their files
	lock   io.Closer
	mux    *http.ServeMux
	log    *slog.Logger
}

// Open locks the folder, makes the key at first start, and reads what was cosigned. A state that cannot be read is an error,
// never an empty one: a witness that forgets would cosign a second history.
func Open(o Options) (*Witness, error) {
	known, err := readKeys(o.Logs)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, unusable(o.Dir, err)
	}
	lock, err := lockFolder(o.Dir)
	if err != nil {
		return nil, err
	}
	w := &Witness{logs: map[string]*head{}, paths: map[string]string{}, lock: lock, mux: http.NewServeMux(), log: o.Log}
	if err := w.load(o, known); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.mux.HandleFunc("POST /add-checkpoint", w.addCheckpoint)
	w.mux.HandleFunc("GET /{log}/checkpoint", w.latest)
	return w, nil
}

// readKeys reads the keys of the logs, by origin.
func readKeys(vkeys []string) (map[string][]note.Verifier, error) {
	known := map[string][]note.Verifier{}
	for _, vkey := range vkeys {
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, errs.New(errs.Invalid, "log_key", "不是日志的公钥："+vkey, "not the verifier key of a log: "+vkey).With(err)
		}
		for _, other := range known[v.Name()] {
			if other.KeyHash() == v.KeyHash() {
				return nil, errs.New(errs.Invalid, "log_twice", "日志的公钥重复："+vkey, "the same log twice: "+vkey)
			}
		}
		known[v.Name()] = append(known[v.Name()], v)
	}
	if len(known) == 0 {
		return nil, errs.New(errs.Invalid, "no_logs", "请至少给出一个日志的公钥", "name at least one log by its verifier key")
	}
	return known, nil
}

func (w *Witness) load(o Options, known map[string][]note.Verifier) error {
	skey, err := loadKey(o)
	if err != nil {
		return err
	}
	if w.cosign, w.vkey, err = checkpoint.NewCosigner(skey, o.Now); err != nil {
		return fmt.Errorf("key in %s: %w", filepath.Join(o.Dir, keyFile), err)
	}
	own, err := checkpoint.NewCosignatureVerifier(w.vkey)
	if err != nil {
		return fmt.Errorf("own key: %w", err)
	}
	for origin, keys := range known {
		name := fileName(origin)
		h, err := openHead(filepath.Join(o.Dir, name), origin, note.VerifierList(keys...), own)
		if err != nil {
			return err
		}
		w.logs[origin], w.paths[name] = h, origin
	}
	return syncFolder(o.Dir)
}

// Close ends the witness after all requests were answered, and frees the folder.
func (w *Witness) Close() error {
	var failures []error
	for _, h := range w.logs {
		failures = append(failures, h.history.close(), h.refused.close())
	}
	return errors.Join(append(failures, w.lock.Close())...)
}

// VerifierKey is what others need to verify the cosignatures (type 4).
func (w *Witness) VerifierKey() string { return w.vkey }

// ServeHTTP implements http.Handler: POST /add-checkpoint, and GET /{SHA-256 of the origin}/checkpoint for monitors.
func (w *Witness) ServeHTTP(out http.ResponseWriter, in *http.Request) { w.mux.ServeHTTP(out, in) }

func (w *Witness) addCheckpoint(out http.ResponseWriter, in *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(out, in.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		refuse(http.StatusRequestEntityTooLarge, "请求超过64 KiB", "the request is larger than 64 KiB").write(out)
		return
	}
	if err != nil {
		return // the client went away
	}
	line, refused, err := w.add(body)
	switch {
	case err != nil:
		w.log.Error("the cosignature could not be stored", "err", err)
		refuse(http.StatusInternalServerError, "见证人无法保存状态", "the witness cannot store its state").write(out)
	case refused != nil:
		refused.write(out)
	default:
		out.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(out, line)
	}
}

// add answers one request: the line of the cosignature, or why there is none. An error is ours.
func (w *Witness) add(body []byte) (line string, refused *refusal, err error) {
	r, err := parseRequest(body)
	if err != nil {
		return "", malformed(err), nil
	}
	h, known := w.logs[r.claimed.Origin]
	if !known {
		return "", refuse(http.StatusNotFound, "不认识该日志", "unknown log"), nil
	}
	c, signed, err := checkpoint.Open(r.signed, h.keys)
	if err != nil {
		return "", refuse(http.StatusForbidden, "没有该日志的有效签名", "no valid signature of this log"), nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if refused := judge(h.cosigned, c, r.old, r.proof); refused != nil {
		w.keepEvidence(h, refused, c, signed)
		return "", refused, nil
	}
	line, err = h.cosign(c, &note.Note{Text: signed.Text, Sigs: signed.Sigs}, w.cosign)
	return line, nil, err
}

// keepEvidence keeps a head that forks off, or may. The refusal stands whether that succeeds or not.
func (w *Witness) keepEvidence(h *head, why *refusal, c checkpoint.Checkpoint, signed *note.Note) {
	what := evidenceIn(why, h.cosigned, c)
	if what == none {
		return
	}
	w.log.Warn("refused to cosign", "origin", c.Origin, "size", c.Size, "root", c.Root.String(), "forked", what == forked,
		"cosigned_size", h.cosigned.Size, "cosigned_root", h.cosigned.Root.String())
	if err := h.keep(signed, what); err != nil {
		w.log.Error("the refused checkpoint could not be kept", "origin", c.Origin, "err", err)
	}
}

func (w *Witness) latest(out http.ResponseWriter, in *http.Request) {
	var latest []byte
	if origin, ok := w.paths[in.PathValue("log")]; ok {
		latest = w.logs[origin].latest()
	}
	if latest == nil {
		refuse(http.StatusNotFound, "没有见证过该日志", "nothing was cosigned of such a log").write(out)
		return
	}
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = out.Write(latest)
}
