package array

import "encoding/binary"

// tileBytes transposes bytes by squares of 8 in general registers (Warren, Hacker's Delight, 2nd ed., 7–3: swapping of
// ever larger blocks off the diagonal); borders byte by byte.
func tileBytes(dst, src []uint8, rows, cols axis) {
	r8, c8 := rows.n&^7, cols.n&^7
	for r := 0; r < r8; r += 8 {
		for c := 0; c < c8; c += 8 {
			square(dst[r*rows.dst+c:], src[c*cols.src+r:], rows.dst, cols.src)
		}
	}
	tileBorder(dst, src, rows, cols, r8, c8)
}

// square transposes 8×8 bytes, rows ldDst and ldSrc apart.
func square(dst, src []uint8, ldDst, ldSrc int) {
	read := func(i int) uint64 { return binary.LittleEndian.Uint64(src[i*ldSrc:]) }
	a, b, c, d, e, f, g, h := read(0), read(1), read(2), read(3), read(4), read(5), read(6), read(7)
	const pairs, quads, halves = 0x00ff00ff00ff00ff, 0x0000ffff0000ffff, 0x00000000ffffffff
	a, b = exchange(a, b, 8, pairs)
	c, d = exchange(c, d, 8, pairs)
	e, f = exchange(e, f, 8, pairs)
	g, h = exchange(g, h, 8, pairs)
	a, c = exchange(a, c, 16, quads)
	b, d = exchange(b, d, 16, quads)
	e, g = exchange(e, g, 16, quads)
	f, h = exchange(f, h, 16, quads)
	a, e = exchange(a, e, 32, halves)
	b, f = exchange(b, f, 32, halves)
	c, g = exchange(c, g, 32, halves)
	d, h = exchange(d, h, 32, halves)
	write := func(i int, v uint64) { binary.LittleEndian.PutUint64(dst[i*ldDst:], v) }
	write(0, a)
	write(1, b)
	write(2, c)
	write(3, d)
	write(4, e)
	write(5, f)
	write(6, g)
	write(7, h)
}

// exchange swaps the upper fields of x with the lower of y, fields being shift bits wide, low marking the lower.
func exchange(x, y uint64, shift uint, low uint64) (uint64, uint64) {
	t := (x>>shift ^ y) & low
	return x ^ t<<shift, y ^ t
}
