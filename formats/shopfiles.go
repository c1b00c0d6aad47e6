package formats

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The files of DeepFashion2's consumer-to-shop retrieval, as its evaluation.md describes them. Ids of images are the
// numbers in the names of their files; boxes are x1, y1, x2, y2 in pixels of the photo.

// QueryItem is an annotated item of a user photo: an entry of val_query.json.
type QueryItem struct {
	Image int64      `json:"query_image_id"`
	Style int64      `json:"style"` // above 0: in the shop too, and so asked for
	Class int64      `json:"cls"`   // category, 1–13
	Pair  int64      `json:"pair_id"`
	Box   [4]float64 `json:"bbox"`
}

// GalleryItem is an annotated item of a shop photo: an entry of val_gallery.json.
type GalleryItem struct {
	Image int64      `json:"gallery_image_id"`
	Style int64      `json:"style"`
	Pair  int64      `json:"pair_id"`
	Box   [4]float64 `json:"bbox"`
}

// ShopResult is what was found for one detected item of a user photo: an entry of the result file. The items found are
// nearest first, 20 in a file the official script takes.
type ShopResult struct {
	Image  int64        `json:"query_image_id"`
	Box    [4]float64   `json:"query_bbox"`
	Class  int64        `json:"query_cls"`
	Score  float64      `json:"query_score"`
	Images []int64      `json:"gallery_image_id"`
	Boxes  [][4]float64 `json:"gallery_bbox"` // one per entry of Images
}

// Detection is an item that a detector found: an entry of a result file of COCO, whose boxes are x, y, width, height.
type Detection struct {
	Image    int64      `json:"image_id"`
	Category int64      `json:"category_id"` // 1–13
	Box      [4]float64 `json:"bbox"`
	Score    float64    `json:"score"`
}

// WriteList writes records as a JSON list, one entry a line.
func WriteList[T QueryItem | GalleryItem | ShopResult | Detection](w io.Writer, records []T) error {
	b := bufio.NewWriter(w) // it keeps its first error for Flush
	before := "["
	for i := range records {
		text, err := json.Marshal(records[i])
		if err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
		fmt.Fprintf(b, "%s%s", before, text)
		before = ",\n"
	}
	if len(records) == 0 {
		fmt.Fprint(b, before)
	}
	fmt.Fprintln(b, "]")
	return b.Flush()
}

// ReadList reads a JSON list of records. Every key of a record must be there and not null; there may be others.
// Errors name the entry, counted from 1.
func ReadList[T QueryItem | GalleryItem | ShopResult | Detection](r io.Reader) ([]T, error) {
	d := json.NewDecoder(bufio.NewReaderSize(r, 1<<16))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil, fmt.Errorf("must hold a JSON list, and begins otherwise (%w)", orSyntax(err))
	}
	var records []T
	for d.More() {
		var fields map[string]json.RawMessage
		var record T
		err := d.Decode(&fields)
		if err == nil {
			err = decodeFields(fields, &record)
		}
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", len(records)+1, err)
		}
		records = append(records, record)
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("after entry %d: %w", len(records), orSyntax(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the list")
	}
	return records, nil
}

func orSyntax(err error) error {
	switch {
	case err == nil:
		return errors.New("another value")
	case errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	}
	return err
}

// field is a key with where its value goes.
type field struct {
	key string
	to  any
}

func decodeFields(fields map[string]json.RawMessage, record any) error {
	var keys []field
	var found *ShopResult
	switch r := record.(type) {
	case *QueryItem:
		keys = []field{{"query_image_id", &r.Image}, {"style", &r.Style}, {"cls", &r.Class}, {"pair_id", &r.Pair}, {"bbox", &r.Box}}
	case *GalleryItem:
		keys = []field{{"gallery_image_id", &r.Image}, {"style", &r.Style}, {"pair_id", &r.Pair}, {"bbox", &r.Box}}
	case *Detection:
		keys = []field{{"image_id", &r.Image}, {"category_id", &r.Category}, {"bbox", &r.Box}, {"score", &r.Score}}
	case *ShopResult:
		found = r
		keys = []field{{"query_image_id", &r.Image}, {"query_bbox", &r.Box}, {"query_cls", &r.Class}, {"query_score", &r.Score},
			{"gallery_image_id", &r.Images}, {"gallery_bbox", &r.Boxes}}
	}
	for _, f := range keys {
		raw, ok := fields[f.key]
		if !ok || string(raw) == "null" {
			return fmt.Errorf("%q is missing", f.key)
		}
		if err := decodeField(raw, f.to); err != nil {
			return fmt.Errorf("%q: %w", f.key, err)
		}
	}
	if found != nil && len(found.Images) != len(found.Boxes) {
		return fmt.Errorf(`"gallery_bbox" has %d boxes for %d entries of "gallery_image_id"`, len(found.Boxes), len(found.Images))
	}
	return nil
}

// decodeField decodes one value; a box must have exactly four numbers, of which encoding/json makes no point.
func decodeField(raw json.RawMessage, to any) error {
	switch to := to.(type) {
	case *[4]float64:
		var numbers []*float64
		if err := json.Unmarshal(raw, &numbers); err != nil {
			return err
		}
		return toBox(numbers, to)
	case *[][4]float64:
		var boxes [][]*float64
		if err := json.Unmarshal(raw, &boxes); err != nil {
			return err
		}
		*to = make([][4]float64, len(boxes))
		for i, b := range boxes {
			if err := toBox(b, &(*to)[i]); err != nil {
				return fmt.Errorf("box %d: %w", i+1, err)
			}
		}
		return nil
	case *[]int64:
		var ids []*int64
		if err := json.Unmarshal(raw, &ids); err != nil {
			return err
		}
		*to = make([]int64, len(ids))
		for i, id := range ids {
			if id == nil {
				return fmt.Errorf("entry %d is null", i+1)
			}
			(*to)[i] = *id
		}
		return nil
	}
	return json.Unmarshal(raw, to)
}

func toBox(numbers []*float64, to *[4]float64) error {
	if len(numbers) != len(to) {
		return fmt.Errorf("has %d numbers, and a box has 4", len(numbers))
	}
	for i, v := range numbers {
		if v == nil {
			return errors.New("a number of the box is null")
		}
		to[i] = *v
	}
	return nil
}
