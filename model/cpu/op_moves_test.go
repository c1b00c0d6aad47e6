package cpu

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
	"github.com/gomlx/compute/shapes"
	"pgregory.net/rapid"
)

// elementTypes are those that move.
var elementTypes = []dtypes.DType{dtypes.Float32, dtypes.Float64, dtypes.Float16, dtypes.BFloat16, dtypes.Bool,
	dtypes.Int8, dtypes.Int16, dtypes.Int32, dtypes.Int64, dtypes.Uint8, dtypes.Uint16, dtypes.Uint32, dtypes.Uint64}

// wholes are small whole numbers of a type.
func wholes(r *rand.Rand, t dtypes.DType, dims ...int) tensor {
	flat := dtypes.MakeAnySlice(t, shapes.Make(t, dims...).Size())
	v := reflect.ValueOf(flat)
	for i := range v.Len() {
		n := r.IntN(100)
		switch x := v.Index(i); t {
		case dtypes.Float16:
			x.Set(reflect.ValueOf(float16.FromFloat32(float32(n))))
		case dtypes.BFloat16:
			x.Set(reflect.ValueOf(bfloat16.FromFloat32(float32(n))))
		case dtypes.Bool:
			x.SetBool(n%2 == 0)
		default:
			x.Set(reflect.ValueOf(n).Convert(x.Type()))
		}
	}
	return tensor{flat, dims}
}

// agree runs a graph on this backend and on the Go backend; results must be equal. It must run on kernels alone.
func agree(t *rapid.T, ours *Backend, theirs compute.Backend, in []tensor, graph graphFunc) {
	t.Helper()
	got, want := onBackend(t, ours, in, graph), onBackend(t, theirs, in, graph)
	for i := range want {
		if d := difference(got[i], want[i], 1e-5); d != "" {
			t.Fatalf("output %d: %s", i, d)
		}
	}
}

func onBackend(t *rapid.T, b compute.Backend, in []tensor, graph graphFunc) []tensor {
	t.Helper()
	e, err := build(b, in, graph)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	defer e.Finalize()
	if mine, ok := e.(*executable); ok {
		for _, s := range mine.steps {
			if s.kernel == nil {
				t.Fatalf("%v runs on the Go backend", s.what)
			}
		}
	}
	out, err := e.Execute(buffers(t, b, in), nil, 0)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	return tensors(t, out)
}

// someDims draws dimensions, some of them 1.
func someDims(t *rapid.T) []int {
	dims := make([]int, rapid.IntRange(1, 4).Draw(t, "rank"))
	for i := range dims {
		dims[i] = rapid.SampledFrom([]int{1, 2, 3, 4, 7, 9}).Draw(t, "dimension")
	}
	return dims
}

// move is an operation that moves x, of random parameters.
type move func(r *rand.Rand, f compute.Function, x compute.Value, dims []int) (compute.Value, error)

var moves = map[string]move{
	"transpose": func(r *rand.Rand, f compute.Function, x compute.Value, dims []int) (compute.Value, error) {
		return f.Transpose(x, r.Perm(len(dims))...)
	},
	"reverse": func(r *rand.Rand, f compute.Function, x compute.Value, dims []int) (compute.Value, error) {
		return f.Reverse(x, r.Perm(len(dims))[:r.IntN(len(dims)+1)]...)
	},
	"slice": func(r *rand.Rand, f compute.Function, x compute.Value, dims []int) (compute.Value, error) {
		var starts, limits, steps []int
		for _, d := range dims {
			a := r.IntN(d)
			starts, limits, steps = append(starts, a), append(limits, a+1+r.IntN(d-a)), append(steps, 1+r.IntN(3))
			if r.IntN(4) == 0 { // from the end, and past it
				starts[len(starts)-1] -= d
				limits[len(limits)-1] = d + 2
			}
		}
		return f.Slice(x, starts, limits, steps)
	},
	"pad": func(r *rand.Rand, f compute.Function, x compute.Value, dims []int) (compute.Value, error) {
		zero := make([]int, len(dims))
		ones := make([]int, len(dims))
		var axes []compute.PadAxis
		for i := range dims {
			ones[i] = 1
			axes = append(axes, compute.PadAxis{Start: r.IntN(3), End: r.IntN(3), Interior: r.IntN(2)})
		}
		fill, err := f.Slice(x, zero, ones, nil)
		if err != nil {
			return nil, err
		}
		if fill, err = f.Reshape(fill); err != nil {
			return nil, err
		}
		return f.Pad(x, fill, axes...)
	},
	"concatenate": func(r *rand.Rand, f compute.Function, x compute.Value, dims []int) (compute.Value, error) {
		axis := r.IntN(len(dims))
		limits := slices.Clone(dims)
		limits[axis] = 1 + r.IntN(dims[axis])
		part, err := f.Slice(x, make([]int, len(dims)), limits, nil)
		if err != nil {
			return nil, err
		}
		return f.Concatenate(axis, x, part, x)
	},
	"broadcast": func(r *rand.Rand, f compute.Function, x compute.Value, dims []int) (compute.Value, error) {
		var to, axes []int
		for _, d := range dims {
			for r.IntN(3) == 0 {
				to = append(to, 1+r.IntN(3))
			}
			axes = append(axes, len(to))
			if d == 1 {
				d = 1 + r.IntN(4)
			}
			to = append(to, d)
		}
		shape, err := f.Builder().OpShape(x)
		if err != nil {
			return nil, err
		}
		return f.BroadcastInDim(x, shapes.Make(shape.DType, to...), axes)
	},
	"gather": func(r *rand.Rand, f compute.Function, x compute.Value, dims []int) (compute.Value, error) {
		axis, n := r.IntN(len(dims)), 1+r.IntN(5)
		sizes := slices.Clone(dims)
		sizes[axis] = 1 + r.IntN(dims[axis])
		index := wholes(r, dtypes.Int32, n, 1)
		at, err := f.Constant(index.flat, n, 1)
		if err != nil {
			return nil, err
		}
		offsets := make([]int, len(dims))
		for i := range offsets {
			offsets[i] = i + 1
		}
		return f.Gather(x, at, 1, offsets, nil, []int{axis}, sizes, false)
	},
}

// TestMoves compares operations that move elements, one after the other, with the Go backend's.
func TestMoves(t *testing.T) {
	ours, theirs := open(t), goBackend(t)
	for _, name := range sortedNames(moves) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				dims := someDims(rt)
				dtype := rapid.SampledFrom(elementTypes).Draw(rt, "type")
				seed := rapid.Uint64().Draw(rt, "seed")
				in := []tensor{wholes(seeded(seed), dtype, dims...)}
				agree(rt, ours, theirs, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
					return one(moves[name](seeded(seed), f, x[0], dims))
				})
			})
		})
	}
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
