package cpu

import (
	"testing"

	"github.com/gomlx/compute"
)

// BenchmarkTinyExecution is what an execution costs besides its arithmetic.
func BenchmarkTinyExecution(b *testing.B) {
	in := []tensor{floats([]float32{1, 2}, 2), floats([]float32{3, 4}, 2)}
	for name, backend := range map[string]compute.Backend{"cpu": open(b), "go": goBackend(b)} {
		b.Run(name, func(b *testing.B) {
			e := mustBuild(b, backend, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
				y := must1(f.Add(x[0], x[1]))
				return one(f.DotGeneral(y, []int{0}, nil, y, []int{0}, nil, compute.DotGeneralConfig{}))
			})
			bufs := buffers(b, backend, in)
			for b.Loop() {
				out, err := e.Execute(bufs, nil, 0)
				if err != nil {
					b.Fatal(err)
				}
				if err := out[0].Finalize(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
