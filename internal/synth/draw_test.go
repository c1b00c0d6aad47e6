package synth

import "image"

// Photo is a drawn photo with what is known of it.
type Photo struct {
	Image      *image.RGBA
	Annotation Annotation
	Seen       []uint8 // for each pixel, row by row, the number of the item seen there (from 1); 0: none
}

// Draw draws one photo of a garment of the given category (1 to 13) from source "user" or "shop". The same seed gives the
// same garment; nth tells its photos apart.
func Draw(seed uint64, category int, source string, nth, width, height int) Photo {
	c := newCanvas(width, height)
	s := shot{source: source, pair: 1, nth: nth, items: []ware{{category: category, style: 1}}}
	a := c.drawShot(seed, &s)
	return Photo{Image: c.img, Annotation: a, Seen: c.owner}
}
