package stages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/photodecode"
	"fashionpipe/model"
)

// earlierImages gives what earlier results of a decode hold. One that can't be read is of no use, and no harm.
func earlierImages(t *dag.Task, job photodecode.Job) *photodecode.Earlier {
	e := job.NewEarlier()
	for _, p := range t.Previous {
		if err := e.Add(p.In[0].Dir, p.Artifact.Dir); err != nil {
			t.Sayf("an earlier result is of no use: %v", err)
		}
	}
	return e
}

// reuseText says how much of a stage's work was there: "2400 photos: 2388 from before, 12 new".
func reuseText(all, reused int, what string) string {
	if all != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s: %d from before, %d new", all, what, reused, all-reused)
}

// takeOver fills in the vectors of e that earlier results of an embed have for images of the same pixels, and gives the
// rows that are left to embed.
func takeOver(ctx context.Context, t *dag.Task, b *model.Backend, e *formats.Embeddings, images *formats.Images, v model.View) ([]int, error) {
	left := make([]int, images.Len())
	for i := range left {
		left[i] = i
	}
	if len(t.Previous) == 0 || !b.RowsStandAlone() {
		return left, nil
	}
	sums := pixelSums{seed: maphash.MakeSeed(), view: v}
	want := make([]uint64, images.Len())
	for i := range want {
		want[i] = sums.row(images, i)
	}
	for _, p := range t.Previous {
		if len(left) == 0 {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		some, err := sums.takeFrom(p, e, images, want, left)
		if err != nil {
			t.Sayf("an earlier result is of no use: %v", err)
			continue
		}
		left = some
	}
	reused := e.Len() - len(left)
	t.Report.Add(reused)
	t.Sayf("%s", reuseText(e.Len(), reused, "image"))
	return left, nil
}

// pixelSums finds images of the same pixels. The hash only proposes; the pixels themselves decide.
type pixelSums struct {
	seed maphash.Seed
	view model.View
}

func (s pixelSums) pixels(im *formats.Images, i int) []byte { return viewed(im, s.view, i) }

func viewed(im *formats.Images, v model.View, i int) []byte {
	if v == model.Cell {
		return im.Cells(i)
	}
	return im.Whole(i)
}

// pieceBytes of the middle of an image stand for it: less than a page of memory, where padding is least likely.
const pieceBytes = 1024

// imagePieces calls each with the middle of every image of a table.
func imagePieces(ctx context.Context, dir string, v model.View, each func([]byte)) error {
	im, err := formats.OpenImages(dir)
	if err != nil {
		return err
	}
	defer func() { _ = im.Close() }()
	for i := range im.Len() {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		px := viewed(im, v, i)
		mid := len(px) / 2
		each(px[max(0, mid-pieceBytes/2):min(len(px), mid+pieceBytes/2)])
	}
	return nil
}

func (s pixelSums) row(im *formats.Images, i int) uint64 {
	return maphash.Bytes(s.seed, s.pixels(im, i))
}

// takeFrom copies vectors of one earlier result, and gives the rows that it doesn't have.
func (s pixelSums) takeFrom(p dag.Previous, e *formats.Embeddings, images *formats.Images, want []uint64, rows []int) ([]int, error) {
	old, err := formats.ReadEmbeddings(p.Artifact.Dir)
	if err != nil {
		return nil, err
	}
	was, err := formats.OpenImages(p.In[0].Dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = was.Close() }()
	if old.Meta != e.Meta || old.Dim != e.Dim || old.Len() != was.Len() {
		return nil, errors.New("its vectors were made otherwise")
	}
	at := make(map[uint64]int, was.Len())
	for i := range was.Len() {
		at[s.row(was, i)] = i
	}
	left := make([]int, 0, len(rows))
	for _, i := range rows {
		j, ok := at[want[i]]
		if ok && bytes.Equal(s.pixels(images, i), s.pixels(was, j)) {
			copy(e.Row(i), old.Row(j))
			continue
		}
		left = append(left, i)
	}
	return left, nil
}
