package v1alpha1_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// The CRD takes the words of the catalogue: the object types and every action group.
func TestWordsAreTheCatalogues(t *testing.T) {
	text, err := os.ReadFile("../crds/bailiwick.dev_roledefinitions.yaml")
	require.NoError(t, err)
	var crd apiextensionsv1.CustomResourceDefinition
	require.NoError(t, yaml.UnmarshalStrict(text, &crd))
	spec := crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].Properties

	types := spec["objectTypes"].Items.Schema.Enum
	require.Len(t, types, 12)
	for _, word := range types {
		var name string
		require.NoError(t, yaml.Unmarshal(word.Raw, &name))
		_, known := ovirt.ObjectTypeByName(name)
		require.True(t, known, name)
	}

	pattern := regexp.MustCompile(spec["actionGroups"].Items.Schema.Pattern)
	for g := range ovirt.AllGroups.All() {
		require.Regexp(t, pattern, g.String())
	}
	for _, r := range ovirt.Roles() {
		require.Contains(t, string(spec["type"].Enum[0].Raw)+string(spec["type"].Enum[1].Raw), string(r.Type))
	}
}
