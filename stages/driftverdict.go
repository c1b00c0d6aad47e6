package stages

import (
	"fmt"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/drift"
)

// judge compares with the thresholds.
func (s *driftStage) judge(d *formats.Drift) {
	d.MinARI, d.MaxMoved, d.MaxNew, d.MaxGone = s.MinARI, s.MaxMoved, s.MaxNew, s.MaxGone
	fail := func(format string, args ...any) { d.Reasons = append(d.Reasons, fmt.Sprintf(format, args...)) }
	switch {
	case d.Before == "":
	case d.Both == 0:
		fail("no photo of the last time is left to compare by")
	default:
		if *d.ARI < s.MinARI {
			fail("ARI is %.3f, and min_ari is %v%s", *d.ARI, s.MinARI, s.blameNoise(d))
		}
		if share := float64(d.Moved) / float64(d.Both); share > s.MaxMoved {
			fail("%.1f %% of the photos moved, and max_moved is %v", 100*share, s.MaxMoved)
		}
		if share := float64(d.New) / float64(d.Photos); share > s.MaxNew {
			fail("%.1f %% of the photos are new, and max_new is %v", 100*share, s.MaxNew)
		}
		if share := float64(d.Gone) / float64(d.PhotosBefore); share > s.MaxGone {
			fail("%.1f %% of the photos before are gone, and max_gone is %v", 100*share, s.MaxGone)
		}
	}
	d.Passed = len(d.Reasons) == 0
}

// blameNoise says where the clustering itself is too unsteady for the threshold.
func (s *driftStage) blameNoise(d *formats.Drift) string {
	if d.Noise == nil || *d.Noise >= s.MinARI {
		return ""
	}
	return fmt.Sprintf(" (a second try at the same photos agrees to %.3f only: take another number of clusters, more restarts, or a lower min_ari)", *d.Noise)
}

func tellDrift(t *dag.Task, d *formats.Drift) {
	switch {
	case d.Before == "":
		t.Resultf("drift", "first time: nothing to compare with")
	case d.Both > 0:
		text := fmt.Sprintf("ARI %.3f over %d photos, %d moved", *d.ARI, d.Both, d.Moved)
		if d.Noise != nil {
			text += fmt.Sprintf("; a second try agrees to %.3f", *d.Noise)
		}
		t.Resultf("drift", "%s", text)
		t.Resultf("clusters", "%s", drift.Changes(d))
	}
	if d.Before != "" {
		t.Resultf("photos", "%d new, %d gone", d.New, d.Gone)
	}
	if text := drift.Uncovered(d); text != "" {
		t.Warnf("covers", "%s", text)
	}
	if !d.Passed {
		t.Gatef("drift", "%s", strings.Join(d.Reasons, "; "))
	}
}
