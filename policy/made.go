package policy

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"k8s.io/apimachinery/pkg/selection"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// made answers from what the user has made himself, and is given a role on for that.
func (s *Snapshot) made(who Subject, way places, qs []ovirt.Requirement, ask *Ask) (reason string, met bool) {
	if !s.inventory.makers[creation{who.Name, ovirt.AnyObject}] && len(ask.Labels) == 0 {
		return "", false
	}
	for _, p := range way {
		if role := creatorRoles[p.on]; role != nil && meetsAny(role, qs) && s.inventory.madeBy(who.Name, p, ask.Resource) {
			return "allowed because you made it (" + role.Name + ")", true
		}
	}
	q := &qs[0]
	for on, role := range creatorRoles {
		if role == nil || q.On != ovirt.ObjectType(on) && q.On != ovirt.AnyObject || !meetsAny(role, qs) {
			continue
		}
		if judgedAgain(q) && s.inventory.madeAny(who.Name, ovirt.ObjectType(on), anyOf(q.On, ask)) || listsOwn(who, q, ask) {
			return "allowed for what you made (" + role.Name + ")", true
		}
	}
	return "", false
}

// stamped are the resources whose objects carry CreatorLabel.
var stamped = map[string]bool{
	"virtualmachines": true, "virtualmachinetemplates": true, "virtualmachineimages": true, "persistentvolumeclaims": true,
	"datavolumes": true, "network-attachment-definitions": true, "clusternetworks": true,
}

// CreatorID is the value of CreatorLabel for a user, whose name may be no label.
func CreatorID(username string) string {
	sum := sha256.Sum256([]byte(username))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20]))
}

// listsOwn says whether a list or watch is of what the user has made, by the label that the guards write.
func listsOwn(who Subject, q *ovirt.Requirement, ask *Ask) bool {
	if q.Place != ovirt.Named || ask.Name != "" || ask.Verb != "list" && ask.Verb != "watch" || !stamped[ask.Resource] {
		return false
	}
	for _, r := range ask.Labels {
		if r.Key() != CreatorLabel || r.Operator() != selection.In && r.Operator() != selection.Equals && r.Operator() != selection.DoubleEquals {
			continue
		}
		values := r.ValuesUnsorted()
		return len(values) == 1 && values[0] == CreatorID(who.Name)
	}
	return false
}
