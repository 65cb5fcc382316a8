package fleet

import (
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// Request is what tenant i asks in a namespace: to scale a deployment, which a grant there allows.
func Request(i int, namespace string) authorizer.AttributesRecord {
	return authorizer.AttributesRecord{
		User: &user.DefaultInfo{
			Name:   User(i),
			Groups: []string{"system:serviceaccounts", "system:serviceaccounts:projectsveltos", "system:authenticated"},
		},
		Verb:            "update",
		Namespace:       namespace,
		APIGroup:        "apps",
		APIVersion:      "v1",
		Resource:        "deployments",
		Subresource:     "scale",
		Name:            "web",
		ResourceRequest: true,
	}
}
