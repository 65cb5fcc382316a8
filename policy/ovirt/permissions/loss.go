package permissions

import (
	"fmt"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// tell says once of a role what of it is less here than in the engine.
func (c *converter) tell(at Position, role *ovirt.Role) {
	if c.told[role.Name] {
		return
	}
	if c.told == nil {
		c.told = map[string]bool{}
	}
	c.told[role.Name] = true
	if message := Loss(role); message != "" {
		c.Notes = append(c.Notes, Note{Position: at, Message: message})
	}
}

// maxTold is how many action groups a note names.
const maxTold = 4

// Loss says in a sentence what of a role does not carry over; empty: all of it does.
func Loss(role *ovirt.Role) string {
	partly := noted(role.Groups)
	switch more := len(partly) - maxTold; {
	case !givesAny(role):
		return role.Name + " gives nothing here: " + whyNothing(role.Groups)
	case more > 0:
		return fmt.Sprintf("%s is less than in oVirt, or other, in %s and %d more", role.Name, strings.Join(partly[:maxTold], ", "), more)
	case len(partly) > 0:
		return fmt.Sprintf("%s is less than in oVirt, or other, in %s", role.Name, strings.Join(partly, ", "))
	}
	return ""
}

// noted are the groups that do not carry over whole. Nobody misses LOGIN.
func noted(groups ovirt.Groups) []string {
	var names []string
	for g := range groups.All() {
		if g.Note() != "" && g != ovirt.Login {
			names = append(names, g.String())
		}
	}
	return names
}

func whyNothing(groups ovirt.Groups) string {
	why := ""
	for g := range groups.All() {
		if why == "" || g != ovirt.Login {
			why = g.Note()
		}
	}
	return why
}

func givesAny(r *ovirt.Role) bool {
	gives := r.ViewsChildren
	for g := range r.Groups.All() {
		gives = gives || givesAnything(g)
	}
	return gives
}

func givesAnything(g ovirt.ActionGroup) bool {
	for on := ovirt.AnyObject; on <= ovirt.VnicProfile; on++ {
		for range ovirt.RulesOf((ovirt.Groups{}).With(g), on) {
			return true
		}
	}
	return false
}
