package admit

import (
	"encoding/json"
	"fmt"
)

// promotions refuses ClusterPromotions to tenants. Sveltos gives the ClusterProfiles that it makes from one no owner
// labels (addon-controller controllers/clusterpromotion_controller.go, getMainDeploymentClusterProfileLabels), so they
// are deployed with the cluster administrator's rights. Where a build of Sveltos Enterprise copies the labels, this
// check can be set to warn; the others judge promotions like profiles.
func promotions(w *profileWrite, object tree) []finding {
	if w.kind.resource != clusterPromotions {
		return nil
	}
	spec, err := json.Marshal(object["spec"])
	if err != nil {
		spec = fmt.Append(nil, object["spec"])
	}
	return []finding{{key: string(spec),
		message: "what Sveltos makes from a ClusterPromotion is deployed with the administrator's rights, not with yours: ask a platform admin to write it"}}
}
