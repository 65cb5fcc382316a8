package cluster_test

import "testing"

// On the nodes of the control plane kube-apiserver reaches the server at 127.0.0.1, without any pod network.
func TestDaemonSet(t *testing.T) {
	c := need(t)
	c.scene(t)
	c.install(t, chart, "--set", "run=daemonset")
	c.authorize(t, "127.0.0.1:9443", "", c.serving(t).Bundle)
	c.judges(t)
}
