package settings

import (
	"math"

	"k8s.io/apimachinery/pkg/api/resource"
)

// kubevirtMigration follows validateKubeVirtMigration: the value decodes as
// KubeVirt's MigrationConfiguration, and nodeDrainTaintKey and network stay
// empty, the latter because vm-migration-network owns it. That no migration is
// in flight is left to Harvester. Beyond it: quantities and counts have to
// make sense, and switches that trade safety for speed are warned of.
var kubevirtMigration = setting{
	Info: Info{
		Name:  "kubevirt-migration",
		Since: "1.7",
		Form:  "JSON of KubeVirt's MigrationConfiguration",
		Default: `{"parallelOutboundMigrationsPerNode":2,"parallelMigrationsPerCluster":5,"allowAutoConverge":false,"bandwidthPerMigration":0,` +
			`"completionTimeoutPerGiB":150,"progressTimeout":150,"unsafeMigrationOverride":false,"allowPostCopy":false,` +
			`"allowWorkloadDisruption":false,"disableTLS":false,"matchSELinuxLevelOnMigration":false}`,
		Example: `{"parallelMigrationsPerCluster":4}`,
		Doc: "Refused: wrong types, negative numbers, an invalid bandwidth, nodeDrainTaintKey and network. " +
			"Warned: no migrations at all, TLS off, unsafe migrations, post-copy, disruption. Left to Harvester: migrations in flight.",
	},
	check: checkKubeVirtMigration,
}

// migrationRisks are switches and what they give up.
var migrationRisks = []struct{ key, risk string }{
	{"disableTLS", "the memory of VMs crosses the network in clear"},
	{"unsafeMigrationOverride", "VMs migrate although their disks may be damaged by it"},
	{"allowPostCopy", "a VM dies if the network fails while it migrates"},
	{"allowWorkloadDisruption", "VMs may be paused to finish a migration"},
}

func checkKubeVirtMigration(value string, _ Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	perNode, perCluster := o.integer("parallelOutboundMigrationsPerNode"), o.integer("parallelMigrationsPerCluster")
	checkCount(&r, o, "parallelOutboundMigrationsPerNode", perNode)
	checkCount(&r, o, "parallelMigrationsPerCluster", perCluster)
	for _, key := range []string{"completionTimeoutPerGiB", "progressTimeout", "utilityVolumesTimeout"} {
		if n := o.integer(key); n < 0 {
			r.errorf(o.at(key), "%d is less than 0", n)
		}
	}
	checkBandwidth(&r, o)
	for _, risk := range migrationRisks {
		if o.flag(risk.key) {
			r.warnf(o.at(risk.key), "%s", risk.risk)
		}
	}
	o.flag("allowAutoConverge")
	o.flag("matchSELinuxLevelOnMigration")
	if o.text("nodeDrainTaintKey") != "" {
		r.errorf("/nodeDrainTaintKey", "Harvester does not let this field be set").hintf("leave it out")
	}
	if o.text("network") != "" {
		r.errorf("/network", "Harvester sets this field itself").hintf("use the setting vm-migration-network")
	}
	o.rest()
	if perNode > perCluster && perCluster > 0 {
		r.warnf("/parallelOutboundMigrationsPerNode", "%d is more than the %d of the whole cluster", perNode, perCluster)
	}
	return r
}

func checkCount(r *Result, o *object, key string, n int64) {
	switch {
	case n < 0 || n > math.MaxUint32:
		r.errorf(o.at(key), "%d is not within 0 to %d", n, uint32(math.MaxUint32))
	case n == 0 && o.has(key) && !r.failed():
		r.warnf(o.at(key), "is 0, which lets no VM migrate, so nodes cannot be drained")
	}
}

// checkBandwidth reads a Kubernetes quantity: a number or a string.
func checkBandwidth(r *Result, o *object) {
	n, ok := o.find("bandwidthPerMigration")
	if !ok {
		return
	}
	path := o.at("bandwidthPerMigration")
	if n.kind != isNumber && n.kind != isText {
		r.errorf(path, "must be a number or a string, not %s", n.kind)
		return
	}
	switch q, err := resource.ParseQuantity(n.text); {
	case err != nil:
		r.errorf(path, "%s is not a quantity", show(n.text)).hintf("write it like 64Mi, per second, or 0 for no limit")
	case q.Sign() < 0:
		r.errorf(path, "is negative").hintf("0 means no limit")
	}
}
