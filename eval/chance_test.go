package eval

import (
	"math"
	"slices"
	"testing"

	"fashionpipe/internal/nearest"
)

// The chance level is the mean of every measure over all orders of the gallery.
func TestChanceIsTheMeanOverAllOrders(t *testing.T) {
	o := Retrieval{K: []int{1, 3, 9}}
	for _, c := range [][2]int{{1, 1}, {2, 2}, {1, 5}, {3, 6}, {5, 6}} {
		r, n := c[0], c[1]
		label := make([]int32, n)
		for i := range r {
			label[i] = 1
		}
		sum, orders := make([]float64, len(o.Measures())), 0
		eachOrder(n, func(order []int32) {
			var near []nearest.Neighbour
			for _, row := range order {
				near = append(near, nearest.Neighbour{Row: row})
			}
			addTo(sum, o.score(label, int32(r), 1, near))
			orders++
		})
		for i, v := range o.chance(r, n) {
			if want := sum[i] / float64(orders); math.Abs(v-want) > 1e-12 {
				t.Errorf("%d positives of %d: chance of %s is %v, want %v", r, n, o.Measures()[i], v, want)
			}
		}
	}
}

// eachOrder calls do with every order of 0 … n−1.
func eachOrder(n int, do func([]int32)) {
	var extend func(order []int32)
	extend = func(order []int32) {
		if len(order) == n {
			do(order)
			return
		}
		for i := range int32(n) {
			if !slices.Contains(order, i) {
				extend(append(slices.Clone(order), i))
			}
		}
	}
	extend(nil)
}
