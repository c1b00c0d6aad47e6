package imaging

import "math"

// blurShare is the standard deviation of the blur of a background, as a share of the photo's longer edge: colours stay, and
// nothing that has a shape.
const blurShare = 0.05

// blurred gives the samples of a plane blurred by three boxes, which together are near a Gaussian (Wells, Efficient synthesis
// of Gaussian filters by cascaded uniform filters, 1986). Beyond the edge the sample at the edge goes on.
func blurred(p *plane) []byte {
	sigma := blurShare * float64(max(p.width, p.height))
	radius := max(1, int(math.Round((math.Sqrt(4*sigma*sigma+1)-1)/2)))
	pix, next := append([]byte(nil), p.pix...), make([]byte, len(p.pix))
	for range 3 {
		boxRows(next, pix, p.stride, p.width, p.height, radius)
		boxColumns(pix, next, p.stride, p.width, p.height, radius)
	}
	return pix
}

// boxRows averages each sample with radius neighbours to either side.
func boxRows(dst, src []byte, stride, w, h, radius int) {
	n := 2*radius + 1
	for y := range h {
		in, out := src[y*stride:][:w], dst[y*stride:][:w]
		sum := 0
		for i := -radius; i <= radius; i++ {
			sum += int(in[min(max(i, 0), w-1)])
		}
		for x := range out {
			out[x] = byte((sum + n/2) / n)
			sum += int(in[min(x+radius+1, w-1)]) - int(in[max(x-radius, 0)])
		}
	}
}

// boxColumns averages each sample with radius neighbours above and below, row by row.
func boxColumns(dst, src []byte, stride, w, h, radius int) {
	n := 2*radius + 1
	sums := make([]int, w)
	row := func(y int) []byte { return src[min(max(y, 0), h-1)*stride:][:w] }
	for y := -radius; y <= radius; y++ {
		for x, v := range row(y) {
			sums[x] += int(v)
		}
	}
	for y := range h {
		out, in, gone := dst[y*stride:][:w], row(y+radius+1), row(y-radius)
		for x := range out {
			out[x] = byte((sums[x] + n/2) / n)
			sums[x] += int(in[x]) - int(gone[x])
		}
	}
}
