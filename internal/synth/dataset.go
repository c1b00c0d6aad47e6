package synth

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Options say what data set to draw. All but Workers and Done change the result.
type Options struct {
	Seed          uint64
	Count         int     // photos in all
	Validation    float64 // share of the photos in the validation split
	Test          float64 // share of the photos in the test split, which has no annotations
	Width, Height int     // pixels
	Quality       int     // of the JPEG, 1 to 100
	PerGarment    int     // photos of a garment, one more or less; at least 2
	TwoItems      float64 // share of the pairs whose photos show a top and a bottom
	Scenes        int     // above 0: each garment alone, once in front of each of so many backgrounds that all share

	Workers int         // goroutines
	Done    func(n int) // told of photos written, from any goroutine; may be nil
}

// Defaults are the options that nothing else is said of.
func Defaults() Options {
	return Options{Seed: 1, Count: 1000, Validation: 0.4, Width: 400, Height: 533, Quality: 85, PerGarment: 4, TwoItems: 0.25, Workers: 1}
}

// Splits says how many photos are in each split.
func (o Options) Splits() (train, validation, test int) {
	validation = int(float64(o.Count)*o.Validation + 0.5)
	test = int(float64(o.Count)*o.Test + 0.5)
	return o.Count - validation - test, validation, test
}

// Write draws the data set below dir, in the layout of DeepFashion2:
//
//	train/image/000001.jpg  train/annos/000001.json  …      ordered by pair_id
//	validation/image/…      validation/annos/…              user photos first, then shop photos
//	test/image/…                                            no annotations
//
// It fails at the first file that can't be written, and with ctx's error when ctx is cancelled.
func Write(ctx context.Context, dir string, o Options) error {
	shots := plan(o)
	for _, s := range []string{"train/image", "train/annos", "validation/image", "validation/annos", "test/image"} {
		if split := filepath.Dir(s); split != "train" && !has(shots, split) {
			continue
		}
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(s)), 0o755); err != nil {
			return fmt.Errorf("synth: make a folder of the data set: %w", err)
		}
	}
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range max(1, o.Workers) {
		group.Go(func() error {
			c := newCanvas(o.Width, o.Height)
			var buf bytes.Buffer
			for {
				i := int(next.Add(1)) - 1
				if i >= len(shots) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := c.write(dir, o, &shots[i], &buf); err != nil {
					return err
				}
				if o.Done != nil {
					o.Done(1)
				}
			}
		})
	}
	return group.Wait()
}

func has(shots []shot, split string) bool {
	for i := range shots {
		if shots[i].split == split {
			return true
		}
	}
	return false
}

// write draws a photo and writes it and its annotation.
func (c *canvas) write(dir string, o Options, s *shot, buf *bytes.Buffer) error {
	a := c.drawShot(o.Seed, s)
	base := filepath.Join(dir, s.split)
	name := fmt.Sprintf("%06d", s.number)
	buf.Reset()
	if err := jpeg.Encode(buf, c.img, &jpeg.Options{Quality: o.Quality}); err != nil {
		return fmt.Errorf("synth: encode photo %s of %s: %w", name, s.split, err)
	}
	if err := os.WriteFile(filepath.Join(base, "image", name+".jpg"), buf.Bytes(), 0o644); err != nil {
		return fmt.Errorf("synth: write a photo: %w", err)
	}
	if s.split == "test" {
		return nil
	}
	b, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("synth: annotation of photo %s of %s: %w", name, s.split, err)
	}
	if err := os.WriteFile(filepath.Join(base, "annos", name+".json"), b, 0o644); err != nil {
		return fmt.Errorf("synth: write an annotation: %w", err)
	}
	return nil
}
