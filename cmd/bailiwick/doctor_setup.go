package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/pflag"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// checkConfiguration reads the configuration of the server as it would, except that the cluster is the one that is
// examined.
func (d *doctor) checkConfiguration(_ context.Context, say saying) {
	// Without a file it is a server that follows the cluster, and whose certificate is looked for.
	d.config, d.setup = &config{Kubeconfig: d.kubeconfig, InCluster: d.kubeconfig == ""}, &setup{}
	if d.file == "" {
		say(statusWarn, "", "not looked at", "name the file of the server with --config FILE")
		return
	}
	c, err := readConfig(d.file, &pflag.FlagSet{}, &config{})
	if err == nil {
		if c.Kubeconfig != "" || c.InCluster {
			c.Kubeconfig, c.InCluster = d.kubeconfig, d.kubeconfig == ""
		}
		d.config = c
		d.setup, err = check(c)
	}
	if err != nil {
		d.setup = &setup{}
		var f *failure
		hint := ""
		if errors.As(err, &f) {
			hint = f.hint
		}
		say(statusError, d.file, err.Error(), hint)
		return
	}
	say(statusOK, d.file, "is what a server can start with", "")
	for _, insecure := range []struct {
		set     bool
		message string
		hint    string
	}{
		{c.InsecureNoClientAuth, "anybody who reaches the port may ask", "set clientCA, and gen kubeconfig and gen admission-config make kube-apiserver show a certificate"},
		{c.InsecureAdmission, "anybody who reaches the port may ask the guards", "gen admission-config makes kube-apiserver show a certificate; then leave out insecureAdmission"},
		{c.ClientCA != "" && len(c.ClientNames) == 0, "every certificate of the client CA may ask", "name kube-apiserver's with clientNames"},
	} {
		if insecure.set {
			say(statusWarn, d.file, insecure.message, insecure.hint)
		}
	}
}

func (d *doctor) checkCluster(_ context.Context, say saying) {
	version, err := d.api.Discovery().ServerVersion()
	if err != nil {
		d.down = true
		say(statusError, "", "the API server does not answer: "+err.Error(), "is this the right kubeconfig?")
		return
	}
	say(statusOK, "", "the API server answers, "+version.GitVersion, "")
}

// readingPolicy bounds how long the policy may take to be read.
const readingPolicy = 15 * time.Second

// checkPolicy reads the policy as the server does.
func (d *doctor) checkPolicy(ctx context.Context, say saying) {
	bundle, err := d.readPolicy(ctx)
	if err != nil {
		d.objs = &policy.Objects{}
		say(statusWarn, "", "cannot be read from here, so registered names are not compared: "+err.Error(), "run it as the server, with its --config")
		return
	}
	options := identities(d.config)
	options.Now = time.Now()
	snap, problems := policy.Compile(bundle.Objects, options)
	d.snap, d.objs = snap, bundle.Objects
	wrong := 0
	for _, p := range append(bundle.Problems, problems...) {
		if p.Severity == policy.Error {
			wrong++
		}
	}
	if wrong > 0 {
		say(statusWarn, "", fmt.Sprintf("%d of its objects are broken", wrong), "bailiwick lint, the log of the server and /debug/policy say which")
		return
	}
	say(statusOK, "", fmt.Sprintf("is read: %d objects", bundle.Objects.Len()), "")
}

func (d *doctor) readPolicy(ctx context.Context) (*policy.Bundle, error) {
	c := *d.config
	c.StateDir = ""
	from, err := openSource(&c, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, readingPolicy)
	defer cancel()
	changed := make(chan struct{}, 1)
	go func() { _ = from.Watch(ctx, func() { trySend(changed) }) }()
	for {
		bundle, err := from.Read()
		if err == nil {
			return bundle, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, err
		}
	}
}
