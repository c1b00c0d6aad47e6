package model

import (
	"context"
	"math"
	"os"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
)

// goldenBF16 is testdata/golden_bf16.json, made by PyTorch under autocast: see golden_bf16.py.
type goldenBF16 struct {
	Width, N, Whole, Cell int
	BFloat16              struct {
		Loss               float64
		Feature, Inference []float64
	}
	Error map[string]float64 // of bfloat16 against float32, relative, by norms
}

// goldenStep gives what a training step of ResNet18 makes of golden weights and images, all numbers of a kind in a row: the
// loss, the feature, the gradients, the statistics; and the feature in inference.
func goldenStep(t *testing.T, b *Backend, c goldenBF16) map[string][]float32 {
	t.Helper()
	a, layer := resnet18, resnet18.layers[0]
	trained, stats := a.names(c.Width, layer, false), a.names(c.Width, layer, true)
	shapes := map[string][]int{}
	for _, w := range a.weights(c.Width, layer) {
		shapes[w.name] = w.shape
	}
	all := append(append([]string{}, trained...), stats...)
	var kinds []string
	prog, err := compile(b, "golden", func(g *Graph) (out []*Node) {
		params := map[string]*Node{}
		for _, n := range all {
			params[n] = parameter(g, n, shapes[n])
		}
		whole, cell := images(g, "whole", c.N, c.Whole), images(g, "cell", c.N, c.Cell)
		keep := func(kind string, x *Node) {
			if x.DType() != dtypes.Float32 {
				t.Errorf("%s is %s", kind, x.DType())
			}
			kinds, out = append(kinds, kind), append(out, x)
		}
		o := (&objective{cfg: TrainConfig{Width: c.Width}, arch: a, loss: mseLoss}).at(b.precision)
		keep("inference", a.forward(newNet(params, false, b.precision), normalise(whole, imagenetMean, imagenetStd), c.Width, layer))
		p := o.twoViews(params, nil, whole, cell)
		keep("loss", p.value)
		keep("feature", p.feature)
		var weights []*Node
		for _, n := range trained {
			weights = append(weights, params[n])
		}
		for _, x := range Gradient(p.value, weights...) {
			keep("gradients", x)
		}
		for _, n := range stats {
			keep("statistics", p.net.stats[n])
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	defer prog.close()
	var in []*tensors.Tensor
	for _, n := range all {
		in = append(in, upload(goldenWeight(n, shapes[n])))
	}
	out, err := prog.run(context.Background(), append(in, goldenImages(t, "whole0", c.N, c.Whole), goldenImages(t, "cell0", c.N, c.Cell))...)
	if err != nil {
		t.Fatal(err)
	}
	all32 := map[string][]float32{}
	for i, x := range out {
		v, err := download(x)
		if err != nil {
			t.Fatal(err)
		}
		all32[kinds[i]] = append(all32[kinds[i]], v...)
	}
	return all32
}

// bf16Backend is xlaBackend with bf16.
func bf16Backend(t testing.TB) *Backend {
	t.Helper()
	xlaBackend(t)
	return openWith(t, "xla:"+os.Getenv("PIPE_TEST_PLUGIN"), BF16)
}

// distance is ‖a − b‖/‖b‖.
func distance(a, b []float32) float64 {
	d := make([]float32, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return norm(d) / norm(b)
}

func float32s(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// TestBF16EqualsAutocast: a step with bf16 is as near to the same with f32 as PyTorch's autocast is, within a fourth (in
// inference what is added to each channel is rounded here, and not there; in training what we give is nearer); and as near
// to autocast as two roundings of their own can be, √2 times as far as one of them may be from f32. Gradients of a network
// of random weights are steep: autocast's differ from f32's by a third.
func TestBF16EqualsAutocast(t *testing.T) {
	b := bf16Backend(t)
	var c goldenBF16
	readJSON(t, "testdata/golden_bf16.json", &c)
	want, got := goldenStep(t, open(t, "cpu"), c), goldenStep(t, b, c)
	const slack = 1.25
	for kind, peer := range c.Error {
		e := distance(got[kind], want[kind])
		t.Logf("%s: %.3g from f32, and autocast %.3g", kind, e, peer)
		if kind == "loss" {
			peer = 1e-2 // one number may be near, or not, by chance
		}
		if e > slack*peer {
			t.Errorf("%s is %.3g from f32, and may be %.3g", kind, e, slack*peer)
		}
	}
	for kind, peer := range map[string][]float64{"feature": c.BFloat16.Feature, "inference": c.BFloat16.Inference} {
		if e := distance(got[kind], float32s(peer)); e > math.Sqrt2*slack*c.Error[kind] {
			t.Errorf("%s is %.3g from autocast's, which is %.3g from f32", kind, e, c.Error[kind])
		}
	}
}

// TestBF16TrainsAsF32: over 20 steps with the same data and seed the losses with bf16 are those with f32 on XLA to 5 %, and
// within 2 % on the mean of the last ten: rounding to 7 bits of mantissa is noise of up to 0.4 % of an activation, and each
// step starts from what it has made of the weights.
func TestBF16TrainsAsF32(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a training twice")
	}
	im := newFakeImages(64, 64, 64)
	cfg := smallConfig("vicreg")
	cfg.Width, cfg.Batch, cfg.Epochs, cfg.Warmup, cfg.LR = 8, 16, 5, 0, 2e-4
	losses := func(b *Backend) (x []float64) {
		t.Helper()
		r, err := Train(t.Context(), b, im, cfg, Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range r.History[1:] {
			x = append(x, row.Loss)
		}
		return x
	}
	want, got := losses(xlaBackend(t)), losses(bf16Backend(t))
	if len(want) != 20 || len(got) != 20 {
		t.Fatalf("%d and %d steps", len(want), len(got))
	}
	if want[0] == got[0] {
		t.Error("bf16 rounds nothing")
	}
	a, b := 0.0, 0.0
	for i := range want {
		if math.Abs(got[i]/want[i]-1) > 0.05 {
			t.Errorf("step %d: loss %v, with f32 %v", i+1, got[i], want[i])
		}
		if i >= 10 {
			a, b = a+got[i], b+want[i]
		}
	}
	t.Logf("losses %.4g … %.4g, with f32 %.4g … %.4g", got[0], got[19], want[0], want[19])
	if math.Abs(a/b-1) > 0.02 {
		t.Errorf("the last ten losses are %v of those with f32", a/b)
	}
}

// TestPrecisionOfBackends: bf16 is for XLA, and the error says so before anything is opened.
func TestPrecisionOfBackends(t *testing.T) {
	for _, c := range []struct {
		setting string
		p       Precision
		want    string // "" for none
	}{
		{"cpu", F32, ""}, {"go", F32, ""}, {"cpu", TF32, ""}, {"go", TF32, ""},
		{"cpu", BF16, "precision bf16 needs XLA, and the backend is cpu: set precision to f32"},
		{"go", BF16, "the backend is go"},
		{"cpu", "f16", `unknown precision "f16": there are f32, tf32 and bf16`},
		{"warp", F32, "unknown backend"},
	} {
		_, err := Open(c.setting, c.p)
		for _, err := range []error{err, CheckPrecision(c.setting, c.p)} {
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s with %s: %v, want %q", c.setting, c.p, err, c.want)
			}
		}
	}
	if open(t, "cpu") != openWith(t, "cpu", TF32) {
		t.Error("tf32 on a processor isn't f32")
	}
}
