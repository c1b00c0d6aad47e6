package formats

import (
	"os"
	"path/filepath"
	"testing"
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
