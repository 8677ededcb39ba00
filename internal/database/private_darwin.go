package database

import "syscall"

// attributes run a child as the account, in a process group of its own so that a Ctrl-C is for us alone. macOS has
// neither death signals, so a server that outlives us is adopted by the next start, nor user namespaces, so root
// needs a data folder that the server's user can reach.
func (a account) attributes(syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if !a.same {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}
