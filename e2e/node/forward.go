//go:build linux

package node

import (
	"context"
	"io"
	"net"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// apiAddress is where kube-apiserver answers on the node.
const apiAddress = address + ":6443"

// openAPI lets programs of this machine, which are not in the node's network, reach kube-apiserver on loopback.
func (n *Node) openAPI(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	n.forward = listener
	go func() {
		for {
			outer, err := listener.Accept()
			if err != nil {
				return // closed
			}
			go n.connect(outer)
		}
	}()
	if err := n.writeKubeconfig("admin", "https://"+listener.Addr().String(), identity{name: "admin", groups: []string{masters}}); err != nil {
		return err
	}
	if n.admin, err = clientcmd.BuildConfigFromFlags("", n.Kubeconfig()); err != nil {
		return err
	}
	n.admin.QPS = -1 // the server is ours alone, waiting in the client helps nobody
	n.client, err = kubernetes.NewForConfig(n.admin)
	return err
}

func (n *Node) connect(outer net.Conn) {
	defer outer.Close() //nolint:errcheck // whoever wrote has been told
	inner, err := n.Dial(context.Background(), "tcp", apiAddress)
	if err != nil {
		return
	}
	defer inner.Close() //nolint:errcheck // whoever wrote has been told
	go func() {
		_, _ = io.Copy(inner, outer)
		_ = inner.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(outer, inner)
}
