package watch

import (
	"crypto/sha256"
	"fmt"
	"os"
	"sync"
	"time"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Cluster says how an API server is reached and what is read from it.
type Cluster struct {
	// Kubeconfig is a file. It is read again when the API server refuses its credentials or does not answer, so that
	// a renewed token or a new address needs no restart. Empty: the cluster in which the process runs as a pod.
	Kubeconfig string
	Reads      policy.Where
}

const (
	// Requests per second are limited by the API server's own fairness; these only keep a mistake of ours small. A
	// start needs two for each kind and for each object that a RoleRequest names.
	qps, burst = 100, 200
	// renewEvery bounds how often a file is looked at while an API server does not answer.
	renewEvery = time.Second
)

// cluster holds the client of an API server.
type cluster struct {
	Cluster
	userAgent string
	stored    time.Time // when the state was written that was in force at the start; zero without

	mu     sync.Mutex
	sum    [sha256.Size]byte // of the kubeconfig from which client was made
	looked time.Time
	client dynamic.Interface
	host   string
}

func connect(c Cluster, userAgent string) (*cluster, error) {
	cl := &cluster{Cluster: c, userAgent: userAgent}
	return cl, cl.load()
}

// load makes the client, unless the kubeconfig is the one it was made from.
func (c *cluster) load() error {
	var sum [sha256.Size]byte
	if c.Kubeconfig != "" {
		data, err := os.ReadFile(c.Kubeconfig)
		if err != nil {
			return fmt.Errorf("reading a kubeconfig: %w", err)
		}
		sum = sha256.Sum256(data)
	}
	if c.client != nil && sum == c.sum {
		return nil
	}
	config, err := c.config()
	if err != nil {
		return err
	}
	config.UserAgent = c.userAgent
	config.QPS, config.Burst = qps, burst
	config.WarningHandler = rest.NoWarnings{} // an old version is read because the new one is not served
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("reading the kubeconfig %s: %w", c.Kubeconfig, err)
	}
	c.client, c.host, c.sum = client, config.Host, sum
	return nil
}

func (c *cluster) config() (*rest.Config, error) {
	if c.Kubeconfig == "" {
		return rest.InClusterConfig()
	}
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig %s: %w", c.Kubeconfig, err)
	}
	return config, nil
}

// api returns the client and the address that it talks to.
func (c *cluster) api() (dynamic.Interface, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.client, c.host
}

// renew looks whether the kubeconfig has changed. One that is broken or being written is looked at again later.
func (c *cluster) renew() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Kubeconfig == "" || time.Since(c.looked) < renewEvery {
		return
	}
	c.looked = time.Now()
	_ = c.load()
}

// name tells the state of one cluster from that of another.
func (c *cluster) name() string {
	switch c.Reads &^ policy.Inventory {
	case policy.Fleet:
		return "fleet"
	case policy.Here:
		return "here"
	default:
		return "cluster"
	}
}
