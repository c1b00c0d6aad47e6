package judge

import (
	"slices"
	"testing"

	"fashionpipe/formats"
)

func TestPairsAreDrawnTogether(t *testing.T) {
	labels := make([]formats.Labels, 6)
	for i, pair := range []int64{7, 0, 9, 7, 0, 9} {
		labels[i].PairID = pair
	}
	if got, want := Pairs(labels), []int{0, 1, 2, 0, 4, 2}; !slices.Equal(got, want) {
		t.Errorf("groups %v, want %v", got, want)
	}
	if got, want := groupsOf(Pairs(labels), []int32{5, 3}), []int{2, 0}; !slices.Equal(got, want) {
		t.Errorf("groups of two rows %v, want %v", got, want)
	}
}

func TestNamesOfClusterings(t *testing.T) {
	one := func(digest, of string, restarts int) Clustering {
		return Clustering{digest, &formats.Clusters{Meta: formats.ClustersMeta{Algorithm: "kmeans", K: 1, Embeddings: of, Restarts: restarts}}}
	}
	got := clusteringNames([]Clustering{one("aaaaaaaaaa", "ours", 1), one("bb", "ours", 1), one("cc", "ours", 4), one("dd", "baseline", 1), one("dd", "baseline", 1)})
	want := []string{"k-means, 1 cluster, aaaaaaaa", "k-means, 1 cluster, bb", "k-means, 1 cluster, best of 4 starts", "k-means, 1 cluster", "k-means, 1 cluster"}
	if !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
}

// Numbers of pairs are kept to the last digit: as float32 or float64 these four would be one or two.
func TestLargePairNumbersAreKeptApart(t *testing.T) {
	labels := make([]formats.Labels, 4)
	names := map[string]bool{}
	for i, pair := range []int64{1 << 53, 1<<53 + 1, 1 << 24, 1<<24 + 1} {
		labels[i].PairID, labels[i].Style = pair, 1
		names[labels[i].Garment()] = true
	}
	if got, want := Pairs(labels), []int{0, 1, 2, 3}; !slices.Equal(got, want) || len(names) != 4 {
		t.Errorf("groups %v, want %v; garments %v", got, want, names)
	}
}
