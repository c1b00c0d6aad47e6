package vec

import (
	"slices"
	"testing"
)

func TestConversions(t *testing.T) {
	pf, pb, pu := newPlace[float32](t, -77), newPlace(t, true), newPlace[uint8](t, 77)
	atEachLevel(t, func(t *testing.T) {
		r := random(7)
		for n := range 300 {
			where := r.IntN(places)
			truths, bytes := make([]bool, n), make([]uint8, n)
			x := numbers(r, n)
			wantMask, wantOnes, wantNumbers, wantBytes := make([]float32, n), make([]float32, n), make([]float32, n), make([]uint8, n)
			for i := range n {
				truths[i], bytes[i] = r.IntN(2) == 1, uint8(r.Uint32())
				wantMask[i], wantNumbers[i] = truth(truths[i]), float32(bytes[i])
				if truths[i] {
					wantOnes[i] = 1
				}
				if x[i] *= 100; x[i] > 0 {
					wantBytes[i] = uint8(min(255, float64(x[i])))
				}
			}
			f, b, u := pf.put(where, make([]float32, n)), pb.put(where, truths), pu.put(where, bytes)
			BoolToMask(f, b)
			if !sameBits(f, wantMask) {
				t.Fatalf("BoolToMask(%v) is %x", truths, f)
			}
			for i := range b {
				b[i] = i%2 == 0
			}
			MaskToBool(b, f)
			if !slices.Equal(b, truths) {
				t.Fatalf("MaskToBool(%x) is %v", f, b)
			}
			FromBool(f, b)
			if !slices.Equal(f, wantOnes) {
				t.Fatalf("FromBool(%v) is %v", b, f)
			}
			FromUint8(f, u)
			if !slices.Equal(f, wantNumbers) {
				t.Fatalf("FromUint8(%v) is %v", u, f)
			}
			copy(f, x)
			ToUint8(u, f)
			if !slices.Equal(u, wantBytes) {
				t.Fatalf("ToUint8(%v) is %v, not %v", x, u, wantBytes)
			}
			pf.clear(t, where, n)
			pb.clear(t, where, n)
			pu.clear(t, where, n)
		}
	})
}

func TestConversionsCheckLengths(t *testing.T) {
	f, b, u := make([]float32, 8), make([]bool, 7, 16), make([]uint8, 9)
	for name, run := range map[string]func(){
		"MaskToBool": func() { MaskToBool(b, f) }, "BoolToMask": func() { BoolToMask(f, b) }, "FromBool": func() { FromBool(f, b) },
		"FromUint8": func() { FromUint8(f, u) }, "ToUint8": func() { ToUint8(u, f) },
	} {
		if !panics(run) {
			t.Errorf("%s: no panic", name)
		}
	}
}
