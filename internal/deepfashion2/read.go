package deepfashion2

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"fashionpipe/formats"
	"fashionpipe/internal/catalogue"
	"fashionpipe/internal/ordered"
)

// Options say what Read makes rows of.
type Options struct {
	Split   string // "train", "validation" or "test"
	Items   bool   // a row per item, rather than per photo
	Workers int
	Begin   func(n int) // told how many photos there are; may be nil
	Done    func(n int) // told after every n photos; may be nil
}

// Keep says whether a file belongs to a split: a photo or an annotation.
func Keep(split, rel string) bool {
	dir, _ := path.Split(rel)
	return dir == split+"/image/" && catalogue.IsPhoto(rel) || dir == split+"/annos/" && path.Ext(rel) == ".json" && !strings.HasPrefix(path.Base(rel), ".")
}

// Read makes the rows of a split from files, which Keep has chosen below root, and hands them to use, sorted by path and
// item, so that not all of them have to be kept. What is broken is
// listed with its reason; a file that was listed and can't be read any more is an error. A row for a whole photo carries
// the labels and the box of its item with the largest box, and the polygons of all its items.
func Read(ctx context.Context, root string, files []catalogue.File, o Options, use func(formats.Photo) error) ([]formats.Reject, error) {
	pairs, rejects := pair(files, o.Split)
	if o.Begin != nil {
		o.Begin(len(pairs))
	}
	readers := make([]reader, max(1, o.Workers))
	for i := range readers {
		readers[i].root = root
		defer readers[i].close()
	}
	err := ordered.Map(ctx, o.Workers, len(pairs), func(_ context.Context, worker, i int) (result, error) {
		return pairs[i].read(&readers[worker], o)
	}, func(_ int, r result) error {
		rejects = append(rejects, r.rejects...)
		for _, row := range r.rows {
			if err := use(row); err != nil {
				return err
			}
		}
		if o.Done != nil {
			o.Done(1)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rejects, func(a, b formats.Reject) int { return cmp.Compare(a.Path, b.Path) })
	return rejects, nil
}

// photo is a photo's file with its annotation's.
type photo struct {
	image *catalogue.File
	annos *catalogue.File // nil in a split without annotations
}

type result struct {
	rows    []formats.Photo
	rejects []formats.Reject
}

// pair finds photos and annotations that belong together: equal names but for the ending. A split without a single
// annotation has photos only; in any other, one without the other is rejected.
func pair(files []catalogue.File, split string) ([]photo, []formats.Reject) {
	images, annos := below(files, split+"/image/"), below(files, split+"/annos/")
	photos := make([]photo, 0, len(images))
	var rejects []formats.Reject
	bare := len(annos) == 0
	for _, image := range images {
		for len(annos) > 0 && stem(annos[0].Path) < stem(image.Path) {
			rejects = append(rejects, formats.Reject{Path: annos[0].Path, Reason: "an annotation without a photo"})
			annos = annos[1:]
		}
		switch {
		case bare:
			photos = append(photos, photo{image, nil})
		case len(annos) > 0 && stem(annos[0].Path) == stem(image.Path):
			photos = append(photos, photo{image, annos[0]})
			annos = annos[1:]
		default:
			rejects = append(rejects, formats.Reject{Path: image.Shown(), Reason: "a photo without an annotation"})
		}
	}
	for _, a := range annos {
		rejects = append(rejects, formats.Reject{Path: a.Shown(), Reason: "an annotation without a photo"})
	}
	slices.SortFunc(photos, func(a, b photo) int { return cmp.Compare(a.image.Path, b.image.Path) })
	return photos, rejects
}

// below gives the files in a folder by their stems.
func below(files []catalogue.File, dir string) []*catalogue.File {
	found := make([]*catalogue.File, 0, len(files))
	for i := range files {
		if strings.HasPrefix(files[i].Path, dir) {
			found = append(found, &files[i])
		}
	}
	slices.SortStableFunc(found, func(a, b *catalogue.File) int { return cmp.Compare(stem(a.Path), stem(b.Path)) })
	return found
}

func stem(rel string) string { return strings.TrimSuffix(path.Base(rel), path.Ext(rel)) }

func (p photo) read(from *reader, o Options) (result, error) {
	if reason := p.image.Unusable(); reason != "" {
		return p.reject(errors.New(reason))
	}
	row := formats.Photo{SHA256: hex.EncodeToString(p.image.SHA256[:]), Bytes: p.image.Bytes}
	row.Labels = formats.Labels{ID: p.image.Path, Path: p.image.Path, Split: o.Split}
	if p.annos == nil {
		return result{rows: []formats.Photo{row}}, nil
	}
	if p.annos.Err != nil {
		return p.reject(errors.New("annotation: " + p.annos.Unusable()))
	}
	a, err := from.annotation(p.annos.Path)
	if err != nil {
		return p.reject(err)
	}
	width, height, err := from.size(p.image.Path)
	if err != nil {
		return p.reject(err)
	}
	row.Source, row.PairID, row.Scene = a.Source, a.PairID, a.Scene
	var r result
	a.clip(width, height)
	for _, b := range a.Broken {
		r.rejects = append(r.rejects, formats.Reject{Path: p.image.Path, Reason: "item" + strconv.Itoa(int(b.Number)) + ": " + b.Err.Error()})
	}
	if len(a.Items) == 0 {
		return r, nil
	}
	if !o.Items {
		row = a.largest().fill(row)
		row.Polygons = a.polygons()
		r.rows = []formats.Photo{row}
		return r, nil
	}
	for _, item := range a.Items {
		row.ID = fmt.Sprintf("%s#item%d", p.image.Path, item.Number)
		r.rows = append(r.rows, item.fill(row))
	}
	return r, nil
}

// reject leaves the photo out, unless the trouble is with the file system: that passes, and must not stay in a cache.
func (p photo) reject(err error) (result, error) {
	var trouble *fs.PathError
	if errors.As(err, &trouble) {
		return result{}, fmt.Errorf("%w: it could be read a moment ago; run again", err)
	}
	return result{rejects: []formats.Reject{{Path: p.image.Shown(), Reason: err.Error()}}}, nil
}

// clip limits boxes to the photo. An item whose box lies outside is broken.
func (a *Annotation) clip(width, height int) {
	w, h := float32(width), float32(height)
	a.Items = slices.DeleteFunc(a.Items, func(i Item) bool {
		b := i.Box
		outside := b[0] >= w || b[1] >= h || b[2] <= 0 || b[3] <= 0
		if outside {
			a.Broken = append(a.Broken, BrokenItem{i.Number, fmt.Errorf("bounding_box %v lies outside the photo of %d×%d pixels", b, width, height)})
		}
		return outside
	})
	for n := range a.Items {
		b := &a.Items[n].Box
		*b = [4]float32{max(b[0], 0), max(b[1], 0), min(b[2], w), min(b[3], h)}
	}
}

func (a *Annotation) largest() Item {
	return slices.MaxFunc(a.Items, func(a, b Item) int { return cmp.Compare(a.area(), b.area()) })
}

// polygons are the outlines of all items.
func (a *Annotation) polygons() [][]float32 {
	var all [][]float32
	for _, i := range a.Items {
		all = append(all, i.Polygons...)
	}
	return all
}

func (i Item) area() float64 {
	return float64(i.Box[2]-i.Box[0]) * float64(i.Box[3]-i.Box[1])
}

// fill completes a photo's row with the labels of an item.
func (i Item) fill(row formats.Photo) formats.Photo {
	row.Item, row.Style, row.CategoryID, row.Category = i.Number, i.Style, i.CategoryID, i.Category()
	row.Scale, row.Occlusion, row.ZoomIn, row.Viewpoint = i.Scale, i.Occlusion, i.ZoomIn, i.Viewpoint
	row.Box, row.Polygons = i.Box[:], i.Polygons
	return row
}
