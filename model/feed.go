package model

import (
	"context"
	"errors"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"fashionpipe/internal/machine"
	"fashionpipe/internal/ordered"
)

// Where a training on XLA has its images; on the other backends, which compute where the images already are, they are
// packed for each batch. The result is the same.
const (
	ImagesAuto   = "auto"   // on the device where they fit
	ImagesDevice = "device" // on the device, from the beginning
	ImagesStream = "stream" // in chunks of many batches, each uploaded while the device works on the one before it
	imagesPacked = "packed" // as on the other backends
)

// feed brings the images of a training's batches to the program of its step.
type feed interface {
	// declare declares, in a graph, what images gives of each view: the whole photo, the cell.
	declare(g *Graph) [2][]*Node
	// take lays out how the images of a batch, bytes [N, S, S, 3], come from those; where rows gives numbers, it declares these.
	take(view int, from []*Node) *Node
	// start brings what there is to bring before the first batch.
	start(ctx context.Context) error
	// rows are the numbers, for each view, by which the images of a batch are taken out of those on the device, or nil.
	rows(b *batch) [2][]int32
	// images are arrays with the pixels of each view, for batches that are asked for one after the other.
	images(ctx context.Context, b *batch) ([2][]input, error)
	close()
}

// packed copies each batch together on the host.
type packed struct {
	im     Images
	n      int
	sizes  [2]int
	pixels [2][]byte
}

func newPacked(im Images, n int, sizes [2]int) *packed {
	p := &packed{im: im, n: n, sizes: sizes}
	for i, size := range sizes {
		p.pixels[i] = make([]byte, 3*n*size*size)
	}
	return p
}

func (p *packed) declare(g *Graph) (views [2][]*Node) {
	for i, v := range bothViews {
		views[i] = []*Node{images(g, string(v), p.n, p.sizes[i])}
	}
	return views
}

func (p *packed) take(_ int, from []*Node) *Node { return from[0] }

func (p *packed) start(context.Context) error { return nil }

func (p *packed) rows(*batch) (none [2][]int32) { return none }

func (p *packed) images(_ context.Context, b *batch) (in [2][]input, err error) {
	for i, size := range p.sizes {
		if err := pack(p.pixels[i], p.im, b.views[i], size); err != nil {
			return in, err
		}
		in[i] = []input{{Tensor: uploadImages(p.pixels[i], p.n, size)}}
	}
	return in, nil
}

func (p *packed) close() {}

// resident has all images on the device.
type resident struct {
	b      *Backend
	im     Images
	n      int
	tables [2]*table
}

func newResident(b *Backend, im Images, n int, sizes [2]int) *resident {
	r := &resident{b: b, im: im, n: n}
	for i, v := range bothViews {
		r.tables[i] = newTable(v, sizes[i], im.Len()*perRow(im, v), pieceBytes)
	}
	return r
}

func (r *resident) bytes() int64 { return r.tables[0].bytes() + r.tables[1].bytes() }

func (r *resident) declare(g *Graph) [2][]*Node {
	return [2][]*Node{r.tables[0].declare(g), r.tables[1].declare(g)}
}

func (r *resident) take(view int, from []*Node) *Node { return r.tables[view].take(r.n, from) }

func (r *resident) start(ctx context.Context) error {
	for i, v := range bothViews {
		if err := r.tables[i].fill(ctx, r.b, r.im, v); err != nil {
			var o *OutOfMemoryError
			if errors.As(err, &o) {
				o.Images = true
			}
			return fmt.Errorf("bring the images to the device: %w", err)
		}
	}
	return nil
}

func (r *resident) rows(b *batch) (rows [2][]int32) {
	for i, p := range b.views {
		rows[i] = p.numbers(r.im)
	}
	return rows
}

func (r *resident) images(context.Context, *batch) ([2][]input, error) {
	return [2][]input{r.tables[0].pieces, r.tables[1].pieces}, nil
}

func (r *resident) close() {
	r.tables[0].free()
	r.tables[1].free()
}

// streamed has the images of many batches on the device, in the order in which they are used, and brings the next ones
// meanwhile: so there are two such chunks on the device, and one on the host.
type streamed struct {
	b      *Backend
	all    *batches
	first  int // batch
	per    int // batches in a chunk
	sizes  [2]int
	chunks *ordered.Ahead[*chunk]
	now    *chunk
	number int // of now
}

// chunk is a table of each view.
type chunk [2]*table

func (c *chunk) free() {
	for _, t := range c {
		if t != nil {
			t.free()
		}
	}
}

func newStreamed(b *Backend, all *batches, first int, sizes [2]int, chunkBytes int) *streamed {
	s := &streamed{b: b, all: all, first: first, sizes: sizes}
	perBatch := all.size * 3 * (sizes[0]*sizes[0] + sizes[1]*sizes[1])
	s.per = max(1, min(chunkBytes/perBatch, all.all-first))
	return s
}

// table is the one of a chunk, empty.
func (s *streamed) table(view int) *table {
	rows := s.per * s.all.size
	return newTable(bothViews[view], s.sizes[view], rows, rows*3*s.sizes[view]*s.sizes[view])
}

func (s *streamed) bytes() int64 { return s.table(0).bytes() + s.table(1).bytes() }

func (s *streamed) declare(g *Graph) [2][]*Node {
	return [2][]*Node{s.table(0).declare(g), s.table(1).declare(g)}
}

func (s *streamed) take(view int, from []*Node) *Node { return s.table(view).take(s.all.size, from) }

func (s *streamed) start(ctx context.Context) error {
	if s.first == s.all.all {
		return nil // a training that was at its end
	}
	buffer := make([]byte, max(s.table(0).bytes(), s.table(1).bytes()))
	s.chunks = ordered.NewAhead(context.WithoutCancel(ctx), (s.all.all-s.first+s.per-1)/s.per,
		func(ctx context.Context, i int) (*chunk, error) { return s.chunk(ctx, i, buffer) }, (*chunk).free)
	s.number = -1
	return nil
}

// chunk brings one.
func (s *streamed) chunk(ctx context.Context, i int, buffer []byte) (*chunk, error) {
	c := &chunk{}
	var picks [2][]pick
	for at := s.first + i*s.per; at < min(s.first+(i+1)*s.per, s.all.all); at++ {
		for view, p := range s.all.views(at) {
			picks[view] = append(picks[view], p)
		}
	}
	for view := range c {
		t := s.table(view)
		piece, err := s.b.uploadPick(ctx, s.all.im, joined(picks[view]), t.size, buffer[:t.bytes()])
		if err != nil {
			c.free()
			return nil, fmt.Errorf("bring images to the device: %w", err)
		}
		c[view] = t
		if err := t.add(s.b, piece); err != nil {
			c.free()
			return nil, fmt.Errorf("bring images to the device: %w", err)
		}
	}
	return c, nil
}

func (s *streamed) rows(b *batch) [2][]int32 {
	place := (b.at - s.first) % s.per * s.all.size
	rows := make([]int32, s.all.size)
	for j := range rows {
		rows[j] = int32(place + j)
	}
	return [2][]int32{rows, rows}
}

func (s *streamed) images(ctx context.Context, b *batch) (in [2][]input, err error) {
	if (b.at-s.first)/s.per != s.number {
		if s.now != nil {
			s.now.free()
			s.now = nil
		}
		if s.now, err = s.chunks.Next(ctx); err != nil {
			return in, err
		}
		s.number++
	}
	return [2][]input{s.now[0].pieces, s.now[1].pieces}, nil
}

func (s *streamed) close() {
	if s.chunks != nil {
		s.chunks.Close()
	}
	if s.now != nil {
		s.now.free()
	}
}

// chunkBytes is what a chunk takes, both views together, at most, where a batch is no larger.
const chunkBytes = 1 << 30

// newFeed chooses how images come to the steps from batch first on, and says so in a line; on a backend that computes in the host's
// memory there is nothing to choose, and nothing is said.
func newFeed(b *Backend, all *batches, first int, sizes [2]int, where string) (f feed, says string, err error) {
	if auto := where == "" || where == ImagesAuto; auto && b.name != "xla" || where == imagesPacked {
		return newPacked(all.im, all.size, sizes), "", nil
	}
	r := newResident(b, all.im, all.size, sizes)
	s := newStreamed(b, all, first, sizes, chunkBytes)
	chunks := fmt.Sprintf("images: streamed in chunks of %s", machine.RoundBytes(s.bytes()))
	switch where {
	case ImagesDevice:
		return r, fmt.Sprintf("images: %s on the device, as was asked for", machine.RoundBytes(r.bytes())), nil
	case ImagesStream:
		return s, chunks + ", as was asked for", nil
	case "", ImagesAuto:
		room, of := b.room()
		if r.bytes() <= room {
			return r, fmt.Sprintf("images: %s on the device", machine.RoundBytes(r.bytes())), nil
		}
		return s, fmt.Sprintf("%s: all %s are more than %s", chunks, machine.RoundBytes(r.bytes()), of), nil
	}
	return nil, "", fmt.Errorf("images %q can't be: there are auto, device and stream", where)
}

// room is what a training's images may take of the device's memory, and what that is: half of what is free there, the other
// half being for its steps; on a processor, where they are copies of pages that the system keeps anyway, a quarter of the machine's.
func (b *Backend) room() (bytes int64, of string) {
	if total, free, known := b.Memory(); known {
		return free / 2, fmt.Sprintf("half of the %s that are free of the device's %s", machine.RoundBytes(free), machine.RoundBytes(total))
	}
	if b.plugin.Platform == "cpu" {
		all := machine.Memory()
		return all / 4, fmt.Sprintf("a quarter of the machine's %s", machine.RoundBytes(all))
	}
	return 0, "can be risked on a device whose memory isn't known; where they fit, set images to device"
}
