package policy

import "reflect"

// Replace adds the objects of another set, in place of those that have their kinds and names.
func (o *Objects) Replace(other *Objects) {
	into, from := reflect.ValueOf(o).Elem(), reflect.ValueOf(other).Elem()
	for i := range into.NumField() {
		list, more := into.Field(i), from.Field(i)
		replaced := map[Ref]bool{}
		for j := range more.Len() {
			replaced[more.Index(j).Interface().(header).header().Ref()] = true
		}
		kept := reflect.MakeSlice(list.Type(), 0, list.Len()+more.Len())
		for j := range list.Len() {
			if old := list.Index(j); !replaced[old.Interface().(header).header().Ref()] {
				kept = reflect.Append(kept, old)
			}
		}
		list.Set(reflect.AppendSlice(kept, more))
	}
}

// Counts is how many objects there are of each kind.
func (o *Objects) Counts() map[string]int {
	counts := map[string]int{}
	all := reflect.ValueOf(o).Elem()
	for i := range all.NumField() {
		list := all.Field(i)
		for j := range list.Len() {
			counts[list.Index(j).Interface().(header).header().Kind]++
		}
	}
	return counts
}

// Len counts the objects.
func (o *Objects) Len() int {
	n := 0
	all := reflect.ValueOf(o).Elem()
	for i := range all.NumField() {
		n += all.Field(i).Len()
	}
	return n
}

// Merge adds the objects of another set.
func (o *Objects) Merge(other *Objects) {
	into, from := reflect.ValueOf(o).Elem(), reflect.ValueOf(other).Elem()
	for i := range into.NumField() {
		into.Field(i).Set(reflect.AppendSlice(into.Field(i), from.Field(i)))
	}
}
