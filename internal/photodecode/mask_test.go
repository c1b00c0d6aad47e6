package photodecode_test

import (
	"bytes"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/imaging"
	"fashionpipe/internal/photodecode"
)

// maskedJob replaces the background by green.
func (a *album) maskedJob() photodecode.Job {
	j := a.job()
	j.Background = "#00ff00"
	b, err := imaging.ParseBackdrop(j.Background)
	if err != nil {
		a.t.Fatal(err)
	}
	j.Backdrop = &b
	return j
}

func square(x, y, side float32) []float32 {
	return []float32{x, y, x + side, y, x + side, y + side, x, y + side}
}

// Whole and cells are cut from the masked photo: a cell that the outline doesn't reach is all background.
func TestMaskOfWholeAndCells(t *testing.T) {
	a := newAlbum(t, 1)
	a.photos[0].Polygons = [][]float32{square(0, 0, 30), square(60, 60, 30)}
	j := a.maskedJob()
	j.Cell, j.Size, j.CellSize = "all", 90, 10
	_, images, _ := a.table(j)
	if s := images.Spec(); s.Mask != "polygon" || s.Background != "#00ff00" {
		t.Errorf("spec %+v", s)
	}
	green := []byte{0, 255, 0}
	for i := 0; i < 3*90*90; i += 3 {
		x, y := i/3%90, i/3/90
		seen := x < 30 && y < 30 || x >= 60 && y >= 60
		if px := images.Whole(0)[i : i+3]; bytes.Equal(px, green) == seen {
			t.Fatalf("pixel %d, %d is %v", x, y, px)
		}
	}
	for n := range 9 {
		cell := images.Cell(0, n)
		want := green
		if n == 0 || n == 8 {
			want = []byte{byte(n % 3 * 30), byte(n / 3 * 30), 50}
		}
		if !bytes.Equal(cell, bytes.Repeat(want, 100)) {
			t.Errorf("cell %d begins with %v, want %v", n, cell[:3], want)
		}
	}
}

func TestPhotosWithoutOutlines(t *testing.T) {
	a := newAlbum(t, 3)
	a.photos[1].Polygons = [][]float32{square(0, 0, 20)}
	a.photos[2].Polygons = [][]float32{square(500, 0, 20)}
	j := a.maskedJob()
	j.MaxRejects = 0.7
	out, err := j.Write(t.Context(), t.TempDir(), 3, a.rows)
	if err != nil || out.Unmasked != 1 || len(out.Rejects) != 1 || !strings.Contains(out.Rejects[0].Reason, "its outlines lie outside the photo") {
		t.Errorf("kept: %+v, %v", out, err)
	}
	j.MustMask = true
	out, err = j.Write(t.Context(), t.TempDir(), 3, a.rows)
	if err != nil || out.Unmasked != 0 || len(out.Rejects) != 2 || out.Rejects[0].Reason != "no outline of an item is known (unmasked: reject)" {
		t.Errorf("rejected: %+v, %v", out, err)
	}
	a.photos = a.photos[:1]
	j.MustMask = false
	if _, err = j.Write(t.Context(), t.TempDir(), 1, a.rows); err == nil || !strings.Contains(err.Error(), "no photo has an outline (mask: polygon)") {
		t.Errorf("none with an outline: %v", err)
	}
}

// Pixels are taken over for the same photo with the same outlines alone.
func TestMaskedPhotosAreTakenOver(t *testing.T) {
	a := newAlbum(t, 4)
	for i := range a.photos {
		a.photos[i].Polygons = [][]float32{square(float32(10*i), 10, 40)}
	}
	photosDir, imagesDir := t.TempDir(), t.TempDir()
	if err := formats.WritePhotos(photosDir, a.photos, nil); err != nil {
		t.Fatal(err)
	}
	j := a.maskedJob()
	if _, err := j.Write(t.Context(), imagesDir, 4, a.rows); err != nil {
		t.Fatal(err)
	}
	a.photos[2].Polygons = [][]float32{square(0, 0, 15)}
	want, _, _ := a.table(j)
	j.Earlier = j.NewEarlier()
	defer func() { _ = j.Earlier.Close() }()
	if err := j.Earlier.Add(photosDir, imagesDir); err != nil {
		t.Fatal(err)
	}
	if got, _, _ := a.table(j); !bytes.Equal(got, want) {
		t.Error("with an earlier table the images are others")
	}
	out, err := j.Write(t.Context(), t.TempDir(), 4, a.rows)
	if err != nil || out.Reused != 3 {
		t.Errorf("%d taken over, want 3: %v", out.Reused, err)
	}
	other := a.job()
	e := other.NewEarlier()
	defer func() { _ = e.Close() }()
	if err := e.Add(photosDir, imagesDir); err == nil {
		t.Error("masked images are taken for unmasked ones")
	}
}
