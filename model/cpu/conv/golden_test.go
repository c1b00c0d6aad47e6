package conv

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestAsPyTorch compares with what testdata/golden.py wrote.
func TestAsPyTorch(t *testing.T) {
	var layers []struct {
		N, Size, Ci, Co, Kernel, Stride, Padding, Dilation, Groups, Out int
		Y, Dx, Dw                                                       []float64
	}
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &layers); err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		k, in := l.Kernel, l.Ci/l.Groups
		s := Shape{N: l.N, H: l.Size, W: l.Size, Ci: l.Ci, KH: k, KW: k, Co: l.Co, OH: l.Out, OW: l.Out, StrideH: l.Stride,
			StrideW: l.Stride, PadTop: l.Padding, PadLeft: l.Padding, DilH: l.Dilation, DilW: l.Dilation, Groups: l.Groups}
		x, dy := goldenOperand(0, l.N*l.Size*l.Size*l.Ci), goldenOperand(2, l.N*l.Out*l.Out*l.Co)
		w := oihw(goldenOperand(1, l.Co*in*k*k), in, k, k)
		closeTo(t, s, "output", runForward(t, s, x, w, 2), l.Y)
		dw := w
		runGradient(t, s, &dw, x, dy, 2)
		closeTo(t, s, "weight gradient", dw.Data, l.Dw)
		if back, err := s.inputGradient(); err == nil {
			closeTo(t, s, "input gradient", runForward(t, back, dy, w.swapped().Reversed(k, k, true, true), 2), l.Dx)
		} else if l.Groups == 1 {
			t.Error(err)
		}
	}
}

func goldenOperand(k, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(float64((i+31*k)*7919%1009)/1009 - 0.5)
	}
	return x
}

func closeTo(t *testing.T, s Shape, name string, got []float32, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%+v: %s has %d numbers, want %d", s, name, len(got), len(want))
	}
	for i := range want {
		if math.Abs(float64(got[i])-want[i]) > 2e-6*(1+math.Abs(want[i])) {
			t.Errorf("%+v: %s %d: %v, want %v", s, name, i, got[i], want[i])
			return
		}
	}
}
