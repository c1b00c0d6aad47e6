package photodecode_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/imaging"
	"fashionpipe/internal/photodecode"

	"go.uber.org/goleak"
)

// album is a folder of photos with its catalogue.
type album struct {
	t      *testing.T
	root   string
	photos []formats.Photo
}

func (a *album) add(name string, data []byte) {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.root, name), data, 0o600); err != nil {
		a.t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	a.photos = append(a.photos, formats.Photo{Labels: formats.Labels{ID: name, Path: name}, SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data))})
}

// rows gives the catalogue in parts of seven.
func (a *album) rows(use func([]formats.Photo) error) error {
	for part := range slices.Chunk(a.photos, 7) {
		if err := use(part); err != nil {
			return err
		}
	}
	return nil
}

// ramp is a photo whose red is the column and green the row, in 30×30 squares of one colour each.
func ramp(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(x / 30 * 30), uint8(y / 30 * 30), 50, 255})
		}
	}
	return img
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// newAlbum has n sound photos of 90×90, half of them JPEG.
func newAlbum(t *testing.T, n int) *album {
	t.Helper()
	a := &album{t: t, root: t.TempDir()}
	for i := range n {
		img := ramp(90+i, 90)
		if i%2 == 0 {
			a.add(fmt.Sprintf("%03d.png", i), pngOf(t, img))
			continue
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, nil); err != nil {
			t.Fatal(err)
		}
		a.add(fmt.Sprintf("%03d.jpg", i), b.Bytes())
	}
	return a
}

func (a *album) job() photodecode.Job {
	return photodecode.Job{Root: a.root, Size: 16, Fit: imaging.Stretch, Grid: imaging.Grid{Rows: 3, Cols: 3}, Cell: "center",
		MaxPixels: 1e6, MaxRejects: 0.05, Workers: 2}
}

// table runs a job and gives its table's bytes, and the table itself.
func (a *album) table(j photodecode.Job) ([]byte, *formats.Images, []formats.Reject) {
	a.t.Helper()
	dir := a.t.TempDir()
	out, err := j.Write(a.t.Context(), dir, len(a.photos), a.rows)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := formats.CheckImages(dir); err != nil {
		a.t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, formats.ImagesFile))
	if err != nil {
		a.t.Fatal(err)
	}
	images, err := formats.OpenImages(dir)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = images.Close() })
	return data, images, out.Rejects
}

func TestWholeAndCell(t *testing.T) {
	a := newAlbum(t, 1)
	for _, c := range []struct {
		cell string
		want [2]byte // red and green of the cell, which is one colour
	}{{"center", [2]byte{30, 30}}, {"0", [2]byte{0, 0}}, {"5", [2]byte{60, 30}}, {"8", [2]byte{60, 60}}} {
		j := a.job()
		j.Cell, j.CellSize = c.cell, 5
		_, images, _ := a.table(j)
		cell := images.Cell(0, 0)
		if len(cell) != 75 || len(images.Whole(0)) != 3*16*16 {
			t.Fatalf("%d and %d bytes", len(images.Whole(0)), len(cell))
		}
		for i := 0; i < len(cell); i += 3 {
			if !bytes.Equal(cell[i:i+3], []byte{c.want[0], c.want[1], 50}) {
				t.Fatalf("cell %s: pixel %d is %v, want %v", c.cell, i/3, cell[i:i+3], c.want)
			}
		}
		if s := images.Spec(); s.Grid != "3x3" || s.Cell != c.cell || s.CellSize != 5 || s.Size != 16 || s.Fit != "stretch" || s.Box != "photo" {
			t.Errorf("spec %+v", s)
		}
	}
	j := a.job()
	j.Grid = imaging.Grid{}
	if _, images, _ := a.table(j); images.Spec().Grid != "" || images.Spec().CellSize != 0 || len(images.Cell(0, 0)) != 0 {
		t.Errorf("without a grid: %+v", images.Spec())
	}
}

// Several cells of a photo lie in a row in the order of the grid, whichever were drawn.
func TestSeveralCells(t *testing.T) {
	a := newAlbum(t, 12)
	j := a.job()
	j.Cell, j.CellSize = "all", 5
	_, images, _ := a.table(j)
	if s := images.Spec(); s.Cells != 9 || s.Cell != "all" {
		t.Errorf("spec %+v", s)
	}
	for n := range 9 {
		if c := images.Cell(0, n); c[0] != byte(n%3*30) || c[1] != byte(n/3*30) {
			t.Errorf("cell %d begins with %v", n, c[:3])
		}
	}
	j.Cell, j.Seed = "random:4", 1
	first, images, _ := a.table(j)
	draws := map[string]bool{}
	for i := 0; i < images.Len(); i += 2 {
		last, draw := -1, ""
		for n := range images.Spec().CellCount() {
			c := images.Cell(i, n)
			cell := int(c[0])/30 + int(c[1])/30*3
			if cell <= last {
				t.Errorf("photo %d shows cell %d after %d", i, cell, last)
			}
			last, draw = cell, draw+fmt.Sprint(cell)
		}
		draws[draw] = true
	}
	if len(draws) < 3 {
		t.Errorf("photos drew the cells %v", draws)
	}
	if again, _, _ := a.table(j); !bytes.Equal(first, again) {
		t.Error("the same seed draws other cells")
	}
	j.Cell, j.Grid = "all", imaging.Grid{Rows: 1, Cols: 1}
	if _, images, _ := a.table(j); images.Spec().Cells != 0 {
		t.Errorf("all cells of a grid of one: %+v", images.Spec())
	}
}

// A cell is cut from the photo as it is, not from the small whole: stripes of one pixel are seen in it.
func TestCellsKeepTexture(t *testing.T) {
	a := &album{t: t, root: t.TempDir()}
	img := image.NewGray(image.Rect(0, 0, 300, 300))
	for i := range img.Pix {
		img.Pix[i] = byte(i%2) * 255
	}
	a.add("stripes.png", pngOf(t, img))
	j := a.job()
	j.Size, j.CellSize, j.Cell = 20, 100, "all"
	_, images, _ := a.table(j)
	for i, v := range images.Whole(0) {
		if v < 100 || v > 155 {
			t.Fatalf("the whole shows stripes: byte %d is %d", i, v)
		}
	}
	for n := range 9 {
		for i, v := range images.Cell(0, n) {
			if v != byte(i/3%2)*255 {
				t.Fatalf("cell %d has lost its stripes: byte %d is %d", n, i, v)
			}
		}
	}
}

func TestCheckCells(t *testing.T) {
	g := imaging.Grid{Rows: 2, Cols: 3}
	for _, cell := range []string{"center", "random", "all", "0", "5", "random:1", "random:6"} {
		if err := photodecode.CheckCells(cell, g); err != nil {
			t.Errorf("%s: %v", cell, err)
		}
	}
	for _, cell := range []string{"", "6", "-1", "random:0", "random:7", "random:", "random:x", "every"} {
		if photodecode.CheckCells(cell, g) == nil {
			t.Errorf("%q is taken", cell)
		}
	}
}

func TestItemBox(t *testing.T) {
	a := newAlbum(t, 1)
	a.photos[0].Box = []float32{30, 60, 60, 90}
	j := a.job()
	j.ItemBox = true
	_, images, _ := a.table(j)
	if p := images.Whole(0); p[0] != 30 || p[1] != 60 || p[len(p)-3] != 30 {
		t.Errorf("the box shows %v … %v", p[:3], p[len(p)-3:])
	}
	j.Margin = 1
	if _, images, _ = a.table(j); images.Whole(0)[0] != 0 {
		t.Errorf("with a margin the box begins with %v", images.Whole(0)[:3])
	}
}

func TestRandomCells(t *testing.T) {
	a := newAlbum(t, 30)
	j := a.job()
	j.Cell, j.Seed = "random", 1
	first, images, _ := a.table(j)
	seen := map[[2]byte]bool{}
	for i := 0; i < images.Len(); i += 2 {
		c := images.Cell(i, 0)
		seen[[2]byte{c[0], c[1]}] = true
	}
	if len(seen) < 4 {
		t.Errorf("15 photos drew %d different cells", len(seen))
	}
	if again, _, _ := a.table(j); !bytes.Equal(first, again) {
		t.Error("the same seed draws other cells")
	}
	j.Seed = 2
	if other, _, _ := a.table(j); bytes.Equal(first, other) {
		t.Error("another seed draws the same cells")
	}
}

func TestWorkersDontMatter(t *testing.T) {
	defer goleak.VerifyNone(t)
	a := newAlbum(t, 60)
	a.add("bad.jpg", []byte("\xFF\xD8\xFF"))
	j := a.job()
	j.Workers = 1
	one, _, rejects := a.table(j)
	j.Workers = 4
	four, _, rejects4 := a.table(j)
	if !bytes.Equal(one, four) || !slices.Equal(rejects, rejects4) || len(rejects) != 1 {
		t.Errorf("4 workers write something else than 1; rejects %v and %v", rejects, rejects4)
	}
}

func TestRejects(t *testing.T) {
	a := newAlbum(t, 8)
	sound := pngOf(t, ramp(90, 90))
	a.add("empty.jpg", nil)
	a.add("text.jpg", []byte("hello, world"))
	a.add("cut.png", sound[:len(sound)-40])
	a.add("large.png", pngOf(t, image.NewGray(image.Rect(0, 0, 1001, 1000))))
	a.add("tiny.png", pngOf(t, ramp(1, 50)))
	a.add("png.jpg", sound)     // the name is wrong and doesn't matter
	a.photos = append(a.photos, // never opened
		formats.Photo{Labels: formats.Labels{ID: "huge", Path: "huge.jpg"}, SHA256: "x", Bytes: 1 << 40})
	j := a.job()
	j.MaxRejects = 0.9
	_, images, rejects := a.table(j)
	want := []string{
		"empty.jpg: the file is empty",
		`text.jpg: not a photo: it starts with "hello, w"`,
		"cut.png: damaged png: png: invalid format: not enough pixel data",
		"large.png: 1001×1000 pixels, and max_pixels is 1000000",
		"tiny.png: 1×50 pixels are too few for a grid of 3x3",
		"huge.jpg: a file of 1048576 MB is larger than any photo; the most is 200 MB",
	}
	var got []string
	for _, r := range rejects {
		got = append(got, r.Path+": "+r.Reason)
	}
	if !slices.Equal(got, want) {
		t.Errorf("rejects:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if images.Len() != 9 {
		t.Errorf("%d images, want 9", images.Len())
	}

	j.MaxRejects = 0.3
	_, err := j.Write(t.Context(), t.TempDir(), len(a.photos), a.rows)
	if err == nil || !strings.HasPrefix(err.Error(), "5 of 15 photos rejected so far, more than max_rejects (0.3) allows; mend or remove them, or raise it\n  empty.jpg: the file is empty") {
		t.Errorf("got %v", err)
	}
	a.photos, j.MaxRejects = a.photos[8:10], 1
	if _, err := j.Write(t.Context(), t.TempDir(), len(a.photos), a.rows); err == nil || !strings.Contains(err.Error(), "no photo could be decoded\n  empty.jpg") {
		t.Errorf("got %v", err)
	}
}

// TestFullDiskIsSaidOnce wants one line, with the file, of a table that can't be written.
func TestFullDiskIsSaidOnce(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	for _, photos := range []int{2, 40} { // the table fails at its end, and on the way
		a, dir := newAlbum(t, photos), t.TempDir()
		path := filepath.Join(dir, formats.ImagesFile)
		if err := os.Symlink("/dev/full", path); err != nil {
			t.Fatal(err)
		}
		j := a.job()
		j.Size = 256
		_, err := j.Write(t.Context(), dir, len(a.photos), a.rows)
		if !errors.Is(err, syscall.ENOSPC) || err.Error() != "write "+path+": no space left on device" {
			t.Errorf("%d photos: %v", photos, err)
		}
	}
}

func TestNoBoxIsARejectNotAGuess(t *testing.T) {
	a := newAlbum(t, 2)
	a.photos[0].Box = []float32{0, 0, 9, 9}
	j := a.job()
	j.ItemBox, j.MaxRejects = true, 0.5
	_, images, rejects := a.table(j)
	if images.Len() != 1 || len(rejects) != 1 || rejects[0].Reason != "no box of an item is known (box: item)" {
		t.Errorf("%d images, rejects %v", images.Len(), rejects)
	}
}

func TestCancel(t *testing.T) {
	defer goleak.VerifyNone(t)
	a := newAlbum(t, 40)
	ctx, cancel := context.WithCancel(t.Context())
	j := a.job()
	done := 0
	j.Done = func(n int) {
		if done += n; done == 5 {
			cancel()
		}
	}
	if _, err := j.Write(ctx, t.TempDir(), len(a.photos), a.rows); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if done > 20 {
		t.Errorf("%d photos after cancelling", done)
	}
}
