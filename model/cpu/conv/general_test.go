package conv

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawGeneral draws a convolution over one or two spatial axes, all axes in any order, half of the time in one of the two
// orders that need no turning.
func drawGeneral(t *rapid.T) General {
	n := func(lo, hi int, name string) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	spatial := n(1, 2, "spatial axes")
	axes := func(name string) []int {
		return rapid.Permutation([]int{0, 1, 2, 3}[:spatial+2]).Draw(t, name)
	}
	in, kernel, out := axes("input"), axes("kernel"), axes("output")
	switch n(0, 3, "form") {
	case 0: // images with channels innermost
		in = append([]int{0, spatial + 1}, []int{1, 2}[:spatial]...)
		out = in
	case 1: // gradient of weights
		in = append([]int{spatial + 1, 0}, []int{1, 2}[:spatial]...)
		kernel = append([]int{0, spatial + 1}, []int{1, 2}[:spatial]...)
	}
	g := General{
		Input: make([]int, spatial+2), Kernel: make([]int, spatial+2), Output: make([]int, spatial+2),
		InputBatch: in[0], InputChannels: in[1], InputSpatial: in[2:],
		KernelIn: kernel[0], KernelOut: kernel[1], KernelSpatial: kernel[2:],
		OutputBatch: out[0], OutputChannels: out[1], OutputSpatial: out[2:],
		Groups: 1, BatchGroups: 1,
	}
	for _, a := range g.KernelSpatial {
		if n(0, 3, "reversed") == 0 {
			g.Reversed = append(g.Reversed, a)
		}
	}
	switch n(0, 5, "groups") {
	case 0:
		g.Groups = 2
	case 1:
		g.BatchGroups = 2
	}
	ci := n(1, 5, "channels in")
	g.Output[g.OutputBatch] = n(1, 4, "batch")
	g.Input[g.InputBatch] = g.Output[g.OutputBatch] * g.BatchGroups
	g.Input[g.InputChannels], g.Kernel[g.KernelIn] = ci*g.Groups, ci
	g.Kernel[g.KernelOut] = n(1, 5, "channels out") * g.Groups * g.BatchGroups
	g.Output[g.OutputChannels] = g.Kernel[g.KernelOut]
	for i := range spatial {
		s, d, k := n(1, 3, "stride"), n(1, 3, "dilation"), n(1, 3, "input dilation")
		in, kernel := n(1, 8, "size"), n(1, 8, "kernel")
		span := (kernel-1)*d + 1
		low := n(-2, 3, "padding before")
		high := max(n(-2, 3, "padding after"), span-(in-1)*k-1-low)
		g.Strides, g.KernelDilations, g.InputDilations = append(g.Strides, s), append(g.KernelDilations, d), append(g.InputDilations, k)
		g.Paddings = append(g.Paddings, [2]int{low, high})
		g.Input[g.InputSpatial[i]], g.Kernel[g.KernelSpatial[i]] = in, kernel
		g.Output[g.OutputSpatial[i]] = ((in-1)*k+1+low+high-span)/s + 1
	}
	return g
}

func TestFromGeneral(t *testing.T) {
	forms := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		g := drawGeneral(t)
		x, k := make([]float32, product(g.Input)), make([]float32, product(g.Kernel))
		random(x, 1)
		random(k, 2)
		n, ok := FromGeneral(g)
		if !ok {
			if len(g.Reversed) == 0 || !n.Gradient {
				t.Fatal("declined")
			}
			return
		}
		forms[n.Gradient]++
		got := runNative(t, n, g, x, k)
		for i, want := range generalReference(g, x, k) {
			if float64(got[i]) != want {
				t.Fatalf("output %d: %v, want %v", i, got[i], want)
			}
		}
	})
	if forms[true] == 0 || forms[false] == 0 {
		t.Errorf("forms seen: %v", forms)
	}
}

func TestFromGeneralDeclines(t *testing.T) {
	if _, ok := FromGeneral(General{InputSpatial: []int{1, 2, 3}}); ok {
		t.Error("took three spatial axes")
	}
}

// TestFromGeneralTurnsNothing checks the forms that GoMLX's autodiff writes for images with channels innermost.
func TestFromGeneralTurnsNothing(t *testing.T) {
	forward := General{
		Input: []int{2, 9, 8, 3}, Kernel: []int{5, 3, 3, 3}, Output: []int{2, 9, 8, 5},
		InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3, KernelOut: 0, KernelIn: 1, KernelSpatial: []int{2, 3},
		OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3, Paddings: [][2]int{{1, 1}, {1, 1}},
	}
	gradient := General{
		Input: []int{2, 9, 8, 3}, Kernel: []int{2, 9, 8, 5}, Output: []int{5, 3, 3, 3},
		InputBatch: 3, InputSpatial: []int{1, 2}, InputChannels: 0, KernelOut: 3, KernelIn: 0, KernelSpatial: []int{1, 2},
		OutputBatch: 1, OutputSpatial: []int{2, 3}, OutputChannels: 0, Paddings: [][2]int{{1, 1}, {1, 1}},
	}
	for _, g := range []General{forward, gradient} {
		n, _ := FromGeneral(g)
		if n.ToInput != nil || n.ToKernel != nil || n.ToOutput != nil {
			t.Errorf("%+v turns operands", n)
		}
		if n.Gradient != (g.InputBatch == 3) {
			t.Errorf("%+v: wrong form", n)
		}
	}
}

func runNative(t failer, n Native, g General, x, k []float32) []float32 {
	x, k = permute(x, g.Input, n.ToInput), permute(k, g.Kernel, n.ToKernel)
	w := n.Weights
	out := make([]float32, product(g.Output))
	if n.Gradient {
		w.Data = out
		runGradient(t, n.Shape, &w, x, k, 2)
		return w.Data
	}
	w.Data = k
	y := runForward(t, n.Shape, x, w, 2)
	if n.ToOutput == nil {
		return y
	}
	made := make([]int, len(g.Output))
	for i, a := range n.ToOutput {
		made[a] = g.Output[i]
	}
	return permute(y, made, n.ToOutput)
}

// permute gives axis i of the result axis order[i] of x.
func permute(x []float32, dims, order []int) []float32 {
	if order == nil {
		return x
	}
	out := make([]float32, 0, len(x))
	index := make([]int, len(dims))
	for range x {
		at := 0
		for a, d := range dims {
			at = at*d + index[a]
		}
		out = append(out, x[at])
		for _, a := range slices.Backward(order) {
			if index[a]++; index[a] < dims[a] {
				break
			}
			index[a] = 0
		}
	}
	return out
}

// generalReference computes g by XLA's definition.
func generalReference(g General, x, k []float32) []float64 {
	out := make([]float64, product(g.Output))
	in, of := g.Kernel[g.KernelIn], g.Kernel[g.KernelOut]
	for i := range out {
		o := unravel(i, g.Output)
		for j := range k {
			w := unravel(j, g.Kernel)
			for _, a := range g.Reversed {
				w[a] = g.Kernel[a] - 1 - w[a]
			}
			if w[g.KernelOut] != o[g.OutputChannels] {
				continue
			}
			p := make([]int, len(g.Input))
			p[g.InputChannels] = w[g.KernelIn] + o[g.OutputChannels]/(of/g.Groups)*in
			p[g.InputBatch] = o[g.OutputBatch] + o[g.OutputChannels]/(of/g.BatchGroups)*g.Output[g.OutputBatch]
			inside := true
			for a := range g.InputSpatial {
				at := o[g.OutputSpatial[a]]*g.Strides[a] + w[g.KernelSpatial[a]]*g.KernelDilations[a] - g.Paddings[a][0]
				d := g.InputDilations[a]
				p[g.InputSpatial[a]] = at / d
				inside = inside && at >= 0 && at%d == 0 && at/d < g.Input[g.InputSpatial[a]]
			}
			if inside {
				out[i] += float64(x[ravel(p, g.Input)]) * float64(k[j])
			}
		}
	}
	return out
}

func unravel(i int, dims []int) []int {
	at := make([]int, len(dims))
	for a, d := range slices.Backward(dims) {
		at[a] = i % d
		i /= d
	}
	return at
}

func ravel(at, dims []int) int {
	i := 0
	for a, d := range dims {
		i = i*d + at[a]
	}
	return i
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}
