package main

import (
	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

func newGenAdmission(io stdio) *cobra.Command {
	var kubeconfig string
	var out output
	cmd := &cobra.Command{
		Use:   "admission-config --kubeconfig PATH",
		Short: "Write an AdmissionConfiguration: kube-apiserver then shows admission webhooks a client certificate",
		Long: `Write an AdmissionConfiguration, for kube-apiserver --admission-control-config-file: kube-apiserver then shows admission
webhooks the client certificate that the kubeconfig has for them. Without it, it shows none.`,
		Example: `  bailiwick gen admission-config --kubeconfig /etc/kubernetes/bailiwick/admission.kubeconfig`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if kubeconfig == "" {
				return broken("add --kubeconfig /etc/kubernetes/bailiwick/admission.kubeconfig", "which certificate is shown: --kubeconfig is missing")
			}
			text, err := apiserver.AdmissionConfiguration(kubeconfig)
			if err != nil {
				return broken("", "%w", err)
			}
			return out.write(io, text, openFile)
		},
	}
	cmd.Flags().StringVar(&kubeconfig, "kubeconfig", "", "absolute `PATH`, where kube-apiserver runs, of what gen kubeconfig --for admission wrote (required)")
	out.flags(cmd.Flags())
	return cmd
}
