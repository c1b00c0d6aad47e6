package formats

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
)

// Images is an image table open for reading by memory map: rows are read from the disk when they are looked at, in any
// order, at no cost in Go memory. Several goroutines may read at once. Artifacts are never changed in place; cutting
// the file short while it is open would end the program, as with any memory map.
type Images struct {
	spec     ImageSpec
	columns  []labelColumn // of the labels
	whole    int           // number of the buffer with the pixels of column whole
	cells    int           // and of column cell
	file     []byte
	unmap    func() error
	batches  []batch
	perBatch int // rows of every batch but the last
	rows     int
}

// OpenImages maps images.arrow of dir and checks its structure: footer, columns, the bounds of every buffer.
func OpenImages(dir string) (im *Images, err error) {
	path := filepath.Join(dir, ImagesFile)
	file, unmap, err := mapFile(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			im, err = nil, errors.Join(err, unmap())
		}
	}()
	im = &Images{file: file, unmap: unmap}
	return im, im.parse(path)
}

// parse finds the rows in the file's bytes; its errors name path.
func (im *Images) parse(path string) (err error) {
	defer explain(&err, path)
	schema, batches, err := parseArrow(im.file)
	if err != nil {
		return err
	}
	if err := im.checkSchema(schema); err != nil {
		return err
	}
	for i, b := range batches {
		if i == 0 {
			im.perBatch = b.rows
		}
		if b.rows < 1 || b.rows > im.perBatch || (b.rows < im.perBatch && i < len(batches)-1) {
			return fmt.Errorf("record batch %d has %d rows: all but the last must have %d", i, b.rows, im.perBatch)
		}
		if err := im.checkBatch(b); err != nil {
			return fmt.Errorf("record batch %d: %w", i, err)
		}
		im.rows += b.rows
	}
	im.batches = batches
	return nil
}

// Len is the number of rows.
func (im *Images) Len() int { return im.rows }

// Spec says how the pixels were made.
func (im *Images) Spec() ImageSpec { return im.spec }

// Whole is the untouched photo of row i: RGB, row-major, Size×Size×3 bytes. It is a view into the map: read only, and
// valid until Close.
func (im *Images) Whole(i int) []byte { return im.pixels(i, im.whole, im.spec.wholeBytes()) }

// Cell is cell n of row i, 0 ≤ n < Spec().CellCount(): RGB, row-major, CellSize×CellSize×3 bytes, a view like that of
// Whole; nil where the table has no cells.
func (im *Images) Cell(i, n int) []byte {
	cells, size := im.Cells(i), im.spec.cellBytes()
	if cells == nil {
		return nil
	}
	return cells[n*size : (n+1)*size : (n+1)*size]
}

// Cells are all cells of row i, one after the other.
func (im *Images) Cells(i int) []byte {
	if im.spec.Grid == "" {
		return nil
	}
	return im.pixels(i, im.cells, im.spec.cellsBytes())
}

func (im *Images) pixels(i, buffer, size int) []byte {
	b, r := im.at(i)
	return b.buffers[buffer][r*size : (r+1)*size : (r+1)*size]
}

// at finds the batch of row i and the row's place in it.
func (im *Images) at(i int) (batch, int) { return im.batches[i/im.perBatch], i % im.perBatch }

// Labels are the labels of row i, copied.
func (im *Images) Labels(i int) Labels {
	b, r := im.at(i)
	var l Labels
	at := 0
	for _, c := range im.columns {
		switch v := c.field(&l).(type) {
		case *string:
			offsets := b.buffers[at+1][4*r:]
			lo, hi := binary.LittleEndian.Uint32(offsets), binary.LittleEndian.Uint32(offsets[4:])
			*v = string(b.buffers[at+2][lo:hi])
		case *int32:
			*v = int32(binary.LittleEndian.Uint32(b.buffers[at+1][4*r:]))
		case *int64:
			*v = int64(binary.LittleEndian.Uint64(b.buffers[at+1][8*r:]))
		}
		at += c.buffers()
	}
	return l
}

// Close ends the map; views of it must not be used any more. A second Close does nothing.
func (im *Images) Close() error {
	if im.unmap == nil {
		return nil
	}
	unmap := im.unmap
	im.unmap, im.file, im.batches, im.rows = nil, nil, nil, 0
	return unmap()
}

// CheckImages says whether dir is a whole images artifact: footers, columns, and the bounds of every buffer. It doesn't
// read pixels.
func CheckImages(dir string) error {
	im, err := OpenImages(dir)
	if err != nil {
		return err
	}
	return errors.Join(im.Close(), checkRejects(dir))
}
