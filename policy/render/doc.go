// Package render writes what a policy grants on a cluster as plain ClusterRoles and bindings, for those who read nothing
// but RBAC: the user interfaces of Rancher and Harvester show what somebody may do from these objects alone.
//
// The objects never allow more than the policy does. What RBAC has no words for is left out or spelled out, and told.
// Their number grows with roles and namespaces, not with how many hold them: one ClusterRole for each list of rules, one
// binding for each role and namespace. Equal grants give equal objects, in whatever order they come.
package render
