package settings

import "crypto/sha256"

// additionalCA has no validator in Harvester: any text is stored, copied into
// the trust store of every host and handed to Longhorn and CDI, and the first
// thing to fail is the S3 check of backup-target (issues 2205, 3457).
//
// Ours wants certificates and nothing else. What is expired or no CA is of no
// use but breaks nothing, so it is warned of.
var additionalCA = setting{
	Info: Info{
		Name:    "additional-ca",
		Since:   "1.0",
		Form:    "PEM text of one or more CA certificates",
		Default: ``,
		Example: exampleCA,
		Doc: "Refused: anything but certificates that parse, a private key above all. " +
			"Warned: certificates that are expired, end within 30 days, are no CA, or occur twice.",
	},
	check: checkAdditionalCA,
}

// exampleCA is valid for a hundred years, and nobody has its key.
const exampleCA = `-----BEGIN CERTIFICATE-----
MIIBHDCBz6ADAgECAgEBMAUGAytlcDAVMRMwEQYDVQQDEwpFeGFtcGxlIENBMCAX
DTI2MDEwMTAwMDAwMFoYDzIxMjUxMjMxMjM1OTU5WjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCowBQYDK2VwAyEAyIygsNIM/EjMXhWChMMMTgaXxMsaKTESwU77sqyr
t4CjQjBAMA4GA1UdDwEB/wQEAwIBBjAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQW
BBRUlf7hTCHwdeOAJFg1upJl3E5itDAFBgMrZXADQQC3hdFkHXj+exrAzkSFpB23
OCJUeeqmmLgdBMB+8b/ajH+5wgfKf3OwENzOjaKuvbb7X5b9TzXBaCzDqCM5nk8E
-----END CERTIFICATE-----
`

func checkAdditionalCA(value string, f Facts) (r Result) {
	seen := map[[sha256.Size]byte]bool{}
	for _, c := range pemCertificates(&r, "", value) {
		if !c.IsCA {
			r.warnf("", "certificate %s is not a CA, so nothing is trusted because of it", describe(c)).
				hintf("put the certificate of its issuer here")
		}
		sum := sha256.Sum256(c.Raw)
		if seen[sum] {
			r.warnf("", "certificate %s occurs twice", describe(c)).hintf("keep one")
		}
		seen[sum] = true
		checkPeriod(&r, "", c, f.Now, r.warnf)
		checkStrength(&r, "", c)
	}
	if !r.failed() {
		reportNoTime(&r, "", f.Now)
	}
	return r
}
