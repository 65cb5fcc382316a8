package settings

import "testing"

// BenchmarkCheck is the time of one check: the example of each setting, and certificates that are worth checking.
func BenchmarkCheck(b *testing.B) {
	p := newPKI(b)
	values := map[string]string{
		"ssl-certificates": sslValue(b, p.root.pem(), p.leaf.pem()+p.middle.pem(), sec1(b, p.leaf.key)),
	}
	facts := lab()
	for _, info := range List() {
		value, given := values[info.Name]
		if !given {
			value = info.Example
		}
		b.Run(info.Name, func(b *testing.B) {
			for b.Loop() {
				Check(info.Name, value, facts)
			}
		})
	}
}
