package model

import (
	"context"
	"os"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// fakeImages is an image table in memory: each photo is stripes of its own two colours and period, with noise, and the
// cell is a part of it.
type fakeImages struct {
	spec        formats.ImageSpec
	whole, cell [][]byte
	labels      func(i int) formats.Labels // nil: none
}

func newFakeImages(n, size, cellSize int) *fakeImages {
	f := &fakeImages{spec: formats.ImageSpec{Size: size, CellSize: cellSize, Grid: "3x3", Cell: "center", Fit: "stretch", Box: "photo"}}
	for i := range n {
		r := rng.New(7, "image", i)
		period := 2 + r.IntN(6)
		colours := [2][3]int{{r.IntN(256), r.IntN(256), r.IntN(256)}, {r.IntN(256), r.IntN(256), r.IntN(256)}}
		draw := func(size, shift int) []byte {
			px := make([]byte, 3*size*size)
			for p := range size * size {
				for c := range 3 {
					v := colours[(p%size+p/size+shift)/period%2][c] + r.IntN(31) - 15
					px[3*p+c] = byte(min(max(v, 0), 255))
				}
			}
			return px
		}
		f.whole = append(f.whole, draw(size, 0))
		f.cell = append(f.cell, draw(cellSize, size/3))
	}
	return f
}

func (f *fakeImages) Len() int                { return len(f.whole) }
func (f *fakeImages) Spec() formats.ImageSpec { return f.spec }
func (f *fakeImages) Whole(i int) []byte      { return f.whole[i] }
func (f *fakeImages) Cell(i, n int) []byte {
	if f.spec.CellCount() < 2 {
		return f.cell[i]
	}
	size := 3 * f.spec.CellSize * f.spec.CellSize
	return f.cell[i][n*size : (n+1)*size]
}

func (f *fakeImages) Labels(i int) formats.Labels {
	if f.labels == nil {
		return formats.Labels{}
	}
	return f.labels(i)
}

// sameGarment gives every two photos in a row a garment.
func sameGarment(i int) formats.Labels {
	return formats.Labels{PairID: int64(i / 2), Style: 1, Category: []string{"skirt", "shorts", "vest"}[i%3]}
}

// backends are all that can be tested here: with PIPE_TEST_PLUGIN, XLA too.
func backends() []string {
	all := []string{"cpu", "go"}
	if plugin := os.Getenv("PIPE_TEST_PLUGIN"); plugin != "" && haveXLA {
		all = append(all, "xla:"+plugin)
	}
	return all
}

func open(t testing.TB, setting string) *Backend {
	t.Helper()
	return openWith(t, setting, F32)
}

func openWith(t testing.TB, setting string, p Precision) *Backend {
	t.Helper()
	b, err := Open(setting, p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func smallConfig(loss string) TrainConfig {
	return TrainConfig{Arch: "resnet18", Width: 4, Loss: loss, Epochs: 2, Batch: 8, LR: 1e-3, Optimizer: "adam",
		Schedule: "cosine", Warmup: 1, Momentum: 0.9, Seed: 1,
		LossConfig: LossConfig{Lambda: DefaultLambda, TargetMomentum: DefaultTargetMomentum, By: ByGarment, Together: 2}}
}

func mustTrain(t testing.TB, im Images, cfg TrainConfig, hooks Hooks) *Trained {
	t.Helper()
	r, err := Train(context.Background(), open(t, "cpu"), im, cfg, hooks)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
