package window

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

// The references here walk over indices, one window and one number at a time, as GoMLX's Go backend does.

// each calls f with every index of an array, in order, and its place.
func each(dims []int, f func(index []int, at int)) {
	index := make([]int, len(dims))
	for at := range product(dims) {
		f(index, at)
		for i := len(dims) - 1; i >= 0; i-- {
			if index[i]++; index[i] < dims[i] {
				break
			}
			index[i] = 0
		}
	}
}

// flat is where an index lies; ok is false outside.
func flat(dims, index []int) (at int, ok bool) {
	for i, d := range dims {
		if index[i] < 0 || index[i] >= d {
			return 0, false
		}
		at = at*d + index[i]
	}
	return at, true
}

func isNaN(v float32) bool { return v != v }

// same says whether two numbers are the same, any NaN for a NaN.
func same(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || isNaN(a) && isNaN(b)
}

// numbers are n floats, of which some are tied, zeros of both signs, infinite or NaN.
func numbers(t *rapid.T, n int) []float32 {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	special := rapid.IntRange(0, 2).Draw(t, "special")
	x := make([]float32, n)
	list := []float32{0, float32(math.Copysign(0, -1)), 1, -1, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())}
	for i := range x {
		switch {
		case special == 1 && r.IntN(8) == 0:
			x[i] = list[r.IntN(len(list))]
		case special == 2:
			x[i] = float32(r.IntN(3))
		default:
			x[i] = float32(r.NormFloat64())
		}
	}
	return x
}

// workers runs f with one and with several processors; what it makes must be the same.
func workers(t *rapid.T, n int, f func(dst []float32)) []float32 {
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	one, several := make([]float32, n), make([]float32, n)
	for i := range one {
		one[i], several[i] = -77, -77 // memory is not zero at first
	}
	f(one)
	runtime.GOMAXPROCS(4)
	f(several)
	for i, v := range one {
		if math.Float32bits(v) != math.Float32bits(several[i]) {
			t.Fatalf("number %d of %d is %g with one worker, %g with 4", i, n, v, several[i])
		}
	}
	return one
}

// small makes tasks small, so that little arrays have many.
func small(t *testing.T) {
	size, over := taskSize, overlap
	t.Cleanup(func() { taskSize, overlap = size, over })
	taskSize, overlap = 32, 1
}

// windows draws an array and windows on it.
func windows(t *rapid.T, dilated bool) (dims []int, c Config) {
	rank := rapid.IntRange(0, 5).Draw(t, "rank")
	total := 1
	for range rank {
		d := rapid.SampledFrom([]int{0, 1, 2, 3, 5, 8, 13, 16, 33}).Draw(t, "dim")
		d = max(min(1, d), min(d, 3000/max(1, total)))
		size, stride, gap, dilation, pad := 1, 1, 1, 1, [2]int{}
		if rapid.Bool().Draw(t, "window") {
			size, stride = rapid.IntRange(1, 4).Draw(t, "size"), rapid.IntRange(1, 3).Draw(t, "stride")
			pad = [2]int{rapid.IntRange(-1, 3).Draw(t, "before"), rapid.IntRange(-1, 3).Draw(t, "after")}
			if dilated {
				gap, dilation = rapid.IntRange(1, 3).Draw(t, "gap"), rapid.IntRange(1, 3).Draw(t, "dilation")
			}
		}
		for (d-1)*gap+1+pad[0]+pad[1] < (size-1)*dilation+1 {
			pad[1]++
		}
		dims = append(dims, d)
		total *= max(1, d)
		c.Size, c.Strides = append(c.Size, size), append(c.Strides, stride)
		c.BaseDilation, c.WindowDilation = append(c.BaseDilation, gap), append(c.WindowDilation, dilation)
		c.Padding = append(c.Padding, pad)
	}
	return dims, c
}

// outDims are the numbers of windows, by GoMLX's formula.
func outDims(dims []int, c Config) []int {
	var out []int
	for i, d := range dims {
		span := (d-1)*c.BaseDilation[i] + 1 + c.Padding[i][0] + c.Padding[i][1]
		out = append(out, (span-((c.Size[i]-1)*c.WindowDilation[i]+1))/c.Strides[i]+1)
	}
	return out
}

// inWindow calls f for each element in the window at index, in order.
func inWindow(dims []int, c Config, index []int, f func(at int)) {
	from := make([]int, len(dims))
	each(c.Size, func(w []int, _ int) {
		for i := range dims {
			x := index[i]*c.Strides[i] - c.Padding[i][0] + w[i]*c.WindowDilation[i]
			if x < 0 || x%c.BaseDilation[i] != 0 {
				return
			}
			from[i] = x / c.BaseDilation[i]
		}
		if at, ok := flat(dims, from); ok {
			f(at)
		}
	})
}
