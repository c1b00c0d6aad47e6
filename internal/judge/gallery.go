package judge

import (
	"errors"
	"slices"
)

// search is what neighbours are looked for in: the rows of a model, and behind them those of its gallery, if it has one.
type search struct {
	queries, gallery []bool          // rows to judge and to be found; nil for all
	own              map[int32]int32 // of a query, the row of the gallery with its id
	labels           [][]string      // one list per kind, of one label per row
}

// search says so of all models, whose rows are the same.
func (j *judge) search() (search, error) {
	queries, gallery, err := j.whose()
	m := j.models[0]
	if err != nil || m.Gallery == nil {
		return search{queries: queries, gallery: gallery, labels: j.labels}, err
	}
	if gallery, err = from("gallery", j.Gallery, m.Gallery.Labels); err != nil {
		return search{}, err
	}
	s := search{
		queries: append(orAll(queries, m.Len()), make([]bool, m.Gallery.Len())...),
		gallery: append(make([]bool, m.Len()), orAll(gallery, m.Gallery.Len())...),
		own:     ownRows(m),
	}
	for i, by := range j.by {
		s.labels = append(s.labels, slices.Concat(j.labels[i], j.galleryLabels(by)))
	}
	j.warnOwn(s)
	return s, nil
}

// vectors are the model's vectors and those of its gallery.
func (m Model) vectors() []float32 {
	if m.Gallery == nil {
		return m.Data
	}
	return slices.Concat(m.Data, m.Gallery.Data)
}

// ownRows finds the queries that are in the gallery too.
func ownRows(m Model) map[int32]int32 {
	rows, own := map[string]int{}, map[int32]int32{}
	for i, l := range m.Gallery.Labels {
		rows[l.ID] = m.Len() + i
	}
	for q, l := range m.Labels {
		if row, ok := rows[l.ID]; ok {
			own[int32(q)] = int32(row)
		}
	}
	return own
}

// warnOwn counts the queries that a row of the gallery is left out for.
func (j *judge) warnOwn(s search) {
	asked, left := 0, 0
	for q, is := range s.queries {
		if !is {
			continue
		}
		asked++
		if row, ok := s.own[int32(q)]; ok && s.gallery[row] {
			left++
		}
	}
	if left > 0 {
		j.tell.Warnf("gallery", "%d of %d queries have the id of a row of the gallery, which is left out of their neighbours as the same photo: "+
			"if it is another photo, give one of the files another name", left, asked)
	}
}

// galleryLabels are the labels of the gallery's rows, of a kind; none without a gallery.
func (j *judge) galleryLabels(by string) []string {
	var labels []string
	if g := j.models[0].Gallery; g != nil {
		for _, l := range g.Labels {
			labels = append(labels, labelOf[by](l))
		}
	}
	return labels
}

// sameGalleries wants a gallery of the same rows for every model, or for none.
func sameGalleries(models []Model) error {
	var galleries []Model
	for _, m := range models {
		if m.Gallery != nil {
			galleries = append(galleries, *m.Gallery)
		}
	}
	if n := len(galleries); n > 0 && n < len(models) {
		return errors.New("ours and baseline are compared by neighbours in the same gallery: each needs that gallery's embeddings")
	}
	return sameRows(galleries)
}

// orAll is which, or n rows that are all meant.
func orAll(which []bool, n int) []bool {
	if which == nil {
		return slices.Repeat([]bool{true}, n)
	}
	return which
}
