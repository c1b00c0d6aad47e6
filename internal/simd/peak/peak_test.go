package peak

import (
	"math"
	"runtime"
	"testing"
)

// TestPeak: all three measure something on one core and on all. What they measure is the machine's affair.
func TestPeak(t *testing.T) {
	for name, f := range map[string]func(int) float64{"FLOP/s": FLOPS, "bytes/s read": Read, "bytes/s copied": Copy} {
		for _, cores := range []int{1, runtime.GOMAXPROCS(0)} {
			v := f(cores)
			t.Logf("%s: %.1f G on %d cores", name, v/1e9, cores)
			if !(v > 0) || math.IsInf(v, 0) {
				t.Errorf("%s on %d cores: %v", name, cores, v)
			}
		}
	}
}

// TestPlain: the loops of plain Go do the work that is counted.
func TestPlain(t *testing.T) {
	want := float32(1)
	for i := range 6 {
		want *= float32(7+i) + plainRounds/2
	}
	if got := multiplyGo(1); got < want*0.9999 || got > want*1.0001 {
		t.Errorf("multiplyGo(1) = %v, not %v", got, want)
	}
	x := make([]byte, 256)
	for i := range x {
		x[i] = byte(i % 16)
	}
	for i := 0; i < len(x); i += 16 {
		x[i] = 3
	}
	if got := readGo(x); got != 48 {
		t.Errorf("readGo = %d, not 48", got)
	}
}
