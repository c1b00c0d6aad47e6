package deepfashion2

import (
	"slices"
	"strings"
	"testing"
)

// item1 is a sound item; sound is a sound annotation file with it.
const (
	item1 = `{"segmentation": [[10, 10, 60, 10, 60, 90, 10, 90]], "scale": 2, "viewpoint": 1, "zoom_in": 3, "landmarks": [1, 2, 2],
 "style": 1, "bounding_box": [10, 10, 60, 90], "category_id": 8, "occlusion": 2, "category_name": "trousers"}`
	sound = `{"item1": ` + item1 + `, "source": "user", "pair_id": 12}`
)

func TestParse(t *testing.T) {
	a, err := Parse([]byte(sound))
	if err != nil {
		t.Fatal(err)
	}
	if a.Source != "user" || a.PairID != 12 || len(a.Items) != 1 || len(a.Broken) != 0 {
		t.Fatalf("%+v", a)
	}
	if b, err := Parse([]byte(strings.Replace(sound, `12`, `12, "scene": 7`, 1))); err != nil || b.Scene != 7 || a.Scene != 0 {
		t.Errorf("scene %d, without one %d, %v", b.Scene, a.Scene, err)
	}
	i := a.Items[0]
	if i.Category() != "trousers" || i.Number != 1 || i.Style != 1 || i.Scale != 2 || i.Occlusion != 2 || i.ZoomIn != 3 || i.Viewpoint != 1 ||
		i.Box != [4]float32{10, 10, 60, 90} || len(i.Polygons) != 1 || len(i.Polygons[0]) != 8 {
		t.Errorf("%+v", i)
	}
}

func TestItemsInOrderOfNumber(t *testing.T) {
	a, err := Parse([]byte(`{"item10": ` + item1 + `, "item2": ` + item1 + `, "item1": ` + item1 + `, "items": 4, "item03": 4, "source": "shop", "pair_id": 1}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []int32
	for _, i := range a.Items {
		got = append(got, i.Number)
	}
	if !slices.Equal(got, []int32{1, 2, 10}) || len(a.Broken) != 0 {
		t.Errorf("items %v, broken %v", got, a.Broken)
	}
}

func TestPhotoIsBroken(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "the annotation file is empty"},
		{"cut", sound[:len(sound)-5], "bad JSON"},
		{"list", "[]", "bad JSON"},
		{"null", "null", "bad JSON: it must be an object"},
		{"more", sound + "{}", "bad JSON: something follows the object"},
		{"no source", strings.Replace(sound, `"source"`, `"sauce"`, 1), `source must be "user" or "shop", but it is missing`},
		{"source number", strings.Replace(sound, `"user"`, `3`, 1), `source must be "user" or "shop", not 3`},
		{"other source", strings.Replace(sound, `"user"`, `"web"`, 1), `not "web"`},
		{"no pair", strings.Replace(sound, `, "pair_id": 12`, ``, 1), "pair_id must be a whole number from 0, but it is missing"},
		{"pair text", strings.Replace(sound, `12`, `"12"`, 1), `pair_id must be a whole number from 0, not "12"`},
		{"pair fraction", strings.Replace(sound, `12`, `1.5`, 1), `not 1.5`},
		{"scene text", strings.Replace(sound, `12`, `12, "scene": "park"`, 1), `scene must be a whole number from 0, not "park"`},
		{"scene fraction", strings.Replace(sound, `12`, `12, "scene": 0.5`, 1), `not 0.5`},
		{"no items", `{"source": "user", "pair_id": 1}`, "no item1 in it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Parse([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want something with %q", err, c.want)
			}
		})
	}
}

func TestItemIsBroken(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"not an object", item1, `7`, "must be an object, not 7"},
		{"null", item1, `null`, "must be an object, not null"},
		{"no style", `"style"`, `"stile"`, "style must be a whole number from 0, but it is missing"},
		{"style null", `"style": 1`, `"style": null`, "not null"},
		{"negative style", `"style": 1`, `"style": -1`, "not -1"},
		{"category 0", `"category_id": 8`, `"category_id": 0`, "category_id must be a whole number from 1 to 13, not 0"},
		{"category 14", `"category_id": 8`, `"category_id": 14`, "not 14"},
		{"other name", `"trousers"`, `"skirt"`, `category_name must be "trousers" for category_id 8, not "skirt"`},
		{"scale 4", `"scale": 2`, `"scale": 4`, "scale must be a whole number from 1 to 3, not 4"},
		{"zoom_in text", `"zoom_in": 3`, `"zoom_in": "3"`, `zoom_in must be`},
		{"viewpoint true", `"viewpoint": 1`, `"viewpoint": true`, `viewpoint must be`},
		{"occlusion list", `"occlusion": 2`, `"occlusion": [2]`, `occlusion must be`},
		{"box of three", `[10, 10, 60, 90]`, `[10, 10, 60]`, "bounding_box must be four numbers"},
		{"box of text", `[10, 10, 60, 90]`, `["a", 10, 60, 3]`, "bounding_box must be four numbers"},
		{"no box", `"bounding_box"`, `"box"`, "bounding_box must be four numbers x1, y1, x2, y2, but it is missing"},
		{"empty box", `[10, 10, 60, 90]`, `[10, 10, 10, 90]`, "bounding_box is empty"},
		{"turned box", `[10, 10, 60, 90]`, `[60, 10, 10, 90]`, "bounding_box is empty"},
		{"huge box", `[10, 10, 60, 90]`, `[10, 10, 1e300, 90]`, "bounding_box is too large"},
		{"no outline", `"segmentation"`, `"seg"`, "segmentation must be a list of polygons"},
		{"outline of text", `[[10, 10, 60, 10, 60, 90, 10, 90]]`, `"x"`, "segmentation must be a list of polygons"},
		{"flat outline", `[[10, 10, 60, 10, 60, 90, 10, 90]]`, `[10, 10, 60, 10, 60, 90]`, "segmentation must be a list of polygons"},
		{"empty polygon", `[[10, 10, 60, 10, 60, 90, 10, 90]]`, `[[]]`, "number 1) of 0 numbers"},
		{"odd polygon", `[[10, 10, 60, 10, 60, 90, 10, 90]]`, `[[1, 2, 3, 4, 5, 6], [10, 10, 60, 10, 60, 90, 10]]`, "number 2) of 7 numbers"},
		{"two points", `[[10, 10, 60, 10, 60, 90, 10, 90]]`, `[[1, 2, 3, 4]]`, "of 4 numbers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(item1, c.old, c.new, 1)
			if bad == item1 {
				t.Fatal("nothing was replaced")
			}
			a, err := Parse([]byte(`{"item1": ` + bad + `, "item2": ` + item1 + `, "source": "user", "pair_id": 12}`))
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Items) != 1 || a.Items[0].Number != 2 {
				t.Errorf("the other item is gone: %+v", a.Items)
			}
			if len(a.Broken) != 1 || a.Broken[0].Number != 1 || !strings.Contains(a.Broken[0].Err.Error(), c.want) {
				t.Errorf("got %v, want something with %q", a.Broken, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sound))
	f.Add([]byte(`{"source": "shop", "pair_id": 1e3, "item1": {"bounding_box": [1, 2, 3]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Parse(data)
		if err != nil {
			return
		}
		a.clip(100, 100)
		for _, i := range a.Items {
			if i.Category() == "" || i.Box[0] < 0 || i.Box[2] > 100 || i.Box[0] >= i.Box[2] || i.Box[1] >= i.Box[3] {
				t.Errorf("%+v", i)
			}
			for _, p := range i.Polygons {
				if len(p) < 6 || len(p)%2 != 0 {
					t.Errorf("polygon %v", p)
				}
			}
		}
	})
}
