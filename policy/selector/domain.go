package selector

import "slices"

// domain is what may be said of one key: a set of values and whether the key
// may be absent. The values are the listed ones or, with except, all others.
//
// There are more valid label values than any selector can list, so a domain
// with except is never without a value.
type domain struct {
	values []string // sorted, no duplicates
	except bool
	absent bool
}

// anything is the domain of a key that nobody constrains.
var anything = domain{except: true, absent: true}

func (d *domain) empty() bool {
	return !d.absent && !d.except && len(d.values) == 0
}

// few is the length up to which looking at every string in a list beats a
// binary search: most are told apart by their length alone.
const few = 8

func (d *domain) lists(value string) bool {
	if len(d.values) <= few {
		for i := range d.values {
			if d.values[i] == value {
				return true
			}
		}
		return false
	}
	_, found := slices.BinarySearch(d.values, value)
	return found
}

func (d *domain) hasValue(value string) bool { return d.lists(value) != d.except }

// within reports whether d is a subset of other.
func (d *domain) within(other *domain) bool {
	switch {
	case d.absent && !other.absent:
		return false
	case !d.except && len(d.values) == 1: // nearly always
		return other.hasValue(d.values[0])
	case !d.except && other.except:
		return !d.shares(other)
	case !d.except:
		return listsAll(other, d.values)
	default:
		return other.except && listsAll(d, other.values)
	}
}

// disjoint reports whether d and other have neither a value nor absence in
// common.
func (d *domain) disjoint(other *domain) bool {
	switch {
	case d.absent && other.absent:
		return false
	case d.except && other.except:
		return false
	case d.except:
		return listsAll(d, other.values)
	case other.except:
		return listsAll(other, d.values)
	default:
		return !d.shares(other)
	}
}

// listsAll reports whether d lists all the values. A longer list of distinct
// values cannot fit, so a huge selector costs nothing against a small one.
func listsAll(d *domain, values []string) bool {
	if len(values) > len(d.values) {
		return false
	}
	for _, value := range values {
		if !d.lists(value) {
			return false
		}
	}
	return true
}

// shares reports whether some value is listed by both. It walks the shorter
// list.
func (d *domain) shares(other *domain) bool {
	if len(d.values) > len(other.values) {
		d, other = other, d
	}
	return slices.ContainsFunc(d.values, other.lists)
}

// intersect returns the domain of what both admit.
func (d domain) intersect(other domain) domain {
	both := domain{absent: d.absent && other.absent}
	switch {
	case d.except && other.except:
		both.except = true
		both.values = sorted(slices.Concat(d.values, other.values))
	case d.except:
		both.values = keep(other.values, d.hasValue)
	case other.except || len(d.values) <= len(other.values):
		both.values = keep(d.values, other.hasValue)
	default:
		both.values = keep(other.values, d.hasValue)
	}
	return both
}

// keep returns the values that pass, leaving the argument alone.
func keep(values []string, pass func(string) bool) []string {
	var kept []string
	for _, value := range values {
		if pass(value) {
			kept = append(kept, value)
		}
	}
	return kept
}

// sorted sorts the values in place and drops duplicates.
func sorted(values []string) []string {
	slices.Sort(values)
	return slices.Compact(values)
}
