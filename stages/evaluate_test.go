package stages

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
)

// noteTaker is a reporter that keeps the notes.
type noteTaker struct {
	mu    sync.Mutex
	notes []dag.Note
}

func (r *noteTaker) Start(int, string) {}
func (r *noteTaker) Add(int)           {}
func (r *noteTaker) Live(string)       {}
func (r *noteTaker) Say(string)        {}
func (r *noteTaker) Note(n dag.Note) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, n)
}

// text gives what was noted under a name.
func (r *noteTaker) text(name string) string {
	var all []string
	for _, n := range r.notes {
		if n.Name == name {
			all = append(all, n.Text)
		}
	}
	return strings.Join(all, "\n")
}

// runVectorStage runs a stage on artifacts and gives its folder.
func runVectorStage(t *testing.T, s dag.Stage, in dag.Inputs, workers int) (string, *noteTaker, error) {
	t.Helper()
	r := &noteTaker{}
	if v, ok := s.(dag.Validator); ok {
		if err := v.Validate(); err != nil {
			return "", r, err
		}
	}
	task := &dag.Task{In: in, Out: t.TempDir(), Scratch: t.TempDir(), Seed: 1, Workers: workers, Report: r}
	return task.Out, r, s.Run(context.Background(), task)
}

// someEmbeddings draws vectors of n rows, two photos (user, shop) of each garment, whose likeness within a garment grows
// as noise falls; one row in ten has no labels.
func someEmbeddings(t *testing.T, n, dim int, noise float64, digest dag.Digest) dag.Artifact {
	t.Helper()
	e := &formats.Embeddings{Meta: formats.EmbeddingsMeta{Model: "model " + string(digest), Random: noise > 1}, Dim: dim}
	for i := range n {
		l := formats.Labels{ID: fmt.Sprintf("p%03d", i), Path: fmt.Sprintf("p%03d.jpg", i), Source: []string{"user", "shop"}[i%2]}
		if i%20 < 18 {
			l.PairID, l.Style, l.Category = int64(i/2), 1, []string{"skirt", "shorts", "vest"}[i/2%3]
		}
		e.Labels = append(e.Labels, l)
		garment, g := rand.New(rand.NewPCG(uint64(i/2), 1)), rand.New(rand.NewPCG(uint64(i), 2))
		for j := range dim {
			v := garment.NormFloat64() + noise*g.NormFloat64()
			if j == i/2%3 {
				v += 6 // the category
			}
			e.Data = append(e.Data, float32(v))
		}
	}
	dir := t.TempDir()
	if err := formats.WriteEmbeddings(dir, e); err != nil {
		t.Fatal(err)
	}
	return dag.Artifact{Type: Embeddings, Digest: digest, Dir: dir}
}

func runOK(t *testing.T, s dag.Stage, in dag.Inputs) (string, *noteTaker) {
	t.Helper()
	dir, r, err := runVectorStage(t, s, in, 2)
	if err != nil {
		t.Fatal(err)
	}
	return dir, r
}

func TestEvaluateTellsBetterFromWorse(t *testing.T) {
	ours, base := someEmbeddings(t, 200, 8, 0.3, "aaa"), someEmbeddings(t, 200, 8, 3, "bbb")
	var clusters []dag.Artifact
	for _, e := range []dag.Artifact{ours, base} {
		k := kmeansKind().New().(*kmeans)
		k.K = 3
		dir, _ := runOK(t, k, dag.Inputs{"embeddings": {e}})
		clusters = append(clusters, dag.Artifact{Dir: dir, Digest: "clusters of " + e.Digest})
	}
	s := evaluateKind().New().(*evaluate)
	s.Resamples = 200
	in := dag.Inputs{"ours": {ours}, "baseline": {base}, "clusters": clusters}
	dir, notes := runOK(t, s, in)
	if err := formats.CheckMetrics(dir); err != nil {
		t.Fatal(err)
	}
	m, err := formats.ReadMetrics(dir)
	if err != nil {
		t.Fatal(err)
	}
	score := func(role, by, measure string) formats.RetrievalScore {
		i := slices.IndexFunc(m.Retrieval, func(r formats.RetrievalScore) bool { return r.Role == role && r.By == by && r.Measure == measure })
		if i < 0 {
			t.Fatalf("there is no %s by %s of %s", measure, by, role)
		}
		return m.Retrieval[i]
	}
	a, b := score("ours", "garment", "recall@1"), score("baseline", "garment", "recall@1")
	if a.Value < 0.9 || b.Value > 0.4 || a.Queries != 180 || a.Skipped != 20 || math.Abs(a.Chance-1.0/199) > 1e-12 || a.Low > a.Value || a.High < a.Value || b.High-b.Low < 0.02 {
		t.Errorf("ours %+v, baseline %+v", a, b)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "metrics.json")); err != nil || math.Abs(a.OverAll()-0.9*a.Value) > 1e-12 || !strings.Contains(string(raw), fmt.Sprintf(`"over_all": %v`, a.OverAll())) {
		t.Errorf("queries without a positive as 0 give %v beside %v (%v)", a.OverAll(), a.Value, err)
	}
	i := slices.IndexFunc(m.Difference, func(d formats.Difference) bool { return d.By == "garment" && d.Measure == "recall@1" })
	if d := m.Difference[i]; math.Abs(d.Value-(a.Value-b.Value)) > 1e-12 || d.Low < 0.4 || d.High > 1 || d.Low >= d.High {
		t.Errorf("difference %+v", d)
	}
	for _, c := range m.Clusters {
		if in := c.Measure == "ami" || c.Measure == "ari" || c.Measure == "silhouette"; in == math.IsNaN(c.Low) {
			t.Errorf("the interval of %+v", c)
		}
		if c.Measure == "ari" && c.By == "category" && (c.Value > 0.9) != (c.Role == "ours") {
			t.Errorf("%+v", c)
		}
	}
	if len(m.Retrieval) != 2*2*13 || len(m.Difference) != 2*13 || len(m.Clusters) != 2*(2*7+1) || len(m.Models) != 2 {
		t.Errorf("%d scores, %d differences, %d of clusters", len(m.Retrieval), len(m.Difference), len(m.Clusters))
	}
	if text := notes.text("recall@1 (garment)"); !strings.Contains(text, "(random weights), difference +0.") {
		t.Errorf("the headline is %q", text)
	}
	if text := notes.text("ours, k-means, 3 clusters, best of 3 starts (category)"); !strings.HasPrefix(text, "AMI 0.9") && !strings.HasPrefix(text, "AMI 1.0") || !strings.Contains(text, "], NMI ") {
		t.Errorf("the headline of clusters is %q", text)
	}
	if text := notes.text("skipped (garment)"); text != "20 of 200 queries have no positive and are in no measure" {
		t.Errorf("skipped queries are told as %q", text)
	}
	sameBytesWithOneWorker(t, s, in, dir, "metrics.json")
}

// Two clusterings of one algorithm and k are told apart by their digests, and by what differs.
func TestEvaluateTellsClusteringsApart(t *testing.T) {
	ours := someEmbeddings(t, 80, 4, 1, "aaa")
	var clusters []dag.Artifact
	for i, change := range []func(*kmeans){func(*kmeans) {}, func(k *kmeans) { k.Normalise = true }, func(k *kmeans) { k.MaxIter = 1 }} {
		k := kmeansKind().New().(*kmeans)
		k.K = 3
		change(k)
		dir, _ := runOK(t, k, dag.Inputs{"embeddings": {ours}})
		clusters = append(clusters, dag.Artifact{Dir: dir, Digest: dag.Digest(fmt.Sprintf("%d23456789", i))})
	}
	s := evaluateKind().New().(*evaluate)
	s.Resamples = 20
	dir, _ := runOK(t, s, dag.Inputs{"ours": {ours}, "clusters": clusters})
	m, err := formats.ReadMetrics(dir)
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{}
	for _, c := range m.Clusters {
		labels[c.Clusters] = c.Label
	}
	want := map[string]string{
		"023456789": "k-means, 3 clusters, best of 3 starts, 02345678",
		"123456789": "k-means, 3 clusters, best of 3 starts, normalised",
		"223456789": "k-means, 3 clusters, best of 3 starts, 22345678",
	}
	if !reflect.DeepEqual(labels, want) {
		t.Errorf("the clusterings are %v, want %v", labels, want)
	}
}

// sameBytesWithOneWorker runs the stage again with one worker.
func sameBytesWithOneWorker(t *testing.T, s dag.Stage, in dag.Inputs, dir string, files ...string) {
	t.Helper()
	again, _, err := runVectorStage(t, s, in, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		a, err1 := os.ReadFile(filepath.Join(dir, f))
		b, err2 := os.ReadFile(filepath.Join(again, f))
		if err1 != nil || err2 != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%s: one worker gives other bytes than two (%v, %v)", f, err1, err2)
		}
	}
}

func TestEvaluateUserToShop(t *testing.T) {
	s := evaluateKind().New().(*evaluate)
	s.Queries, s.Gallery, s.K, s.Resamples, s.By = "user", "shop", []int{5, 2}, 0, []string{"garment"}
	dir, notes := runOK(t, s, dag.Inputs{"ours": {someEmbeddings(t, 100, 8, 0.2, "aaa")}})
	m, err := formats.ReadMetrics(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := m.Retrieval[0]
	if r.Measure != "recall@5" || r.Queries != 45 || r.Skipped != 5 || !math.IsNaN(r.Low) || r.Value < 0.95 {
		t.Errorf("%+v", r)
	}
	if text := notes.text("recall@2 (garment)"); len(text) != len("0.999") {
		t.Errorf("the headline without intervals is %q", text)
	}
}

func TestEvaluateRefuses(t *testing.T) {
	ours, short := someEmbeddings(t, 40, 4, 1, "aaa"), someEmbeddings(t, 20, 4, 1, "bbb")
	k := kmeansKind().New().(*kmeans)
	k.K = 2
	dir, _ := runOK(t, k, dag.Inputs{"embeddings": {short}})
	fresh := func(change func(*evaluate)) *evaluate {
		s := evaluateKind().New().(*evaluate)
		change(s)
		return s
	}
	none := func(*evaluate) {}
	for _, c := range []struct {
		stage *evaluate
		in    dag.Inputs
		text  string
	}{
		{fresh(none), dag.Inputs{"ours": {ours}, "baseline": {short}}, "ours has 40 rows and baseline 20"},
		{fresh(none), dag.Inputs{"ours": {ours}, "clusters": {{Dir: dir}}}, "are not of the embeddings in ours or baseline"},
		{fresh(func(s *evaluate) { s.K = []int{1, 1} }), nil, "k: must list different numbers"},
		{fresh(func(s *evaluate) { s.Confidence = 95 }), nil, "confidence: must be between 0 and 1"},
		{fresh(func(s *evaluate) { s.By = []string{"garment", "garment"} }), nil, "lists garment twice"},
	} {
		if _, _, err := runVectorStage(t, c.stage, c.in, 1); err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("error %v, want %q", err, c.text)
		}
	}
}

// apart gives one source's rows of embeddings.
func apart(t *testing.T, of dag.Artifact, source string) dag.Artifact {
	t.Helper()
	e, err := formats.ReadEmbeddings(of.Dir)
	if err != nil {
		t.Fatal(err)
	}
	out := &formats.Embeddings{Meta: e.Meta, Dim: e.Dim}
	for i, l := range e.Labels {
		if l.Source == source {
			out.Labels, out.Data = append(out.Labels, l), append(out.Data, e.Row(i)...)
		}
	}
	dir := t.TempDir()
	if err := formats.WriteEmbeddings(dir, out); err != nil {
		t.Fatal(err)
	}
	return dag.Artifact{Type: Embeddings, Digest: of.Digest + dag.Digest(" "+source), Dir: dir}
}

// Users' photos against a gallery of shops' are what evaluate makes of one table with queries: user and gallery: shop, for ours, the
// baseline and their difference; the clusters stay those of the queries.
func TestEvaluateInAGallery(t *testing.T) {
	ours, base := someEmbeddings(t, 200, 8, 0.5, "aaa"), someEmbeddings(t, 200, 8, 3, "bbb")
	s := evaluateKind().New().(*evaluate)
	s.Resamples = 50
	users := apart(t, ours, "user")
	k := kmeansKind().New().(*kmeans)
	k.K = 3
	clusters, _ := runOK(t, k, dag.Inputs{"embeddings": {users}})
	in := dag.Inputs{"ours": {users}, "baseline": {apart(t, base, "user")}, "clusters": {{Dir: clusters, Digest: "ccc"}}}
	alone, _ := runOK(t, s, in)
	in["gallery"], in["baseline_gallery"] = []dag.Artifact{apart(t, ours, "shop")}, []dag.Artifact{apart(t, base, "shop")}
	dir, notes := runOK(t, s, in)
	if err := formats.CheckMetrics(dir); err != nil {
		t.Fatal(err)
	}
	sameBytesWithOneWorker(t, s, in, dir, "metrics.json")
	inOne := *s
	inOne.Queries, inOne.Gallery = "user", "shop"
	one, _ := runOK(t, &inOne, dag.Inputs{"ours": {ours}, "baseline": {base}})
	var m []*formats.Metrics
	for _, dir := range []string{dir, one, alone} {
		x, err := formats.ReadMetrics(dir)
		if err != nil {
			t.Fatal(err)
		}
		m = append(m, x)
	}
	if a, b := fmt.Sprint(m[0].Retrieval, m[0].Difference), fmt.Sprint(m[1].Retrieval, m[1].Difference); a != b || len(m[0].Difference) == 0 {
		t.Errorf("in a gallery %s, of one table %s", a, b)
	}
	if a, b := fmt.Sprint(m[0].Clusters), fmt.Sprint(m[2].Clusters); a != b || len(m[0].Clusters) == 0 {
		t.Errorf("with a gallery the clusters have %s, without %s", a, b)
	}
	for i, digest := range []string{"aaa shop", "bbb shop"} {
		if about := m[0].Models[i]; about.Gallery != digest || about.GalleryRows != 100 || about.Rows != 100 {
			t.Errorf("%+v", about)
		}
	}
	if text := notes.text("recall@1 (garment)"); !strings.HasSuffix(text, ", in a gallery of 100") || notes.text("gallery") != "" {
		t.Errorf("the headline is %q, warned %q", text, notes.text("gallery"))
	}
	if raw, err := os.ReadFile(filepath.Join(alone, "metrics.json")); err != nil || strings.Contains(string(raw), "gallery") {
		t.Errorf("without a gallery the file speaks of one (%v)", err)
	}
}

// The scenes of the queries are judged among the queries, whatever the gallery holds.
func TestScenesWithAGallery(t *testing.T) {
	photos, gallery := sceneEmbeddings(t, 8, 1, 0.5, "aa"), sceneEmbeddings(t, 5, 1, 2, "aa")
	s := evaluateKind().New().(*evaluate)
	s.Resamples = 0
	alone, _ := runOK(t, s, dag.Inputs{"ours": {photos}})
	dir, _ := runOK(t, s, dag.Inputs{"ours": {photos}, "gallery": {gallery}})
	a, err1 := formats.ReadMetrics(alone)
	b, err2 := formats.ReadMetrics(dir)
	if err1 != nil || err2 != nil || len(a.Background) == 0 || fmt.Sprint(a.Background) != fmt.Sprint(b.Background) {
		t.Errorf("alone %v, with a gallery %v (%v, %v)", a.Background, b.Background, err1, err2)
	}
}

// What can't be searched is refused before anything runs, at the port that it is connected to.
func TestEvaluateGalleryInputs(t *testing.T) {
	q, g, other := embedNode("q", "e", nil), embedNode("g", "e", nil), embedNode("x", "f", nil)
	for _, c := range []struct {
		in   map[string][]*dag.Node
		want string
	}{
		{map[string][]*dag.Node{"ours": {q}}, ""},
		{map[string][]*dag.Node{"ours": {q}, "gallery": {g}}, ""},
		{map[string][]*dag.Node{"ours": {q}, "gallery": {g}, "baseline": {g}, "baseline_gallery": {q}}, ""},
		{map[string][]*dag.Node{"ours": {q}, "gallery": {q}}, "gallery `q` is the stage at ours: leave gallery out"},
		{map[string][]*dag.Node{"ours": {q}, "gallery": {other}}, "gallery `x` and `q` are not embedded by the same encoder"},
		{map[string][]*dag.Node{"ours": {q}, "gallery": {g}, "baseline": {other}}, "gallery the baseline can't search it"},
		{map[string][]*dag.Node{"ours": {q}, "gallery": {g}, "baseline": {other}, "baseline_gallery": {g}}, "baseline_gallery `g` and `x` are not embedded by the same encoder"},
		{map[string][]*dag.Node{"ours": {q}, "baseline": {other}, "baseline_gallery": {other}}, "baseline_gallery ours has no gallery to compare with"},
		{map[string][]*dag.Node{"ours": {q}, "baseline_gallery": {g}}, "baseline_gallery no baseline is connected"},
	} {
		err := evaluateKind().New().(*evaluate).ValidateInputs(c.in)
		var w *dag.WireError
		if errors.As(err, &w) != (c.want != "") || w != nil && !strings.HasPrefix(w.Port+" "+w.Msg, c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	ours, base := someEmbeddings(t, 20, 4, 1, "aaa"), someEmbeddings(t, 20, 4, 1, "bbb")
	in := dag.Inputs{"ours": {ours}, "gallery": {someEmbeddings(t, 20, 4, 1, "aaa")}, "baseline": {base}, "baseline_gallery": {ours}}
	_, _, err := runVectorStage(t, evaluateKind().New(), in, 1)
	if want := `baseline_gallery: its vectors are of "model aaa", those of baseline of "model bbb"`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

// A flat folder of photos has no labels: clusters still have their silhouette, and the lack is told.
func TestEvaluateWithoutLabels(t *testing.T) {
	a := someEmbeddings(t, 60, 4, 1, "aaa")
	e, err := formats.ReadEmbeddings(a.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range e.Labels {
		e.Labels[i] = formats.Labels{ID: e.Labels[i].ID}
	}
	if err := formats.WriteEmbeddings(a.Dir, e); err != nil {
		t.Fatal(err)
	}
	k := kmeansKind().New().(*kmeans)
	k.K = 3
	clusters, _ := runOK(t, k, dag.Inputs{"embeddings": {a}})
	dir, notes := runOK(t, evaluateKind().New(), dag.Inputs{"ours": {a}, "clusters": {{Dir: clusters}}})
	m, err := formats.ReadMetrics(dir)
	if err != nil || len(m.Retrieval) != 0 || len(m.Clusters) != 1 || !(m.Clusters[0].Value > 0.3) || !(m.Clusters[0].Low < m.Clusters[0].Value) {
		t.Errorf("%+v (%v)", m, err)
	}
	if text := notes.text("labels"); text != "no row has a category or a garment: nothing is measured by it" {
		t.Errorf("the lack of labels is told as %q", text)
	}
}

// TestEvaluateByWhatThereIs: that photos of class folders have no garment is told only where garments were asked for.
func TestEvaluateByWhatThereIs(t *testing.T) {
	a := someEmbeddings(t, 60, 4, 1, "aaa")
	e, err := formats.ReadEmbeddings(a.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range e.Labels {
		e.Labels[i] = formats.Labels{ID: e.Labels[i].ID, Category: []string{"skirt", "vest"}[i%2]}
	}
	if err := formats.WriteEmbeddings(a.Dir, e); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		by   []string
		want string
	}{
		{nil, ""}, {[]string{"category"}, ""},
		{[]string{"category", "garment"}, "no row has a garment: nothing is measured by it"},
	} {
		s := evaluateKind().New().(*evaluate)
		s.By = c.by
		dir, notes := runOK(t, s, dag.Inputs{"ours": {a}})
		m, err := formats.ReadMetrics(dir)
		if err != nil || len(m.Retrieval) == 0 || m.Retrieval[0].By != "category" {
			t.Errorf("%v: %d measures, %v", c.by, len(m.Retrieval), err)
		}
		if got := notes.text("labels"); got != c.want {
			t.Errorf("%v: %q, want %q", c.by, got, c.want)
		}
	}
}

// Where all photos have one category every neighbour is right, and that is told.
func TestEvaluateOneCategory(t *testing.T) {
	a := someEmbeddings(t, 60, 4, 1, "aaa")
	e, err := formats.ReadEmbeddings(a.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range e.Labels {
		e.Labels[i].Category = "skirt"
	}
	_, notes := runOK(t, evaluateKind().New(), dag.Inputs{"ours": {a}})
	if text := notes.text("one category"); text != "" {
		t.Errorf("several categories are told as one: %q", text)
	}
	if err := formats.WriteEmbeddings(a.Dir, e); err != nil {
		t.Fatal(err)
	}
	_, notes = runOK(t, evaluateKind().New(), dag.Inputs{"ours": {a}})
	if text := notes.text("one category"); text != `all rows have the category "skirt": scores by category say nothing` {
		t.Errorf("the only category is told as %q", text)
	}
}
