package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// products are the kernels for GoMLX's Go backend, whose matrix product is tens of times faster than its
// convolution, and faster than its broadcasts and reductions too: everything that can be is written as a product.
type products struct{}

// conv builds the matrix of patches [k·k·C, M] and multiplies by it (im2col). The gradient of x is a convolution of
// the (spread) gradient of y with the kernel turned around, and the gradient of w a product with the same patches.
func (p products) conv(x, w, bias *Node, stride, pad int, needX bool) (*Node, func(*Node) (*Node, *Node)) {
	d := w.Shape().Dimensions
	co, ci, k := d[0], d[1], d[2]
	xd := x.Shape().Dimensions
	n, oh, ow := xd[1], outSize(xd[2], k, stride, pad), outSize(xd[3], k, stride, pad)
	col := patches(padSpatial(x, 0, pad, pad, pad, pad), k, stride, oh, ow)
	wm := Reshape(TransposeAllAxes(w, 0, 2, 3, 1), co, k*k*ci)
	lhs, rhs := wm, col
	if bias != nil {
		lhs = Concatenate([]*Node{wm, Reshape(bias, co, 1)}, 1)
		rhs = Concatenate([]*Node{col, fill(x, 1, 1, n*oh*ow)}, 0)
	}
	y := Reshape(Dot(lhs, rhs).Product(), co, n, oh, ow)
	return y, func(dy *Node) (dx, dw *Node) {
		if needX {
			var same *Node
			dx, same = p.convInputGrad(dy, x, w, stride, pad)
			if stride == 1 {
				return dx, same // the patches of x need not be kept
			}
		}
		dwm := DotGeneral(rows(dy), []int{1}, nil, col, []int{1}, nil) // [out, k·k·in]
		return dx, TransposeAllAxes(Reshape(dwm, co, k, k, ci), 0, 3, 1, 2)
	}
}

// convInputGrad gives the gradient of the input from dy [out, N, oh, ow], and for a stride of 1 that of the kernel,
// from the same patches of dy.
func (products) convInputGrad(dy, x, w *Node, stride, pad int) (dx, dw *Node) {
	co, ci, k := w.Shape().Dim(0), w.Shape().Dim(1), w.Shape().Dim(2)
	xd := x.Shape().Dimensions
	h, wd := xd[2], xd[3]
	oh, ow := dy.Shape().Dim(2), dy.Shape().Dim(3)
	start := k - 1 - pad
	end := func(size, out int) int { return size + k - 1 - start - ((out-1)*stride + 1) }
	spread := padSpatial(dy, stride-1, start, end(h, oh), start, end(wd, ow))
	col := patches(spread, k, 1, h, wd) // [k·k·out, M]
	turned := Reshape(TransposeAllAxes(Reverse(w, 2, 3), 1, 2, 3, 0), ci, k*k*co)
	dx = Reshape(Dot(turned, col).Product(), xd...)
	if stride == 1 {
		dwm := DotGeneral(rows(x), []int{1}, nil, col, []int{1}, nil) // [in, k·k·out], offsets turned around
		dw = TransposeAllAxes(Reverse(Reshape(dwm, ci, k, k, co), 1, 2), 3, 0, 1, 2)
	}
	return dx, dw
}

func (products) maxPool(x *Node, window, stride, pad int) (*Node, func(*Node) *Node) {
	return windowMax(x, window, stride, pad)
}

func (products) sum(x *Node) *Node {
	ones := fill(x, 1, 1, x.Shape().Dim(1))
	return Reshape(DotGeneral(x, []int{1}, nil, ones, []int{1}, nil), x.Shape().Dim(0))
}

func (products) dot(x, y *Node) *Node {
	c, m := x.Shape().Dim(0), x.Shape().Dim(1)
	d := DotGeneral(Reshape(x, c, 1, m), []int{2}, []int{0}, Reshape(y, c, 1, m), []int{2}, []int{0})
	return Reshape(d, c)
}

func (products) affine(x, scale, shift *Node) *Node {
	c := x.Shape().Dim(0)
	if scale == nil {
		scale = fill(x, 1, c)
	}
	return combine([]*Node{scale, shift}, []*Node{x, fill(x, 1, x.Shape().Dimensions...)})
}

func (products) affine2(x, scale, x2, scale2, shift *Node) *Node {
	return combine([]*Node{scale, scale2, shift}, []*Node{x, x2, fill(x, 1, x.Shape().Dimensions...)})
}

// combine sums coefs[i][c]·xs[i][c, m] over i: a product [1, i]·[i, m] for each channel.
func combine(coefs, xs []*Node) *Node {
	c, m := xs[0].Shape().Dim(0), xs[0].Shape().Dim(1)
	for i := range xs {
		coefs[i] = Reshape(coefs[i], c, 1, 1)
		xs[i] = Reshape(xs[i], c, 1, m)
	}
	y := DotGeneral(Concatenate(coefs, 2), []int{2}, []int{0}, Concatenate(xs, 1), []int{1}, []int{0})
	return Reshape(y, c, m)
}

// patches lists, for each of k·k offsets and each channel, the input pixels under that offset of the kernel:
// padded [C, N, H, W] → [k·k·C, N·oh·ow].
func patches(x *Node, k, stride, oh, ow int) *Node {
	var taps []*Node
	for ky := range k {
		for kx := range k {
			taps = append(taps, tap(x, ky, kx, stride, oh, ow))
		}
	}
	col := taps[0]
	if len(taps) > 1 {
		col = Concatenate(taps, 0)
	}
	return rows(col)
}

// tap takes every stride-th pixel from (ky, kx) on: [C, N, H, W] → [C, N, oh, ow].
func tap(x *Node, ky, kx, stride, oh, ow int) *Node {
	d := x.Shape().Dimensions
	if ky == 0 && kx == 0 && stride == 1 && oh == d[2] && ow == d[3] {
		return x
	}
	return Slice(x, AxisRange(), AxisRange(),
		AxisRange(ky, ky+(oh-1)*stride+1).Stride(stride), AxisRange(kx, kx+(ow-1)*stride+1).Stride(stride))
}

// outSize is the number of positions of a window of k along size pixels.
func outSize(size, k, stride, pad int) int { return (size+2*pad-k)/stride + 1 }

// padSpatial surrounds images by zeros and puts inner zeros between pixels.
func padSpatial(x *Node, inner, top, bottom, left, right int) *Node {
	return padWith(x, ScalarZero(x.Graph(), dtypes.Float32), inner, top, bottom, left, right)
}

// padWith is padSpatial with another value. A border of at most 3 pixels is added by concatenation, which copies
// whole rows.
func padWith(x, v *Node, inner, top, bottom, left, right int) *Node {
	if inner > 0 || top < 0 || bottom < 0 || left < 0 || right < 0 {
		return Pad(x, v, compute.PadAxis{}, compute.PadAxis{},
			compute.PadAxis{Start: top, End: bottom, Interior: inner}, compute.PadAxis{Start: left, End: right, Interior: inner})
	}
	for _, side := range []struct{ axis, before, after int }{{2, top, bottom}, {3, left, right}} {
		border := func(size int) *Node {
			d := append([]int(nil), x.Shape().Dimensions...)
			d[side.axis] = size
			return BroadcastToDims(v, d...)
		}
		parts := []*Node{x}
		if side.before > 0 {
			parts = append([]*Node{border(side.before)}, parts...)
		}
		if side.after > 0 {
			parts = append(parts, border(side.after))
		}
		if len(parts) > 1 {
			x = Concatenate(parts, side.axis)
		}
	}
	return x
}
