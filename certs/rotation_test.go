package certs

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
	clienttesting "k8s.io/client-go/testing"
)

// world is a cluster with bundles and replicas. Whenever a replica has reached a point, every certificate that is
// served has to be one that every bundle trusts.
type world struct {
	t        *testing.T
	api      *fake.Clientset
	bundles  map[string][]byte
	refuse   error // to write bundles
	replicas []*Rotation
	now      time.Time
	points   int
	die      int // at which point a replica is killed; 0: never
	log      strings.Builder
	verified map[string]bool // certificates with the bundles by which they were found to be trusted
}

var at = types.NamespacedName{Namespace: "bailiwick-system", Name: "bailiwick-serving"}

func newWorld(t *testing.T, bundles ...string) *world {
	w := &world{t: t, api: fake.NewClientset(), bundles: map[string][]byte{}, verified: map[string]bool{}, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, name := range bundles {
		w.bundles[name] = nil
	}
	// Unlike an API server, the tracker knows no optimistic concurrency.
	version := 0
	w.api.PrependReactor("*", "secrets", func(action clienttesting.Action) (bool, runtime.Object, error) { return w.conflicts(action, &version) })
	w.restart()
	return w
}

// conflicts refuses an update of what has changed meanwhile, and counts versions.
func (w *world) conflicts(action clienttesting.Action, version *int) (bool, runtime.Object, error) {
	write, ok := action.(clienttesting.CreateAction) // an update has the same methods
	if !ok {
		return false, nil, nil
	}
	secret := write.GetObject().(*corev1.Secret)
	if action.GetVerb() == "update" {
		stored, err := w.api.Tracker().Get(action.GetResource(), secret.Namespace, secret.Name)
		if err == nil && stored.(*corev1.Secret).ResourceVersion != secret.ResourceVersion {
			return true, nil, apierrors.NewConflict(schema.GroupResource{Resource: "secrets"}, secret.Name, nil)
		}
	}
	*version++
	secret.ResourceVersion = strconv.Itoa(*version)
	return false, nil, nil
}

// restart gives the world two replicas that remember nothing.
func (w *world) restart() { w.replicas = []*Rotation{w.replica(), w.replica()} }

func (w *world) replica() *Rotation {
	r := &Rotation{
		Secret: at, Hosts: []string{"bailiwick.svc", "127.0.0.1"}, Bundles: w,
		Connect: func() (coreclient.SecretsGetter, error) { return w.api.CoreV1(), nil },
		Observe: func(error) {}, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		now: func() time.Time { return w.now }, lives: usual, reached: w.reached,
	}
	r.Serving()
	return r
}

func (w *world) Held(context.Context) ([][]byte, error) {
	return slices.Collect(maps.Values(w.bundles)), nil
}

func (w *world) Publish(_ context.Context, bundle []byte) error {
	if w.refuse != nil {
		return w.refuse
	}
	for _, name := range slices.Sorted(maps.Keys(w.bundles)) {
		w.bundles[name] = bundle
		w.reached("published to " + name)
	}
	return nil
}

type killed struct{ point string }

// reached checks what must always hold, and kills whoever comes to the fatal point.
func (w *world) reached(point string) {
	for i, r := range w.replicas {
		served := r.served.Load()
		if served == nil || !within(served.tls.Leaf, w.now) {
			continue
		}
		for name, bundle := range w.bundles {
			if key := string(served.tls.Leaf.Raw) + string(bundle); !w.verified[key] {
				require.NoError(w.t, trustedBy(served, bundle, w.now), "bundle %q and replica %d at %q", name, i, point)
				w.verified[key] = true
			}
		}
	}
	if w.points++; w.points == w.die {
		panic(killed{point})
	}
}

func trustedBy(s *served, bundle []byte, now time.Time) error {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(bundle)
	_, err := s.tls.Leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now, DNSName: "bailiwick.svc"})
	return err
}

// turnAll lets every replica do what it has to, several times, and says where one was killed.
func (w *world) turnAll() (where string) {
	defer func() {
		if p := recover(); p != nil {
			where = p.(killed).point
		}
	}()
	for range 2 {
		for _, r := range w.replicas {
			_, err := r.round(w.t.Context())
			require.NoError(w.t, err)
		}
	}
	return ""
}

func (w *world) secret() *corev1.Secret {
	secret, err := w.api.CoreV1().Secrets(at.Namespace).Get(w.t.Context(), at.Name, metav1.GetOptions{})
	require.NoError(w.t, err)
	return secret
}

func (w *world) state() *state { return parseState(w.secret()) }

func (w *world) ask(rotate string) {
	secret := w.secret()
	metav1.SetMetaDataAnnotation(&secret.ObjectMeta, RotateAnnotation, rotate)
	_, err := w.api.CoreV1().Secrets(at.Namespace).Update(w.t.Context(), secret, metav1.UpdateOptions{})
	require.NoError(w.t, err)
}

func (w *world) wait(d time.Duration) {
	w.now = w.now.Add(d)
	require.Empty(w.t, w.turnAll())
}

// serving is the certificate that all replicas serve, and that every bundle trusts.
func (w *world) serving() *x509.Certificate {
	w.t.Helper()
	first := w.replicas[0].served.Load()
	for _, r := range w.replicas {
		require.True(w.t, within(r.served.Load().tls.Leaf, w.now))
		require.True(w.t, first.tls.Leaf.Equal(r.served.Load().tls.Leaf), "replicas serve the same")
		for name, bundle := range w.bundles {
			require.NoError(w.t, trustedBy(r.served.Load(), bundle, w.now), name)
		}
	}
	require.Equal(w.t, w.secret().Data[bundleKey], slices.Concat(w.secret().Data[oldCerts], w.secret().Data[currentCert], w.secret().Data[nextCert]))
	return first.tls.Leaf
}

func TestItBeginsWithTwoAuthorities(t *testing.T) {
	w := newWorld(t, "mutating", "validating")
	w.wait(0)
	leaf := w.serving()
	s := w.state()
	require.NoError(t, leaf.CheckSignatureFrom(s.current.cert))
	require.Empty(t, s.old)
	require.Equal(t, []string{"bailiwick.svc", "127.0.0.1"}, namesOf(leaf))
	require.Equal(t, w.now.Add(-backdate), leaf.NotBefore, "clocks differ")
	require.Equal(t, corev1.SecretTypeTLS, w.secret().Type)
	before := len(w.api.Actions())
	w.wait(time.Hour)
	for _, action := range w.api.Actions()[before:] {
		require.Equal(t, "get", action.GetVerb(), "nothing is written when nothing is due")
	}
	require.Equal(t, map[string]time.Time{"leaf": leaf.NotAfter, "ca": s.current.cert.NotAfter, "next-ca": s.next.cert.NotAfter}, w.replicas[1].ends())
}

// The authorities turn by time alone. Who trusts what was published once has years to learn of the next one.
func TestYears(t *testing.T) {
	w := newWorld(t, "one")
	w.wait(0)
	host := w.secret().Data[bundleKey] // in a file that nobody renews
	served, issuers := map[string]bool{}, map[string]bool{}
	const day = 24 * time.Hour
	for days := 0; days < 9*365; days += 7 {
		w.wait(7 * day)
		leaf := w.serving()
		served[leaf.SerialNumber.String()], issuers[string(leaf.AuthorityKeyId)] = true, true
		require.Greater(t, leaf.NotAfter.Sub(w.now), 5*day, "renewed early")
		require.LessOrEqual(t, len(w.state().old), 1)
		if time.Duration(days)*day < 2*usual.waits-10*day {
			require.NoError(t, trustedBy(w.replicas[0].served.Load(), host, w.now), "after %d days", days)
		}
	}
	require.InDelta(t, 9*365/21, len(served), 30)
	require.Len(t, issuers, 3)
}

func TestRotationOnDemand(t *testing.T) {
	w := newWorld(t, "one", "two")
	w.wait(0)
	first := w.serving()
	w.ask(RotateLeaf)
	w.wait(0)
	second := w.serving()
	require.NotEqual(t, first.SerialNumber, second.SerialNumber)
	require.Equal(t, first.AuthorityKeyId, second.AuthorityKeyId)

	w.ask(RotateCA)
	w.wait(0)
	require.Equal(t, second.SerialNumber, w.serving().SerialNumber, "other API servers may not have seen the next authority yet")
	next := w.state().next.cert
	w.wait(usual.settle)
	third := w.serving()
	require.NoError(t, third.CheckSignatureFrom(next))
	require.Empty(t, w.secret().Annotations[RotateAnnotation])
	require.Len(t, w.state().old, 1)

	w.ask(RotateCA) // once more, while the first may still be served
	w.wait(0)
	w.wait(usual.settle)
	require.Len(t, w.state().old, 2)
	require.NotEqual(t, third.AuthorityKeyId, w.serving().AuthorityKeyId)
	w.wait(usual.leafLives - time.Hour)
	require.Len(t, w.state().old, 2)
	w.wait(2 * time.Hour)
	require.Empty(t, w.state().old, "nothing that they have signed is valid any more")

	w.ask("everything")
	_, err := w.replicas[0].round(t.Context())
	require.ErrorContains(t, err, `is "everything": it takes leaf or ca`)
}

// Whoever is killed, wherever, and whatever was started anew: the next one goes on, and no bundle distrusts what is served.
func TestKilledAtEveryStep(t *testing.T) {
	seen := map[string]bool{}
	for name, scenario := range map[string]func(w *world){
		"begin": func(*world) {},
		"leaf":  func(w *world) { w.wait(0); w.ask(RotateLeaf) },
		"ca":    func(w *world) { w.wait(0); w.wait(usual.settle); w.ask(RotateCA) },
		"drop": func(w *world) {
			w.wait(0)
			w.ask(RotateCA)
			w.wait(usual.settle)
			w.now = w.now.Add(usual.leafLives + time.Hour)
		},
		"deleted": func(w *world) { w.wait(0); w.delete() },
		"bundles edited": func(w *world) {
			w.wait(0)
			w.replicas = nil // what was edited is not trusted until it is repaired
			w.bundles["one"], w.bundles["two"] = []byte("junk"), nil
			w.restart()
		},
	} {
		for _, both := range []bool{false, true} { // restarted, or only the one that was killed
			for die := 1; ; die++ {
				w := newWorld(t, "one", "two")
				scenario(w)
				w.points, w.die = 0, die
				where := w.turnAll()
				if where == "" {
					require.Greater(t, die, 3, name)
					break
				}
				seen[where] = true
				if both {
					w.restart()
				} else {
					w.replicas[0] = w.replica()
				}
				w.die = 0
				w.wait(0)
				w.wait(usual.settle)
				w.wait(0)
				leaf := w.serving()
				require.NoError(t, leaf.CheckSignatureFrom(w.state().current.cert))
				require.NotNil(t, w.state().next)
				require.Empty(t, w.secret().Annotations[RotateAnnotation], "%s, killed when it had %s", name, where)
			}
		}
	}
	for _, point := range []string{"looked", "adopted", "published to one", "published to two"} {
		require.Contains(t, seen, point)
	}
	for _, m := range moves {
		if m.did != "kept the authority of the certificate that is served" {
			require.Contains(t, seen, m.did)
		}
	}
}

func (w *world) delete() {
	require.NoError(w.t, w.api.CoreV1().Secrets(at.Namespace).Delete(w.t.Context(), at.Name, metav1.DeleteOptions{}))
}

func TestTheSecretHeals(t *testing.T) {
	w := newWorld(t, "one")
	w.wait(0)
	before := w.serving()
	bundle := w.secret().Data[bundleKey]

	w.delete()
	w.wait(0)
	require.True(t, before.Equal(w.serving()), "restored from memory")
	require.Equal(t, bundle, w.secret().Data[bundleKey])

	secret := w.secret()
	secret.Data[currentKey], secret.Data[nextCert] = []byte("junk"), []byte("junk")
	_, err := w.api.CoreV1().Secrets(at.Namespace).Update(t.Context(), secret, metav1.UpdateOptions{})
	require.NoError(t, err)
	w.wait(0)
	require.True(t, before.Equal(w.serving()))

	// Nobody remembers: made anew, and what was trusted before stays so for a while, since it may still be served.
	w.delete()
	w.replicas[1] = w.replica()
	_, err = w.replicas[1].round(t.Context())
	require.NoError(t, err)
	w.wait(0)
	require.NotEqual(t, before.AuthorityKeyId, w.serving().AuthorityKeyId)
	require.Len(t, w.state().old, 2)
	w.wait(usual.leafLives + time.Hour)
	require.Empty(t, w.state().old)
}

// A backup brings back authorities that have nothing to do with what is served.
func TestTheSecretIsReplaced(t *testing.T) {
	other := newWorld(t)
	other.wait(0)
	w := newWorld(t, "one")
	w.wait(0)
	before := w.serving()
	secret := w.secret()
	secret.Data = other.secret().Data
	_, err := w.api.CoreV1().Secrets(at.Namespace).Update(t.Context(), secret, metav1.UpdateOptions{})
	require.NoError(t, err)
	w.wait(0)
	require.True(t, other.serving().Equal(w.serving()))
	require.NotEqual(t, before.AuthorityKeyId, w.serving().AuthorityKeyId)
	require.Len(t, w.state().old, 1, "it was served a moment ago")
}

func TestBundlesThatCannotBeWritten(t *testing.T) {
	w := newWorld(t, "one")
	w.wait(0)
	before := w.serving()
	w.refuse = fmt.Errorf("forbidden")
	w.ask(RotateLeaf)
	w.wait(0)
	require.NotEqual(t, before.SerialNumber, w.serving().SerialNumber, "the authority is the same")

	// An authority that is not in every bundle does not sign.
	w.ask(RotateCA)
	secret := w.secret()
	delete(secret.Data, nextCert)
	_, err := w.api.CoreV1().Secrets(at.Namespace).Update(t.Context(), secret, metav1.UpdateOptions{})
	require.NoError(t, err)
	for range 3 {
		_, err := w.replicas[0].round(t.Context())
		require.ErrorContains(t, err, "forbidden")
		w.now = w.now.Add(usual.settle)
	}
	require.Equal(t, before.AuthorityKeyId, w.state().leaf.tls.Leaf.AuthorityKeyId)
	w.refuse = nil
	w.wait(0)
	w.wait(usual.settle)
	require.NotEqual(t, before.AuthorityKeyId, w.serving().AuthorityKeyId)
}

// Nothing at all would be answered if a fresh replica waited for a bundle that nobody can write.
func TestFreshReplicaServesWhatSomeTrust(t *testing.T) {
	w := newWorld(t, "one")
	w.wait(0)
	w.replicas = nil
	w.bundles["two"] = []byte("junk")
	w.refuse = fmt.Errorf("forbidden")
	r := w.replica()
	_, err := r.round(t.Context())
	require.ErrorContains(t, err, "forbidden")
	require.NoError(t, trustedBy(r.served.Load(), w.bundles["one"], w.now))
}

func TestNamesOfReplicasAreJoined(t *testing.T) {
	w := newWorld(t, "one")
	w.replicas[1].Hosts = []string{"bailiwick.svc", "10.0.0.2"}
	w.wait(0)
	require.ElementsMatch(t, []string{"bailiwick.svc", "127.0.0.1", "10.0.0.2"}, namesOf(w.serving()))
}

// A replica whose clock is ten minutes ahead makes certificates that are not valid yet. The others do not serve them.
func TestClocksDiffer(t *testing.T) {
	for _, ahead := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
		w := newWorld(t, "one")
		w.replicas[0].now = func() time.Time { return w.now.Add(ahead) }
		w.wait(0)
		w.wait(time.Minute)
		w.serving()
		w.ask(RotateLeaf)
		w.wait(0)
		w.serving()
		before := w.secret().ResourceVersion
		w.wait(time.Minute)
		require.Equal(t, before, w.secret().ResourceVersion, "nobody corrects the other for ever")
	}
}

func TestLogTellsNoSecrets(t *testing.T) {
	w := newWorld(t, "one")
	w.wait(0)
	w.ask(RotateCA)
	w.wait(usual.settle)
	require.Contains(t, w.log.String(), "turned to the next authority")
	require.NotContains(t, w.log.String(), "PRIVATE")
	for name, value := range w.secret().Data {
		require.NotContains(t, w.log.String(), string(value), name)
	}
}

func FuzzState(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n"), []byte("2026-01-01T00:00:00Z"))
	f.Fuzz(func(t *testing.T, cert, until []byte) {
		s := parseState(&corev1.Secret{Data: map[string][]byte{leafCert: cert, leafKey: cert, currentCert: cert, oldCerts: cert, oldUntil: until}})
		secret := &corev1.Secret{}
		s.store(secret)
		require.Equal(t, s.bundle(), secret.Data[bundleKey])
	})
}
