package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

// The evidence that is kept of one log. A wrong proof can be sent by anybody: those heads fill half of it at most.
const (
	maxRefused      = 100
	maxRefusedBytes = 1 << 20
)

// head is what a witness keeps of one log.
type head struct {
	keys note.Verifiers // of the log
	path string         // without extension

	mu       sync.Mutex
	cosigned checkpoint.Checkpoint // zero when never
	note     []byte                // as cosigned, and as it stands on disk; nil when never
	history  *journal
	written  string // the text of the last note in the history
	refused  *journal
	texts    map[string]bool // of the notes in refused
}

// fileName is how files and monitors name a log.
func fileName(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(sum[:])
}

// openHead reads the state of a log and mends what a crash left undone in its history.
func openHead(path, origin string, keys note.Verifiers, own note.Verifier) (_ *head, err error) {
	h := &head{keys: keys, path: path, texts: map[string]bool{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.history.close(), h.refused.close())
		}
	}()
	if err := h.readState(origin, own); err != nil {
		return nil, err
	}
	var last checkpoint.Checkpoint
	torn, err := h.readJournal(&h.history, ".history", func(signed []byte) error {
		c, err := checkpoint.Unverified(signed)
		if err != nil || c.Origin != origin || c.Size < last.Size {
			return errors.Join(errors.New("a note is not of this log, or stands in the wrong place"), err)
		}
		last, h.written = c, textOf(signed)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !h.follows(last, string(torn)) {
		return nil, damaged(path+".checkpoint", errors.New("the state is not the end of the history"))
	}
	if err := h.remember(); err != nil {
		return nil, err
	}
	_, err = h.readJournal(&h.refused, ".refused", func(signed []byte) error {
		h.texts[textOf(signed)] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

// follows tells whether the state is the end of the history, or the one note that a crash left out of it. The state is
// written first; an older one was put back, or is lost.
func (h *head) follows(last checkpoint.Checkpoint, torn string) bool {
	switch {
	case h.note == nil:
		return h.written == "" && torn == ""
	case h.written != "" && (last.Size > h.cosigned.Size || last.Size == h.cosigned.Size && last.Root != h.cosigned.Root):
		return false
	}
	text := textOf(h.note)
	return strings.HasPrefix(text, torn) || strings.HasPrefix(torn, text)
}

// readState reads the latest cosigned note, which must carry the witness's own cosignature.
func (h *head) readState(origin string, own note.Verifier) error {
	signed, err := os.ReadFile(h.path + ".checkpoint")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unusable(h.path, err)
	}
	c, _, err := checkpoint.Open(signed, note.VerifierList(own))
	if err == nil && c.Origin != origin {
		err = errors.New("it is of " + c.Origin)
	}
	if err != nil {
		return damaged(h.path+".checkpoint", err)
	}
	h.cosigned, h.note = c, signed
	return nil
}

func (h *head) readJournal(j **journal, extension string, visit func(signed []byte) error) (torn []byte, err error) {
	opened, torn, err := openJournal(h.path+extension, visit)
	if err != nil {
		return nil, err
	}
	*j = opened
	return torn, nil
}

// cosign stores the cosigned note, then gives the line of the cosignature out.
func (h *head) cosign(c checkpoint.Checkpoint, n *note.Note, by note.Signer) (line string, err error) {
	if err := h.remember(); err != nil { // which may have failed last time
		return "", err
	}
	signed, err := note.Sign(n, by)
	if err != nil {
		return "", err
	}
	if err := replaceFile(h.path+".checkpoint", signed); err != nil {
		return "", err
	}
	h.cosigned, h.note = c, signed
	if err := h.remember(); err != nil {
		return "", err
	}
	return string(signed[bytes.LastIndexByte(signed[:len(signed)-1], '\n')+1:]), nil
}

// remember adds the cosigned note to the history when its head is new there. A head may be cosigned again and again, by
// anybody who asks; the history grows only as the log signs.
func (h *head) remember() error {
	text := textOf(h.note)
	if h.written == text {
		return nil
	}
	if err := h.history.add(h.note); err != nil {
		return err
	}
	h.written = text
	return nil
}

// keep keeps a refused head once, while there is room.
func (h *head) keep(n *note.Note, what evidence) error {
	share := int64(1)
	if what == unproven {
		share = 2
	}
	signed, err := note.Sign(&note.Note{Text: n.Text, Sigs: n.Sigs})
	if err != nil {
		return err
	}
	full := int64(len(h.texts)) >= maxRefused/share || h.refused.end+int64(len(signed))+1 > maxRefusedBytes/share
	if full || h.texts[n.Text] {
		return nil
	}
	if err := h.refused.add(signed); err != nil {
		return err
	}
	h.texts[n.Text] = true
	return nil
}

// latest is the latest cosigned note, nil when there is none.
func (h *head) latest() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.note
}

// textOf is the text of a signed checkpoint, "" of nothing.
func textOf(signed []byte) string {
	text, _, found := strings.Cut(string(signed), "\n\n")
	if !found {
		return ""
	}
	return text + "\n"
}

func damaged(path string, cause error) *errs.Error {
	return errs.New(errs.Unavailable, "witness_state_damaged",
		"见证人的状态文件已损坏："+path+"。请从备份恢复，切勿删除：遗忘的见证人会为分叉签名",
		"the state of the witness is damaged: "+path+". Restore it; never delete it: a witness that forgets cosigns forks").With(cause)
}

func unusable(dir string, cause error) *errs.Error {
	return errs.New(errs.Unavailable, "data_folder_unusable",
		"无法使用数据目录 "+dir+"：请检查其所有者和权限",
		"the data folder "+dir+" cannot be used: check its owner and permissions").With(cause)
}
