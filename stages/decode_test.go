package stages

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
)

// decodeTwice decodes a catalogue with one worker and with four, and gives the folder and notes of the latter.
func decodeTwice(t *testing.T, s *decode, in dag.Artifact) (string, *noteTaker) {
	t.Helper()
	inputs := dag.Inputs{"photos": {in}}
	one, _, err := runSource(t, s, inputs, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	four, notes, err := runSource(t, s, inputs, 5, 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{formats.ImagesFile, formats.RejectsFile} {
		a, errA := os.ReadFile(filepath.Join(one, name))
		b, errB := os.ReadFile(filepath.Join(four, name))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s depends on the number of workers (%v, %v)", name, errA, errB)
		}
	}
	if err := formats.CheckImages(four); err != nil {
		t.Error(err)
	}
	return four, notes
}

func TestDecodeDrawnItems(t *testing.T) {
	made := synthesise(t)
	p := photosKind().New().(*photos)
	p.Split, p.Items = "train", true
	out, _, err := runSource(t, p, dag.Inputs{"files": {made}}, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := formats.ReadPhotos(out)
	if err != nil {
		t.Fatal(err)
	}
	s := decodeKind().New().(*decode)
	s.Size, s.CellSize, s.Fit, s.Grid, s.Cell, s.Box, s.Margin = 48, 32, "pad", "2x4", "random", "item", 0.1
	dir, notes := decodeTwice(t, s, dag.Artifact{Type: Photos, Dir: out, Source: made.Dir})
	images, err := formats.OpenImages(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = images.Close() }()
	if images.Len() != len(rows) || notes.text("rejected") != "" {
		t.Fatalf("%d images of %d rows; %s", images.Len(), len(rows), notes.text("rejected"))
	}
	for i, r := range rows {
		if images.Labels(i) != r.Labels {
			t.Fatalf("row %d: %+v, want %+v", i, images.Labels(i), r.Labels)
		}
	}
	want := formats.ImageSpec{Size: 48, CellSize: 32, Fit: "pad", Grid: "2x4", Cell: "random", Box: "item"}
	if images.Spec() != want {
		t.Errorf("%+v", images.Spec())
	}
}

// Masked photos show garments on the background asked for: synth's outlines are right, also for rows of items.
func TestDecodeMasked(t *testing.T) {
	made := synthesise(t)
	for _, items := range []bool{false, true} {
		p := photosKind().New().(*photos)
		p.Split, p.Items = "train", items
		out, _, err := runSource(t, p, dag.Inputs{"files": {made}}, 0, 2)
		if err != nil {
			t.Fatal(err)
		}
		s := decodeKind().New().(*decode)
		s.Size, s.Mask, s.Background = 48, "polygon", "#ff00ff"
		dir, notes := decodeTwice(t, s, dag.Artifact{Type: Photos, Dir: out, Source: made.Dir})
		if notes.text("unmasked") != "" || notes.text("rejected") != "" {
			t.Errorf("%+v", notes.notes)
		}
		images, err := formats.OpenImages(dir)
		if err != nil {
			t.Fatal(err)
		}
		for i := range images.Len() {
			background := bytes.Count(images.Whole(i), []byte{255, 0, 255}) // as many pixels, or a few more
			if share := float64(background) / (48 * 48); share < 0.02 || share > 0.99 {
				t.Errorf("%s: %.0f %% background", images.Labels(i).ID, 100*share)
			}
		}
		if err := images.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDecodeRealPhotos(t *testing.T) {
	root := realPhotos(t)
	p := photosKind().New().(*photos)
	p.Root, p.Layout, p.Limit = root, "folder", 50
	out, _, err := runSource(t, p, nil, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	s := decodeKind().New().(*decode)
	dir, notes := decodeTwice(t, s, dag.Artifact{Type: Photos, Dir: out, Source: root})
	if notes.text("images") != "50" {
		t.Errorf("%q images", notes.text("images"))
	}
	images, err := formats.OpenImages(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = images.Close() }()
	for i := range images.Len() { // a photo has contrast, and its centre isn't all of it
		if spread(images.Whole(i)) < 5 || bytes.Equal(images.Whole(i), images.Cell(i, 0)) {
			t.Errorf("%s: spread %.1f", images.Labels(i).Path, spread(images.Whole(i)))
		}
	}
}

// spread is the standard deviation of bytes.
func spread(b []byte) float64 {
	var sum, squares float64
	for _, v := range b {
		sum, squares = sum+float64(v), squares+float64(v)*float64(v)
	}
	n := float64(len(b))
	return math.Sqrt(squares/n - sum/n*sum/n)
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		set  func(*decode)
		want string
	}{
		{func(s *decode) { s.Size = 0 }, "size: must be from 1 to 4096, not 0"},
		{func(s *decode) { s.CellSize = -1 }, "cell_size: must be from 0 to 4096, not -1"},
		{func(s *decode) { s.Grid = "3" }, `grid: must be rows x columns, like 3x3 (each 1 to 100), or none, not "3"`},
		{func(s *decode) { s.Cell = "9" }, `cell: must be center, random, or an index from 0 to 8, not "9"`},
		{func(s *decode) { s.Cell = "-1" }, `cell: must be center`},
		{func(s *decode) { s.Cell = "all" }, "cell: names one cell; for several say cells: all"},
		{func(s *decode) { s.Cell = "random:2" }, "cell: names one cell; for several say cells: random:2"},
		{func(s *decode) { s.Cell, s.Cells = "4", "all" }, "cells: can't go with cell: 4, which names the one cell of a photo"},
		{func(s *decode) { s.Cells = "4" }, `cells: must be all, random:N or center, not "4"`},
		{func(s *decode) { s.Cells = "random:10" }, `cells: random: takes a number of cells from 1 to 9 (grid: 3x3), not "10"`},
		{func(s *decode) { s.Cells, s.Grid = "all", "100x100" }, "cells: 10000 cells of 224 pixels are 1435 MB a photo"},
		{func(s *decode) { s.Cells, s.Grid = "all", "none" }, "cells: there is no cell without a grid"},
		{func(s *decode) { s.Grid, s.CellSize = "none", 5 }, "cell_size: there is no cell without a grid"},
		{func(s *decode) { s.Grid, s.Cell = "none", "random" }, "cell: there is no cell without a grid"},
		{func(s *decode) { s.Background = "white" }, "background: must be mean, blur, or a colour"},
		{func(s *decode) { s.Background = "blur" }, "background: goes with mask: polygon"},
		{func(s *decode) { s.Unmasked = "reject" }, "unmasked: goes with mask: polygon"},
		{func(s *decode) { s.Mask, s.Background = "polygon", "#12" }, "background: must be mean"},
		{func(s *decode) { s.Margin = math.NaN() }, "margin: must be from 0 to 10"},
		{func(s *decode) { s.MaxRejects = 5 }, "max_rejects: must be from 0 to 1, not 5"},
		{func(s *decode) { s.MaxPixels = 0 }, "max_pixels: must be from 1"},
	} {
		s := decodeKind().New().(*decode)
		c.set(s)
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	s := decodeKind().New().(*decode)
	if s.Validate() != nil || s.UsesSeed() {
		t.Error("the defaults are refused or use the seed")
	}
	s.Cells = "all"
	if s.Validate() != nil || s.UsesSeed() {
		t.Error("all cells are refused or use the seed")
	}
	s.Cells = "random:1"
	if s.Validate() != nil || !s.UsesSeed() || s.which() != "random" {
		t.Error("random:1 is not cell: random")
	}
}
