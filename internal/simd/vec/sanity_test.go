package vec

import "testing"

func TestColumnsOfAnyShape(t *testing.T) {
	for cols := range 70 {
		for _, rows := range []int{0, 1, 2, 5, 63, 64, 65, 300} {
			x := make([]float32, rows*cols)
			acc, want := make([]float32, cols), make([]float32, cols)
			for i := range x {
				x[i] = float32(i%17 - 3)
				want[i%cols] += x[i]
			}
			AddColumns(acc, x, rows, cols)
			for c := range acc {
				if acc[c] != want[c] {
					t.Fatalf("%d×%d: column %d is %g, not %g", rows, cols, c, acc[c], want[c])
				}
			}
		}
	}
}
