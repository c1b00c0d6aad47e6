package report

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/draw"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// photoRoot finds the real photos beside the repository.
func photoRoot(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	root := filepath.Join(dir, "..", "shared", "data", "clothing", "validation")
	if _, err := os.Stat(root); err != nil {
		t.Skip("there are no real photos beside the repository: ", err)
	}
	return root
}

// TestRealPhotos draws a report of real photos. Their vectors are tiny thumbnails of the colours, against random
// numbers as baseline, so that the page looks as in use. REPORT_OUT=DIR keeps the page to look at.
func TestRealPhotos(t *testing.T) {
	if testing.Short() {
		t.Skip("short tests draw no real photos")
	}
	in := realInput(t, photoRoot(t))
	var page, full bytes.Buffer
	o := Defaults()
	o.Title = "Clothing photos: colours against random numbers"
	if err := Write(t.Context(), &page, in, o); err != nil {
		t.Fatal(err)
	}
	checkPage(t, page.Bytes())
	if page.Len() > 8e6 {
		t.Errorf("the page has %d bytes, more than 8 MB", page.Len())
	}
	if err := Embed(&full, page.Bytes(), fakeRun()); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("REPORT_OUT"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "report.html"), full.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func realInput(t *testing.T, root string) Input {
	paths, err := filepath.Glob(filepath.Join(root, "*", "*.jpg"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no photos in %s: %v", root, err)
	}
	im := &fakeImages{spec: formats.ImageSpec{Size: 160, CellSize: 80, Fit: "crop", Grid: "3x3", Cell: "center", Box: "photo"}}
	for _, p := range paths {
		addPhoto(t, im, root, p)
	}
	a, b := colours(im), noise(im)
	in := fakeInput(20, true)
	in.Images = im
	in.Scores, in.Encoder = fakeScores(), fakeEncoder(false)
	in.Neighbours = []*formats.Neighbours{fakeNeighbours(a, "aaa"), fakeNeighbours(b, "bbb")}
	in.Clusters = []ClusterTable{{"k-ours", fakeClusters(a, "aaa", 20)}, {"k-baseline", fakeClusters(b, "bbb", 20)}}
	in.Embeddings = []EmbeddingTable{{"aaa", a}, {"bbb", b}}
	in.Drift = fakeDrift(t, in.Clusters[0], a, 18)
	return in
}

func addPhoto(t *testing.T, im *fakeImages, root, path string) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	src, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	side := min(src.Bounds().Dx(), src.Bounds().Dy())
	x, y := (src.Bounds().Dx()-side)/2, (src.Bounds().Dy()-side)/2
	rel, _ := filepath.Rel(root, path)
	im.labels = append(im.labels, formats.Labels{ID: filepath.ToSlash(rel), Path: filepath.ToSlash(rel), Category: filepath.Dir(rel)})
	im.whole = append(im.whole, pixels(src, image.Rect(x, y, x+side, y+side), 160))
	im.cell = append(im.cell, pixels(src, image.Rect(x+side/3, y+side/3, x+2*side/3, y+2*side/3), 80))
}

func pixels(src image.Image, r image.Rectangle, side int) []byte {
	dst := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.ApproxBiLinear.Scale(dst, dst.Rect, src, r, draw.Src, nil)
	var rgb []byte
	for i := range side * side {
		rgb = append(rgb, dst.Pix[4*i:4*i+3]...)
	}
	return rgb
}

// colours are the photos shrunk to 6×6 pixels, of length 1.
func colours(im *fakeImages) *formats.Embeddings {
	e := &formats.Embeddings{Meta: formats.EmbeddingsMeta{Model: "resnet18, vicreg, 5 epochs"}, Labels: im.labels, Dim: 108}
	for i := range im.labels {
		norm := 0.0
		small := pixels(picture(im.whole[i], 160), image.Rect(0, 0, 160, 160), 6)
		for _, v := range small {
			norm += float64(v) * float64(v)
		}
		for _, v := range small {
			e.Data = append(e.Data, float32(float64(v)/math.Sqrt(norm)))
		}
	}
	return e
}

func noise(im *fakeImages) *formats.Embeddings {
	e := &formats.Embeddings{Meta: formats.EmbeddingsMeta{Model: "vgg16 fc2", Random: true}, Labels: im.labels, Dim: 32}
	for i := range im.labels {
		r := rng.New(7, fmt.Sprint(i))
		for range e.Dim {
			e.Data = append(e.Data, float32(r.NormFloat64()))
		}
	}
	return e
}
