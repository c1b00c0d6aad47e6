package model

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
)

// goldenAugment is testdata/golden_augment.json, made by torchvision: see golden_augment.py.
type goldenAugment struct {
	N, Size int
	Cases   []struct {
		Name    string
		Numbers [][]float64 // per photo
		Values  []float64   // [N, S, S, 3]
	}
}

// augmentImages are golden_augment.py's.
func augmentImages(n, size int) []byte {
	px := make([]byte, n*size*size*3)
	for i, h := range hashed("augment", len(px)) {
		px[i] = byte(h)
	}
	for i := range n {
		p := px[i*size*size*3:]
		p[1], p[2] = p[0], p[0]
		p[4], p[5] = p[3], 0
		copy(p[6:], []byte{0, 0, 0, 255, 255, 255})
	}
	return px
}

// augmented is what a makes of images by given numbers per photo.
func augmented(t *testing.T, backend string, a Augment, pixels []byte, n, size int, numbers [][]float64) []float32 {
	t.Helper()
	prog, err := compile(open(t, backend), "augment", func(g *Graph) []*Node {
		y := a.apply(images(g, "x", n, size), parameter(g, "numbers", []int{a.numbers(), n}))
		return []*Node{ConvertDType(y, dtypes.Float32)}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer prog.close()
	turned := make([]float32, a.numbers()*n)
	for i, own := range numbers {
		if len(own) != a.numbers() {
			t.Fatalf("%d numbers, want %d", len(own), a.numbers())
		}
		for k, x := range own {
			turned[k*n+i] = float32(x)
		}
	}
	out, err := prog.run(context.Background(), uploadImages(pixels, n, size), tensors.FromFlatDataAndDimensions(turned, a.numbers(), n))
	if err != nil {
		t.Fatal(err)
	}
	defer free(out...)
	y, err := download(out[0])
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// goldenCases say which augmentation each golden case is of, and turn its numbers into the graph's.
var goldenCases = map[string]struct {
	a       Augment
	numbers func([]float64) []float64
}{
	"affine": {Augment{Affine: 1}, func(x []float64) []float64 { return flat(affine(x[0], x[1], x[2], x[3], x[4], x[5])) }},
	"perspective": {Augment{Perspective: 1}, func(x []float64) []float64 {
		return flat(perspective([4][2]float64{{x[0], x[1]}, {x[2], x[3]}, {x[4], x[5]}, {x[6], x[7]}}))
	}},
	"brightness": {Augment{Brightness: 1}, plainly},
	"contrast":   {Augment{Contrast: 1}, plainly},
	"saturation": {Augment{Saturation: 1}, plainly},
	"hue":        {Augment{Hue: 0.5}, func(x []float64) []float64 { return []float64{6 * x[0]} }},
	"grey":       {Augment{Grey: 0.5}, plainly},
	"blur": {Augment{Blur: 0.5}, func(x []float64) []float64 {
		if x[0] == 0 {
			return []float64{1e30}
		}
		return []float64{1 / (2 * x[0] * x[0])}
	}},
	"cutout": {Augment{Cutout: 0.4}, plainly},
	"crop":   {Augment{Crop: 0.5}, func(x []float64) []float64 { return flat(window(x[0], x[1], x[2], x[3])) }},
}

func plainly(x []float64) []float64 { return x }

// TestAugmentationsEqualTorchvision compares each with torchvision's function, then those of the case "chain" in a row.
func TestAugmentationsEqualTorchvision(t *testing.T) {
	b, err := os.ReadFile("testdata/golden_augment.json")
	if err != nil {
		t.Fatal(err)
	}
	var g goldenAugment
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	pixels := augmentImages(g.N, g.Size)
	chain := make([][]float64, g.N)
	for _, backend := range backends() {
		for _, c := range g.Cases {
			k := goldenCases[c.Name]
			numbers := chain
			if c.Name == "chain" {
				k.a = Augment{Grey: 0.5, Blur: 0.5, Cutout: 0.4}.Geometry(1).Jitter(1)
			} else {
				numbers = nil
				for i, x := range c.Numbers {
					numbers = append(numbers, k.numbers(x))
					if c.Name != "perspective" && c.Name != "crop" && backend == "cpu" {
						chain[i] = append(chain[i], numbers[i]...)
					}
				}
			}
			got := augmented(t, backend, k.a, pixels, g.N, g.Size, numbers)
			worst := 0.0
			for i, want := range c.Values {
				worst = math.Max(worst, math.Abs(float64(got[i])-want))
			}
			t.Logf("%s on %s: at most %.2g of 255 apart", c.Name, backend, worst)
			if worst > 5e-3 || math.IsNaN(worst) {
				t.Errorf("%s on %s: %v of 255 apart from torchvision", c.Name, backend, worst)
			}
		}
	}
}

// everyAugmentation has all of them on.
var everyAugmentation = Augment{Flip: true, Crop: 0.3, Grey: 0.5, Blur: 0.5, Cutout: 0.3}.Geometry(1).Jitter(0.4)

// TestNothingIsLearntThroughAugmentation: its numbers get no gradient.
func TestNothingIsLearntThroughAugmentation(t *testing.T) {
	a := everyAugmentation
	prog, err := compile(open(t, "cpu"), "gradient", func(g *Graph) []*Node {
		x := images(g, "x", 1, 8)
		numbers := parameter(g, "numbers", []int{a.numbers(), 1})
		y := a.apply(x, numbers)
		return []*Node{Gradient(ReduceAllSum(Add(y, ReduceAllSum(numbers))), numbers)[0]}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer prog.close()
	out, err := prog.run(context.Background(), uploadImages(augmentImages(1, 8), 1, 8), tensors.FromFlatDataAndDimensions(a.draw(1, 1, Whole, []int{0}), a.numbers(), 1))
	if err != nil {
		t.Fatal(err)
	}
	defer free(out...)
	got, err := download(out[0])
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range got {
		if x != 8*8*3 { // from the sum beside
			t.Errorf("number %d has the gradient %v", i, x-8*8*3)
		}
	}
}

// TestAugmentationRunsOnKernels: backend cpu leaves none of it to GoMLX's Go backend, which would take many times as long.
func TestAugmentationRunsOnKernels(t *testing.T) {
	b := open(t, "cpu")
	engine := b.compute.(interface {
		Watch(func(step string, took time.Duration))
	})
	steps := 0
	engine.Watch(func(step string, _ time.Duration) {
		steps++
		if strings.Contains(step, "Go backend") {
			t.Errorf("step %d: %s", steps, step)
		}
	})
	defer engine.Watch(nil)
	numbers := make([][]float64, 2)
	for i := range numbers {
		for _, x := range everyAugmentation.draw(1, 1, Whole, []int{i}) {
			numbers[i] = append(numbers[i], float64(x))
		}
	}
	augmented(t, "cpu", everyAugmentation, augmentImages(2, 16), 2, 16, numbers)
	if steps == 0 {
		t.Error("nothing was watched")
	}
}
