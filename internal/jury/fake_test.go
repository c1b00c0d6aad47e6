package jury

import (
	"fmt"
	"testing"
	"time"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// fakeImages are drawn photos: a coloured square with a frame each.
type fakeImages struct{ n int }

func (f fakeImages) Len() int                    { return f.n }
func (f fakeImages) Spec() formats.ImageSpec     { return formats.ImageSpec{Size: 32} }
func (f fakeImages) Labels(i int) formats.Labels { return formats.Labels{ID: id(i), Path: id(i)} }
func (f fakeImages) Whole(i int) []byte {
	rgb := make([]byte, 3*32*32)
	for p := range 32 * 32 {
		x, y := p%32, p/32
		if x > 3 && x < 28 && y > 3 && y < 28 {
			rgb[3*p], rgb[3*p+1], rgb[3*p+2] = byte(40*(i%6)), byte(200-20*(i%9)), byte(7*i)
		}
	}
	return rgb
}

func id(i int) string { return fmt.Sprintf("photos/%03d.jpg", i) }

// fakeNeighbours draws k neighbours of each of n rows.
func fakeNeighbours(n, k int, name string) *formats.Neighbours {
	t := &formats.Neighbours{Meta: formats.NeighboursMeta{Model: name, Metric: "cosine", K: k}, K: k}
	for i := range n {
		t.Labels = append(t.Labels, formats.Labels{ID: id(i), Path: id(i)})
		for _, j := range rng.New(1, name, i).Perm(n - 1)[:k] {
			if j >= i {
				j++
			}
			t.Index, t.Score = append(t.Index, int32(j)), append(t.Score, 1)
		}
	}
	return t
}

var about = Subject{Images: "images", Ours: "ours digest", Baseline: "baseline digest", K: 5}

func newContest(t *testing.T, queries int) *Contest {
	t.Helper()
	c, err := NewContest(about, fakeImages{40}, fakeNeighbours(40, 6, "a"), fakeNeighbours(40, 5, "b"), Options{Queries: queries, K: 5, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answerOf is a whole answer.
func answerOf(judge, query, left, choice string) Answer {
	return Answer{Judge: judge, Query: query, K: 5, Images: about.Images, Ours: about.Ours, Baseline: about.Baseline, Left: left,
		Choice: choice, MS: 1500, Time: time.Unix(1e9, 0).UTC()}
}
