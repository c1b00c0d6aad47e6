package model

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"sort"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"
)

// golden is testdata/golden.json, made by PyTorch and torchvision: see golden.py.
type golden struct {
	Networks []struct {
		Arch                  string
		Width, N, Whole, Cell int
		Images                int // which ones: golden.py chooses some that leave no ReLU undecided
		Inference, Train      []float64
		Layers                map[string][]float64
		Loss                  float64
		Grads, Stats          map[string]summary
	}
	Readings []struct { // of golden_nets.json
		Width, N, Size, Dim int
		Layer, Pool         string
		Last                summary // of the last image
	}
}

type summary struct {
	Norm  float64
	First []float64
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	readJSON(t, "testdata/golden.json", &g)
	return g
}

func readGoldenNets(t *testing.T) (g golden) {
	t.Helper()
	readJSON(t, "testdata/golden_nets.json", &g)
	return g
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

// hashed gives n numbers below 2³² by golden.py's formula.
func hashed(name string, n int) []uint32 {
	x := make([]uint32, n)
	seed := crc32.ChecksumIEEE([]byte(name))
	for i := range x {
		h := uint32(i)*2654435761 + seed
		h = (h ^ h>>16) * 0x45D9F3B
		h = (h ^ h>>16) * 0x45D9F3B
		x[i] = h ^ h>>16
	}
	return x
}

func uniform(name string, n int) []float64 {
	x := make([]float64, n)
	for i, h := range hashed(name, n) {
		x[i] = float64(h)/(1<<32) - 0.5
	}
	return x
}

func goldenWeight(name string, shape []int) tensor {
	scale, shift := 0.2, 0.0
	switch {
	case len(shape) == 4:
		scale = math.Sqrt(12) * math.Sqrt(2/float64(shape[0]*shape[2]*shape[3]))
	case len(shape) == 2:
		scale = math.Sqrt(12) * math.Sqrt(2/float64(shape[1]))
	case strings.HasSuffix(name, ".weight") || strings.HasSuffix(name, "running_var"):
		scale, shift = 0.5, 1
	}
	t := tensor{shape: shape, data: make([]float32, size(shape))}
	for i, u := range uniform(name, len(t.data)) {
		t.data[i] = float32(shift + scale*u)
	}
	return t
}

// hashedImages are n images of size pixels, by golden.py's formula.
func hashedImages(name string, n, size int) *fakeImages {
	f := &fakeImages{}
	f.spec.Size = size
	h := hashed(name, n*size*size*3)
	for i := range n {
		px := make([]byte, size*size*3)
		for j := range px {
			px[j] = byte(h[i*len(px)+j])
		}
		f.whole = append(f.whole, px)
	}
	return f
}

// goldenImages are n images [n, S, S, 3] packed as training packs them.
func goldenImages(t *testing.T, name string, n, size int) *tensors.Tensor {
	t.Helper()
	f := hashedImages(name, n, size)
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	dst := make([]byte, 3*n*size*size)
	if err := pack(dst, f, pick{view: Whole, rows: rows}, size); err != nil {
		t.Fatal(err)
	}
	return uploadImages(dst, n, size)
}

// near says whether two numbers agree to 1e-4, relative to the larger of scale and the number wanted.
func near(got, want, scale float64) bool { return within(1e-4, got, want, scale) }

func within(limit, got, want, scale float64) bool {
	return math.Abs(got-want) <= limit*math.Max(scale, math.Abs(want))
}

func wantNear(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	wantWithin(t, 1e-4, what, got, want)
}

func wantWithin(t *testing.T, limit float64, what string, got []float32, want []float64) {
	t.Helper()
	scale := 0.0
	for _, w := range want {
		scale = math.Max(scale, math.Abs(w))
	}
	for i, w := range want {
		if !within(limit, float64(got[i]), w, scale) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], w)
		}
	}
}

func norm(x []float32) float64 {
	s := 0.0
	for _, v := range x {
		s += float64(v) * float64(v)
	}
	return math.Sqrt(s)
}

// TestNetworksEqualTorch compares features, the loss and all gradients of a training step with torchvision's.
func TestNetworksEqualTorch(t *testing.T) {
	for _, c := range append(readGolden(t).Networks, readGoldenNets(t).Networks...) {
		for _, backend := range backends() {
			if backend == "go" && (c.Width == 64 || c.Whole > 100) {
				continue // its convolution takes minutes there
			}
			t.Run(fmt.Sprintf("%s width %d size %d %s", c.Arch, c.Width, c.Whole, backend), func(t *testing.T) {
				a, err := archByName(c.Arch)
				if err != nil {
					t.Fatal(err)
				}
				b := open(t, backend)
				last := a.layers[0] // the deepest that the case asks for
				if _, ok := c.Layers[last]; c.Layers != nil && !ok {
					last = "pool5"
				}
				if _, ok := c.Layers["fc1"]; ok && last == "pool5" {
					last = "fc1"
				}
				names := append(a.names(c.Width, last, false), a.names(c.Width, last, true)...)
				shapes := map[string][]int{}
				for _, w := range a.weights(c.Width, last) {
					shapes[w.name] = w.shape
				}
				var in []*tensors.Tensor
				for _, n := range names {
					in = append(in, upload(goldenWeight(n, shapes[n])))
				}
				layers := []string{}
				for l := range c.Layers {
					layers = append(layers, l)
				}
				sort.Strings(layers)
				withLoss := c.Loss != 0
				gradNames := a.names(c.Width, last, false)
				prog, err := compile(b, "golden", func(g *Graph) []*Node {
					params := map[string]*Node{}
					for _, n := range names {
						params[n] = parameter(g, n, shapes[n])
					}
					whole, cell := images(g, "whole", c.N, c.Whole), images(g, "cell", c.N, c.Cell)
					var out []*Node
					infer := func(layer string) {
						x := normalise(whole, imagenetMean, imagenetStd)
						at, err := a.reading(layer, "")
						if err != nil {
							t.Error(err)
						}
						out = append(out, a.read(newNet(params, false, b.precision), x, c.Width, at))
					}
					for _, l := range layers {
						infer(l)
					}
					if c.Inference != nil {
						infer(a.layers[0])
					}
					if !withLoss {
						return out
					}
					o := &objective{cfg: TrainConfig{Width: c.Width}, arch: a, loss: mseLoss}
					p := o.twoViews(params, nil, whole, cell)
					out = append(out, p.value, p.feature)
					var weights []*Node
					for _, n := range gradNames {
						weights = append(weights, params[n])
					}
					out = append(out, Gradient(p.value, weights...)...)
					for _, n := range a.names(c.Width, last, true) {
						out = append(out, p.net.stats[n])
					}
					return out
				})
				if err != nil {
					t.Fatal(err)
				}
				in = append(in, goldenImages(t, fmt.Sprint("whole", c.Images), c.N, c.Whole), goldenImages(t, fmt.Sprint("cell", c.Images), c.N, c.Cell))
				out, err := prog.run(context.Background(), in...)
				if err != nil {
					t.Fatal(err)
				}
				next := func() []float32 {
					x, err := download(out[0])
					if err != nil {
						t.Fatal(err)
					}
					out = out[1:]
					return x
				}
				for _, l := range layers {
					wantNear(t, l, next(), c.Layers[l])
				}
				if c.Inference != nil {
					wantNear(t, "feature in inference", next(), c.Inference)
				}
				if !withLoss {
					return
				}
				limit := 1e-4
				deep := b.name == "xla" && c.Arch == "resnet50" // whose rounding grows to 2e-4 through 53 normalisations of few numbers
				if deep {
					limit = 1e-3
				}
				if v := float64(next()[0]); !within(limit, v, c.Loss, 0) {
					t.Errorf("loss %v, want %v", v, c.Loss)
				}
				wantWithin(t, limit, "feature in training", next(), c.Train)
				if deep {
					return // so much decides ReLUs, and with them gradients
				}
				check := func(kind string, names []string, want map[string]summary) {
					if len(want) != len(names) {
						t.Fatalf("%d %s, want %d", len(names), kind, len(want))
					}
					for _, n := range names {
						got, w := next(), want[n]
						if v := norm(got); !near(v, w.Norm, 0) {
							t.Errorf("%s of %s: norm %v, want %v", kind, n, v, w.Norm)
						}
						rms := w.Norm / math.Sqrt(float64(len(got)))
						for i, f := range w.First {
							if math.Abs(float64(got[i])-f) > 1e-3*rms {
								t.Errorf("%s of %s: number %d is %v, want %v", kind, n, i, got[i], f)
							}
						}
					}
				}
				check("gradient", gradNames, c.Grads)
				check("statistics", a.names(c.Width, last, true), c.Stats)
			})
		}
	}
}

func goldenMatrix(name string, scale float64, dims ...int) *tensors.Tensor {
	t := tensor{shape: dims, data: make([]float32, size(dims))}
	for i, u := range uniform(name, len(t.data)) {
		t.data[i] = float32(scale * u)
	}
	return upload(t)
}
