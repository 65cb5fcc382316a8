// Package policy turns policy objects into one immutable value that decides.
//
// Objects holds what was read, from a directory or from a cluster. Compile makes a Snapshot of it, and a list of
// Problems: it never fails, because a broken object contributes nothing and takes nothing else down. A Snapshot
// answers questions as pure functions: who is this user, may he do this here, is this selector inside what he was
// granted. It is never written after Compile returned it, so any number of goroutines may read it.
//
// The package knows no HTTP, client, cache, logger, clock or goroutine. Whoever needs the time passes it.
package policy
