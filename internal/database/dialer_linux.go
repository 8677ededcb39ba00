package database

import (
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// controlTCP sets TCP_USER_TIMEOUT (RFC 5482): data that a vanished machine never acknowledges breaks the connection
// then, not after the kernel's quarter of an hour.
func controlTCP(limit time.Duration) func(network, address string, c syscall.RawConn) error {
	return func(network, _ string, c syscall.RawConn) error {
		if limit == 0 || !strings.HasPrefix(network, "tcp") {
			return nil
		}
		var set error
		if err := c.Control(func(fd uintptr) {
			set = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(limit.Milliseconds()))
		}); err != nil {
			return err
		}
		return set
	}
}
