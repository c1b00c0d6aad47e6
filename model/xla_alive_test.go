//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

import (
	"context"
	"runtime"
	"slices"
	"testing"

	"github.com/gomlx/go-xla/pjrt"
)

// TestXLAKeepsNothing: a training compiles its programs before its first step and nothing after it, whatever it measures and
// validates; it has no more arrays on the device after one step than after another, and at its end none. Likewise an embedding.
func TestXLAKeepsNothing(t *testing.T) {
	b := xlaBackend(t)
	if testing.Short() {
		t.Skip("compiles five programs, for a minute")
	}
	im, cfg := newFakeImages(12, 16, 16), smallConfig("mse")
	cfg.Width, cfg.Batch, cfg.Epochs, cfg.EMA = 1, 4, 3, 0.9
	validation := &Validation{Images: im, Rows: []int{0, 3}, Score: func(context.Context, []float32, int) (float64, error) { return 0.5, nil }}
	runtime.GC()
	programs, arrays := pjrt.LoadedExecutablesAlive(), pjrt.BuffersAlive()
	for _, where := range []string{ImagesDevice, ImagesStream} {
		var compiled, alive []int64
		r, err := Train(t.Context(), b, im, cfg, Hooks{Images: where, Validation: validation, Scratch: t.TempDir(), CheckpointEvery: 1,
			Add: func(n int) {
				if n > 0 {
					compiled, alive = append(compiled, pjrt.LoadedExecutablesAlive()-programs), append(alive, pjrt.BuffersAlive()-arrays)
				}
			}})
		if err != nil {
			t.Fatal(err)
		}
		if steps := r.Info.Steps; len(alive) != steps || steps != 9 {
			t.Fatalf("%d steps, told of %d", steps, len(alive))
		}
		if slices.Max(compiled) != 2 || slices.Min(compiled) != 2 {
			t.Errorf("images %s: programs after each step: %d, want a step and a network", where, compiled)
		}
		// The next batch's two lists of rows may be there or not, and of a stream the next chunk's two tables.
		if more := slices.Max(alive) - slices.Min(alive); where == ImagesDevice && more > 2 || more > 4 {
			t.Errorf("images %s: arrays after each step: %d", where, alive)
		}
		runtime.GC()
		if n, m := pjrt.LoadedExecutablesAlive()-programs, pjrt.BuffersAlive()-arrays; n != 0 || m != 0 {
			t.Errorf("images %s: training leaves %d programs and %d arrays behind", where, n, m)
		}
	}
	e, err := RandomEncoder(t.Context(), "resnet18", 1, "", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	err = e.Batched(3).Embed(t.Context(), b, im, Whole, false, func(i int, _ []float32) error {
		if n := pjrt.LoadedExecutablesAlive() - programs; n != 1 {
			t.Errorf("%d programs at image %d", n, i)
		}
		return nil
	})
	if n, m := pjrt.LoadedExecutablesAlive()-programs, pjrt.BuffersAlive()-arrays; err != nil || n != 0 || m != 0 {
		t.Errorf("embedding leaves %d programs and %d arrays behind: %v", n, m, err)
	}
}
