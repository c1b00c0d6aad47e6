package model

import (
	"context"
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// distanceGraph names a compiled graph: what it computes, for how many vectors of which width, of a block of rows.
type distanceGraph struct {
	kind           string
	width, vectors int
}

// The graphs.
const (
	leastGraph       = "least"
	belowGraph       = "below"
	twoGraph         = "two"
	weighGraph       = "weigh"
	weighDirectGraph = "weigh by differences"
)

// groupSize is how many rows of a block are a group.
const groupSize = 32

// program gives a graph, compiled once.
func (d *Distances) program(id distanceGraph) (*program, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p := d.programs[id]; p != nil {
		return p, nil
	}
	p, err := compile(d.b, "distances: "+id.kind, func(g *Graph) []*Node { return d.build[id.kind](g, id) })
	if err != nil {
		return nil, err
	}
	d.programs[id] = p
	return p, nil
}

// held declares a block of rows with their h.
func (d *Distances) held(g *Graph, id distanceGraph) (rows, h *Node) {
	return parameter(g, "rows", []int{d.rows, id.width}), parameter(g, "h", []int{d.rows})
}

// values are h(b) − a·b, a row of them for each vector a.
func values(vectors, rows, h *Node) *Node {
	return Sub(ExpandAxes(h, 0), Dot(vectors, rows).General([]int{1}, nil, []int{1}, nil))
}

func (d *Distances) least(g *Graph, id distanceGraph) []*Node {
	rows, h := d.held(g, id)
	v := values(parameter(g, "vectors", []int{id.vectors, id.width}), rows, h)
	return []*Node{ReduceMin(Reshape(v, id.vectors, groupSize, d.rows/groupSize), 1)}
}

// below gives sets of rows: row r of a block is bit r%32 of word r/32.
func (d *Distances) below(g *Graph, id distanceGraph) []*Node {
	rows, h := d.held(g, id)
	v := values(parameter(g, "vectors", []int{id.vectors, id.width}), rows, h)
	in := LessOrEqual(v, ExpandAxes(parameter(g, "limits", []int{id.vectors}), 1))
	bits := make([]uint32, 32)
	for i := range bits {
		bits[i] = 1 << i
	}
	word := []int{id.vectors, d.rows / 32, 32}
	bit := BroadcastToDims(Reshape(Const(g, bits), 1, 1, 32), word...)
	return []*Node{ReduceSum(Where(Reshape(in, word...), bit, ZerosLike(bit)), 2)}
}

func (d *Distances) two(g *Graph, id distanceGraph) []*Node {
	rows := parameter(g, "rows", []int{d.rows, id.width})
	vectors, h := parameter(g, "vectors", []int{id.vectors, id.width}), parameter(g, "of vectors", []int{id.vectors})
	v := values(rows, vectors, h)
	first := ArgMin(v, 1, dtypes.Int32)
	own := Equal(ExpandAxes(first, 1), Iota(g, shapes.Make(dtypes.Int32, d.rows, id.vectors), 1))
	return []*Node{first, ReduceMin(v, 1), ReduceMin(Where(own, BroadcastToDims(Infinity(g, dtypes.Float32, 1), d.rows, id.vectors), v), 1)}
}

// weigh adds the rows of a block, weighed, to what there is.
func (d *Distances) weigh(g *Graph, id distanceGraph) []*Node {
	sums, weights := replace(g, "sums", []int{id.vectors, id.width}), replace(g, "weights", []int{id.vectors})
	rows, h := d.held(g, id)
	vectors, own := parameter(g, "vectors", []int{id.vectors, id.width}), parameter(g, "of vectors", []int{id.vectors})
	scale := parameter(g, "scale", nil)
	half := Max(Add(ExpandAxes(own, 1), values(vectors, rows, h)), ScalarZero(g, dtypes.Float32))
	if id.kind == weighDirectGraph {
		half = MulScalar(ReduceSum(Square(Sub(ExpandAxes(vectors, 1), ExpandAxes(rows, 0))), 2), 0.5)
		half = Where(BroadcastToDims(ExpandAxes(IsFinite(h), 0), id.vectors, d.rows), half, BroadcastToDims(Infinity(g, dtypes.Float32, 1), id.vectors, d.rows))
	}
	w := Exp(Mul(half, scale))
	return []*Node{Add(sums, Dot(w, rows).General([]int{1}, nil, []int{0}, nil)), Add(weights, ReduceSum(w, 1))}
}

// check fails where the backend multiplies less precisely than float32: by TF32, say, which has 10 bits after the point.
// Bounds on distances, and so neighbours, would be wrong.
func (d *Distances) check(ctx context.Context, width int) error {
	d.mu.Lock()
	done := d.precise[width]
	d.mu.Unlock()
	if done {
		return nil
	}
	p, err := d.program(distanceGraph{leastGraph, width, d.vectors})
	if err != nil {
		return err
	}
	const x, n = 1 + 0x1p-12, 8
	probe := make([]float32, max(d.rows, d.vectors)*width)
	for i := range probe {
		if i%width < n {
			probe[i] = x
		}
	}
	in := []*tensors.Tensor{upload(tensor{[]int{d.rows, width}, probe[:d.rows*width]}), upload(zeros(d.rows)),
		upload(tensor{[]int{d.vectors, width}, probe[:d.vectors*width]})}
	defer free(in...)
	out, err := p.run(ctx, in...)
	if err != nil {
		return d.explain(err, 0, width)
	}
	defer free(out...)
	values, err := download(out[0])
	if err != nil {
		return err
	}
	for _, v := range values {
		if want := -float64(min(n, width)) * x * x; !(math.Abs(float64(v)-want) < 0x1p-16*math.Abs(want)) {
			return fmt.Errorf("distances: %s gives %v for a product that is %v: it multiplies less precisely than float32, so neighbours can't be found on it: set backend to cpu", d.b.Describe(), -v, -want)
		}
	}
	d.mu.Lock()
	d.precise[width] = true
	d.mu.Unlock()
	return nil
}

// zeros is an array of zeros.
func zeros(shape ...int) tensor { return tensor{shape, make([]float32, size(shape))} }
