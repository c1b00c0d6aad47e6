package model

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func withProjector(width int) TrainConfig {
	cfg := smallConfig("vicreg")
	cfg.Projector = width
	return cfg
}

// TestProjectorIsNotInTheEncoder: the weights' names and shapes are the network's alone, and the projector has changed
// what they hold.
func TestProjectorIsNotInTheEncoder(t *testing.T) {
	im := newFakeImages(16, 16, 16)
	with, without := mustTrain(t, im, withProjector(6), Hooks{}), mustTrain(t, im, withProjector(0), Hooks{})
	if len(with.Weights) != len(without.Weights) {
		t.Fatalf("%d weights, and %d without a projector", len(with.Weights), len(without.Weights))
	}
	for i, w := range with.Weights {
		if w.Name != without.Weights[i].Name || !slices.Equal(w.Shape, without.Weights[i].Shape) {
			t.Errorf("weight %s %v, without a projector %s %v", w.Name, w.Shape, without.Weights[i].Name, without.Weights[i].Shape)
		}
	}
	if bytes.Equal(bytesOf(t, with), bytesOf(t, without)) {
		t.Error("the projector changes nothing")
	}
	if with.Info.Dim != 32 {
		t.Errorf("the encoder's feature has %d numbers, want 32", with.Info.Dim)
	}
	if bytes.Equal(bytesOf(t, with), bytesOf(t, mustTrain(t, im, withProjector(7), Hooks{}))) {
		t.Error("another width gives the same weights")
	}
}

// TestProjectorResumes stops training with a projector at every step in turn. The checkpoint holds the projector and
// its moments; the result is that of training without a stop, to the byte.
func TestProjectorResumes(t *testing.T) {
	im := newFakeImages(17, 16, 16)
	cfg := withProjector(6)
	whole := mustTrain(t, im, cfg, Hooks{})
	if again := mustTrain(t, im, cfg, Hooks{}); !bytes.Equal(bytesOf(t, again), bytesOf(t, whole)) {
		t.Fatal("the same training twice gives other weights")
	}
	for steps := 1; steps < whole.Info.Steps; steps++ {
		dir := t.TempDir()
		ctx, add := stopAfter(steps * cfg.Batch)
		if _, err := Train(ctx, open(t, "cpu"), im, cfg, Hooks{Scratch: dir, Add: add}); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped training: %v", err)
		}
		checkpointHas(t, dir, namesOf(mlp{name: "projector", in: 32, layers: expander(32, 6)}.weights()))
		first := -1
		r := mustTrain(t, im, cfg, Hooks{Scratch: dir, Add: func(n int) {
			if first < 0 {
				first = n
			}
		}})
		if first != steps*cfg.Batch {
			t.Fatalf("resumed after %d photos, want %d", first, steps*cfg.Batch)
		}
		if !bytes.Equal(bytesOf(t, r), bytesOf(t, whole)) {
			t.Errorf("other weights when stopped after step %d", steps)
		}
		for i := range r.History {
			if !sameRow(r.History[i], whole.History[i]) {
				t.Errorf("history row %d is %+v, want %+v", i, r.History[i], whole.History[i])
			}
		}
	}
}

// checkpointHas looks for weights and Adam's two moments of each.
func checkpointHas(t *testing.T, dir string, names []string) {
	t.Helper()
	c, err := readCheckpoint(dir)
	if err != nil || c == nil {
		t.Fatalf("checkpoint: %v", err)
	}
	for _, n := range names {
		for _, want := range []string{n, momentName(n, 0), momentName(n, 1)} {
			if !slices.ContainsFunc(c.State, func(x namedTensor) bool { return x.Name == want }) {
				t.Errorf("the checkpoint has no %s", want)
			}
		}
	}
}

// TestOtherProjectorStartsOver: a checkpoint of another width is not gone on with.
func TestOtherProjectorStartsOver(t *testing.T) {
	im := newFakeImages(8, 16, 16)
	dir := t.TempDir()
	ctx, add := stopAfter(8)
	if _, err := Train(ctx, open(t, "cpu"), im, withProjector(6), Hooks{Scratch: dir, Add: add}); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped training: %v", err)
	}
	warned := ""
	r := mustTrain(t, im, withProjector(7), Hooks{Scratch: dir, Say: func(s string) { warned = s }})
	if !strings.Contains(warned, "another configuration") {
		t.Errorf("warned %q", warned)
	}
	if !bytes.Equal(bytesOf(t, r), bytesOf(t, mustTrain(t, im, withProjector(7), Hooks{}))) {
		t.Error("other weights than without the checkpoint")
	}
}

// TestWideProjectorIsSaid: one that takes most of the time without anybody having asked for it.
func TestWideProjectorIsSaid(t *testing.T) {
	im := newFakeImages(8, 16, 16)
	for _, c := range []struct {
		loss  string
		width int
		want  string
	}{
		{"byol", OwnWidth, "projector: 4096 wide as its authors have it, with"},
		{"byol", 64, ""},
		{"ntxent", OwnWidth, ""},
	} {
		cfg := withProjector(c.width)
		cfg.Loss = c.loss
		ctx, stop := context.WithCancel(t.Context())
		var said []string
		_, err := Train(ctx, open(t, "cpu"), im, cfg, Hooks{Start: func(int) { stop() }, Say: func(text string) { said = append(said, text) }})
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(said, func(s string) bool { return strings.HasPrefix(s, "projector: ") }); (i >= 0) != (c.want != "") ||
			i >= 0 && !strings.HasPrefix(said[i], c.want) {
			t.Errorf("%s, %d: said %q", c.loss, c.width, said)
		}
	}
}

// TestProjectorInit: torch.nn.Linear's distribution, uniform within ±1/√in (variance 1/(3·in)), and batch
// normalisation's 1 and 0.
func TestProjectorInit(t *testing.T) {
	const dim, width = 64, 256
	ws, err := draw(t.Context(), mlp{name: "projector", in: dim, layers: expander(dim, width)}.weights(), "projector", 3)
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]float64{
		"projector.0.weight": dim, "projector.0.bias": dim, "projector.3.weight": width, "projector.3.bias": width, "projector.6.weight": width,
	} {
		square, largest := 0.0, 0.0
		for _, v := range ws[name].data {
			square += float64(v) * float64(v)
			largest = math.Max(largest, math.Abs(float64(v)))
		}
		bound := 1 / math.Sqrt(in)
		if largest > bound || largest < 0.95*bound {
			t.Errorf("%s: the largest is %v, want just below %v", name, largest, bound)
		}
		if v := square / float64(len(ws[name].data)) * 3 * in; v < 0.8 || v > 1.2 {
			t.Errorf("%s: variance is %v of what it should be", name, v)
		}
	}
	for name, want := range map[string]float32{"projector.1.weight": 1, "projector.1.bias": 0, "projector.4.weight": 1, "projector.4.bias": 0} {
		for _, v := range ws[name].data {
			if v != want {
				t.Fatalf("%s holds %v, want %v", name, v, want)
			}
		}
	}
	if len(ws) != 9 {
		t.Errorf("%d weights, want 9", len(ws))
	}
}
