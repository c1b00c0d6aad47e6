package array

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTranspose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, dims := rapid.SampledFrom(sizes).Draw(t, "size"), dimensions(t)
		perm := permutation(t, len(dims))
		to := make([]int, len(dims))
		for i, p := range perm {
			to[i] = dims[p]
		}
		src := filled(product(dims), size)
		want := make([]byte, len(src))
		from := make([]int, len(dims))
		each(to, func(index []int, at int) {
			for i, p := range perm {
				from[p] = index[i]
			}
			copy(element(want, size, at), element(src, size, flat(dims, from)))
		})
		got := workers(t, func() []byte {
			dst := make([]byte, len(src))
			Transpose(size, dims, perm).Do(dst, src)
			return dst
		})
		equal(t, got, want, size, to)
	})
}

func TestTransposeLarge(t *testing.T) {
	for _, size := range sizes {
		for _, dims := range [][]int{{3, 70, 1100}, {3, 1100, 70}, {2, 3, 30000}, {2, 30000, 3}, {1, 513, 257}} {
			src := filled(product(dims), size)
			got := workers(t, func() []byte {
				dst := make([]byte, len(src))
				Transpose(size, dims, []int{0, 2, 1}).Do(dst, src)
				return dst
			})
			each(dims, func(i []int, at int) {
				to := (i[0]*dims[2]+i[2])*dims[1] + i[1]
				if string(element(got, size, to)) != string(element(src, size, at)) {
					t.Fatalf("%v, size %d: element %v", dims, size, i)
				}
			})
		}
	}
}

func TestReverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, dims := rapid.SampledFrom(sizes).Draw(t, "size"), dimensions(t)
		var axes []int
		for i := range dims {
			if rapid.Bool().Draw(t, "reversed") {
				axes = append(axes, i)
			}
		}
		src := filled(product(dims), size)
		want := make([]byte, len(src))
		each(dims, func(index []int, at int) {
			from := slices.Clone(index)
			for _, a := range axes {
				from[a] = dims[a] - 1 - from[a]
			}
			copy(element(want, size, at), element(src, size, flat(dims, from)))
		})
		got := workers(t, func() []byte {
			dst := make([]byte, len(src))
			Reverse(size, dims, axes).Do(dst, src)
			return dst
		})
		equal(t, got, want, size, dims)
	})
}

func TestSlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, dims := rapid.SampledFrom(sizes).Draw(t, "size"), dimensions(t)
		var starts, limits, steps, to []int
		for _, d := range dims {
			start := rapid.IntRange(0, d).Draw(t, "start")
			limit := rapid.IntRange(start, d).Draw(t, "limit")
			step := rapid.IntRange(1, 3).Draw(t, "step")
			starts, limits, steps = append(starts, start), append(limits, limit), append(steps, step)
			n := 0
			for i := start; i < limit; i += step {
				n++
			}
			to = append(to, n)
		}
		src := filled(product(dims), size)
		want := make([]byte, product(to)*size)
		each(to, func(index []int, at int) {
			from := make([]int, len(dims))
			for i := range from {
				from[i] = starts[i] + index[i]*steps[i]
			}
			copy(element(want, size, at), element(src, size, flat(dims, from)))
		})
		got := workers(t, func() []byte {
			dst := make([]byte, len(want))
			Slice(size, dims, starts, limits, steps).Do(dst, src)
			return dst
		})
		equal(t, got, want, size, to)
	})
}

func TestBroadcast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, to := rapid.SampledFrom(sizes).Draw(t, "size"), dimensions(t)
		var dims, axes []int
		for i, d := range to {
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 1:
				d = 1
				fallthrough
			case 2:
				dims, axes = append(dims, d), append(axes, i)
			}
		}
		src := filled(product(dims), size)
		want := make([]byte, product(to)*size)
		each(to, func(index []int, at int) {
			from := make([]int, len(dims))
			for i, a := range axes {
				if dims[i] != 1 {
					from[i] = index[a]
				}
			}
			copy(element(want, size, at), element(src, size, flat(dims, from)))
		})
		got := workers(t, func() []byte {
			dst := make([]byte, len(want))
			Broadcast(size, dims, to, axes).Do(dst, src)
			return dst
		})
		equal(t, got, want, size, to)
	})
}

func TestPad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, dims := rapid.SampledFrom(sizes).Draw(t, "size"), dimensions(t)
		var paddings []Padding
		var to []int
		total := 1
		for i, d := range dims {
			p := Padding{rapid.IntRange(-3, 3).Draw(t, "start"), rapid.IntRange(-3, 3).Draw(t, "end"), 0}
			if total*d < 5000 {
				p.Interior = rapid.IntRange(0, 2).Draw(t, "interior")
			}
			if rapid.IntRange(0, 2).Draw(t, "none") == 0 {
				p = Padding{}
			}
			n := d + p.Start + p.End + max(0, d-1)*p.Interior
			if n < 0 {
				p = Padding{}
				n = d
			}
			paddings, to = append(paddings, p), append(to, n)
			total *= to[i]
		}
		src, value := filled(product(dims), size), filled(3, size)[2*size:]
		want := make([]byte, product(to)*size)
		each(to, func(index []int, at int) {
			from, inside := make([]int, len(dims)), true
			for i, p := range paddings {
				x := index[i] - p.Start
				inside = inside && x >= 0 && x%(p.Interior+1) == 0 && x/(p.Interior+1) < dims[i]
				from[i] = x / (p.Interior + 1)
			}
			v := value
			if inside {
				v = element(src, size, flat(dims, from))
			}
			copy(element(want, size, at), v)
		})
		got := workers(t, func() []byte {
			dst := make([]byte, len(want))
			NewPad(size, dims, paddings...).Do(dst, src, value)
			return dst
		})
		equal(t, got, want, size, to)
	})
}

func TestConcatenate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, dims := rapid.SampledFrom(sizes).Draw(t, "size"), dimensions(t)
		if len(dims) == 0 {
			dims = []int{1}
		}
		axis := rapid.IntRange(0, len(dims)-1).Draw(t, "axis")
		var arrays [][]int
		var data [][]byte
		to := slices.Clone(dims)
		to[axis] = 0
		for k := range rapid.IntRange(1, 4).Draw(t, "count") {
			d := slices.Clone(dims)
			d[axis] = rapid.IntRange(0, 5).Draw(t, "n")
			to[axis] += d[axis]
			arrays = append(arrays, d)
			data = append(data, filled((k+1)*product(d), size)[k*product(d)*size:])
		}
		want := make([]byte, product(to)*size)
		each(to, func(index []int, at int) {
			from, k := slices.Clone(index), 0
			for from[axis] >= arrays[k][axis] {
				from[axis] -= arrays[k][axis]
				k++
			}
			copy(element(want, size, at), element(data[k], size, flat(arrays[k], from)))
		})
		got := workers(t, func() []byte {
			dst := make([]byte, len(want))
			Concatenate(size, axis, arrays...).Do(dst, data...)
			return dst
		})
		equal(t, got, want, size, to)
	})
}

func TestDynamic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, dims := rapid.SampledFrom(sizes).Draw(t, "size"), dimensions(t)
		var sizesOf, starts, clamped []int
		for _, d := range dims {
			n := rapid.IntRange(0, d).Draw(t, "n")
			start := rapid.IntRange(-2, d+2).Draw(t, "start")
			sizesOf, starts = append(sizesOf, n), append(starts, start)
			clamped = append(clamped, max(0, min(start, d-n)))
		}
		whole := filled(product(dims), size)
		box := make([]byte, product(sizesOf)*size)
		DynamicSlice(size, dims, sizesOf).Do(box, whole, starts)
		update := filled(2*product(sizesOf), size)[product(sizesOf)*size:]
		updated := slices.Clone(whole)
		DynamicUpdate(size, dims, sizesOf).Do(updated, update, starts)
		want := slices.Clone(whole)
		each(sizesOf, func(index []int, at int) {
			from := make([]int, len(dims))
			for i := range from {
				from[i] = clamped[i] + index[i]
			}
			k := flat(dims, from)
			if g, w := element(box, size, at), element(whole, size, k); string(g) != string(w) {
				t.Fatalf("slice at %v: %x, not %x", index, g, w)
			}
			copy(element(want, size, k), element(update, size, at))
		})
		equal(t, updated, want, size, dims)
	})
}

// TestUnaligned reads and writes elements at addresses that no larger element may have.
func TestUnaligned(t *testing.T) {
	src, dst := filled(101, 2)[2:], make([]byte, 202)[2:]
	Transpose(2, []int{5, 5, 4}, []int{1, 0, 2}).Do(dst, src)
	for i := range 5 {
		for j := range 5 {
			for k := range 4 {
				if string(element(dst, 2, (j*5+i)*4+k)) != string(element(src, 2, (i*5+j)*4+k)) {
					t.Fatalf("element %d %d %d", i, j, k)
				}
			}
		}
	}
}

func TestRefusesArraysOfAnotherSize(t *testing.T) {
	m := Transpose(4, []int{3, 5}, []int{1, 0})
	for _, lengths := range [][2]int{{56, 60}, {60, 56}, {0, 60}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d bytes moved to %d", lengths[1], lengths[0])
				}
			}()
			m.Do(make([]byte, lengths[0]), make([]byte, lengths[1]))
		}()
	}
}

func BenchmarkCopy(b *testing.B) {
	src, dst := filled(16*64*56*56, 4), make([]byte, 16*64*56*56*4)
	bench(b, 2*len(src), func() { copy(dst, src) })
}

func BenchmarkTranspose(b *testing.B) {
	for _, size := range []int{1, 2, 4, 8} {
		for _, c := range []struct {
			name       string
			dims, perm []int
		}{
			{"NCHW-NHWC", []int{16, 64, 56, 56}, []int{0, 2, 3, 1}},
			{"NHWC-NCHW", []int{16, 56, 56, 64}, []int{0, 3, 1, 2}},
			{"OIHW-HWIO", []int{512, 512, 3, 3}, []int{2, 3, 1, 0}},
			{"NHWC-HWNC", []int{16, 56, 56, 64}, []int{1, 2, 0, 3}},
			{"NHWC3-NCHW", []int{16, 224, 224, 3}, []int{0, 3, 1, 2}},
			{"NCHW-NHWC3", []int{16, 3, 224, 224}, []int{0, 2, 3, 1}},
			{"square", []int{2048, 2048}, []int{1, 0}},
		} {
			src := filled(product(c.dims), size)
			dst := make([]byte, len(src))
			m := Transpose(size, c.dims, c.perm)
			b.Run(fmt.Sprintf("%s/%d", c.name, size), func(b *testing.B) { bench(b, 2*len(src), func() { m.Do(dst, src) }) })
		}
	}
}

func BenchmarkPad(b *testing.B) {
	dims := []int{16, 56, 56, 64}
	src := filled(product(dims), 4)
	for _, p := range [][]Padding{
		{{}, {1, 1, 0}, {1, 1, 0}},
		{{}, {1, 1, 1}, {1, 1, 1}},
		{{}, {-1, -1, 0}, {-1, -1, 0}},
	} {
		to := 16 * 64
		for i := 1; i < 3; i++ {
			to *= 56 + p[i].Start + p[i].End + 55*p[i].Interior
		}
		dst := make([]byte, to*4)
		m := NewPad(4, dims, p...)
		b.Run(fmt.Sprint(p[1]), func(b *testing.B) { bench(b, len(src)+len(dst), func() { m.Do(dst, src, src[:4]) }) })
	}
}

func BenchmarkBroadcast(b *testing.B) {
	to := []int{16, 56, 56, 64}
	dst := make([]byte, product(to)*4)
	for _, axes := range [][]int{{}, {3}, {0}, {0, 3}} {
		var dims []int
		for _, a := range axes {
			dims = append(dims, to[a])
		}
		src := filled(product(dims), 4)
		m := Broadcast(4, dims, to, axes)
		b.Run(fmt.Sprint(axes), func(b *testing.B) { bench(b, len(dst), func() { m.Do(dst, src) }) })
	}
}

// TestSmallUnits repeats the tests with arrays cut into many units and tasks.
func TestSmallUnits(t *testing.T) {
	unit, task, long := unitBytes, taskBytes, tileLong
	defer func() { unitBytes, taskBytes, tileLong = unit, task, long }()
	unitBytes, taskBytes, tileLong = 64, 256, 24
	t.Run("Transpose", TestTranspose)
	t.Run("Reverse", TestReverse)
	t.Run("Slice", TestSlice)
	t.Run("Broadcast", TestBroadcast)
	t.Run("Pad", TestPad)
	t.Run("Concatenate", TestConcatenate)
	t.Run("Dynamic", TestDynamic)
	t.Run("Gather", TestGather)
	t.Run("Scatter", TestScatter)
}
