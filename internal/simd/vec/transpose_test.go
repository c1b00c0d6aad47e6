package vec

import (
	"testing"

	"fashionpipe/internal/simd/fence"
	"pgregory.net/rapid"
)

func TestTranspose(t *testing.T) {
	src, dst := fence.Memory[float32](t, 8), fence.Memory[float32](t, 8)
	for i := range src {
		src[i] = float32(i)
	}
	atEachLevel(t, func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			size := rapid.OneOf(rapid.IntRange(0, 9), rapid.IntRange(0, 70))
			rows, cols := size.Draw(rt, "rows"), size.Draw(rt, "cols")
			ldSrc, ldDst := cols+rapid.IntRange(0, 5).Draw(rt, "ldSrc"), rows+rapid.IntRange(0, 5).Draw(rt, "ldDst")
			from, to := src, dst
			if rows > 0 && cols > 0 { // at the end of the memory
				from, to = src[len(src)-(rows-1)*ldSrc-cols:], dst[len(dst)-(cols-1)*ldDst-rows:]
			}
			Fill(dst, -1)
			Transpose(to, from, rows, cols, ldDst, ldSrc)
			for r := range rows {
				for c := range cols {
					if to[c*ldDst+r] != from[r*ldSrc+c] {
						rt.Fatalf("row %d, column %d", r, c)
					}
					to[c*ldDst+r] = -1
				}
			}
			for i, v := range dst {
				if v != -1 {
					rt.Fatalf("number %d beside the matrix was written", i-len(dst)+len(to))
				}
			}
		})
	})
}

func TestTransposeChecksShapes(t *testing.T) {
	x, y := make([]float32, 12, 100), make([]float32, 12, 100)
	for name, run := range map[string]func(){
		"short src":   func() { Transpose(x, y[:11], 3, 4, 3, 4) },
		"short dst":   func() { Transpose(x[:11], y, 3, 4, 3, 4) },
		"narrow rows": func() { Transpose(x, y, 3, 4, 3, 3) },
		"narrow cols": func() { Transpose(x, y, 3, 4, 2, 4) },
	} {
		if !panics(run) {
			t.Errorf("%s: no panic", name)
		}
	}
}
