package settings

import (
	"encoding/base64"
	"strings"
)

// checkRegistryAuth says whether there are credentials at all.
func checkRegistryAuth(r *Result, a *object) bool {
	user, password := a.text("Username"), a.text("Password")
	both, token := a.text("Auth"), a.text("IdentityToken")
	a.restStrict()
	if user+password+both+token == "" {
		return false
	}
	if (user == "") != (password == "") {
		r.errorf(a.path, "needs both Username and Password, one is empty")
	}
	if both != "" {
		if pair, err := base64.StdEncoding.DecodeString(both); err != nil || !strings.Contains(string(pair), ":") {
			r.errorf(a.at("Auth"), "is not the base64 form of user:password")
		}
		if user != "" {
			r.warnf(a.path, "has Auth as well as Username and Password").hintf("keep one of the two")
		}
	}
	return true
}

// checkRegistryTLS: RKE2 expects paths of files that are on every node.
func checkRegistryTLS(r *Result, t *object) {
	files := map[string]string{}
	for _, key := range []string{"CAFile", "CertFile", "KeyFile"} {
		files[key] = t.text(key)
		switch file := files[key]; {
		case strings.Contains(file, "-----BEGIN"):
			r.errorf(t.at(key), "is PEM text where the path of a file on the nodes is expected").hintf("put CA certificates into additional-ca")
		case file != "" && !strings.HasPrefix(file, "/"):
			r.errorf(t.at(key), "is not the absolute path of a file on the nodes")
		}
	}
	insecure := t.flag("InsecureSkipVerify")
	t.restStrict()
	if (files["CertFile"] == "") != (files["KeyFile"] == "") {
		r.errorf(t.path, "needs both CertFile and KeyFile, one is empty")
	}
	if insecure && files["CAFile"] != "" {
		r.warnf(t.at("InsecureSkipVerify"), "with verification off, CAFile has no effect").hintf("leave InsecureSkipVerify out")
	} else if insecure {
		r.warnf(t.at("InsecureSkipVerify"), "certificates of the registry are not verified, so images can be replaced on the way").hintf("put its CA into additional-ca")
	}
}
