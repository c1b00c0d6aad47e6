package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"fashionpipe/internal/deepfashion2"
)

// generate makes a training split of n photos below root, unless it is there, and gives the bytes of all annotations and of
// all photos.
func generate(root string, n int) (sizes [2]int64, err error) {
	annos, images := filepath.Join(root, "train", "annos"), filepath.Join(root, "train", "image")
	for _, dir := range []string{annos, images} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return sizes, err
		}
	}
	photo, err := flatPhoto()
	if err != nil {
		return sizes, err
	}
	if have, err := filepath.Glob(filepath.Join(annos, fmt.Sprintf("%06d.json", n))); err != nil || len(have) > 0 {
		total, sumErr := sum(annos)
		return [2]int64{total, int64(n * len(photo))}, sumErr
	}
	var g errgroup.Group
	const workers = 4
	for w := range workers {
		g.Go(func() error {
			for i := w; i < n; i += workers {
				name := fmt.Sprintf("%06d", n-i) // the last is written first: it tells that all were begun
				text, err := json.Marshal(annotation(rand.New(rand.NewPCG(1, uint64(i))), i))
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(images, name+".jpg"), slices.Concat(photo, []byte{byte(i), byte(i >> 8), byte(i >> 16)}), 0o644); err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(annos, name+".json"), text, 0o644); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return sizes, err
	}
	total, err := sum(annos)
	return [2]int64{total, int64(n * len(photo))}, err
}

// width and height are those of the photos: what is usual in DeepFashion2.
const width, height = 468, 624

// flatPhoto is a grey JPEG of the usual size in pixels, and of few bytes.
func flatPhoto() ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), &jpeg.Options{Quality: 50})
	return b.Bytes(), err
}

func sum(dir string) (int64, error) {
	var total int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// annotation has one to three items with as many landmarks and polygon points as garments of DeepFashion2 have.
func annotation(r *rand.Rand, i int) map[string]any {
	a := map[string]any{"source": []string{"user", "shop"}[i%2], "pair_id": i/6 + 1}
	for n := range 1 + r.IntN(4)/2 {
		category := 1 + r.IntN(13)
		x, y := float64(r.IntN(width/2)), float64(r.IntN(height/2))
		w, h := float64(60+r.IntN(width/2-60)), float64(60+r.IntN(height/2-60))
		var marks []int
		for range 8 + r.IntN(30) {
			marks = append(marks, int(x+w*r.Float64()), int(y+h*r.Float64()), 1+r.IntN(2))
		}
		var polygons [][]json.Number
		for range 1 + r.IntN(3) {
			var p []json.Number
			points := 20 + r.IntN(50)
			for k := range points {
				s, c := math.Sincos(2 * math.Pi * float64(k) / float64(points))
				p = append(p, number(x+w*(1+c*(0.7+0.3*r.Float64()))/2), number(y+h*(1+s*(0.7+0.3*r.Float64()))/2))
			}
			polygons = append(polygons, p)
		}
		a["item"+strconv.Itoa(n+1)] = map[string]any{
			"category_name": deepfashion2.Categories[category-1], "category_id": category, "style": r.IntN(5),
			"bounding_box": []int{int(x), int(y), int(x + w), int(y + h)}, "landmarks": marks, "segmentation": polygons,
			"scale": 1 + r.IntN(3), "occlusion": 1 + r.IntN(3), "zoom_in": 1 + r.IntN(3), "viewpoint": 1 + r.IntN(3),
		}
	}
	return a
}

// number writes a coordinate as DeepFashion2 does: some with many digits.
func number(v float64) json.Number { return json.Number(strconv.FormatFloat(v, 'f', -1, 32)) }
