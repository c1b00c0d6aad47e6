package model

import (
	"slices"
	"testing"
)

// TestRowsStandAlone: on the backend cpu a feature is the same to the last bit wherever its image stands, and whatever
// other images are embedded with it.
func TestRowsStandAlone(t *testing.T) {
	if !open(t, "cpu").RowsStandAlone() {
		t.Skip("not promised by this build")
	}
	for _, c := range []struct {
		arch, layer, pool string
		width, size       int
	}{
		{"resnet18", "", "", 8, 33}, {"resnet18", "", "", 16, 64}, {"resnet50", "", "", 4, 40}, {"vgg16", "fc2", "", 4, 40}, {"vgg16", "pool5", "", 8, 32},
		{"vgg16", "conv2_2", "gram", 8, 33}, {"vgg16", "conv5_1", "flatten", 4, 40},
	} {
		e, err := RandomEncoder(t.Context(), c.arch, c.width, c.layer, c.pool, 5)
		if err != nil {
			t.Fatal(err)
		}
		im := newFakeImages(2*e.arch.batch+3, c.size, 16)
		all := embedAll(t, e, im, Whole, false)
		order := make([]int, im.Len()) // reversed and turned, so that every image stands elsewhere
		for i := range order {
			order[i] = (3*im.Len() - 1 - i - 5) % im.Len()
		}
		for _, rows := range [][]int{order, order[:1], order[3:10], order[1:e.arch.batch]} {
			for j, f := range embedAll(t, e, im.some(rows), Whole, false) {
				if !slices.Equal(f, all[rows[j]]) {
					t.Errorf("%s %s: image %d of %d has another vector at place %d", c.arch, c.layer, rows[j], len(rows), j)
				}
			}
		}
	}
}

// some is a table of some rows.
func (f *fakeImages) some(rows []int) *fakeImages {
	g := &fakeImages{spec: f.spec}
	for _, i := range rows {
		g.whole, g.cell = append(g.whole, f.whole[i]), append(g.cell, f.cell[i])
	}
	return g
}
