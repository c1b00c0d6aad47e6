package stages

import (
	"math"
	"slices"
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/pca"
)

func drawnEmbed(layer, pool string, components int) *embed {
	s := embedKind().New().(*embed)
	s.Arch, s.Weights, s.Width, s.Layer, s.Pool, s.PCA = "vgg16", "random", 4, layer, pool, components
	return s
}

// TestEmbedPools: each pooling gives vectors of its length, and says what it is.
func TestEmbedPools(t *testing.T) {
	images := dag.Inputs{"images": {noiseImages(t, 6, 32)}}
	for _, c := range []struct {
		layer, pool, says string
		dim               int
	}{
		{"pool5", "", "pool5", 32}, {"pool5", "avg", "pool5", 32}, {"conv1_2", "gram", "conv1_2 gram", 10}, {"conv3_1", "flatten", "conv3_1 flatten", 16 * 64},
	} {
		s := drawnEmbed(c.layer, c.pool, 0)
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		dir, _ := runOK(t, s, images)
		e, err := formats.ReadEmbeddings(dir)
		if err != nil {
			t.Fatal(err)
		}
		if e.Dim != c.dim || e.Meta.Layer != c.says || e.Meta.Model != "vgg16 "+c.says+", random weights" {
			t.Errorf("%+v: %d numbers, %+v", c, e.Dim, e.Meta)
		}
	}
}

// TestEmbedPCA: the components are those of the vectors without pca, and normalise comes last.
func TestEmbedPCA(t *testing.T) {
	images := dag.Inputs{"images": {noiseImages(t, 9, 32)}}
	whole, _ := runOK(t, drawnEmbed("conv2_2", "gram", 0), images)
	s := drawnEmbed("conv2_2", "gram", 3)
	dir, notes := runOK(t, s, images)
	sameBytesWithOneWorker(t, s, images, dir, "embeddings.parquet")
	all, err1 := formats.ReadEmbeddings(whole)
	got, err2 := formats.ReadEmbeddings(dir)
	if err1 != nil || err2 != nil || got.Dim != 3 || got.Meta.Model != "vgg16 conv2_2 gram, random weights, PCA 3" || !strings.Contains(notes.text("pca"), "3 of 36 numbers hold") {
		t.Fatal(err1, err2, got.Meta, notes.text("pca"))
	}
	p, err := pca.Fit(all.Data, all.Len(), all.Dim, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]float32, 3)
	for i := range all.Len() {
		if p.Apply(want, all.Row(i)); !slices.Equal(want, got.Row(i)) {
			t.Errorf("row %d is %v, want %v", i, got.Row(i), want)
		}
	}
	s.Normalise = true
	dir, _ = runOK(t, s, images)
	got, err = formats.ReadEmbeddings(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got.Len() {
		sum := 0.0
		for _, x := range got.Row(i) {
			sum += float64(x) * float64(x)
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("row %d has norm² %v", i, sum)
		}
	}
	s.PCA = 9
	if _, _, err := runVectorStage(t, s, images, 2); err == nil || !strings.Contains(err.Error(), "pca: 9 components of 9 vectors of 36 numbers can't be: there are at most 8") {
		t.Error(err)
	}
}

func TestPCASample(t *testing.T) {
	sample, rest := pcaSample(1, 5000)
	if len(sample) != pcaRows || len(sample)+len(rest) != 5000 || !slices.IsSorted(sample) || !slices.IsSorted(rest) {
		t.Fatal(len(sample), len(rest))
	}
	seen := map[int]bool{}
	for _, i := range append(slices.Clone(sample), rest...) {
		seen[i] = true
	}
	if other, _ := pcaSample(2, 5000); len(seen) != 5000 || slices.Equal(sample, other) {
		t.Error("the sample is no seeded part of the rows")
	}
}

func TestEmbedRefuses(t *testing.T) {
	for want, s := range map[string]*embed{
		"pool: layer fc1 of vgg16 gives a vector":                            drawnEmbed("fc1", "gram", 0),
		`layer: vgg16 has no layer "conv1_3" to read`:                        drawnEmbed("conv1_3", "", 0),
		"pca: must be 0 (none) or more, not -1":                              drawnEmbed("", "", -1),
		"pool: goes with arch, which is not set; a connected encoder brings": {Width: 64, Pool: "gram"},
	} {
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	s := drawnEmbed("conv1_1", "flatten", 0)
	s.Width = 64
	_, _, err := runVectorStage(t, s, dag.Inputs{"images": {noiseImages(t, 1, 224)}}, 2)
	if err == nil || !strings.Contains(err.Error(), "3211264 numbers an image") {
		t.Error(err)
	}
}
