package policy

import (
	"cmp"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Contexts of a RoleTemplate: where it can be bound. An empty context is bound nowhere and only inherited.
const (
	ClusterContext = "cluster"
	ProjectContext = "project"
)

// RoleTemplate is a role of Rancher, which a cluster or a project binds, and which inherits others.
//
// Upstream: management.cattle.io/v3 RoleTemplate, rancher pkg/apis/management.cattle.io/v3/authz_types.go. There is no
// spec: the fields stand at the top.
type RoleTemplate struct {
	Object
	DisplayName string              `json:"displayName"`
	Context     string              `json:"context"`
	Rules       []rbacv1.PolicyRule `json:"rules"`
	// External says that the rules are ExternalRules, or those of the ClusterRole of the same name when it has none.
	External      bool                `json:"external"`
	ExternalRules []rbacv1.PolicyRule `json:"externalRules"`
	// RoleTemplateNames are the templates that it inherits.
	RoleTemplateNames []string `json:"roleTemplateNames"`
	Builtin           bool     `json:"builtin"`
	// Locked templates may not be bound anew.
	Locked                bool `json:"locked"`
	ClusterCreatorDefault bool `json:"clusterCreatorDefault"`
	ProjectCreatorDefault bool `json:"projectCreatorDefault"`
	Administrative        bool `json:"administrative"`
}

// TemplateBinding gives somebody a RoleTemplate: a ClusterRoleTemplateBinding on a cluster, a
// ProjectRoleTemplateBinding in a project.
//
// Upstream: management.cattle.io/v3, rancher pkg/apis/management.cattle.io/v3/authz_types.go.
type TemplateBinding struct {
	Object
	RoleTemplateName string `json:"roleTemplateName"`
	// ClusterName is of a ClusterRoleTemplateBinding: the id of a cluster, as c-m-abcdefgh.
	ClusterName string `json:"clusterName"`
	// ProjectName is of a ProjectRoleTemplateBinding: <cluster id>:<project name>.
	ProjectName string `json:"projectName"`

	UserName           string `json:"userName"`
	UserPrincipalName  string `json:"userPrincipalName"`
	GroupName          string `json:"groupName"`
	GroupPrincipalName string `json:"groupPrincipalName"`
	// ServiceAccount is of a ProjectRoleTemplateBinding: <namespace>:<name>. Rancher calls it deprecated.
	ServiceAccount string `json:"serviceAccount"`
}

// Target is what the template is bound on: the id of a cluster, or of a project.
func (b *TemplateBinding) Target() string {
	if b.Kind == "ProjectRoleTemplateBinding" {
		return b.ProjectName
	}
	return b.ClusterName
}

// Project is some namespaces of a cluster.
//
// Upstream: management.cattle.io/v3 Project, rancher pkg/apis/management.cattle.io/v3/authz_types.go.
type Project struct {
	Object
	Spec struct {
		DisplayName string `json:"displayName"`
		ClusterName string `json:"clusterName"`
	} `json:"spec"`
	Status struct {
		// BackingNamespace is where the project's bindings stand; without one it is the name of the project.
		BackingNamespace string `json:"backingNamespace"`
	} `json:"status"`
}

// ID is the project as bindings and namespaces name it: <cluster id>:<name>.
func (p *Project) ID() string { return p.Metadata.Namespace + ":" + p.Metadata.Name }

// Backing is the namespace in which the project's bindings stand.
func (p *Project) Backing() string { return cmp.Or(p.Status.BackingNamespace, p.Metadata.Name) }

// GlobalRole is a role of Rancher on no single cluster.
//
// Upstream: management.cattle.io/v3 GlobalRole, rancher pkg/apis/management.cattle.io/v3/authz_types.go.
type GlobalRole struct {
	Object
	DisplayName string `json:"displayName"`
	// Rules hold in the cluster on which Rancher runs.
	Rules []rbacv1.PolicyRule `json:"rules"`
	// NamespacedRules hold there, each in one namespace.
	NamespacedRules map[string][]rbacv1.PolicyRule `json:"namespacedRules"`
	// InheritedClusterRoles are RoleTemplates that hold on every other cluster.
	InheritedClusterRoles []string `json:"inheritedClusterRoles"`
	// InheritedNamespacedRules hold in every other cluster, each in one namespace.
	InheritedNamespacedRules map[string][]rbacv1.PolicyRule `json:"inheritedNamespacedRules"`
	// InheritedFleetWorkspacePermissions hold in all workspaces of Fleet but its local one.
	InheritedFleetWorkspacePermissions *struct {
		ResourceRules  []rbacv1.PolicyRule `json:"resourceRules"`
		WorkspaceVerbs []string            `json:"workspaceVerbs"`
	} `json:"inheritedFleetWorkspacePermissions"`
	Builtin bool `json:"builtin"`
	// NewUserDefault says that every new user gets the role.
	NewUserDefault bool `json:"newUserDefault"`
}

// GivesEverything says whether the role makes whoever has it an administrator of Rancher and of all its clusters.
func (g *GlobalRole) GivesEverything() bool { return isAdmin(g.Rules) }

// GlobalRoleBinding gives somebody a GlobalRole.
//
// Upstream: management.cattle.io/v3 GlobalRoleBinding, rancher pkg/apis/management.cattle.io/v3/authz_types.go.
type GlobalRoleBinding struct {
	Object
	GlobalRoleName     string `json:"globalRoleName"`
	UserName           string `json:"userName"`
	UserPrincipalName  string `json:"userPrincipalName"`
	GroupPrincipalName string `json:"groupPrincipalName"`
}

// User is somebody whom Rancher knows. His name is the user name that clusters see.
//
// Upstream: management.cattle.io/v3 User, rancher pkg/apis/management.cattle.io/v3/authn_types.go.
type User struct{ Object }

// ProjectOf is the project in which a namespace stands, <cluster id>:<name>, or "".
func (n *Namespace) ProjectOf() string { return n.Metadata.Annotations[ProjectAnnotation] }

// ProjectAnnotation is what Rancher goes by, on a Namespace: <cluster id>:<project name>. The label of the same name
// holds only the latter.
const ProjectAnnotation = "field.cattle.io/projectId"
