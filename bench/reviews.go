package main

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/bench/fleet"
)

// review writes the n-th question and says whether it is to be allowed. Each asks something that was not asked before,
// about each tenant in turn; half of them are allowed. They look as kube-apiserver sends them for ServiceAccounts with
// bound tokens, which makes them about 650 bytes long.
func review(n uint64, tenants int) (body []byte, allowed bool) {
	tenant := int(n/4) % tenants
	ask := fmt.Sprintf(`"verb":"get","version":"v1","resource":"pods","name":"web-%d"`, n)
	user, namespace := fleet.User(tenant), fleet.Namespace(tenant, 0)
	switch n % 4 {
	case 0: // one object
		allowed = true
	case 1: // some objects
		allowed = true
		ask = fmt.Sprintf(`"verb":"list","group":"apps","version":"v1","resource":"deployments","labelSelector":`+
			`{"requirements":[{"key":"app","operator":"In","values":["web-%d"]}]}`, n)
	case 2: // somebody else's
		namespace = "kube-system"
	case 3: // somebody whom the policy does not know
		user = fmt.Sprintf("system:serviceaccount:%s:builder-%08d", namespace, n)
	}
	return fmt.Appendf(make([]byte, 0, 768), form, namespace, ask, user), allowed
}

const form = `{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","metadata":{},` +
	`"spec":{"resourceAttributes":{"namespace":"%s",%s},"user":"%s",` +
	`"groups":["system:serviceaccounts","system:serviceaccounts:projectsveltos","system:authenticated"],` +
	`"extra":{"authentication.kubernetes.io/credential-id":["JTI=7f4b36a1-9a0f-4e7e-8d43-3d2a0c3c1f0e"],` +
	`"authentication.kubernetes.io/pod-name":["ci-7d9c5b6f4-x2x8k"]},` +
	`"uid":"c1f0e7d2-6a55-4f3b-b1c6-5f1f4f6f5a10"},"status":{"allowed":false}}` + "\n"
