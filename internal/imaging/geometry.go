package imaging

import (
	"fmt"
	"image"
	"math"
)

// Fit says how a rectangle becomes a square.
type Fit string

// The fits.
const (
	Stretch Fit = "stretch" // width and height are scaled each for itself
	Pad     Fit = "pad"     // scaled to fit inside, centred, white around it
	Crop    Fit = "crop"    // the largest centred square, scaled
)

// View is a square of size × size pixels that shows a region of the upright photo.
type View struct {
	Region image.Rectangle // pixels of the photo; must not be empty
	Size   int
	Fit    Fit
}

// source gives the part of the photo that is seen, and target where in the square it lies.
func (v View) source() image.Rectangle {
	if v.Fit != Crop {
		return v.Region
	}
	w, h := v.Region.Dx(), v.Region.Dy()
	side := min(w, h)
	return image.Rect(0, 0, side, side).Add(v.Region.Min).Add(image.Pt((w-side)/2, (h-side)/2))
}

func (v View) target() image.Rectangle {
	w, h := v.Region.Dx(), v.Region.Dy()
	if v.Fit != Pad || w == h {
		return image.Rect(0, 0, v.Size, v.Size)
	}
	side := max(w, h)
	tw, th := max(1, (w*v.Size+side/2)/side), max(1, (h*v.Size+side/2)/side)
	return image.Rect(0, 0, tw, th).Add(image.Pt((v.Size-tw)/2, (v.Size-th)/2))
}

// Scale gives the greatest of 1, 2, 4 and 8 by which a photo may be decoded smaller so that no view has to be enlarged
// for it: each source region keeps at least as many pixels as its view.
func Scale(views ...View) int {
	for _, s := range []int{8, 4, 2} {
		if fitsAll(views, s) {
			return s
		}
	}
	return 1
}

func fitsAll(views []View, scale int) bool {
	for _, v := range views {
		src, dst := v.source(), v.target()
		if src.Dx() < scale*dst.Dx() || src.Dy() < scale*dst.Dy() {
			return false
		}
	}
	return true
}

// Grid cuts a region into Rows × Cols cells; the zero Grid into none.
type Grid struct{ Rows, Cols int }

// ParseGrid reads "3x3", rows first. "" and "none" are the zero Grid.
func ParseGrid(s string) (Grid, error) {
	if s == "" || s == "none" {
		return Grid{}, nil
	}
	var g Grid
	var rest string
	if n, _ := fmt.Sscanf(s+" .", "%dx%d %s", &g.Rows, &g.Cols, &rest); n != 3 || rest != "." ||
		s != fmt.Sprintf("%dx%d", g.Rows, g.Cols) || g.Rows < 1 || g.Cols < 1 || g.Rows > maxGrid || g.Cols > maxGrid {
		return Grid{}, fmt.Errorf("must be rows x columns, like 3x3 (each 1 to %d), or none, not %q", maxGrid, s)
	}
	return g, nil
}

const maxGrid = 100

// Cells gives the number of cells.
func (g Grid) Cells() int { return g.Rows * g.Cols }

// Center gives the index of the cell in row Rows/2, column Cols/2: the middle one of an odd grid; of an even grid, which
// has none, the one below and to the right of the middle.
func (g Grid) Center() int { return g.Rows/2*g.Cols + g.Cols/2 }

// Cell gives the part of a region that cell i covers, counting row by row from the upper left. Cells of a region that
// doesn't divide evenly differ by a pixel. A region with fewer pixels than cells gives empty cells.
func (g Grid) Cell(region image.Rectangle, i int) image.Rectangle {
	r, c := i/g.Cols, i%g.Cols
	w, h := region.Dx(), region.Dy()
	return image.Rect(c*w/g.Cols, r*h/g.Rows, (c+1)*w/g.Cols, (r+1)*h/g.Rows).Add(region.Min)
}

// BoxRegion gives the whole pixels that the box x1, y1, x2, y2 touches when each side is moved out by margin, a share
// of the box's width and height, clipped to a photo of the given size. The result may be empty.
func BoxRegion(box [4]float64, margin float64, width, height int) image.Rectangle {
	for _, v := range box {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return image.Rectangle{}
		}
	}
	mx, my := margin*(box[2]-box[0]), margin*(box[3]-box[1])
	lo := func(v float64, n int) int { return int(math.Floor(min(max(v, 0), float64(n)))) }
	hi := func(v float64, n int) int { return int(math.Ceil(min(max(v, 0), float64(n)))) }
	x1, y1, x2, y2 := lo(box[0]-mx, width), lo(box[1]-my, height), hi(box[2]+mx, width), hi(box[3]+my, height)
	if x1 >= x2 || y1 >= y2 {
		return image.Rectangle{}
	}
	return image.Rect(x1, y1, x2, y2)
}
