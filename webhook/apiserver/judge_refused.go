package apiserver

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/validation"
	authorizationcel "k8s.io/apiserver/pkg/authorization/cel"
)

// celCompiler is that of kube-apiserver. It takes milliseconds to make.
var celCompiler = sync.OnceValue(authorizationcel.NewDefaultCompiler)

// refused is what kube-apiserver itself has against a file.
// Upstream: kubernetes pkg/kubeapiserver/authorizer/config.go.
func refused(c *chain) []note {
	if c.unreadable != nil {
		return []note{{message: c.unreadable.Error(), hint: "write it as AuthorizationConfiguration has it, for the version of kube-apiserver"}}
	}
	known := sets.New(string(apiserver.TypeWebhook), typeNode, typeRBAC, typeABAC, typeAlwaysAllow, typeAlwaysDeny)
	var notes []note
	for _, err := range validation.ValidateAuthorizationConfiguration(celCompiler(), nil, &c.AuthorizationConfiguration, known, sets.New(string(apiserver.TypeWebhook))) {
		if !elsewhere(err) {
			message, _, _ := strings.Cut(err.ErrorBody(), "\n") // CEL goes on with a drawing
			notes = append(notes, note{webhookField(err.Field), message, "correct it: kube-apiserver does not start with it"})
		}
	}
	for i, a := range c.Authorizers {
		if want := strings.ToLower(string(a.Type)); a.Type != apiserver.TypeWebhook && known.Has(string(a.Type)) && a.Name != want {
			notes = append(notes, note{fmt.Sprintf("authorizers[%d].name", i), fmt.Sprintf("kube-apiserver wants %q as the name of type %s", want, a.Type), "call it " + want})
		}
	}
	return notes
}

// elsewhere says whether an error is only that a file is not here. It is where kube-apiserver runs.
func elsewhere(err *field.Error) bool {
	file, _ := err.BadValue.(string)
	return strings.HasSuffix(err.Field, ".kubeConfigFile") && path.IsAbs(file)
}

// webhookField is the field of an error. Upstream leaves .webhook out.
func webhookField(name string) string {
	authorizer, rest, ok := strings.Cut(name, "].")
	if first, _, _ := strings.Cut(rest, "."); !ok || first == "type" || first == "name" || first == "webhook" {
		return name
	}
	return authorizer + "].webhook." + rest
}
