//go:build linux

// Package node runs a real Kubernetes cluster of one node for end-to-end tests: etcd, the control plane, containerd, a
// kubelet and kube-proxy, so that pods run, Services lead to them, and Helm waits for them.
//
// All of it lives in namespaces of its own (mounts, processes, network, host name), from which no route leads out. A node
// starts in seconds and nothing of it outlives its owner: the end of the namespaces' first process is the end of every
// process and mount, and that one ends with the test, however it does.
//
// It needs root, control groups that may be written, and the commands ip, mount, nsenter and nft. See Unable.
package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Options say which node to start. Assets and Programs are required.
type Options struct {
	// Assets is the folder that e2e/tools/build fills, Programs the one that e2e/tools/build-node fills.
	Assets, Programs string
	// Images are tarballs that are there for pods when Start returns. No others can be had: there is no registry.
	Images []string
	// Flags are more of kube-apiserver's.
	Flags []string
	// Out is told what is going on, a line for each step.
	Out io.Writer
}

// Node is a running cluster.
type Node struct {
	options    Options
	dir        string
	watchdog   *watchdog
	namespaces *namespaces
	pki        *pki
	processes  processes
	forward    io.Closer
	admin      *rest.Config
	client     kubernetes.Interface
	stop       func() error
}

// The addresses of a cluster. Each has a network of its own, so they are always the same.
const (
	name         = "node"
	address      = "10.99.0.1"
	serviceCIDR  = "10.96.0.0/16"
	firstService = "10.96.0.1" // of kube-apiserver itself
	podCIDR      = "10.88.0.0/24"
)

// startTimeout: a quiet machine needs 5 s; tests often run beside a compiler.
const startTimeout = 2 * time.Minute

// Start returns when the node is ready for pods. The context bounds starting only; whoever got a node must call Stop.
// An error that is ErrUnable says that this machine cannot run one.
func Start(ctx context.Context, o Options) (*Node, error) {
	if o.Out == nil {
		o.Out = io.Discard
	}
	if err := Unable(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	dir, err := os.MkdirTemp("", "bailiwick-node-")
	if err != nil {
		return nil, err
	}
	n := &Node{options: o, dir: dir}
	n.stop = sync.OnceValue(n.release)
	if err := n.bringUp(ctx); err != nil {
		return nil, errors.Join(err, n.stop())
	}
	return n, nil
}

func (n *Node) bringUp(ctx context.Context) (err error) {
	began := time.Now()
	if n.watchdog, err = watch(n.dir); err != nil {
		return fmt.Errorf("starting the node's watchdog: %w", err)
	}
	if err := n.programsExist(); err != nil {
		return err
	}
	if n.namespaces, err = enter(ctx, n.dir, n.program("pause")); err != nil {
		return err
	}
	if n.pki, err = newPKI(); err != nil {
		return fmt.Errorf("making certificates: %w", err)
	}
	if err := n.writeFiles(); err != nil {
		return fmt.Errorf("configuring the node: %w", err)
	}
	for _, start := range []func(context.Context) error{n.openAPI, n.startControlPlane, n.startRuntime, n.startNode} {
		if err := start(ctx); err != nil {
			return fmt.Errorf("starting a node: %w", err)
		}
	}
	fmt.Fprintf(n.options.Out, "node: ready after %.1f s\n", time.Since(began).Seconds())
	return nil
}

// Admin returns the configuration of a member of system:masters, for clients in this process.
func (n *Node) Admin() *rest.Config { return rest.CopyConfig(n.admin) }

// Kubeconfig is the same as a file, for any program on this machine.
func (n *Node) Kubeconfig() string { return n.path("admin.kubeconfig") }

// APIServer is the folder of what an administrator gives kube-apiserver: authorization.yaml, the chain of authorizers, Node
// and RBAC at first, which it follows when the file is replaced by renaming; client.crt and client.key, which it shows.
func (n *Node) APIServer() string { return n.path("apiserver") }

// Stop ends everything and removes what it left. The first call does it and all later ones return what it returned.
func (n *Node) Stop() error { return n.stop() }

func (n *Node) release() error {
	var errs []error
	if n.forward != nil {
		errs = append(errs, n.forward.Close())
	}
	if n.namespaces != nil {
		errs = append(errs, n.namespaces.leave())
	}
	n.processes.wait()
	errs = append(errs, removeGroups(n.group()), os.RemoveAll(n.dir))
	if n.watchdog != nil {
		errs = append(errs, n.watchdog.dismiss())
	}
	return errors.Join(errs...)
}

func (n *Node) path(name string) string { return filepath.Join(n.dir, name) }

// group is the name of the control group in which all pods are.
func (n *Node) group() string { return filepath.Base(n.dir) }

// programs are started here; those that they start are beside them.
var programs = []string{
	"pause", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "containerd", "ctr", "kubelet", "kube-proxy",
}

// program is the path of a program of either folder.
func (n *Node) program(name string) string {
	path := filepath.Join(n.options.Programs, name)
	if _, err := os.Stat(path); err != nil {
		return filepath.Join(n.options.Assets, name)
	}
	return path
}

func (n *Node) programsExist() error {
	for _, name := range programs {
		if _, err := os.Stat(n.program(name)); err != nil {
			return fmt.Errorf("%w (e2e/tools/build and build-node build it, and print the folders)", err)
		}
	}
	return nil
}
