package loop

import (
	"math"

	"fashionpipe/internal/simd/vec"
)

// naive computes a Builder's program the plain way, value by value over the whole iteration space.
type naive struct {
	b     *Builder
	bind  *Bind
	rows  int
	memo  map[Value][]float32
	twice bool // round a·b + c twice
}

// at gives v over the whole space; masks as vec has them.
func (n *naive) at(v Value) []float32 {
	if x, ok := n.memo[v]; ok {
		return x
	}
	x := make([]float32, n.rows*n.b.cols)
	d := n.b.nodes[v]
	if d.op == opInput {
		for i := range x {
			x[i] = n.input(d, i/n.b.cols, i%n.b.cols)
		}
	} else {
		n.apply(x, d)
	}
	n.memo[v] = x
	return x
}

func (n *naive) input(d node, r, c int) float32 {
	if d.kind == inConst {
		return d.value
	}
	s, i := n.bind.Slots[d.slot], r*n.b.cols+c
	switch d.kind {
	case inFull:
		return s.F32[i]
	case inRow:
		return s.F32[c]
	case inCol:
		return s.F32[r]
	case inScalar:
		return s.F32[0]
	case inUint8:
		return float32(s.U8[i])
	}
	return truth(s.Bool[i])
}

func truth(b bool) float32 {
	if b {
		return math.Float32frombits(math.MaxUint32)
	}
	return 0
}

func set(m float32) bool { return math.Float32bits(m) != 0 }

func (n *naive) apply(x []float32, d node) {
	var a [3][]float32
	for i, v := range d.operands() {
		a[i] = n.at(v)
	}
	one := make([]float32, 1)
	for i := range x {
		switch d.op {
		case MulAdd:
			if vec.MulAdd(one, a[0][i:i+1], a[1][i:i+1], a[2][i:i+1]); n.twice {
				one[0] = float32(a[0][i]*a[1][i]) + a[2][i]
			}
			x[i] = one[0]
		case Select:
			x[i] = a[2][i]
			if set(a[0][i]) {
				x[i] = a[1][i]
			}
		case FromMask:
			if set(a[0][i]) {
				x[i] = 1
			}
		case ToMask:
			x[i] = truth(a[0][i] != 0)
		case Not:
			x[i] = truth(!set(a[0][i]))
		case And:
			x[i] = truth(set(a[0][i]) && set(a[1][i]))
		case Or:
			x[i] = truth(set(a[0][i]) || set(a[1][i]))
		case Xor:
			x[i] = truth(set(a[0][i]) != set(a[1][i]))
		default:
			naiveNumber(d.op, one, a, i)
			x[i] = one[0]
		}
	}
}

// naiveNumber applies operations on numbers: the basic ones in Go, functions by their own kernel, one number at a time.
func naiveNumber(op Op, to []float32, a [3][]float32, i int) {
	s := signatures[op]
	if s.args == 1 {
		s.unary(to, a[0][i:i+1])
		return
	}
	x, y := a[0][i], a[1][i]
	switch op {
	case Add:
		to[0] = x + y
	case Sub:
		to[0] = x - y
	case Mul:
		to[0] = x * y
	case Div:
		to[0] = x / y
	case Max:
		to[0] = max(x, y)
	case Min:
		to[0] = min(x, y)
	case ReLUGrad:
		to[0] = 0
		if x > 0 {
			to[0] = y
		}
	case Pow:
		to[0] = float32(math.Pow(float64(x), float64(y)))
	case Rem:
		to[0] = float32(math.Mod(float64(x), float64(y)))
	default:
		to[0] = truth(map[Op]bool{Equal: x == y, NotEqual: x != y, Less: x < y, LessOrEqual: x <= y, Greater: x > y, GreaterOrEqual: x >= y}[op])
	}
}

// reduce is what sink s should give, in float64, with the sum of the magnitudes that bounds its rounding errors.
func (n *naive) reduce(s sink) (want, scale []float64) {
	x, cols := n.at(s.value), n.b.cols
	size := map[Over]int{OverRows: cols, OverCols: n.rows, OverAll: 1}[s.over]
	want, scale = make([]float64, size), make([]float64, size)
	for i := range want {
		want[i] = s.what.start()
	}
	for i, v := range x {
		to := map[Over]int{OverRows: i % cols, OverCols: i / cols, OverAll: 0}[s.over]
		want[to] = s.what.join(want[to], float64(v))
		scale[to] += math.Abs(float64(v))
	}
	return want, scale
}
