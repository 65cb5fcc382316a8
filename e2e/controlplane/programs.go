package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

const (
	etcd      = "etcd"
	apiserver = "kube-apiserver"

	// startTimeout and stopTimeout hold for each program. A quiet machine needs 2 s; tests often run beside a compiler.
	startTimeout = time.Minute
	stopTimeout  = 20 * time.Second
)

// newPrograms uses envtest's control plane without its Environment, because that one obeys variables (a developer who
// exports USE_EXISTING_CLUSTER would have his real cluster tested) and tries five times what failed for good.
func newPrograms(dir workdir, assets string) *envtest.ControlPlane {
	return &envtest.ControlPlane{
		Etcd: &envtest.Etcd{
			Path: dir.launcher(etcd), DataDir: dir.path("data"), StartTimeout: startTimeout, StopTimeout: stopTimeout,
		},
		APIServer: &envtest.APIServer{
			Path: dir.launcher(apiserver), CertDir: dir.path("pki"), StartTimeout: startTimeout, StopTimeout: stopTimeout,
		},
		KubectlPath: filepath.Join(assets, "kubectl"),
	}
}

// run starts the programs. What they print goes to files rather than to this process, so that the end of this process
// is not the end of the log.
func (c *ControlPlane) run(ctx context.Context) error {
	etcdLog, err := os.Create(c.dir.log(etcd))
	if err != nil {
		return err
	}
	defer etcdLog.Close() //nolint:errcheck // the program keeps its own handle
	apiserverLog, err := os.Create(c.dir.log(apiserver))
	if err != nil {
		return err
	}
	defer apiserverLog.Close() //nolint:errcheck // the program keeps its own handle
	c.programs.Etcd.Out, c.programs.Etcd.Err = etcdLog, etcdLog
	c.programs.APIServer.Out, c.programs.APIServer.Err = apiserverLog, apiserverLog

	started := make(chan struct{})
	defer close(started)
	cancelled := context.AfterFunc(ctx, func() { c.dir.killUntil(started) })
	err = c.programs.Start()
	if !cancelled() {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("%w%s", err, c.dir.tails())
	}
	return nil
}

// release gives back everything the control plane holds. The programs are killed: nothing they hold is wanted any more,
// and a kube-apiserver that is asked to stop waits a minute for whoever watches. The watchdog comes last: until then it
// covers for us.
func (c *ControlPlane) release() error {
	c.dir.kill()
	err := c.programs.Stop() // waits for both
	if errors.Is(err, syscall.ESRCH) {
		err = nil // a program ended between envtest's look and its signal
	}
	if err != nil {
		err = fmt.Errorf("stopping the control plane: %w", err)
	}
	err = errors.Join(err, os.RemoveAll(string(c.dir)))
	if c.watchdog != nil {
		err = errors.Join(err, c.watchdog.dismiss())
	}
	return err
}
