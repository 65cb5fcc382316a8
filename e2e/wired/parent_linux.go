package wired

import "syscall"

// dieWithParent ends the server when the test that started it is killed.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
