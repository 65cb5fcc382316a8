package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bailiwick-dev/bailiwick/certs"
)

// certificateEnds tells when certificates end.
type certificateEnds struct {
	serving *certs.Serving
	clients *certs.Clients // nil: anybody may ask
}

var certificateEndsDesc = prometheus.NewDesc("bailiwick_certificate_expiration_timestamp_seconds",
	"When a certificate ends: the one that is served (leaf), its CA and the next one (ca, next-ca) as far as the server makes them, "+
		"and the first of the CAs of clients (client-ca).", []string{"certificate"}, nil)

func (e *certificateEnds) Describe(ch chan<- *prometheus.Desc) { ch <- certificateEndsDesc }

func (e *certificateEnds) Collect(ch chan<- prometheus.Metric) {
	ends := e.serving.Ends()
	if e.clients != nil {
		ends["client-ca"] = e.clients.Ends()
	}
	for name, end := range ends {
		ch <- prometheus.MustNewConstMetric(certificateEndsDesc, prometheus.GaugeValue, float64(end.Unix()), name)
	}
}
