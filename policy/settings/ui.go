package settings

import (
	"path"
	"strings"
)

// The settings of this file have no validator in Harvester.

// webURL makes a setting that is a URL. What is behind it decides what the
// platform does, so it should be https.
func webURL(name, since, preset, example, role string) setting {
	return setting{
		Info: Info{
			Name: name, Since: since, Form: "https URL", Default: preset, Example: example,
			Doc: "Refused: anything but an absolute http or https URL with a host. Warned: http, because " + role + "; credentials in the URL.",
		},
		check: func(value string, _ Facts) (r Result) {
			checkWebURL(&r, "", "the value", value, plainWarned)
			return r
		},
	}
}

var (
	uiIndex = webURL("ui-index", "1.0",
		"https://releases.rancher.com/harvester-ui/dashboard/latest/index.html", "https://ui.example/dashboard/index.html",
		"its scripts run in the browsers of administrators")
	uiPluginIndex = webURL("ui-plugin-index", "1.1",
		"https://releases.rancher.com/harvester-ui/plugin/harvester-latest/harvester-latest.umd.min.js", "https://ui.example/plugin.js",
		"the script runs in the browsers of administrators")
	releaseURL = webURL("release-download-url", "1.0",
		"https://releases.rancher.com/harvester", "https://mirror.example/harvester",
		"it decides which image an upgrade installs")
	upgradeCheckerURL = webURL("upgrade-checker-url", "1.0",
		"https://harvester-upgrade-responder.rancher.io/v1/checkupgrade", "https://responder.example/v1/checkupgrade",
		"it decides which upgrades are offered")
)

var uiSource = setting{
	Info: Info{
		Name: "ui-source", Since: "1.0", Form: "auto, external or bundled", Default: `auto`, Example: `bundled`,
		Doc: "Refused: anything but these three words in lower case.",
	},
	check: func(value string, _ Facts) Result { return oneOf(value, "auto", "external", "bundled") },
}

// uiHome is where the image has the bundled UI.
const uiHome = "/usr/share/harvester/harvester"

// uiPath: Harvester serves every file below this path to anybody.
var uiPath = setting{
	Info: Info{
		Name: "ui-path", Since: "1.0", Form: "absolute path inside the Harvester image", Default: uiHome, Example: uiHome,
		Doc: "Refused: a relative path, dot-dot, /. Warned: a path outside /usr/share/harvester, whose files are served to anybody.",
	},
	check: func(value string, _ Facts) (r Result) {
		switch clean := path.Clean(value); {
		case !path.IsAbs(value) || clean == "/" || strings.Contains(value, ".."):
			r.errorf("", "%s is not the path of a directory", show(value)).hintf("the bundled UI is in %s", uiHome)
		case !strings.HasPrefix(clean+"/", path.Dir(uiHome)+"/"):
			r.warnf("", "every file below %s is served to anybody", show(value)).hintf("the bundled UI is in %s", uiHome)
		}
		return r
	},
}

// upgradeChecker: everything but "true" counts as off.
var upgradeChecker = setting{
	Info: Info{
		Name: "upgrade-checker-enabled", Since: "1.0", Form: "true or false", Default: `true`, Example: `false`,
		Doc: "Refused: anything but true and false.",
	},
	check: func(value string, _ Facts) Result { return oneOf(value, "true", "false") },
}

var logLevels = []string{"panic", "fatal", "error", "warn", "warning", "info", "debug", "trace"}

// logLevel: an unknown level is only noticed by the controller, which then
// keeps the last one. It reads levels whatever their case.
var logLevel = setting{
	Info: Info{
		Name: "log-level", Since: "1.0", Form: "panic, fatal, error, warn, warning, info, debug or trace", Default: `info`, Example: `debug`,
		Doc: "Refused: any other word. Warned: panic and fatal, which hide errors; upper case.",
	},
	check: func(value string, _ Facts) Result {
		lower := strings.ToLower(value)
		r := oneOf(lower, logLevels...)
		switch {
		case r.failed():
		case lower != value:
			r.warnf("", "%s is read as %s", show(value), lower).hintf("write %s", lower)
		case value == "panic" || value == "fatal":
			r.warnf("", "errors are not logged any more").hintf("use error or above")
		}
		return r
	},
}
