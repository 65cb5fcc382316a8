package wired

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/webhook"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// Options say what to run.
type Options struct {
	// Assets is the folder with etcd and kube-apiserver.
	Assets string
	// Binary is the bailiwick program; see Build.
	Binary string
	// PolicyDir is what it serves.
	PolicyDir string
	// Args are further flags of bailiwick serve.
	Args []string
	// Follow gives still further flags when bailiwick is to follow the API server, which is then started first. Nil: it
	// serves PolicyDir.
	Follow func(*controlplane.ControlPlane) ([]string, error)
	// OwnCertificate says that Args tell where its serving certificate is from.
	OwnCertificate bool
	// CRDs are the foreign kinds that the API server knows.
	CRDs []controlplane.CRDSet
	// Out is told of each step, Log gets what bailiwick logs. Nil: nobody.
	Out, Log io.Writer
}

// System is a kube-apiserver wired to a bailiwick process.
type System struct {
	*controlplane.ControlPlane
	Server *Server
	dir    string
}

// Build compiles the bailiwick program of this module into a folder.
func Build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "bailiwick")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "github.com/bailiwick-dev/bailiwick/cmd/bailiwick")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building bailiwick: %w\n%s", err, out)
	}
	return binary, nil
}

// Start starts both and registers every guard. What it started is stopped again when it fails.
func Start(ctx context.Context, o Options) (*System, error) {
	s := &System{}
	if err := s.start(ctx, &o); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *System) start(ctx context.Context, o *Options) error {
	var err error
	if s.dir, err = os.MkdirTemp("", "bailiwick-wired-"); err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	pki, err := newPKI()
	if err != nil {
		return err
	}
	server, err := newServer(o, s.dir, pki)
	if err != nil {
		return err
	}
	s.Server = server
	if o.Follow == nil {
		if err := server.Start(ctx); err != nil {
			return err
		}
	}
	s.ControlPlane, err = controlplane.Start(ctx, controlplane.Options{
		Assets: o.Assets,
		CRDs:   o.CRDs,
		Out:    o.Out,
		Authorizer: &controlplane.Webhook{
			URL:        "https://" + server.address + webhook.AuthorizePath,
			CA:         pki.serverCA.PEM(),
			ClientCert: pki.client.Cert,
			ClientKey:  pki.client.Key,
		},
		Admission: &controlplane.AdmissionClient{
			Hosts: []string{server.address},
			Cert:  pki.client.Cert,
			Key:   pki.client.Key,
		},
	})
	if err != nil {
		return err
	}
	if o.Follow != nil {
		if err := s.follow(ctx, o); err != nil {
			return err
		}
	}
	return s.register(ctx, o.PolicyDir, pki.serverCA.PEM())
}

// follow starts the server with the flags that only a running API server could tell.
func (s *System) follow(ctx context.Context, o *Options) error {
	args, err := o.Follow(s.ControlPlane)
	if err != nil {
		return err
	}
	s.Server.args = append(s.Server.args, args...)
	return s.Server.Start(ctx)
}

// register writes the webhook configurations of all guards, as they are for a policy.
func (s *System) register(ctx context.Context, policyDir string, ca []byte) error {
	objs := &policy.Objects{}
	if policyDir != "" {
		var err error
		if objs, _, err = load.Paths(nil, policyDir); err != nil {
			return fmt.Errorf("registering guards: %w", err)
		}
	}
	snap, _ := policy.Compile(objs, policy.Options{})
	client, err := kubernetes.NewForConfig(s.Admin())
	if err != nil {
		return fmt.Errorf("registering guards: %w", err)
	}
	mutating, validating := admit.Configurations(admit.Guards(), snap, func(path string) admissionregv1.WebhookClientConfig {
		return admissionregv1.WebhookClientConfig{URL: new("https://" + s.Server.address + path), CABundle: ca}
	})
	api := client.AdmissionregistrationV1()
	_, err = api.MutatingWebhookConfigurations().Create(ctx, mutating, metav1.CreateOptions{})
	_, err2 := api.ValidatingWebhookConfigurations().Create(ctx, validating, metav1.CreateOptions{})
	if err := errors.Join(err, err2); err != nil {
		return fmt.Errorf("registering guards: %w", err)
	}
	return nil
}

// Stop ends everything that was started and removes its files.
func (s *System) Stop() error {
	var err error
	if s.ControlPlane != nil {
		err = s.ControlPlane.Stop()
	}
	if s.Server != nil {
		s.Server.Stop()
	}
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}
