package controlplane

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// KillAPIServer ends kube-apiserver without warning and returns when it is gone. What is stored stays.
func (c *ControlPlane) KillAPIServer() error {
	process := c.dir.process(apiserver)
	if process == nil {
		return errors.New("kube-apiserver does not run")
	}
	if err := process.Kill(); err != nil {
		return fmt.Errorf("killing kube-apiserver: %w", err)
	}
	for process.Signal(noSignal) == nil {
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

// AuthorizationConfig is the file that tells kube-apiserver which authorizers to ask, if there is a webhook among them. It
// is read again when it is replaced.
func (c *ControlPlane) AuthorizationConfig() string { return c.dir.path(authorizationConfig) }

// StartAPIServer starts kube-apiserver again after KillAPIServer, on the same address, and returns when it answers.
func (c *ControlPlane) StartAPIServer() error {
	log, err := os.OpenFile(c.dir.log(apiserver), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the program keeps its own handle
	c.programs.APIServer.Out, c.programs.APIServer.Err = log, log
	if err := c.programs.APIServer.Start(); err != nil {
		return fmt.Errorf("starting kube-apiserver again: %w%s", err, c.dir.tail(apiserver))
	}
	return nil
}
