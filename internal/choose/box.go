package choose

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// box is the smallest box around rows with edges along their principal components (Tibshirani, Walther & Hastie 2001,
// section 3, b). Rows without clusters are drawn evenly from it, in the components' coordinates: distances are the same in
// them, and so is the direction of the origin. Of rows of more than mostAxes numbers, whose components would take minutes,
// it is the box along the numbers themselves (there, a).
type box struct{ low, high []float64 }

// mostAxes is the most numbers of a row that principal components are found of.
const mostAxes = 512

// part is how many rows are done between looks at the context.
const part = 256

func newBox(ctx context.Context, data []float32, dim int) (*box, error) {
	var axes *mat.Dense // nil: the numbers themselves
	if dim <= mostAxes {
		var err error
		if axes, err = principalAxes(ctx, data, dim); err != nil {
			return nil, err
		}
	}
	b := &box{low: make([]float64, dim), high: make([]float64, dim)}
	for j := range dim {
		b.low[j], b.high[j] = math.Inf(1), math.Inf(-1)
	}
	err := parts(ctx, data, dim, func(rows *mat.Dense) {
		at := rows
		if axes != nil {
			at = new(mat.Dense)
			at.Mul(rows, axes)
		}
		for i := range at.RawMatrix().Rows {
			for j, v := range at.RawRowView(i) {
				b.low[j], b.high[j] = min(b.low[j], v), max(b.high[j], v)
			}
		}
	})
	return b, err
}

// parts hands over the rows, some at a time.
func parts(ctx context.Context, data []float32, dim int, f func(rows *mat.Dense)) error {
	for at := 0; at < len(data); at += part * dim {
		if err := ctx.Err(); err != nil {
			return err
		}
		some := data[at:min(len(data), at+part*dim)]
		rows := mat.NewDense(len(some)/dim, dim, nil)
		for i, v := range some {
			rows.RawMatrix().Data[i] = float64(v)
		}
		f(rows)
	}
	return nil
}

// principalAxes are the eigenvectors of the rows' covariance, in columns.
func principalAxes(ctx context.Context, data []float32, dim int) (*mat.Dense, error) {
	middle, n := make([]float64, dim), float64(len(data)/dim)
	for i, v := range data {
		middle[i%dim] += float64(v) / n
	}
	covariance := mat.NewSymDense(dim, nil)
	if err := parts(ctx, data, dim, func(rows *mat.Dense) {
		for i := range rows.RawMatrix().Rows {
			row := rows.RawRowView(i)
			for j, m := range middle {
				row[j] -= m
			}
		}
		covariance.SymRankK(covariance, 1/n, rows.T())
	}); err != nil {
		return nil, err
	}
	type found struct {
		axes *mat.Dense
		ok   bool
	}
	done := make(chan found, 1)
	go func() { // it can't be told to stop; whoever is asked to doesn't wait for it
		var e mat.EigenSym
		f := found{axes: new(mat.Dense)}
		if f.ok = e.Factorize(covariance, true); f.ok {
			e.VectorsTo(f.axes)
		}
		done <- f
	}()
	select {
	case f := <-done:
		if !f.ok {
			return nil, errors.New("choose: the principal components of the rows were not found")
		}
		return f.axes, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// draw gives n rows.
func (b *box) draw(n int, r *rand.Rand) []float32 {
	rows := make([]float32, 0, n*len(b.low))
	for range n {
		for j, low := range b.low {
			rows = append(rows, float32(low+float64(r.Float64()*(b.high[j]-low))))
		}
	}
	return rows
}
