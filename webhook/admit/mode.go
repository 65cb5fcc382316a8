package admit

import (
	"cmp"
	"fmt"
)

// Mode says what becomes of a check's refusals.
type Mode string

// Modes of a check.
const (
	Enforce Mode = "enforce" // refuse
	Warn    Mode = "warn"    // allow, and show the refusal as a warning
	Audit   Mode = "audit"   // allow, and write the refusal into the audit log
)

// ParseMode reads a mode by its name.
func ParseMode(s string) (Mode, error) {
	switch m := Mode(s); m {
	case Enforce, Warn, Audit:
		return m, nil
	default:
		return "", fmt.Errorf("mode %q is none of %s, %s, %s", s, Enforce, Warn, Audit)
	}
}

// Modes are those that were chosen: of guards, by name, and of single checks, by guard/check. The latter count before
// the former; what is not named is enforced.
type Modes map[string]Mode

func (m Modes) of(guard, check string) Mode {
	return cmp.Or(m[guard+"/"+check], m[guard], Enforce)
}
