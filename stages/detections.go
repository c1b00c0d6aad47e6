package stages

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/consumertoshop"
	"fashionpipe/internal/deepfashion2"
)

// detectionsFile lies in the artifact of detections beside its tables.
const detectionsFile = "detections.json"

func detectionsKind() *dag.Kind {
	return &dag.Kind{
		Name: "detections", Version: 1, Out: Photos, Check: checkDetections,
		Summary: "Catalogues the items that a detector found in photos",
		Doc: `Makes a catalogue with a row per item that a detector found, instead of the annotated items, to decode
(with box: item), embed and score (consumertoshop, port detected).

file is a list in the COCO results format, as DeepFashion2's evaluation takes it: image_id (the number in the photo's
name), category_id (1 to 13), bbox (x, y, width, height in pixels) and score. Detections in photos that are not in the
catalogue, and those that score below min_score, are left out and counted. A row's id is the photo's path followed by
#detection1 and so on; its source and pair_id are the photo's, its category is the detector's, and its style, which a
detector does not give, is 0.

The artifact holds photos.parquet (by path, then in the order of the file), rejects.parquet, and detections.json (the
detections that became rows, in the same order).`,
		Example: `detected:
  uses: detections
  in: {photos: items}
  with: {file: detections.json, min_score: 0.3}`,
		In:  []dag.Port{{Name: "photos", Type: Photos, Doc: "the photos, of one split"}},
		New: func() dag.Stage { return &detections{} },
	}
}

type detections struct {
	File     string  `param:"file,exec" doc:"the detector's output; the key holds its content, not its path"`
	MinScore float64 `param:"min_score" doc:"minimum score of a detection"`
}

func (s *detections) Validate() error {
	if s.File == "" {
		return &dag.ParamError{Param: "file", Msg: "must name the file of detections"}
	}
	return nil
}

// Externals gives the digest of the file.
func (s *detections) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	d, err := files.File(ctx, s.File)
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	return map[string]dag.Digest{"file": d}, nil
}

// Source implements dag.Locator: the photos lie where those of the catalogue do.
func (s *detections) Source(in dag.Inputs) (string, error) {
	photos, _ := in.One("photos")
	return photos.Source, nil
}

func (s *detections) Run(ctx context.Context, t *dag.Task) error {
	in, _ := t.In.One("photos")
	photos, err := formats.ReadPhotos(in.Dir)
	if err != nil {
		return err
	}
	list, err := readList[formats.Detection](ctx, "file", s.File)
	if err != nil {
		return err
	}
	of, err := byNumber(photos)
	if err != nil {
		return err
	}
	var rows []formats.Photo
	kept, unknown, low := map[int64][]formats.Detection{}, 0, 0
	for i, d := range list {
		switch _, ok := of[d.Image]; {
		case d.Category < 1 || d.Category > int64(len(deepfashion2.Categories)) || !(d.Box[2] > 0) || !(d.Box[3] > 0):
			return fmt.Errorf("file: %s: entry %d: category_id %d must be 1 to 13, and the box %v have a width and a height", s.File, i+1, d.Category, d.Box)
		case !ok:
			unknown++
		case d.Score < s.MinScore:
			low++
		default:
			kept[d.Image] = append(kept[d.Image], d)
		}
	}
	list = list[:0]
	for _, p := range inOrder(of) {
		n, _ := consumertoshop.Number(p.Path) // byNumber has read it
		for i, d := range kept[n] {
			rows, list = append(rows, detectedRow(p, d, i+1)), append(list, d)
		}
	}
	if len(rows) == 0 {
		return fmt.Errorf("file: %s: none of %d detections is left: %d are in photos that the catalogue doesn't have, %d score below min_score",
			s.File, unknown+low, unknown, low)
	}
	t.Resultf("items", "%d detected in %d of %d photos", len(rows), len(kept), len(of))
	if unknown > 0 {
		t.Warnf("unknown photos", "%d detections are in photos that the catalogue doesn't have, and left out", unknown)
	}
	if err := writeList(t.Out, detectionsFile, list); err != nil {
		return err
	}
	return formats.WritePhotos(t.Out, rows, nil)
}

// byNumber gives a row of each photo by the photo's number.
func byNumber(photos []formats.Photo) (map[int64]formats.Photo, error) {
	of := map[int64]formats.Photo{}
	for _, p := range photos {
		n, err := consumertoshop.Number(p.Path)
		if err != nil {
			return nil, err
		}
		if q, ok := of[n]; ok && q.Path != p.Path {
			return nil, fmt.Errorf("photos %s and %s have one number: give photos of one split", q.Path, p.Path)
		}
		of[n] = p
	}
	return of, nil
}

func inOrder(of map[int64]formats.Photo) []formats.Photo {
	var photos []formats.Photo
	for _, p := range of {
		photos = append(photos, p)
	}
	slices.SortFunc(photos, func(a, b formats.Photo) int { return cmp.Compare(a.Path, b.Path) })
	return photos
}

// detectedRow is the row of the n-th detection in a photo.
func detectedRow(photo formats.Photo, d formats.Detection, n int) formats.Photo {
	l := formats.Labels{ID: fmt.Sprintf("%s#detection%d", photo.Path, n), Path: photo.Path, Split: photo.Split, Source: photo.Source,
		PairID: photo.PairID, Category: deepfashion2.Categories[d.Category-1], CategoryID: int32(d.Category), Item: int32(n), Scene: photo.Scene}
	x, y := float32(d.Box[0]), float32(d.Box[1])
	return formats.Photo{Labels: l, SHA256: photo.SHA256, Bytes: photo.Bytes,
		Box: []float32{x, y, float32(d.Box[0] + d.Box[2]), float32(d.Box[1] + d.Box[3])}}
}

// readDetected reads the items of a detections artifact.
func readDetected(ctx context.Context, dir string) (map[string]consumertoshop.Item, error) {
	path := filepath.Join(dir, detectionsFile)
	if _, err := os.Stat(path); os.IsNotExist(err) {
		return nil, fmt.Errorf("detected is a catalogue of other items: connect one that the kind detections made")
	}
	list, err := readList[formats.Detection](ctx, "detected", path)
	if err != nil {
		return nil, err
	}
	photos, err := formats.ReadPhotos(dir)
	if err != nil {
		return nil, err
	}
	return consumertoshop.Detected(photos, list)
}

// checkDetections holds that every row has its detection.
func checkDetections(dir string) error {
	if err := formats.CheckPhotos(dir); err != nil {
		return err
	}
	_, err := readDetected(context.Background(), dir)
	return err
}
