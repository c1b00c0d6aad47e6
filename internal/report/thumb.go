package report

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/jpeg"

	"golang.org/x/image/draw"
)

// Sides of the thumbnails, in pixels: about twice what they take on a desktop, for sharp screens.
const (
	galleryPixels = 144
	montagePixels = 96
	spritePixels  = 64
)

// thumbs makes thumbnails of an image table, each once.
type thumbs struct {
	ctx    context.Context
	images Images
	made   map[[2]int]template.URL
}

func newThumbs(ctx context.Context, im Images) *thumbs {
	return &thumbs{ctx, im, map[[2]int]template.URL{}}
}

// whole is row i, side pixels a side or as large as it is if smaller, as a data URI.
func (t *thumbs) whole(i, side int) (template.URL, error) {
	key := [2]int{i, side}
	if uri, ok := t.made[key]; ok {
		return uri, nil
	}
	if err := t.ctx.Err(); err != nil {
		return "", err
	}
	uri, err := dataURI(shrink(picture(t.images.Whole(i), t.images.Spec().Size), side), 80)
	t.made[key] = uri
	return uri, err
}

// cell is cell n of row i.
func (t *thumbs) cell(i, n, side int) (template.URL, error) {
	return dataURI(shrink(picture(t.images.Cell(i, n), t.images.Spec().CellSize), side), 80)
}

// sheet puts the rows side by side on one picture of cols columns, which costs far less than a picture each.
func (t *thumbs) sheet(rows []int, cols int) (template.URL, error) {
	lines := (len(rows) + cols - 1) / cols
	dst := image.NewRGBA(image.Rect(0, 0, cols*spritePixels, lines*spritePixels))
	for k, i := range rows {
		x, y := k%cols*spritePixels, k/cols*spritePixels
		src := picture(t.images.Whole(i), t.images.Spec().Size)
		draw.CatmullRom.Scale(dst, image.Rect(x, y, x+spritePixels, y+spritePixels), src, src.Bounds(), draw.Src, nil)
	}
	return dataURI(dst, 72)
}

// picture makes an image of side×side RGB bytes.
func picture(rgb []byte, side int) *image.RGBA {
	im := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		copy(im.Pix[4*i:4*i+3], rgb[3*i:3*i+3])
		im.Pix[4*i+3] = 255
	}
	return im
}

func shrink(src *image.RGBA, side int) *image.RGBA {
	if src.Rect.Dx() <= side {
		return src
	}
	dst := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(dst, dst.Rect, src, src.Rect, draw.Src, nil)
	return dst
}

func dataURI(im image.Image, quality int) (template.URL, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: quality}); err != nil {
		return "", fmt.Errorf("encode a thumbnail: %w", err)
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}
