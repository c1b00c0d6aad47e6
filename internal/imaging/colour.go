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

// yccTable holds what each luma and chroma level adds to red, green and blue, in 1/65536.
type yccTable struct {
	y, crRed, crGreen, cbGreen, cbBlue [256]int32
}

// The two conversions in use: JFIF 1.02 for the full range, BT.601 for luma in 16–235 and chroma in 16–240.
var (
	jfif  = newYCCTable(0, 65536, 91881, 46802, 22554, 116130)
	video = newYCCTable(16, 76309, 104597, 53279, 25675, 132201)
)

func newYCCTable(black, luma, crRed, crGreen, cbGreen, cbBlue int32) *yccTable {
	t := &yccTable{}
	for i := range int32(256) {
		c := i - 128
		t.y[i] = luma*(i-black) + 1<<15 // and half a level, to round
		t.crRed[i], t.crGreen[i] = crRed*c, -crGreen*c
		t.cbGreen[i], t.cbBlue[i] = -cbGreen*c, cbBlue*c
	}
	return t
}

func (t *yccTable) row(dst, y, cb, cr []byte) {
	cb, cr, dst = cb[:len(y)], cr[:len(y)], dst[:3*len(y)]
	for x := range y {
		l, u, v := t.y[y[x]], cb[x], cr[x]
		r, g, b := l+t.crRed[v], l+t.crGreen[v]+t.cbGreen[u], l+t.cbBlue[u]
		d := dst[3*x : 3*x+3 : 3*x+3]
		if uint32(r|g|b) < 1<<24 { // none is below 0 or above 255
			d[0], d[1], d[2] = byte(r>>16), byte(g>>16), byte(b>>16)
			continue
		}
		d[0], d[1], d[2] = clamp16(r), clamp16(g), clamp16(b)
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
		video.row(row, y, cb, cr)
		out := rgba.Pix[j*rgba.Stride:]
		for i := range w {
			copy(out[4*i:], row[3*i:3*i+3])
			out[4*i+3] = a.A[a.AOffset(i, j)]
		}
	}
	return newRGB(rgba, w, h, 1)
}
