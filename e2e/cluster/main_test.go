// Package cluster_test installs the chart in a cluster whose pods run, and operates it: the server's image, its Service,
// certificates and rights as users have them.
//
// The cluster is the one of BAILIWICK_E2E_KUBECONFIG, which may be anybody's, or else a node of our own (`make e2e-node`).
// BAILIWICK_E2E_APISERVER names the folder that its kube-apiserver takes its AuthorizationConfiguration from, when it can
// be written here; see kind.sh. The images of `make e2e-images` have to be there.
package cluster_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"testing"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
)

// target is the cluster under test.
type target struct {
	kubeconfig string
	config     *rest.Config
	// apiserver is the folder of kube-apiserver's configuration, or nothing.
	apiserver string
	// dial reaches pods and Services. Nil: they cannot be reached from here.
	dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// cluster is nil when there is none, and then skip says why.
var (
	cluster *target
	skip    string
)

func TestMain(m *testing.M) {
	ctrllog.SetLogger(logr.Discard())
	stop, err := find()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// find sets the cluster. What it started is ended by the function that it returns.
func find() (func() error, error) {
	file := os.Getenv("BAILIWICK_E2E_KUBECONFIG")
	if file == "" {
		return startNode(os.Stderr)
	}
	config, err := clientcmd.BuildConfigFromFlags("", file)
	if err != nil {
		return nil, fmt.Errorf("BAILIWICK_E2E_KUBECONFIG: %w", err)
	}
	cluster = &target{kubeconfig: file, config: config, apiserver: os.Getenv("BAILIWICK_E2E_APISERVER")}
	return func() error { return nil }, nil
}

// need is the cluster, or the end of the test.
func need(t *testing.T) *target {
	t.Helper()
	if cluster == nil {
		t.Skip(skip)
	}
	return cluster
}
