// Package pca finds principal components: the directions in which vectors vary most (Pearson 1901; Jolliffe 2002).
package pca

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Projection maps vectors onto principal components.
type Projection struct {
	mean       []float64
	components *mat.Dense // [k, d], orthonormal rows, the largest variance first
	share      float64
}

// Fit finds the k first principal components of n vectors of d numbers, row-major in data, with 1 ≤ k ≤ min(n − 1, d).
// It decomposes the d×d scatter matrix or the n×n matrix of inner products, whichever is smaller, so min(n, d)³ is what
// it costs. A component's sign is arbitrary: here its largest number is positive, as scikit-learn has it. Components
// in whose direction nothing varies are zero.
func Fit(data []float32, n, d, k int) (*Projection, error) {
	if n*d != len(data) || k < 1 || k > min(n-1, d) {
		return nil, fmt.Errorf("%d components of %d vectors of %d numbers can't be: there are at most %d", k, n, d, max(0, min(n-1, d)))
	}
	p := &Projection{mean: means(data, n, d), components: mat.NewDense(k, d, nil)}
	x := mat.NewDense(n, d, nil)
	for i := range n {
		p.center(x.RawRowView(i), data[i*d:(i+1)*d])
	}
	small := mat.NewSymDense(min(n, d), nil)
	if d < n {
		small.SymOuterK(1, x.T())
	} else {
		small.SymOuterK(1, x)
	}
	var eig mat.EigenSym
	if !eig.Factorize(small, true) {
		return nil, errors.New("principal components: the decomposition did not converge")
	}
	values := eig.Values(nil) // the smallest first
	var vectors mat.Dense
	eig.VectorsTo(&vectors)
	last, total, kept := len(values)-1, 0.0, 0.0
	for _, v := range values {
		total += max(v, 0)
	}
	for c := range k {
		v := values[last-c]
		if v <= values[last]*float64(len(values))*1e-15 {
			break // rounding, not variance
		}
		kept += v
		component := mat.NewVecDense(d, p.components.RawRowView(c))
		if d < n {
			component.CopyVec(vectors.ColView(last - c))
		} else {
			component.MulVec(x.T(), vectors.ColView(last-c))
			component.ScaleVec(1/math.Sqrt(v), component)
		}
		turn(component.RawVector().Data)
	}
	if total > 0 {
		p.share = kept / total
	}
	return p, nil
}

// Share is how much of the variance of the vectors it was fitted on the components hold, 0 … 1.
func (p *Projection) Share() float64 { return p.share }

// Apply writes the components of v, of d numbers, to dst, of k.
func (p *Projection) Apply(dst, v []float32) {
	centred := make([]float64, len(p.mean))
	p.center(centred, v)
	for c := range dst {
		sum := 0.0
		for j, w := range p.components.RawRowView(c) {
			sum += w * centred[j]
		}
		dst[c] = float32(sum)
	}
}

func (p *Projection) center(dst []float64, v []float32) {
	for j, m := range p.mean {
		dst[j] = float64(v[j]) - m
	}
}

func means(data []float32, n, d int) []float64 {
	mean := make([]float64, d)
	for i := range n {
		for j, v := range data[i*d : (i+1)*d] {
			mean[j] += float64(v) / float64(n)
		}
	}
	return mean
}

// turn makes the largest number positive; of two that are as large but for rounding, the first.
func turn(v []float64) {
	far := 0.0
	for _, x := range v {
		if math.Abs(x) > math.Abs(far)*(1+1e-9) {
			far = x
		}
	}
	if far < 0 {
		for j := range v {
			v[j] = -v[j]
		}
	}
}
