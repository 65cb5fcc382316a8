package main

import (
	"fmt"

	"k8s.io/client-go/dynamic"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// asKubectl is the kubeconfig that a person means who names none: that of kubectl, or in a pod none.
func asKubectl(kubeconfig string) string {
	if _, err := rest.InClusterConfig(); err != nil && kubeconfig == "" {
		return clientcmd.NewDefaultClientConfigLoadingRules().GetDefaultFilename()
	}
	return kubeconfig
}

// clusterConfig reads a kubeconfig, or without one is for the cluster in which this runs as a pod.
func clusterConfig(kubeconfig string) (*rest.Config, error) {
	config, err := rest.InClusterConfig()
	if kubeconfig != "" {
		config, err = clientcmd.NewNonInteractiveDeferredLoadingClientConfig(&clientcmd.ClientConfigLoadingRules{ExplicitPath: kubeconfig}, nil).ClientConfig()
	}
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig of the cluster that is served: %w", err)
	}
	config.UserAgent = "bailiwick/" + buildVersion()
	return config, nil
}

func admissionClient(kubeconfig string) (admissionclient.AdmissionregistrationV1Interface, error) {
	config, err := clusterConfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	return admissionclient.NewForConfig(config)
}

func coreClient(kubeconfig string) (coreclient.CoreV1Interface, error) {
	config, err := clusterConfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	return coreclient.NewForConfig(config)
}

// dynamicClient is for writing one object after another, which needs no other limit.
func dynamicClient(kubeconfig string) (dynamic.Interface, error) {
	config, err := clusterConfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Timeout = -1, compareTakes
	return dynamic.NewForConfig(config)
}
