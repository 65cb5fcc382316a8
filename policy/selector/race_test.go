//go:build race

package selector

// raced says that the race detector slows every step down by an order of magnitude: then fewer questions are asked.
const raced = true
