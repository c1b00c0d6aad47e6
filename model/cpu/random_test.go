package cpu

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"pgregory.net/rapid"
)

// TestRandomGraphs compares random graphs with the Go backend's results.
func TestRandomGraphs(t *testing.T) {
	ours, theirs := open(t), goBackend(t)
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		size := rapid.IntRange(1, 40).Draw(rt, "operations")
		g := newRandomGraph(seed)
		got, want := runRandom(rt, ours, g, size), runRandom(rt, theirs, newRandomGraph(seed), size)
		if len(got) != len(want) {
			rt.Fatalf("%d outputs, want %d", len(got), len(want))
		}
		for i := range want {
			if d := difference(got[i], want[i], 1e-3); d != "" {
				rt.Errorf("output %d: %s", i, d)
			}
		}
	})
}

func runRandom(rt *rapid.T, b compute.Backend, g *randomGraph, size int) []tensor {
	in := []tensor{random(g.r, 4, 6), random(g.r, 6), random(g.r, 2, 3, 4), {[]int32{3, 1, 2, 0}, []int{4}}, random(g.r)}
	e, err := build(b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		return g.build(f, x, size), nil
	})
	if err != nil {
		rt.Fatalf("%+v", err)
	}
	defer e.Finalize()
	bufs := buffers(rt, b, in)
	out, err := e.Execute(bufs, []bool{g.r.IntN(2) == 0, false, true, false, true}, 0)
	if err != nil {
		rt.Fatalf("%+v", err)
	}
	return tensors(rt, out)
}

// randomGraph makes the same graph of the same seed on any backend.
type randomGraph struct {
	r    *rand.Rand
	f    compute.Function
	vals []compute.Value // of float32
	// Nothing below may jump where rounding differs: what is chosen by is a parameter.
	scalar compute.Value
}

func newRandomGraph(seed uint64) *randomGraph {
	return &randomGraph{r: rand.New(rand.NewPCG(seed, 1))}
}

func (g *randomGraph) shape(v compute.Value) []int {
	return must1(g.f.Builder().OpShape(v)).Dimensions
}

func (g *randomGraph) any() compute.Value { return g.vals[g.r.IntN(len(g.vals))] }

// like is a value of the same shape as v: often an older one, else v turned into another.
func (g *randomGraph) like(v compute.Value) compute.Value {
	want := must1(g.f.Builder().OpShape(v))
	for range 4 {
		if o := g.any(); must1(g.f.Builder().OpShape(o)).EqualDimensions(want) {
			return o
		}
	}
	scalar := must1(g.f.Constant([]float32{float32(g.r.NormFloat64())}))
	if g.r.IntN(2) == 0 {
		return scalar
	}
	return must1(g.f.BroadcastInDim(scalar, want, nil))
}

func (g *randomGraph) build(f compute.Function, x []compute.Value, size int) []compute.Value {
	g.f = f
	g.scalar = x[4]
	g.vals = []compute.Value{x[0], x[1], x[2], x[4]}
	rows := must1(f.Gather(x[0], must1(f.Reshape(x[3], 4, 1)), 1, []int{1}, []int{0}, []int{0}, []int{1, 6}, false))
	g.vals = append(g.vals, rows)
	for range size {
		v := randomOps[g.r.IntN(len(randomOps))](g, g.any())
		if n := must1(f.Builder().OpShape(v)).Size(); n <= 4096 {
			g.vals = append(g.vals, v)
		}
	}
	var out []compute.Value
	for range 1 + g.r.IntN(4) {
		out = append(out, g.any())
	}
	// The Go backend panics if the last node it needs is older than some parameter.
	return append(out, must1(f.Neg(g.vals[len(g.vals)-1])))
}

// keep makes numbers small again, so that rounding stays comparable.
func (g *randomGraph) keep(v compute.Value) compute.Value { return must1(g.f.Tanh(v)) }

var randomOps = []func(g *randomGraph, v compute.Value) compute.Value{
	func(g *randomGraph, v compute.Value) compute.Value { return must1(g.f.Add(v, g.like(v))) },
	func(g *randomGraph, v compute.Value) compute.Value { return g.keep(must1(g.f.Mul(g.like(v), v))) },
	func(g *randomGraph, v compute.Value) compute.Value { return must1(g.f.Sub(v, v)) },
	func(g *randomGraph, v compute.Value) compute.Value { return must1(g.f.Max(v, g.like(v))) },
	func(g *randomGraph, v compute.Value) compute.Value { return must1(g.f.Neg(v)) },
	func(g *randomGraph, v compute.Value) compute.Value { return must1(g.f.Erf(v)) },
	func(g *randomGraph, v compute.Value) compute.Value { return must1(g.f.Identity(v)) },
	func(g *randomGraph, v compute.Value) compute.Value {
		c := must1(g.f.GreaterThan(v, must1(g.f.Constant([]float32{0}))))
		return must1(g.f.Where(c, v, must1(g.f.Constant([]float32{0}))))
	},
	func(g *randomGraph, v compute.Value) compute.Value {
		return must1(g.f.Reshape(v, must1(g.f.Builder().OpShape(v)).Size()))
	},
	func(g *randomGraph, v compute.Value) compute.Value {
		return must1(g.f.Transpose(v, g.r.Perm(len(g.shape(v)))...))
	},
	func(g *randomGraph, v compute.Value) compute.Value {
		d := g.shape(v)
		if len(d) == 0 {
			return v
		}
		sum := must1(g.f.ReduceSum(v, g.r.IntN(len(d))))
		return g.keep(sum)
	},
	func(g *randomGraph, v compute.Value) compute.Value {
		d := g.shape(v)
		if len(d) == 0 {
			return v
		}
		a := g.r.IntN(len(d))
		y := must1(g.f.DotGeneral(v, []int{a}, nil, v, []int{a}, nil, compute.DotGeneralConfig{}))
		return g.keep(y)
	},
	func(g *randomGraph, v compute.Value) compute.Value {
		d := g.shape(v)
		if len(d) < 2 {
			return v
		}
		y := must1(g.f.DotGeneral(v, []int{1}, []int{0}, v, []int{1}, []int{0}, compute.DotGeneralConfig{}))
		return g.keep(y)
	},
	func(g *randomGraph, v compute.Value) compute.Value {
		d := g.shape(v)
		if len(d) == 0 {
			return v
		}
		return must1(g.f.Concatenate(g.r.IntN(len(d)), v, v))
	},
	func(g *randomGraph, v compute.Value) compute.Value {
		d := g.shape(v)
		starts, limits := make([]int, len(d)), make([]int, len(d))
		for i, n := range d {
			starts[i] = g.r.IntN(n + 1)
			limits[i] = starts[i] + g.r.IntN(n-starts[i]+1)
			if starts[i] == limits[i] {
				starts[i], limits[i] = 0, n
			}
		}
		return must1(g.f.Slice(v, starts, limits, nil))
	},
	func(g *randomGraph, v compute.Value) compute.Value {
		return must1(g.f.ConvertDType(must1(g.f.ConvertDType(v, dtypes.Float64)), dtypes.Float32))
	},
	randomIf, randomWhile,
}

// randomIf takes the maximum or the sum of two values. Both are captured by both closures: see TestIfCaptures.
func randomIf(g *randomGraph, v compute.Value) compute.Value {
	other := g.like(v)
	pred := must1(g.f.GreaterThan(g.scalar, must1(g.f.Constant([]float32{0}))))
	yes, no := must1(g.f.Closure()), must1(g.f.Closure())
	if err := yes.Return([]compute.Value{must1(yes.Max(v, other))}, nil); err != nil {
		panic(err)
	}
	if err := no.Return([]compute.Value{must1(no.Add(v, other))}, nil); err != nil {
		panic(err)
	}
	return must1(g.f.If(pred, yes, no))[0]
}

// randomWhile adds a captured value three times.
func randomWhile(g *randomGraph, v compute.Value) compute.Value {
	other := g.like(v)
	shape := must1(g.f.Builder().OpShape(v))
	state := func(f compute.Function) (i, x compute.Value) {
		return must1(f.Parameter("i", shapes.Make(dtypes.Int32), nil)), must1(f.Parameter("x", shape, nil))
	}
	cond, body := must1(g.f.Closure()), must1(g.f.Closure())
	i, _ := state(cond)
	if err := cond.Return([]compute.Value{must1(cond.LessThan(i, must1(cond.Constant([]int32{3}))))}, nil); err != nil {
		panic(err)
	}
	i, x := state(body)
	next := must1(body.Tanh(must1(body.Add(x, other))))
	if err := body.Return([]compute.Value{must1(body.Add(i, must1(body.Constant([]int32{1})))), next}, nil); err != nil {
		panic(err)
	}
	return must1(g.f.While(cond, body, must1(g.f.Constant([]int32{0})), v))[1]
}
