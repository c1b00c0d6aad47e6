package model

import (
	"context"
	"math"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"
)

// goldenOptim is testdata/golden_optim.json, made by PyTorch and timm: see golden_optim.py.
type goldenOptim struct {
	Steps      int
	LR, Decay  float64
	Shapes     map[string][]int
	Optimizers []struct {
		Name    string
		Weights map[string][]float64
	}
	Schedules []struct {
		Total, Warmup int
		Rates         []float64
	}
	EMA struct {
		Most  float64
		Steps []int
		Decay []float64
	}
}

func readGoldenOptim(t *testing.T) (g goldenOptim) {
	t.Helper()
	readJSON(t, "testdata/golden_optim.json", &g)
	return g
}

// TestOptimizersEqualTorch takes several steps with each optimiser on a matrix, a matrix that starts as zeros, and a
// bias, which must not decay.
func TestOptimizersEqualTorch(t *testing.T) {
	g := readGoldenOptim(t)
	if len(g.Optimizers) != len(optimizers) {
		t.Errorf("golden values of %d optimisers, and there are %d", len(g.Optimizers), len(optimizers))
	}
	for _, c := range g.Optimizers {
		o, err := optimizerByName(c.Name)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range c.Weights {
			t.Run(c.Name+" "+name, func(t *testing.T) { wantNear(t, "weights", optimise(t, g, o, name), want) })
		}
	}
}

func optimise(t *testing.T, g goldenOptim, o optimizer, name string) []float32 {
	t.Helper()
	shape := g.Shapes[name]
	p, err := compile(open(t, "cpu"), "optimizer", func(gr *Graph) []*Node {
		w, grad := parameter(gr, "w", shape), parameter(gr, "g", shape)
		var moments, h []*Node
		for m := range o.moments {
			moments = append(moments, parameter(gr, momentName("w", m), shape))
		}
		for i := range o.hyper(g.LR, 1) {
			h = append(h, parameter(gr, "h"+string(rune('0'+i)), nil))
		}
		w, moments = o.update(TrainConfig{WeightDecay: g.Decay, Momentum: 0.9}, w, grad, moments, h)
		return append([]*Node{w}, moments...)
	})
	if err != nil {
		t.Fatal(err)
	}
	scale := 1.0
	if name == "zeros" {
		scale = 0
	}
	arrays := []*tensors.Tensor{goldenMatrix(name, scale, shape...)}
	for range o.moments {
		arrays = append(arrays, goldenMatrix("zero", 0, shape...))
	}
	for step := range g.Steps {
		in := []*tensors.Tensor{arrays[0], goldenMatrix(name+" "+string(rune('0'+step)), 1, shape...)}
		in = append(in, arrays[1:]...)
		for _, v := range o.hyper(g.LR, step+1) {
			in = append(in, tensors.FromScalar(float32(v)))
		}
		if arrays, err = p.run(context.Background(), in...); err != nil {
			t.Fatal(err)
		}
	}
	got, err := download(arrays[0])
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestLearningRateEqualsTorch(t *testing.T) {
	g := readGoldenOptim(t)
	for _, c := range g.Schedules {
		for i, want := range c.Rates {
			got := learningRate(TrainConfig{LR: g.LR, Schedule: "cosine"}, i+1, c.Total, c.Warmup)
			if math.Abs(got-want) > 1e-12 {
				t.Errorf("step %d of %d, warm-up %d: %v, want %v", i+1, c.Total, c.Warmup, got, want)
			}
		}
	}
	if got := learningRate(TrainConfig{LR: 1, Schedule: "constant"}, 9, 10, 4); got != 1 {
		t.Errorf("constant: %v", got)
	}
	if got := learningRate(TrainConfig{LR: 1, Schedule: "cosine"}, 4, 4, 4); got != 1 {
		t.Errorf("nothing but warm-up: %v", got)
	}
}

func TestEMADecayEqualsTimm(t *testing.T) {
	g := readGoldenOptim(t).EMA
	for i, step := range g.Steps {
		if got := emaDecay(g.Most, step); math.Abs(got-g.Decay[i]) > 1e-12 {
			t.Errorf("step %d: %v, want %v", step, got, g.Decay[i])
		}
	}
}

// aStepper is a training step of a config on n fake images of 32 pixels.
func aStepper(t *testing.T, cfg TrainConfig, n int) *stepper {
	t.Helper()
	im := newFakeImages(n, 32, 32)
	im.labels = sameGarment
	return stepperOn(t, open(t, "cpu"), cfg, im, 32)
}

// stepperOn is a fresh training on a backend, of which each step takes a batch of images of a size.
func stepperOn(t *testing.T, b *Backend, cfg TrainConfig, im *fakeImages, size int) *stepper {
	t.Helper()
	a, err := archByName(cfg.Arch)
	if err != nil {
		t.Fatal(err)
	}
	o, err := newObjective(a, im, cfg, max(1, im.Len()/cfg.Batch))
	if err != nil {
		t.Fatal(err)
	}
	start, err := o.start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := newStepper(b, o, cfg.Batch, newPacked(im, cfg.Batch, [2]int{size, size}), start)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

// plain is a batch of some rows as they are, sent to s.
func plain(t *testing.T, s *stepper, rows ...int) *batch {
	t.Helper()
	b := &batch{rows: rows, views: [2]pick{{view: Whole, rows: rows}, {view: Cell, rows: rows}}, given: s.objective.give(rows)}
	if err := s.send(b); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAccumulatedEqualsLargeBatch: where nothing depends on who else is in the batch (VGG16 has no batch statistics, and mse is a
// mean over the photos), four batches of two photos change the weights as one of eight does.
func TestAccumulatedEqualsLargeBatch(t *testing.T) {
	cfg := TrainConfig{Arch: "vgg16", Width: 2, Loss: "mse", Optimizer: "sgd", Momentum: 0.9, WeightDecay: 0.01, Batch: 8, Seed: 1}
	large := aStepper(t, cfg, 16)
	cfg.Batch, cfg.Accumulate = 2, 4
	small := aStepper(t, cfg, 16)
	const lr = 0.05
	start := snapshotOf(t, large, "classifier.3.weight")
	var rows []int
	for i := range 16 {
		rows = append(rows, i)
	}
	for step := range 2 {
		loss, err := large.step(t.Context(), plain(t, large, rows[8*step:8*step+8]...), lr, step+1, true)
		if err != nil {
			t.Fatal(err)
		}
		var losses [][]float64
		for i := range 4 {
			l, err := small.step(t.Context(), plain(t, small, rows[8*step+2*i:8*step+2*i+2]...), lr, step+1, i == 3)
			if err != nil {
				t.Fatal(err)
			}
			losses = append(losses, l)
		}
		if got := mean(losses, 0); !near(got, loss[0], 0) {
			t.Errorf("step %d: loss %v, want %v", step+1, got, loss)
		}
	}
	for _, name := range large.names.trained {
		got, want := snapshotOf(t, small, name), snapshotOf(t, large, name)
		rms := norm(want) / math.Sqrt(float64(len(want)))
		for i := range want {
			if !near(float64(got[i]), float64(want[i]), rms) {
				t.Fatalf("%s: number %d is %v, want %v", name, i, got[i], want[i])
			}
		}
	}
	if slices.Equal(start, snapshotOf(t, large, "classifier.3.weight")) {
		t.Error("nothing was trained")
	}
}

// TestEveryLossAccumulates: the same batch twice, accumulated, changes the weights as that batch once.
func TestEveryLossAccumulates(t *testing.T) {
	for _, l := range losses {
		_, cfg := lossCase(l.name)
		cfg.Batch, cfg.Optimizer = 4, "sgd"
		once := aStepper(t, cfg, 8)
		cfg.Accumulate = 2
		twice := aStepper(t, cfg, 8)
		for step := range 2 {
			rows := []int{4 * step, 4*step + 1, 4*step + 2, 4*step + 3}
			for i := range 3 {
				s := []*stepper{once, twice, twice}[i]
				if _, err := s.step(t.Context(), plain(t, s, rows...), 0.01, step+1, i != 1); err != nil {
					t.Fatalf("%s: %v", l.name, err)
				}
			}
		}
		for _, slot := range once.state.slots {
			if slices.Contains(once.names.stats, slot.name) {
				continue // each batch moves them
			}
			got, want := snapshotOf(t, twice, slot.name), snapshotOf(t, once, slot.name)
			for i := range want {
				if math.Abs(float64(got[i]-want[i])) > 1e-5 {
					t.Fatalf("%s, %s: number %d is %v, want %v", l.name, slot.name, i, got[i], want[i])
				}
			}
		}
	}
}

// TestAverageFollowsWeights: the average of a training is that of what its steps leave, running statistics included, whether
// gradients are accumulated or not; and it is what the encoder keeps.
func TestAverageFollowsWeights(t *testing.T) {
	for _, accumulate := range []int{1, 2} {
		cfg := smallConfig("mse")
		cfg.EMA, cfg.Accumulate, cfg.Batch = 0.5, accumulate, 4
		s := aStepper(t, cfg, 4)
		for _, name := range []string{"conv1.weight", "bn1.bias", "bn1.running_mean"} {
			if !slices.Contains(s.names.encoder, name) {
				t.Fatalf("no %s", name)
			}
		}
		average := map[string][]float64{}
		for step := 1; step <= 4; step++ {
			for i := range accumulate {
				if _, err := s.step(t.Context(), plain(t, s, 0, 1, 2, 3), 0.01, step, i == accumulate-1); err != nil {
					t.Fatal(err)
				}
			}
			for _, name := range s.names.encoder {
				now := snapshotOf(t, s, name)
				if average[name] == nil {
					average[name] = make([]float64, len(now))
				}
				for i, x := range now {
					average[name][i] += (1 - emaDecay(cfg.EMA, step)) * (float64(x) - average[name][i])
				}
			}
		}
		for _, name := range s.names.encoder {
			got, err := download(s.encoder()[name])
			if err != nil {
				t.Fatal(err)
			}
			wantNear(t, name, got, average[name])
		}
		if now := snapshotOf(t, s, "conv1.weight"); near(float64(now[0]), average["conv1.weight"][0], 0) {
			t.Error("the average is the last weight")
		}
	}
}

func snapshotOf(t *testing.T, s *stepper, name string) []float32 {
	t.Helper()
	all, err := s.state.snapshot(name)
	if err != nil {
		t.Fatal(err)
	}
	return all[name].data
}
