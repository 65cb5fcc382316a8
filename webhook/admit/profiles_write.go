package admit

import (
	"fmt"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// profileWrite is a write to one of the kinds of the profiles guard, read once for all its checks.
type profileWrite struct {
	*Question
	author
	kind      *profileKind
	fields    tree // nil when it is deleted
	meta      policy.Metadata
	oldFields tree // nil when it is created
	oldMeta   policy.Metadata
}

// profile reads the write. Checks leave what cannot be read to the first of them, which refuses it.
func (q *Question) profile() (*profileWrite, error) {
	if q.asProfile == nil && q.unreadable == nil {
		q.asProfile, q.unreadable = readProfile(q)
	}
	return q.asProfile, q.unreadable
}

func readProfile(q *Question) (*profileWrite, error) {
	w := &profileWrite{Question: q, kind: kindOf(q)}
	var err error
	if !q.deleting() {
		if w.fields, w.meta, err = readTree(q.Request.Object.Raw); err != nil {
			return nil, fmt.Errorf("reading the object: %w", err)
		}
	}
	if q.Request.Operation != admissionv1.Create {
		if w.oldFields, w.oldMeta, err = readTree(q.Request.OldObject.Raw); err != nil {
			return nil, fmt.Errorf("reading the old object: %w", err)
		}
	}
	w.author = authorOf(w)
	return w, nil
}

func readTree(raw []byte) (tree, policy.Metadata, error) {
	var object policy.Object
	if err := policy.Decode(raw, &object); err != nil {
		return nil, policy.Metadata{}, err
	}
	fields := tree{}
	err := policy.Decode(raw, &fields)
	return fields, object.Metadata, err
}

// leaving says whether the object goes away: it is deleted now, or was already and only waits for its finalizers. What
// is asked is the object as it is stored, since anybody can write a time of deletion into a new one.
func (w *profileWrite) leaving() bool { return w.deleting() || w.left() }

func (w *profileWrite) left() bool { return w.oldMeta.DeletionTimestamp != nil }

// namespaced says whether Sveltos keeps to the object's own namespace.
func (w *profileWrite) namespaced() bool { return w.Request.Namespace != "" }

// author is for whom a write is judged.
type author struct {
	// free is a platform admin.
	free bool
	// controller is a controller of Sveltos, one that was configured, or one on which the cluster depends.
	controller bool
	// tenant is who writes, or for whom a delegate writes. Nil: nobody, or one of the above.
	tenant *policy.Tenant
	// delegate says that the tenant himself does not write.
	delegate bool
}

// authorOf finds out for whom a write is judged. A tenant is himself. Who holds the verb impersonate on a tenant, as
// Argo CD and Flux may, writes for the one that the labels name; without labels an update is for whose profile it is.
func authorOf(w *profileWrite) author {
	switch {
	case w.Snapshot.IsPlatformAdmin(w.Who):
		return author{free: true}
	case w.Snapshot.IsController(w.Who.Name), policy.IsEssential(w.Who):
		return author{controller: true}
	}
	own := w.Snapshot.Tenant(w.Who)
	labels := w.meta.Labels
	if len(ownerOf(labels)) == 0 {
		labels = w.oldMeta.Labels
	}
	named := w.Snapshot.OwnerOf(labels)
	if named != nil && named != own && w.Snapshot.MayActAs(w.Who, named) {
		return author{tenant: named, delegate: true}
	}
	return author{tenant: own}
}

// who names the tenant in a message to the user.
func (a author) who() string {
	if a.delegate {
		return fmt.Sprintf("%q, for whom you write,", a.tenant.Owner)
	}
	return fmt.Sprintf("%q", a.tenant.Owner)
}

// your is whose something is, in a message to the user.
func (a author) your(what string) string {
	if a.delegate {
		return fmt.Sprintf("the %s of %q", what, a.tenant.Owner)
	}
	return "your " + what
}
