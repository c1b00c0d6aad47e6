package report

import (
	"fmt"
	"html/template"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// inputs is what went in.
type inputs struct {
	Facts      []fact
	Categories []share
	Catalogues []catalogue
	Pairs      []viewPair // what the encoder sees
	Cells      int        // of each photo
}

// share is a category's part of the photos.
type share struct {
	Name  string
	Count int
	Of    float64 // of the largest
}

// catalogue is one table of photos.
type catalogue struct {
	Rows, Photos, Items, Pairs, Rejects int
	Splits, Sources                     string
	Bytes                               string
}

// viewPair is a photo and its cell.
type viewPair struct {
	Whole, Cell template.URL
	Alt         string
}

func newInputs(b *builder) (*inputs, error) {
	spec := b.in.Images.Spec()
	v := &inputs{Cells: spec.CellCount()}
	v.Facts = []fact{
		{"rows", count(b.in.Images.Len()), ""},
		{"whole", fmt.Sprintf("%d × %d px, %s", spec.Size, spec.Size, fitName(spec.Fit)), ""},
	}
	if spec.Grid != "" {
		v.Facts = append(v.Facts, fact{cellsName(spec), fmt.Sprintf("%s of a %s grid, %d × %d px", spec.Cell, spec.Grid, spec.CellSize, spec.CellSize), ""})
	}
	if spec.Box == "item" {
		v.Facts = append(v.Facts, fact{"cut", "to the item's box first", ""})
	}
	if spec.Mask != "" {
		v.Facts = append(v.Facts, fact{"background", "replaced: " + spec.Background, ""})
	}
	v.Categories = b.categories()
	for _, p := range b.in.Photos {
		v.Catalogues = append(v.Catalogues, newCatalogue(p))
	}
	if spec.Grid == "" {
		return v, nil
	}
	r := rng.New(b.o.Seed, "report", "views")
	for _, i := range r.Perm(b.in.Images.Len())[:min(6, b.in.Images.Len())] {
		whole, err := b.thumbs.whole(i, galleryPixels)
		if err != nil {
			return nil, err
		}
		cell, err := b.thumbs.cell(i, r.IntN(spec.CellCount()), galleryPixels)
		if err != nil {
			return nil, err
		}
		v.Pairs = append(v.Pairs, viewPair{whole, cell, b.in.Images.Labels(i).ID})
	}
	return v, nil
}

func cellsName(spec formats.ImageSpec) string {
	if spec.CellCount() > 1 {
		return "cells"
	}
	return "cell"
}

func fitName(fit string) string {
	switch fit {
	case "stretch":
		return "stretched to a square"
	case "pad":
		return "padded to a square"
	case "crop":
		return "cropped to a square"
	}
	return fit
}

// categories counts the labels of the image table.
func (b *builder) categories() []share {
	counts := map[string]int{}
	for i := range b.in.Images.Len() {
		name := b.in.Images.Labels(i).Category
		if name == "" {
			name = "not labelled"
		}
		counts[name]++
	}
	var ss []share
	for _, n := range byCount(counts) {
		ss = append(ss, share{n, counts[n], 0})
	}
	for i := range ss {
		ss[i].Of = float64(ss[i].Count) / float64(ss[0].Count)
	}
	return ss
}

func newCatalogue(p PhotoTable) catalogue {
	c := catalogue{Rows: len(p.Photos), Rejects: len(p.Rejects)}
	var bytes int64
	paths, pairs := map[string]bool{}, map[int64]bool{}
	for _, ph := range p.Photos {
		if !paths[ph.Path] {
			paths[ph.Path] = true
			bytes += ph.Bytes
		}
		if ph.PairID != 0 {
			pairs[ph.PairID] = true
		}
		if len(ph.Box) > 0 {
			c.Items++
		}
	}
	c.Photos, c.Pairs, c.Bytes = len(paths), len(pairs), size(bytes)
	c.Splits = tally(p.Photos, func(l formats.Photo) string { return l.Split })
	c.Sources = tally(p.Photos, func(l formats.Photo) string { return l.Source })
	return c
}

// tally writes how often each value occurs: "train 900, validation 100".
func tally(photos []formats.Photo, get func(formats.Photo) string) string {
	counts := map[string]int{}
	for _, p := range photos {
		if v := get(p); v != "" {
			counts[v]++
		}
	}
	s := ""
	for i, n := range byCount(counts) {
		if i > 0 {
			s += ", "
		}
		s += n + " " + count(counts[n])
	}
	return s
}

// rejects is what was left out, and why.
type rejects struct {
	Total   int
	Reasons []share
	List    []formats.Reject
	More    int
}

func newRejects(in Input, limit int) *rejects {
	var all []formats.Reject
	for _, p := range in.Photos {
		all = append(all, p.Rejects...)
	}
	all = append(all, in.ImageRejects...)
	r := &rejects{Total: len(all), List: all[:min(limit, len(all))]}
	r.More = r.Total - len(r.List)
	counts := map[string]int{}
	for _, x := range all {
		counts[x.Reason]++
	}
	for _, n := range byCount(counts) {
		if len(r.Reasons) == 12 {
			break
		}
		r.Reasons = append(r.Reasons, share{n, counts[n], float64(counts[n]) / float64(len(all))})
	}
	return r
}
