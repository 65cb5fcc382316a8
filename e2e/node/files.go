//go:build linux

package node

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"embed"
	"errors"
	"os"
	"path/filepath"
	"text/template"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

//go:embed config
var configs embed.FS

// folders for the files, beside the node's own.
var folders = []string{"apiserver", "cni", "manifests", "kubelet"}

// places says which files are not in the node's own folder.
var places = map[string]string{"cni.conflist": "cni/pods.conflist", "authorization.yaml": "apiserver/authorization.yaml"}

const masters = "system:masters"

// identity is somebody for whom the cluster's authority vouches.
type identity struct {
	name   string
	groups []string
	hosts  []string // of a server
}

// Certificates are files of their own, or in a kubeconfig. The client of kube-apiserver is called as kubeadm calls it.
var (
	certificates = map[string]identity{
		"apiserver":        {"kube-apiserver", nil, []string{"localhost", "127.0.0.1", "kubernetes.default.svc", firstService, address}},
		"apiserver/client": {"kube-apiserver-kubelet-client", []string{masters}, nil},
		"node":             {name, nil, []string{name, address}},
	}
	users = map[string]identity{
		"controllers": {name: "system:kube-controller-manager"},
		"scheduler":   {name: "system:kube-scheduler"},
		"proxy":       {name: "system:kube-proxy"},
		"kubelet":     {name: "system:node:" + name, groups: []string{"system:nodes"}},
	}
)

// writeFiles writes everything that the programs read.
func (n *Node) writeFiles() error {
	for _, folder := range folders {
		if err := os.Mkdir(n.path(folder), 0o755); err != nil {
			return err
		}
	}
	return errors.Join(n.writeConfigs(), n.writeCertificates(), n.writeKubeconfigs())
}

func (n *Node) writeConfigs() error {
	programs, err := filepath.Abs(n.options.Programs)
	if err != nil {
		return err
	}
	values := struct{ Dir, Programs, Group, Name, Address, PodCIDR string }{n.dir, programs, n.group(), name, address, podCIDR}
	all, err := template.ParseFS(configs, "config/*")
	if err != nil {
		return err
	}
	for _, t := range all.Templates() {
		var text bytes.Buffer
		if err := t.Execute(&text, values); err != nil {
			return err
		}
		if err := os.WriteFile(n.path(cmp.Or(places[t.Name()], t.Name())), text.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) writeCertificates() error {
	accounts, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	files := map[string][]byte{"ca.crt": n.pki.ca()}
	if files["accounts.key"], err = keyPEM(accounts); err != nil {
		return err
	}
	for file, who := range certificates {
		pair, err := n.pki.issue(who)
		if err != nil {
			return err
		}
		files[file+".crt"], files[file+".key"] = pair.cert, pair.key
	}
	for file, data := range files {
		if err := os.WriteFile(n.path(file), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) writeKubeconfigs() error {
	for file, user := range users {
		if err := n.writeKubeconfig(file, "https://"+apiAddress, user); err != nil {
			return err
		}
	}
	return nil
}

// writeKubeconfig writes FILE.kubeconfig for a user whom a new certificate names.
func (n *Node) writeKubeconfig(file, server string, user identity) error {
	pair, err := n.pki.issue(user)
	if err != nil {
		return err
	}
	config := clientcmdapi.NewConfig()
	config.Clusters[name] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: n.pki.ca()}
	config.AuthInfos[name] = &clientcmdapi.AuthInfo{ClientCertificateData: pair.cert, ClientKeyData: pair.key}
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	config.CurrentContext = name
	return clientcmd.WriteToFile(*config, n.path(file+".kubeconfig"))
}
