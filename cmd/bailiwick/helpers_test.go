package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bailiwick-dev/bailiwick/certs"
)

// writeCertificates makes what serve needs: good/, expired/ and mismatch/ for the server, ca.crt, other-ca.crt, and a client's pair.
func writeCertificates(dir string) error {
	ca, err := certs.NewAuthority("test CA", time.Hour)
	if err != nil {
		return err
	}
	stranger, err := certs.NewAuthority("stranger", time.Hour)
	if err != nil {
		return err
	}
	good, err1 := ca.Server(time.Hour, "localhost", "127.0.0.1")
	other, err2 := ca.Server(time.Hour, "localhost")
	expired, err3 := ca.Server(-time.Minute, "localhost")
	client, err4 := ca.Client(time.Hour, "kube-apiserver")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	files := map[string][]byte{
		"ca.crt":           ca.PEM(),
		"other-ca.crt":     stranger.PEM(),
		"good/tls.crt":     good.Cert,
		"good/tls.key":     good.Key,
		"expired/tls.crt":  expired.Cert,
		"expired/tls.key":  expired.Key,
		"mismatch/tls.crt": good.Cert,
		"mismatch/tls.key": other.Key,
		"client.crt":       client.Cert,
		"client.key":       client.Key,
	}
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o600)); err != nil {
			return err
		}
	}
	return nil
}

// waitFor waits until a URL answers with a text: waitfor URL TEXT.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waitfor URL TEXT")
	}
	last := ""
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		body, err := get(args[0])
		if err == nil && strings.Contains(body, args[1]) {
			return
		}
		last = fmt.Sprint(body, err)
	}
	ts.Fatalf("%s never said %q, but %q", args[0], args[1], last)
}

func get(url string) (string, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// request posts a file as kube-apiserver would and prints the answer: request URL FILE CA [CERT KEY].
func request(ts *testscript.TestScript, neg bool, args []string) {
	answer, err := post(ts, args)
	if err != nil {
		answer = err.Error()
	}
	if (err != nil) != neg {
		ts.Fatalf("request: %s", answer)
	}
	ts.Check(os.WriteFile(ts.MkAbs("answer"), []byte(answer), 0o600))
}

func post(ts *testscript.TestScript, args []string) (string, error) {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(ts.ReadFile(args[2])))
	conf := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	if len(args) == 5 {
		pair, err := tls.X509KeyPair([]byte(ts.ReadFile(args[3])), []byte(ts.ReadFile(args[4])))
		ts.Check(err)
		conf.Certificates = []tls.Certificate{pair}
	}
	transport := &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	body := bytes.NewReader([]byte(ts.ReadFile(args[1])))
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, args[0], body)
	ts.Check(err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := (&http.Client{Transport: transport, Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return string(answer), err
}

// stopBackground sends SIGTERM to everything in the background; the script's wait then sees how it ended.
func stopBackground(ts *testscript.TestScript, _ bool, _ []string) {
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	}
}

// exits runs a command and checks its exit code: exits CODE bailiwick …; output goes to the files out and err.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}
