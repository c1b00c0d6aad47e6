package winograd

import "unsafe"

// square is a matrix to transform from both sides, T·D·Tᵀ, in plain Go, for some channels side by side.
type square [6]line

// both applies f, for vectors of in numbers with out results, along the columns and then along the rows.
func (s *square) both(in, out int, f func(*line)) {
	var column line
	for j := range in {
		for i := range in {
			column[i] = s[i][j]
		}
		f(&column)
		for i := range out {
			s[i][j] = column[i]
		}
	}
	for i := range out {
		f(&s[i])
	}
}

// spreadPlain is a spread in plain Go.
func spreadPlain(in, out int, f func(*line)) spread {
	return func(dst *float32, stride int, src **float32, first, n int) {
		var s square
		to, from := unsafe.Slice(dst, (out*out-1)*stride+n), unsafe.Slice(src, in*in)
		for c := 0; c < n; c += side {
			k := min(side, n-c)
			for i, p := range from {
				copy(s[i/in][i%in][:k], unsafe.Slice(p, first+n)[first+c:])
			}
			s.both(in, out, f)
			for i := range out * out {
				copy(to[i*stride+c:][:k], s[i/out][i%out][:])
			}
		}
	}
}

// gatherPlain is a gather in plain Go.
func gatherPlain(in, out int, f func(*line)) gather {
	return func(dst **float32, src *float32, stride, n int) {
		var s square
		to, from := unsafe.Slice(dst, out*out), unsafe.Slice(src, (in*in-1)*stride+n)
		for c := 0; c < n; c += side {
			k := min(side, n-c)
			for i := range in * in {
				copy(s[i/in][i%in][:k], from[i*stride+c:])
			}
			s.both(in, out, f)
			for i, p := range to {
				copy(unsafe.Slice(p, n)[c:c+k], s[i/out][i%out][:])
			}
		}
	}
}
