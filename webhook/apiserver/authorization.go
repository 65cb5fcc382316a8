package apiserver

import (
	_ "embed" // the file as it is written
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
)

// AuthorizerName is the webhook's name in the chain of authorizers and in kube-apiserver's metrics.
const AuthorizerName = "bailiwick"

// InForce is how long a change of policy takes until every replica decides by it, the promised 99th percentile.
const InForce = time.Second

// maxTimeout is the longest that kube-apiserver takes for an authorization webhook.
// Upstream: k8s.io/apiserver pkg/apis/apiserver/validation.
const maxTimeout = 30 * time.Second

// Authorization is the chain of authorizers of a kube-apiserver that asks Bailiwick.
type Authorization struct {
	// Kubernetes is the version of kube-apiserver.
	Kubernetes Minor
	// Kubeconfig is the file, where kube-apiserver runs, that says how the webhook is reached. It is an absolute path.
	Kubeconfig string
	// Namespace is that of Bailiwick's own accounts.
	Namespace string
	// AfterRBAC lets RBAC answer first: then guardrails refuse nothing that RBAC allows, and what RBAC allows costs no
	// call.
	AfterRBAC bool
	// Timeout is how long a request waits for an answer.
	Timeout time.Duration
	// AuthorizedTTL and UnauthorizedTTL say how long answers are kept: those that allow, and all others. Zero: not at all.
	AuthorizedTTL, UnauthorizedTTL time.Duration
}

// authorizationText has its variables in ${}. It is no text/template: that package keeps the linker from leaving out any
// exported method, which makes the binary half as large again.
//
//go:embed authorization.yaml.txt
var authorizationText string

// Parts of the text that stand there only for some.
const (
	rbacEntry     = "- type: RBAC\n  name: rbac\n"
	rbacFirst     = "# RBAC first: what it allows costs no call, and no guardrail can refuse it.\n" + rbacEntry
	beforeRBAC    = "# Before RBAC, so that guardrails can refuse what RBAC allows.\n"
	blindToLabels = `#
# kube-apiserver %s does not tell webhooks which labels a list is narrowed to, so tenants cannot list what is theirs
# by its labels; 1.32 does.
`
	manyImpersonations = `#
# kube-apiserver %s asks about impersonation with verbs like impersonate-on:user-info:list on any resource. The verb *
# of a role never covers them here: they have to be spelled out, or RBAC has to allow them.
`
)

// YAML is the file for kube-apiserver --authorization-config, with the reasons beside each choice.
func (a *Authorization) YAML() ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	before, after := beforeRBAC, rbacEntry
	if a.AfterRBAC {
		before, after = rbacFirst, ""
	}
	values := map[string]string{
		"kubernetes":   a.Kubernetes.String(),
		"apiVersion":   a.Kubernetes.APIVersion(),
		"notes":        a.notes(),
		"revoked":      a.Revoked().String(),
		"granted":      a.Granted().String(),
		"inForce":      column(InForce),
		"waits":        column(a.Timeout),
		"kept":         column(a.AuthorizedTTL),
		"before":       before,
		"after":        after,
		"name":         AuthorizerName,
		"kubeconfig":   strconv.Quote(a.Kubeconfig),
		"timeout":      a.Timeout.String(),
		"authorized":   keptFor("authorizedTTL", "cacheAuthorizedRequests", a.AuthorizedTTL),
		"unauthorized": keptFor("unauthorizedTTL", "cacheUnauthorizedRequests", a.UnauthorizedTTL),
		"conditions":   a.conditions(),
	}
	return []byte(os.Expand(authorizationText, func(name string) string { return values[name] })), nil
}

func (a *Authorization) notes() string {
	notes := ""
	if !a.Kubernetes.TellsSelectors() {
		notes += fmt.Sprintf(blindToLabels, a.Kubernetes)
	}
	if a.Kubernetes.ConstrainsImpersonation() {
		notes += fmt.Sprintf(manyImpersonations, a.Kubernetes)
	}
	return notes
}

func (a *Authorization) conditions() string {
	var out strings.Builder
	for _, c := range Conditions(a.Namespace) {
		fmt.Fprintf(&out, "    # %s\n    - expression: '%s'\n", c.Why, c.Expression)
	}
	return out.String()
}

// keptFor says how long answers are kept. Zero has a field of its own.
func keptFor(field, cached string, d time.Duration) string {
	if d == 0 {
		return cached + ": false"
	}
	return field + ": " + d.String()
}

func (a *Authorization) check() error {
	switch {
	case !path.IsAbs(a.Kubeconfig):
		return fmt.Errorf("the kubeconfig %q: kube-apiserver wants an absolute path", a.Kubeconfig)
	case len(validation.IsDNS1123Label(a.Namespace)) > 0:
		return fmt.Errorf("%q is no name of a namespace", a.Namespace)
	case a.Timeout <= 0 || a.Timeout > maxTimeout:
		return fmt.Errorf("a timeout of %s: kube-apiserver wants more than 0s and at most %s", a.Timeout, maxTimeout)
	case a.AuthorizedTTL < 0 || a.UnauthorizedTTL < 0:
		return errors.New("answers cannot be kept for less than no time")
	case a.Kubernetes < cacheSwitchMinor && (a.AuthorizedTTL == 0 || a.UnauthorizedTTL == 0):
		return fmt.Errorf("kube-apiserver %s always keeps answers: a time of 0s needs %s; 1s is the next best", a.Kubernetes, cacheSwitchMinor)
	}
	return nil
}

// Revoked is how long something that was taken away may still be allowed: the policy comes into force, a decision that
// was under way is answered, and kube-apiserver keeps that answer.
func (a *Authorization) Revoked() time.Duration { return InForce + a.Timeout + a.AuthorizedTTL }

// Granted is the same for something that was given, and for a guardrail about what RBAC allows.
func (a *Authorization) Granted() time.Duration { return InForce + a.Timeout + a.UnauthorizedTTL }

// column is a time, as wide as all of them.
func column(d time.Duration) string { return fmt.Sprintf("%-5s ", d) }
