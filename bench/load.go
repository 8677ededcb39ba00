package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// clients is how many work at the same time.
const clients = 8

// timing is what a load took: each piece of work, and all of them together.
type timing struct {
	each []time.Duration
	wall time.Duration
}

// load has the clients do n pieces of work each.
func load(ctx context.Context, n int, do func(ctx context.Context, client, i int) error) (timing, error) {
	each := make([][]time.Duration, clients)
	failed := make([]error, clients)
	var all sync.WaitGroup
	began := time.Now()
	for c := range clients {
		all.Go(func() {
			for i := range n {
				start := time.Now()
				if failed[c] = do(ctx, c, i); failed[c] != nil {
					return
				}
				each[c] = append(each[c], time.Since(start))
			}
		})
	}
	all.Wait()
	return timing{slices.Concat(each...), time.Since(began)}, errors.Join(failed...)
}

// plus joins the timing of a later round.
func (t timing) plus(later timing) timing {
	return timing{append(t.each, later.each...), t.wall + later.wall}
}

// quantile is in milliseconds.
func (t timing) quantile(q float64) float64 {
	sorted := slices.Sorted(slices.Values(t.each))
	return milliseconds(sorted[int(q*float64(len(sorted)-1))])
}

func (t timing) perSecond() float64 { return float64(len(t.each)) / t.wall.Seconds() }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// caller talks to a server over HTTP.
type caller struct {
	http   *http.Client
	base   string
	cookie string
}

// call sends body as JSON and reads the answer into the value at into, each unless nil; any status but want is an
// error. headers are pairs.
func (c caller) call(ctx context.Context, want int, method, path string, body, into any, headers ...string,
) (http.Header, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, content)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.cookie != "" {
		r.Header.Set("Cookie", c.cookie)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != want {
		return nil, fmt.Errorf("%s %s: %d %s", method, path, answer.StatusCode, text)
	}
	if into == nil {
		return answer.Header, nil
	}
	return answer.Header, json.Unmarshal(text, into)
}
