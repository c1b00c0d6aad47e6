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

// pca projects the n rows of x, vectors of d numbers, on their first two principal components; it centres x. It takes
// the d×d scatter matrix or the n×n matrix of inner products, whichever is smaller, and its leading eigenvectors by
// block subspace iteration (Golub and Van Loan 2013, section 8.2.4): a whole decomposition by gonum takes several times
// as long for VGG's 4096 numbers.
//
// The sign of a component is arbitrary; here its largest coordinate is positive.
func pca(x *mat.Dense, seed uint64) (projection, error) {
	n, d := x.Dims()
	center(x)
	total := math.Pow(mat.Norm(x, 2), 2)
	p := projection{At: make([][2]float64, n)}
	if total == 0 {
		return p, nil
	}
	var s, at mat.Dense
	if d < n {
		s.Mul(x.T(), x)
	} else {
		s.Mul(x, x.T())
	}
	values, vectors, err := leading(&s, seed)
	if err != nil {
		return p, err
	}
	if d < n {
		at.Mul(x, vectors)
	} else {
		at.Apply(func(_, c int, v float64) float64 { return v * math.Sqrt(max(values[c], 0)) }, vectors)
	}
	for c := range min(2, len(values)) {
		p.Share[c] = max(values[c], 0) / total
		for i := range n {
			p.At[i][c] = at.At(i, c)
		}
		p.turn(c)
	}
	return p, nil
}

// center takes the mean off each column.
func center(x *mat.Dense) {
	n, d := x.Dims()
	mean := make([]float64, d)
	for i := range n {
		for j, v := range x.RawRowView(i) {
			mean[j] += v / float64(n)
		}
	}
	for i := range n {
		for j := range mean {
			x.RawRowView(i)[j] -= mean[j]
		}
	}
}

// leading gives the largest eigenvalues of a symmetric matrix, largest first, with their eigenvectors as columns. Only
// the first two are accurate: to 1e-8 of their sum.
func leading(s *mat.Dense, seed uint64) ([]float64, *mat.Dense, error) {
	m, _ := s.Dims()
	k := min(12, m)
	q := mat.NewDense(m, k, nil)
	r := rng.New(seed, "report", "pca")
	q.Apply(func(int, int, float64) float64 { return r.NormFloat64() }, q)
	var z, turned mat.Dense
	last := 0.0
	for range 300 {
		z.Reset()
		z.Mul(s, q)
		var svd mat.SVD
		if !svd.Factorize(&z, mat.SVDThinU) {
			return nil, nil, fmt.Errorf("principal components: the decomposition did not converge")
		}
		q.Reset()
		svd.UTo(q)
		v := svd.Values(nil)
		sum := v[0] + v[min(1, k-1)]
		if math.Abs(sum-last) <= 1e-8*sum {
			break
		}
		last = sum
	}
	values, rotation, err := inside(s, q)
	if err != nil {
		return nil, nil, err
	}
	turned.Mul(q, rotation)
	return values, &turned, nil
}

// inside decomposes s within the space of q's orthonormal columns, largest eigenvalue first.
func inside(s, q *mat.Dense) ([]float64, *mat.Dense, error) {
	_, k := q.Dims()
	var sq, b mat.Dense
	sq.Mul(s, q)
	b.Mul(q.T(), &sq)
	sym := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			sym.SetSym(i, j, (b.At(i, j)+b.At(j, i))/2)
		}
	}
	var eig mat.EigenSym
	if !eig.Factorize(sym, true) {
		return nil, nil, fmt.Errorf("principal components: the decomposition did not converge")
	}
	var v mat.Dense
	eig.VectorsTo(&v)
	up := eig.Values(nil) // smallest first
	values, rotation := make([]float64, k), mat.NewDense(k, k, nil)
	for c := range k {
		values[c] = up[k-1-c]
		for i := range k {
			rotation.Set(i, c, v.At(i, k-1-c))
		}
	}
	return values, rotation, nil
}

// turn makes the largest coordinate of a component positive.
func (p *projection) turn(c int) {
	far := 0.0
	for _, a := range p.At {
		if math.Abs(a[c]) > math.Abs(far)*(1+1e-9) {
			far = a[c]
		}
	}
	if far >= 0 {
		return
	}
	for i := range p.At {
		p.At[i][c] = -p.At[i][c]
	}
}
