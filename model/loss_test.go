package model

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fashionpipe/formats"
)

// lossCase is a small training by a loss, with its own MLPs made narrow.
func lossCase(name string) (*fakeImages, TrainConfig) {
	im := newFakeImages(18, 16, 16)
	im.labels = sameGarment
	cfg := smallConfig(name)
	cfg.Projector = 6
	if l, _ := lossByName(name); l.predictor.layers != nil {
		cfg.Predictor = 5
	}
	return im, cfg
}

// TestEveryLossResumes stops training in the middle and goes on: the bytes of training without a stop. Its encoder has the
// network's weights and nothing else; other losses give other ones.
func TestEveryLossResumes(t *testing.T) {
	seen := map[string]string{}
	for _, l := range losses {
		im, cfg := lossCase(l.name)
		whole := mustTrain(t, im, cfg, Hooks{})
		dir := t.TempDir()
		ctx, add := stopAfter(3 * cfg.Batch)
		if _, err := Train(ctx, open(t, "cpu"), im, cfg, Hooks{Scratch: dir, Add: add}); !errors.Is(err, context.Canceled) {
			t.Fatalf("%s: stopped training: %v", l.name, err)
		}
		r := mustTrain(t, im, cfg, Hooks{Scratch: dir})
		got := bytesOf(t, r)
		if !bytes.Equal(got, bytesOf(t, whole)) || !slices.EqualFunc(r.History, whole.History, sameRow) {
			t.Errorf("%s: other weights or history when stopped", l.name)
		}
		if want := len(resnet18.weights(cfg.Width, "")); len(r.Weights) != want {
			t.Errorf("%s: %d weights in the encoder, want %d", l.name, len(r.Weights), want)
		}
		if r.Info.Collapsed {
			t.Errorf("%s: called collapsed: %+v", l.name, r.Info.Collapse)
		}
		if other, ok := seen[string(got)]; ok {
			t.Errorf("%s gives the weights of %s", l.name, other)
		}
		seen[string(got)] = l.name
	}
}

// TestLossesAreDeterministic: the same bytes whatever the number of processors; also where batches are accumulated, averages
// kept, and heads learn.
func TestLossesAreDeterministic(t *testing.T) {
	for _, name := range []string{"byol", "supcon", "barlow"} {
		im, cfg := lossCase(name)
		cfg.Batch, cfg.Accumulate, cfg.EMA, cfg.Category, cfg.Colour = 4, 2, 0.9, 0.5, 0.5
		want := bytesOf(t, mustTrain(t, im, cfg, Hooks{}))
		old := runtime.GOMAXPROCS(1 + runtime.GOMAXPROCS(0))
		got := bytesOf(t, mustTrain(t, im, cfg, Hooks{}))
		runtime.GOMAXPROCS(old)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: other weights with another number of processors", name)
		}
	}
}

// TestLossesLearn: each loss falls on two views of stripes.
func TestLossesLearn(t *testing.T) {
	for _, name := range []string{"barlow", "simsiam", "byol", "ntxent", "supcon"} {
		_, cfg := lossCase(name)
		im := newFakeImages(64, 16, 16)
		im.labels = sameGarment
		cfg.Epochs, cfg.Batch, cfg.LR, cfg.Projector = 8, 16, 3e-3, 16
		r := mustTrain(t, im, cfg, Hooks{})
		first, last := r.History[1].Loss, r.History[len(r.History)-1].Loss
		t.Logf("%s: %.3f to %.3f, %+v", name, first, last, r.Info.Collapse)
		if last > first-0.05*math.Abs(first) {
			t.Errorf("%s went from %v to %v", name, first, last)
		}
	}
}

// TestTargetFollows: BYOL's target starts as a copy of network and projector, and after a step keeps the share of itself that the
// schedule says.
func TestTargetFollows(t *testing.T) {
	im, cfg := lossCase("byol")
	cfg.TargetMomentum = 0.8
	o, err := newObjective(resnet18, im, cfg, 4)
	if err != nil {
		t.Fatal(err)
	}
	start, err := o.start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := newStepper(open(t, "cpu"), o, 4, newPacked(im, 4, [2]int{16, 16}), start)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	all := func() map[string]tensor {
		x, err := s.state.snapshot()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	names := []string{"conv1.weight", "bn1.weight", "projector.0.weight", "projector.1.bias", "projector.3.weight"}
	old := all()
	for _, n := range names {
		if !slices.Equal(old[n].data, old[targetName(n)].data) {
			t.Errorf("the target's %s is not a copy", n)
		}
	}
	if _, ok := old[targetName("predictor.0.weight")]; ok {
		t.Error("the target has a predictor")
	}
	for step, keep := range []float64{0.8, 1 - 0.1*(1+math.Sqrt2/2), 0.9, 1 - 0.1*(1-math.Sqrt2/2)} {
		if _, err := s.step(t.Context(), plain(t, s, 0, 1, 2, 3), 1e-2, step+1, true); err != nil {
			t.Fatal(err)
		}
		now := all()
		for _, n := range names {
			for i, w := range now[n].data {
				want := keep*float64(old[targetName(n)].data[i]) + (1-keep)*float64(w)
				if got := float64(now[targetName(n)].data[i]); math.Abs(got-want) > 1e-6 {
					t.Fatalf("step %d: number %d of the target's %s is %v, want %v", step+1, i, n, got, want)
				}
			}
		}
		old = now
	}
}

// TestOwnHeads: the losses' own projectors and predictors have the published shapes.
func TestOwnHeads(t *testing.T) {
	im := newFakeImages(4, 16, 16)
	im.labels = sameGarment
	for name, want := range map[string]string{
		"mse": "", "vicreg": "", "barlow": "8192-8192-8192", "simsiam": "2048-2048-2048 512-2048", "byol": "4096-256 4096-256",
		"ntxent": "32-128", "supcon": "32-128",
	} {
		cfg := smallConfig(name)
		cfg.Projector = OwnWidth
		o, err := newObjective(resnet18, im, cfg, 1)
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, m := range []mlp{o.projector, o.predictor} {
			var outs []string
			for _, l := range m.layers {
				outs = append(outs, fmt.Sprint(l.out))
			}
			parts = append(parts, strings.Join(outs, "-"))
		}
		if got := strings.TrimSpace(strings.Join(parts, " ")); got != want {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
}

// TestGroups: rows with the same label have a number, rows without have one of their own.
func TestGroups(t *testing.T) {
	im := newFakeImages(6, 16, 16)
	labels := []formats.Labels{{PairID: 1, Style: 1, Category: "a"}, {PairID: 1, Category: "b"}, {PairID: 1, Style: 1}, {PairID: 1, Style: 2, Category: "a"}, {}, {PairID: 1}}
	im.labels = func(i int) formats.Labels { return labels[i] }
	for by, want := range map[string][]int{ByGarment: {0, 1, 0, 3, 4, 5}, ByCategory: {0, 1, 2, 0, 4, 5}} {
		if got, err := groups(im, by); err != nil || !slices.Equal(got, want) {
			t.Errorf("by %s: %v %v, want %v", by, got, err, want)
		}
	}
	if got := batchLabels([]int{0, 1, 0, 3, 4, 3}, []int{5, 4, 2, 3, 0}); !slices.Equal(got, []float32{0, 1, 2, 0, 2}) {
		t.Errorf("labels of a batch: %v", got)
	}
	labels[2].Style = 3
	if _, err := groups(im, ByGarment); err == nil || !strings.Contains(err.Error(), "set by: category") {
		t.Errorf("no two alike: %v", err)
	}
}

// TestGroupedOrder: every row once; those of a group side by side, up to so many; another order in another epoch.
func TestGroupedOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, together := rapid.IntRange(2, 60).Draw(t, "rows"), rapid.IntRange(1, 4).Draw(t, "together")
		groups := make([]int, n)
		size := map[int]int{}
		for i := range groups {
			groups[i] = rapid.IntRange(0, n/3).Draw(t, "group")
			size[groups[i]]++
		}
		order := groupedOrder(1, 1, groups, together)
		if !slices.Equal(order, groupedOrder(1, 1, groups, together)) {
			t.Fatal("the same order twice differs")
		}
		sorted := slices.Sorted(slices.Values(order))
		runs := map[int]int{} // of each group
		for i := range n {
			if sorted[i] != i {
				t.Fatalf("order %v of %d rows", order, n)
			}
			if i == 0 || groups[order[i]] != groups[order[i-1]] {
				runs[groups[order[i]]]++
			}
		}
		for g, k := range runs {
			if most := (size[g] + together - 1) / together; k > most {
				t.Errorf("group %d of %d rows is in %d places, want at most %d", g, size[g], k, most)
			}
		}
	})
	groups := make([]int, 40)
	if slices.Equal(groupedOrder(1, 1, groups, 2), groupedOrder(1, 2, groups, 2)) {
		t.Error("two epochs have the same order")
	}
}
