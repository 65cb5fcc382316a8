package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
)

// program is what the image holds.
type program struct {
	data []byte
	arch string // GOARCH, which is OCI's word too
}

// readProgram refuses what would not start in an empty image.
func readProgram(path string) (*program, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	info, err := buildinfo.Read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	built := map[string]string{}
	for _, setting := range info.Settings {
		built[setting.Key] = setting.Value
	}
	for key, want := range map[string]string{"GOOS": "linux", "CGO_ENABLED": "0"} {
		if built[key] != want {
			return nil, fmt.Errorf("%s was built with %s=%s: an empty image needs %s=%s", path, key, built[key], key, want)
		}
	}
	return &program{data: data, arch: built["GOARCH"]}, nil
}
