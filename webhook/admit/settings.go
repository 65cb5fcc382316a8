package admit

import (
	"maps"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/settings"
)

// settingsGuard guards the cluster against its own settings: a value that would break it is refused, whoever writes
// it. Harvester's own controller is only warned: it writes settings when it starts, and would not start.
var settingsGuard = Guard{
	Name:      "settings",
	Doc:       "Refuses a Harvester Setting whose value would break the cluster, and says why.",
	Rules:     []admissionregv1.RuleWithOperations{settingWrites()},
	Checks:    []Check{{"value", settingIsSound}, {"kept", settingIsKept}},
	Unblocked: []string{policy.HarvesterController.Username()},
}

func settingWrites() admissionregv1.RuleWithOperations {
	rule := onWrite("harvesterhci.io", "settings", admissionregv1.ClusterScope)
	rule.Operations = append(rule.Operations, admissionregv1.Delete)
	return rule
}

// settingIsSound checks the value and the default by the rule of the setting's name. What an update leaves as it was
// is only warned about, and the empty value, which resets the setting, always passes.
func settingIsSound(q *Question) Verdict {
	if q.Request.Operation == admissionv1.Delete {
		return Verdict{}
	}
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
	w := settingWrite{name: setting.Metadata.Name, facts: settingFacts(q, old), lenient: q.Snapshot.IsController(q.Who.Name)}
	w.judge("default", setting.Default, old.Default)
	if setting.Value != setting.Default {
		w.judge("value", setting.Value, old.Value)
	}
	v := Verdict{Warnings: shortened(w.warnings)}
	if len(w.causes) > 0 {
		v.Refusal = invalidCauses(w.causes...).Refusal
	}
	return v
}

// settingFacts is what the snapshot knows of the cluster. What the write replaces comes from the request, which is
// never behind.
func settingFacts(q *Question, old *policy.Setting) settings.Facts {
	facts := q.Snapshot.SettingFacts()
	facts.Now = q.Now
	if q.updating() && facts.Settings != nil {
		facts.Settings = maps.Clone(facts.Settings)
		facts.Settings[old.Metadata.Name] = old.Effective()
	}
	return facts
}

// settingWrite collects what is wrong with one write.
type settingWrite struct {
	name     string
	facts    settings.Facts
	lenient  bool // warn where others are refused
	causes   []metav1.StatusCause
	warnings []settingWarning
}

func (w *settingWrite) judge(field, text, old string) {
	if text == "" {
		return
	}
	found := settings.Check(w.name, text, w.facts)
	for _, e := range found.Errors {
		switch {
		case text == old:
			w.warn(field, e, " (not changed by this write)")
		case w.lenient:
			w.warn(field, e, " (would be refused from anybody else)")
		default:
			w.causes = append(w.causes, metav1.StatusCause{Type: metav1.CauseTypeFieldValueInvalid, Field: field + e.Path, Message: sentence(e)})
		}
	}
	if text == old {
		return // a controller that writes a status need not hear it all again
	}
	for _, f := range found.Warnings {
		w.warn(field, f, "")
	}
}

func (w *settingWrite) warn(field string, f settings.Finding, note string) {
	start := field + f.Path + ": "
	w.warnings = append(w.warnings, settingWarning{full: start + sentence(f) + note, brief: start + f.Message + note})
}

func sentence(f settings.Finding) string {
	if f.Hint == "" {
		return f.Message
	}
	return f.Message + " (" + f.Hint + ")"
}
