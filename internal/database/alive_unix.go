//go:build linux || darwin

package database

import (
	"errors"
	"syscall"
)

// alive looks whether an idle connection still stands: nothing may be waiting to be read, neither an end nor the
// server's last words. So a statement is not sent into a connection that the server closed while it was idle.
func (s *socket) alive() bool {
	sc, ok := s.Conn.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	quiet := false
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		quiet = errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR)
		return true
	})
	return err == nil && quiet
}
