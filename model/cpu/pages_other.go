//go:build unix && !linux

package cpu

// largePages does nothing where the system takes no such advice, or follows it unasked.
func largePages([]byte) {}
