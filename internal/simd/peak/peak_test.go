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
