package peak

import (
	"runtime"
	"testing"
)

// TestPeak: figures are of a possible size, and two cores do more than one.
func TestPeak(t *testing.T) {
	cores := runtime.GOMAXPROCS(0)
	for name, f := range map[string]func(int) float64{"FLOP/s": FLOPS, "bytes/s read": Read, "bytes/s copied": Copy} {
		one, all := f(1), f(cores)
		t.Logf("%s: %.1f G on one core, %.1f G on %d", name, one/1e9, all/1e9, cores)
		if one < 1e8 || one > 1e13 {
			t.Errorf("%s: %v", name, one)
		}
		if all < one/2 {
			t.Errorf("%s: %v on one core, %v on %d", name, one, all, cores)
		}
	}
}
