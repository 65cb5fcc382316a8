package settings

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"strings"
)

// pemBlocks splits a text into its PEM blocks. Like Harvester
// (containsPEMHeader in pkg/util/tls/tls.go) it lets text stand around blocks,
// as openssl writes it; unlike Harvester it says so.
func pemBlocks(r *Result, path, text string) (blocks []*pem.Block) {
	rest := []byte(text)
	for {
		block, after := pem.Decode(rest)
		if block == nil {
			break
		}
		blocks, rest = append(blocks, block), after
	}
	started := strings.Count(text, "-----BEGIN ")
	switch {
	case len(blocks) == 0 && strings.Contains(text, `\n`):
		r.errorf(path, "is not PEM: its line breaks are written as \\n").hintf("use real line breaks")
	case len(blocks) == 0 && started == 0:
		r.errorf(path, "is not PEM: there is no -----BEGIN line")
	case len(blocks) < started:
		r.errorf(path, "has %d PEM blocks, of which %d do not decode", started, started-len(blocks)).
			hintf("paste the whole file, from -----BEGIN to -----END, line breaks included")
	case strings.TrimSpace(outside(text)) != "":
		r.warnf(path, "has text outside its PEM blocks, which is ignored")
	}
	return blocks
}

// outside is what of a text stands between its PEM blocks.
func outside(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "-----BEGIN ")
		b.WriteString(before)
		_, after, closed := strings.Cut(rest, "-----END ")
		if !found || !closed {
			return b.String()
		}
		_, text, _ = strings.Cut(after, "\n")
	}
}

// pemCertificates reads a bundle of at least one certificate. It refuses any
// other kind of block, private keys with words of their own.
func pemCertificates(r *Result, path, text string) (certs []*x509.Certificate) {
	for i, block := range pemBlocks(r, path, text) {
		switch {
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			r.errorf(path, "block %d is a private key", i+1).
				hintf("remove it here, and replace the key: this setting is no secret")
		case block.Type != "CERTIFICATE":
			r.errorf(path, "block %d is of type %s, not CERTIFICATE", i+1, show(block.Type))
		default:
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				r.errorf(path, "block %d is not a valid certificate", i+1)
				continue
			}
			certs = append(certs, c)
		}
	}
	return certs
}

// pemKey reads exactly one unencrypted private key, nil if it cannot.
//
// Harvester's ValidatePrivateKey has had its test inverted since 2021: the
// first key that parses ends it, one that does not is merely counted. So one
// block of junk is taken, and so is anything behind a good key. Not here.
func pemKey(r *Result, path, text string) (key crypto.Signer) {
	keys := 0
	for _, block := range pemBlocks(r, path, text) {
		switch {
		case block.Type == "EC PARAMETERS": // openssl writes it in front of a key
			continue
		case !strings.HasSuffix(block.Type, "PRIVATE KEY"):
			r.errorf(path, "has a block of type %s, not a private key", show(block.Type))
			continue
		case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
			r.errorf(path, "the private key is encrypted").hintf("remove its password: openssl pkey -in key.pem")
			continue
		}
		keys++
		if key = parseKey(block); key == nil {
			r.errorf(path, "the private key does not parse as %s", show(block.Type)).
				hintf("Harvester takes PKCS#8, PKCS#1 (RSA) and SEC1 (EC) keys in PEM")
		}
	}
	switch {
	case keys == 0 && !r.failed():
		r.errorf(path, "has no private key")
	case keys > 1:
		r.errorf(path, "has %d private keys", keys).hintf("keep the one of the certificate")
	}
	if keys != 1 {
		return nil
	}
	return key
}

func parseKey(block *pem.Block) crypto.Signer {
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	}
	if err != nil {
		return nil
	}
	signer, _ := key.(crypto.Signer) // an X25519 key cannot sign, so it cannot serve TLS
	return signer
}
