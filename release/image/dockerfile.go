package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// stage is the last stage of a Dockerfile: one program in an empty image, and how it is started.
type stage struct {
	program string // where it stands in the image
	config  config
}

// config is the part of an image's configuration that a Dockerfile decides.
// Upstream: github.com/opencontainers/image-spec specs-go/v1 ImageConfig.
type config struct {
	User         string              `json:",omitempty"`
	ExposedPorts map[string]struct{} `json:",omitempty"`
	Entrypoint   []string            `json:",omitempty"`
	Cmd          []string            `json:",omitempty"`
}

// lastStage reads what follows the last FROM. An instruction that is not known here is an error: left out, it would make
// another image than docker makes.
func lastStage(dockerfile string) (*stage, error) {
	text := dockerfile[max(0, strings.LastIndex(dockerfile, "\nFROM ")):]
	s := &stage{config: config{ExposedPorts: map[string]struct{}{}}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		instruction, rest, _ := strings.Cut(line, " ")
		if err := s.apply(instruction, rest); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
	}
	return s, nil
}

func (s *stage) apply(instruction, rest string) error {
	words := strings.Fields(rest)
	switch {
	case instruction == "FROM" && rest == "scratch":
	case instruction == "COPY" && len(words) == 3 && words[0] == "--from=build" && s.program == "":
		s.program = words[2]
	case instruction == "USER" && len(words) == 1:
		s.config.User = rest
	case instruction == "EXPOSE":
		for _, port := range words {
			s.config.ExposedPorts[port+"/tcp"] = struct{}{}
		}
	case instruction == "ENTRYPOINT":
		return json.Unmarshal([]byte(rest), &s.config.Entrypoint)
	case instruction == "CMD":
		return json.Unmarshal([]byte(rest), &s.config.Cmd)
	default:
		return errors.New("only FROM scratch, one COPY --from=build, USER, EXPOSE, ENTRYPOINT and CMD can be built without a container engine")
	}
	return nil
}
