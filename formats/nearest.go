package formats

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// ReadNearest reads only the first k neighbours of each query, without their scores, and of the labels only id, category,
// pair_id and style: what a row found, in a fraction of the time that ReadNeighbours takes, since it goes by columns. Only a
// gallery is read whole.
// It trusts the file in what it does not read. It is an error if the file has fewer than k neighbours per query.
func ReadNearest(dir string, k int) (*Neighbours, error) {
	n := &Neighbours{}
	err := readTable[neighbourRow](dir, NeighboursFile, "neighbours", &n.Meta, func(t *table) error {
		if k < 1 || n.Meta.K < k {
			return fmt.Errorf("%d neighbours per query, and %d are wanted", n.Meta.K, k)
		}
		n.K, n.Meta.K = k, k
		for _, g := range t.RowGroups() {
			if err := n.addGroup(columns{t, g}); err != nil {
				return err
			}
		}
		if err := n.readGallery(dir); err != nil {
			return err
		}
		return n.check()
	})
	if err != nil {
		return nil, err
	}
	return n, nil
}

// addGroup takes in a group of rows.
func (n *Neighbours) addGroup(c columns) error {
	query, rank := make([]int32, c.group.NumRows()), make([]int32, c.group.NumRows())
	first := len(n.Labels)
	err := errors.Join(
		c.each("rank", func(i int, v parquet.Value) { rank[i] = v.Int32() }),
		c.each("query", func(i int, v parquet.Value) { query[i] = v.Int32() }))
	if err != nil {
		return err
	}
	for i, r := range rank {
		if r <= 1 {
			n.Labels = append(n.Labels, Labels{})
			for range n.K {
				n.Index, n.Score = append(n.Index, -1), append(n.Score, 0)
			}
		}
		if r < 0 || int(query[i]) != len(n.Labels)-1 {
			return fmt.Errorf("query %d, rank %d is out of order", query[i], r)
		}
	}
	ofQuery := func(name string, set func(l *Labels, v parquet.Value)) error {
		at := first
		return c.each(name, func(i int, v parquet.Value) {
			if rank[i] <= 1 {
				set(&n.Labels[at], v)
				at++
			}
		})
	}
	return errors.Join(
		c.each("neighbour", func(i int, v parquet.Value) {
			if r := int(rank[i]); r >= 1 && r <= n.K {
				n.Index[int(query[i])*n.K+r-1] = v.Int32()
			}
		}),
		ofQuery("id", func(l *Labels, v parquet.Value) { l.ID = string(v.ByteArray()) }),
		ofQuery("category", func(l *Labels, v parquet.Value) { l.Category = string(v.ByteArray()) }),
		ofQuery("pair_id", func(l *Labels, v parquet.Value) { l.PairID = v.Int64() }),
		ofQuery("style", func(l *Labels, v parquet.Value) { l.Style = v.Int32() }))
}

// columns are those of a row group, none of them a list.
type columns struct {
	t     *table
	group parquet.RowGroup
}

// each calls use with every value of a column.
func (c columns) each(name string, use func(i int, v parquet.Value)) (err error) {
	leaf, _ := c.t.Schema().Lookup(name) // readTable has compared the columns
	pages := c.group.ColumnChunks()[leaf.ColumnIndex].Pages()
	defer func() { err = errors.Join(err, pages.Close()) }()
	buf := make([]parquet.Value, 1024)
	for i := 0; ; {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) && i == int(c.group.NumRows()) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("column %s: %w", name, err)
		}
		values := page.Values()
		for err == nil {
			var m int
			m, err = values.ReadValues(buf)
			for _, v := range buf[:m] {
				use(i, v)
				i++
			}
		}
		parquet.Release(page)
		if !errors.Is(err, io.EOF) {
			return fmt.Errorf("column %s: %w", name, err)
		}
	}
}
