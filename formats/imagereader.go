package formats

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/endian"
)

// Images is an image table open for reading by memory map: rows are read from the disk when they are looked at, in any
// order, at no cost in Go memory. Several goroutines may read at once. Artifacts are never changed in place; cutting
// the file short while it is open would end the program, as with any memory map.
type Images struct {
	spec    ImageSpec
	file    []byte
	unmap   func() error
	batches []batch
	perRow  int // rows of every batch but the last
	rows    int
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
	defer explain(&err, path)
	im = &Images{file: file, unmap: unmap}
	return im, im.parse()
}

func (im *Images) parse() error {
	schema, batches, err := parseArrow(im.file)
	if err != nil {
		return err
	}
	if err := im.checkSchema(schema); err != nil {
		return err
	}
	for i, b := range batches {
		if i == 0 {
			im.perRow = b.rows
		}
		if b.rows < 1 || b.rows > im.perRow || (b.rows < im.perRow && i < len(batches)-1) {
			return fmt.Errorf("record batch %d has %d rows: all but the last must have %d", i, b.rows, im.perRow)
		}
		if err := im.checkBatch(b); err != nil {
			return fmt.Errorf("record batch %d: %w", i, err)
		}
		im.rows += b.rows
	}
	im.batches = batches
	return nil
}

func (im *Images) checkSchema(schema *arrow.Schema) error {
	text, ok := schema.Metadata().GetValue(headerKey)
	if !ok {
		return fmt.Errorf("no metadata %q: not a file of this program", headerKey)
	}
	if _, err := parseHeader(text, "images", &im.spec); err != nil {
		return err
	}
	if err := im.spec.check(); err != nil {
		return err
	}
	if schema.Endianness() != endian.LittleEndian {
		return errors.New("numbers are big-endian")
	}
	if want := imageSchema(im.spec, text); !schema.Equal(want) {
		return fmt.Errorf("columns are\n%s\nand should be\n%s", schema, want)
	}
	return nil
}

// checkBatch says whether each buffer is as long as the rows need, and strings lie within their buffer.
func (im *Images) checkBatch(b batch) error {
	want := im.cellAt() // buffers up to the cells'
	if im.spec.Grid != "" {
		want += 3
	}
	if len(b.buffers) != want {
		return fmt.Errorf("%d buffers instead of %d", len(b.buffers), want)
	}
	at := 0
	for _, c := range labelColumns {
		n, err := c.check(b.buffers[at:], b.rows)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.name, err)
		}
		at += n
	}
	if len(b.buffers[at+2])/im.spec.wholeBytes() < b.rows {
		return errors.New("column whole is too short")
	}
	if im.spec.Grid != "" && len(b.buffers[at+5])/im.spec.cellBytes() < b.rows {
		return errors.New("column cell is too short")
	}
	return nil
}

// buffers is how many buffers the column has in a batch: validity, offsets and bytes; or validity and numbers.
func (c labelColumn) buffers() int {
	if _, text := c.field(new(Labels)).(*string); text {
		return 3
	}
	return 2
}

// check looks at the column's buffers, the first of the given, and says how many they are.
func (c labelColumn) check(buffers [][]byte, rows int) (int, error) {
	switch c.field(new(Labels)).(type) {
	case *string:
		return 3, checkOffsets(buffers[1], len(buffers[2]), rows)
	case *int64:
		return 2, atLeast(len(buffers[1]), 8*rows)
	default:
		return 2, atLeast(len(buffers[1]), 4*rows)
	}
}

func atLeast(n, want int) error {
	if n < want {
		return fmt.Errorf("%d bytes instead of %d", n, want)
	}
	return nil
}

// checkOffsets says whether the offsets of rows strings rise and stay within n bytes.
func checkOffsets(offsets []byte, n, rows int) error {
	if err := atLeast(len(offsets), 4*(rows+1)); err != nil {
		return err
	}
	last := int32(0)
	for i := range rows + 1 {
		o := int32(binary.LittleEndian.Uint32(offsets[4*i:]))
		if o < last || int(o) > n {
			return fmt.Errorf("row %d begins at %d of %d bytes", i, o, n)
		}
		last = o
	}
	return nil
}

// wholeAt is the index of the first buffer of `whole` in a batch: list validity, item validity, bytes.
func (im *Images) wholeAt() int {
	n := 0
	for _, c := range labelColumns {
		n += c.buffers()
	}
	return n
}

func (im *Images) cellAt() int { return im.wholeAt() + 3 }

// Len is the number of rows.
func (im *Images) Len() int { return im.rows }

// Spec says how the pixels were made.
func (im *Images) Spec() ImageSpec { return im.spec }

// Whole is the untouched photo of row i: RGB, row-major, Size×Size×3 bytes. It is a view into the map: read only, and
// valid until Close.
func (im *Images) Whole(i int) []byte { return im.pixels(i, im.wholeAt()+2, im.spec.wholeBytes()) }

// Cell is the grid's cell of row i: RGB, row-major, CellSize×CellSize×3 bytes, a view like that of Whole; nil where the
// table has no cells.
func (im *Images) Cell(i int) []byte {
	if im.spec.Grid == "" {
		return nil
	}
	return im.pixels(i, im.cellAt()+2, im.spec.cellBytes())
}

func (im *Images) pixels(i, buffer, size int) []byte {
	b, r := im.at(i)
	return b.buffers[buffer][r*size : (r+1)*size : (r+1)*size]
}

// at finds the batch of row i and the row's place in it.
func (im *Images) at(i int) (batch, int) { return im.batches[i/im.perRow], i % im.perRow }

// Labels are the labels of row i, copied.
func (im *Images) Labels(i int) Labels {
	b, r := im.at(i)
	var l Labels
	at := 0
	for _, c := range labelColumns {
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
