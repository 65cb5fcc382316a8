package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// upgradeConfig follows validateUpgradeConfigFields, whose refusals mostly
// reach people as 500: a preload strategy is needed, pauseNodes are nodes that
// exist (looked at only if a mode is set), logReadyTimeout is a string of 1 to
// 20 minutes. Ours looks at pauseNodes in any case, and says where a field has
// no effect beside the others.
var upgradeConfig = setting{
	Info: Info{
		Name:    "upgrade-config",
		Since:   "1.4",
		Form:    "JSON {imagePreloadOption: {strategy: {type, concurrency}}, nodeUpgradeOption: {strategy: {mode, pauseNodes}}, restoreVM, logReadyTimeout}",
		Default: `{"imagePreloadOption":{"strategy":{"type":"sequential"}},"nodeUpgradeOption":{"strategy":{"mode":"auto"}},"restoreVM": false, "logReadyTimeout": "5"}`,
		Example: `{"imagePreloadOption":{"strategy":{"type":"parallel","concurrency":3}},"logReadyTimeout":"12"}`,
		Doc: "Refused: an unknown or missing strategy type, an unknown mode, negative concurrency, pause nodes that do not exist or repeat, " +
			"a timeout that is no string of 1 to 20. Warned: concurrency and pause nodes where they have no effect.",
	},
	check: checkUpgradeConfig,
}

var (
	preloadTypes = []string{"skip", "sequential", "parallel"}
	upgradeModes = []string{"auto", "manual"}
)

func checkUpgradeConfig(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	preload := o.object("imagePreloadOption")
	checkPreload(&r, preload.object("strategy"), f)
	preload.restStrict()
	nodes := o.object("nodeUpgradeOption")
	checkNodeUpgrade(&r, nodes.object("strategy"), f)
	nodes.restStrict()
	o.flag("restoreVM")
	timeout := o.text("logReadyTimeout")
	o.restStrict()
	if timeout != "" {
		if n, err := strconv.Atoi(timeout); err != nil || n < 1 || n > 20 {
			r.errorf("/logReadyTimeout", "%s is not a number of minutes within 1 to 20", show(timeout)).hintf(`write it like "5"`)
		}
	}
	return r
}

func checkPreload(r *Result, strategy *object, f Facts) {
	kind, concurrency := strategy.text("type"), strategy.integer("concurrency")
	strategy.restStrict()
	if r.failed() {
		return
	}
	path := strategy.at("concurrency")
	switch {
	case kind == "":
		r.errorf(strategy.at("type"), "is missing").hintf("use one of %s", strings.Join(preloadTypes, ", "))
	case !slices.Contains(preloadTypes, kind):
		r.errorf(strategy.at("type"), "%s is none of %s", show(kind), strings.Join(preloadTypes, ", ")).hintNear(kind, preloadTypes)
	}
	switch {
	case concurrency < 0:
		r.errorf(path, "%d is less than 0", concurrency).hintf("0 means all nodes at once")
	case concurrency > 0 && kind != "parallel":
		r.warnf(path, "has no effect on the type %s", show(kind)).hintf(`set type to "parallel"`)
	case f.NodesKnown && concurrency > int64(len(f.Nodes)):
		r.warnf(path, "%d is more than there are nodes, which counts as 0: all at once", concurrency)
	}
}

func checkNodeUpgrade(r *Result, strategy *object, f Facts) {
	mode, pause := strategy.text("mode"), strategy.texts("pauseNodes")
	strategy.restStrict()
	if strategy.has("mode") && !slices.Contains(upgradeModes, mode) {
		r.errorf(strategy.at("mode"), "%s is none of %s", show(mode), strings.Join(upgradeModes, ", ")).hintNear(mode, upgradeModes)
	}
	if len(pause) > 0 && mode != "manual" {
		r.warnf(strategy.at("pauseNodes"), "only the mode manual pauses nodes").hintf(`set mode to "manual"`)
	}
	if len(pause) > 0 && !f.NodesKnown {
		r.unknownf(strategy.at("pauseNodes"), "whether the nodes exist, because the nodes are not known here")
	}
	seen := map[string]bool{}
	for i, name := range pause {
		path := fmt.Sprintf("%s/%d", strategy.at("pauseNodes"), i)
		exists := slices.ContainsFunc(f.Nodes, func(n Node) bool { return n.Name == name })
		switch {
		case seen[name]:
			r.errorf(path, "node %s is listed twice", show(name)).hintf("keep one")
		case f.NodesKnown && !exists:
			r.errorf(path, "node %s does not exist", show(name))
		}
		seen[name] = true
	}
}
