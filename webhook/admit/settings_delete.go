package admit

import (
	"cmp"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/settings"
)

// settingIsKept refuses to delete the settings that Harvester refuses to delete (validateDelete… of
// pkg/webhook/resources/setting/validator.go, with 405). Deleting any other one does not undo it, which is warned of:
// its controller looks away (settingOnChanged of pkg/controller/master/setting/handler.go), and Harvester writes it
// anew, with its default only, when it starts (SetAll of pkg/controller/global/settings/register.go).
func settingIsKept(q *Question) Verdict {
	if q.Request.Operation != admissionv1.Delete {
		return Verdict{}
	}
	var old policy.Setting
	if err := policy.Decode(q.Request.OldObject.Raw, &old); err != nil {
		return Verdict{} // what cannot be read is better gone
	}
	// A request to delete a collection names no object.
	name := cmp.Or(q.Request.Name, old.Metadata.Name)
	const hint = "empty its value instead, which resets it"
	info, known := settings.Describe(name)
	switch {
	case known && info.Keep && q.Snapshot.IsController(q.Who.Name):
		return warn("Harvester forbids to delete setting %s (would be refused from anybody else)", name)
	case known && info.Keep:
		return forbid("Harvester forbids to delete setting %s (%s)", name, hint)
	case known && old.Value != "":
		return warn("deleting setting %s does not undo it: Harvester does not act on that (%s)", name, hint)
	}
	return Verdict{}
}
