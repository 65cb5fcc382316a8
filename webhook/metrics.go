package webhook

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts and times what the server answers.
type Metrics struct {
	decisions *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
}

// NewMetrics registers the metrics of a server.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bailiwick_decisions_total",
			Help: "Requests answered, by endpoint (authorize, mutate, validate), guard and outcome.",
		}, []string{"endpoint", "guard", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bailiwick_decision_seconds",
			Help: "Time from a request's headers to its answer, by endpoint.",
			// Most answers take tens of microseconds: the usual buckets, which start at 5 ms, would show nothing.
			Buckets: []float64{10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 50e-3, 250e-3, 1},
		}, []string{"endpoint"}),
	}
	reg.MustRegister(m.decisions, m.seconds)
	return m
}

// observer is told of the requests of one endpoint and guard. Series are looked up once per outcome, not per request,
// for the hot path of authorization.
func observer[O ~string](m *Metrics, endpoint, guard string, outcomes ...O) func(O, time.Duration) {
	seconds := m.seconds.WithLabelValues(endpoint)
	counters := make(map[O]prometheus.Counter, len(outcomes))
	for _, o := range outcomes {
		counters[o] = m.decisions.WithLabelValues(endpoint, guard, string(o))
	}
	return func(o O, took time.Duration) {
		counters[o].Inc()
		seconds.Observe(took.Seconds())
	}
}
