package apiserver

import (
	"bytes"
	_ "embed" // the file as it is written
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"text/template"
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

//go:embed authorization.yaml.tmpl
var authorizationText string

var authorizationTemplate = template.Must(template.New("authorization").Funcs(template.FuncMap{"quote": strconv.Quote}).Parse(authorizationText))

// YAML is the file for kube-apiserver --authorization-config, with the reasons beside each choice.
func (a *Authorization) YAML() ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err := authorizationTemplate.Execute(&out, a)
	return out.Bytes(), err
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

// Name is the webhook's.
func (a *Authorization) Name() string { return AuthorizerName }

// Conditions are those of the webhook.
func (a *Authorization) Conditions() []Condition { return Conditions(a.Namespace) }

// Revoked is how long something that was taken away may still be allowed: the policy comes into force, a decision that
// was under way is answered, and kube-apiserver keeps that answer.
func (a *Authorization) Revoked() time.Duration { return InForce + a.Timeout + a.AuthorizedTTL }

// Granted is the same for something that was given, and for a guardrail about what RBAC allows.
func (a *Authorization) Granted() time.Duration { return InForce + a.Timeout + a.UnauthorizedTTL }

// InForce is InForce, for the template.
func (a *Authorization) InForce() time.Duration { return InForce }

// Pad is a time in a column.
func (a *Authorization) Pad(d time.Duration) string {
	const width = 6
	return d.String() + strings.Repeat(" ", max(1, width-len(d.String())))
}
