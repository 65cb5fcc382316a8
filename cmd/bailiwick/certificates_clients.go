package main

import (
	"fmt"
	"net/http"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/webhook"
)

// checkClients finds out who may ask.
func checkClients(s *setup, c *config) error {
	switch {
	case (c.ClientCA == "") == !c.InsecureNoClientAuth:
		return broken("kube-apiserver shows the certificate that its webhook kubeconfig names", "exactly one of --client-ca and --insecure-no-client-auth is needed")
	case c.ClientCA == "" && (len(c.ClientNames) > 0 || c.InsecureAdmission):
		return broken("", "--client-names and --insecure-admission go with --client-ca")
	case c.ClientCA == "":
		return nil
	}
	clients, err := certs.NewClients(c.ClientCA)
	if err != nil {
		return broken("--client-ca takes a PEM file", "%w", err)
	}
	clients.Names = c.ClientNames
	if c.InsecureAdmission {
		clients.Open = func(r *http.Request) bool { return r.URL.Path != webhook.AuthorizePath }
	}
	s.clients = clients
	return nil
}

// secure lets a server answer with the certificate, when there is one, and only those who may ask; nil: anybody.
func secure(server *webhook.Server, serving *certs.Serving, clients *certs.Clients) {
	server.TLS.GetCertificate = serving.Get
	ready := server.Ready
	server.Ready = func() (bool, string) {
		if _, err := serving.Get(nil); err != nil {
			return false, fmt.Sprintf("starting: %v", err)
		}
		return ready()
	}
	if clients != nil {
		clients.Log = server.Log
		clients.Configure(server.TLS)
		server.Handler = clients.Handler(server.Handler)
	}
}
