//go:build !linux

package database

import (
	"syscall"
	"time"
)

// controlTCP does nothing: TCP_USER_TIMEOUT is Linux's; the timers of socket and keep-alive do the work elsewhere.
func controlTCP(time.Duration) func(network, address string, c syscall.RawConn) error { return nil }
