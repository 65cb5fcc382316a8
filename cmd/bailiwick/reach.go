package main

import (
	"net/url"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/types"
)

// reach says how kube-apiserver reaches a path of the server.
type reach func(path string) admissionregv1.WebhookClientConfig

func throughURL(u *url.URL) reach {
	base := strings.TrimSuffix(u.String(), "/")
	return func(path string) admissionregv1.WebhookClientConfig {
		return admissionregv1.WebhookClientConfig{URL: new(base + path)}
	}
}

func throughService(service types.NamespacedName, port int32) reach {
	return func(path string) admissionregv1.WebhookClientConfig {
		return admissionregv1.WebhookClientConfig{Service: &admissionregv1.ServiceReference{
			Namespace: service.Namespace, Name: service.Name, Path: &path, Port: &port,
		}}
	}
}

// trusting lets kube-apiserver trust a bundle there.
func (r reach) trusting(bundle []byte) reach {
	return func(path string) admissionregv1.WebhookClientConfig {
		c := r(path)
		c.CABundle = bundle
		return c
	}
}
