package formats

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestListsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64()
		drawBox := func() (b [4]float64) {
			for i := range b {
				b[i] = rapid.Float64Range(-1e300, 1e300).Draw(t, "corner")
			}
			return b
		}
		results, detections := []ShopResult(nil), []Detection(nil)
		for range rapid.IntRange(0, 4).Draw(t, "entries") {
			r := ShopResult{Image: n.Draw(t, "id"), Box: drawBox(), Class: n.Draw(t, "class"), Score: rapid.Float64Range(-1, 1).Draw(t, "score"),
				Images: []int64{}, Boxes: [][4]float64{}}
			for range rapid.IntRange(0, 3).Draw(t, "found") {
				r.Images, r.Boxes = append(r.Images, n.Draw(t, "id")), append(r.Boxes, drawBox())
			}
			results = append(results, r)
			detections = append(detections, Detection{n.Draw(t, "id"), n.Draw(t, "class"), drawBox(), 0.5})
		}
		backAndForth(t, results)
		backAndForth(t, detections)
	})
	backAndForth(t, []QueryItem{{1, 2, 3, 1 << 60, [4]float64{1, 2, 3.5, 4}}, {}})
	backAndForth(t, []GalleryItem{{1, 0, 3, [4]float64{1, 2, 3.5, 4}}})
}

func backAndForth[T QueryItem | GalleryItem | ShopResult | Detection](t rapid.TB, want []T) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteList(&b, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadList[T](&b)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
}

// Every mistake is told with the entry and the key.
func TestListsRefuse(t *testing.T) {
	whole := `{"query_image_id": 1, "query_bbox": [1, 2, 3, 4], "query_cls": 1, "query_score": 0.5, "gallery_image_id": [5], "gallery_bbox": [[1, 2, 3, 4]]}`
	with := func(old, change string) string {
		return "[" + whole + ", " + strings.Replace(whole, old, change, 1) + "]"
	}
	if list, err := ReadList[ShopResult](strings.NewReader(with(`"query_cls": 1`, `"query_cls": 1, "more": [{}]`))); err != nil || len(list) != 2 {
		t.Errorf("a key that is not ours: %v", err)
	}
	for _, c := range []struct{ text, says string }{
		{``, "must hold a JSON list"},
		{`{}`, "must hold a JSON list"},
		{`[`, "after entry 0: unexpected EOF"},
		{`[] []`, "something follows the list"},
		{`[3]`, "entry 1"},
		{with("", "")[:200], "entry 2"},
		{with(`"query_cls": 1, `, ``), `entry 2: "query_cls" is missing`},
		{with(`"query_cls": 1`, `"Query_Cls": 1`), `entry 2: "query_cls" is missing`},
		{with(`"query_cls": 1`, `"query_cls": null`), `entry 2: "query_cls" is missing`},
		{with(`"query_cls": 1`, `"query_cls": 1.5`), `entry 2: "query_cls"`},
		{with(`"query_image_id": 1`, `"query_image_id": 9223372036854775808`), `entry 2: "query_image_id"`},
		{with(`0.5`, `NaN`), `entry 2`},
		{with(`"query_bbox": [1, 2, 3, 4]`, `"query_bbox": [1, 2, 3]`), `entry 2: "query_bbox": has 3 numbers, and a box has 4`},
		{with(`"query_bbox": [1, 2, 3, 4]`, `"query_bbox": [1, 2, 3, null]`), `entry 2: "query_bbox": a number of the box is null`},
		{with(`[[1, 2, 3, 4]]`, `[[1, 2, 3, 4, 5]]`), `entry 2: "gallery_bbox": box 1: has 5 numbers`},
		{with(`[[1, 2, 3, 4]]`, `[]`), `entry 2: "gallery_bbox" has 0 boxes for 1 entries of "gallery_image_id"`},
		{with(`[5]`, `[null]`), `entry 2: "gallery_image_id": entry 1 is null`},
	} {
		if _, err := ReadList[ShopResult](strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s\ngives %v, want %q", c.text, err, c.says)
		}
	}
}

// Whatever the bytes: no panic, and what is read can be written and read again.
func FuzzLists(f *testing.F) {
	f.Add([]byte(`[{"query_image_id": 1, "query_bbox": [1, 2, 3, 4], "query_cls": 1, "query_score": 0.5, "gallery_image_id": [5], "gallery_bbox": [[1, 2, 3, 4]]}]`))
	f.Add([]byte(`[{"query_image_id": 1, "style": 1, "cls": 2, "pair_id": 9, "bbox": [1, 2, 3, 4]}]`))
	f.Add([]byte(`[{"gallery_image_id": 1, "style": 1, "pair_id": 9, "bbox": [1, 2, 3, 4]}]`))
	f.Add([]byte(`[{"image_id": 1, "category_id": 1, "score": 1e-3, "bbox": [1, 2, 3, 4]}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		again[QueryItem](t, b)
		again[GalleryItem](t, b)
		again[ShopResult](t, b)
		again[Detection](t, b)
	})
}

func again[T QueryItem | GalleryItem | ShopResult | Detection](t *testing.T, b []byte) {
	list, err := ReadList[T](bytes.NewReader(b))
	if err == nil {
		backAndForth(t, list)
	}
}
