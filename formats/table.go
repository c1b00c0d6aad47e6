package formats

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// headerKey is where our header lies in the metadata of a Parquet file's footer and of an Arrow schema.
const headerKey = "pipe"

// header says what a file holds, for our readers and for people who look at its metadata.
type header struct {
	Format  string          `json:"format"`
	Version int             `json:"version"`
	Rows    int             `json:"rows"`           // of the table; 0 in an image table, which is written as a stream
	Dim     int             `json:"dim,omitempty"`  // length of `vector`
	Meta    json.RawMessage `json:"meta,omitempty"` // what made it: EmbeddingsMeta, ImageSpec, …
}

// newHeader describes version 1 of a format; meta may be nil.
func newHeader(kind string, rows, dim int, meta any) (header, error) {
	h := header{Format: kind, Version: 1, Rows: rows, Dim: dim}
	if meta == nil {
		return h, nil
	}
	var err error
	if h.Meta, err = json.Marshal(meta); err != nil {
		return h, fmt.Errorf("%s: description: %w", kind, err)
	}
	return h, nil
}

// parseHeader reads a header of the wanted format, and its description into meta unless that is nil.
func parseHeader(text, kind string, meta any) (header, error) {
	var h header
	if err := unmarshalStrict([]byte(text), &h); err != nil {
		return h, fmt.Errorf("metadata %q: %w", headerKey, err)
	}
	if err := checkVersion(h.Format, h.Version, kind); err != nil {
		return h, err
	}
	if h.Rows < 0 || h.Dim < 0 {
		return h, fmt.Errorf("metadata %q: %d rows of %d numbers can't be", headerKey, h.Rows, h.Dim)
	}
	if meta == nil {
		return h, nil
	}
	if len(h.Meta) == 0 {
		return h, fmt.Errorf("metadata %q has no description", headerKey)
	}
	if err := unmarshalStrict(h.Meta, meta); err != nil {
		return h, fmt.Errorf("metadata %q: description: %w", headerKey, err)
	}
	return h, nil
}

// writeTable writes h.Rows rows as a Parquet file. group is the number of rows kept in memory before they go to the file,
// and of a row group.
func writeTable[T any](dir, name string, h header, group int, row func(i int) T, opts ...parquet.WriterOption) error {
	return createFile(dir, name, func(f io.Writer) error {
		w := newRowWriter[T](f, group, opts...)
		for i := range h.Rows {
			if err := w.append(row(i)); err != nil {
				return err
			}
		}
		return w.close(h)
	})
}

// rowWriter writes a table row by row.
type rowWriter[T any] struct {
	w   *parquet.GenericWriter[T]
	buf []T
}

func newRowWriter[T any](f io.Writer, group int, opts ...parquet.WriterOption) *rowWriter[T] {
	opts = append([]parquet.WriterOption{
		parquet.CreatedBy("pipe", "1", ""), // fixed: the library's version must not change the bytes
		parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(int64(group)),
	}, opts...)
	return &rowWriter[T]{parquet.NewGenericWriter[T](f, opts...), make([]T, 0, min(group, 256))}
}

func (w *rowWriter[T]) append(row T) error {
	w.buf = append(w.buf, row)
	if len(w.buf) < cap(w.buf) {
		return nil
	}
	return w.flush()
}

func (w *rowWriter[T]) flush() error {
	_, err := w.w.Write(w.buf)
	clear(w.buf) // what rows point at is not kept
	w.buf = w.buf[:0]
	return err
}

// close ends the table; h says how many rows there were.
func (w *rowWriter[T]) close(h header) error {
	if err := w.flush(); err != nil {
		return err
	}
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	w.w.SetKeyValueMetadata(headerKey, string(text))
	return w.w.Close()
}

// createFile makes dir/name from what fill writes, and closes it whatever happens.
func createFile(dir, name string, fill func(io.Writer) error) error {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	if err := errors.Join(fill(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", f.Name(), err)
	}
	return nil
}

// table is a Parquet file open for reading.
type table struct {
	*parquet.File
	header
}

// readTable opens dir/name, checks that it is a whole file of the format with T's columns and the number of rows its
// header says, and hands it to use. What the Parquet library panics at, in a damaged file, becomes an error.
func readTable[T any](dir, name, kind string, meta any, use func(t *table) error) (err error) {
	path := filepath.Join(dir, name)
	defer explain(&err, path)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	pf, err := openParquet(f, st.Size())
	if err != nil {
		return err
	}
	text, ok := pf.Lookup(headerKey)
	if !ok {
		return fmt.Errorf("no metadata %q: not a file of this program", headerKey)
	}
	h, err := parseHeader(text, kind, meta)
	if err != nil {
		return err
	}
	if want := parquet.SchemaOf(*new(T)); !hasColumns(pf.Schema(), want) {
		return fmt.Errorf("columns are\n%s\nand should be\n%s", pf.Schema(), want)
	}
	if err := checkRows(pf, h); err != nil {
		return err
	}
	return use(&table{File: pf, header: h})
}

// hasColumns says whether a file has the wanted columns, in order. It may lack those that may be null, and the one that came
// late, for which rows then have the zero value: an older program wrote it.
func hasColumns(file, want parquet.Node) bool {
	if parquet.EqualNodes(file, want) {
		return true
	}
	have, wanted := file.Fields(), want.Fields()
	wanted = slices.DeleteFunc(slices.Clone(wanted), func(f parquet.Field) bool {
		there := slices.ContainsFunc(have, func(h parquet.Field) bool { return h.Name() == f.Name() })
		return !there && (f.Optional() || f.Name() == lateColumn)
	})
	return slices.EqualFunc(have, wanted, func(a, b parquet.Field) bool { return a.Name() == b.Name() && parquet.EqualNodes(a, b) })
}

// openParquet reads the footer, and refuses what the library would take without a look at how much memory it asks for:
// a footer longer than the file, and codecs that we don't write.
func openParquet(f io.ReaderAt, size int64) (*parquet.File, error) {
	var tail [8]byte // length of the footer, magic
	if _, err := f.ReadAt(tail[:], size-8); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("not a whole Parquet file: %d bytes", size)
	}
	if n := int64(binary.LittleEndian.Uint32(tail[:])); string(tail[4:]) != "PAR1" || n > size-12 {
		return nil, errors.New("not a whole Parquet file: no footer at its end")
	}
	pf, err := parquet.OpenFile(f, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("not a whole Parquet file: %w", err)
	}
	for _, g := range pf.Metadata().RowGroups {
		for _, c := range g.Columns {
			if m := c.MetaData.Codec; m != format.Zstd && m != format.Uncompressed {
				return nil, fmt.Errorf("column %s is compressed by %s: only zstd is read, or none", strings.Join(c.MetaData.PathInSchema, "."), m)
			}
		}
	}
	return pf, nil
}

// checkRows says whether the row groups hold as many rows as the header and the footer say.
func checkRows(pf *parquet.File, h header) error {
	var rows int64
	for _, g := range pf.RowGroups() {
		rows += g.NumRows()
	}
	if int64(h.Rows) != rows || pf.NumRows() != rows {
		return fmt.Errorf("%d rows in row groups, %d in the footer, %d in the metadata", rows, pf.NumRows(), h.Rows)
	}
	return nil
}

// eachRow calls use for every row of T, a struct of columns that the file has.
func eachRow[T any](t *table, use func(i int, row *T) error) error {
	r := parquet.NewGenericReader[T](t.File)
	buf := make([]T, 128)
	i := 0
	for {
		clear(buf) // the reader appends to lists and leaves what is null
		n, err := r.Read(buf)
		for j := range buf[:n] {
			if err := use(i, &buf[j]); err != nil {
				return errors.Join(err, r.Close())
			}
			i++
		}
		if errors.Is(err, io.EOF) || (err == nil && n == 0) {
			break
		}
		if err != nil {
			return errors.Join(err, r.Close())
		}
	}
	if i != t.Rows {
		return errors.Join(fmt.Errorf("%d rows could be read of %d", i, t.Rows), r.Close())
	}
	return r.Close()
}

// explain puts path before an error, unless the system did so, and turns a panic of a library on damaged bytes into
// an error. It is called by defer.
func explain(err *error, path string) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%s: damaged: %v", path, p)
		return
	}
	var pathErr *os.PathError
	if *err != nil && !errors.As(*err, &pathErr) {
		*err = fmt.Errorf("%s: %w", path, *err)
	}
}
