package checkpoint

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/errs"
)

const (
	proofHeader = "c2sp.org/tlog-proof@v1"
	maxProof    = 64 << 10
)

// MaxHashes is how many hashes a proof has at most: the height of the tallest tree.
const MaxHashes = 63

// Proof says that an entry is in a log, without asking the log: where it stands, the way from its hash to the root, and
// the signed checkpoint (C2SP tlog-proof).
type Proof struct {
	Index      int64       // from 0
	Hashes     []tlog.Hash // from the leaf's sibling upwards
	Checkpoint []byte      // the signed note
}

// Text is the proof as a file, extension .tlog-proof.
func (p Proof) Text() []byte {
	text := fmt.Appendf(nil, "%s\nindex %d\n", proofHeader, p.Index)
	for _, h := range p.Hashes {
		text = fmt.Appendln(text, h)
	}
	return append(append(text, '\n'), p.Checkpoint...)
}

// ParseProof reads a proof of at most 64 KiB. A line of extra data, which nobody vouches for, is passed over. The checkpoint
// in it has the form of one; what it is worth, Verify says.
func ParseProof(text []byte) (Proof, error) {
	if len(text) > maxProof {
		return Proof{}, badProof("超过64 KiB", "it is larger than 64 KiB")
	}
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || lines[0] != proofHeader {
		return Proof{}, badProof("首行不是"+proofHeader, "the first line is not "+proofHeader)
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if _, err := base64.StdEncoding.Strict().DecodeString(lines[0][len("extra "):]); err != nil || !printable(lines[0]) {
			return Proof{}, badProof("附加数据不是base64", "the extra data are not base64").With(err)
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || len(lines) > 1+MaxHashes {
		return Proof{}, badProof("哈希多于63个，或没有序号", "it has more than 63 hashes, or no index")
	}
	number, named := strings.CutPrefix(lines[0], "index ")
	index, ok := ParseSize(number)
	if !named || !ok {
		return Proof{}, badProof("序号无法识别", "the index cannot be read")
	}
	p := Proof{Index: index, Checkpoint: signed}
	for _, line := range lines[1:] {
		h, ok := ParseHash(line)
		if !ok {
			return Proof{}, badProof("有一行不是哈希", "a line is not a hash")
		}
		p.Hashes = append(p.Hashes, h)
	}
	if _, err := Unverified(signed); err != nil {
		return Proof{}, err
	}
	return p, nil
}

// Verify opens the checkpoint and proves that the leaf (tlog.RecordHash of the entry) stands at Index under its root. What
// Open says of keys and origins holds here too: the caller judges them by the checkpoint that is returned.
func (p Proof) Verify(leaf tlog.Hash, known note.Verifiers) (Checkpoint, error) {
	c, _, err := Open(p.Checkpoint, known)
	if err != nil {
		return Checkpoint{}, err
	}
	if p.Index < 0 || p.Index >= c.Size {
		return Checkpoint{}, errs.New(errs.Invalid, "proof_index",
			fmt.Sprintf("序号%d不在有%d条的日志中", p.Index, c.Size),
			fmt.Sprintf("index %d is not in a log of %d entries", p.Index, c.Size))
	}
	if err := tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Index, leaf); err != nil {
		return Checkpoint{}, errs.New(errs.Invalid, "proof_failed",
			fmt.Sprintf("证明不成立：%s的第%d条不是该内容", c.Origin, p.Index),
			fmt.Sprintf("the proof fails: entry %d of %s is not this one", p.Index, c.Origin)).With(err)
	}
	return c, nil
}

func badProof(zh, en string) *errs.Error {
	return errs.New(errs.Invalid, "proof_malformed", "存在证明格式有误："+zh, "the proof is malformed: "+en)
}
