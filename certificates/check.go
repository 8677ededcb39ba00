package certificates

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"hengjian/certificates/pades/cms"
	"hengjian/certificates/paper"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// FileCheck is what a document's file says of itself, and which of it holds, without asking anybody.
type FileCheck struct {
	Number string
	URL    string // where its status can be asked
	Origin string
	Key    string // under which the proof was verified
	Index  int64
	Signed bool // the file is to bear signatures; whether it does, is one of the steps
	Steps  []CheckStep
}

// CheckStep is one thing that was looked at.
type CheckStep struct {
	Holds  bool
	ZH, EN string
	Why    error // why it does not hold
}

// Holds tells whether everything that was looked at does.
func (c FileCheck) Holds() bool {
	return !slices.ContainsFunc(c.Steps, func(s CheckStep) bool { return !s.Holds })
}

// CheckOptions are what is known from elsewhere.
type CheckOptions struct {
	Keys   []string  // verifier keys of the ledger, several where it was changed; else the file's own word is taken
	Proofs *Proofs   // what /v/{code}/proof answered: then the file's own bytes are checked, too
	Trust  cms.Trust // of signatures; without roots, certificates are what they say of themselves
	SM2    cms.Trust
}

var errNotOurs = errs.New(errs.Invalid, "file_not_ours", "不是衡鉴签发的文书文件，或其附件已缺失",
	"it is not a document's file of Hengjian, or its attachments are gone")

// CheckFile checks a document's file offline, with the certificates as of now: the proof that its issue is in the ledger, that the ledger has the very
// content that is embedded and the address in its code, and that the page is what this content is drawn as, to the byte.
func CheckFile(pdf []byte, now func() time.Time, o CheckOptions) (FileCheck, error) {
	o.Trust.Now, o.SM2.Now = now, now
	if err := ledger.CheckKeys(o.Keys...); err != nil {
		return FileCheck{}, err
	}
	attached, err := attachments(pdf)
	if err != nil {
		return FileCheck{}, err
	}
	said, err := readFileProof(attached[paper.ProofName])
	if err != nil {
		return FileCheck{}, err
	}
	content := attached[paper.ContentName]
	if content == nil {
		return FileCheck{}, errNotOurs
	}
	c := FileCheck{Number: said.Number, URL: said.URL, Origin: said.Issued.Origin, Key: said.Issued.Key, Index: said.Issued.Index,
		Signed: said.bears(attached).any()}
	if len(o.Keys) > 0 {
		c.Key = strings.Join(o.Keys, " ")
	}
	c.step("签发事件在已签署的证据日志中", "the event of issue is in the signed ledger", inLedger(said.Issued, o.Keys))
	c.step("内嵌数据和核验网址即签发时所定", "the embedded data and the public address are those of the issue", issuedAs(said, content))
	c.pages(pdf, said, attached, o)
	if o.Proofs != nil {
		c.step("文件与日志所记的字节一致", "the file is byte for byte the one of the ledger", finishedAs(pdf, said, o))
	}
	return c, nil
}

// readFileProof reads the attachment. It holds what is said below and nothing else, which nobody would look at.
func readFileProof(attached []byte) (said FileProof, err error) {
	if err := json.Unmarshal(attached, &said); err != nil || said.Format != fileProofFormat {
		return said, errNotOurs.With(err)
	}
	again, err := said.text()
	if err != nil || !bytes.Equal(again, attached) {
		return said, errNotOurs.With(err)
	}
	return said, nil
}

func (c *FileCheck) step(zh, en string, why error) {
	c.Steps = append(c.Steps, CheckStep{Holds: why == nil, ZH: zh, EN: en, Why: why})
}

// inLedger verifies a proof under one of the keys, or where none are given under its own, and that the log which it names
// signed.
func inLedger(p ledger.Proof, keys []string) error {
	head, err := p.Check(keys...)
	if err != nil {
		return err
	}
	if head.Origin != p.Origin {
		return fault("proof_origin", "证明属于另一日志："+head.Origin, "the proof is of another log, "+head.Origin)
	}
	return nil
}

// issueOf reads the event of issue in a proof.
func issueOf(p ledger.Proof) (ledger.Told, documentIssued, error) {
	var issue documentIssued
	told, err := ledger.ParseEvent([]byte(p.Event))
	switch {
	case err != nil:
	case told.Kind != kindIssued.Definition().Name:
		err = fault("proof_other", "证明的不是签发事件，而是"+told.Kind, "the proof is not of an issue but of "+told.Kind)
	default:
		err = told.Decode(&issue)
	}
	return told, issue, err
}

// at tells whether an address is the document's.
func (d documentIssued) at(url string) bool {
	code, found := strings.CutPrefix(url, publicURL(d.Address, ""))
	return found && sha256Hex(code) == d.Code
}

// issuedAs compares the embedded content, and the address beside it, with what the event of issue committed to.
func issuedAs(said FileProof, content []byte) error {
	told, issue, err := issueOf(said.Issued)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	switch {
	case told.Subject.Number != said.Number:
		return fault("proof_other", "证明属于另一文书："+told.Subject.Number, "the proof is of another document, "+told.Subject.Number)
	case issue.Address != "" && !issue.at(said.URL):
		return fault("address_differs", "文件所印的核验网址不是签发时的网址："+said.URL,
			"the public address in the file is not the one of its issue: "+said.URL)
	case hex.EncodeToString(sum[:]) != issue.Content:
		return fault("content_differs", "内嵌数据与日志所记的内容不一致", "the embedded data are not the content of the ledger")
	}
	return nil
}

// finishedAs compares the bytes with the event of the finished file. Without a key from elsewhere, it must at least be
// of the log that the file itself names; its key can have been changed since.
func finishedAs(pdf []byte, said FileProof, o CheckOptions) error {
	p := o.Proofs.Finished
	if p == nil {
		return fault("not_in_log", "给出的证明不含文件的事件", "the proofs that were given have no event of the file")
	}
	if err := inLedger(*p, o.Keys); err != nil {
		return err
	}
	if p.Origin != said.Issued.Origin {
		return fault("proof_origin", "证明属于另一日志："+p.Origin, "the proof is of another log, "+p.Origin)
	}
	told, err := ledger.ParseEvent([]byte(p.Event))
	if err != nil {
		return err
	}
	var finish documentFinished
	if err := told.Decode(&finish); err != nil {
		return err
	}
	if sum := sha256.Sum256(pdf); told.Kind != kindFinished.Definition().Name || hex.EncodeToString(sum[:]) != finish.File {
		return fault("file_differs", "文件与日志所记的不一致", "the file is not the one of the ledger")
	}
	return nil
}

func fault(code, zh, en string) error { return errs.New(errs.Invalid, code, zh, en) }
