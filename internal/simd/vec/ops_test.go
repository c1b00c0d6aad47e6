package vec

import "math"

// op is a function on slices, with what it computes at one place told independently: in float64, rounded.
type op struct {
	name string
	in   int // slices
	run  func(dst []float32, in [][]float32, s float32)
	want func(in []float32, s float32) float32
}

func f32(x float64) float32 { return float32(x) }

func two(name string, run func(dst, a, b []float32), want func(a, b float64) float64) op {
	return op{name, 2, func(dst []float32, in [][]float32, _ float32) { run(dst, in[0], in[1]) },
		func(in []float32, _ float32) float32 { return f32(want(float64(in[0]), float64(in[1]))) }}
}

func withS(name string, run func(dst, a []float32, s float32), want func(a, s float64) float64) op {
	return op{name, 1, func(dst []float32, in [][]float32, s float32) { run(dst, in[0], s) },
		func(in []float32, s float32) float32 { return f32(want(float64(in[0]), float64(s))) }}
}

func one(name string, run func(dst, a []float32), want func(a float64) float64) op {
	return op{name, 1, func(dst []float32, in [][]float32, _ float32) { run(dst, in[0]) },
		func(in []float32, _ float32) float32 { return f32(want(float64(in[0]))) }}
}

// bitwise is an operation of which every bit of the result is told.
func bitwise(name string, in int, run func(dst []float32, in [][]float32), want func(in []uint32) uint32) op {
	return op{name, in, func(dst []float32, in [][]float32, _ float32) { run(dst, in) },
		func(in []float32, _ float32) float32 {
			b := make([]uint32, len(in))
			for i, v := range in {
				b[i] = bits(v)
			}
			return math.Float32frombits(want(b))
		}}
}

func truth(b bool) float32 {
	if b {
		return math.Float32frombits(0xffffffff)
	}
	return 0
}

func sign(a float64) float64 {
	switch {
	case a > 0:
		return 1
	case a < 0:
		return -1
	}
	return 0
}

// abs is GoMLX's, which leaves −0.
func abs(a float64) float64 {
	if a < 0 {
		return -a
	}
	return a
}

// exact are the operations with one right result.
var exact = append([]op{
	two("Add", Add, func(a, b float64) float64 { return a + b }),
	two("Sub", Sub, func(a, b float64) float64 { return a - b }),
	two("Mul", Mul, func(a, b float64) float64 { return a * b }),
	two("Div", Div, func(a, b float64) float64 { return a / b }),
	two("Max", Max, goMax), two("Min", Min, goMin),
	withS("AddScalar", AddScalar, func(a, s float64) float64 { return a + s }),
	withS("MulScalar", MulScalar, func(a, s float64) float64 { return a * s }),
	withS("RsubScalar", RsubScalar, func(a, s float64) float64 { return s - a }),
	withS("DivScalar", DivScalar, func(a, s float64) float64 { return a / s }),
	withS("RdivScalar", RdivScalar, func(a, s float64) float64 { return s / a }),
	withS("MaxScalar", MaxScalar, goMax), withS("MinScalar", MinScalar, goMin),
	one("Neg", Neg, func(a float64) float64 { return -a }),
	one("Abs", Abs, abs),
	one("Sqrt", Sqrt, math.Sqrt),
	one("Rsqrt", Rsqrt, func(a float64) float64 { return 1 / float64(f32(math.Sqrt(a))) }),
	one("Floor", Floor, math.Floor), one("Ceil", Ceil, math.Ceil), one("Round", Round, math.RoundToEven),
	one("Sign", Sign, sign),
	{"Fill", 0, func(dst []float32, _ [][]float32, s float32) { Fill(dst, s) }, func(_ []float32, s float32) float32 { return s }},
	{"ReLUGrad", 2, func(dst []float32, in [][]float32, _ float32) { ReLUGrad(dst, in[0], in[1]) },
		func(in []float32, _ float32) float32 {
			if in[0] > 0 {
				return in[1]
			}
			return 0
		}},
	{"Select", 3, func(dst []float32, in [][]float32, _ float32) {
		mask := make([]float32, len(dst))
		CompareScalar(Less, mask, in[0], 0)
		Select(dst, mask, in[1], in[2])
	}, func(in []float32, _ float32) float32 {
		if in[0] < 0 {
			return in[1]
		}
		return in[2]
	}},
	bitwise("And", 2, func(dst []float32, in [][]float32) { And(dst, in[0], in[1]) }, func(in []uint32) uint32 { return in[0] & in[1] }),
	bitwise("Or", 2, func(dst []float32, in [][]float32) { Or(dst, in[0], in[1]) }, func(in []uint32) uint32 { return in[0] | in[1] }),
	bitwise("Xor", 2, func(dst []float32, in [][]float32) { Xor(dst, in[0], in[1]) }, func(in []uint32) uint32 { return in[0] ^ in[1] }),
	bitwise("Not", 1, func(dst []float32, in [][]float32) { Not(dst, in[0]) }, func(in []uint32) uint32 { return ^in[0] }),
}, comparisons()...)

func comparisons() (list []op) {
	for c, is := range map[Comparison]func(a, b float32) bool{
		Equal:          func(a, b float32) bool { return a == b },
		NotEqual:       func(a, b float32) bool { return a != b },
		Less:           func(a, b float32) bool { return a < b },
		LessOrEqual:    func(a, b float32) bool { return a <= b },
		Greater:        func(a, b float32) bool { return a > b },
		GreaterOrEqual: func(a, b float32) bool { return a >= b },
	} {
		list = append(list,
			op{"Compare" + string('0'+rune(c)), 2, func(dst []float32, in [][]float32, _ float32) { Compare(c, dst, in[0], in[1]) },
				func(in []float32, _ float32) float32 { return truth(is(in[0], in[1])) }},
			op{"CompareScalar" + string('0'+rune(c)), 1, func(dst []float32, in [][]float32, s float32) { CompareScalar(c, dst, in[0], s) },
				func(in []float32, s float32) float32 { return truth(is(in[0], s)) }})
	}
	return list
}

// fused are those of which the levels differ: the product is rounded, or not.
var fused = []op{
	{"MulAdd", 3, func(dst []float32, in [][]float32, _ float32) { MulAdd(dst, in[0], in[1], in[2]) },
		func(in []float32, _ float32) float32 { return mulAdd(in[0], in[1], in[2]) }},
}

// functions are those without one right result.
var functions = []op{
	one("Exp", Exp, math.Exp), one("Log", Log, math.Log), one("Tanh", Tanh, math.Tanh),
	one("Logistic", Logistic, func(a float64) float64 { return 1 / (1 + math.Exp(-a)) }),
}

// goMax and goMin are the language's, not math's, which prefer infinities to NaN.
func goMax(a, b float64) float64 { return max(a, b) }
func goMin(a, b float64) float64 { return min(a, b) }
