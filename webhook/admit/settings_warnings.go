package admit

import (
	"fmt"
	"unicode/utf8"
)

// settingWarning is a warning, and how it reads when there is no room for what to do about it.
type settingWarning struct{ full, brief string }

// kube-apiserver passes warnings of any length on, up to 4,096 characters for a whole response. Beyond that it cuts
// every warning of every webhook to 256 and drops what still does not fit (k8s.io/apiserver
// pkg/endpoints/filters/warning.go). So we stay below, with room left for others, and say what is left out.
const (
	maxWarnings = 3 << 10
	maxWarning  = 256
)

// shortened makes warnings fit: as they are, else all of them without their hints, else as many as there is room for.
func shortened(warnings []settingWarning) []string {
	var texts []string
	room := maxWarnings
	for _, w := range warnings {
		texts = append(texts, w.full)
		room -= utf8.RuneCountInString(w.full)
	}
	if room >= 0 {
		return texts
	}
	texts, room = nil, maxWarnings
	for i, w := range warnings {
		text := cut(w.brief)
		if room -= utf8.RuneCountInString(text); room < 0 {
			return append(texts, fmt.Sprintf("%d more warnings are left out: bailiwick settings check shows all", len(warnings)-i))
		}
		texts = append(texts, text)
	}
	return texts
}

func cut(text string) string {
	runes := []rune(text)
	if len(runes) <= maxWarning {
		return text
	}
	return string(runes[:maxWarning-1]) + "…"
}
