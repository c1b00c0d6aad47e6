package nearest

import "math"

// The conversions float64(e*e) below keep compilers from fusing a multiplication with an addition on the machines that
// could, which would change the last bit there.

// SquaredL2 is ‖x−y‖² of two rows of equal length, in float64 throughout. Its order of summation is fixed.
func SquaredL2(x, y []float32) float64 { return scaledSquares(x, 1, y, 1) }

// scaledSquares is ‖f·x − g·y‖².
func scaledSquares(x []float32, f float64, y []float32, g float64) float64 {
	var a, b, c, d float64
	y = y[:len(x)]
	i := 0
	for ; i+4 <= len(x); i += 4 {
		p, q := x[i:i+4:i+4], y[i:i+4:i+4]
		e0 := float64(float64(p[0])*f) - float64(float64(q[0])*g)
		e1 := float64(float64(p[1])*f) - float64(float64(q[1])*g)
		e2 := float64(float64(p[2])*f) - float64(float64(q[2])*g)
		e3 := float64(float64(p[3])*f) - float64(float64(q[3])*g)
		a += float64(e0 * e0)
		b += float64(e1 * e1)
		c += float64(e2 * e2)
		d += float64(e3 * e3)
	}
	for ; i < len(x); i++ {
		e := float64(float64(x[i])*f) - float64(float64(y[i])*g)
		a += float64(e * e)
	}
	return (a + b) + (c + d)
}

// SquaredToCentre is ‖x−c‖² of a row and a point given in float64, in a fixed order of summation.
func SquaredToCentre(x []float32, c []float64) float64 {
	var s [4]float64
	c = c[:len(x)]
	i := 0
	for ; i+4 <= len(x); i += 4 {
		p, q := x[i:i+4:i+4], c[i:i+4:i+4]
		e0, e1, e2, e3 := float64(p[0])-q[0], float64(p[1])-q[1], float64(p[2])-q[2], float64(p[3])-q[3]
		s[0] += float64(e0 * e0)
		s[1] += float64(e1 * e1)
		s[2] += float64(e2 * e2)
		s[3] += float64(e3 * e3)
	}
	for ; i < len(x); i++ {
		e := float64(x[i]) - c[i]
		s[0] += float64(e * e)
	}
	return (s[0] + s[1]) + (s[2] + s[3])
}

// Norm is ‖x‖.
func Norm(x []float32) float64 {
	var s float64
	for _, v := range x {
		s += float64(float64(v) * float64(v))
	}
	return math.Sqrt(s)
}
