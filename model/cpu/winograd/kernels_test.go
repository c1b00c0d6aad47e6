package winograd

import (
	"math"
	"math/rand/v2"
	"testing"

	"fashionpipe/internal/simd"
)

// levels are the transforms of all levels this machine has.
func levels() map[simd.Level][2]*kernels {
	all := map[simd.Level][2]*kernels{}
	for l := simd.None; l <= simd.Best(); l++ {
		four, two := forLevel(l)
		all[l] = [2]*kernels{four, two}
	}
	return all
}

// Every transform is T·D·Tᵀ, with T found from the plain form of the vector: here in float64, from its columns.
func matrixOf(f func(*line), in, out int) [][]float64 {
	t := make([][]float64, out)
	for k := range t {
		t[k] = make([]float64, in)
		for i := range in {
			var unit line
			unit[i][0] = 1
			f(&unit)
			t[k][i] = float64(unit[k][0])
		}
	}
	return t
}

func sandwich(t [][]float64, d []float64) []float64 {
	in, out := len(t[0]), len(t)
	r := make([]float64, out*out)
	for k := range out {
		for l := range out {
			for i := range in {
				for j := range in {
					r[k*out+l] += t[k][i] * d[i*in+j] * t[l][j]
				}
			}
		}
	}
	return r
}

const guard = -12345

func TestSpread(t *testing.T) {
	for level, k := range levels() {
		for _, c := range []struct {
			name    string
			f       spread
			t       func(*line)
			in, out int
		}{
			{"input6", k[0].input, input6, 6, 6}, {"weights6", k[0].weights, weights6, 3, 6}, {"gradient6", k[0].gradient, gradient6, 4, 6},
			{"input4", k[1].input, input4, 4, 4}, {"weights4", k[1].weights, weights4, 3, 4},
		} {
			for _, n := range []int{1, 3, 8, 9, 15, 16, 17, 31, 32, 50} {
				if n < k[0].lanes {
					continue
				}
				r := rand.New(rand.NewPCG(1, uint64(n)))
				const first = 3
				src, data, stride := make([]*float32, c.in*c.in), normal(r, c.in*c.in*n+first, 0), n+5
				for i := range src {
					src[i] = &data[i*n]
				}
				dst := filled(c.out*c.out*stride + 1)
				c.f(&dst[0], stride, &src[0], first, n)
				for ch := range n {
					want := sandwich(matrixOf(c.t, c.in, c.out), channel(data[first:], n, ch, c.in*c.in))
					for i, v := range want {
						if got := dst[i*stride+ch]; math.Abs(float64(got)-v) > 2e-5 {
							t.Fatalf("%s %s: channel %d of %d, plane %d: %g, want %g", c.name, level, ch, n, i, got, v)
						}
					}
				}
				for i, v := range dst {
					if (i%stride >= n || i/stride >= c.out*c.out) && v != guard {
						t.Fatalf("%s %s: wrote past %d channels, at %d", c.name, level, n, i)
					}
				}
			}
		}
	}
}

func TestGather(t *testing.T) {
	for level, k := range levels() {
		for _, c := range []struct {
			name    string
			f       gather
			t       func(*line)
			in, out int
		}{
			{"output6", k[0].output, output6, 6, 4}, {"taps6", k[0].taps, taps6, 6, 3}, {"output4", k[1].output, output4, 4, 2},
		} {
			for _, n := range []int{1, 3, 8, 9, 15, 16, 17, 31, 32, 50} {
				if n < k[0].lanes {
					continue
				}
				r := rand.New(rand.NewPCG(2, uint64(n)))
				stride := n + 3
				src, dst, to := normal(r, c.in*c.in*stride, 0), filled(c.out*c.out*(n+1)), make([]*float32, c.out*c.out)
				for i := range to {
					to[i] = &dst[i*(n+1)]
				}
				c.f(&to[0], &src[0], stride, n)
				for ch := range n {
					want := sandwich(matrixOf(c.t, c.in, c.out), channel(src, stride, ch, c.in*c.in))
					for i, v := range want {
						if got := dst[i*(n+1)+ch]; math.Abs(float64(got)-v) > 1e-4 {
							t.Fatalf("%s %s: channel %d of %d, element %d: %g, want %g", c.name, level, ch, n, i, got, v)
						}
					}
				}
				for i := range to {
					if dst[i*(n+1)+n] != guard {
						t.Fatalf("%s %s: wrote past %d channels, element %d", c.name, level, n, i)
					}
				}
			}
		}
	}
}

func filled(n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = guard
	}
	return s
}

func channel(data []float32, stride, ch, n int) []float64 {
	d := make([]float64, n)
	for i := range d {
		d[i] = float64(data[i*stride+ch])
	}
	return d
}

// The matrices are Winograd's: output of products of input and taps is the filter, exactly but for rounding.
func TestIdentity(t *testing.T) {
	for _, c := range []struct {
		name                   string
		input, weights, output func(*line)
		points, taps, outputs  int
	}{
		{"F(4,3)", input6, weights6, output6, 6, 3, 4},
		{"F(3,4)", input6, gradient6, taps6, 6, 4, 3},
		{"F(2,3)", input4, weights4, output4, 4, 3, 2},
	} {
		r := rand.New(rand.NewPCG(3, 0))
		var d, g, m line
		for i, v := range normal(r, c.points, 0) {
			d[i][0] = v
		}
		for i, v := range normal(r, c.taps, 0) {
			g[i][0] = v
		}
		v, u := d, g
		c.input(&v)
		c.weights(&u)
		for i := range m {
			m[i][0] = v[i][0] * u[i][0]
		}
		c.output(&m)
		for o := range c.outputs {
			want := 0.0
			for i := range c.taps {
				want += float64(d[o+i][0]) * float64(g[i][0])
			}
			if math.Abs(float64(m[o][0])-want) > 1e-5 {
				t.Errorf("%s: output %d is %g, want %g", c.name, o, m[o][0], want)
			}
		}
	}
}
