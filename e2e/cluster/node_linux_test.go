package cluster_test

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/bailiwick-dev/bailiwick/e2e/node"
)

func startNode(out io.Writer) (func() error, error) {
	nothing := func() error { return nil }
	assets, programs := os.Getenv("KUBEBUILDER_ASSETS"), os.Getenv("BAILIWICK_NODE_ASSETS")
	if assets == "" || programs == "" {
		skip = "there is no cluster: run `make e2e-node`, or name one in BAILIWICK_E2E_KUBECONFIG"
		return nothing, nil
	}
	n, err := node.Start(context.Background(), node.Options{
		Assets: assets, Programs: programs, Images: []string{"../../bin/e2e/current.tar", "../../bin/e2e/previous.tar"}, Out: out,
	})
	if errors.Is(err, node.ErrUnable) {
		skip = err.Error()
		return nothing, nil
	}
	if err != nil {
		return nil, err
	}
	cluster = &target{kubeconfig: n.Kubeconfig(), config: n.Admin(), apiserver: n.APIServer(), dial: n.Dial}
	return n.Stop, nil
}
