package cpu

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"pgregory.net/rapid"
)

// fusable makes random graphs of what fuse handles, and of something between that it doesn't (Reverse).
type fusable struct {
	r     *rand.Rand
	f     compute.Function
	dims  []int
	vals  []compute.Value // [dims] of float32
	exact []compute.Value // those whose bits can't depend on how sums are rounded
	masks []compute.Value // [dims] of bool
	bytes []compute.Value // [dims] of uint8
	rows  []compute.Value // [last axis]
	cols  []compute.Value // [all but the last axis]
	nums  []compute.Value // scalars
	tails []compute.Value // [all but the first axis]
	taps  compute.Value   // of a convolution that keeps the shape; nil: none
}

func pick[T any](g *fusable, from []T) T { return from[g.r.IntN(len(from))] }

func (g *fusable) wide(v compute.Value, axes ...int) compute.Value {
	return must1(g.f.BroadcastInDim(v, shapes.Make(dtypes.Float32, g.dims...), axes))
}

func (g *fusable) leading() (axes []int) {
	for a := range len(g.dims) - 1 {
		axes = append(axes, a)
	}
	return axes
}

func (g *fusable) trailing() (axes []int) {
	for a := range len(g.dims) - 1 {
		axes = append(axes, a+1)
	}
	return axes
}

func (g *fusable) last() int { return len(g.dims) - 1 }

// tame keeps numbers small.
func (g *fusable) tame(v compute.Value) compute.Value { return must1(g.f.Tanh(v)) }

func (g *fusable) step() {
	add := func(v compute.Value) { g.vals = append(g.vals, v) }
	addExact := func(v compute.Value) { g.vals, g.exact = append(g.vals, v), append(g.exact, v) }
	f := g.f
	x, y, e := pick(g, g.vals), pick(g, g.vals), pick(g, g.exact)
	switch g.r.IntN(31) {
	case 0:
		add(g.tame(must1(f.Add(x, y))))
	case 1:
		add(must1(f.Mul(g.tame(x), y)))
	case 2:
		add(g.tame(must1(f.Sub(x, g.wide(pick(g, g.rows), g.last())))))
	case 3:
		add(must1(f.Mul(x, g.wide(g.tame(pick(g, g.cols)), g.leading()...))))
	case 4:
		add(must1(f.Mul(x, g.tame(pick(g, g.nums)))))
	case 5:
		addExact(must1(f.Max(e, pick(g, g.exact))))
	case 6:
		addExact(must1(f.Neg(e)))
	case 7:
		g.masks = append(g.masks, must1(f.GreaterThan(e, must1(f.Constant([]float32{0})))))
	case 8:
		g.masks = append(g.masks, must1(f.LessOrEqual(e, pick(g, g.exact))))
	case 9:
		m := must1(f.LogicalAnd(pick(g, g.masks), must1(f.LogicalNot(pick(g, g.masks)))))
		g.masks = append(g.masks, m)
	case 10:
		add(must1(f.Where(pick(g, g.masks), x, must1(f.Constant([]float32{0})))))
	case 11:
		addExact(must1(f.ConvertDType(pick(g, g.masks), dtypes.Float32)))
	case 12:
		g.rows = append(g.rows, g.tame(must1(f.ReduceSum(x, g.leading()...))))
	case 13:
		g.cols = append(g.cols, must1(f.ReduceMax(x, g.last())))
	case 14:
		g.nums = append(g.nums, g.tame(must1(f.ReduceSum(x))))
	case 15:
		addExact(must1(f.Reverse(e, g.r.IntN(len(g.dims)))))
	case 16:
		add(must1(f.Reverse(x, g.last())))
	case 17:
		n := must1(f.Builder().OpShape(x)).Size()
		add(must1(f.Reshape(must1(f.Sqrt(must1(f.Abs(must1(f.Reshape(x, n)))))), g.dims...)))
	case 18: // ReLU and a question about its operand
		zero := must1(f.Constant([]float32{0}))
		c := must1(f.GreaterThan(e, zero))
		addExact(must1(f.Where(c, e, zero)))
		g.masks = append(g.masks, c)
	case 19:
		g.rows = append(g.rows, must1(f.Div(pick(g, g.rows), must1(f.Constant([]float32{3})))))
	case 20: // the indicator in GoMLX's gradient of Max
		one := must1(f.Constant([]float32{1}))
		i := must1(f.Sign(must1(f.Add(must1(f.Sign(must1(f.Sub(e, must1(f.Constant([]float32{0})))))), one))))
		add(must1(f.Mul(x, i)))
	case 21:
		add(g.tame(must1(f.Add(x, g.wide(pick(g, g.nums))))))
	case 22: // repeated along an axis in the middle: no loop can do that
		v := must1(f.ReduceMax(x, 1))
		add(g.wide(v, append([]int{0}, g.trailing()[1:]...)...))
	case 23: // rows of another length
		add(must1(f.Add(x, g.wide(g.tame(pick(g, g.tails)), g.trailing()...))))
	case 24:
		g.tails = append(g.tails, g.tame(must1(f.ReduceSum(x, 0))))
	case 25: // photos that are mirrored or not
		b := must1(f.Reverse(pick(g, g.bytes), g.r.IntN(len(g.dims))))
		g.bytes = append(g.bytes, must1(f.Where(pick(g, g.masks), b, pick(g, g.bytes))))
	case 26:
		addExact(must1(f.ConvertDType(pick(g, g.bytes), dtypes.Float32)))
	default:
		if g.taps != nil {
			add(g.tame(conv3(f, x, g.taps)))
			if g.r.IntN(2) == 0 {
				add(conv3(f, g.tame(x), g.taps))
			}
			return
		}
		add(must1(f.Pow(x, must1(f.Constant([]float32{2})))))
	}
}

// inputs are two arrays, a row, a column, a number, an array of bytes, and taps.
func (g *fusable) inputs() []tensor {
	d, last := g.dims, len(g.dims)-1
	in := []tensor{random(g.r, d...), random(g.r, d...), random(g.r, d[last]), random(g.r, d[:last]...), random(g.r)}
	bytes := make([]uint8, in[0].shape().Size())
	for i := range bytes {
		bytes[i] = uint8(g.r.IntN(3))
	}
	return append(in, tensor{bytes, d}, random(g.r, 3, 3, d[last], d[last]))
}

func (g *fusable) build(f compute.Function, x []compute.Value, steps int) []compute.Value {
	g.f = f
	bytes := must1(f.ConvertDType(x[5], dtypes.Float32))
	g.vals = []compute.Value{x[0], x[1], bytes}
	g.exact = []compute.Value{x[0], x[1], bytes}
	g.bytes = []compute.Value{x[5]}
	g.masks = []compute.Value{must1(f.GreaterThan(x[0], x[1]))}
	g.rows, g.cols, g.nums = []compute.Value{x[2]}, []compute.Value{x[3]}, []compute.Value{x[4]}
	if len(g.dims) == 4 {
		g.taps = must1(f.Mul(x[6], must1(f.Constant([]float32{0.1}))))
	}
	g.tails = []compute.Value{must1(f.ReduceMin(x[0], 0))}
	for range steps {
		g.step()
	}
	var out []compute.Value
	for range 1 + g.r.IntN(5) {
		lists := [][]compute.Value{g.vals, g.exact, g.masks, g.bytes, g.rows, g.cols, g.nums, g.tails}
		out = append(out, pick(g, pick(g, lists)))
	}
	// The Go backend panics if the last node it needs is older than some parameter.
	return append(out, must1(f.Neg(g.vals[len(g.vals)-1])))
}

// TestRandomLoops compares random graphs of elementwise operations with the Go backend.
func TestRandomLoops(t *testing.T) {
	ours, theirs := open(t), goBackend(t)
	rapid.Check(t, func(rt *rapid.T) {
		seed, steps := rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(1, 40).Draw(rt, "steps")
		dims := []int{rapid.IntRange(1, 3).Draw(rt, "a"), rapid.IntRange(1, 9).Draw(rt, "b"), rapid.SampledFrom([]int{1, 2, 16, 33}).Draw(rt, "c")}
		if images := rapid.Bool().Draw(rt, "images"); images {
			dims = append(dims[:2], rapid.IntRange(1, 5).Draw(rt, "w"), dims[2])
		}
		var results [2][]tensor
		for i, b := range []compute.Backend{ours, theirs} {
			g := &fusable{r: rand.New(rand.NewPCG(seed, 7)), dims: dims}
			in := g.inputs()
			e, err := build(b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
				return g.build(f, x, steps), nil
			})
			if err != nil {
				rt.Fatalf("%+v", err)
			}
			out, err := e.Execute(buffers(rt, b, in), []bool{g.r.IntN(2) == 0, g.r.IntN(2) == 0, true, false, false, true, false}, 0)
			if err != nil {
				rt.Fatalf("%+v", err)
			}
			results[i] = tensors(rt, out)
			e.Finalize()
		}
		for i, want := range results[1] {
			if d := difference(results[0][i], want, 1e-4); d != "" {
				rt.Errorf("output %d: %s", i, d)
			}
		}
	})
}

var convAxes = compute.ConvolveAxesConfig{
	InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3, KernelSpatial: []int{0, 1}, KernelInputChannels: 2,
	KernelOutputChannels: 3, OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3,
}

// conv3 is a convolution by 3×3 taps that keeps the image's size.
func conv3(f compute.Function, x, w compute.Value) compute.Value {
	one := []int{1, 1}
	return must1(f.ConvGeneral(x, w, convAxes, one, [][2]int{{1, 1}, {1, 1}}, one, one, 1, 1))
}
