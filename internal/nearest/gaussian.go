package nearest

import (
	"math"

	"fashionpipe/internal/simd/vec"
)

// addGaussian adds up all rows, weighed by exp(−d²/2h²) around each position, to as many sums.
func (w *shifter) addGaussian(block *block) {
	n := w.p.s.Len()
	middle := make([]float32, chunk)
	for at := 0; at < n; at += depth {
		for from := at; from < min(n, at+depth); from += chunk {
			cols := w.tile.bound(block, w.around, from)
			widest := 0.0
			for j := range cols {
				s := w.tile.slack(block, 0, w.around, from+j)
				middle[j], widest = float32(s/2), max(widest, s)
			}
			for i := range block.len() {
				weights := w.weights[i*depth+from-at:][:cols]
				vec.Add(weights, w.tile.low[i*chunk:i*chunk+cols], middle[:cols])
				if widest <= enough*w.h2 {
					w.weighAll(weights, block.half[i])
				} else {
					w.weighEach(weights, block, i, from)
				}
				w.total[i] += vec.SumF64(weights)
			}
		}
		w.add(at, all(block.len()))
	}
}

// enough is how wide bounds of half a squared distance may be, as a share of h², for weights by their middle: these are
// off by 0.1% at most then.
const enough = 2e-3

// weighAll turns bounds' middles into weights.
func (w *shifter) weighAll(x []float32, half float64) {
	vec.AddScalar(x, x, float32(half))
	vec.MaxScalar(x, x, 0)
	vec.MulScalar(x, x, float32(-1/w.h2))
	vec.Exp(x, x)
}

// weighEach does so where bounds are too wide, for a kernel that is narrow for numbers of this size: it measures anew all
// that matters.
func (w *shifter) weighEach(x []float32, block *block, i, from int) {
	position := block.row(i)
	for j, v := range x {
		d := 2 * max(0, float64(v)+block.half[i])
		slack := w.tile.slack(block, i, w.around, from+j)
		if slack > enough*w.h2 && d-slack < 100*w.h2 {
			d = SquaredL2(position, w.p.s.row(from+j))
		}
		x[j] = float32(math.Exp(-d / (2 * w.h2)))
	}
}
