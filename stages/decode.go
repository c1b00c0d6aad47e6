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
		Summary: "Decodes photos into square RGB images, whole and in grid cells",
		Doc: `Decodes every photo of a catalogue, rotates it upright by its EXIF orientation, crops it to the item's box
if asked to, and makes images of it: the whole, and one or several cells of a grid (rows × columns; the paper takes
the centre cell of 3x3). A cell is cut from the photo at full resolution and then resized, so it shows texture that
the whole image has lost.

fit: stretch scales width and height independently, pad adds white on two sides, crop takes the largest centred
square; this applies to cells too. cell: center is the cell at row R/2, column C/2, counted from 0 (in an even grid,
the one below and to the right of the middle); an index counts cells row by row from 0; random draws one for each
photo with the seed. grid: none makes no cells.

cells, instead of cell, takes several cells of each photo: all of them, or with random:N, N different ones drawn for
each photo with the seed (center is the same as cell: center). Training then draws one of a photo's cells in each
epoch; embed with view: cell averages their features.

mask: polygon replaces what is outside the outlines of the row's item, or of all items of a photo, by background: mean
(the mean colour of ImageNet, which is zero after normalisation), a colour such as "#ffffff", or blur (the photo
itself, blurred by a Gaussian with a standard deviation of 5 % of its longer edge). This is done at full resolution
before cropping and resizing, so whole image and cells show the same; pixels on an outline are blended by the covered
fraction. A photo without outlines is kept as it is and counted in a warning, or rejected with unmasked: reject; if no
photo has outlines, the run fails.

Resizing is bilinear and antialiased, as in Pillow and torchvision. JPEG (including greyscale and CMYK), PNG, WebP,
GIF (first frame), BMP and TIFF are read; transparency is blended with white. A JPEG much larger than needed is
decoded at 1/2, 1/4 or 1/8 scale, never below the requested resolution.

A photo that cannot be decoded, has more than max_pixels, is a file of more than 200 MB or takes more than 320 MB of
memory (an 8-bit PNG does from some 45 million pixels, a baseline JPEG hardly ever) is left out and listed in
rejects.parquet; if the fraction of these exceeds max_rejects, the run fails. A file that cannot be read or has
changed since it was catalogued also ends the run; the next run catalogues it again. Memory stays below 500 MB at the
usual sizes, for any number of photos.

Photos that an earlier run decoded with the same parameters are not decoded again: their pixels are reused, looked up
by the photo's SHA-256. The output is byte for byte the same as without reuse; --force decodes all photos.

The artifact holds images.arrow: the labels, whole and cell (uint8, height × width × 3; with several cells per photo,
cells × height × width × 3).`,
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
	Size       int     `param:"size" doc:"edge length of the whole image, in pixels"`
	CellSize   int     `param:"cell_size" doc:"edge length of a cell's image, in pixels; 0: same as size"`
	Fit        string  `param:"fit" enum:"stretch|pad|crop" doc:"how a photo is made square"`
	Grid       string  `param:"grid" doc:"rows x columns that a photo is divided into, such as 3x3; none: no cells"`
	Cell       string  `param:"cell" doc:"the one cell to cut: center, random, or an index from 0, row by row"`
	Cells      string  `param:"cells" doc:"instead of cell, several cells per photo: all, random:N, or center"`
	Box        string  `param:"box" enum:"photo|item" doc:"use the whole photo, or crop it to the item's box first"`
	Margin     float64 `param:"margin" doc:"with box: item, margin added on each side, as a fraction of the box"`
	Mask       string  `param:"mask" enum:"none|polygon" doc:"keep the background, or replace all that is outside the annotated polygons"`
	Background string  `param:"background" doc:"with mask: polygon, what replaces the background: mean, blur, or a colour such as \"#ffffff\""`
	Unmasked   string  `param:"unmasked" enum:"keep|reject" doc:"with mask: polygon, what to do with photos without outlines"`
	MaxPixels  int     `param:"max_pixels" doc:"photos with more pixels are rejected before they are decoded"`
	MaxRejects float64 `param:"max_rejects" doc:"fraction of photos (0 to 1) that may be rejected before the run fails"`
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
