package formats

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func pointer[T any](v T) *T { return &v }

// sampleDrift is two clusters of which one lost a photo to the other.
func sampleDrift() *Drift {
	return &Drift{
		DriftSummary: DriftSummary{
			Clusters: "aa", Before: "bb", Label: "k-means, 2 clusters", LabelBefore: "k-means, 2 clusters",
			Photos: 6, PhotosBefore: 6, Both: 5, New: 1, Gone: 1, Renamed: 1, Moved: 1,
			ARI: pointer(0.4), AMI: pointer(0.3), MinARI: 0.7, MaxMoved: 0.3, Reasons: []string{"ARI is 0.400, and min_ari is 0.7"},
			Old: []OldCluster{{0, 4, 3, Kept, []int{0}}, {1, 2, 2, Died, nil}},
			Now: []NowCluster{{0, 4, 4, Kept, []int{0}, pointer(0), ""}, {1, 2, 1, Born, nil, nil, ""}},
		},
		Flows: []Flow{{pointer(int32(0)), pointer(int32(0)), 3, true}, {pointer(int32(1)), pointer(int32(0)), 1, false}, {nil, pointer(int32(1)), 1, false}},
		Moves: []Move{{"a.jpg", "a.jpg", "old.jpg", pointer(int32(1)), pointer(int32(0)), "died"}},
	}
}

func drawDrift(t *rapid.T) *Drift {
	d := &Drift{}
	n := rapid.IntRange(0, 4)
	for range n.Draw(t, "flows") {
		f := Flow{Photos: int64(n.Draw(t, "photos")), Matched: rapid.Bool().Draw(t, "matched")}
		if rapid.Bool().Draw(t, "in a cluster") {
			f.Before, f.Now = pointer(int32(n.Draw(t, "before"))), pointer(int32(n.Draw(t, "now")))
		}
		d.Flows = append(d.Flows, f)
		d.Both += int(f.Photos)
	}
	for range n.Draw(t, "moves") {
		d.Moves = append(d.Moves, Move{ID: drawText(t, "id"), Path: drawText(t, "path"), IDBefore: drawText(t, "id"), How: Split, Now: pointer(int32(1))})
	}
	d.New, d.Gone = n.Draw(t, "new"), n.Draw(t, "gone")
	d.Photos, d.PhotosBefore, d.Moved = d.Both+d.New, d.Both+d.Gone, len(d.Moves)
	d.Clusters, d.Before, d.Label = drawText(t, "digest"), drawText(t, "digest"), drawText(t, "label")
	if rapid.Bool().Draw(t, "measured") {
		d.ARI, d.Noise = pointer(rapid.Float64Range(-1, 1).Draw(t, "ari")), pointer(1.0)
	}
	for i := range n.Draw(t, "clusters") {
		d.Old = append(d.Old, OldCluster{i, 5, 4, Merged, []int{2}})
		d.Now = append(d.Now, NowCluster{i, 5, 4, Split, []int{1}, pointer(i), "grown"})
	}
	if d.Passed = rapid.Bool().Draw(t, "passed"); !d.Passed {
		d.Reasons = []string{drawText(t, "reason")}
	}
	return d
}

// What doesn't fit together is not written.
func TestDriftIsChecked(t *testing.T) {
	for want, change := range map[string]func(*Drift){
		"can't leave":      func(d *Drift) { d.New++ },
		"the tables have":  func(d *Drift) { d.Flows = d.Flows[1:] },
		"without a reason": func(d *Drift) { d.Passed = true },
	} {
		d := sampleDrift()
		change(d)
		if err := WriteDrift(t.TempDir(), d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
