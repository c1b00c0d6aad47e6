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
