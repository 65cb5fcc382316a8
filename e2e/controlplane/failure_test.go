package controlplane

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// ownerVariable turns the test program into one that owns a control plane until it is killed.
const ownerVariable = "BAILIWICK_TEST_OWNER"

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard()) // controller-runtime asks for one
	if os.Getenv(ownerVariable) == "" {
		os.Exit(m.Run())
	}
	c, err := Start(context.Background(), Options{Assets: os.Getenv("KUBEBUILDER_ASSETS")})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(c.dir)
	select {}
}

func TestKilledOwnerLeavesNothing(t *testing.T) {
	Assets(t)
	emptyTemp(t)
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), ownerVariable+"=1")
	owner.Stderr = os.Stderr
	out, err := owner.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, owner.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	dir := workdir(strings.TrimSpace(line))
	programs := []*os.Process{dir.process(etcd), dir.process(apiserver)}
	require.NotContains(t, programs, (*os.Process)(nil), line)

	require.NoError(t, owner.Process.Kill())
	_ = owner.Wait()
	require.Eventually(t, func() bool {
		for _, process := range programs {
			if process.Signal(noSignal) == nil && dir.owns(process.Pid) { // not ours: waits to be reaped
				return false
			}
		}
		_, err := os.Stat(string(dir))
		return os.IsNotExist(err)
	}, 10*time.Second, 50*time.Millisecond)
}

func TestDeathIsTold(t *testing.T) {
	emptyTemp(t)
	c, err := Start(t.Context(), Options{Assets: Assets(t), CRDs: []CRDSet{Sveltos}, Out: t.Output()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Stop() })
	requireEstablished(t, c, len(sveltosFiles))

	victim := c.dir.process(apiserver)
	require.NoError(t, victim.Kill())
	require.Eventually(t, func() bool { return victim.Signal(noSignal) != nil }, 5*time.Second, 10*time.Millisecond)
	err = c.Stop()
	require.ErrorContains(t, err, "kube-apiserver ended by itself; the last lines of kube-apiserver's log:\n")
	require.NotContains(t, err.Error(), "etcd ended")
}

func TestStartFails(t *testing.T) {
	good := Assets(t)
	w := &Webhook{URL: "https://127.0.0.1:1/", CA: []byte("nobody")}
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"no programs":      {Options{Assets: t.TempDir()}, "etcd: no such file or directory (e2e/tools/build builds it"},
		"no hosts":         {Options{Assets: good, Admission: &AdmissionClient{}}, "no hosts to present"},
		"last words":       {Options{Assets: good, Authorizer: w}, `unable to load root certificates: unable to parse bytes as PEM block`},
		"sets that clash":  {Options{Assets: good, CRDs: []CRDSet{Sveltos, Seed}}, "choose one"},
		"unknown CRD set":  {Options{Assets: good, CRDs: []CRDSet{"kubevirt"}}, `set "kubevirt": there is no such set`},
		"missing CRD file": {Options{Assets: good, CRDPaths: []string{"nowhere.yaml"}}, "nowhere.yaml: no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			emptyTemp(t)
			c, err := Start(t.Context(), test.options)
			require.ErrorContains(t, err, test.want)
			require.Nil(t, c)
		})
	}
}

func TestStartIsCancelled(t *testing.T) {
	emptyTemp(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { // as soon as kube-apiserver is started
		for ctx.Err() == nil {
			if found, _ := filepath.Glob(filepath.Join(os.TempDir(), "*", apiserver+".pid")); len(found) > 0 {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	began := time.Now()
	c, err := Start(ctx, Options{Assets: Assets(t)})
	require.ErrorIs(t, err, context.Canceled)
	require.Nil(t, c)
	require.Less(t, time.Since(began), startTimeout/2)
}
