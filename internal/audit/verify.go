package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/errs"

	"hengjian/internal/ledger/checkpoint"
)

// Options of a verification.
type Options struct {
	Keys      []string // verifier keys of the log that are known from elsewhere; the checkpoint must be signed by one
	Older     []byte   // a signed checkpoint from earlier, with which the log must be consistent
	Witnesses []string // verifier keys of cosigners that are known from elsewhere
	Progress  func(done, total int)
}

// verification is one under way. What does not hold becomes a failure of the report; an error ends it.
type verification struct {
	ctx    context.Context //nolint:containedctx // it ends with the call that begins it
	from   source
	opts   Options
	report *Report
	keys   []string
	head   checkpoint.Checkpoint
	older  *checkpoint.Checkpoint
	above  [7][]byte // hashes of the tile under way above each level
	done   int
	total  int
}

// Verify checks all that a bundle holds: the checkpoint's signatures, every entry and tile of the log, every event and
// what follows from the events together, every document. An error, of kind errs.Invalid, means that the bundle cannot
// be read; what can be read and does not hold is a failure in the report.
func Verify(ctx context.Context, b *Bundle, o Options) (*Report, error) {
	v := newVerification(ctx, b, o)
	if err := v.checkpoint(); err != nil {
		return nil, err
	}
	if from := b.Manifest.From; from < 0 || from > v.head.Size {
		return nil, unreadable(manifestPart, "起始序号不在日志中", "the index from which all is revealed is not in the log")
	}
	if v.head.Origin != b.Manifest.Origin || v.head.Size != b.Manifest.Size {
		v.report.fail(-1, manifestPart, "manifest_differs", "审计包说明与检查点不符", "the manifest says other than the checkpoint")
	}
	v.total = int(2 * v.head.Size)
	if v.older != nil && v.older.Size < b.Manifest.From {
		v.report.note(fmt.Sprintf("早先检查点之后、序号%d之前的事件未全部披露", b.Manifest.From),
			fmt.Sprintf("not every event between the older checkpoint and index %d is revealed", b.Manifest.From))
	}
	commitments, err := v.entries()
	if err != nil {
		return nil, err
	}
	if err := v.events(b, commitments); err != nil {
		return nil, err
	}
	return v.report, nil
}

// VerifyLog checks a log as it is published: signatures, entries and tiles. It sees no events, only commitments to them.
func VerifyLog(ctx context.Context, from *Remote, o Options) (*Report, error) {
	v := newVerification(ctx, from, o)
	if err := v.checkpoint(); err != nil {
		return nil, err
	}
	v.total = int(v.head.Size)
	if _, err := v.entries(); err != nil {
		return nil, err
	}
	v.report.note("公开日志只含事件的承诺值，事件本身须以审计包核对",
		"a published log holds commitments only; what the events say is checked with a bundle")
	return v.report, nil
}

func newVerification(ctx context.Context, from source, o Options) *verification {
	return &verification{ctx: ctx, from: from, opts: o, report: &Report{}}
}

func (v *verification) progress(done int) {
	if v.opts.Progress != nil {
		v.opts.Progress(v.done+done, max(v.total, 1))
	}
}

// checkpoint reads the keys and the signed checkpoint, and the older one.
func (v *verification) checkpoint() error {
	text, err := v.from.read(keysPart, maxSmall)
	if err != nil {
		return missing(keysPart, err)
	}
	v.keys = strings.Fields(string(text))
	if len(v.keys) == 0 {
		return unreadable(keysPart, "没有公钥", "it holds no key")
	}
	signed, err := v.from.read(checkpointPart, maxSmall)
	if err != nil {
		return missing(checkpointPart, err)
	}
	known, err := verifiers(append(slices.Clone(v.keys), v.opts.Keys...))
	if err != nil {
		return err
	}
	opened, n, err := checkpoint.Open(signed, note.VerifierList(known...))
	if err != nil {
		return refused(checkpointPart, err)
	}
	if opened.Size > maxEntries {
		return unreadable(checkpointPart, "日志过大", "the log is too large")
	}
	v.head = opened
	v.report.Origin, v.report.Checkpoint, v.report.Keys = opened.Origin, opened, v.keys
	v.signedBy(n, v.keys[len(v.keys)-1:], "log_key_unsigned", "检查点没有日志现行密钥的签名", "the checkpoint is not signed by the log's present key")
	if v.report.KeyGiven = len(v.opts.Keys) > 0; v.report.KeyGiven {
		v.signedBy(n, v.opts.Keys, "given_key_unsigned", "检查点没有您给出的密钥的签名", "the checkpoint is not signed by a key that you gave")
	} else {
		v.report.note("公钥取自被核对的材料本身，请与另行取得的公钥比对（--key）",
			"the key is the material's own word: compare it with one from elsewhere (--key)")
	}
	v.report.count(len(n.Sigs), "检查点签名有效", "valid signatures of the checkpoint")
	if err := v.witnesses(signed); err != nil {
		return err
	}
	return v.readOlder()
}

// maxEntries bounds the memory of a verification: 32 bytes an entry.
const maxEntries = 1 << 28

// signedBy makes sure that one of the keys signed, under the name of the log.
func (v *verification) signedBy(n *note.Note, keys []string, code, zh, en string) {
	for _, k := range keys {
		verifier, err := checkpoint.NewVerifier(k)
		if err != nil || verifier.Name() != v.head.Origin {
			continue
		}
		for _, s := range n.Sigs {
			if s.Name == verifier.Name() && s.Hash == verifier.KeyHash() {
				return
			}
		}
	}
	v.report.fail(-1, checkpointPart, code, zh, en)
}

// witnesses verifies the cosignatures of the witnesses that were named.
func (v *verification) witnesses(signed []byte) error {
	cosigned := 0
	for _, k := range v.opts.Witnesses {
		w, err := checkpoint.NewCosignatureVerifier(k)
		if err != nil {
			return err
		}
		if _, _, err := checkpoint.Open(signed, note.VerifierList(w)); err != nil {
			v.report.fail(-1, checkpointPart, "not_cosigned", "检查点没有见证人"+w.Name()+"的有效签名",
				"the checkpoint bears no valid cosignature of witness "+w.Name())
			continue
		}
		cosigned++
	}
	if len(v.opts.Witnesses) > 0 {
		v.report.count(cosigned, "见证签名有效", "valid cosignatures of witnesses")
	}
	return nil
}

// readOlder reads the older checkpoint, which must be one of the same log, signed by one of its keys.
func (v *verification) readOlder() error {
	if len(v.opts.Older) == 0 {
		return nil
	}
	const part = "--checkpoint"
	known, err := verifiers(append(slices.Clone(v.keys), v.opts.Keys...))
	if err != nil {
		return err
	}
	older, _, err := checkpoint.Open(v.opts.Older, note.VerifierList(known...))
	if err != nil {
		return refused(part, err)
	}
	if older.Origin != v.head.Origin {
		return unreadable(part, "属于另一日志"+older.Origin, "it is of another log, "+older.Origin)
	}
	if older.Size > v.head.Size {
		v.report.fail(-1, checkpointPart, "rolled_back",
			fmt.Sprintf("日志现有%d条，而早先签署时已有%d条：日志被截断或恢复到旧备份", v.head.Size, older.Size),
			fmt.Sprintf("the log has %d entries and had %d when the older checkpoint was signed: it was cut short or set back to an old backup",
				v.head.Size, older.Size))
		return nil
	}
	v.older = &older
	return nil
}

// compareOlder compares the tree with the older checkpoint when it has come to its size.
func (v *verification) compareOlder(tree *growing) {
	if v.older == nil || tree.size != v.older.Size {
		return
	}
	v.report.count(1, "早先检查点与日志一致", "older checkpoint with which the log is consistent")
	if tree.root() != v.older.Root {
		v.report.Counts = v.report.Counts[:len(v.report.Counts)-1]
		v.report.fail(-1, checkpointPart, "forked",
			fmt.Sprintf("前%d条与早先签署的检查点不符：历史被改写", tree.size),
			fmt.Sprintf("the first %d entries are not those that the older checkpoint was signed for: history was rewritten", tree.size))
	}
	v.older = nil
}

func verifiers(keys []string) ([]note.Verifier, error) {
	var all []note.Verifier
	seen := map[string]bool{}
	for _, k := range keys {
		if seen[k] {
			continue
		}
		seen[k] = true
		v, err := checkpoint.NewVerifier(k)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// refused names the part in which something is not as it must be.
func refused(part string, err error) error {
	if known, ok := errors.AsType[*errs.Error](err); ok {
		return unreadable(part, known.ZH, known.EN).With(err)
	}
	return fmt.Errorf("%s: %w", part, err)
}
