package report

import (
	"fmt"
	"math"

	"fashionpipe/formats"
)

// tile is one of the few numbers that matter.
type tile struct {
	Name    string
	Note    string // what the name means
	Lines   []tileLine
	Diff    string // the difference
	Range   string // its interval
	Verdict *verdict
}

// tileLine is one model's value.
type tileLine struct {
	Model    model
	Value    string
	Interval string
}

// newTiles picks the drift, recall@1 by garment and category, what the background does, AMI of the first clustering, what people said, the collapse state and the number of
// photos, as far as there are such.
func newTiles(in Input, c *cast) []tile {
	var ts []tile
	if t, ok := driftTile(in.Drift); ok {
		ts = append(ts, t)
	}
	if in.Scores != nil {
		for _, by := range []string{"garment", "category"} {
			if t, ok := recallTile(in.Scores, c, by); ok {
				ts = append(ts, t)
			}
		}
		ts = append(ts, backgroundTiles(in.Scores, c)...)
		if t, ok := agreementTile(in.Scores, c); ok {
			ts = append(ts, t)
		}
	}
	if t, ok := peopleTile(in.Judgements); ok {
		ts = append(ts, t)
	}
	if t, ok := collapseTile(in.Encoder); ok {
		ts = append(ts, t)
	}
	spec := in.Images.Spec()
	return append(ts, tile{Name: "Photos", Note: fmt.Sprintf("in the image table, %d × %d px", spec.Size, spec.Size),
		Lines: []tileLine{{Value: count(in.Images.Len())}}})
}

func recallTile(m *formats.Metrics, c *cast, by string) (tile, bool) {
	t := tile{Name: "Recall@1, " + by, Note: "the nearest photo shows the same " + by}
	if galleryRows(m) > 0 {
		t.Note = "the nearest photo of the gallery shows the same " + by
	}
	for _, md := range c.list() {
		for _, r := range m.Retrieval {
			if r.By == by && r.Measure == "recall@1" && r.Role == md.Role && !math.IsNaN(r.Value) {
				t.Lines = append(t.Lines, tileLine{md, decimal(r.Value, 3), interval(r.Low, r.High, decimal)})
			}
		}
	}
	for _, d := range m.Difference {
		if d.By == by && d.Measure == "recall@1" {
			t.compare(d)
		}
	}
	return t, len(t.Lines) > 0
}

// compare shows the difference to the baseline.
func (t *tile) compare(d formats.Difference) {
	if math.IsNaN(d.Value) {
		return
	}
	v := judge(d)
	t.Diff, t.Range, t.Verdict = difference(d.Value, 3), interval(d.Low, d.High, difference), &v
}

// agreementTile shows AMI, the agreement corrected for chance, of the first clustering of each model; the baseline's
// must be by the same algorithm.
func agreementTile(m *formats.Metrics, c *cast) (tile, bool) {
	var t tile
	var shown []formats.ClusterScore
	for _, md := range c.list() {
		for _, s := range m.Clusters {
			if s.Measure != "ami" || s.By != "category" || s.Role != md.Role || math.IsNaN(s.Value) {
				continue
			}
			if len(shown) > 0 && shown[0].Algorithm != s.Algorithm {
				continue
			}
			shown = append(shown, s)
			t.Lines = append(t.Lines, tileLine{md, decimal(s.Value, 3), interval(s.Low, s.High, decimal)})
			break
		}
	}
	if len(shown) == 0 {
		return t, false
	}
	t.Name = "AMI"
	t.Note = shown[0].Label + ", against categories; 0 is chance"
	if len(shown) == 2 {
		if shown[1].Label != shown[0].Label {
			t.Note = shown[0].Label + " (baseline: " + shown[1].Label + "), against categories; 0 is chance"
		}
		v := judgeApart(shown[0], shown[1])
		t.Diff, t.Verdict = difference(shown[0].Value-shown[1].Value, 3), &v
	}
	return t, true
}

func collapseTile(e *EncoderTable) (tile, bool) {
	if e == nil {
		return tile{}, false
	}
	t := tile{Name: "Encoder", Note: modelName(e.Info.Name, e.Info.Random)}
	v := verdict{"✓", "not collapsed", "up"}
	if e.Info.Collapsed {
		v = verdict{"✕", "collapsed: nearly the same feature for all photos", "down"}
	}
	t.Verdict = &v
	if r := e.Info.Collapse.EffectiveRank; !math.IsNaN(r) {
		t.Lines = []tileLine{{Value: decimal(r, 1), Interval: fmt.Sprintf("effective rank, of %d", e.Info.Dim)}}
	}
	return t, true
}
