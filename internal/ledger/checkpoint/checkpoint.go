// Package checkpoint is what is signed of a log and how it is read: checkpoints and their signatures
// (C2SP tlog-checkpoint, signed-note, tlog-cosignature), proofs that stand alone (tlog-proof), and the paths and bundles
// of a tiled log (tlog-tiles). It is pure: no database, no HTTP, no clock of its own. Read this file first.
package checkpoint

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/errs"
)

// MaxSize is the largest tree that is read. The proofs of x/mod/sumdb/tlog do not end for larger ones.
const MaxSize = 1 << 62

// Checkpoint is the head of a log: the Merkle root of its first Size entries.
type Checkpoint struct {
	Origin string // names the log; unique
	Size   int64  // 0 to MaxSize
	Root   tlog.Hash
}

// Text is the note text that is signed: three lines.
func (c Checkpoint) Text() string { return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root) }

// Parse reads a note text. It takes one form only of each line; extension lines may follow and are ignored.
func Parse(text string) (Checkpoint, error) {
	body, ended := strings.CutSuffix(text, "\n")
	lines := strings.Split(body, "\n")
	if !ended || len(lines) < 3 {
		return Checkpoint{}, malformed("须至少有三行，每行以换行结束", "it has at least three lines, each ended by a newline")
	}
	for _, line := range lines {
		if line == "" || !printable(line) {
			return Checkpoint{}, malformed("有空行或控制字符", "a line is empty or holds control characters")
		}
	}
	size, ok := ParseSize(lines[1])
	if !ok {
		return Checkpoint{}, malformed("第二行不是树的大小", "the second line is not the size of a tree")
	}
	root, ok := ParseHash(lines[2])
	if !ok {
		return Checkpoint{}, malformed("第三行不是根哈希", "the third line is not a root hash")
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// Open verifies a signed checkpoint and reads it. All that it says of the signatures is that one of the known keys signed,
// and that no signature of a known key is false: whether the keys in Sigs are those of the log that Origin names, and how
// many cosignatures are enough, is for the caller to judge. Errors are Invalid, and keep what x/mod's note.Open said.
func Open(signed []byte, known note.Verifiers) (Checkpoint, *note.Note, error) {
	n, err := note.Open(signed, known)
	if _, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		return Checkpoint{}, nil, errs.New(errs.Invalid, "checkpoint_unsigned",
			"检查点没有已知密钥的签名", "no known key signed the checkpoint").With(err)
	}
	if _, ok := errors.AsType[*note.InvalidSignatureError](err); ok {
		return Checkpoint{}, nil, errs.New(errs.Invalid, "checkpoint_forged",
			"检查点的签名无效", "a signature of the checkpoint is false").With(err)
	}
	if err != nil {
		return Checkpoint{}, nil, malformed("不是签名文本", "it is not a signed note").With(err)
	}
	c, err := Parse(n.Text)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	return c, n, nil
}

// Unverified reads a signed checkpoint whoever signed it: to see whose keys Open needs, never to believe it.
func Unverified(signed []byte) (Checkpoint, error) {
	_, err := note.Open(signed, nil)
	unverified, ok := errors.AsType[*note.UnverifiedNoteError](err)
	if !ok {
		return Checkpoint{}, malformed("不是签名文本", "it is not a signed note").With(err)
	}
	return Parse(unverified.Note.Text)
}

// Sign signs a checkpoint with each of the signers, one or more.
func Sign(c Checkpoint, signers ...note.Signer) ([]byte, error) {
	if _, err := Parse(c.Text()); err != nil {
		return nil, fmt.Errorf("sign %q: %w", c.Text(), err)
	}
	if len(signers) == 0 {
		return nil, fmt.Errorf("sign checkpoint of %s: no signer", c.Origin)
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint of %s: %w", c.Origin, err)
	}
	return signed, nil
}

// ParseHash reads a hash in the one base64 form that String writes.
func ParseHash(line string) (h tlog.Hash, ok bool) {
	if len(line) != base64.StdEncoding.EncodedLen(tlog.HashSize) {
		return h, false
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(line)
	if err != nil || len(raw) != tlog.HashSize {
		return h, false
	}
	return tlog.Hash(raw), true
}

// ParseSize reads a decimal of 0 to MaxSize, without sign and leading zeros.
func ParseSize(s string) (n int64, ok bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && n <= MaxSize && strconv.FormatInt(n, 10) == s
}

// printable is what signed-note wants of a line.
func printable(line string) bool {
	return utf8.ValidString(line) && strings.IndexFunc(line, func(r rune) bool { return r < 0x20 }) < 0
}

func malformed(zh, en string) *errs.Error {
	return errs.New(errs.Invalid, "checkpoint_malformed", "检查点格式有误："+zh, "the checkpoint is malformed: "+en)
}
