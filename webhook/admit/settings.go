package admit

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/settings"
)

// settingsGuard guards the cluster against its own settings: a value that would break it is refused, whoever writes
// it. Harvester's own controller is only warned, since a refusal there could keep Harvester from starting.
var settingsGuard = Guard{
	Name:   "settings",
	Doc:    "Refuses a Harvester Setting whose value would break the cluster, and says why.",
	Rules:  []admissionregv1.RuleWithOperations{onWrite("harvesterhci.io", "settings", admissionregv1.ClusterScope)},
	Checks: []Check{settingIsSound},
}

// settingIsSound checks the value and the default by the rule of the setting's name. What an update leaves as it was
// is only warned about, and the empty value, which resets the setting, always passes.
func settingIsSound(q *Question) Verdict {
	setting, old, err := decode[policy.Setting](q)
	if err != nil {
		return invalid("", "%v", err)
	}
	if setting.Metadata.DeletionTimestamp != nil {
		return Verdict{}
	}
	if old == nil {
		old = &policy.Setting{}
	}
	facts := q.Snapshot.SettingFacts()
	facts.Now = q.Now
	lenient := q.Snapshot.IsController(q.Who.Name)
	var v Verdict
	var causes []metav1.StatusCause
	for _, field := range []struct{ name, value, old string }{
		{"default", setting.Default, old.Default},
		{"value", setting.Value, old.Value},
	} {
		if field.value == "" || field.name == "value" && field.value == setting.Default {
			continue
		}
		found := settings.Check(setting.Metadata.Name, field.value, facts)
		for _, w := range found.Warnings {
			v.Warnings = append(v.Warnings, field.name+w.Path+": "+sentence(w))
		}
		for _, e := range found.Errors {
			switch {
			case field.value == field.old:
				v.Warnings = append(v.Warnings, field.name+e.Path+": "+sentence(e)+" (not changed by this write)")
			case lenient:
				v.Warnings = append(v.Warnings, field.name+e.Path+": "+sentence(e)+" (would be refused from anybody else)")
			default:
				causes = append(causes, metav1.StatusCause{Type: metav1.CauseTypeFieldValueInvalid, Field: field.name + e.Path, Message: sentence(e)})
			}
		}
	}
	if len(causes) > 0 {
		v.Refusal = invalidCauses(causes...).Refusal
	}
	return v
}

func sentence(f settings.Finding) string {
	if f.Hint == "" {
		return f.Message
	}
	return f.Message + " (" + f.Hint + ")"
}
