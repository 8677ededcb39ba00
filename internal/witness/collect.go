package witness

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/ledger/checkpoint"
)

// askEvery is how often witnesses are asked about what is new.
const askEvery = 2 * time.Second

// maxPause is the longest time that a witness which does not answer is left alone.
const maxPause = 5 * time.Minute

// ParseClient reads a witness as operators write it: its address, a space, and its verifier key.
func ParseClient(text string) (*Client, error) {
	address, key, found := strings.Cut(strings.TrimSpace(text), " ")
	verifier, err := checkpoint.NewCosignatureVerifier(strings.TrimSpace(key))
	if !found || err != nil || !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return nil, errs.New(errs.Invalid, "witness_form",
			"见证人须写作“地址 公钥”："+text, "a witness is given as its address, a space and its verifier key: "+text).With(err)
	}
	return &Client{URL: address, Verifier: verifier, HTTP: &http.Client{Timeout: patience}}, nil
}

// Collect asks a witness about every new checkpoint of the logs and keeps its cosignatures, until ctx ends. A witness that
// does not answer is asked less and less often; one that refuses is logged as what it is: a sign that history was changed.
func (c *Client) Collect(ctx context.Context, l *ledger.Log, log *slog.Logger) {
	pause := askEvery
	for ctx.Err() == nil {
		err := c.collect(ctx, l)
		pause = min(2*pause, maxPause)
		switch {
		case err == nil:
			pause = askEvery
		case ctx.Err() != nil:
		case errs.KindOf(err) == errs.Conflict:
			log.ErrorContext(ctx, "a witness refused a checkpoint", "witness", c.Verifier.Name(), "error", err)
		default:
			log.WarnContext(ctx, "no cosignature", "witness", c.Verifier.Name(), "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func (c *Client) collect(ctx context.Context, l *ledger.Log) error {
	newest, err := l.Newest(ctx)
	if err != nil {
		return err
	}
	var failures []error
	for _, p := range newest {
		failures = append(failures, c.cosignOf(ctx, l, p))
	}
	return errors.Join(failures...)
}

// cosignOf has the newest checkpoint of a log cosigned, unless it is already.
func (c *Client) cosignOf(ctx context.Context, l *ledger.Log, p ledger.Published) error {
	last, err := l.LastCosigned(ctx, p.Division, c.Verifier.Name())
	if err != nil || last >= p.Size {
		return err
	}
	line, at, err := c.Cosign(ctx, []byte(p.Note), last, func(old int64) ([]tlog.Hash, error) {
		return l.Consistency(ctx, p, old)
	})
	if err != nil {
		return err
	}
	return l.KeepCosignature(ctx, p, c.Verifier.Name(), line, at)
}
