package formats

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/endian"
)

// This file checks that an image table is what the reader relies on, so that looking at a row can't fail.

// Buffers of a column in a record batch.
const (
	textBuffers   = 3 // validity, offsets, bytes
	numberBuffers = 2 // validity, numbers
	tensorBuffers = 3 // validity of lists, validity of items, items
)

// buffers is the number of a column's buffers.
func (c labelColumn) buffers() int {
	if _, text := c.field(new(Labels)).(*string); text {
		return textBuffers
	}
	return numberBuffers
}

// labelBuffers is the number of buffers of all labels, behind which those of column whole begin, and then column cell's.
func (im *Images) labelBuffers() int {
	n := 0
	for _, c := range im.columns {
		n += c.buffers()
	}
	return n
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
	im.columns = labelColumns
	if !schema.HasField(lateColumn) {
		im.columns = labelColumns[:len(labelColumns)-1]
	}
	if want := imageSchema(im.spec, im.columns, text); !schema.Equal(want) {
		return fmt.Errorf("columns are\n%s\nand should be\n%s", schema, want)
	}
	im.whole = im.labelBuffers() + 2
	im.cells = im.whole + tensorBuffers
	return nil
}

// checkBatch says whether each buffer is as long as the rows need, and strings lie within their buffer.
func (im *Images) checkBatch(b batch) error {
	want := im.labelBuffers() + tensorBuffers
	if im.spec.Grid != "" {
		want += tensorBuffers
	}
	if len(b.buffers) != want {
		return fmt.Errorf("%d buffers instead of %d", len(b.buffers), want)
	}
	at := 0
	for _, c := range im.columns {
		n, err := c.check(b.buffers[at:], b.rows)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.name, err)
		}
		at += n
	}
	if len(b.buffers[im.whole])/im.spec.wholeBytes() < b.rows {
		return errors.New("column whole is too short")
	}
	if im.spec.Grid != "" && len(b.buffers[im.cells])/im.spec.cellsBytes() < b.rows {
		return errors.New("column cell is too short")
	}
	return nil
}

// check looks at the column's buffers, the first of the given, and says how many they are.
func (c labelColumn) check(buffers [][]byte, rows int) (int, error) {
	switch c.field(new(Labels)).(type) {
	case *string:
		return c.buffers(), checkOffsets(buffers[1], len(buffers[2]), rows)
	case *int64:
		return c.buffers(), atLeast(len(buffers[1]), 8*rows)
	default:
		return c.buffers(), atLeast(len(buffers[1]), 4*rows)
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
