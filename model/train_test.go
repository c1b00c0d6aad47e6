package model

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fashionpipe/formats"
)

// bytesOf is the weights as they would lie on disk.
func bytesOf(t *testing.T, r *Trained) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := formats.WriteSafetensors(&b, r.Weights, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTrainingIsDeterministic: the same bytes whatever the number of processors, other bytes for another seed.
func TestTrainingIsDeterministic(t *testing.T) {
	im := newFakeImages(20, 32, 16)
	cfg := smallConfig("vicreg")
	cfg.Augment = everyAugmentation
	want := bytesOf(t, mustTrain(t, im, cfg, Hooks{}))
	for _, procs := range []int{1, 2, 5} {
		old := runtime.GOMAXPROCS(procs)
		got := bytesOf(t, mustTrain(t, im, cfg, Hooks{}))
		runtime.GOMAXPROCS(old)
		if !bytes.Equal(got, want) {
			t.Errorf("other weights with %d processors", procs)
		}
	}
	cfg.Seed++
	if bytes.Equal(bytesOf(t, mustTrain(t, im, cfg, Hooks{})), want) {
		t.Error("another seed gives the same weights")
	}
}

// stopAfter cancels training after a number of photos.
func stopAfter(photos int) (context.Context, func(int)) {
	ctx, cancel := context.WithCancel(context.Background())
	return ctx, func(n int) {
		if photos -= n; photos <= 0 {
			cancel()
		}
	}
}

// TestResumedTrainingIsTheSame stops training after every batch in turn, and lets another run go on.
func TestResumedTrainingIsTheSame(t *testing.T) {
	im := newFakeImages(17, 16, 16)
	for name, change := range map[string]func(*TrainConfig){
		"adam":    func(c *TrainConfig) { c.Optimizer = "adam" },
		"sgd":     func(c *TrainConfig) { c.Optimizer, c.Augment = "sgd", everyAugmentation },
		"average": func(c *TrainConfig) { c.Optimizer, c.EMA = "adamw", 0.9 },
		"accumulated": func(c *TrainConfig) {
			c.Optimizer, c.EMA, c.Batch, c.Accumulate, c.Augment = "lars", 0.9, 3, 2, everyAugmentation
		},
	} {
		cfg := smallConfig("mse")
		cfg.WeightDecay = 1e-4
		change(&cfg)
		whole := mustTrain(t, im, cfg, Hooks{})
		for batches := 1; batches < whole.Info.Steps*max(cfg.Accumulate, 1); batches++ {
			dir := t.TempDir()
			ctx, add := stopAfter(batches * cfg.Batch)
			if _, err := Train(ctx, open(t, "cpu"), im, cfg, Hooks{Scratch: dir, Add: add}); !errors.Is(err, context.Canceled) {
				t.Fatalf("stopped training: %v", err)
			}
			first := -1
			r := mustTrain(t, im, cfg, Hooks{Scratch: dir, Add: func(n int) {
				if first < 0 {
					first = n
				}
			}})
			if first != batches*cfg.Batch {
				t.Fatalf("%s: resumed after %d photos, want %d", name, first, batches*cfg.Batch)
			}
			if !bytes.Equal(bytesOf(t, r), bytesOf(t, whole)) {
				t.Errorf("%s: other weights when stopped after batch %d", name, batches)
			}
			if len(r.History) != len(whole.History) {
				t.Fatalf("history has %d rows, want %d", len(r.History), len(whole.History))
			}
			for i := range r.History {
				if !sameRow(r.History[i], whole.History[i]) {
					t.Errorf("history row %d is %+v, want %+v", i, r.History[i], whole.History[i])
				}
			}
		}
	}
}

func sameRow(a, b formats.HistoryRow) bool {
	return cmp.Equal(a, b, cmpopts.EquateNaNs())
}

// TestUnusableCheckpoints: damaged or foreign ones lead to a warning and a fresh start with the same result.
func TestUnusableCheckpoints(t *testing.T) {
	im := newFakeImages(8, 16, 16)
	cfg := smallConfig("mse")
	want := bytesOf(t, mustTrain(t, im, cfg, Hooks{}))
	dir := t.TempDir()
	every := Hooks{Scratch: dir, CheckpointEvery: 1} // after every step
	mustTrain(t, im, cfg, every)
	path := filepath.Join(dir, checkpointFile)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, content := range map[string][]byte{"empty": {}, "cut": good[:len(good)/2], "flipped": flipped} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		var warned string
		r := mustTrain(t, im, cfg, Hooks{Scratch: dir, Say: func(s string) { warned = s }})
		if !strings.Contains(warned, "damaged") {
			t.Errorf("%s: warned %q", name, warned)
		}
		if !bytes.Equal(bytesOf(t, r), want) {
			t.Errorf("%s: other weights", name)
		}
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	var warned string
	cfg.LR *= 2
	mustTrain(t, im, cfg, Hooks{Scratch: dir, Say: func(s string) { warned = s }})
	if !strings.Contains(warned, "another configuration") {
		t.Errorf("foreign checkpoint: warned %q", warned)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.gob.*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files left: %v %v", left, err)
	}
}

func TestTrainRefuses(t *testing.T) {
	good := newFakeImages(4, 16, 16)
	noCell := newFakeImages(4, 16, 16)
	noCell.spec.Grid, noCell.spec.CellSize = "", 0
	wrong := newFakeImages(4, 16, 16)
	wrong.spec.CellSize = 12
	one := newFakeImages(1, 16, 16)
	small := newFakeImages(4, 4, 4)
	diverging := smallConfig("mse")
	diverging.LR, diverging.Optimizer, diverging.Warmup, diverging.Epochs = 1e30, "sgd", 0, 4
	for _, c := range []struct {
		name string
		im   *fakeImages
		cfg  TrainConfig
		want string
	}{
		{"no cells", noCell, smallConfig("mse"), "decode with a grid"},
		{"wrong bytes", wrong, smallConfig("mse"), "cell has 768 bytes"},
		{"one image", one, smallConfig("mse"), "at least 2 images"},
		{"small images", small, smallConfig("mse"), "at least 8 pixels"},
		{"loss", good, smallConfig("none"), `unknown loss "none": there are mse, vicreg, barlow`},
		{"projector", good, withProjector(-2), "projector -2, predictor 0, temperature 0, category 0, colour 0 can't be"},
		{"accumulate", good, accumulating(2, 3), "accumulate × batch = 3 × 2 images, and the table has 4"},
		{"divergence", good, diverging, "lower lr"},
	} {
		_, err := Train(context.Background(), open(t, "cpu"), c.im, c.cfg, Hooks{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func accumulating(batch, accumulate int) TrainConfig {
	cfg := smallConfig("mse")
	cfg.Batch, cfg.Accumulate = batch, accumulate
	return cfg
}

// TestLearning: the loss falls, and the two views of a photo come nearer than views of different photos.
func TestLearning(t *testing.T) {
	cfg := smallConfig("vicreg")
	cfg.Epochs, cfg.Batch, cfg.LR = 6, 16, 3e-3
	r := mustTrain(t, newFakeImages(64, 32, 32), cfg, Hooks{})
	first, last := r.History[1], r.History[len(r.History)-1]
	if last.Loss > 0.8*first.Loss {
		t.Errorf("loss went from %v to %v", first.Loss, last.Loss)
	}
	if r.Info.Collapsed {
		t.Errorf("called collapsed: %+v", r.Info.Collapse)
	}
	if r.Info.Name != "resnet18, vicreg, 6 epochs" || r.Info.Dim != 32 || r.Info.Steps != 24 {
		t.Errorf("info %+v", r.Info)
	}
}

// TestPack: images lie one after the other.
func TestPack(t *testing.T) {
	f := newFakeImages(5, 4, 2)
	for v, images := range map[View][][]byte{Whole: f.whole, Cell: f.cell} {
		size, err := viewSize(f, v)
		if err != nil {
			t.Fatal(err)
		}
		dst := make([]byte, 3*3*size*size)
		if err := pack(dst, f, pick{view: v, rows: []int{4, 0, 4}}, size); err != nil {
			t.Fatal(err)
		}
		if want := slices.Concat(images[4], images[0], images[4]); !bytes.Equal(dst, want) {
			t.Errorf("%s: %v, want %v", v, dst, want)
		}
		err = pack(dst, f, pick{view: v, rows: []int{1}}, size+1)
		if err == nil || !strings.Contains(err.Error(), "row 1 of the image table: "+string(v)+" has") {
			t.Errorf("%s of another size: %v", v, err)
		}
	}
}
