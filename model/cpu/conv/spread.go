package conv

import "fashionpipe/internal/simd/vec"

// spreadLen is the space spread needs to transpose.
func (g *Gradient) spreadLen() int { return g.shape.KH * g.shape.KW * transposeChunk * g.nr }

// merge adds the segments' sums of one item, for one chunk of input channels, and writes them to dw.
func (r *gradRun) merge(worker, item, chunk int) {
	_, _, tmp, _ := r.scratch(worker)
	p := r.part(item)
	in := span{chunk * transposeChunk, min(r.shape.in(), (chunk+1)*transposeChunk)}
	total := HWIO(r.sums[item*r.sumsLen():], r.shape.KW, r.shape.in(), p.n)
	for seg := 1; seg < r.segments; seg++ {
		more := r.sums[(seg*r.items()+item)*r.sumsLen():]
		for tap := range r.shape.KH * r.shape.KW {
			lo := (tap*r.shape.in() + in.lo) * p.n
			n := in.size() * p.n
			vec.Add(total.Data[lo:lo+n], total.Data[lo:lo+n], more[lo:lo+n])
		}
	}
	r.spread(&total, p, in, tmp)
}

// spread writes the sums [KH, KW, in, part] of input channels in to their places in dw.
func (r *gradRun) spread(sums *Weights, p part, in span, tmp []float32) {
	s, w := &r.shape, &r.dw
	kind := w.order(s.KH, s.KW, s.in(), p.n)
	if kind == innerIn {
		r.spreadInnerIn(sums, p, in, tmp)
		return
	}
	for kh := range s.KH {
		for kw := range s.KW {
			from := sums.Data[kh*sums.KH+kw*sums.KW+in.lo*sums.In:]
			at := w.Offset + kh*w.KH + kw*w.KW + in.lo*w.In + p.first*w.Out
			switch kind {
			case outerTaps:
				for i := range in.size() {
					copy(w.Data[at+i*w.In:][:p.n], from[i*sums.In:])
				}
			case turned:
				vec.Transpose(w.Data[at:], from, in.size(), p.n, w.Out, sums.In)
			default:
				for i := range in.size() {
					for j := range p.n {
						w.Data[at+i*w.In+j*w.Out] = from[i*sums.In+j]
					}
				}
			}
		}
	}
}

// spreadInnerIn writes to [out, in, taps]: rows are put in the order [in, taps, out], and transposed.
func (r *gradRun) spreadInnerIn(sums *Weights, p part, in span, tmp []float32) {
	s, w := &r.shape, &r.dw
	all, first := s.KH*s.KW, w.first(s.KH, s.KW)
	for i := in.lo; i < in.hi; i += transposeChunk {
		m := min(transposeChunk, in.hi-i)
		for c := 0; c < p.n; c += r.nr {
			n := min(r.nr, p.n-c)
			for t := range all {
				from := sums.Data[(t*s.in()+i)*p.n+c:]
				at := w.Offset + t/s.KW*w.KH + t%s.KW*w.KW - first
				for j := range m {
					copy(tmp[(j*all+at)*r.nr:][:n], from[j*p.n:])
				}
			}
			for j := 0; j < n; j += 8 {
				vec.Transpose(w.Data[first+(p.first+c+j)*w.Out+i*w.In:], tmp[j:], m*all, min(8, n-j), w.Out, r.nr)
			}
		}
	}
}
