package admit_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// deletion is the request to delete an object; without its name it is one of a whole collection.
func deletion(t *testing.T, user, object string) *admissionv1.AdmissionRequest {
	req := request(t, write{user: user, object: object})
	req.Operation, req.OldObject, req.Object.Raw = admissionv1.Delete, req.Object, nil
	return req
}

func TestSettingsThatAreDeleted(t *testing.T) {
	const storage = `{apiVersion: harvesterhci.io/v1beta1, kind: Setting, metadata: {name: storage-network}}`
	const undoes = "deleting setting http-proxy does not undo it: Harvester does not act on that (empty its value instead, which resets it)"
	for name, tc := range map[string]struct {
		user, object    string
		refused, warned string
	}{
		"one that Harvester keeps":            {"root", storage, "Harvester forbids to delete setting storage-network (empty its value instead, which resets it)", ""},
		"one that Harvester keeps, by itself": {harvester, storage, "", "Harvester forbids to delete setting storage-network (would be refused from anybody else)"},
		"one that is set":                     {"root", setting(good, "{}"), "", undoes},
		"one that is set badly":               {"root", setting(broken, "{}"), "", undoes},
		"one that is not set":                 {"root", setting("", "{}"), "", ""},
		"one that nobody knows":               {"root", `{apiVersion: harvesterhci.io/v1beta1, kind: Setting, metadata: {name: coffee}, value: strong}`, "", ""},
		"one that cannot be read":             {"root", `{apiVersion: harvesterhci.io/v1beta1, kind: Setting, metadata: {name: http-proxy}, value: 1}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, collection := range []bool{false, true} {
				req := deletion(t, tc.user, tc.object)
				if collection {
					req.Name = ""
				}
				got := submitRequest(t, compile(t, nodes, policy.Options{}), "settings", req)
				if tc.refused == "" {
					require.Nil(t, got.Refusal)
				} else {
					require.NotNil(t, got.Refusal)
					require.EqualValues(t, http.StatusForbidden, got.Refusal.Code)
					require.Equal(t, tc.refused, got.Refusal.Message)
				}
				if tc.warned == "" {
					require.Empty(t, got.Warnings)
				} else {
					require.Equal(t, []string{tc.warned}, got.Warnings)
				}
			}
		})
	}
}
