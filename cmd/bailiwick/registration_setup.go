package main

import (
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// checkRegister finds out how the server is registered, when it does that itself. It is reached by that name, too.
func checkRegister(s *setup, c *config) (err error) {
	switch {
	case c.Register == "" && len(c.RegisterGuards) > 0:
		return broken("", "--register-guards goes with --register")
	case c.Register == "":
		return nil
	case c.CertSecret == "":
		return broken("use bailiwick gen webhook-config | kubectl apply -f -", "--register goes with --cert-secret: of another certificate the CA is not known")
	case c.LeaveWebhooks:
		return broken("leave one of them out", "--register and --leave-webhooks exclude each other")
	}
	if s.registerGuards, err = guardsNamed("--register-guards", c.RegisterGuards); err != nil {
		return err
	}
	var host string
	if s.reached, host, err = reachedBy(c.Register); err == nil && !slices.Contains(s.hosts, host) {
		s.hosts = append(s.hosts, host)
	}
	return err
}

// reachedBy reads how kube-apiserver reaches the server, and by which name: a Service NAMESPACE/NAME[:PORT], or a URL.
func reachedBy(text string) (at reach, host string, err error) {
	if strings.Contains(text, "://") {
		u, err := httpsURL("--register", text)
		if err != nil {
			return nil, "", err
		}
		return throughURL(u), u.Hostname(), nil
	}
	text, portText, found := strings.Cut(text, ":")
	service, err := namespacedName("--register", text, validation.IsDNS1123Label)
	if err != nil {
		return nil, "", err
	}
	port := int64(443)
	if found {
		if port, err = strconv.ParseInt(portText, 10, 32); err != nil || len(validation.IsValidPortNum(int(port))) > 0 {
			return nil, "", broken("write it like bailiwick-system/bailiwick:443", "--register: %q is no port", portText)
		}
	}
	return throughService(service, int32(port)), service.Name + "." + service.Namespace + ".svc", nil
}
