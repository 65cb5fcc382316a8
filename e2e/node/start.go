//go:build linux

package node

import (
	"context"
	"path/filepath"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const etcdURL = "http://127.0.0.1:2379"

// startControlPlane starts what needs no node, and returns when kube-apiserver answers.
func (n *Node) startControlPlane(ctx context.Context) error {
	if err := n.start("etcd", "--data-dir", n.path("etcd"), "--unsafe-no-fsync",
		"--listen-client-urls", etcdURL, "--advertise-client-urls", etcdURL); err != nil {
		return err
	}
	if err := n.start("kube-apiserver", append([]string{
		"--etcd-servers=" + etcdURL,
		"--advertise-address=" + address, "--endpoint-reconciler-type=master-count",
		"--tls-cert-file=" + n.path("apiserver.crt"), "--tls-private-key-file=" + n.path("apiserver.key"),
		"--client-ca-file=" + n.path("ca.crt"),
		"--kubelet-client-certificate=" + n.path("apiserver/client.crt"), "--kubelet-client-key=" + n.path("apiserver/client.key"),
		"--kubelet-preferred-address-types=InternalIP",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + n.path("accounts.key"), "--service-account-signing-key-file=" + n.path("accounts.key"),
		"--service-cluster-ip-range=" + serviceCIDR, "--allow-privileged=true",
		"--authorization-config=" + n.path("apiserver/authorization.yaml"),
	}, n.options.Flags...)...); err != nil {
		return err
	}
	if err := n.await(ctx, "waiting for kube-apiserver", n.apiAnswers); err != nil {
		return err
	}
	if err := n.start("kube-controller-manager",
		"--kubeconfig="+n.path("controllers.kubeconfig"), "--leader-elect=false", "--use-service-account-credentials",
		"--service-account-private-key-file="+n.path("accounts.key"), "--root-ca-file="+n.path("ca.crt"),
		"--allocate-node-cidrs=true", "--cluster-cidr="+podCIDR, "--service-cluster-ip-range="+serviceCIDR); err != nil {
		return err
	}
	return n.start("kube-scheduler", "--kubeconfig="+n.path("scheduler.kubeconfig"), "--leader-elect=false")
}

func (n *Node) apiAnswers(ctx context.Context) bool {
	return n.client.Discovery().RESTClient().Get().AbsPath("/readyz").MaxRetries(0).Do(ctx).Error() == nil
}

// startRuntime starts containerd and gives it the images.
func (n *Node) startRuntime(ctx context.Context) error {
	if err := n.start("containerd", "--config", n.path("containerd.toml")); err != nil {
		return err
	}
	if err := n.await(ctx, "waiting for containerd", func(ctx context.Context) bool { return n.ctr(ctx, "version") == nil }); err != nil {
		return err
	}
	for _, image := range append([]string{n.program("pause.tar")}, n.options.Images...) {
		if err := n.Load(ctx, image); err != nil {
			return err
		}
	}
	return nil
}

// Load makes the image of a tarball one that pods can be started from.
func (n *Node) Load(ctx context.Context, tarball string) error {
	path, err := filepath.Abs(tarball) // the folder in which this runs is not that of programs inside
	if err != nil {
		return err
	}
	return n.ctr(ctx, "--namespace", "k8s.io", "images", "import", path)
}

func (n *Node) ctr(ctx context.Context, args ...string) error {
	return n.run(ctx, append([]string{n.program("ctr"), "--address", "/run/containerd/containerd.sock"}, args...)...)
}

// startNode starts what pods need, and returns when the node is ready for them.
func (n *Node) startNode(ctx context.Context) error {
	if err := n.start("kubelet", "--config="+n.path("kubelet.yaml"), "--kubeconfig="+n.path("kubelet.kubeconfig"),
		"--root-dir="+n.path("kubelet"), "--cert-dir="+n.path("kubelet"), "--hostname-override="+name, "--node-ip="+address); err != nil {
		return err
	}
	if err := n.start("kube-proxy", "--config="+n.path("proxy.yaml")); err != nil {
		return err
	}
	if err := n.await(ctx, "waiting for the node", n.isReady); err != nil {
		return err
	}
	_, err := n.client.CoreV1().Nodes().Patch(ctx, name, types.MergePatchType, []byte(controlPlane), metav1.PatchOptions{})
	return err
}

// controlPlane makes the node one that the control plane runs on. A kubelet may not say so of itself.
const controlPlane = `{"metadata":{"labels":{"node-role.kubernetes.io/control-plane":""}}}`

func (n *Node) isReady(ctx context.Context) bool {
	found, err := n.client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	return err == nil && slices.ContainsFunc(found.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}
