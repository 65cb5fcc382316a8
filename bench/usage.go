package main

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"
)

// usage is what a process has used since it started.
type usage struct {
	CPU  time.Duration // user and system
	RSS  int64         // bytes of memory now; 0 where the system does not tell
	Peak int64         // bytes of memory at most
}

func usageNow() usage {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err) // fails for wrong arguments only
	}
	status, _ := os.ReadFile("/proc/self/status") // Linux
	return usage{
		CPU:  time.Duration(r.Utime.Nano() + r.Stime.Nano()),
		RSS:  statusBytes(status, "VmRSS:"),
		Peak: statusBytes(status, "VmHWM:"),
	}
}

// statusBytes finds a line like "VmRSS:    1234 kB".
func statusBytes(status []byte, key string) int64 {
	_, rest, _ := bytes.Cut(status, []byte(key))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseInt(string(fields[0]), 10, 64)
	return kib << 10
}
