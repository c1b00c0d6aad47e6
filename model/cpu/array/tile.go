package array

import "fashionpipe/internal/simd/vec"

// tile transposes: dst[r·rows.dst + c] = src[c·cols.src + r].
func tile[T unit](dst, src []T, rows, cols axis) {
	switch {
	case rows.n < 4:
		for r := range rows.n {
			step(dst, src, r*rows.dst, r, cols)
		}
		return
	case cols.n < 4:
		for c := range cols.n {
			step(dst, src, c, c*cols.src, axis{rows.n, rows.dst, 1})
		}
		return
	}
	switch d := any(dst).(type) {
	case []uint32:
		vec.Transpose(floats(d), floats(any(src).([]uint32)), cols.n, rows.n, rows.dst, cols.src)
	case []uint8:
		tileBytes(d, any(src).([]uint8), rows, cols)
	default:
		tilePlain(dst, src, rows, cols)
	}
}

// tilePlain goes by squares of 8 through a buffer: so each line of both arrays is touched once, and it does not matter that
// lines a power of two apart push each other out of the cache.
func tilePlain[T unit](dst, src []T, rows, cols axis) {
	var buffer [64]T
	r8, c8 := rows.n&^7, cols.n&^7
	for r := 0; r < r8; r += 8 {
		for c := 0; c < c8; c += 8 {
			for j := range 8 {
				from := src[(c+j)*cols.src+r:][:8]
				for i, v := range from {
					buffer[i*8+j] = v
				}
			}
			for i := range 8 {
				*(*[8]T)(dst[(r+i)*rows.dst+c:]) = *(*[8]T)(buffer[i*8:])
			}
		}
	}
	tileBorder(dst, src, rows, cols, r8, c8)
}

// tileBorder does, element by element, what lies outside the first rowsDone×colsDone.
func tileBorder[T unit](dst, src []T, rows, cols axis, rowsDone, colsDone int) {
	for r := range rows.n {
		c := colsDone
		if r >= rowsDone {
			c = 0
		}
		step(dst, src, r*rows.dst+c, c*cols.src+r, axis{cols.n - c, 1, cols.src})
	}
}
