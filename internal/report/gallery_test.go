package report

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"fashionpipe/formats"
)

// pictures lists what the lines of the galleries show: the photos' words and the beginnings of their pictures.
func pictures(root *html.Node) (alts []string, gone int) {
	for n := range byID(root, "galleries").Descendants() {
		class, _ := attr(n, "class")
		alt, isPhoto := attr(n, "alt")
		switch {
		case n.Data == "img" && isPhoto && n.Parent.Data == "li":
			alts = append(alts, alt)
		case class == "gone":
			gone++
		}
	}
	return alts, gone
}

// Neighbours in a gallery are shown with the gallery's photos and labels, never with the query photos of the same ids.
func TestNeighboursInAGallery(t *testing.T) {
	in := fakeInput(40, false)
	shop := newFakeImages(40, false)
	for i := range shop.labels {
		shop.labels[i].Category, shop.labels[i].PairID = "coat", 0
		shop.whole[i] = block(32, 250, 250, 250)
	}
	for _, n := range in.Neighbours {
		n.Meta.Gallery, n.Gallery = "shop", shop.labels
	}
	in.Gallery = shop
	page, root := write(t, in, Defaults())
	alts, gone := pictures(root)
	if len(alts) != 12*2*5 || gone != 0 {
		t.Fatalf("%d photos of neighbours, %d without a picture", len(alts), gone)
	}
	for _, alt := range alts {
		if !strings.HasPrefix(alt, "coat, photos/") {
			t.Fatalf("a neighbour is shown as %q", alt)
		}
	}
	words := text(byID(root, "galleries"))
	for _, want := range []string{"L2 distance, lower is nearer; in a gallery of 40 photos", "0 of 5 match", "drawn at random from 40 photos"} {
		if !strings.Contains(words, want) {
			t.Errorf("the galleries don't say %q", want)
		}
	}
	in.Gallery = newFakeImages(40, false) // other pictures of the same ids
	if other, _ := write(t, in, Defaults()); string(other) == string(page) {
		t.Error("the pictures are not those of the gallery")
	}
	in.Gallery = nil
	_, root = write(t, in, Defaults())
	if alts, gone := pictures(root); len(alts) != 0 || gone != 12*2*5 {
		t.Errorf("without the gallery's images %d neighbours have pictures, and %d none", len(alts), gone)
	}
}

// One list in a gallery and one without: each has its own photos.
func TestNeighboursWithAndWithoutAGallery(t *testing.T) {
	in := fakeInput(40, false)
	shop := &fakeImages{spec: in.Images.Spec(), labels: []formats.Labels{{ID: "only.jpg", Category: "coat"}}, whole: [][]byte{block(32, 1, 2, 3)}}
	n := in.Neighbours[1]
	n.Meta.Gallery, n.Gallery, n.K, n.Meta.K = "shop", shop.labels, 1, 1
	n.Index, n.Score = make([]int32, len(n.Labels)), make([]float32, len(n.Labels))
	in.Gallery = shop
	_, root := write(t, in, Defaults())
	alts, gone := pictures(root)
	found := 0
	for _, alt := range alts {
		if alt == "coat, only.jpg" {
			found++
		}
	}
	if gone != 0 || found != 12 || len(alts) != 12*6 {
		t.Errorf("%d photos, %d of the gallery, %d without a picture", len(alts), found, gone)
	}
}
