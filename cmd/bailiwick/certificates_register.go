package main

import (
	"slices"
	"strconv"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/types"
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
func reachedBy(text string) (at func(path string) admissionregv1.WebhookClientConfig, host string, err error) {
	if strings.Contains(text, "://") {
		u, err := httpsURL("--register", text)
		if err != nil {
			return nil, "", err
		}
		base := strings.TrimSuffix(u.String(), "/")
		return func(path string) admissionregv1.WebhookClientConfig {
			return admissionregv1.WebhookClientConfig{URL: new(base + path)}
		}, u.Hostname(), nil
	}
	text, portText, found := strings.Cut(text, ":")
	service, err := namespacedName("--register", text)
	if err != nil {
		return nil, "", err
	}
	port := int64(443)
	if found {
		if port, err = strconv.ParseInt(portText, 10, 32); err != nil || len(validation.IsValidPortNum(int(port))) > 0 {
			return nil, "", broken("write it like bailiwick-system/bailiwick:443", "--register: %q is no port", portText)
		}
	}
	return func(path string) admissionregv1.WebhookClientConfig {
		return admissionregv1.WebhookClientConfig{Service: &admissionregv1.ServiceReference{
			Namespace: service.Namespace, Name: service.Name, Path: &path, Port: new(int32(port)),
		}}
	}, service.Name + "." + service.Namespace + ".svc", nil
}

func namespacedName(flag, text string) (types.NamespacedName, error) {
	namespace, name, ok := strings.Cut(text, "/")
	if !ok || len(slices.Concat(validation.IsDNS1123Label(namespace), validation.IsDNS1123Subdomain(name))) > 0 {
		return types.NamespacedName{}, broken("write it like bailiwick-system/bailiwick", "%s: %q is no NAMESPACE/NAME", flag, text)
	}
	return types.NamespacedName{Namespace: namespace, Name: name}, nil
}
