package main

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/bailiwick-dev/bailiwick/webhook/admit"
	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

// httpsURL reads the URL of a webhook.
func httpsURL(flag, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, broken("write it like https://127.0.0.1:9443", "%s: %w", flag, err)
	case u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, broken("write it like https://127.0.0.1:9443", "%s: %s is no https URL of a server", flag, u.Redacted())
	}
	return u, nil
}

// readBundle reads a PEM file of CAs. One that has expired is an error.
func readBundle(flag, name string) ([]byte, error) {
	const hint = " takes a PEM file with the CA that signed Bailiwick's certificate"
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, broken(flag+hint, "reading %s: %w", flag, err)
	}
	ends, err := apiserver.BundleEnds(text)
	switch {
	case err != nil:
		return nil, broken(flag+hint, "%s: %s %w", flag, name, err)
	case ends.Before(time.Now()):
		return nil, broken(flag+hint, "%s: %s expired on %s", flag, name, ends.UTC().Format(time.RFC3339))
	}
	return text, nil
}

// guardsNamed are the guards of a list of names; all of them when the list is empty.
func guardsNamed(flag string, names []string) ([]admit.Guard, error) {
	all := admit.Guards()
	if len(names) == 0 {
		return all, nil
	}
	var known []string
	for _, g := range all {
		known = append(known, g.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, broken("guards are "+strings.Join(known, ", "), "%s: there is no guard %q", flag, name)
		}
	}
	return slices.DeleteFunc(all, func(g admit.Guard) bool { return !slices.Contains(names, g.Name) }), nil
}

// readPEM reads a file whose content is checked by whoever uses it.
func readPEM(flag, name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, broken(flag+" takes a PEM file", "reading %s: %w", flag, err)
	}
	return text, nil
}

// namespacedName reads NAMESPACE/NAME of an object whose name a check finds nothing wrong with.
func namespacedName(flag, text string, wrong func(name string) []string) (types.NamespacedName, error) {
	namespace, name, ok := strings.Cut(text, "/")
	if !ok || len(slices.Concat(validation.IsDNS1123Label(namespace), wrong(name))) > 0 {
		return types.NamespacedName{}, broken("write it like bailiwick-system/bailiwick", "%s: %q is no NAMESPACE/NAME", flag, text)
	}
	return types.NamespacedName{Namespace: namespace, Name: name}, nil
}
