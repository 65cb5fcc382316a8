//go:build !linux

package wired

import "syscall"

// dieWithParent has no counterpart here: a killed test leaves the server behind.
func dieWithParent() *syscall.SysProcAttr { return nil }
