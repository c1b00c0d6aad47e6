package report

import (
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/drift"
)

// fakeDrift compares clusters with those of a night when every seventh photo wasn't there, and some others were.
func fakeDrift(t *testing.T, now ClusterTable, e *formats.Embeddings, k int) *formats.Drift {
	t.Helper()
	was := &formats.Embeddings{Meta: e.Meta, Dim: e.Dim}
	for i, l := range e.Labels {
		if i%7 == 6 {
			l.ID = "gone/" + l.ID
			if i%2 == 0 {
				continue
			}
		}
		was.Labels, was.Data = append(was.Labels, l), append(was.Data, e.Row(i)...)
	}
	d, err := drift.Compare(now.Clusters, fakeClusters(was, "before", k), nil, nil, drift.Rules{Match: 0.5, Split: 0.25, Grow: 0.25})
	if err != nil {
		t.Fatal(err)
	}
	noise := 0.93
	d.Clusters, d.Before, d.Noise, d.MinARI, d.MaxMoved = now.Digest, "before", &noise, 0.7, 0.3
	d.Reasons = []string{"ARI is 0.412, and min_ari is 0.7"}
	return d
}

func TestDriftSection(t *testing.T) {
	in := fakeInput(80, false)
	in.Drift = fakeDrift(t, in.Clusters[0], in.Embeddings[0].Embeddings, 6)
	page, root := write(t, in, Defaults())
	if got := sections(root); !strings.HasPrefix(got, "drift retrieval ") {
		t.Errorf("sections: %s", got)
	}
	for _, want := range []string{"changed too much", "ARI is 0.412", `<svg class="flow"`, `class="fate born"`, "second try"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page doesn't say %q", want)
		}
	}
	if strings.Contains(string(page), "the verdict covers") {
		t.Error("few new photos are told as many")
	}
	in.Drift.New, in.Drift.Photos = 100, 100+in.Drift.Both
	if page, _ = write(t, in, Defaults()); !strings.Contains(string(page), "photos are new: the verdict covers ") {
		t.Error("the page doesn't say that many photos are new")
	}
	in.Clusters = nil // then there are no photos of clusters, and all else is there
	if page, _ = write(t, in, Defaults()); !strings.Contains(string(page), `<svg class="flow"`) {
		t.Error("without clusters the section is gone")
	}
	in.Drift = &formats.Drift{DriftSummary: formats.DriftSummary{Label: "k-means, 3 clusters", Photos: 5, New: 5, Passed: true}}
	if page, _ = write(t, in, Defaults()); !strings.Contains(string(page), "This is the first run") || strings.Contains(string(page), `<svg class="flow"`) {
		t.Error("the first run isn't told")
	}
	in.Drift = &formats.Drift{DriftSummary: formats.DriftSummary{Before: "x", Label: "k-means, 3 clusters", Photos: 5, New: 5, Reasons: []string{"no photo is left"}}}
	if page, _ = write(t, in, Defaults()); !strings.Contains(string(page), "no photo is left") {
		t.Error("nothing in common isn't told")
	}
}

// TestFlow: every photo that both nights have is in one band, and the bands of a cluster fit its bar.
func TestFlow(t *testing.T) {
	in := fakeInput(80, false)
	d := fakeDrift(t, in.Clusters[0], in.Embeddings[0].Embeddings, 6)
	f := newFlow(d)
	if len(f.Bands) != len(d.Flows) || len(f.Then) != len(d.Old) || f.LeftOut != 0 {
		t.Fatalf("%d bands of %d flows, %d clusters of %d", len(f.Bands), len(d.Flows), len(f.Then), len(d.Old))
	}
	for _, n := range slices.Concat(f.Then, f.Now) {
		if n.next > n.OddY+1e-6 || n.next < n.OddY-1e-6 || n.Y+n.H > float64(f.Height) {
			t.Errorf("cluster %d: bands end at %.2f, its photos of both nights at %.2f", n.Number, n.next, n.OddY)
		}
	}
	many := &formats.Drift{}
	for i := range 100 {
		many.Old = append(many.Old, formats.OldCluster{Cluster: i, Size: i, Both: 0, Fate: formats.Died})
	}
	many.PhotosBefore = 4950
	if f := newFlow(many); len(f.Then) != flowMost || f.LeftOut != 99-flowMost || f.Then[0].Number != 99 {
		t.Errorf("%d clusters shown, %d left out", len(f.Then), f.LeftOut)
	}
}
