package model

import (
	"bytes"
	"slices"
	"testing"

	"fashionpipe/internal/rng"
)

// mirrored is an image [size, size, 3] with left and right exchanged.
func mirrored(image []byte, size int) []byte {
	out := make([]byte, 0, len(image))
	for y := range size {
		for x := range size {
			at := 3 * (y*size + size - 1 - x)
			out = append(out, image[at:at+3]...)
		}
	}
	return out
}

// TestFlip: exactly the photos that drew 1 are mirrored, columns and not colours, byte by byte, at odd and even widths.
func TestFlip(t *testing.T) {
	const n = 3
	for _, backend := range backends() {
		for _, size := range []int{1, 2, 5, 8, 33} {
			px := augmentImages(n, max(size, 2))[:3*n*size*size]
			var want []byte
			for i, one := range slices.Collect(slices.Chunk(px, 3*size*size)) {
				if i != 1 {
					one = mirrored(one, size)
				}
				want = append(want, one...)
			}
			for i, v := range augmented(t, backend, Augment{Flip: true}, px, n, size, [][]float64{{1}, {0}, {1}}) {
				if v != float32(want[i]) {
					t.Fatalf("%s, %d pixels: number %d is %v, want %d", backend, size, i, v, want[i])
				}
			}
		}
	}
}

// TestFlipIsOfTheTable: a training of one epoch that flips is, to the last bit, that of a table whose photos were mirrored
// before; so a flip comes before all other augmentations.
func TestFlipIsOfTheTable(t *testing.T) {
	for name, c := range map[string]struct {
		edges [2]int
		a     Augment
	}{"alone": {[2]int{32, 16}, Augment{}}, "first": {[2]int{17, 15}, everyAugmentation}} {
		im, turned := newFakeImages(16, c.edges[0], c.edges[1]), newFakeImages(16, c.edges[0], c.edges[1])
		cfg := smallConfig("vicreg")
		cfg.Epochs, cfg.Augment = 1, c.a
		cfg.Augment.Flip = false
		still := mustTrain(t, im, cfg, Hooks{})
		turn(t, turned, cfg.Seed)
		want := mustTrain(t, turned, cfg, Hooks{})
		cfg.Augment.Flip = true
		got := mustTrain(t, im, cfg, Hooks{})
		if !bytes.Equal(bytesOf(t, got), bytesOf(t, want)) {
			t.Errorf("%s: other weights than of mirrored photos", name)
		}
		if bytes.Equal(bytesOf(t, got), bytesOf(t, still)) {
			t.Errorf("%s: the same weights as without flip", name)
		}
	}
}

// turn mirrors the photos of a table that are mirrored in the first epoch.
func turn(t *testing.T, im *fakeImages, seed uint64) {
	t.Helper()
	for v, photos := range map[View][][]byte{Whole: im.whole, Cell: im.cell} {
		size, err := viewSize(im, v)
		if err != nil {
			t.Fatal(err)
		}
		for row, px := range photos {
			if rng.New(seed, "flip", string(v), 1, row).Uint64()&1 == 1 {
				photos[row] = mirrored(px, size)
			}
		}
	}
}
