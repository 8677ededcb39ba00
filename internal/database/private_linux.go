package database

import "syscall"

// attributes run a child as the account, in a process group of its own so that a Ctrl-C is for us alone. The child
// gets the signal death when the thread that started it ends.
func (a account) attributes(death syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: death, Setpgid: true}
	switch {
	case a.same:
	case a.apart:
		attr.Cloneflags = syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: a.uid, HostID: 0, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: a.gid, HostID: 0, Size: 1}}
	default:
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}
