package formats

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestReadNearest: it gives what ReadNeighbours gives of the first neighbours, and refuses to give more than there are.
func TestReadNearest(t *testing.T) {
	newDir := scratch(t)
	rapid.Check(t, func(t *rapid.T) {
		all, dir := drawNeighbours(t), newDir()
		if err := WriteNeighbours(dir, all); err != nil {
			t.Fatal(err)
		}
		k := rapid.IntRange(1, all.K).Draw(t, "first")
		want := &Neighbours{Meta: all.Meta, Gallery: all.Gallery, K: k, Score: make([]float32, k*len(all.Labels))}
		want.Meta.K = k
		for i, l := range all.Labels {
			want.Labels = append(want.Labels, Labels{ID: l.ID, Category: l.Category, PairID: l.PairID, Style: l.Style})
			want.Index = append(want.Index, all.Index[i*all.K:i*all.K+k]...)
		}
		got, err := ReadNearest(dir, k)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
		if _, err := ReadNearest(dir, all.K+1); err == nil {
			t.Fatalf("gave %d neighbours of %d", all.K+1, all.K)
		}
	})
}

// TestGalleryIsNeeded: neighbours in a gallery can't be read without it.
func TestGalleryIsNeeded(t *testing.T) {
	dir := t.TempDir()
	if err := WriteNeighbours(dir, galleryNeighbours()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, GalleryFile)); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{"ReadNeighbours": second(ReadNeighbours(dir)), "ReadNearest": second(ReadNearest(dir, 1)), "CheckNeighbours": CheckNeighbours(dir)} {
		if err == nil || !strings.Contains(err.Error(), GalleryFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
