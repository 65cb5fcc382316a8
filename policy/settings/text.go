package settings

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown is how many characters of a value a message repeats at most.
const maxShown = 64

// show quotes text that comes out of a value so that it can stand in a
// message: shortened, control characters escaped, credentials gone.
func show(s string) string { return strconv.Quote(shorten(redact(s))) }

// plain is show without the quotes; what cannot be printed becomes a question
// mark.
func plain(s string) string {
	return shorten(strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '?'
		}
		return c
	}, redact(s)))
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) > maxShown {
		return string([]rune(s)[:maxShown]) + "…"
	}
	return s
}

// redact hides everything that could be user information of a URL, and PEM,
// which may be a key pasted into the wrong setting. It works on text that is
// not a URL too, because mistyped URLs are what gets shown: whatever stands
// before an @ is gone, the scheme excepted.
func redact(s string) string {
	if before, _, found := strings.Cut(s, "-----BEGIN"); found {
		s = before + "***"
	}
	i := strings.LastIndex(s, "@")
	if i < 0 {
		return s
	}
	scheme := ""
	if before, _, found := strings.Cut(s, "://"); found && isWord(before) {
		scheme = before + "://"
	}
	return scheme + "***" + s[i:]
}

var word = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]{0,15}$`)

func isWord(s string) bool { return word.MatchString(s) }

// errNotInteger is the one way in which strictInt fails.
var errNotInteger = errors.New("not a plain decimal integer")

// strictInt reads an integer the way Harvester does (StrictAtoi): no leading
// zero, no plus sign, no minus zero, no spaces, no unit.
func strictInt(s string) (int64, error) {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || (digits[0] == '0' && s != "0") {
		return 0, errNotInteger
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || s[0] == '+' {
		return 0, errNotInteger
	}
	return n, nil
}

// nearest returns the candidate that name probably stands for: equal up to
// case and separators, or at most two edits away. Empty if there is none.
func nearest(name string, candidates []string) string {
	if len(name) > maxShown {
		return ""
	}
	best, bestDistance := "", 3
	for _, c := range candidates {
		if bare(c) == bare(name) {
			return c
		}
		if d := distance(bare(name), bare(c)); d < bestDistance && d < len(c)/2 {
			best, bestDistance = c, d
		}
	}
	return best
}

func bare(s string) string { return strings.ToLower(separators.Replace(s)) }

var separators = strings.NewReplacer("_", "", "-", "", " ", "")

// distance is the Levenshtein distance of two short words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
