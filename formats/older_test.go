package formats

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Tables that were written before labels had a scene (testdata/older, from the samples of that day) are read as they
// were, with scene 0 in every row.
func TestTablesWithoutScenes(t *testing.T) {
	older := func(kind string) string { return filepath.Join("testdata", "older", kind) }
	labels := map[string][]Labels{}
	keep := func(kind string, l []Labels, err error) {
		if err != nil {
			t.Error(err)
		}
		labels[kind] = l
	}
	p, err := ReadPhotos(older("photos"))
	keep("photos", labelsOf(p), err)
	p, _, err = scan(older("photos"))
	keep("scanned photos", labelsOf(p), err)
	if err := CheckPhotos(older("photos")); err != nil {
		t.Error(err)
	}
	im, err := OpenImages(older("images"))
	if err != nil {
		t.Fatal(err)
	}
	m := copyImages(im)
	keep("images", m.Labels, im.Close())
	want := sampleImages()
	for i := range want.Whole {
		if string(m.Whole[i]) != string(want.Whole[i]) || string(m.Cell[i]) != string(want.Cell[i]) {
			t.Errorf("image %d has other pixels", i)
		}
	}
	e, err := ReadEmbeddings(older("embeddings"))
	if err != nil {
		t.Fatal(err)
	}
	keep("embeddings", e.Labels, nil)
	same(t, e.Data, sampleEmbeddings().Data)
	c, err := ReadClusters(older("clusters"))
	if err != nil {
		t.Fatal(err)
	}
	keep("clusters", c.Labels, nil)
	n, err := ReadNeighbours(older("neighbours"))
	if err != nil {
		t.Fatal(err)
	}
	keep("neighbours", n.Labels, nil)
	for kind, got := range labels {
		want := sampleLabels(len(got))
		for i := range want {
			want[i].Scene = 0
		}
		if len(got) == 0 {
			t.Errorf("%s: no rows", kind)
		}
		same(t, got, want)
	}
}

func labelsOf(photos []Photo) []Labels {
	var l []Labels
	for _, p := range photos {
		l = append(l, p.Labels)
	}
	return l
}

// Any other column that is missing is an error still.
func TestOtherColumnsMayNotBeMissing(t *testing.T) {
	type row struct {
		ID    string `parquet:"id"`
		Scene int32  `parquet:"scene"`
	}
	h, err := newHeader("photos", 1, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := writeTable(dir, PhotosFile, h, 1, func(int) row { return row{ID: "a"} }); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadPhotos(dir); err == nil || os.IsNotExist(err) {
		t.Errorf("read without most of its columns: %v", err)
	}
}

// A history that was written before training had heads or was validated is read as it is, and what is missing is not measured.
func TestOlderHistory(t *testing.T) {
	type row struct {
		Step          int32    `parquet:"step"`
		Epoch         int32    `parquet:"epoch"`
		Loss          *float64 `parquet:"loss,optional"`
		LR            *float64 `parquet:"lr,optional"`
		FeatureStd    *float64 `parquet:"feature_std,optional"`
		EffectiveRank *float64 `parquet:"effective_rank,optional"`
		LogNorm       *float64 `parquet:"log_norm,optional"`
		PairRatio     *float64 `parquet:"pair_ratio,optional"`
	}
	dir := t.TempDir()
	h, err := newHeader("history", 2, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	x := 0.5
	err = writeTable(dir, HistoryFile, h, rowGroup, func(i int) row { return row{int32(i), int32(i), &x, &x, &x, &x, &x, &x} })
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadHistory(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []HistoryRow{NewHistoryRow(0, 0), NewHistoryRow(1, 1)}
	for i := range want {
		w := &want[i]
		w.Loss, w.LR, w.FeatureStd, w.EffectiveRank, w.LogNorm, w.PairRatio = x, x, x, x, x, x
	}
	if d := cmp.Diff(want, got, cmpopts.EquateNaNs()); d != "" {
		t.Error(d)
	}
}
