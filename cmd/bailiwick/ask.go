package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// ask is the question of can-i and its siblings: VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME], or VERB /PATH.
type ask struct {
	namespace string
	all       bool
	user      string
	groups    []string
	selector  string
	cluster   string
	labels    map[string]string
	paths     []string
	options   policy.Options
}

func (a *ask) flags(fs *pflag.FlagSet) {
	fs.StringVarP(&a.namespace, "namespace", "n", "", "namespace of the request; without it the request is cluster-wide")
	fs.BoolVarP(&a.all, "all-namespaces", "A", false, "say that the request is cluster-wide")
	fs.StringVar(&a.user, "as", "", "user who asks (required)")
	fs.StringSliceVar(&a.groups, "as-group", nil, "group of the user; repeat for several")
	fs.StringVarP(&a.selector, "selector", "l", "", "label selector of a list, watch or deletecollection, as env=prod,tier!=web")
	clusterFlags(fs, &a.cluster, &a.labels, "cluster that is asked, `KIND:NS/NAME`, as SveltosCluster:gke/production (default: the management cluster)")
	policyFlags(fs, &a.paths, &a.options)
}

// clusterFlags say which cluster a command is about; setSelf reads them.
func clusterFlags(fs *pflag.FlagSet, cluster *string, labels *map[string]string, usage string) {
	fs.StringVar(cluster, "cluster", "", usage)
	fs.StringToStringVar(labels, "cluster-labels", nil, "labels of the cluster, `k=v,…` (default: those of its object in the policy)")
	fs.Lookup("cluster-labels").DefValue = "" // else the help says "default []"
}

// policyFlags say where a policy stands and how it is read.
func policyFlags(fs *pflag.FlagSet, paths *[]string, options *policy.Options) {
	fs.StringSliceVarP(paths, "filename", "f", nil, "policy: file or directory of YAML, - for standard input; repeat for several (required)")
	identityFlags(fs, options)
	fs.StringVar(&options.RancherCluster, "rancher-cluster", "", "the `ID` that Rancher gives the cluster that is asked, as c-m-abcdefgh or local")
}

// identityFlags say how tenants are known.
func identityFlags(fs *pflag.FlagSet, options *policy.Options) {
	fs.StringSliceVar(&options.AdminNamespaces, "admin-namespaces", nil, "namespaces of the ServiceAccounts of tenants named by spec.admin (default: default)")
	fs.StringVar(&options.SveltosNamespace, "sveltos-namespace", "", "namespace of Sveltos (default: projectsveltos)")
}

// attributes reads the arguments of the command.
func (a *ask) attributes(args []string) (*authorizer.AttributesRecord, error) {
	if a.user == "" {
		return nil, broken("add --as USER, as --as system:serviceaccount:projectsveltos:default--foo", "nobody asks: --as is missing")
	}
	if a.all && a.namespace != "" {
		return nil, broken("", "-n and -A exclude each other")
	}
	rec := &authorizer.AttributesRecord{
		User: &user.DefaultInfo{Name: a.user, Groups: groupsOf(a.user, a.groups)},
		Verb: args[0],
	}
	if strings.HasPrefix(args[1], "/") {
		rec.Path = args[1]
		if len(args) > 2 || a.namespace != "" || a.selector != "" {
			return nil, broken("leave out the name, -n and -l", "path %s is no resource: it has neither name, namespace nor labels", args[1])
		}
		return rec, nil
	}
	resource, subresource, hasSub := strings.Cut(args[1], "/")
	resource, group, _ := strings.Cut(resource, ".")
	if resource == "" || hasSub && subresource == "" {
		return nil, broken("write RESOURCE[.GROUP][/SUBRESOURCE], as deployments.apps/scale", "%q names no resource", args[1])
	}
	rec.ResourceRequest = true
	rec.Resource, rec.APIGroup, rec.Subresource, rec.APIVersion = resource, group, subresource, "*"
	rec.Namespace = a.namespace
	if len(args) > 2 {
		rec.Name = args[2]
	}
	return rec, a.narrow(rec)
}

// groupsOf are the groups of a user that the API server knows beside those that are named, as for kubectl --as.
//
// Upstream: kubernetes/apiserver pkg/endpoints/filters/impersonation.go.
func groupsOf(username string, named []string) []string {
	groups := slices.Clone(named)
	if sa, ok := policy.ParseServiceAccount(username); ok && len(named) == 0 {
		groups = sa.AccountGroups()
	}
	if username != user.Anonymous && !slices.Contains(groups, user.AllUnauthenticated) && !slices.Contains(groups, user.AllAuthenticated) {
		groups = append(groups, user.AllAuthenticated)
	}
	return groups
}

// narrow puts the label selector into a request for many objects.
func (a *ask) narrow(rec *authorizer.AttributesRecord) error {
	if a.selector == "" {
		return nil
	}
	if !slices.Contains([]string{"list", "watch", "deletecollection"}, rec.Verb) {
		return broken("leave out -l", "%s takes no label selector: only list, watch and deletecollection do", rec.Verb)
	}
	reqs, err := labels.ParseToRequirements(a.selector)
	if err != nil {
		return broken("write it as for kubectl, as env=prod,tier!=web", "-l %q: %w", a.selector, err)
	}
	rec.LabelSelectorRequirements = reqs
	return nil
}
