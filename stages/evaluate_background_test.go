package stages

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
)

// sceneEmbeddings are vectors of garments × 6 scenes: how much of a vector its garment and its scene are, beside noise.
func sceneEmbeddings(t *testing.T, garments int, garment, scene float64, digest dag.Digest) dag.Artifact {
	t.Helper()
	const dim, scenes = 24, 6
	draw := func(kind uint64, n int) []float64 {
		r, v := rand.New(rand.NewPCG(kind, uint64(n))), make([]float64, dim)
		for i := range v {
			v[i] = r.NormFloat64()
		}
		return v
	}
	e := &formats.Embeddings{Meta: formats.EmbeddingsMeta{Model: string(digest)}, Dim: dim}
	for i := range garments * scenes {
		g, s := i/scenes, i%scenes
		id := fmt.Sprintf("%03d.jpg", i)
		e.Labels = append(e.Labels, formats.Labels{ID: id, Path: id, PairID: int64(g + 1), Style: 1, Scene: int32(s + 1)})
		a, b, c := draw(1, g), draw(2, s), draw(3, i)
		for k := range dim {
			e.Data = append(e.Data, float32(garment*a[k]+scene*b[k]+0.3*c[k]))
		}
	}
	dir := t.TempDir()
	if err := formats.WriteEmbeddings(dir, e); err != nil {
		t.Fatal(err)
	}
	return dag.Artifact{Type: Embeddings, Digest: digest, Dir: dir}
}

func backgroundScore(t *testing.T, m *formats.Metrics, role, measure string) formats.BackgroundScore {
	t.Helper()
	i := slices.IndexFunc(m.Background, func(s formats.BackgroundScore) bool { return s.Role == role && s.Measure == measure })
	if i < 0 {
		t.Fatalf("there is no %s of %s: %+v", measure, role, m.Background)
	}
	return m.Background[i]
}

func TestEvaluateBackground(t *testing.T) {
	ours, base := sceneEmbeddings(t, 20, 1, 0.5, "aa"), sceneEmbeddings(t, 20, 0.5, 1, "bb")
	masked := sceneEmbeddings(t, 20, 1, 0, "cc")
	s := evaluateKind().New().(*evaluate)
	s.Resamples, s.K = 200, []int{1, 5}
	dir, notes := runOK(t, s, dag.Inputs{"ours": {ours}, "baseline": {base}, "masked": {masked}})
	m, err := formats.ReadMetrics(dir)
	if err != nil {
		t.Fatal(err)
	}
	a, b := backgroundScore(t, m, "ours", "sensitivity"), backgroundScore(t, m, "baseline", "sensitivity")
	if a.Value > 0.2 || b.Value < 0.8 || a.Queries != 120 || a.Skipped != 0 || a.Chance < 0.4999 || a.Chance > 0.5001 {
		t.Errorf("sensitivity of ours %+v, of the baseline %+v", a, b)
	}
	if !(a.Low <= a.Value && a.Value <= a.High && a.High-a.Low > 0.001) {
		t.Errorf("interval of ours %+v", a)
	}
	d := m.Difference[slices.IndexFunc(m.Difference, func(d formats.Difference) bool { return d.By == "background" && d.Measure == "sensitivity" })]
	if !(d.High < 0 && d.Value == a.Value-b.Value) {
		t.Errorf("difference %+v", d)
	}
	if g, s := backgroundScore(t, m, "ours", "garment@5").Value, backgroundScore(t, m, "ours", "scene@5").Value; g < 0.8 || s > 0.2 {
		t.Errorf("of the first 5 neighbours %v have the garment and %v the scene", g, s)
	}
	o, e := backgroundScore(t, m, "ours", "overlap@5"), backgroundScore(t, m, "ours", "explained@5")
	if o.Value <= 0.3 || o.Value >= 1 || math.Abs(e.Value+o.Value-1) > 1e-9 || !(e.Low < e.Value && e.Value < e.High) {
		t.Errorf("overlap %+v, explained %+v", o, e)
	}
	if text := notes.text("background sensitivity"); !strings.HasPrefix(text, "0.") || !strings.Contains(text, "baseline 0.") || !strings.Contains(text, "difference -0.") {
		t.Errorf("result %q", text)
	}
	if text := notes.text("explained@5 by the background"); !strings.HasSuffix(text, "], 0.958 of neighbours at random") { // 1 - 5/119
		t.Errorf("what masking changes is told as %q", text)
	}
}

// Rows without scenes have no such measures, and what can't be compared is refused.
func TestEvaluateBackgroundWithoutScenes(t *testing.T) {
	plain := someEmbeddings(t, 40, 8, 0.3, "aaa")
	s := evaluateKind().New().(*evaluate)
	s.Resamples, s.K = 20, []int{1}
	dir, _ := runOK(t, s, dag.Inputs{"ours": {plain}})
	m, err := formats.ReadMetrics(dir)
	if err != nil || len(m.Background) != 0 {
		t.Errorf("%+v, %v", m.Background, err)
	}
	_, notes := runOK(t, s, dag.Inputs{"ours": {sceneEmbeddings(t, 1, 1, 1, "one")}})
	if !strings.Contains(notes.text("scenes"), "no garment is before several scenes") {
		t.Errorf("one garment: %+v", notes.notes)
	}
	for _, c := range []struct {
		masked dag.Artifact
		want   string
	}{
		{someEmbeddings(t, 38, 8, 0.3, "bbb"), "ours has 40 rows and masked 38"},
		{plain, "masked is ours itself"},
	} {
		if _, _, err := runVectorStage(t, s, dag.Inputs{"ours": {plain}, "masked": {c.masked}}, 2); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
