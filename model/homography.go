package model

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// matrix is a homography of the plane, row by row.
type matrix [9]float64

func (m matrix) dense() *mat.Dense { return mat.NewDense(3, 3, m[:]) }

// times is m·o: o first.
func (m matrix) times(o matrix) (out matrix) {
	mat.NewDense(3, 3, out[:]).Mul(m.dense(), o.dense())
	return out
}

// flat gives the first eight numbers of m, with the ninth 1.
func flat(m matrix) []float64 {
	for i := range m {
		m[i] /= m[8]
	}
	return m[:8]
}

// square are the corners of an image around its middle, its edge being 1: top left, top right, bottom right, bottom left.
var square = [4][2]float64{{-0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}, {-0.5, 0.5}}

// perspective is where the pixels come from when an image's corners go to the given ones, no three of which may lie in
// a line. As in torchvision, it solves x·X⁻ = a·x + b·y + c and so on for the eight coefficients.
func perspective(corners [4][2]float64) (m matrix) {
	a, b := mat.NewDense(8, 8, nil), mat.NewVecDense(8, nil)
	for i, from := range square {
		x, y := corners[i][0], corners[i][1]
		a.SetRow(2*i, []float64{x, y, 1, 0, 0, 0, -x * from[0], -y * from[0]})
		a.SetRow(2*i+1, []float64{0, 0, 0, x, y, 1, -x * from[1], -y * from[1]})
		b.SetVec(2*i, from[0])
		b.SetVec(2*i+1, from[1])
	}
	solution := mat.NewVecDense(8, m[:8])
	if err := solution.SolveVec(a, b); err != nil {
		panic(fmt.Sprintf("model: corners %v: %v", corners, err))
	}
	m[8] = 1
	return m
}
