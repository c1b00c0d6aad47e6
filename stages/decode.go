package stages

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/imaging"
	"fashionpipe/internal/photodecode"
)

func decodeKind() *dag.Kind {
	return &dag.Kind{
		Name: "decode", Version: 3, Out: Images, Check: formats.CheckImages,
		Summary: "Photos as a table of square RGB images, whole and cells of a grid",
		Doc: `Reads every photo of a catalogue, sets it upright by its EXIF orientation, cuts out the item's box if asked to, and
makes images of it: the whole, and one or several cells of a grid laid over it (rows x columns; the paper takes the centre
cell of 3x3). A cell is cut from the photo's own pixels and then resized, so it shows texture that the whole has lost.

fit: stretch scales width and height each for itself, pad adds white on two sides, crop takes the largest centred square;
it holds for cells as well. cell: center is the cell in row R/2, column C/2 counting from 0 (of an even grid the one
below and to the right of the middle), an index counts cells row by row from 0, random draws one for each photo by the
seed. grid: none makes no cells.

cells, in place of cell, takes several of each photo: all of them, or random:N, N different ones drawn for each photo by
the seed (center is cell: center). Training then draws one of a photo's cells in each epoch; embed with view: cell takes
the mean of their features.

mask: polygon replaces what lies outside the outlines of the row's item, or of all items of a photo, by background: mean (the
mean colour of ImageNet, black to a network that takes its input normalised), a colour like "#ffffff", or blur (the photo
itself, by a Gaussian of 5 % of its longer edge). It does so in the photo's own pixels, before anything is cut or resized, so
whole and cells show the same; a pixel on an outline is mixed by the share of it inside. A photo without outlines is left as
it is and counted in a warning, or rejected with unmasked: reject; none with one ends the run.

Resizing is bilinear with a filter as wide as the scale (antialiased), as in Pillow and torchvision. JPEG (greyscale and
CMYK too), PNG, WebP, GIF (first frame), BMP and TIFF are read; transparency goes over white. A JPEG much larger than
needed is decoded at a half, quarter or eighth, never below the resolution asked for.

A photo that can't be decoded, has more than max_pixels, lies in a file of more than 200 MB or takes more than 320 MB of
memory (a PNG of 8 bits does from some 45 million pixels, a baseline JPEG hardly ever) is left out and listed in
rejects.parquet; when the share of those exceeds max_rejects the run ends. A file that can't be read, or has changed since
it was catalogued, ends the run: run again, and the catalogue is made anew. Memory stays below 500 MB at the usual sizes,
for any number of photos.

Photos that an earlier run decoded with the same parameters are not decoded again: their pixels are taken over, by the
photo's SHA-256. The images are the same bytes as without that; --force decodes all of them.

The artifact holds images.arrow: the labels, whole and cell (uint8, height x width x 3; several cells of a photo are
cells x height x width x 3).`,
		Example: `images:
  uses: decode
  in: {photos: photos}
  with: {size: 224, grid: 3x3, cell: center}`,
		In: []dag.Port{{Name: "photos", Type: Photos, Doc: "the catalogue of photos to decode"}},
		New: func() dag.Stage {
			return &decode{Size: 224, Fit: "stretch", Grid: "3x3", Cell: "center", Box: "photo", Mask: "none", Background: "mean", Unmasked: "keep", MaxPixels: 100_000_000, MaxRejects: 0.05}
		},
	}
}

type decode struct {
	Size       int     `param:"size" doc:"edge of the whole image, in pixels"`
	CellSize   int     `param:"cell_size" doc:"edge of a cell's image, in pixels; 0: as size"`
	Fit        string  `param:"fit" enum:"stretch|pad|crop" doc:"how a photo becomes square"`
	Grid       string  `param:"grid" doc:"rows x columns to cut a photo into, like 3x3; none: no cell"`
	Cell       string  `param:"cell" doc:"which one cell: center, random, or its index from 0, row by row"`
	Cells      string  `param:"cells" doc:"in place of cell, several of each photo: all, random:N, or center"`
	Box        string  `param:"box" enum:"photo|item" doc:"cut out the item's box first, or use all of the photo"`
	Margin     float64 `param:"margin" doc:"with box: item, how far to move each side out, as a share of the box"`
	Mask       string  `param:"mask" enum:"none|polygon" doc:"keep the background, or replace it by the outlines of the annotation"`
	Background string  `param:"background" doc:"with mask: polygon, what takes its place: mean, blur, or a colour like \"#ffffff\""`
	Unmasked   string  `param:"unmasked" enum:"keep|reject" doc:"with mask: polygon, what becomes of photos without outlines"`
	MaxPixels  int     `param:"max_pixels" doc:"photos with more pixels are rejected before they are decoded"`
	MaxRejects float64 `param:"max_rejects" doc:"share of photos (0 to 1) that may be rejected before the run ends"`
}

func (s *decode) UsesSeed() bool    { return strings.HasPrefix(s.which(), "random") }
func (s *decode) ReusePort() string { return "photos" }

// Pieces are the photos, by the digest of their bytes.
func (s *decode) Pieces(_ context.Context, in dag.Artifact, each func([]byte)) error {
	return formats.ScanPhotos(in.Dir, func(part []formats.Photo) error {
		for i := range part {
			each([]byte(part[i].SHA256))
		}
		return nil
	})
}

func (s *decode) Validate() error {
	for _, p := range []struct {
		name         string
		value        float64
		least, limit float64
	}{
		{"size", float64(s.Size), 1, 4096}, {"cell_size", float64(s.CellSize), 0, 4096}, {"margin", s.Margin, 0, 10},
		{"max_pixels", float64(s.MaxPixels), 1, 1e9}, {"max_rejects", s.MaxRejects, 0, 1},
	} {
		if !(p.value >= p.least && p.value <= p.limit) {
			return &dag.ParamError{Param: p.name, Msg: fmt.Sprintf("must be from %v to %.0f, not %v", p.least, p.limit, p.value)}
		}
	}
	if err := s.validateMask(); err != nil {
		return err
	}
	grid, err := imaging.ParseGrid(s.Grid)
	if err != nil {
		return &dag.ParamError{Param: "grid", Msg: err.Error()}
	}
	if grid.Cells() == 0 {
		return s.validateNoGrid()
	}
	if s.Cells != "" {
		return s.validateCells(grid)
	}
	if s.Cell == "all" || strings.Contains(s.Cell, ":") {
		return &dag.ParamError{Param: "cell", Msg: fmt.Sprintf("names one cell; for several say cells: %s", s.Cell)}
	}
	if err := photodecode.CheckCells(s.Cell, grid); err != nil {
		return &dag.ParamError{Param: "cell", Msg: "must be center, random, or an " + err.Error()}
	}
	return nil
}

func (s *decode) validateMask() error {
	if _, err := imaging.ParseBackdrop(s.Background); err != nil {
		return &dag.ParamError{Param: "background", Msg: err.Error()}
	}
	if s.Mask != "none" {
		return nil
	}
	const msg = "goes with mask: polygon, and nothing is masked: drop it, or say mask: polygon"
	if s.Background != "mean" {
		return &dag.ParamError{Param: "background", Msg: msg}
	}
	if s.Unmasked != "keep" {
		return &dag.ParamError{Param: "unmasked", Msg: msg}
	}
	return nil
}

// maxCellBytes bounds the cells of a photo: several photos are in memory at a time.
const maxCellBytes = 48 << 20

func (s *decode) validateCells(grid imaging.Grid) error {
	bad := func(format string, args ...any) error {
		return &dag.ParamError{Param: "cells", Msg: fmt.Sprintf(format, args...)}
	}
	if s.Cell != "center" {
		return bad("can't go with cell: %s, which names the one cell of a photo: drop one of them", s.Cell)
	}
	if s.Cells != "all" && s.Cells != "center" && !strings.HasPrefix(s.Cells, "random:") {
		return bad("must be all, random:N or center, not %q", s.Cells)
	}
	if err := photodecode.CheckCells(s.Cells, grid); err != nil {
		return bad("%v", err)
	}
	n, side := grid.Cells(), s.CellSize
	if digits, ok := strings.CutPrefix(s.Cells, "random:"); ok {
		n, _ = strconv.Atoi(digits)
	}
	if side == 0 {
		side = s.Size
	}
	if s.Cells != "center" && n*side*side*3 > maxCellBytes {
		return bad("%d cells of %d pixels are %d MB a photo, and at most %d MB: take fewer, or say a smaller cell_size", n, side, n*side*side*3>>20, maxCellBytes>>20)
	}
	return nil
}

// which is what photodecode takes for cell and cells.
func (s *decode) which() string {
	switch s.Cells {
	case "":
		return s.Cell
	case "random:1":
		return "random"
	}
	return s.Cells
}

func (s *decode) validateNoGrid() error {
	if s.CellSize != 0 {
		return &dag.ParamError{Param: "cell_size", Msg: "there is no cell without a grid: drop it, or say grid: 3x3"}
	}
	if s.Cell != "center" {
		return &dag.ParamError{Param: "cell", Msg: "there is no cell without a grid: drop it, or say grid: 3x3"}
	}
	if s.Cells != "" {
		return &dag.ParamError{Param: "cells", Msg: "there is no cell without a grid: drop it, or say grid: 3x3"}
	}
	return nil
}

// Run implements dag.Stage.
func (s *decode) Run(ctx context.Context, t *dag.Task) error {
	catalogue, _ := t.In.One("photos")
	n, err := formats.CountPhotos(catalogue.Dir)
	if err != nil {
		return err
	}
	job := photodecode.Job{
		Root: catalogue.Source, Size: s.Size, CellSize: s.CellSize, Fit: imaging.Fit(s.Fit), Cell: s.which(),
		ItemBox: s.Box == "item", Margin: s.Margin, MaxPixels: int64(s.MaxPixels), MaxRejects: s.MaxRejects,
		Seed: t.Seed, Workers: t.Workers, Done: t.Report.Add,
	}
	if job.Grid, err = imaging.ParseGrid(s.Grid); err != nil {
		return err
	}
	if s.Mask == "polygon" {
		backdrop, err := imaging.ParseBackdrop(s.Background)
		if err != nil {
			return err
		}
		job.Backdrop, job.Background, job.MustMask = &backdrop, s.Background, s.Unmasked == "reject"
	}
	job.Earlier = earlierImages(t, job)
	defer func() { _ = job.Earlier.Close() }()
	t.Report.Start(n, "photos")
	out, err := job.Write(ctx, t.Out, n, func(use func([]formats.Photo) error) error { return job.Scan(catalogue.Dir, use) })
	if err != nil {
		return err
	}
	if len(t.Previous) > 0 {
		t.Sayf("%s", reuseText(n, out.Reused, "photo"))
	}
	kept, rejects := n-len(out.Rejects), out.Rejects
	t.Resultf("images", "%d", kept)
	if len(rejects) > 0 {
		t.Warnf("rejected", "%d of %d photos left out; the first: %s: %s", len(rejects), n, rejects[0].Path, rejects[0].Reason)
	}
	if out.Unmasked > 0 {
		t.Warnf("unmasked", "%d of %d photos have no outline and show their background; unmasked: reject leaves them out", out.Unmasked, kept)
	}
	return nil
}
