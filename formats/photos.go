package formats

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// The files of a photos artifact.
const (
	PhotosFile  = "photos.parquet"
	RejectsFile = "rejects.parquet"
)

// Photo is a row of photos.parquet: one photo, or one annotated item of a photo.
type Photo struct {
	Labels
	SHA256   string      `parquet:"sha256"`                                // of the photo file's bytes, lower-case hexadecimal
	Bytes    int64       `parquet:"bytes"`                                 // size of the photo file
	Box      []float32   `parquet:"box,list"`                              // x1, y1, x2, y2 of the item in pixels of the photo; empty where not annotated
	Polygons [][]float32 `parquet:"polygons,list" parquet-element:",list"` // outlines of the item, or of all items in a row per photo, each x1, y1, x2, y2, … in pixels of the photo; may be empty
}

// Reject is a photo that was left out, and why.
type Reject struct {
	Path   string `parquet:"path"`   // relative to the root of the photos, with slashes
	Reason string `parquet:"reason"` // for people
}

// rowGroup is the number of rows of a row group in tables without vectors.
const rowGroup = 16384

// WritePhotos writes photos.parquet and rejects.parquet into dir. It is an error if two photos have the same ID, a box
// hasn't 0 or 4 numbers, or a polygon has an odd number.
func WritePhotos(dir string, photos []Photo, rejects []Reject) error {
	w, err := NewPhotoWriter(dir)
	if err != nil {
		return err
	}
	for _, p := range photos {
		if err := w.Append(p); err != nil {
			return errors.Join(err, w.Close(rejects))
		}
	}
	return w.Close(rejects)
}

// PhotoWriter writes a photos artifact row by row, with memory for a row group. It is for one goroutine.
type PhotoWriter struct {
	dir  string
	file *os.File
	rows *rowWriter[Photo]
	seen map[string]struct{} // ids
}

// NewPhotoWriter starts photos.parquet in dir. Close or Abandon must be called.
func NewPhotoWriter(dir string) (*PhotoWriter, error) {
	f, err := os.Create(filepath.Join(dir, PhotosFile))
	if err != nil {
		return nil, err
	}
	return &PhotoWriter{dir, f, newRowWriter[Photo](f, rowGroup), map[string]struct{}{}}, nil
}

// Append adds a row. It is an error if there was one of the same ID, its box hasn't 0 or 4 numbers, or a polygon has an
// odd number.
func (w *PhotoWriter) Append(p Photo) error {
	if err := checkPhoto(&p, w.seen); err != nil {
		return fmt.Errorf("%s: row %d: %w", PhotosFile, len(w.seen), err)
	}
	if err := w.rows.append(p); err != nil {
		return fmt.Errorf("write %s: %w", w.file.Name(), err)
	}
	return nil
}

// Close ends the table and writes rejects.parquet beside it.
func (w *PhotoWriter) Close(rejects []Reject) error {
	h, err := newHeader("photos", len(w.seen), 0, nil)
	if err == nil {
		err = w.rows.close(h)
	}
	if err = errors.Join(err, w.file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", w.file.Name(), err)
	}
	return writeRejects(w.dir, rejects)
}

// Abandon takes away a table that can't be ended.
func (w *PhotoWriter) Abandon() error {
	return errors.Join(w.file.Close(), os.Remove(w.file.Name()))
}

func checkPhoto(p *Photo, seen map[string]struct{}) error {
	if _, twice := seen[p.ID]; twice || p.ID == "" {
		return fmt.Errorf("id %q must be unique and not empty", p.ID)
	}
	seen[p.ID] = struct{}{}
	if err := checkBox(p); err != nil {
		return err
	}
	for _, poly := range p.Polygons {
		if len(poly)%2 != 0 {
			return fmt.Errorf("%s: a polygon has x and y for each point, not %d numbers", p.ID, len(poly))
		}
	}
	return nil
}

func checkBox(p *Photo) error {
	if len(p.Box) != 0 && len(p.Box) != 4 {
		return fmt.Errorf("%s: a box has 4 numbers, not %d", p.ID, len(p.Box))
	}
	return nil
}

// ReadPhotos reads photos.parquet of dir whole, with the polygons. See ScanPhotos for what needs no polygons.
func ReadPhotos(dir string) ([]Photo, error) {
	var photos []Photo
	seen := map[string]struct{}{}
	err := readTable[Photo](dir, PhotosFile, "photos", nil, func(t *table) error {
		return eachRow(t, func(i int, p *Photo) error {
			if err := checkPhoto(p, seen); err != nil {
				return fmt.Errorf("row %d: %w", i, err)
			}
			photos = append(photos, *p)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return photos, nil
}

// CheckPhotos says whether dir is a whole photos artifact: both files have the right columns and as many rows as they
// claim.
func CheckPhotos(dir string) error {
	if err := readTable[Photo](dir, PhotosFile, "photos", nil, whole); err != nil {
		return err
	}
	return checkRejects(dir)
}

// whole is for readTable, where its own checks are enough.
func whole(*table) error { return nil }

func writeRejects(dir string, rejects []Reject) error {
	h, err := newHeader("rejects", len(rejects), 0, nil)
	if err != nil {
		return err
	}
	return writeTable(dir, RejectsFile, h, rowGroup, func(i int) Reject { return rejects[i] })
}

// ReadRejects reads rejects.parquet of dir, a photos or an images artifact.
func ReadRejects(dir string) ([]Reject, error) {
	var rejects []Reject
	err := readTable[Reject](dir, RejectsFile, "rejects", nil, func(t *table) error {
		return eachRow(t, func(_ int, r *Reject) error {
			rejects = append(rejects, *r)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return rejects, nil
}

func checkRejects(dir string) error {
	return readTable[Reject](dir, RejectsFile, "rejects", nil, whole)
}
