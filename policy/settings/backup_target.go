package settings

import "strings"

// backupTarget follows validateBackupTarget, without its connection: Harvester
// opens one to the endpoint for up to 8 seconds, which no check here may do.
// S3 needs keys, bucket and region; NFS needs an endpoint and none of these.
//
// An S3 target without keys passes if everything else is as stored: this is
// how the controller writes it back after moving the keys into a Secret. When
// the stored value is unknown that is said, not refused.
var backupTarget = setting{
	Info: Info{
		Name:    "backup-target",
		Since:   "1.0",
		Form:    "JSON {type: s3|nfs, endpoint, bucketName, bucketRegion, accessKeyId, secretAccessKey, cert, virtualHostedStyle, refreshIntervalInSeconds}",
		Default: ``,
		Example: `{"type":"nfs","endpoint":"nfs://10.20.0.50:/exports/backup"}`,
		Doc: "Refused: another type, missing or mixed fields, an endpoint that is none, a negative interval. " +
			"Warned: http, a certificate in a field that nothing reads. Not checked: whether the target answers.",
	},
	check: checkBackupTarget,
}

// backupFields is the decoded setting, without its secrets' values.
type backupFields struct {
	kind, endpoint, bucket, region, cert string
	hasKeyID, hasKey, virtual            bool
	interval                             int64
}

func readBackupTarget(o *object) backupFields {
	return backupFields{
		kind: o.text("type"), endpoint: o.text("endpoint"),
		bucket: o.text("bucketName"), region: o.text("bucketRegion"), cert: o.text("cert"),
		hasKeyID: o.text("accessKeyId") != "", hasKey: o.text("secretAccessKey") != "",
		virtual: o.flag("virtualHostedStyle"), interval: o.integer("refreshIntervalInSeconds"),
	}
}

func checkBackupTarget(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	t := readBackupTarget(o)
	o.restStrict()
	if r.failed() {
		return r
	}
	if t.interval < 0 {
		r.errorf("/refreshIntervalInSeconds", "%d is less than 0", t.interval)
	}
	switch {
	case t == backupFields{interval: t.interval}:
	case t.kind == "s3":
		checkS3(&r, t, f)
	case t.kind == "nfs":
		checkNFS(&r, t)
	default:
		r.errorf("/type", "type %s is neither s3 nor nfs", show(t.kind)).hintNear(t.kind, []string{"s3", "nfs"})
	}
	if t.cert != "" {
		r.warnf("/cert", "nothing reads this field").hintf("put the CA of the backup target into additional-ca")
	}
	return r
}

func checkS3(r *Result, t backupFields, f Facts) {
	switch {
	case t.hasKeyID && t.hasKey:
	case !t.hasKeyID && !t.hasKey && f.Settings == nil:
		r.unknownf("", "whether the keys are missing or moved into their Secret already, because the stored value is not known here")
	case !t.hasKeyID && !t.hasKey && sameTarget(t, f.Settings["backup-target"]):
	default:
		r.errorf("", "an S3 target needs accessKeyId and secretAccessKey").hintf("enter both again, Harvester does not keep them in the setting")
	}
	for _, field := range []struct{ key, value string }{{"bucketName", t.bucket}, {"bucketRegion", t.region}} {
		if field.value == "" {
			r.errorf("/"+field.key, "an S3 target needs %s", field.key)
		}
	}
	if t.endpoint != "" {
		checkWebURL(r, "/endpoint", "the endpoint", t.endpoint, plainWarned)
	}
}

// sameTarget compares what the controller leaves alone.
func sameTarget(t backupFields, stored string) bool {
	if stored == "" {
		return false
	}
	o := decode(stored, new(Result))
	if o == nil {
		return false
	}
	s := readBackupTarget(o)
	return s.kind == t.kind && s.endpoint == t.endpoint && s.bucket == t.bucket && s.region == t.region && s.virtual == t.virtual
}

func checkNFS(r *Result, t backupFields) {
	if t.hasKeyID || t.hasKey {
		r.errorf("", "an NFS target takes no accessKeyId and secretAccessKey").hintf("leave them out")
	}
	if t.bucket != "" || t.region != "" {
		r.errorf("", "an NFS target takes no bucketName and bucketRegion").hintf("leave them out")
	}
	rest, found := strings.CutPrefix(t.endpoint, "nfs://")
	host, path, _ := strings.Cut(rest, "/")
	host, port, _ := strings.Cut(strings.TrimSuffix(host, ":"), ":")
	if strings.HasPrefix(rest, "[") { // nfs://[fd00::1]:/path
		host, path, _ = strings.Cut(strings.TrimPrefix(rest, "["), "]")
		port = ""
	}
	switch {
	case t.endpoint == "":
		r.errorf("/endpoint", "an NFS target needs an endpoint").hintf("write it like nfs://server.example:/path")
	case !found || !isHost(host) || !isPort(port) || path == "" || strings.Contains(t.endpoint, " "):
		r.errorf("/endpoint", "the endpoint is not that of an NFS export").hintf("write it like nfs://server.example:/path")
	}
}

// s3Endpoint is the endpoint in a stored value if it is reached over HTTP.
func s3Endpoint(value string) string {
	if value == "" {
		return ""
	}
	o := decode(value, new(Result))
	if o == nil || o.text("type") != "s3" {
		return ""
	}
	return o.text("endpoint")
}
