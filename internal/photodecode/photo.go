package photodecode

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"fashionpipe/formats"
	"fashionpipe/internal/catalogue"
	"fashionpipe/internal/imaging"
	"fashionpipe/internal/rng"
)

// result is a row's pixels, the whole and then the cell, or why there are none.
type result struct {
	pixels []byte
	reject string
}

// decode makes one row. Whatever is wrong with the photo is a reject; only the end of ctx is an error.
func (p *pool) decode(ctx context.Context, worker int, photo *formats.Photo) (result, error) {
	if err := ctx.Err(); err != nil {
		return result{}, err
	}
	pixels := p.pixels()
	if err := p.render(ctx, &p.renderers[worker], pixels, photo); err != nil {
		p.recycle(result{pixels: pixels})
		return result{reject: catalogue.Reason(err)}, ctx.Err()
	}
	return result{pixels: pixels}, nil
}

func (p *pool) render(ctx context.Context, r *imaging.Renderer, dst []byte, photo *formats.Photo) error {
	releaseFile, err := p.files.acquire(ctx, photo.Bytes)
	if err != nil {
		return err
	}
	defer releaseFile()
	data, err := p.read(photo)
	if err != nil {
		return err
	}
	info, err := imaging.Probe(data)
	if err != nil {
		return err
	}
	if info.Pixels() > p.MaxPixels {
		return fmt.Errorf("%d×%d pixels, and max_pixels is %d", info.Width, info.Height, p.MaxPixels)
	}
	views, err := p.views(photo, info)
	if err != nil {
		return err
	}
	scale := imaging.Scale(views...)
	release, err := p.decoding.acquire(ctx, info.Memory(scale))
	if err != nil {
		return err
	}
	defer release()
	picture, err := imaging.Decode(data, info, scale)
	if err != nil {
		return err
	}
	r.Render(dst[:p.whole], picture, views[0])
	if p.cell > 0 {
		r.Render(dst[p.whole:], picture, views[1])
	}
	return nil
}

var errChanged = errors.New("changed since it was catalogued")

// read gives the bytes of a photo's file if they are those that were catalogued.
func (p *pool) read(photo *formats.Photo) ([]byte, error) {
	rel := filepath.FromSlash(photo.Path)
	if !filepath.IsLocal(rel) {
		return nil, fmt.Errorf("the path %q leads out of the folder of photos", photo.Path)
	}
	const widest = 8 // bytes per pixel of any format
	if photo.Bytes > widest*p.MaxPixels+1<<20 {
		return nil, fmt.Errorf("a file of %d bytes is too large for max_pixels %d", photo.Bytes, p.MaxPixels)
	}
	f, err := os.Open(filepath.Join(p.Root, rel))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() != photo.Bytes {
		return nil, errors.Join(err, errChanged)
	}
	data := make([]byte, photo.Bytes)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != photo.SHA256 {
		return nil, errChanged
	}
	return data, nil
}

// views gives what to show of a photo: the whole and, where there is a grid, a cell.
func (p *pool) views(photo *formats.Photo, info imaging.Info) ([]imaging.View, error) {
	region := image.Rect(0, 0, info.Width, info.Height)
	if p.ItemBox {
		if len(photo.Box) != 4 {
			return nil, errors.New("no box of an item is known (box: item)")
		}
		b := [4]float64{float64(photo.Box[0]), float64(photo.Box[1]), float64(photo.Box[2]), float64(photo.Box[3])}
		if region = imaging.BoxRegion(b, p.Margin, info.Width, info.Height); region.Empty() {
			return nil, fmt.Errorf("the box %v lies outside the photo of %d×%d pixels", photo.Box, info.Width, info.Height)
		}
	}
	views := []imaging.View{{Region: region, Size: p.Size, Fit: p.Fit}}
	if p.cell == 0 {
		return views, nil
	}
	cell := p.Grid.Cell(region, p.cellIndex(photo))
	if cell.Empty() {
		return nil, fmt.Errorf("%d×%d pixels are too few for a grid of %dx%d", region.Dx(), region.Dy(), p.Grid.Rows, p.Grid.Cols)
	}
	return append(views, imaging.View{Region: cell, Size: p.CellSize, Fit: p.Fit}), nil
}

func (p *pool) cellIndex(photo *formats.Photo) int {
	switch p.Cell {
	case "center":
		return p.Grid.Center()
	case "random":
		return rng.New(p.Seed, "cell", photo.ID).IntN(p.Grid.Cells())
	}
	i, _ := strconv.Atoi(p.Cell) // the stage has checked it
	return i
}
