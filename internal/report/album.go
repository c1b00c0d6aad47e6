package report

import (
	"context"

	"fashionpipe/formats"
)

// album finds the pictures of an image table. Without a table it has none.
type album struct {
	thumbs *thumbs
	row    map[string]int // id → row of the image table
}

func newAlbum(ctx context.Context, im Images) album {
	a := album{newThumbs(ctx, im), map[string]int{}}
	for i := range im.Len() {
		a.row[im.Labels(i).ID] = i
	}
	return a
}

// shot finds the picture of a row. A photo that isn't in the image table has none, which the page says.
func (a album) shot(l formats.Labels, side int) (shot, error) {
	s := shot{Alt: l.ID, Caption: l.Category}
	if l.Category != "" {
		s.Alt = l.Category + ", " + l.ID
	}
	i, ok := a.row[l.ID]
	if !ok {
		return s, nil
	}
	var err error
	s.URI, err = a.thumbs.whole(i, side)
	return s, err
}
