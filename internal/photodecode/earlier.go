package photodecode

import (
	"errors"
	"fmt"

	"fashionpipe/formats"
)

// Earlier holds the pixels of photos that were decoded before by a job with the same settings, to be taken over for
// photos of the same content. Several goroutines may look things up at once.
type Earlier struct {
	job    Job
	tables []*formats.Images
	rows   map[content]place
}

// content is all that a row's pixels depend on, beside the settings of the job.
type content struct {
	sha256 string
	box    [4]float32 // of the item, where it is cut out
	cells  string     // of the grid, where there is one: the numbers of those shown
	mask   string     // the outlines, where the photo is masked
}

type place struct{ table, row int }

// NewEarlier makes an empty Earlier for a job. Close must be called.
func (j Job) NewEarlier() *Earlier { return &Earlier{job: j, rows: map[content]place{}} }

// Add takes in a catalogue and the image table that the job made of it; what was added before goes first. After an
// error it is as before.
func (e *Earlier) Add(photosDir, imagesDir string) error {
	images, err := formats.OpenImages(imagesDir)
	if err != nil {
		return err
	}
	if images.Spec() != e.job.withDefaults().spec() {
		return errors.Join(errors.New("its images were made otherwise"), images.Close())
	}
	row := make(map[string]int, images.Len())
	for i := range images.Len() {
		row[images.Labels(i).ID] = i
	}
	found := map[content]place{}
	err = e.job.Scan(photosDir, func(part []formats.Photo) error {
		for i := range part {
			if r, ok := row[part[i].ID]; ok { // else it was rejected
				found[e.job.content(&part[i])] = place{len(e.tables), r}
			}
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, images.Close())
	}
	e.tables = append(e.tables, images)
	for c, p := range found {
		if _, ok := e.rows[c]; !ok {
			e.rows[c] = p
		}
	}
	return nil
}

// find gives the pixels of a photo, the whole and the cells, if they are known.
func (e *Earlier) find(photo *formats.Photo) (whole, cells []byte, ok bool) {
	if e == nil {
		return nil, nil, false
	}
	p, ok := e.rows[e.job.content(photo)]
	if !ok {
		return nil, nil, false
	}
	return e.tables[p.table].Whole(p.row), e.tables[p.table].Cells(p.row), true
}

// Close ends the use of the tables.
func (e *Earlier) Close() error {
	var err error
	for _, t := range e.tables {
		err = errors.Join(err, t.Close())
	}
	return err
}

func (j Job) content(p *formats.Photo) content {
	c := content{sha256: p.SHA256, cells: fmt.Sprint(j.cells(p))}
	if j.ItemBox {
		copy(c.box[:], p.Box)
	}
	if j.Backdrop != nil {
		c.mask = fmt.Sprint(p.Polygons)
	}
	return c
}
