package witness

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

// request is the body of add-checkpoint.
type request struct {
	old     int64
	proof   []tlog.Hash
	signed  []byte
	claimed checkpoint.Checkpoint // what signed says before any signature is verified
}

func parseRequest(body []byte) (request, error) {
	head, signed, found := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	number, named := strings.CutPrefix(lines[0], "old ")
	old, ok := checkpoint.ParseSize(number)
	if !found || !named || !ok {
		return request{}, badRequest("首行须为 old 和大小，检查点之前须有空行", "it starts with old and a size, and an empty line stands before the checkpoint")
	}
	if len(lines)-1 > checkpoint.MaxHashes {
		return request{}, badRequest("哈希多于63个", "it has more than 63 hashes")
	}
	r := request{old: old, signed: signed}
	for _, line := range lines[1:] {
		h, ok := checkpoint.ParseHash(line)
		if !ok {
			return request{}, badRequest("有一行不是哈希", "a line of the proof is not a hash")
		}
		r.proof = append(r.proof, h)
	}
	var err error
	r.claimed, err = checkpoint.Unverified(signed)
	return r, err
}

func badRequest(zh, en string) error {
	return errs.New(errs.Invalid, "request_malformed", "请求格式有误："+zh, "the request is malformed: "+en)
}

// text is the request as parseRequest reads it.
func (r request) text() []byte {
	text := fmt.Appendf(nil, "old %d\n", r.old)
	for _, h := range r.proof {
		text = fmt.Appendln(text, h)
	}
	return append(append(text, '\n'), r.signed...)
}

// refusal is an answer without a cosignature.
type refusal struct {
	status int
	zh, en string
	size   int64 // of the latest cosigned checkpoint, for 409
}

func refuse(status int, zh, en string) *refusal { return &refusal{status: status, zh: zh, en: en} }

func malformed(err error) *refusal {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return refuse(http.StatusBadRequest, e.ZH, e.EN)
	}
	return refuse(http.StatusBadRequest, "请求无法识别", "the request cannot be read")
}

func (r *refusal) write(out http.ResponseWriter) {
	if r.status == http.StatusConflict {
		out.Header().Set("Content-Type", "text/x.tlog.size")
		out.WriteHeader(r.status)
		_, _ = fmt.Fprintf(out, "%d\n", r.size)
		return
	}
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out.WriteHeader(r.status)
	_, _ = io.WriteString(out, r.zh+"\n"+r.en+"\n")
}

// judge decides by the latest cosigned checkpoint (the zero value when there is none) whether c, which the log signed, is
// cosigned: nil, or why not. The order of the rules is that of tlog-witness.
func judge(latest, c checkpoint.Checkpoint, old int64, proof []tlog.Hash) *refusal {
	const unprocessable = http.StatusUnprocessableEntity
	if old > c.Size {
		return refuse(http.StatusBadRequest, "旧的大小大于检查点的大小", "the old size is larger than the checkpoint")
	}
	if old != latest.Size {
		return &refusal{status: http.StatusConflict, size: latest.Size}
	}
	if c.Size == 0 && c.Root != sha256.Sum256(nil) {
		return refuse(unprocessable, "空树的根哈希有误", "this is not the root of an empty tree")
	}
	if old == 0 {
		if len(proof) > 0 {
			return refuse(unprocessable, "空树不需要证明", "nothing needs no proof")
		}
		return nil
	}
	if old == c.Size && c.Root != latest.Root {
		return refuse(unprocessable, "同一大小有两个根哈希：日志分叉", "two roots of the same size: the log forked")
	}
	if err := tlog.CheckTree(proof, c.Size, c.Root, old, latest.Root); err != nil {
		return refuse(unprocessable, "一致性证明不成立", "the consistency proof fails")
	}
	return nil
}

// What a refused checkpoint says about the log that signed it.
type evidence int

const (
	none     evidence = iota
	unproven          // the proof fails: the log forked, or somebody sent a wrong proof
	forked            // the log signed two roots of one size
)

func evidenceIn(why *refusal, latest, c checkpoint.Checkpoint) evidence {
	switch {
	case c.Size == latest.Size && c.Size > 0 && c.Root != latest.Root: // whatever the old size in the request
		return forked
	case why.status == http.StatusUnprocessableEntity && latest.Size > 0 && c.Size > latest.Size:
		return unproven
	}
	return none
}
