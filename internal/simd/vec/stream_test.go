package vec

import "testing"

func TestStream(t *testing.T) {
	const most = 150
	src := make([]float32, most)
	for i := range src {
		src[i] = float32(i + 1)
	}
	atEachLevel(t, func(t *testing.T) {
		dst := newPlace[float32](t, -1)
		for n := range most {
			for where := range places {
				d := dst.put(where, make([]float32, n))
				Stream(d, src[:n])
				StreamEnd()
				for i, v := range d {
					if v != src[i] {
						t.Fatalf("%d numbers: number %d is %v", n, i, v)
					}
				}
				dst.clear(t, where, n)
			}
		}
	})
}
