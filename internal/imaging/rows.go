package imaging

import "encoding/binary"

// samples is a channel, or a part of one, row by row. A row is whole words of 8 samples; what lies in its last word
// beyond the width is arbitrary.
type samples struct {
	pix           []byte
	stride        int // a multiple of 8
	width, height int
}

// reset makes room for width × height samples, and as much more as fills 8×8 blocks.
func (s *samples) reset(width, height int) {
	s.width, s.height, s.stride = width, height, roundUp8(width)
	s.pix = resized(s.pix, s.stride*roundUp8(height))
}

// Samples 0, 2, 4, 6 of a word, each with a byte of room above it: enough for a sum of weighted samples, since the
// weights add up to 256.
const (
	evens = 0x00FF00FF00FF00FF
	half  = 0x0080008000800080
)

// resizeRows makes s out of weighted sums of the rows of src, of the columns [x0, x1) only (and those that share a word
// with them). It gives the column of s that x0 is in.
func (s *samples) resizeRows(src *samples, x0, x1 int, t *taps) int {
	from := x0 &^ 7
	s.reset(x1-from, len(t.first))
	for y, first := range t.first {
		in := src.pix[first*src.stride+from:]
		sumRows(s.pix[y*s.stride:][:s.stride], in, src.stride, t.w[y*t.n:][:t.n])
	}
	return x0 - from
}

// sumRows adds up len(w) rows, weighted, 8 samples at a time.
func sumRows(dst, in []byte, stride int, w []uint64) {
	if len(w) == 2 {
		sumTwo(dst, in, in[stride:], w[0], w[1])
		return
	}
	x := 0
	for ; x+16 <= len(dst); x += 16 { // two words at a time keep the processor busy
		even0, odd0, even1, odd1 := uint64(half), uint64(half), uint64(half), uint64(half)
		at := x
		for _, wk := range w {
			pair := in[at : at+16 : at+16]
			v0, v1 := binary.LittleEndian.Uint64(pair), binary.LittleEndian.Uint64(pair[8:])
			even0 += (v0 & evens) * wk
			odd0 += (v0 >> 8 & evens) * wk
			even1 += (v1 & evens) * wk
			odd1 += (v1 >> 8 & evens) * wk
			at += stride
		}
		binary.LittleEndian.PutUint64(dst[x:], even0>>8&evens|odd0&^evens)
		binary.LittleEndian.PutUint64(dst[x+8:], even1>>8&evens|odd1&^evens)
	}
	if x < len(dst) {
		even, odd := uint64(half), uint64(half)
		for k, wk := range w {
			v := binary.LittleEndian.Uint64(in[x+k*stride:])
			even += (v & evens) * wk
			odd += (v >> 8 & evens) * wk
		}
		binary.LittleEndian.PutUint64(dst[x:], even>>8&evens|odd&^evens)
	}
}

// sumTwo is sumRows for the two taps of enlarging.
func sumTwo(dst, a, b []byte, wa, wb uint64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for x := 0; x+8 <= len(dst); x += 8 {
		va, vb := binary.LittleEndian.Uint64(a[x:]), binary.LittleEndian.Uint64(b[x:])
		even := half + (va&evens)*wa + (vb&evens)*wb
		odd := half + (va>>8&evens)*wa + (vb>>8&evens)*wb
		binary.LittleEndian.PutUint64(dst[x:], even>>8&evens|odd&^evens)
	}
}

// transpose makes s src with rows and columns exchanged, in blocks of 8×8.
func (s *samples) transpose(src *samples) {
	s.reset(src.height, src.width)
	for y := 0; y < src.height; y += 8 {
		for x := 0; x < src.width; x += 8 {
			transpose8(s.pix[x*s.stride+y:], s.stride, src.pix[y*src.stride+x:], src.stride)
		}
	}
}

// transpose8 transposes 8×8 bytes by exchanging ever smaller blocks (Warren, Hacker's Delight, 7–3). It is written out
// so that the rows stay in registers.
func transpose8(dst []byte, dstStride int, src []byte, srcStride int) {
	le := binary.LittleEndian
	a, b := le.Uint64(src), le.Uint64(src[srcStride:])
	c, d := le.Uint64(src[2*srcStride:]), le.Uint64(src[3*srcStride:])
	e, f := le.Uint64(src[4*srcStride:]), le.Uint64(src[5*srcStride:])
	g, h := le.Uint64(src[6*srcStride:]), le.Uint64(src[7*srcStride:])

	a, e = swap(a, e, 32, 0x00000000FFFFFFFF)
	b, f = swap(b, f, 32, 0x00000000FFFFFFFF)
	c, g = swap(c, g, 32, 0x00000000FFFFFFFF)
	d, h = swap(d, h, 32, 0x00000000FFFFFFFF)

	a, c = swap(a, c, 16, 0x0000FFFF0000FFFF)
	b, d = swap(b, d, 16, 0x0000FFFF0000FFFF)
	e, g = swap(e, g, 16, 0x0000FFFF0000FFFF)
	f, h = swap(f, h, 16, 0x0000FFFF0000FFFF)

	a, b = swap(a, b, 8, evens)
	c, d = swap(c, d, 8, evens)
	e, f = swap(e, f, 8, evens)
	g, h = swap(g, h, 8, evens)

	le.PutUint64(dst, a)
	le.PutUint64(dst[dstStride:], b)
	le.PutUint64(dst[2*dstStride:], c)
	le.PutUint64(dst[3*dstStride:], d)
	le.PutUint64(dst[4*dstStride:], e)
	le.PutUint64(dst[5*dstStride:], f)
	le.PutUint64(dst[6*dstStride:], g)
	le.PutUint64(dst[7*dstStride:], h)
}

// swap exchanges the upper fields of x with the lower ones of y; mask selects the lower fields, n bits wide.
func swap(x, y uint64, n uint, mask uint64) (uint64, uint64) {
	t := (x>>n ^ y) & mask
	return x ^ t<<n, y ^ t
}

func roundUp8(n int) int { return (n + 7) &^ 7 }
