// Package watch reads policy objects from live clusters and tells when they change.
//
// Each kind is followed by a reflector of client-go (list, then watch), and each ConfigMap and Secret that a RoleRequest
// names by one of its own, so that nobody has to give Bailiwick the right to read all Secrets; Rules says which rights it
// needs. Informers of controller-runtime would do neither: their cache has one selector for a kind and a namespace, fixed
// at the start, and a kind whose CustomResourceDefinition is missing is an error there. Here it is a kind without objects.
//
// What is known is never taken back because it cannot be seen:
//
//   - An API server that cannot be reached leaves everything in force; reflectors go on where they were.
//   - A new version of an object that cannot be used leaves the last good one in force, with a Problem.
//   - A CustomResourceDefinition that is deleted takes its objects with it. So the removal of an object counts only
//     when its kind stays, which is looked up; else the objects stay in force until the kind is back.
//   - With a directory for state all of it outlives a restart: the stored objects are in force at once, and each kind is
//     brought up to date as it is read.
//
// Bundle.Stale says what may be out of date and since when. Only the first start has nothing to fall back on: then Read
// fails until every kind of the fleet was read, or is known not to be served.
//
// Objects are reduced to the fields that package policy reads before they are stored. A change of anything else does
// not even compile the policy again.
package watch
