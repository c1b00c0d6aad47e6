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

	"fashionpipe/formats"
	"fashionpipe/internal/imaging"
)

// result is a row's pixels, the whole and then the cells, or why there are none.
type result struct {
	pixels []byte
	reject string
	reused bool // the pixels are from an earlier table
}

// decode makes one row. Only what is wrong with the bytes that were catalogued is a reject, since the bytes are all that
// the stage's key knows of. A file that can't be read now, or holds other bytes by now, is an error: a reject would keep
// a passing trouble in the store for ever.
func (p *pool) decode(ctx context.Context, worker int, photo *formats.Photo) (result, error) {
	if p.MustMask && len(photo.Polygons) == 0 {
		return result{reject: "no outline of an item is known (unmasked: reject)"}, nil
	}
	if whole, cells, ok := p.Earlier.find(photo); ok {
		pixels := p.pixels()
		copy(pixels[copy(pixels, whole):], cells)
		return result{pixels: pixels, reused: true}, nil
	}
	if photo.Bytes > maxFile {
		return result{reject: fmt.Sprintf("a file of %d MB is larger than any photo; the most is %d MB", photo.Bytes>>20, maxFile>>20)}, nil
	}
	release, err := p.files.acquire(ctx, photo.Bytes)
	if err != nil {
		return result{}, err
	}
	defer release()
	data, err := p.read(photo)
	if err != nil {
		return result{}, err
	}
	pixels := p.pixels()
	if err := p.render(ctx, &p.renderers[worker], pixels, photo, data); err != nil {
		p.recycle(result{pixels: pixels})
		return result{reject: err.Error()}, ctx.Err()
	}
	return result{pixels: pixels}, nil
}

// render makes the images of a photo whose file holds data.
func (p *pool) render(ctx context.Context, r *imaging.Renderer, dst []byte, photo *formats.Photo, data []byte) error {
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
	masked := p.Backdrop != nil && len(photo.Polygons) > 0
	scale := imaging.Scale(views...)
	need := info.Memory(scale)
	if masked {
		need += info.MaskMemory(scale)
	}
	if err := affordable(info, photo.Bytes, need); err != nil {
		return err
	}
	release, err := p.decoding.acquire(ctx, need)
	if err != nil {
		return err
	}
	defer release()
	picture, err := imaging.Decode(data, info, scale)
	if err != nil {
		return err
	}
	if masked {
		if picture, err = picture.Masked(photo.Polygons, *p.Backdrop); err != nil {
			return err
		}
	}
	r.Render(dst[:p.whole], picture, views[0])
	for i, v := range views[1:] {
		r.Render(dst[p.whole+i*p.cell:][:p.cell], picture, v)
	}
	return nil
}

// read gives the bytes of a photo's file, if they are those that were catalogued.
func (p *pool) read(photo *formats.Photo) ([]byte, error) {
	rel := filepath.FromSlash(photo.Path)
	if !filepath.IsLocal(rel) {
		return nil, fmt.Errorf("the path %q leads out of the folder of photos", photo.Path)
	}
	path := filepath.Join(p.Root, rel)
	data, err := readFile(path, photo.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, errRunAgain)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != photo.SHA256 {
		return nil, fmt.Errorf("%s changed since it was catalogued: %w", path, errRunAgain)
	}
	return data, nil
}

// errRunAgain is the remedy where a file isn't what the catalogue says.
var errRunAgain = errors.New("run again, and the catalogue is made anew from the photos there are")

// readFile reads a file of the given size.
func readFile(path string, size int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != size {
		return nil, fmt.Errorf("%s had %d bytes when it was catalogued and has %d", path, size, info.Size())
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, nil
}

// views gives what to show of a photo: the whole and, where there is a grid, cells.
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
	for _, i := range p.cells(photo) {
		cell := p.Grid.Cell(region, i)
		if cell.Empty() {
			return nil, fmt.Errorf("%d×%d pixels are too few for a grid of %dx%d", region.Dx(), region.Dy(), p.Grid.Rows, p.Grid.Cols)
		}
		views = append(views, imaging.View{Region: cell, Size: p.CellSize, Fit: p.Fit})
	}
	return views, nil
}
