package formats

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// ImageWriter writes an image table row by row, with memory for one record batch (about 4 MB). It is for one goroutine.
type ImageWriter struct {
	dir      string
	spec     ImageSpec
	perBatch int // rows of a record batch
	schema   *arrow.Schema
	file     *os.File
	arrow    *ipc.FileWriter
	labels   []Labels // rows of the batch that is being filled
	whole    []byte
	cells    []byte
	closed   bool
}

// NewImageWriter starts images.arrow in dir. Close must be called, also after an error.
func NewImageWriter(dir string, spec ImageSpec) (*ImageWriter, error) {
	if err := spec.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", ImagesFile, err)
	}
	h, err := newHeader("images", 0, 0, spec)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	w := &ImageWriter{dir: dir, spec: spec, perBatch: spec.batchRows(), schema: imageSchema(spec, labelColumns, string(text))}
	if w.file, err = os.Create(filepath.Join(dir, ImagesFile)); err != nil {
		return nil, err
	}
	if w.arrow, err = ipc.NewFileWriter(w.file, ipc.WithSchema(w.schema)); err != nil {
		return nil, errors.Join(w.failed(err), w.file.Close())
	}
	return w, nil
}

// Append adds a row and copies its pixels: RGB, row-major, Size×Size×3 bytes for whole and CellSize×CellSize×3 for
// each of its cells, one after the other; none where the table has no cells.
func (w *ImageWriter) Append(l Labels, whole, cells []byte) error {
	if len(whole) != w.spec.wholeBytes() || len(cells) != w.spec.cellsBytes() {
		return fmt.Errorf("%s: %s: %d and %d bytes of pixels, the table has %d and %d",
			ImagesFile, l.ID, len(whole), len(cells), w.spec.wholeBytes(), w.spec.cellsBytes())
	}
	w.labels = append(w.labels, l)
	w.whole = append(w.whole, whole...)
	w.cells = append(w.cells, cells...)
	if len(w.labels) == w.perBatch {
		return w.flush()
	}
	return nil
}

// Close ends the table and writes rejects.parquet beside it. A second Close does nothing.
func (w *ImageWriter) Close(rejects []Reject) error {
	if w.closed {
		return nil
	}
	w.closed = true
	err := w.flush()
	if err == nil {
		err = w.arrow.Close()
	}
	if failed := w.file.Close(); err == nil {
		err = failed
	}
	if err != nil {
		return w.failed(err)
	}
	return writeRejects(w.dir, rejects)
}

// failed puts the path before an error, unless the system did so: arrow wraps that in words of its own.
func (w *ImageWriter) failed(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path
	}
	return fmt.Errorf("write %s: %w", w.file.Name(), err)
}

// flush writes the rows kept as a record batch.
func (w *ImageWriter) flush() error {
	if len(w.labels) == 0 {
		return nil
	}
	columns := make([]arrow.Array, 0, w.schema.NumFields())
	for _, c := range labelColumns {
		columns = append(columns, labelArray(c, w.labels))
	}
	columns = append(columns, tensorArray(w.schema.Field(len(labelColumns)).Type, w.whole, len(w.labels)))
	if w.spec.Grid != "" {
		columns = append(columns, tensorArray(w.schema.Field(len(labelColumns)+1).Type, w.cells, len(w.labels)))
	}
	batch := array.NewRecord(w.schema, columns, int64(len(w.labels)))
	defer batch.Release()
	for _, c := range columns {
		c.Release() // the batch holds them now
	}
	if err := w.arrow.Write(batch); err != nil {
		return w.failed(err)
	}
	w.labels, w.whole, w.cells = w.labels[:0], w.whole[:0], w.cells[:0]
	return nil
}

// labelArray is one field of all labels.
func labelArray(c labelColumn, labels []Labels) arrow.Array {
	b := array.NewBuilder(memory.DefaultAllocator, c.arrowType())
	defer b.Release()
	b.Reserve(len(labels))
	for i := range labels {
		switch v := c.field(&labels[i]).(type) {
		case *string:
			b.(*array.StringBuilder).Append(*v)
		case *int32:
			b.(*array.Int32Builder).Append(*v)
		case *int64:
			b.(*array.Int64Builder).Append(*v)
		}
	}
	return b.NewArray()
}

// tensorArray is a column of rows images over their bytes, without a copy.
func tensorArray(t arrow.DataType, pixels []byte, rows int) arrow.Array {
	values := array.NewData(arrow.PrimitiveTypes.Uint8, len(pixels), []*memory.Buffer{nil, memory.NewBufferBytes(pixels)}, nil, 0, 0)
	defer values.Release()
	list := array.NewData(t, rows, []*memory.Buffer{nil}, []arrow.ArrayData{values}, 0, 0)
	defer list.Release()
	return array.NewFixedSizeListData(list)
}
