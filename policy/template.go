package policy

import (
	"errors"
	"fmt"
	"strings"
	"text/template/parse"
)

// clusterData is what the templates of Sveltos may name: the cluster's object, and its name in short.
//
// Upstream: libsveltos lib/template, and the fields that access-manager passes for a RoleRequest.
func clusterData(c *Cluster) map[string]any {
	labels, annotations := map[string]any{}, map[string]any{}
	for k, v := range c.Metadata.Labels {
		labels[k] = v
	}
	for k, v := range c.Metadata.Annotations {
		annotations[k] = v
	}
	return map[string]any{
		"ClusterNamespace": c.Metadata.Namespace,
		"ClusterName":      c.Metadata.Name,
		"Cluster": map[string]any{
			"kind":       c.Kind,
			"apiVersion": c.APIVersion,
			"metadata": map[string]any{
				"name": c.Metadata.Name, "namespace": c.Metadata.Namespace,
				"labels": labels, "annotations": annotations,
			},
		},
	}
}

var errTemplate = errors.New("only fields of the cluster can be resolved, as {{ .ClusterName }} or {{ .Cluster.metadata.labels.env }}")

// resolve fills in a template. Nothing but fields is allowed: a policy must not be able to loop or to call functions.
func resolve(text string, data map[string]any) (string, error) {
	if !isTemplate(text) {
		return text, nil
	}
	trees, err := parse.Parse("name", text, "", "")
	if err != nil {
		return "", fmt.Errorf("%w: %w", errTemplate, err)
	}
	var b strings.Builder
	for _, node := range trees["name"].Root.Nodes {
		part, err := resolveNode(node, data)
		if err != nil {
			return "", err
		}
		b.WriteString(part)
	}
	return b.String(), nil
}

func resolveNode(node parse.Node, data map[string]any) (string, error) {
	if text, ok := node.(*parse.TextNode); ok {
		return string(text.Text), nil
	}
	action, ok := node.(*parse.ActionNode)
	if !ok || len(action.Pipe.Decl) > 0 || len(action.Pipe.Cmds) != 1 || len(action.Pipe.Cmds[0].Args) != 1 {
		return "", errTemplate
	}
	field, ok := action.Pipe.Cmds[0].Args[0].(*parse.FieldNode)
	if !ok {
		return "", errTemplate
	}
	var at any = data
	for _, name := range field.Ident {
		m, _ := at.(map[string]any)
		if at, ok = m[name]; !ok {
			return "", fmt.Errorf("the cluster has no .%s", strings.Join(field.Ident, "."))
		}
	}
	value, ok := at.(string)
	if !ok {
		return "", fmt.Errorf(".%s is not a text", strings.Join(field.Ident, "."))
	}
	return value, nil
}

// isTemplate says whether a name is a Go template, which Sveltos fills in for each cluster.
func isTemplate(s string) bool { return strings.Contains(s, "{{") }
