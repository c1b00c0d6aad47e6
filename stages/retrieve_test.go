package stages

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fashionpipe/dag"
	"fashionpipe/formats"
)

// table writes embeddings whose ids begin with a name.
func table(t rapid.TB, dir, name string, dim int, data []float32) dag.Artifact {
	t.Helper()
	e := &formats.Embeddings{Meta: formats.EmbeddingsMeta{Model: "net"}, Dim: dim, Data: data}
	for i := range len(data) / dim {
		e.Labels = append(e.Labels, formats.Labels{ID: fmt.Sprint(name, i), Path: fmt.Sprint(name, i), Category: name})
	}
	if err := formats.WriteEmbeddings(dir, e); err != nil {
		t.Fatal(err)
	}
	return dag.Artifact{Type: Embeddings, Digest: dag.Digest("digest of " + name), Dir: dir}
}

// nearness measures two vectors the plain way: the cosine similarity, or the L2 distance.
func nearness(metric string, a, b []float32) float64 {
	var ab, aa, bb, l2 float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb, l2 = ab+x*y, aa+x*x, bb+y*y, l2+(x-y)*(x-y)
	}
	if metric == "l2" {
		return math.Sqrt(l2)
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

// TestRetrieveInAGallery: the neighbours are those that comparing every pair gives, from the gallery alone.
func TestRetrieveInAGallery(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dim, grid := rapid.IntRange(1, 6).Draw(r, "dim"), rapid.Bool().Draw(r, "grid")
		draw := func(name string) []float32 {
			data := make([]float32, dim*rapid.IntRange(1, 30).Draw(r, name))
			for i := range data {
				data[i] = float32(rapid.IntRange(-9, 9).Draw(r, "number"))
				if grid {
					data[i] = float32(math.Copysign(1, float64(data[i])))
				}
			}
			return data
		}
		queries, gallery := draw("queries"), draw("gallery")
		s := retrieveKind().New().(*retrieve)
		s.K, s.Metric = rapid.IntRange(1, 40).Draw(r, "k"), rapid.SampledFrom([]string{"cosine", "l2"}).Draw(r, "metric")
		dir, notes := runOK(t, s, dag.Inputs{"embeddings": {table(r, t.TempDir(), "q", dim, queries)}, "gallery": {table(r, t.TempDir(), "g", dim, gallery)}})
		n, err := formats.ReadNeighbours(dir)
		if err != nil {
			r.Fatal(err)
		}
		rows := len(gallery) / dim
		if n.Meta.Embeddings != "digest of q" || n.Meta.Gallery != "digest of g" || len(n.Labels) != len(queries)/dim || len(n.Gallery) != rows || notes.text("gallery") != "" {
			r.Fatalf("%+v, %d queries, %d rows of the gallery, noted %q", n.Meta, len(n.Labels), len(n.Gallery), notes.text("gallery"))
		}
		for q := range n.Labels {
			var want []float64
			for g := range rows {
				want = append(want, nearness(s.Metric, queries[q*dim:(q+1)*dim], gallery[g*dim:(g+1)*dim]))
			}
			index, score := n.Row(q)
			if len(index) != min(s.K, rows) {
				r.Fatalf("query %d has %d neighbours, %d wanted of %d", q, len(index), s.K, rows)
			}
			seen := map[int32]bool{}
			ordered := slices.Clone(want)
			slices.SortFunc(ordered, func(a, b float64) int {
				if s.Metric == "cosine" {
					return cmp.Compare(b, a)
				}
				return cmp.Compare(a, b)
			})
			for i, g := range index {
				if seen[g] || math.Abs(float64(score[i])-want[g]) > 1e-6*max(1, want[g]) || math.Abs(want[g]-ordered[i]) > 1e-9 {
					r.Fatalf("query %d, rank %d: row %d at %v; it is at %v, and at this rank should be %v", q, i+1, g, score[i], want[g], ordered[i])
				}
				seen[g] = true
			}
		}
	})
}

// Rows at equal distance come in any order, another for each query, as without a gallery.
func TestTiesInAGallery(t *testing.T) {
	same := slices.Repeat([]float32{1, 2}, 50)
	s := &retrieve{K: 1, Metric: "cosine"}
	in := dag.Inputs{"embeddings": {table(t, t.TempDir(), "q", 2, same)}, "gallery": {table(t, t.TempDir(), "g", 2, same)}}
	dir, _ := runOK(t, s, in)
	n, err := formats.ReadNeighbours(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[int32]bool{}
	for q := range n.Labels {
		found[n.Index[q]] = true
	}
	if len(found) < 20 { // 32 are to be expected
		t.Errorf("50 queries find %d different rows of 50 equal ones", len(found))
	}
	sameBytesWithOneWorker(t, s, in, dir, formats.NeighboursFile, formats.GalleryFile)
}

func TestGalleryOfTheQueriesThemselves(t *testing.T) {
	e := someEmbeddings(t, 30, 4, 0.2, "aaa")
	dir, notes := runOK(t, &retrieve{K: 3, Metric: "l2"}, dag.Inputs{"embeddings": {e}, "gallery": {e}})
	n, err := formats.ReadNeighbours(dir)
	if err != nil {
		t.Fatal(err)
	}
	for q := range n.Labels {
		if index, score := n.Row(q); index[0] != int32(q) || score[0] != 0 {
			t.Errorf("query %d finds row %d first, at %v", q, index[0], score[0])
		}
	}
	if want := "30 of 30 queries have the id of a row of the gallery: where that is the same photo, it finds itself"; notes.text("gallery") != want {
		t.Errorf("noted %q, want %q", notes.text("gallery"), want)
	}
}

// What tables say of themselves is compared where what made them isn't known.
func TestGalleryThatIsNotAlike(t *testing.T) {
	write := func(dim int, m formats.EmbeddingsMeta) dag.Artifact {
		t.Helper()
		dir := t.TempDir()
		if err := formats.WriteEmbeddings(dir, &formats.Embeddings{Meta: m, Labels: []formats.Labels{{ID: "a"}}, Dim: dim, Data: make([]float32, dim)}); err != nil {
			t.Fatal(err)
		}
		return dag.Artifact{Dir: dir}
	}
	net := formats.EmbeddingsMeta{Model: "net", Layer: "fc2"}
	for _, c := range []struct {
		dim  int
		meta formats.EmbeddingsMeta
		want string
	}{
		{4, net, "gallery: its vectors have 4 numbers (net), those of embeddings 3 (net): embed both alike"},
		{3, formats.EmbeddingsMeta{Model: "other", Layer: "fc2"}, `gallery: its vectors are of "other", layer fc2, those of embeddings of "net", layer fc2: distances between their vectors mean nothing`},
		{3, formats.EmbeddingsMeta{Model: "net", Layer: "fc1"}, `gallery: its vectors are of "net", layer fc1, those of embeddings`},
		{3, formats.EmbeddingsMeta{Model: "net", Layer: "fc2", Normalised: true}, `gallery: its vectors are of "net", layer fc2, normalised, those of embeddings`},
	} {
		in := dag.Inputs{"embeddings": {write(3, net)}, "gallery": {write(c.dim, c.meta)}}
		if _, _, err := runVectorStage(t, &retrieve{K: 1, Metric: "l2"}, in, 1); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// embedNode is a stage of kind embed in a graph.
func embedNode(name, encoder string, change func(*embed, *dag.Node)) *dag.Node {
	n := &dag.Node{Name: name, Kind: embedKind(), Stage: embedKind().New(), In: map[string][]string{"images": {"of " + name}}}
	if encoder != "" {
		n.In["encoder"] = []string{encoder}
	}
	if change != nil {
		change(n.Stage.(*embed), n)
	}
	return n
}

// A gallery that was embedded otherwise is refused before anything runs.
func TestGalleryEmbeddedOtherwise(t *testing.T) {
	vgg := func(seed uint64, layer string) func(*embed, *dag.Node) {
		return func(s *embed, n *dag.Node) { s.Arch, s.Weights, s.Layer, n.Seed = "vgg16", "random", layer, seed }
	}
	for _, c := range []struct {
		q, g *dag.Node
		want string
	}{
		{embedNode("q", "e", nil), embedNode("g", "e", nil), ""},
		{embedNode("q", "", vgg(1, "")), embedNode("g", "", vgg(1, "fc2")), ""},
		{embedNode("q", "e", nil), &dag.Node{Name: "own", Kind: execKind(), Stage: execKind().New()}, ""},
		{embedNode("q", "e", nil), embedNode("g", "f", nil), "`g` and `q` are not embedded by the same encoder: "},
		{embedNode("q", "e", nil), embedNode("g", "", vgg(1, "")), "`g` and `q` are not embedded by the same encoder: "},
		{embedNode("q", "e", nil), embedNode("g", "e", func(s *embed, _ *dag.Node) { s.View = "cell" }), "`g` and `q` differ in view (cell and whole): "},
		{embedNode("q", "e", nil), embedNode("g", "e", func(s *embed, _ *dag.Node) { s.Normalise = true }), "`g` and `q` differ in normalise (true and false): "},
		{embedNode("q", "", vgg(1, "fc1")), embedNode("g", "", vgg(1, "")), "`g` and `q` differ in layer (fc2 and fc1): "},
		{embedNode("q", "", vgg(1, "")), embedNode("g", "", vgg(2, "")), "`g` and `q` have random weights of other seeds (2 and 1): "},
		{embedNode("q", "e", func(s *embed, _ *dag.Node) { s.PCA = 3 }), embedNode("g", "e", func(s *embed, _ *dag.Node) { s.PCA = 3 }), "`g` and `q` have components of their own (pca): "},
	} {
		err := new(retrieve).ValidateInputs(map[string][]*dag.Node{"embeddings": {c.q}, "gallery": {c.g}})
		var w *dag.WireError
		if errors.As(err, &w) != (c.want != "") || w != nil && (w.Port != "gallery" || !strings.HasPrefix(w.Msg, c.want)) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	q := embedNode("q", "e", nil)
	if err := new(retrieve).ValidateInputs(map[string][]*dag.Node{"embeddings": {q}, "gallery": {q}}); err == nil || !strings.Contains(err.Error(), "leave gallery out") {
		t.Errorf("a stage as its own gallery: %v", err)
	}
	if err := new(retrieve).ValidateInputs(map[string][]*dag.Node{"embeddings": {q}}); err != nil {
		t.Error(err)
	}
}

// Neighbours in a gallery want its photos in the report, and none are judged by people.
func TestWhoTakesNeighboursInAGallery(t *testing.T) {
	near := func(name string, in map[string][]string) *dag.Node {
		return &dag.Node{Name: name, Kind: retrieveKind(), Stage: retrieveKind().New(), In: in}
	}
	plain, found := near("plain", map[string][]string{"embeddings": {"q"}}), near("found", map[string][]string{"embeddings": {"q"}, "gallery": {"g"}})
	own := &dag.Node{Name: "own", Kind: execKind(), Stage: execKind().New()}
	images := []*dag.Node{{Name: "images"}}
	for _, c := range []struct {
		stage dag.InputValidator
		in    map[string][]*dag.Node
		want  string // port, index and message
	}{
		{newReportStage(), map[string][]*dag.Node{"neighbours": {plain, own}}, ""},
		{newReportStage(), map[string][]*dag.Node{"neighbours": {plain, found}, "gallery": images}, ""},
		{newReportStage(), map[string][]*dag.Node{"neighbours": {own}, "gallery": images}, ""},
		{newReportStage(), map[string][]*dag.Node{"neighbours": {plain, found}}, "neighbours 1 `found` found neighbours in a gallery: connect the images"},
		{newReportStage(), map[string][]*dag.Node{"neighbours": {plain}, "gallery": images}, "gallery 0 no stage at neighbours found them in a gallery"},
		{&judgements{}, map[string][]*dag.Node{"ours": {plain}, "baseline": {own}}, ""},
		{&judgements{}, map[string][]*dag.Node{"ours": {plain}, "baseline": {found}}, "baseline 0 `found` found neighbours in a gallery, and people compare"},
	} {
		got := ""
		if w := new(dag.WireError); errors.As(c.stage.ValidateInputs(c.in), &w) {
			got = fmt.Sprintf("%s %d %s", w.Port, w.Index, w.Msg)
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
