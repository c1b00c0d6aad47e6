package formats

import (
	"errors"
	"fmt"
	"math"
)

// The files of a neighbours artifact. Only neighbours in a gallery of their own have GalleryFile.
const (
	NeighboursFile = "neighbours.parquet"
	GalleryFile    = "gallery.parquet"
)

// NeighboursMeta says how neighbours were found.
type NeighboursMeta struct {
	Model      string `json:"model"`             // of the embeddings: EmbeddingsMeta.Model
	Random     bool   `json:"random"`            // of the embeddings: EmbeddingsMeta.Random
	Embeddings string `json:"embeddings"`        // digest of the embeddings artifact of the queries
	Gallery    string `json:"gallery,omitempty"` // digest of the embeddings artifact of the gallery; "": the queries are each other's
	Metric     string `json:"metric"`            // "cosine": Score is the similarity, higher is nearer; "l2": the distance, lower is nearer
	K          int    `json:"k"`                 // neighbours asked for, per query
}

// Neighbours gives each query the rows nearest to it: of the other queries, or of a gallery.
type Neighbours struct {
	Meta    NeighboursMeta
	Labels  []Labels  // of the queries
	Gallery []Labels  // of the gallery; nil unless Meta.Gallery is set
	K       int       // columns of Index and Score; equal to Meta.K
	Index   []int32   // len(Labels)×K into Found, nearest first; -1 at the end where there are fewer than K
	Score   []float32 // len(Labels)×K, see NeighboursMeta.Metric; 0 where Index is -1
}

// HasGallery says whether neighbours are rows of a gallery, and not other queries.
func (n *Neighbours) HasGallery() bool { return n.Meta.Gallery != "" }

// Found are the labels of the rows that Index counts: those of the gallery, or of the queries themselves.
func (n *Neighbours) Found() []Labels {
	if n.HasGallery() {
		return n.Gallery
	}
	return n.Labels
}

// Row is the neighbours of row i and their scores, nearest first, without the padding: views into Index and Score.
func (n *Neighbours) Row(i int) ([]int32, []float32) {
	lo, hi := i*n.K, i*n.K
	for hi < (i+1)*n.K && n.Index[hi] >= 0 {
		hi++
	}
	return n.Index[lo:hi:hi], n.Score[lo:hi:hi]
}

// neighbourRow is a row of neighbours.parquet: one neighbour of one query, or a query that has none.
type neighbourRow struct {
	Query       int32    `parquet:"query"`
	Rank        int32    `parquet:"rank"`
	Neighbour   *int32   `parquet:"neighbour,optional"`
	NeighbourID *string  `parquet:"neighbour_id,optional"`
	Score       *float32 `parquet:"score,optional"`
	Labels
}

// check says whether the parts of n agree and are in range.
func (n *Neighbours) check() error {
	rows, found := len(n.Labels), len(n.Found())
	if !n.HasGallery() && n.Gallery != nil {
		return errors.New("there is a gallery, and Meta names none")
	}
	if n.K < 1 || n.K != n.Meta.K {
		return fmt.Errorf("field K is %d, and %d in Meta", n.K, n.Meta.K)
	}
	if len(n.Index) != len(n.Score) || len(n.Index)/n.K != rows || len(n.Index)%n.K != 0 {
		return fmt.Errorf("%d neighbours, %d scores for %d rows of %d", len(n.Index), len(n.Score), rows, n.K)
	}
	if n.Meta.Metric != "cosine" && n.Meta.Metric != "l2" {
		return fmt.Errorf(`metric %q is neither "cosine" nor "l2"`, n.Meta.Metric)
	}
	for i, j := range n.Index {
		s := float64(n.Score[i])
		switch {
		case j < -1 || int(j) >= found || !n.HasGallery() && int(j) == i/n.K:
			return fmt.Errorf("row %d has row %d of %d for a neighbour", i/n.K, j, found)
		case j == -1 && s != 0:
			return fmt.Errorf("row %d has a score where it has no neighbour", i/n.K)
		case j >= 0 && i%n.K > 0 && n.Index[i-1] == -1:
			return fmt.Errorf("row %d has a gap before its neighbour %d", i/n.K, i%n.K+1)
		case math.IsNaN(s) || math.IsInf(s, 0):
			return fmt.Errorf("row %d has a score of %v", i/n.K, s)
		}
	}
	return nil
}

// WriteNeighbours writes neighbours.parquet into dir, one row for each neighbour of each query, and gallery.parquet where
// they are of a gallery. It is an error if lengths disagree, an index is out of range, or a row is its own neighbour.
func WriteNeighbours(dir string, n *Neighbours) error {
	if err := n.check(); err != nil {
		return fmt.Errorf("%s: %w", NeighboursFile, err)
	}
	if n.HasGallery() {
		if err := writeGallery(dir, n.Gallery); err != nil {
			return err
		}
	}
	at, found := n.places(), n.Found()
	h, err := newHeader("neighbours", len(at), 0, n.Meta)
	if err != nil {
		return err
	}
	return writeTable(dir, NeighboursFile, h, rowGroup, func(i int) neighbourRow {
		p := at[i]
		q := p / n.K
		r := neighbourRow{Query: int32(q), Labels: n.Labels[q]}
		if n.Index[p] >= 0 {
			r.Rank = int32(p%n.K + 1)
			r.Neighbour, r.NeighbourID, r.Score = &n.Index[p], &found[n.Index[p]].ID, &n.Score[p]
		}
		return r
	})
}

// places are the positions in Index that become rows: every neighbour, and the first place of a query without any, so
// that its labels are kept.
func (n *Neighbours) places() []int {
	var at []int
	for p, j := range n.Index {
		if j >= 0 || p%n.K == 0 {
			at = append(at, p)
		}
	}
	return at
}

// ReadNeighbours reads neighbours.parquet of dir, and gallery.parquet where they are of a gallery. Rows must be in the order
// they were written: by query, then rank.
func ReadNeighbours(dir string) (*Neighbours, error) {
	n := &Neighbours{}
	err := readTable[neighbourRow](dir, NeighboursFile, "neighbours", &n.Meta, func(t *table) error {
		n.K = n.Meta.K
		if n.K < 1 {
			return fmt.Errorf("%d neighbours per query", n.K)
		}
		var ids []*string // of the neighbours, checked once all labels are known
		err := eachRow(t, func(i int, r *neighbourRow) error {
			if err := n.add(r); err != nil {
				return fmt.Errorf("row %d: %w", i, err)
			}
			ids = append(ids, r.NeighbourID)
			return nil
		})
		if err != nil {
			return err
		}
		if err := n.readGallery(dir); err != nil {
			return err
		}
		if err := n.check(); err != nil {
			return err
		}
		return n.checkIDs(ids)
	})
	if err != nil {
		return nil, err
	}
	return n, nil
}

// maxPadding bounds K×queries for a table whose metadata claims a K far above what its rows hold.
const maxPadding = 1 << 28

// add takes in the next row of the table.
func (n *Neighbours) add(r *neighbourRow) error {
	if int(r.Query) == len(n.Labels) {
		if len(n.Index)+n.K > maxPadding {
			return fmt.Errorf("metadata asks for %d neighbours per query: too many", n.K)
		}
		n.Labels = append(n.Labels, r.Labels)
		for range n.K {
			n.Index, n.Score = append(n.Index, -1), append(n.Score, 0)
		}
	}
	none := r.Neighbour == nil
	if int(r.Query) != len(n.Labels)-1 || r.Labels != n.Labels[r.Query] {
		return fmt.Errorf("query %d is out of order or has changed labels", r.Query)
	}
	if none != (r.Score == nil) || none != (r.NeighbourID == nil) || none != (r.Rank == 0) {
		return fmt.Errorf("query %d, rank %d is neither a neighbour nor the lack of one", r.Query, r.Rank)
	}
	if none {
		return nil
	}
	p := int(r.Query)*n.K + int(r.Rank) - 1
	if r.Rank < 1 || int(r.Rank) > n.K || *r.Neighbour < 0 || n.Index[p] != -1 {
		return fmt.Errorf("query %d has row %d at rank %d", r.Query, *r.Neighbour, r.Rank)
	}
	n.Index[p], n.Score[p] = *r.Neighbour, *r.Score
	return nil
}

// checkIDs says whether neighbour_id names the rows that neighbour points at.
func (n *Neighbours) checkIDs(ids []*string) error {
	found := n.Found()
	for i, p := range n.places() {
		if i >= len(ids) {
			return fmt.Errorf("%d rows for more neighbours", len(ids))
		}
		if ids[i] != nil && (n.Index[p] < 0 || found[n.Index[p]].ID != *ids[i]) {
			return fmt.Errorf("row %d: neighbour_id %q is not the id of the neighbour", i, *ids[i])
		}
	}
	return nil
}

// CheckNeighbours says whether dir is a whole neighbours artifact. It reads all of it.
func CheckNeighbours(dir string) error {
	_, err := ReadNeighbours(dir)
	return err
}
