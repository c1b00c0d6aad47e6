package formats

import (
	"math"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// same compares what was read with what was written: NaN equals NaN, and an empty list is as good as none.
func same(t rapid.TB, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(imageTable{})); d != "" {
		t.Fatalf("read back (+) differs from what was written (-):\n%s", d)
	}
}

// roundTrip checks that what write writes passes check, is read back, and has the same bytes when written again.
func roundTrip[T any](t *testing.T, draw func(*rapid.T) T, write func(string, T) error, read func(string) (T, error), check func(string) error) {
	newDir := scratch(t)
	rapid.Check(t, func(t *rapid.T) {
		want := draw(t)
		a, b := newDir(), newDir()
		for _, dir := range []string{a, b} {
			if err := write(dir, want); err != nil {
				t.Fatal(err)
			}
		}
		if err := check(a); err != nil {
			t.Fatal(err)
		}
		got, err := read(a)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
		if x, y := digests(t, a), digests(t, b); x != y {
			t.Fatalf("written twice, the bytes differ:\n%s%s", x, y)
		}
	})
}

func TestPhotosRoundTrip(t *testing.T) {
	type both struct {
		Photos  []Photo
		Rejects []Reject
	}
	roundTrip(t,
		func(t *rapid.T) both { return both{drawPhotos(t), drawRejects(t)} },
		func(dir string, b both) error { return WritePhotos(dir, b.Photos, b.Rejects) },
		func(dir string) (b both, err error) {
			if b.Photos, err = ReadPhotos(dir); err == nil {
				b.Rejects, err = ReadRejects(dir)
			}
			return b, err
		}, CheckPhotos)
}

func TestEmbeddingsRoundTrip(t *testing.T) {
	roundTrip(t, drawEmbeddings, WriteEmbeddings, ReadEmbeddings, CheckEmbeddings)
}

func TestClustersRoundTrip(t *testing.T) {
	roundTrip(t, drawClusters, WriteClusters, ReadClusters, CheckClusters)
}

func TestNeighboursRoundTrip(t *testing.T) {
	roundTrip(t, drawNeighbours, WriteNeighbours, ReadNeighbours, CheckNeighbours)
}

func TestMetricsRoundTrip(t *testing.T) {
	roundTrip(t, drawMetrics, WriteMetrics, ReadMetrics, CheckMetrics)
}

func TestDriftRoundTrip(t *testing.T) {
	roundTrip(t, drawDrift, WriteDrift, ReadDrift, CheckDrift)
}

func TestEncoderRoundTrip(t *testing.T) {
	type all struct {
		Info    EncoderInfo
		Weights Weights
		History []HistoryRow
	}
	roundTrip(t,
		func(t *rapid.T) (a all) { a.Info, a.Weights, a.History = drawEncoder(t); return a },
		func(dir string, a all) error { return WriteEncoder(dir, a.Info, a.Weights, a.History) },
		func(dir string) (a all, err error) {
			if a.Info, err = ReadEncoderInfo(dir); err != nil {
				return a, err
			}
			if a.Weights, err = ReadWeights(dir + "/" + WeightsFile); err != nil {
				return a, err
			}
			a.History, err = ReadHistory(dir)
			return a, err
		}, CheckEncoder)
}

// imageTable is an image table in memory.
type imageTable struct {
	Spec        ImageSpec
	Labels      []Labels
	Whole, Cell [][]byte
	Rejects     []Reject
	perBatch    int // 0: as the writer would
}

func drawImages(t *rapid.T) imageTable {
	m := imageTable{Spec: ImageSpec{Size: rapid.IntRange(1, 20).Draw(t, "size"), Fit: "pad", Box: "photo"}, Rejects: drawRejects(t)}
	if rapid.Bool().Draw(t, "cells") {
		m.Spec.Grid, m.Spec.Cell, m.Spec.CellSize = "3x3", "center", rapid.IntRange(1, 9).Draw(t, "cell size")
		if n := rapid.IntRange(1, 4).Draw(t, "cells a row"); n > 1 {
			m.Spec.Cell, m.Spec.Cells = "all", n
		}
	}
	m.Labels = drawLabels(t, rapid.IntRange(0, 20).Draw(t, "rows"))
	m.perBatch = rapid.IntRange(1, 8).Draw(t, "rows per batch")
	for i := range m.Labels {
		m.Whole = append(m.Whole, pattern(i, m.Spec.wholeBytes()))
		m.Cell = append(m.Cell, pattern(i+1000, m.Spec.cellsBytes()))
	}
	return m
}

// pattern is n bytes that differ from row to row and along the row.
func pattern(seed, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte((i*31 + seed*7 + i*i%251) % 256)
	}
	return b
}

func writeImages(dir string, m imageTable) error {
	w, err := NewImageWriter(dir, m.Spec)
	if err != nil {
		return err
	}
	if m.perBatch > 0 {
		w.perBatch = m.perBatch
	}
	for i := range m.Labels {
		if err := w.Append(m.Labels[i], m.Whole[i], m.Cell[i]); err != nil {
			return err
		}
	}
	return w.Close(m.Rejects)
}

func readImages(dir string) (m imageTable, err error) {
	im, err := OpenImages(dir)
	if err != nil {
		return m, err
	}
	m = copyImages(im)
	if err := im.Close(); err != nil {
		return m, err
	}
	m.Rejects, err = ReadRejects(dir)
	return m, err
}

func copyImages(im *Images) imageTable {
	m := imageTable{Spec: im.Spec()}
	for i := range im.Len() {
		m.Labels = append(m.Labels, im.Labels(i))
		m.Whole = append(m.Whole, append([]byte(nil), im.Whole(i)...))
		m.Cell = append(m.Cell, append([]byte(nil), im.Cells(i)...))
	}
	return m
}

func TestImagesRoundTrip(t *testing.T) {
	roundTrip(t, drawImages, writeImages, readImages, CheckImages)
}

// TestLabelColumns holds labelColumns to the fields of Labels.
func TestLabelColumns(t *testing.T) {
	fields := reflect.TypeFor[Labels]()
	if fields.NumField() != len(labelColumns) {
		t.Fatalf("Labels has %d fields, an image table %d columns of labels", fields.NumField(), len(labelColumns))
	}
	var l Labels
	for i, c := range labelColumns {
		if f := fields.Field(i); f.Tag.Get("parquet") != c.name || reflect.ValueOf(&l).Elem().Field(i).Addr().Interface() != c.field(&l) {
			t.Errorf("column %d, %s, is not the field %s", i, c.name, f.Name)
		}
	}
	if last := labelColumns[len(labelColumns)-1].name; last != lateColumn {
		t.Errorf("the last column is %s, and %s is what an image table may lack at the end", last, lateColumn)
	}
}

func TestNaNIsKept(t *testing.T) {
	if p := orNull(math.NaN()); p != nil {
		t.Error("NaN is not null")
	}
	if x := orNaN(nil); !math.IsNaN(x) {
		t.Error("null is not NaN")
	}
}
