package formats

import (
	"errors"
	"fmt"
	"math"

	"github.com/parquet-go/parquet-go"
)

// This file reads and writes columns of equally long float32 vectors, in embeddings.parquet and centres.parquet.

// checkVectors says whether data is rows vectors of dim finite numbers.
func checkVectors(data []float32, rows, dim int) error {
	if dim < 1 {
		return fmt.Errorf("vectors of length %d", dim)
	}
	if len(data)/dim != rows || len(data)%dim != 0 {
		return fmt.Errorf("%d numbers for %d vectors of length %d", len(data), rows, dim)
	}
	return checkFinite(data, 0, dim)
}

// checkFinite looks for NaN and infinities in numbers that begin at the given one of vectors of length dim.
func checkFinite(data []float32, first, dim int) error {
	for i, x := range data {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return fmt.Errorf("vector %d holds %v at %d", (first+i)/dim, x, (first+i)%dim)
		}
	}
	return nil
}

// vectorOptions are for tables with a column `vector`: plain numbers, which neither shrink nor need bounds.
var vectorOptions = []parquet.WriterOption{
	parquet.PageBufferSize(1 << 20),
	parquet.SkipPageBounds("vector", "list", "element"),
}

// vectorGroup is the rows of a row group of about 32 MB of vectors.
func vectorGroup(dim int) int { return min(max(1, 32<<20/(4*dim)), rowGroup) }

// vectorChunks gives the column's chunk in each row group, after a look at the sizes they claim, so that no more
// memory is asked for than the file can fill.
func vectorChunks(t *table, column string) ([]parquet.ColumnChunk, error) {
	leaf, ok := t.Schema().Lookup(column, "list", "element")
	if !ok {
		return nil, fmt.Errorf("no column %q", column)
	}
	if t.Dim < 1 {
		return nil, fmt.Errorf("vectors of length %d", t.Dim)
	}
	var chunks []parquet.ColumnChunk
	for i, g := range t.RowGroups() {
		c := g.ColumnChunks()[leaf.ColumnIndex]
		if c.NumValues()/int64(t.Dim) != g.NumRows() || c.NumValues()%int64(t.Dim) != 0 {
			return nil, fmt.Errorf("row group %d holds %d numbers for %d vectors of length %d", i, c.NumValues(), g.NumRows(), t.Dim)
		}
		if c.NumValues() > t.Size()/4 {
			return nil, fmt.Errorf("row group %d claims %d numbers in a file of %d bytes; vectors must be plain and uncompressed", i, c.NumValues(), t.Size())
		}
		chunks = append(chunks, c)
	}
	return chunks, nil
}

// readVectors reads the column of vectors by whole pages, row-major.
func readVectors(t *table, column string) ([]float32, error) {
	chunks, err := vectorChunks(t, column)
	if err != nil {
		return nil, err
	}
	if int64(t.Rows) > t.Size()/4/int64(t.Dim) {
		return nil, fmt.Errorf("claims %d vectors of length %d in a file of %d bytes", t.Rows, t.Dim, t.Size())
	}
	data := make([]float32, 0, t.Rows*t.Dim)
	for _, c := range chunks {
		if data, err = appendPages(data, c, t.Dim); err != nil {
			return nil, err
		}
	}
	if len(data) != t.Rows*t.Dim {
		return nil, fmt.Errorf("%d numbers for %d vectors of length %d", len(data), t.Rows, t.Dim)
	}
	return data, nil
}

// appendPages appends the vectors of one column chunk.
func appendPages(data []float32, c parquet.ColumnChunk, dim int) (_ []float32, err error) {
	pages := c.Pages()
	defer func() { err = errors.Join(err, pages.Close()) }()
	for left := c.NumValues(); left > 0; {
		p, err := pages.ReadPage()
		if err != nil {
			return nil, err
		}
		if p.Dictionary() != nil {
			parquet.Release(p)
			return nil, errors.New("vectors are behind a dictionary: write them plain and uncompressed (pyarrow: use_dictionary=False, compression=\"none\")")
		}
		plain := p.Data()
		values := plain.Float()
		err = errors.Join(checkLengths(p, len(values), dim), checkFinite(values, len(data), dim))
		data = append(data, values...)
		left -= int64(len(values))
		if len(values) == 0 {
			err = errors.Join(err, errors.New("an empty page"))
		}
		parquet.Release(p)
		if err != nil {
			return nil, err
		}
	}
	return data, nil
}

// checkLengths says whether a page holds whole vectors of length dim, by its repetition levels: 0 where a vector
// begins.
func checkLengths(p parquet.Page, n, dim int) error {
	levels := p.RepetitionLevels()
	if len(levels) != n || n%dim != 0 {
		return fmt.Errorf("a page of %d numbers, %d places, isn't whole vectors of length %d", n, len(levels), dim)
	}
	for i, l := range levels {
		if (l == 0) != (i%dim == 0) {
			return fmt.Errorf("a vector is not of length %d", dim)
		}
	}
	return nil
}
