package report

import (
	"fmt"

	"fashionpipe/formats"
	"fashionpipe/internal/drift"
)

// driftView is how clusters differ from those of the last time.
type driftView struct {
	First   bool // there was no last time
	Verdict verdict
	Reasons []string
	Covers  string // what the verdict leaves out, where it is much
	Facts   []fact
	Then    string // how the clusters were made, if otherwise
	Now     string
	Flow    *flow
	Events  []event
	Quiet   int // clusters that just go on
	More    int // events not shown
	Movers  []mover
	Alone   int // photos that moved by themselves
	Moved   int // all that moved
}

// event is something that became of clusters.
type event struct {
	What, Text string
	Shots      []shot
}

// mover is a photo that moved by itself.
type mover struct {
	Shot     shot
	From, To string
}

// Limits of the section.
const (
	driftEvents = 40
	driftShots  = 8
	driftMovers = 24
)

func newDrift(b *builder) (*driftView, error) {
	d := b.in.Drift
	if d == nil {
		return nil, nil
	}
	v := &driftView{First: d.Before == "", Verdict: driftVerdict(d), Reasons: d.Reasons, Covers: drift.Uncovered(d), Now: d.Label, Facts: driftFacts(d), Moved: d.Moved}
	if v.First {
		return v, nil
	}
	if d.LabelBefore != d.Label {
		v.Then = d.LabelBefore
	}
	v.Flow = newFlow(d)
	if err := v.tell(b, d); err != nil {
		return nil, err
	}
	return v, v.movers(b, d)
}

func driftVerdict(d *formats.Drift) verdict {
	switch {
	case d.Before == "":
		return verdict{"·", "first run: nothing to compare with", "same"}
	case !d.Passed:
		return verdict{"✕", "changed too much", "down"}
	}
	return verdict{"✓", "within the limits", "up"}
}

func driftFacts(d *formats.Drift) []fact {
	if d.Before == "" {
		return []fact{{"photos", count(d.Photos), ""}}
	}
	facts := []fact{{"photos in both", count(d.Both), ""}, {"new", count(d.New), ""}, {"gone", count(d.Gone), ""}}
	if d.Renamed > 0 {
		facts = append(facts, fact{"renamed", count(d.Renamed), ""})
	}
	if d.Changed > 0 {
		facts = append(facts, fact{"changed content", count(d.Changed), ""})
	}
	if d.ARI != nil {
		facts = append(facts, fact{"ARI", decimal(*d.ARI, 3), ""}, fact{"AMI", decimal(*d.AMI, 3), ""})
	}
	if d.Noise != nil {
		facts = append(facts, fact{"ARI of a second try", decimal(*d.Noise, 3), ""})
	}
	if d.Both > 0 {
		facts = append(facts, fact{"moved", fmt.Sprintf("%s, %s", count(d.Moved), wholePercent(float64(d.Moved)/float64(d.Both))), ""})
	}
	return append(facts, fact{"clusters", drift.Changes(d), ""})
}

// driftTile is the agreement with the last time.
func driftTile(d *formats.Drift) (tile, bool) {
	if d == nil {
		return tile{}, false
	}
	v := driftVerdict(d)
	t := tile{Name: "Drift", Note: "agreement (ARI) with the clusters of the last run", Verdict: &v}
	if d.ARI != nil {
		t.Lines = []tileLine{{Value: decimal(*d.ARI, 3), Interval: fmt.Sprintf("%s of %s photos moved", count(d.Moved), count(d.Both))}}
	}
	return t, true
}
