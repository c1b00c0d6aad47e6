package model

import (
	"context"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"fashionpipe/internal/parallel"
)

// table is images of one view on a backend's device, of which programs take those they want. It lies in pieces: the host
// never holds more than one at a time, no copy is made on the device to put them together, and each has fewer
// numbers than an int32 counts.
type table struct {
	name   string // in graphs
	size   int    // edge of an image, pixels
	rows   int
	per    int // rows in a piece; the last one has what is left
	pieces []input
}

// pieceBytes is the size of a piece, at most, where a row is no larger.
const pieceBytes = 1 << 30

func newTable(v View, size, rows, pieceBytes int) *table {
	return &table{name: string(v), size: size, rows: rows, per: min(rows, max(1, pieceBytes/(3*size*size)))}
}

// bytes is how much of the device's memory it takes.
func (t *table) bytes() int64 { return int64(t.rows) * int64(3*t.size*t.size) }

// piece gives the rows of a piece.
func (t *table) piece(k int) (from, to int) { return k * t.per, min(t.rows, (k+1)*t.per) }

func (t *table) count() int { return (t.rows + t.per - 1) / t.per }

// declare declares the pieces in a graph.
func (t *table) declare(g *Graph) (pieces []*Node) {
	for k := range t.count() {
		from, to := t.piece(k)
		pieces = append(pieces, images(g, fmt.Sprintf("%s %d", t.name, k), to-from, t.size))
	}
	return pieces
}

// take lays out n of the rows, [n, S, S, 3], and declares their numbers.
func (t *table) take(n int, pieces []*Node) *Node {
	return takeRows(pieces, t.per, shared(pieces[0].Graph(), t.name+" rows", shapes.Make(dtypes.Int32, n)))
}

// takeRows gathers rows by their numbers from pieces of per rows each. Of the pieces that a row isn't in it
// reads the first row, over and over, which caches hold.
func takeRows(pieces []*Node, per int, at *Node) *Node {
	take := func(piece, at *Node) *Node { return Gather(piece, InsertAxes(at, -1)) }
	if len(pieces) == 1 {
		return take(pieces[0], at)
	}
	g := at.Graph()
	size := Const(g, int32(per))
	piece, within := Div(at, size), Mod(at, size)
	var x *Node
	for k, rows := range pieces {
		here := Equal(piece, Const(g, int32(k)))
		images := take(rows, Where(here, within, ZerosLike(within)))
		if x == nil {
			x = images
			continue
		}
		x = Where(BroadcastToDims(InsertAxes(here, -1, -1, -1), x.Shape().Dimensions...), images, x)
	}
	return x
}

// fill uploads all images of a view.
func (t *table) fill(ctx context.Context, b *Backend, im Images, v View) error {
	buffer := make([]byte, t.per*3*t.size*t.size)
	for k := range t.count() {
		from, to := t.piece(k)
		piece, err := b.uploadPick(ctx, im, span(im, v, from, to), t.size, buffer[:(to-from)*3*t.size*t.size])
		if err != nil {
			return err
		}
		if err := t.add(b, piece); err != nil {
			return err
		}
	}
	return nil
}

// add adds a piece, and brings it to all devices.
func (t *table) add(b *Backend, piece *tensors.Tensor) error {
	in, err := b.copied(piece)
	t.pieces = append(t.pieces, in)
	return err
}

func (t *table) free() {
	for _, p := range t.pieces {
		free(p.all()...)
	}
	t.pieces = nil
}

// uploadPick copies images to the device, by way of a buffer of their size or larger; what is larger is black.
func (b *Backend) uploadPick(ctx context.Context, im Images, p pick, size int, buffer []byte) (x *tensors.Tensor, err error) {
	const share = 64 // images
	image := 3 * size * size
	errs := make([]error, (len(p.rows)+share-1)/share)
	err = parallel.ForEach(ctx, len(errs), parallel.Workers(), func(_, i int) {
		from, to := i*share, min(len(p.rows), (i+1)*share)
		errs[i] = pack(buffer[from*image:to*image], im, p.part(from, to), size)
	})
	if err != nil {
		return nil, context.Cause(ctx)
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	clear(buffer[len(p.rows)*image:])
	err = try(func() error {
		x, err = tensors.FromRaw(b.compute, b.device, shapes.Make(dtypes.Uint8, len(buffer)/image, size, size, 3), buffer)
		return err
	})
	return x, b.outOfMemory(err)
}
