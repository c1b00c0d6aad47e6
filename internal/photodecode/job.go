package photodecode

import (
	"context"
	"errors"
	"fmt"

	"fashionpipe/formats"
	"fashionpipe/internal/imaging"
	"fashionpipe/internal/ordered"
)

// Job says how photos become images.
type Job struct {
	Root       string // the folder that the photos' paths start from
	Size       int    // edge of the whole image, pixels
	CellSize   int    // edge of a cell's image; 0: as Size
	Fit        imaging.Fit
	Grid       imaging.Grid      // the zero Grid: no cells
	Cell       string            // "center", "random", or an index; of several cells "all" or "random:3"
	ItemBox    bool              // cut out the item's box first
	Margin     float64           // how far to move the box's sides out, as a share of the box
	Backdrop   *imaging.Backdrop // what to put in place of all that lies outside the polygons; nil: leave it
	Background string            // Backdrop as imaging.ParseBackdrop reads it
	MustMask   bool              // with a Backdrop, reject photos without polygons rather than leave them as they are
	MaxPixels  int64
	MaxRejects float64 // share of photos, 0 to 1
	Seed       uint64  // for random cells
	Workers    int
	Done       func(n int) // told after every n photos; may be nil
	Earlier    *Earlier    // pixels to take over; may be nil. It changes no byte of the result
}

// withDefaults fills in what is left out.
func (j Job) withDefaults() Job {
	if j.CellSize == 0 && j.Grid.Cells() > 0 {
		j.CellSize = j.Size
	}
	return j
}

// Outcome is what became of the photos.
type Outcome struct {
	Rejects  []formats.Reject
	Reused   int // photos whose pixels came from Job.Earlier
	Unmasked int // photos that were to be masked and have no polygons
}

// Scan reads the rows of a catalogue part by part, with as much of each as the job needs.
func (j Job) Scan(dir string, use func(part []formats.Photo) error) error {
	if j.Backdrop != nil {
		return formats.ScanOutlines(dir, use)
	}
	return formats.ScanPhotos(dir, use)
}

// Write makes images.arrow and rejects.parquet in dir, of n photos that come part by part, as Scan gives them. It fails
// when more than MaxRejects of the photos, or all of them, are rejected, when a file can't be read or is not the one that
// was catalogued, and when photos are to be masked and none of them has polygons.
func (j Job) Write(ctx context.Context, dir string, n int, photos func(use func(part []formats.Photo) error) error) (out Outcome, err error) {
	if j.Root == "" {
		return out, errors.New("the catalogue doesn't say where its photos lie")
	}
	j = j.withDefaults()
	w, err := formats.NewImageWriter(dir, j.spec())
	if err != nil {
		return out, err
	}
	defer func() { // after an error the end of the table says the same again, or nothing
		if failed := w.Close(out.Rejects); err == nil {
			err = failed
		}
	}()

	pool := newPool(j)
	var failed error // as it is: the catalogue, which photos names in its errors, has no part in it
	err = photos(func(part []formats.Photo) error {
		failed = ordered.Map(ctx, j.Workers, len(part), func(ctx context.Context, worker, i int) (result, error) {
			return pool.decode(ctx, worker, &part[i])
		}, func(i int, r result) error {
			if j.Done != nil {
				j.Done(1)
			}
			if r.reject != "" {
				out.Rejects = append(out.Rejects, formats.Reject{Path: part[i].Path, Reason: r.reject})
				return j.tooMany(out.Rejects, n)
			}
			out.count(j, r, &part[i])
			defer pool.recycle(r)
			return w.Append(part[i].Labels, r.pixels[:pool.whole], r.pixels[pool.whole:])
		})
		return failed
	})
	switch {
	case failed != nil:
		err = failed
	case err != nil:
	case len(out.Rejects) == n:
		err = fmt.Errorf("no photo could be decoded%s", reasons(out.Rejects))
	case out.Unmasked == n-len(out.Rejects):
		err = errors.New("no photo has an outline (mask: polygon): outlines come from annotations, as DeepFashion2's and synth's are")
	}
	return out, err
}

func (out *Outcome) count(j Job, r result, photo *formats.Photo) {
	if r.reused {
		out.Reused++
	}
	if j.Backdrop != nil && len(photo.Polygons) == 0 {
		out.Unmasked++
	}
}

func (j Job) spec() formats.ImageSpec {
	s := formats.ImageSpec{Size: j.Size, Fit: string(j.Fit), Box: "photo"}
	if j.ItemBox {
		s.Box = "item"
	}
	if j.Backdrop != nil {
		s.Mask, s.Background = "polygon", j.Background
	}
	if j.Grid.Cells() > 0 {
		s.CellSize, s.Grid, s.Cell = j.CellSize, fmt.Sprintf("%dx%d", j.Grid.Rows, j.Grid.Cols), j.Cell
		if n := j.cellCount(); n > 1 {
			s.Cells = n
		}
	}
	return s
}

// tooMany ends the run as soon as the share of rejects is certain to be exceeded.
func (j Job) tooMany(rejects []formats.Reject, photos int) error {
	if float64(len(rejects)) <= j.MaxRejects*float64(photos) {
		return nil
	}
	return fmt.Errorf("%d of %d photos rejected so far, more than max_rejects (%v) allows; mend or remove them, or raise it%s", len(rejects), photos, j.MaxRejects, reasons(rejects))
}

// reasons lists the first few, each on a line.
func reasons(rejects []formats.Reject) string {
	text := ""
	const most = 5
	for _, r := range rejects[:min(most, len(rejects))] {
		text += fmt.Sprintf("\n  %s: %s", r.Path, r.Reason)
	}
	return text
}

// pool is what the goroutines share.
type pool struct {
	Job
	whole, cell int // bytes of the whole image, and of a cell's
	cellsOfRow  int
	files       budget
	decoding    budget
	renderers   []imaging.Renderer // one per worker
	free        chan []byte        // pixels to use again
}

func newPool(j Job) *pool {
	workers := max(1, j.Workers)
	p := &pool{Job: j, whole: 3 * j.Size * j.Size, files: newBudget(fileBudget), decoding: newBudget(decodeBudget)}
	if j.Grid.Cells() > 0 {
		p.cell, p.cellsOfRow = 3*j.CellSize*j.CellSize, j.cellCount()
	}
	p.renderers, p.free = make([]imaging.Renderer, workers), make(chan []byte, 5*workers)
	return p
}

func (p *pool) pixels() []byte {
	select {
	case b := <-p.free:
		return b
	default:
		return make([]byte, p.whole+p.cellsOfRow*p.cell)
	}
}

func (p *pool) recycle(r result) {
	select {
	case p.free <- r.pixels:
	default:
	}
}
