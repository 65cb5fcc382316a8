package render

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

const (
	// Label marks everything that was rendered. Its value tells the cluster, so that one which serves several sees only its own.
	Label = "bailiwick.dev/rendered"
	// Origin is the annotation that says what an object comes from.
	Origin = "bailiwick.dev/origin"
)

// labelValue is the name of a cluster as the value of Label: `SveltosCluster:gke/production` is written with dots, and
// what is too long ends in a hash.
func labelValue(cluster string) string {
	value := strings.NewReplacer(":", ".", "/", ".").Replace(cluster)
	if len(value) <= validation.LabelValueMaxLength {
		return value
	}
	sum := hash(cluster)
	return value[:validation.LabelValueMaxLength-len(sum)-1] + "-" + sum
}

// nameOf is a name that only the content decides: of 26 characters, a DNS label.
func nameOf(content ...any) string { return "bailiwick-" + hash(content) }

// hash is 16 characters that can stand in a name; they are 80 bits.
func hash(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("hashing %T: %v", v, err)) // texts and lists of them always have JSON
	}
	sum := sha256.Sum256(text)
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:10]))
}
