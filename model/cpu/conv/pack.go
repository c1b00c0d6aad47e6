package conv

import "fashionpipe/internal/simd/vec"

// transposeChunk is how many channels are transposed at a time together with their taps, so that they stay in the
// first-level cache.
const transposeChunk = 16

// packer copies kernels into the panels that gemm.Rows reads: for each phase its taps, for each tap the input channels,
// for each of these nr output channels side by side, zeros past the last.
type packer struct {
	kh, kw, in, nr int
	taps           [][2]int // the taps in the panel's order; all phases one behind the other
}

// rows is how many rows a panel has.
func (p *packer) rows() int { return len(p.taps) * p.in }

// scratch is how many numbers pack needs besides.
func (p *packer) scratch() int { return p.kh * p.kw * transposeChunk * max(p.nr, transposeChunk) }

// pack fills the panel of output channels o … o+n-1 of w.
func (p *packer) pack(panel []float32, w *Weights, o, n int, tmp []float32) {
	if n < p.nr {
		clear(panel[:p.rows()*p.nr])
	}
	switch w.order(p.kh, p.kw, p.in, n) {
	case outerTaps:
		p.eachTap(panel, w, o, func(dst []float32, src int) {
			for i := range p.in {
				copy(dst[i*p.nr:i*p.nr+n], w.Data[src+i*w.In:])
			}
		})
	case turned:
		p.eachTap(panel, w, o, func(dst []float32, src int) {
			vec.Transpose(dst, w.Data[src:], n, p.in, p.nr, w.Out)
		})
	case innerIn:
		p.packInnerIn(panel, w, o, n, tmp)
	case innerOut:
		p.packInnerOut(panel, w, o, n, tmp)
	default:
		p.eachTap(panel, w, o, func(dst []float32, src int) {
			for i := range p.in {
				for j := range n {
					dst[i*p.nr+j] = w.Data[src+i*w.In+j*w.Out]
				}
			}
		})
	}
}

// eachTap calls f with each tap's rows of the panel and where the tap begins in w for output channel o.
func (p *packer) eachTap(panel []float32, w *Weights, o int, f func(dst []float32, src int)) {
	for t, tap := range p.taps {
		f(panel[t*p.in*p.nr:(t+1)*p.in*p.nr], w.Offset+tap[0]*w.KH+tap[1]*w.KW+o*w.Out)
	}
}

// packInnerIn packs [out, in, taps]: transposed to [in, taps, out], the rows of which are then put in their places.
func (p *packer) packInnerIn(panel []float32, w *Weights, o, n int, tmp []float32) {
	all, first := p.kh*p.kw, w.first(p.kh, p.kw)
	for i := 0; i < p.in; i += transposeChunk {
		m := min(transposeChunk, p.in-i)
		for j := 0; j < n; j += 8 {
			vec.Transpose(tmp[j:], w.Data[first+(o+j)*w.Out+i*w.In:], min(8, n-j), m*all, p.nr, w.Out)
		}
		for t, tap := range p.taps {
			at := w.Offset + tap[0]*w.KH + tap[1]*w.KW - first
			for c := range m {
				copy(panel[(t*p.in+i+c)*p.nr:][:n], tmp[(c*all+at)*p.nr:])
			}
		}
	}
}

// packInnerOut packs [in, out, taps]: transposed to [out, taps, in], and tap by tap to [in, out].
func (p *packer) packInnerOut(panel []float32, w *Weights, o, n int, tmp []float32) {
	all, first := p.kh*p.kw, w.first(p.kh, p.kw)
	for i := 0; i < p.in; i += transposeChunk {
		m := min(transposeChunk, p.in-i)
		vec.Transpose(tmp, w.Data[first+o*w.Out+i*w.In:], m, n*all, transposeChunk, w.In)
		for t, tap := range p.taps {
			at := w.Offset + tap[0]*w.KH + tap[1]*w.KW - first
			vec.Transpose(panel[(t*p.in+i)*p.nr:], tmp[at*transposeChunk:], n, m, p.nr, all*transposeChunk)
		}
	}
}
