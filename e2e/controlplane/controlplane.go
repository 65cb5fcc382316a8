// Package controlplane starts a real etcd and kube-apiserver on loopback for end-to-end tests and the demo.
//
// Each control plane has free ports, its own certificates and a temporary folder of its own, so several can run side
// by side. The programs come from a folder that e2e/tools/build fills; envtest starts and stops them.
//
// Nothing outlives its owner: Stop ends the programs and removes the folder, and when the owner is killed before it
// could call Stop, a watchdog does the same.
package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Options say which control plane to start. Only Assets is required.
type Options struct {
	// Assets is the folder that holds etcd, kube-apiserver, kubectl and, for the CRD set Sveltos, sveltos/*.yaml.
	Assets string
	// Authorizer is asked before RBAC, and after Node. Without it these two decide alone.
	Authorizer *Webhook
	// Admission is how kube-apiserver identifies itself to admission webhooks. Without it, it does not.
	Admission *AdmissionClient
	// CRDs are installed, and served, when Start returns.
	CRDs []CRDSet
	// CRDPaths are files and folders with more of them.
	CRDPaths []string
	// Out is told what is going on, a line for each step.
	Out io.Writer
}

// ControlPlane is a running etcd and kube-apiserver. Its methods may be called from several goroutines.
type ControlPlane struct {
	dir      workdir
	programs *envtest.ControlPlane
	watchdog *watchdog
	admin    *rest.Config
	client   kubernetes.Interface

	users sync.Mutex // the certificate authority of envtest has no lock of its own
	stop  func() error
}

// portAttempts: a port is found free and bound a moment later; a process in between may take it.
const portAttempts = 3

// Start returns once kube-apiserver answers and everything asked for is installed. The context bounds starting only;
// whoever got a control plane must call Stop.
func Start(ctx context.Context, o Options) (*ControlPlane, error) {
	if o.Out == nil {
		o.Out = io.Discard
	}
	var c *ControlPlane
	var err error
	for range portAttempts {
		if c, err = start(ctx, o); err == nil || !strings.Contains(err.Error(), "address already in use") {
			break
		}
	}
	return c, err
}

func start(ctx context.Context, o Options) (*ControlPlane, error) {
	assets, err := filepath.Abs(o.Assets)
	if err != nil {
		return nil, fmt.Errorf("the folder with the programs: %w", err)
	}
	dir, err := newWorkdir(assets)
	if err != nil {
		return nil, fmt.Errorf("preparing a control plane: %w", err)
	}
	c := &ControlPlane{dir: dir, programs: newPrograms(dir, assets)}
	c.stop = sync.OnceValue(func() error { return errors.Join(c.dir.died(), c.release()) })
	if err := c.bringUp(ctx, o); err != nil {
		return nil, errors.Join(err, c.release())
	}
	return c, nil
}

func (c *ControlPlane) bringUp(ctx context.Context, o Options) (err error) {
	began := time.Now()
	if c.watchdog, err = watch(c.dir); err != nil {
		return fmt.Errorf("starting the control plane's watchdog: %w", err)
	}
	if err := c.configure(o); err != nil {
		return fmt.Errorf("configuring kube-apiserver: %w", err)
	}
	crds, err := crdPaths(c.dir, o)
	if err != nil {
		return err
	}
	if err := c.run(ctx); err != nil {
		return fmt.Errorf("starting etcd and kube-apiserver: %w", err)
	}
	if err := c.connect(ctx); err != nil {
		return fmt.Errorf("waiting for the namespace %q: %w", metav1.NamespaceDefault, err)
	}
	fmt.Fprintf(o.Out, "control plane: kube-apiserver answers on %s after %.1f s\n", c.admin.Host, time.Since(began).Seconds())
	if err := c.installCRDs(crds, o.Out); err != nil {
		return fmt.Errorf("installing CRDs: %w", err)
	}
	return ctx.Err()
}

func (c *ControlPlane) configure(o Options) error {
	flags := c.programs.APIServer.Configure()
	// Left to itself kube-apiserver announces the machine's address on the network, and fails where there is none.
	// Endpoints for a loopback address are invalid, so it must not write any.
	flags.Set("advertise-address", "127.0.0.1").Set("endpoint-reconciler-type", "none")
	if o.Authorizer == nil {
		flags.Set("authorization-mode", "Node,RBAC")
	} else {
		authorization, err := writeAuthorization(c.dir, o.Authorizer)
		if err != nil {
			return err
		}
		flags.Disable("authorization-mode") // envtest sets it, and it excludes the file
		flags.Set("authorization-config", authorization)
	}
	if o.Admission == nil {
		return nil
	}
	admission, err := writeAdmission(c.dir, o.Admission)
	if err != nil {
		return err
	}
	flags.Set("admission-control-config-file", admission)
	return nil
}

// connect makes the administrator's client and waits for the first sign that the API server has filled its storage.
func (c *ControlPlane) connect(ctx context.Context) (err error) {
	if c.admin, err = c.User("admin", "system:masters"); err != nil {
		return err
	}
	if c.client, err = kubernetes.NewForConfig(c.admin); err != nil {
		return err
	}
	return wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, 20*time.Second, true, func(ctx context.Context) (bool, error) {
		_, err := c.client.CoreV1().Namespaces().Get(ctx, metav1.NamespaceDefault, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	})
}

// Stop ends the programs and removes their data. The first call does it and all later ones return what it returned.
// A program that had ended by itself before is an error which shows the last lines of its log.
func (c *ControlPlane) Stop() error { return c.stop() }

// Kubectl returns the path of a kubectl that fits kube-apiserver.
func (c *ControlPlane) Kubectl() string { return c.programs.KubectlPath }
