package model

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"
	"go.uber.org/goleak"
)

// manyCells gives every row of a table several cells, each of its own shade.
func manyCells(im *fakeImages, n int) *fakeImages {
	im.spec.Cell, im.spec.Cells = "all", n
	for i := range im.cell {
		one := im.cell[i]
		for c := 1; c < n; c++ {
			for _, v := range one {
				im.cell[i] = append(im.cell[i], v/byte(c+1))
			}
		}
	}
	return im
}

// TestEveryFeedIsTheSame: training from images on the device, and from a stream of chunks, gives the bytes of training from
// packed batches; with one cell a row and with several, with augmentation and without, accumulated or not.
func TestEveryFeedIsTheSame(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for name, change := range map[string]func(*TrainConfig){
		"plain":     func(*TrainConfig) {},
		"augmented": func(c *TrainConfig) { c.Augment = everyAugmentation },
		"accumulated": func(c *TrainConfig) {
			c.Batch, c.Accumulate, c.Augment = 3, 2, Augment{Flip: true}
		},
	} {
		for _, cells := range []int{1, 4} {
			im, cfg := newFakeImages(17, 16, 8), smallConfig("vicreg")
			if cells > 1 {
				manyCells(im, cells)
			}
			change(&cfg)
			want := bytesOf(t, mustTrain(t, im, cfg, Hooks{}))
			for _, where := range []string{ImagesDevice, ImagesStream} {
				var said string
				got := bytesOf(t, mustTrain(t, im, cfg, Hooks{Images: where, Say: func(s string) { said = s }}))
				if !slices.Equal(got, want) {
					t.Errorf("%s, %d cells, %s: other weights than from packed batches", name, cells, where)
				}
				if !strings.Contains(said, "as was asked for") {
					t.Errorf("%s: said %q", where, said)
				}
			}
		}
	}
}

// TestStreamOfAnyChunks: every batch comes with its own images, whatever the size of a chunk and wherever training begins; and
// what was left half-way leaves nothing behind.
func TestStreamOfAnyChunks(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	im, cfg := manyCells(newFakeImages(10, 16, 8), 3), smallConfig("mse")
	cfg.Batch = 3
	goal, err := newObjective(resnet18, im, cfg, 6)
	if err != nil {
		t.Fatal(err)
	}
	edges, b := [2]int{16, 8}, open(t, "cpu")
	const perBatch = 3 * 3 * (16*16 + 8*8)
	all := newBatches(im, goal, 3, 3, 2)
	pack := newPacked(im, 3, edges)
	for chunk := perBatch / 2; chunk <= 8*perBatch; chunk += perBatch / 2 {
		for first := range all.all + 1 {
			s := newStreamed(b, all, first, edges, chunk)
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			for at := first; at < all.all-first%2; at++ { // at times it is closed too early
				batch := all.make(at)
				want, err := pack.images(t.Context(), batch)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.images(t.Context(), batch); err != nil {
					t.Fatal(err)
				}
				for view := range want {
					if !slices.Equal(taken(t, s.now[view], s.rows(batch)[view]), bytesIn(t, want[view][0].Tensor)) {
						t.Errorf("chunks of %d from batch %d on: batch %d has other images", chunk, first, at)
					}
				}
			}
			s.close()
		}
	}
}

// taken runs the gather of a table's rows in a graph.
func taken(t *testing.T, of *table, rows []int32) []byte {
	t.Helper()
	p, err := compile(open(t, "cpu"), "take", func(g *Graph) []*Node { return []*Node{of.take(len(rows), of.declare(g))} })
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	var in []*tensors.Tensor
	for _, piece := range of.pieces {
		in = append(in, piece.Tensor)
	}
	out, err := p.run(t.Context(), append(in, tensors.FromFlatDataAndDimensions(rows, len(rows)))...)
	if err != nil {
		t.Fatal(err)
	}
	return bytesIn(t, out[0])
}

func bytesIn(t *testing.T, x *tensors.Tensor) []byte {
	t.Helper()
	b, err := tensors.CopyFlatData[byte](x)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTableInPieces: rows come from whichever piece has them.
func TestTableInPieces(t *testing.T) {
	im, b := manyCells(newFakeImages(7, 8, 4), 3), open(t, "cpu")
	for _, piece := range []int{1, 3 * 4 * 4, 5 * 3 * 4 * 4, 20 * 3 * 4 * 4, 21 * 3 * 4 * 4, 1 << 20} {
		table := newTable(Cell, 4, 21, piece)
		if err := table.fill(t.Context(), b, im, Cell); err != nil {
			t.Fatal(err)
		}
		rows := []int32{20, 0, 4, 5, 6, 19, 0, 20}
		var want []byte
		for _, at := range rows {
			want = append(want, im.Cell(int(at)/3, int(at)%3)...)
		}
		if got := taken(t, table, rows); !slices.Equal(got, want) {
			t.Errorf("pieces of %d bytes: other images", piece)
		}
		table.free()
	}
}

// TestFeedTellsErrors: a table with an image of the wrong size is an error in each way, of the same text, and a stop ends the wait
// for a chunk.
func TestFeedTellsErrors(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	im := newFakeImages(16, 16, 16)
	im.cell[11] = im.cell[11][:9]
	for _, where := range []string{"", ImagesDevice, ImagesStream} {
		_, err := Train(t.Context(), open(t, "cpu"), im, smallConfig("mse"), Hooks{Images: where})
		if err == nil || !strings.Contains(err.Error(), "row 11 of the image table: cell has 9 bytes") {
			t.Errorf("%q: %v", where, err)
		}
	}
	_, err := Train(t.Context(), open(t, "cpu"), newFakeImages(4, 16, 16), smallConfig("mse"), Hooks{Images: "disk"})
	if err == nil || !strings.Contains(err.Error(), "there are auto, device and stream") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Train(ctx, open(t, "cpu"), newFakeImages(16, 16, 16), smallConfig("mse"), Hooks{Images: ImagesStream, Add: func(n int) {
		if n > 0 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// counted counts how often an image is asked for.
type counted struct {
	*fakeImages
	asked atomic.Int64
}

func (c *counted) Whole(i int) []byte {
	c.asked.Add(1)
	return c.fakeImages.Whole(i)
}

// TestDeviceGetsImagesOnce: what lies on the device is brought there once, also what is measured and validated after each epoch.
func TestDeviceGetsImagesOnce(t *testing.T) {
	im, judged := &counted{fakeImages: newFakeImages(16, 16, 16)}, &counted{fakeImages: newFakeImages(5, 16, 16)}
	cfg := smallConfig("mse")
	cfg.Epochs = 4
	hooks := Hooks{Images: ImagesDevice, Validation: &Validation{Images: judged, Rows: []int{4, 0, 2}, Score: func(context.Context, []float32, int) (float64, error) {
		return 0.5, nil
	}}}
	mustTrain(t, im, cfg, hooks)
	if table, sample := int64(16), int64(16); im.asked.Load() != table+sample || judged.asked.Load() != 3 {
		t.Errorf("asked %d times for photos to learn from, and %d for those to validate on", im.asked.Load(), judged.asked.Load())
	}
}
