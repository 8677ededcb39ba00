package database

import (
	"context"
	"net"
	"sync/atomic"
	"time"
)

// longAgo as a deadline makes every read and write of a socket fail at once.
var longAgo = time.Unix(1, 0)

// socket is a connection that gives up a server which stays silent: a context alone does not end lib/pq's call to a
// frozen server. It also counts what was sent, to tell a statement that never left from one that may have run.
type socket struct {
	net.Conn
	silence     time.Duration // 0: none
	read, write *time.Timer
	sent        atomic.Int64
	dead        atomic.Bool
}

func newSocket(c net.Conn, silence time.Duration) *socket {
	s := &socket{Conn: c, silence: silence}
	s.read, s.write = time.AfterFunc(time.Hour, s.expire), time.AfterFunc(time.Hour, s.expire)
	s.read.Stop()
	s.write.Stop()
	return s
}

// expire ends all reads and writes, for good.
func (s *socket) expire() {
	s.dead.Store(true)
	_ = s.SetDeadline(longAgo)
}

// Read implements net.Conn.
func (s *socket) Read(p []byte) (int, error) {
	if s.silence > 0 {
		s.read.Reset(s.silence)
		defer s.read.Stop()
	}
	return s.Conn.Read(p)
}

// Write implements net.Conn.
func (s *socket) Write(p []byte) (int, error) {
	if s.silence > 0 {
		s.write.Reset(s.silence)
		defer s.write.Stop()
	}
	n, err := s.Conn.Write(p)
	s.sent.Add(int64(n))
	return n, err
}

// dialer opens the sockets of one connection for lib/pq: first its own, later those that only carry a request to
// cancel, which get little time.
type dialer struct {
	silence time.Duration
	current *socket
	sealed  atomic.Bool // the connection stands; what is dialled now is a cancel request
}

// Dial implements pq.Dialer.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout implements pq.Dialer.
func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext implements pq.DialerContext.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{
		Timeout: d.limit(),
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3,
		},
		Control: controlTCP(d.silence),
	}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if d.sealed.Load() {
		return newSocket(c, cancelGrace), nil
	}
	d.current = newSocket(c, d.silence)
	return d.current, nil
}

func (d *dialer) limit() time.Duration {
	if d.sealed.Load() {
		return cancelGrace
	}
	return connectLimit
}
