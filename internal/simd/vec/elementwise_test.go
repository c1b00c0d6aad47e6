package vec

import (
	"math/big"
	"slices"
	"testing"

	"fashionpipe/internal/simd"
	"pgregory.net/rapid"
)

var all = slices.Concat(exact, fused, functions)

// mulAdd is a·b + c as the level at work rounds it.
func mulAdd(a, b, c float32) float32 {
	p := float64(a) * float64(b) // exact
	if level == simd.None {
		return float32(p) + c
	}
	if sum := p + float64(c); sum-sum != 0 || p == 0 || sum == 0 {
		return float32(sum) // NaN, infinities, signs of zero
	}
	exact := new(big.Float).SetPrec(2000).Add(big.NewFloat(p).SetPrec(2000), big.NewFloat(float64(c)))
	f, _ := exact.Float32()
	return f
}

// Every length, in memory with guards, with dst apart from the operands and dst being one of them.
func TestEveryLength(t *testing.T) {
	dst := newPlace[float32](t, -77)
	operands := []*place[float32]{newPlace[float32](t, -77), newPlace[float32](t, -77), newPlace[float32](t, -77)}
	atEachLevel(t, func(t *testing.T) {
		r := random(1)
		for _, o := range all {
			whole := [][]float32{numbers(r, 140), numbers(r, 140), numbers(r, 140)}[:o.in]
			want := make([]float32, 140)
			o.run(want, whole, 1.25) // the values are checked elsewhere: here, that they don't depend on the place
			for n := range 140 {
				for where := range places {
					for alias := -1; alias < o.in; alias++ {
						in := make([][]float32, o.in)
						for j := range in {
							in[j] = operands[j].put(where, whole[j][:n])
						}
						to := dst.put(where, make([]float32, n))
						if alias >= 0 {
							to = in[alias]
						}
						o.run(to, in, 1.25)
						for i := range n {
							if bits(to[i]) != bits(want[i]) && !(isNaN(to[i]) && isNaN(want[i])) {
								t.Fatalf("%s, %d numbers, place %d, dst = operand %d: number %d is %g, not %g", o.name, n, where, alias, i, to[i], want[i])
							}
						}
						for j := range in {
							if j != alias && !sameBits(in[j], whole[j][:n]) {
								t.Fatalf("%s: operand %d was changed", o.name, j)
							}
							operands[j].clear(t, where, n)
						}
						dst.clear(t, where, n)
					}
				}
			}
		}
	})
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(a, b float32) bool { return bits(a) == bits(b) })
}

// Every pair of special numbers, as slices and as slice and scalar.
func TestSpecials(t *testing.T) {
	atEachLevel(t, func(t *testing.T) {
		n := len(specials)
		a, b := make([]float32, 0, n*n), make([]float32, 0, n*n)
		for _, v := range specials {
			for _, w := range specials {
				a, b = append(a, v), append(b, w)
			}
		}
		c := slices.Clone(b)
		slices.Reverse(c)
		for _, o := range slices.Concat(exact, fused) {
			for _, s := range specials {
				checkValues(t, o, [][]float32{a, b, c}[:o.in], s)
			}
		}
	})
}

func checkValues(t *testing.T, o op, in [][]float32, s float32) {
	t.Helper()
	n := 100
	if o.in > 0 {
		n = len(in[0])
	}
	dst := make([]float32, n)
	o.run(dst, in, s)
	args := make([]float32, o.in)
	for i, v := range dst {
		for j := range args {
			args[j] = in[j][i]
		}
		if want := o.want(args, s); !same(v, want) {
			t.Fatalf("%s of %g and %g is %g (%08x), not %g (%08x)", o.name, args, s, v, bits(v), want, bits(want))
		}
	}
}

// Any numbers, any lengths.
func TestAnyNumbers(t *testing.T) {
	atEachLevel(t, func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			r := random(rapid.Uint64().Draw(rt, "seed"))
			n := rapid.IntRange(0, 300).Draw(rt, "n")
			o := rapid.SampledFrom(slices.Concat(exact, fused)).Draw(rt, "op")
			checkValues(t, o, [][]float32{numbers(r, n), numbers(r, n), numbers(r, n)}[:o.in], numbers(r, 1)[0])
		})
	})
}

func TestLengthsMustAgree(t *testing.T) {
	atEachLevel(t, func(t *testing.T) {
		for _, o := range all {
			for j := range o.in {
				for _, n := range []int{7, 9} {
					in := [][]float32{make([]float32, 8), make([]float32, 8), make([]float32, 8)}[:o.in]
					in[j] = make([]float32, n, 16)
					if !panics(func() { o.run(make([]float32, 8), in, 1) }) {
						t.Errorf("%s: no panic when operand %d has %d numbers for 8", o.name, j, n)
					}
				}
			}
		}
	})
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return
}
