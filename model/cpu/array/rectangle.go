package array

// rectangle moves rows×cols elements from src[s] on to dst[d] on.
func rectangle[T unit](sh shape, dst, src []T, d, s int, rows, cols axis) {
	switch sh {
	case runs:
		for range rows.n {
			copy(dst[d:d+cols.n], src[s:s+cols.n])
			d += rows.dst
			s += rows.src
		}
	case repeats:
		repeat(dst[d:d+rows.n*cols.n], src[s:s+cols.n])
	case fills:
		for range rows.n {
			repeat(dst[d:d+cols.n], src[s:s+1])
			d += rows.dst
			s += rows.src
		}
	case tiles:
		tile(dst[d:d+(rows.n-1)*rows.dst+cols.n], src[s:s+(cols.n-1)*cols.src+rows.n], rows, cols)
	default:
		for range rows.n {
			step(dst, src, d, s, cols)
			d += rows.dst
			s += rows.src
		}
	}
}

// repeat fills dst with copies of src, one after the other, the last cut off.
func repeat[T unit](dst, src []T) {
	n := copy(dst, src)
	if n == 1 {
		v := src[0]
		n = min(len(dst), 32)
		for i := range n {
			dst[i] = v
		}
	}
	for ; n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}

// step moves single elements along one axis.
func step[T unit](dst, src []T, d, s int, a axis) {
	for range a.n {
		dst[d] = src[s]
		d += a.dst
		s += a.src
	}
}
