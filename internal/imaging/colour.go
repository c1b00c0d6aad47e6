package imaging

import "image"

func greyRow(dst, y []byte) {
	for x := 0; 3*x+2 < len(dst); x++ {
		dst[3*x], dst[3*x+1], dst[3*x+2] = y[x], y[x], y[x]
	}
}

func rgbRow(dst, r, g, b []byte) {
	g, b, dst = g[:len(r)], b[:len(r)], dst[:3*len(r)]
	for x := range r {
		dst[3*x], dst[3*x+1], dst[3*x+2] = r[x], g[x], b[x]
	}
}

// yccRow converts as JFIF 1.02 says, in 1/65536.
func yccRow(dst, y, cb, cr []byte) {
	cb, cr = cb[:len(y)], cr[:len(y)]
	for x := range y {
		l := int32(y[x])<<16 + 1<<15
		u, v := int32(cb[x])-128, int32(cr[x])-128
		d := dst[3*x : 3*x+3 : 3*x+3]
		d[0] = clamp16(l + 91881*v)
		d[1] = clamp16(l - 22554*u - 46802*v)
		d[2] = clamp16(l + 116130*u)
	}
}

// yccVideoRow converts as BT.601 says, with luma in 16–235 and chroma in 16–240, in 1/65536.
func yccVideoRow(dst, y, cb, cr []byte) {
	cb, cr = cb[:len(y)], cr[:len(y)]
	for x := range y {
		l := 76309*(int32(y[x])-16) + 1<<15
		u, v := int32(cb[x])-128, int32(cr[x])-128
		d := dst[3*x : 3*x+3 : 3*x+3]
		d[0] = clamp16(l + 104597*v)
		d[1] = clamp16(l - 25675*u - 53279*v)
		d[2] = clamp16(l + 132201*u)
	}
}

// clamp16 gives the whole part of a number in 1/65536, limited to a byte.
func clamp16(v int32) byte {
	if uint32(v) >= 1<<24 {
		return byte(^(v >> 31)) // 0 below, 255 above
	}
	return byte(v >> 16)
}

// overWhite gives a WebP photo with an alpha channel as it looks on white.
func overWhite(a *image.NYCbCrA, w, h int) (*Picture, error) {
	rgba := image.NewNRGBA(image.Rect(0, 0, w, h))
	row := make([]byte, 3*w)
	y, cb, cr := make([]byte, w), make([]byte, w), make([]byte, w)
	for j := range h {
		for i := range w {
			ci := a.COffset(i, j)
			y[i], cb[i], cr[i] = a.Y[a.YOffset(i, j)], a.Cb[ci], a.Cr[ci]
		}
		yccVideoRow(row, y, cb, cr)
		out := rgba.Pix[j*rgba.Stride:]
		for i := range w {
			copy(out[4*i:], row[3*i:3*i+3])
			out[4*i+3] = a.A[a.AOffset(i, j)]
		}
	}
	return newRGB(rgba, w, h, 1)
}
