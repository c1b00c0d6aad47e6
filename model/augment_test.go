package model

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"

	"fashionpipe/internal/rng"
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
		return []*Node{a.apply(images(g, "x", n, size), parameter(g, "numbers", []int{a.numbers(), n}))}
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
	out, err := prog.run(0, uploadImages(pixels, n, size), tensors.FromFlatDataAndDimensions(turned, a.numbers(), n))
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
	"affine": {Augment{Geometry: 1}, func(x []float64) []float64 { return flat(affine(x[0], x[1], x[2], x[3], x[4], x[5])) }},
	"perspective": {Augment{Geometry: 1}, func(x []float64) []float64 {
		return flat(perspective([4][2]float64{{x[0], x[1]}, {x[2], x[3]}, {x[4], x[5]}, {x[6], x[7]}}))
	}},
	"brightness": {Augment{Brightness: 1}, plainly},
	"contrast":   {Augment{Contrast: 1}, plainly},
	"saturation": {Augment{Saturation: 1}, plainly},
	"hue":        {Augment{Hue: 0.5}, func(x []float64) []float64 { return []float64{6 * x[0]} }},
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
	for _, backend := range []string{"cpu", "go"} {
		for _, c := range g.Cases {
			k := goldenCases[c.Name]
			numbers := chain
			if c.Name == "chain" {
				k.a = Augment{Geometry: 1}.Jitter(1)
			} else {
				numbers = nil
				for i, x := range c.Numbers {
					numbers = append(numbers, k.numbers(x))
					if c.Name != "perspective" && backend == "cpu" {
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
var everyAugmentation = Augment{Geometry: 1}.Jitter(0.4)

// TestDrawDependsOnThePhotoOnly: a photo's numbers are the same in any batch; others in another epoch or view, or for another
// photo or seed; and an augmentation's are the same whichever others are on.
func TestDrawDependsOnThePhotoOnly(t *testing.T) {
	of := func(a Augment, seed uint64, epoch int, v View, rows []int, row int) []float32 {
		all := a.draw(seed, epoch, v, rows)
		var own []float32
		for k := range a.numbers() {
			own = append(own, all[k*len(rows)+slices.Index(rows, row)])
		}
		return own
	}
	a := everyAugmentation
	want := of(a, 1, 2, Whole, []int{5, 3, 8}, 3)
	if got := of(a, 1, 2, Whole, []int{3, 9}, 3); !slices.Equal(got, want) {
		t.Errorf("in another batch: %v, want %v", got, want)
	}
	for name, other := range map[string][]float32{
		"seed": of(a, 2, 2, Whole, []int{3}, 3), "epoch": of(a, 1, 3, Whole, []int{3}, 3),
		"view": of(a, 1, 2, Cell, []int{3}, 3), "photo": of(a, 1, 2, Whole, []int{4}, 4),
	} {
		for k := range want {
			if other[k] == want[k] {
				t.Errorf("number %d is %v for another %s too", k, want[k], name)
			}
		}
	}
	alone := of(Augment{Hue: a.Hue}, 1, 2, Whole, []int{3}, 3)
	if hue := a.numbers() - 1; alone[0] != want[hue] {
		t.Errorf("hue alone is turned by %v, and by %v among others", alone[0], want[hue])
	}
}

// TestDrawnRanges: factors lie where torchvision's ColorJitter draws them, and come near both ends.
func TestDrawnRanges(t *testing.T) {
	rows := make([]int, 2000)
	for i := range rows {
		rows[i] = i
	}
	for _, c := range []struct {
		name      string
		a         Augment
		low, high float64
	}{
		{"brightness", Augment{Brightness: 0.4}, 0.6, 1.4}, {"contrast", Augment{Contrast: 0.2}, 0.8, 1.2},
		{"saturation", Augment{Saturation: 1.5}, 0, 2.5}, {"hue", Augment{Hue: 0.1}, -0.6, 0.6},
	} {
		x := c.a.draw(3, 1, Cell, rows)
		least, most, span := float64(slices.Min(x)), float64(slices.Max(x)), c.high-c.low
		if least < c.low-1e-6 || most > c.high+1e-6 || least > c.low+span/100 || most < c.high-span/100 {
			t.Errorf("%s: drawn from %v … %v, want %v … %v", c.name, least, most, c.low, c.high)
		}
	}
	if n := len((Augment{}).draw(1, 1, Whole, rows)); n != 0 {
		t.Errorf("%d numbers for no augmentation", n)
	}
}

// TestGeometryIsWeak: at strength 1 no corner of the image takes its colour from further away than rotation, translation, scale,
// shear and distortion can bring it together, some go most of that way; half the strength, half the way.
func TestGeometryIsWeak(t *testing.T) {
	furthest := func(strength float64) (most float64) {
		for i := range 500 {
			h := geometry(strength, rng.New(1, i))
			for _, c := range square {
				below := h[6]*c[0] + h[7]*c[1] + h[8]
				x, y := (h[0]*c[0]+h[1]*c[1]+h[2])/below, (h[3]*c[0]+h[4]*c[1]+h[5])/below
				most = max(most, math.Hypot(x-c[0], y-c[1]))
			}
		}
		return most
	}
	whole, half, none := furthest(1), furthest(0.5), furthest(0)
	if whole < 0.25 || whole > 0.42 || half < 0.4*whole || half > 0.55*whole || none > 1e-9 {
		t.Errorf("corners move by %v, at half the strength by %v, at none by %v", whole, half, none)
	}
}
