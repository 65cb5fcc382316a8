package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// unregister is one run of the command of this name.
type unregister struct {
	kubeconfig string
	delete     bool
}

func newUnregister(io stdio) *cobra.Command {
	var u unregister
	cmd := &cobra.Command{
		Use:   "unregister",
		Short: "Take the webhooks out of a cluster, so that no write waits for a server that is gone",
		Long: `Take the webhooks out of a cluster, so that no write waits for a server that is gone. It needs no server.

The configurations stay, without webhooks: a server that still runs would make them again if they were deleted, and
leaves these alone. Once it is gone, --delete deletes them.`,
		Example: `  bailiwick unregister
  bailiwick unregister --kubeconfig admin.kubeconfig --delete`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return u.run(cmd.Context(), io) },
	}
	cmd.Flags().StringVar(&u.kubeconfig, "kubeconfig", "", "`FILE` for the cluster (default: as for kubectl, or the cluster of the pod)")
	cmd.Flags().BoolVar(&u.delete, "delete", false, "delete the configurations")
	return cmd
}

// configurationResources are those of the configurations that register guards.
var configurationResources = []string{"mutatingwebhookconfigurations", "validatingwebhookconfigurations"}

func (u *unregister) run(ctx context.Context, io stdio) error {
	api, err := admissionClient(asKubectl(u.kubeconfig))
	if err != nil {
		return broken("--kubeconfig takes a file as for kubectl", "%w", err)
	}
	for _, resource := range configurationResources {
		done, err := "has no webhooks any more", error(nil)
		if u.delete {
			done, err = "is deleted", api.RESTClient().Delete().Resource(resource).Name(admit.RegistrationName).Do(ctx).Error()
		} else {
			err = emptied(ctx, api.RESTClient(), resource)
		}
		switch {
		case apierrors.IsNotFound(err):
			done = "is not there"
		case apierrors.IsForbidden(err):
			return failed("who unregisters needs the rights to patch and delete it", err)
		case err != nil:
			return failed("", fmt.Errorf("%s %s: %w", resource, admit.RegistrationName, err))
		}
		fmt.Fprintf(io.out, "%s/%s %s\n", resource, admit.RegistrationName, done)
	}
	return nil
}

// emptied takes all webhooks out of a configuration, and marks it in the same write, so that no server fills it before.
func emptied(ctx context.Context, api rest.Interface, resource string) error {
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"labels": map[string]string{admit.RegistrationLabel: admit.Unregistered}},
		"webhooks": []any{},
	})
	if err != nil {
		return err
	}
	return api.Patch(types.MergePatchType).Resource(resource).Name(admit.RegistrationName).Body(patch).Do(ctx).Error()
}
