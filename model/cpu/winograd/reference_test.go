package winograd

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// direct is the convolution by its definition, in float64 or, for comparison, in float32.
func direct[T float32 | float64](x []float32, w Weights, s Shape) []T {
	y := make([]T, s.N*s.OH*s.OW*s.Co)
	s.eachProduct(func(out, in, tap int) {
		for ci := range s.Ci {
			for co := range s.Co {
				y[out*s.Co+co] += T(x[in*s.Ci+ci]) * T(*w.at(tap, ci, co))
			}
		}
	})
	return y
}

// eachProduct visits the pairs of output and input pixels that meet, and the tap between them.
func (s Shape) eachProduct(visit func(out, in, tap int)) {
	for out := range s.N * s.OH * s.OW {
		image, oh, ow := out/(s.OH*s.OW), out/s.OW%s.OH, out%s.OW
		for tap := range 9 {
			h, w := oh+tap/3-s.PadTop, ow+tap%3-s.PadLeft
			if h >= 0 && h < s.H && w >= 0 && w < s.W {
				visit(out, (image*s.H+h)*s.W+w, tap)
			}
		}
	}
}

// hwio are weights in GoMLX's usual order.
func hwio(data []float32, ci, co int) Weights {
	return Weights{Data: data, KH: 3 * ci * co, KW: ci * co, In: co, Out: 1}
}

// orders are ways for weights to lie; the last leaves gaps.
var orders = map[string]func(data []float32, ci, co int) Weights{
	"hwio": hwio,
	"hwoi": func(data []float32, ci, co int) Weights { return hwio(data, co, ci).swapped() },
	"oihw": func(data []float32, ci, co int) Weights { return Weights{Data: data, Out: 9 * ci, In: 9, KH: 3, KW: 1} },
	"iohw": func(data []float32, ci, co int) Weights { return Weights{Data: data, Out: 9, In: 9 * co, KH: 3, KW: 1} },
	"oiwh": func(data []float32, ci, co int) Weights { return Weights{Data: data, Out: 9 * ci, In: 9, KH: 1, KW: 3} },
	"ohwi": func(data []float32, ci, co int) Weights {
		return Weights{Data: data, Out: 9 * ci, In: 1, KH: 3 * ci, KW: ci}
	},
	"gaps": func(data []float32, ci, co int) Weights {
		return Weights{Data: data, Out: 23*ci + 1, In: 23, KH: 7, KW: 2, Offset: 3}
	},
}

const orderLen = 3 * 9 // numbers that suffice for a pair of channels in any order, and one more

func (w Weights) swapped() Weights {
	w.In, w.Out = w.Out, w.In
	return w
}

// turned reverses the taps, as the gradient of a convolution's inputs needs.
func (w Weights) turned() Weights {
	return Weights{Data: w.Data, KH: -w.KH, KW: -w.KW, In: w.In, Out: w.Out, Offset: w.Offset + 2*w.KH + 2*w.KW}
}

// at is a tap.
func (w Weights) at(tap, ci, co int) *float32 {
	return &w.Data[w.Offset+tap/3*w.KH+tap%3*w.KW+ci*w.In+co*w.Out]
}

func normal(r *rand.Rand, n int, mean float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64() + mean)
	}
	return x
}

// errorOf compares y to want: the root of the mean square of the difference, and its largest size.
func errorOf[T float32 | float64](y []T, want []float64) (rms, most float64) {
	for i, v := range y {
		d := math.Abs(float64(v) - want[i])
		if math.IsNaN(d) {
			d = math.Inf(1)
		}
		rms += d * d
		most = max(most, d)
	}
	return math.Sqrt(rms / float64(len(y))), most
}

// size is ‖x‖·‖w‖ of a sum of n products: √(n·mean(x²)) · √(n·mean(w²)).
func size(x, w []float32, n int) float64 {
	square := func(v []float32) (sum float64) {
		for _, f := range v {
			sum += float64(f) * float64(f)
		}
		return sum / float64(len(v))
	}
	return float64(n) * math.Sqrt(square(x)*square(w))
}

func largest(v []float32) float64 {
	return math.Abs(float64(slices.MaxFunc(v, func(a, b float32) int { return cmp.Compare(math.Abs(float64(a)), math.Abs(float64(b))) })))
}

const eps = 1.0 / (1 << 24) // half of the distance from 1 to the next float32

// amplification is how much larger than the products' sizes what a transform adds up can be, κ² with κ = max |Aᵀ|(|G|1 ⊙ |Bᵀ|1): 9
// for the 3×3 products of a direct convolution. The first is that of forward convolutions, the second that of weight gradients.
var amplification = [2]float64{kappa(output6, weights6, 3, 4), kappa(taps6, gradient6, 4, 3)}

func kappa(output, weights func(*line), taps, outputs int) float64 {
	aT, g, bT := matrixOf(output, 6, outputs), matrixOf(weights, taps, 6), matrixOf(input6, 6, 6)
	worst := 0.0
	for _, row := range aT {
		sum := 0.0
		for k, v := range row {
			sum += math.Abs(v) * sizeOf(g[k]) * sizeOf(bT[k])
		}
		worst = max(worst, sum*sum)
	}
	return worst
}

func sizeOf(row []float64) (sum float64) {
	for _, v := range row {
		sum += math.Abs(v)
	}
	return sum
}

// tolerance is what no error may exceed where n such sums are added, their errors being independent.
func tolerance(amplification float64, x, w []float32, n int) float64 {
	return 2 * eps * amplification * math.Sqrt(float64(n)) * largest(x) * largest(w)
}
