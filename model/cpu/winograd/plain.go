package winograd

import "unsafe"

// The points of the transforms: 0, ±a, ±b, ∞ for six, 0, ±1, ∞ for four. These a and b, of those with few binary digits, gave
// the least error (testdata/points.py); they are oneDNN's too. Lavin and Gray's 1 and 2 give twice as much.
const (
	a = 5.0 / 8
	b = 3.0 / 2

	normA = 2 * a * a * (a*a - b*b)
	normB = 2 * b * b * (b*b - a*a)
)

// line is a vector to transform, or transformed.
type line [6]float32

func input6(d line) line {
	evenA, oddA := d[4]-b*b*d[2], a*(d[3]-b*b*d[1])
	evenB, oddB := d[4]-a*a*d[2], b*(d[3]-a*a*d[1])
	return line{
		a*a*b*b*d[0] - (a*a+b*b)*d[2] + d[4], evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB,
		a*a*b*b*d[1] - (a*a+b*b)*d[3] + d[5],
	}
}

func input4(d line) line { return line{d[0] - d[2], d[1] + d[2], d[2] - d[1], d[3] - d[1]} }

func weights6(g line) line {
	evenA, oddA := 1/normA*g[0]+a*a/normA*g[2], a/normA*g[1]
	evenB, oddB := 1/normB*g[0]+b*b/normB*g[2], b/normB*g[1]
	return line{1 / (a * a * b * b) * g[0], evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, g[2]}
}

func weights4(g line) line {
	even, odd := 0.5*(g[0]+g[2]), 0.5*g[1]
	return line{g[0], even + odd, even - odd, g[2]}
}

func gradient6(g line) line {
	evenA, oddA := 1/normA*g[0]+a*a/normA*g[2], a/normA*g[1]+a*a*a/normA*g[3]
	evenB, oddB := 1/normB*g[0]+b*b/normB*g[2], b/normB*g[1]+b*b*b/normB*g[3]
	return line{1 / (a * a * b * b) * g[0], evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, g[3]}
}

func output6(m line) line {
	evenA, oddA, evenB, oddB := m[1]+m[2], m[1]-m[2], m[3]+m[4], m[3]-m[4]
	return line{m[0] + evenA + evenB, a*oddA + b*oddB, a*a*evenA + b*b*evenB, a*a*a*oddA + b*b*b*oddB + m[5]}
}

func taps6(m line) line {
	evenA, oddA, evenB, oddB := m[1]+m[2], m[1]-m[2], m[3]+m[4], m[3]-m[4]
	return line{m[0] + evenA + evenB, a*oddA + b*oddB, a*a*evenA + b*b*evenB + m[5]}
}

func output4(m line) line { return line{m[0] + m[1] + m[2], m[1] - m[2] + m[3]} }

// both applies f along the columns of an in×in square, then along the rows.
func both(square *[6]line, in, out int, f func(line) line) {
	for j := range in {
		var column line
		for i := range in {
			column[i] = square[i][j]
		}
		column = f(column)
		for i := range out {
			square[i][j] = column[i]
		}
	}
	for i := range out {
		square[i] = f(square[i])
	}
}

func spreadPlain(in, out int, f func(line) line) spread {
	return func(dst *float32, stride int, src **float32, first, n int) {
		to, from := unsafe.Slice(dst, (out*out-1)*stride+n), unsafe.Slice(src, in*in)
		for c := range n {
			var square [6]line
			for i := range in * in {
				square[i/in][i%in] = unsafe.Slice(from[i], first+n)[first+c]
			}
			both(&square, in, out, f)
			for i := range out * out {
				to[i*stride+c] = square[i/out][i%out]
			}
		}
	}
}

func gatherPlain(in, out int, f func(line) line) gather {
	return func(dst **float32, src *float32, stride, n int) {
		to, from := unsafe.Slice(dst, out*out), unsafe.Slice(src, (in*in-1)*stride+n)
		for c := range n {
			var square [6]line
			for i := range in * in {
				square[i/in][i%in] = from[i*stride+c]
			}
			both(&square, in, out, f)
			for i := range out * out {
				unsafe.Slice(to[i], n)[c] = square[i/out][i%out]
			}
		}
	}
}
