package cpu

import (
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"pgregory.net/rapid"
)

// TestScatter compares scatters with the Go backend's, which does only whole slices right, and only inside the operand.
func TestScatter(t *testing.T) {
	ours, theirs := open(t), goBackend(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := seeded(rapid.Uint64().Draw(rt, "seed"))
		dims := someDims(rt)
		axis, n, kind := r.IntN(len(dims)), r.IntN(6)+1, r.IntN(3)
		updates := append([]int{n}, slices.Delete(slices.Clone(dims), axis, axis+1)...)
		window := make([]int, len(dims)-1)
		for i := range window {
			window[i] = i + 1
		}
		indices := make([]int64, n)
		for i := range indices {
			indices[i] = int64(r.IntN(dims[axis]))
		}
		in := []tensor{special(r, dims...), {indices, []int{n, 1}}, special(r, updates...)}
		agree(rt, ours, theirs, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			method := []scatterMethod{compute.Function.ScatterSum, compute.Function.ScatterMax, compute.Function.ScatterMin}[kind]
			return one(method(f, x[0], x[1], x[2], 1, window, []int{axis}, []int{axis}, false, false))
		})
	})
}

// TestConversions compares iotas of all types, converted to all types, with the Go backend's.
func TestConversions(t *testing.T) {
	ours, theirs := open(t), goBackend(t)
	for _, from := range elementTypes {
		for _, to := range elementTypes {
			if from == to || from.IsHalfPrecision() || to.IsHalfPrecision() || from == dtypes.Bool {
				continue
			}
			graph := func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
				count, err := f.Iota(shapes.Make(from, 3, 5), 1)
				if err != nil {
					return nil, err
				}
				shift, err := f.ConvertDType(x[0], from)
				if err != nil {
					return nil, err
				}
				if count, err = f.Add(count, shift); err != nil {
					return nil, err
				}
				return one(f.ConvertDType(count, to))
			}
			in := []tensor{{[]uint8{1}, nil}}
			got, want := compute1(t, ours, in, graph), compute1(t, theirs, in, graph)
			if d := difference(got[0], want[0], 0); d != "" {
				t.Errorf("%s to %s: %s", from, to, d)
			}
		}
	}
}
