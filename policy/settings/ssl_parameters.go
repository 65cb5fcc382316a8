package settings

import (
	"slices"
	"strings"
)

// sslProtocols are the protocols that ingress-nginx takes, oldest first.
// Those before sslSafe are broken or retired.
var (
	sslProtocols = []string{"SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}
	sslSafe      = 4
)

// opensslCiphers are the cipher names that OpenSSL knows for TLS 1.2 with
// forward secrecy; opensslWeak exist but are better avoided; opensslWords
// select ciphers in bulk; opensslTLS13 are fixed by TLS 1.3, not by this list.
var (
	opensslCiphers = strings.Fields(`
		ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384
		ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305 DHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES256-GCM-SHA384
		DHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES128-CCM ECDHE-ECDSA-AES256-CCM DHE-RSA-AES128-CCM DHE-RSA-AES256-CCM`)
	opensslWeak = strings.Fields(`
		ECDHE-ECDSA-AES128-SHA256 ECDHE-RSA-AES128-SHA256 ECDHE-ECDSA-AES256-SHA384 ECDHE-RSA-AES256-SHA384
		ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA
		DHE-RSA-AES128-SHA256 DHE-RSA-AES256-SHA256 DHE-RSA-AES128-SHA DHE-RSA-AES256-SHA
		AES128-GCM-SHA256 AES256-GCM-SHA384 AES128-SHA256 AES256-SHA256 AES128-SHA AES256-SHA
		DES-CBC3-SHA ECDHE-RSA-DES-CBC3-SHA ECDHE-ECDSA-DES-CBC3-SHA RC4-SHA RC4-MD5`)
	opensslWords = strings.Fields(`
		ALL COMPLEMENTOFALL COMPLEMENTOFDEFAULT DEFAULT HIGH MEDIUM LOW EXP EXPORT NULL eNULL aNULL kRSA aRSA RSA kDHE kEDH DH DHE EDH
		kEECDH kECDHE ECDH ECDHE EECDH AECDH aDSS DSS aECDSA ECDSA AES AES128 AES256 AESGCM AESCCM ARIA CAMELLIA CHACHA20 3DES DES RC4
		MD5 SHA SHA1 SHA256 SHA384 TLSv1.2 TLSv1.0 SSLv3 PSK SRP`)
	opensslTLS13 = strings.Fields(`TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 TLS_AES_128_CCM_SHA256`)
)

// sslParameters follows validateSSLParameters: protocols is a list parted by
// spaces, each one of sslProtocols in exactly this spelling.
//
// Beyond Harvester, which looks no further: retired protocols and unknown
// ciphers are warned of (issue 1046), a pair that cannot negotiate anything is
// refused, and so is a cipher list that nginx would stop on. Since Harvester
// 1.9 nothing reads the setting.
var sslParameters = setting{
	Info: Info{
		Name:    "ssl-parameters",
		Since:   "1.0",
		Form:    "JSON {protocols, ciphers}: protocols parted by spaces, ciphers by colons",
		Default: `{}`,
		Example: `{}`,
		Doc: "Refused: an unknown protocol, ciphers none of which exist or none of which fits the protocols. " +
			"Warned: protocols before TLS 1.2, weak or unknown ciphers, and that Harvester 1.9 ignores the setting.",
	},
	check: checkSSLParameters,
}

func checkSSLParameters(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	protocols, ciphers := o.text("protocols"), o.text("ciphers")
	o.rest()
	if r.failed() || protocols == "" && ciphers == "" {
		return r
	}
	if major, minor, ok := serverVersion(f); !ok || major > 1 || minor >= 9 {
		r.warnf("", "Harvester 1.9 and later ignore this setting, their ingress is Traefik").hintf("use traefik-default-tls-options there")
	}
	checkSSLProtocols(&r, protocols)
	checkSSLCiphers(&r, ciphers)
	if !r.failed() && ciphers != "" {
		checkSSLPair(&r, protocols, ciphers)
	}
	return r
}

func checkSSLProtocols(r *Result, protocols string) {
	for given := range strings.SplitSeq(protocols, " ") {
		switch i := slices.Index(sslProtocols, given); {
		case given == "":
		case i < 0:
			f := r.errorf("/protocols", "unknown protocol %s", show(given)).
				hintf("write protocols parted by spaces, of these: %s", strings.Join(sslProtocols, " "))
			if !strings.ContainsAny(given, ",;:\t\n") {
				f.hintNear(given, sslProtocols)
			}
		case i < sslSafe:
			r.warnf("/protocols", "%s is not safe", given).hintf("use TLSv1.2 TLSv1.3")
		}
	}
}

// cipherNames parts a list of ciphers as OpenSSL does and drops its operators.
func cipherNames(ciphers string) (names []string) {
	for _, word := range strings.FieldsFunc(ciphers, func(c rune) bool { return strings.ContainsRune(": ,", c) }) {
		if !strings.HasPrefix(word, "@") {
			names = append(names, strings.TrimLeft(word, "!-+"))
		}
	}
	return names
}

func checkSSLCiphers(r *Result, ciphers string) {
	known := 0
	for _, name := range cipherNames(ciphers) {
		switch {
		case slices.Contains(opensslCiphers, name), slices.Contains(opensslTLS13, name), slices.Contains(opensslWords, strings.Split(name, "+")[0]):
			known++
		case slices.Contains(opensslWeak, name):
			known++
			r.warnf("/ciphers", "cipher %s is weak", name).hintf("prefer %s", opensslCiphers[0])
		default:
			r.warnf("/ciphers", "unknown cipher %s", show(name)).hintNear(name, slices.Concat(opensslCiphers, opensslWeak))
		}
	}
	if ciphers != "" && known == 0 {
		r.errorf("/ciphers", "none of the ciphers is known, so nginx would not start with them").
			hintf("write OpenSSL names parted by colons, such as %s", strings.Join(opensslCiphers[:2], ":"))
	}
}

// checkSSLPair looks whether protocols and ciphers can meet. The list rules
// TLS 1.2 and below; the ciphers of TLS 1.3 are always all on.
func checkSSLPair(r *Result, protocols, ciphers string) {
	only13 := !slices.ContainsFunc(cipherNames(ciphers), func(name string) bool { return !slices.Contains(opensslTLS13, name) })
	words := strings.Fields(protocols)
	with13 := len(words) == 0 || slices.Contains(words, "TLSv1.3")
	without13 := len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return w != "TLSv1.3" })
	switch {
	case only13 && !with13:
		r.errorf("/ciphers", "the ciphers are for TLS 1.3 only, and protocols leaves TLS 1.3 out: nothing can be negotiated").
			hintf("add TLSv1.3 to protocols, or ciphers of TLS 1.2")
	case only13 && without13:
		r.warnf("/ciphers", "the ciphers are for TLS 1.3 only, so no older protocol can be negotiated")
	case !without13:
		r.warnf("/ciphers", "ciphers has no effect on TLS 1.3, the only protocol")
	}
}
