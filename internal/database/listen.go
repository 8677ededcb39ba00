package database

import (
	"context"
	"errors"
	"net"
	"time"

	"hengjian/internal/errs"

	"github.com/lib/pq"
)

const (
	listenRetryMin  = 50 * time.Millisecond
	listenRetryMax  = 2 * time.Second
	listenPingEvery = 30 * time.Second
	listenSilence   = 75 * time.Second // two pings without an answer
)

// Listen calls fn for each notification on channel until ctx ends, and then returns nil. It connects again by
// itself; since what was sent meanwhile is lost, it calls fn with an empty payload once it listens, at the start and
// after each loss: look at the table then. fn is called by one goroutine.
func Listen(ctx context.Context, url, channel string, fn func(payload string)) error {
	if _, err := configure(url); err != nil {
		return err
	}
	l := pq.NewDialListener(&dialer{silence: listenSilence}, url, listenRetryMin, listenRetryMax, nil)
	defer context.AfterFunc(ctx, func() {
		_ = l.Close()
		for range l.Notify { // until its goroutine, which may be sending, has ended
		}
	})()
	if err := l.Listen(channel); err != nil {
		_ = l.Close()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		}
		return errs.New(errs.Unavailable, "database_listen",
			"无法订阅数据库通知", "the database refuses to send notifications").With(err)
	}
	fn("")
	ping := time.NewTicker(listenPingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case n, open := <-l.Notify:
			switch {
			case !open:
				return nil
			case n == nil:
				fn("")
			default:
				fn(n.Extra)
			}
		case <-ping.C:
			go func() { _ = l.Ping() }() // a lost connection shows; the listener then connects again
		}
	}
}
