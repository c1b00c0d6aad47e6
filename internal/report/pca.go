package report

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"fashionpipe/internal/rng"
)

// projection is a set of points in the plane of their first two principal components.
type projection struct {
	At    [][2]float64 // one a row, in the units of the vectors
	Share [2]float64   // of the total variance, per component
}

// pca projects n vectors of d numbers on their first two principal components: subspace iteration on the centred
// matrix (Halko, Martinsson and Tropp 2011, algorithm 4.4) until the two leading singular values stand still, then an
// exact decomposition inside the subspace. It needs no d×d or n×n matrix, which matters for VGG's 4096.
//
// The sign of a component is arbitrary; here its largest coordinate is positive.
func pca(x *mat.Dense, seed uint64) (projection, error) {
	n, d := x.Dims()
	center(x)
	total := math.Pow(mat.Norm(x, 2), 2)
	p := projection{At: make([][2]float64, n)}
	if total == 0 || n < 2 {
		return p, nil
	}
	k := min(10, n, d)
	q := mat.NewDense(d, k, nil)
	r := rng.New(seed, "report", "pca")
	q.Apply(func(int, int, float64) float64 { return r.NormFloat64() }, q)
	var y, z mat.Dense
	last := math.Inf(1)
	for range 200 {
		y.Reset()
		z.Reset()
		y.Mul(x, q)
		z.Mul(x.T(), &y)
		top, err := orthonormal(&z, q)
		if err != nil {
			return p, err
		}
		if math.Abs(top-last) <= 1e-10*top {
			break
		}
		last = top
	}
	return p, p.fill(x, q, total)
}

// center takes the mean off each column.
func center(x *mat.Dense) {
	n, d := x.Dims()
	for j := range d {
		sum := 0.0
		for i := range n {
			sum += x.At(i, j)
		}
		for i := range n {
			x.Set(i, j, x.At(i, j)-sum/float64(n))
		}
	}
}

// orthonormal puts an orthonormal basis of the columns of z into q and gives the sum of z's two largest singular
// values.
func orthonormal(z, q *mat.Dense) (float64, error) {
	var svd mat.SVD
	if !svd.Factorize(z, mat.SVDThinU) {
		return 0, fmt.Errorf("principal components: the decomposition did not converge")
	}
	q.Reset()
	svd.UTo(q)
	s := svd.Values(nil)
	if len(s) == 1 {
		return s[0], nil
	}
	return s[0] + s[1], nil
}

// fill decomposes x inside the subspace q.
func (p *projection) fill(x, q *mat.Dense, total float64) error {
	var inside mat.Dense
	inside.Mul(x, q)
	var svd mat.SVD
	if !svd.Factorize(&inside, mat.SVDThinU) {
		return fmt.Errorf("principal components: the decomposition did not converge")
	}
	var u mat.Dense
	svd.UTo(&u)
	s := svd.Values(nil)
	for c := range min(2, len(s)) {
		p.Share[c] = s[c] * s[c] / total
		far := 0.0
		for i := range p.At {
			p.At[i][c] = u.At(i, c) * s[c]
			if math.Abs(p.At[i][c]) > math.Abs(far)*(1+1e-9) {
				far = p.At[i][c]
			}
		}
		if far < 0 {
			for i := range p.At {
				p.At[i][c] = -p.At[i][c]
			}
		}
	}
	return nil
}
