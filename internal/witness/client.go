package witness

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

const patience = 30 * time.Second // with one answer of a witness

// Client asks one witness.
type Client struct {
	URL      string        // the submission prefix
	Verifier note.Verifier // of the witness, type 4
	HTTP     *http.Client  // http.DefaultClient when nil
}

// Cosign asks for a cosignature of a signed checkpoint and returns its line, verified, with the time it states. old is the
// size of the last checkpoint that the witness is thought to have cosigned; when it says another, prove is asked for the
// consistency proof from there, and the witness once more. prove is not asked for size 0, nor for the checkpoint's own.
//
// An error of kind Conflict says that the witness does not take the checkpoint for the continuation of what it cosigned:
// one of the two knows another history. NotFound and Forbidden say that it does not know the log or its key; Unavailable,
// that there is no usable answer.
func (c *Client) Cosign(ctx context.Context, signed []byte, old int64, prove func(old int64) ([]tlog.Hash, error),
) (line string, at time.Time, err error) {
	head, err := checkpoint.Unverified(signed)
	if err != nil {
		return "", time.Time{}, err
	}
	if old < 0 || old > head.Size {
		return "", time.Time{}, fmt.Errorf("cosign size %d from size %d: the witness cannot be there", head.Size, old)
	}
	for again := false; ; again = true {
		r := request{old: old, signed: signed}
		if old > 0 && old < head.Size {
			if r.proof, err = prove(old); err != nil {
				return "", time.Time{}, fmt.Errorf("prove size %d from size %d: %w", head.Size, old, err)
			}
		}
		told, answer, err := c.post(ctx, r)
		switch {
		case err != nil:
			return "", time.Time{}, err
		case told == nil:
			return c.verified(signed, answer)
		case *told > head.Size:
			return "", time.Time{}, errs.New(errs.Conflict, "witness_ahead",
				fmt.Sprintf("见证人%s已见过更大的日志：%d条，而本检查点只有%d条", c.Verifier.Name(), *told, head.Size),
				fmt.Sprintf("witness %s has seen a larger log: %d entries, and this checkpoint has %d", c.Verifier.Name(), *told, head.Size))
		case again:
			return "", time.Time{}, c.noAnswer(fmt.Errorf("it was asked from size %d and says %d", old, *told))
		}
		old = *told
	}
}

// post sends one request: the answer of a cosigning witness, or the size that it tells in place of it.
func (c *Client) post(ctx context.Context, r request) (told *int64, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	to := strings.TrimSuffix(c.URL, "/") + "/add-checkpoint"
	out, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(r.text()))
	if err != nil {
		return nil, nil, c.noAnswer(err)
	}
	in, err := cmp.Or(c.HTTP, http.DefaultClient).Do(out)
	if err != nil {
		return nil, nil, c.noAnswer(err)
	}
	defer func() { _ = in.Body.Close() }()
	answer, err = io.ReadAll(io.LimitReader(in.Body, maxBody)) // what is cut off is no signature
	if err != nil {
		return nil, nil, c.noAnswer(err)
	}
	switch in.StatusCode {
	case http.StatusOK:
		return nil, answer, nil
	case http.StatusConflict:
		size, ok := checkpoint.ParseSize(strings.TrimSuffix(string(answer), "\n"))
		if !ok {
			return nil, nil, c.noAnswer(fmt.Errorf("%s without a size: %.200q", in.Status, answer))
		}
		return &size, nil, nil
	}
	return nil, nil, c.refused(in.StatusCode, fmt.Errorf("%s: %.200q", in.Status, answer))
}

func (c *Client) refused(status int, cause error) error {
	name := c.Verifier.Name()
	switch status {
	case http.StatusUnprocessableEntity:
		return errs.New(errs.Conflict, "witness_refused",
			"见证人"+name+"拒绝签名：检查点与它见证过的历史不一致",
			"witness "+name+" refused: the checkpoint does not continue what it cosigned").With(cause)
	case http.StatusNotFound:
		return errs.New(errs.NotFound, "witness_stranger",
			"见证人"+name+"不认识本日志：请其登记本日志的公钥",
			"witness "+name+" does not know this log: ask for the log's key to be registered").With(cause)
	case http.StatusForbidden:
		return errs.New(errs.Forbidden, "witness_distrusts",
			"见证人"+name+"不认本日志的签名：请核对登记的公钥",
			"witness "+name+" does not accept the log's signature: compare the registered key").With(cause)
	}
	return c.noAnswer(cause)
}

// verified finds the witness's own cosignature in its answer. The answer is put behind the text alone, so that a
// cosignature that the checkpoint carried before is not taken for a new one.
func (c *Client) verified(signed, answer []byte) (line string, at time.Time, err error) {
	_, n, err := checkpoint.Open([]byte(textOf(signed)+"\n"+string(answer)), note.VerifierList(c.Verifier))
	if err != nil {
		return "", time.Time{}, c.noAnswer(err)
	}
	if at, err = checkpoint.CosignedAt(n.Sigs[0]); err != nil {
		return "", time.Time{}, c.noAnswer(err)
	}
	return fmt.Sprintf("— %s %s\n", n.Sigs[0].Name, n.Sigs[0].Base64), at, nil
}

func (c *Client) noAnswer(cause error) error {
	return errs.New(errs.Unavailable, "witness_unavailable",
		"见证人"+c.Verifier.Name()+"（"+c.URL+"）没有给出可用的答复",
		"witness "+c.Verifier.Name()+" ("+c.URL+") gives no usable answer").With(cause)
}
