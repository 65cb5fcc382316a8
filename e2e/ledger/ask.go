package ledger

import (
	"fmt"
	"strings"
)

// Ask is one question.
type Ask struct {
	User   string
	Groups []string
	// Cluster is where, by Rancher's id; empty: the Harvester cluster.
	Cluster string

	Verb, Group, Resource, Subresource string
	Namespace, Name                    string

	Says Answer          // what the documentation says
	Want map[Mode]Answer // what is
}

func (a *Ask) String() string {
	resource := a.Resource
	if a.Group != "" {
		resource += "." + a.Group
	}
	if a.Subresource != "" {
		resource += "/" + a.Subresource
	}
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s -n %q %s", a.User, a.Verb, resource, a.Name, a.Namespace, a.Cluster)), " ")
}

// everybody are the groups of whoever comes through Rancher.
//
// Upstream: rancher pkg/auth/requests/filter.go.
var everybody = []string{"system:authenticated", "system:cattle:authenticated"}

// parseAsks reads a line: USER[,GROUP…] VERB[,…] RESOURCE[.GROUP][/SUBRESOURCE][,…] [NAME] [-n NAMESPACE] [-c CLUSTER] => ANSWERS.
// It is a question for each verb and resource.
func parseAsks(line string) ([]Ask, error) {
	question, answers, ok := strings.Cut(line, " => ")
	fields := strings.Fields(question)
	if !ok || len(fields) < 3 {
		return nil, fmt.Errorf("want WHO VERBS RESOURCES [NAME] [-n NAMESPACE] [-c CLUSTER] => ANSWERS")
	}
	who := strings.Split(fields[0], ",")
	a := Ask{User: who[0], Groups: append(who[1:], everybody...), Want: map[Mode]Answer{}}
	if err := a.where(fields[3:]); err != nil {
		return nil, err
	}
	if err := a.answers(answers); err != nil {
		return nil, err
	}
	var asks []Ask
	for _, resource := range strings.Split(fields[2], ",") {
		resource, a.Subresource, _ = strings.Cut(resource, "/")
		a.Resource, a.Group, _ = strings.Cut(resource, ".")
		for _, a.Verb = range strings.Split(fields[1], ",") {
			asks = append(asks, a)
		}
	}
	return asks, nil
}

func (a *Ask) where(fields []string) error {
	for len(fields) > 0 {
		switch {
		case fields[0] == "-n" && len(fields) > 1:
			a.Namespace, fields = fields[1], fields[2:]
		case fields[0] == "-c" && len(fields) > 1:
			a.Cluster, fields = fields[1], fields[2:]
		case a.Name == "" && !strings.HasPrefix(fields[0], "-"):
			a.Name, fields = fields[0], fields[1:]
		default:
			return fmt.Errorf("%q is one word too many", fields[0])
		}
	}
	return nil
}

func (a *Ask) answers(text string) error {
	words := strings.Split(text, "/")
	if len(words) == 1 {
		words = []string{text, text, text}
	}
	if len(words) != 3 {
		return fmt.Errorf("%q: want one answer, or three", text)
	}
	for _, word := range words {
		if answer := Answer(word); answer != Yes && answer != RBAC && answer != No {
			return fmt.Errorf("%q: want yes, rbac or no", word)
		}
	}
	a.Says, a.Want[Compatible], a.Want[Hardened] = Answer(words[0]), Answer(words[1]), Answer(words[2])
	return nil
}
