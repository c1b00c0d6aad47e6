package deepfashion2_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/catalogue"
	df2 "fashionpipe/internal/deepfashion2"
)

// dataset is a folder that a test fills.
type dataset struct {
	t    *testing.T
	root string
}

func newDataset(t *testing.T) dataset { return dataset{t, t.TempDir()} }

func (d dataset) write(rel string, data []byte) {
	d.t.Helper()
	path := filepath.Join(d.root, filepath.FromSlash(rel))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// photo writes a photo of 100×80 pixels.
func (d dataset) photo(rel string) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 100, 80)), nil); err != nil {
		d.t.Fatal(err)
	}
	d.write(rel, b.Bytes())
}

func item(category int, box string) string {
	return fmt.Sprintf(`{"segmentation": [], "scale": 1, "viewpoint": 2, "zoom_in": 1, "style": 1, "bounding_box": %s,
 "category_id": %d, "occlusion": 1, "category_name": %q}`, box, category, df2.Categories[category-1])
}

func (d dataset) annotate(rel string, items ...string) {
	text := `{"source": "shop", "pair_id": 5`
	for i, it := range items {
		text += fmt.Sprintf(`, "item%d": %s`, i+1, it)
	}
	d.write(rel, []byte(text+"}"))
}

func (d dataset) files(split string) []catalogue.File {
	var files []catalogue.File
	err := filepath.Walk(d.root, func(p string, info os.FileInfo, err error) error {
		rel, _ := filepath.Rel(d.root, p)
		if rel = filepath.ToSlash(rel); err == nil && !info.IsDir() && df2.Keep(split, rel) {
			files = append(files, catalogue.File{Path: rel, Bytes: info.Size()})
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return files
}

func (d dataset) read(o df2.Options) ([]formats.Photo, []formats.Reject) {
	d.t.Helper()
	rows, rejects, err := d.readAll(d.t.Context(), o)
	if err != nil {
		d.t.Fatal(err)
	}
	return rows, rejects
}

func (d dataset) readAll(ctx context.Context, o df2.Options) (rows []formats.Photo, rejects []formats.Reject, err error) {
	rejects, err = df2.Read(ctx, d.root, d.files(o.Split), o, func(p formats.Photo) error {
		rows = append(rows, p)
		return nil
	})
	return rows, rejects, err
}

func TestPhotosAndItems(t *testing.T) {
	d := newDataset(t)
	d.photo("train/image/000001.jpg")
	d.annotate("train/annos/000001.json", item(1, "[0, 0, 10, 10]"), item(8, "[5, 5, 70, 60]"))
	d.photo("train/image/000002.jpg")
	d.annotate("train/annos/000002.json", item(13, "[50, 40, 150, 140]"))
	d.photo("validation/image/000001.jpg")

	rows, rejects := d.read(df2.Options{Split: "train", Workers: 3})
	if len(rows) != 2 || len(rejects) != 0 {
		t.Fatalf("%d rows, rejects %v", len(rows), rejects)
	}
	want := formats.Labels{ID: "train/image/000001.jpg", Path: "train/image/000001.jpg", Split: "train", Source: "shop",
		Category: "trousers", CategoryID: 8, PairID: 5, Style: 1, Item: 2, Scale: 1, Occlusion: 1, ZoomIn: 1, Viewpoint: 2}
	if rows[0].Labels != want {
		t.Errorf("the largest item's labels: %+v", rows[0].Labels)
	}
	if !slices.Equal(rows[1].Box, []float32{50, 40, 100, 80}) {
		t.Errorf("a box that sticks out is clipped: %v", rows[1].Box)
	}
	rows, _ = d.read(df2.Options{Split: "train", Items: true})
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	if !slices.Equal(ids, []string{"train/image/000001.jpg#item1", "train/image/000001.jpg#item2", "train/image/000002.jpg#item1"}) {
		t.Errorf("items: %v", ids)
	}
}

// A photo's row has the outlines of all its items, an item's row its own.
func TestOutlines(t *testing.T) {
	d := newDataset(t)
	d.photo("train/image/1.jpg")
	with := func(it, outline string) string {
		return strings.Replace(it, `"segmentation": []`, `"segmentation": [`+outline+`]`, 1)
	}
	d.annotate("train/annos/1.json", with(item(1, "[0, 0, 10, 10]"), "[1, 1, 9, 1, 9, 9]"), with(item(8, "[5, 5, 70, 60]"), "[5, 5, 60, 5, 60, 60], [7, 7, 8, 7, 8, 8]"))
	rows, _ := d.read(df2.Options{Split: "train"})
	if len(rows) != 1 || len(rows[0].Polygons) != 3 || rows[0].Item != 2 {
		t.Errorf("%+v", rows)
	}
	rows, _ = d.read(df2.Options{Split: "train", Items: true})
	if len(rows) != 2 || len(rows[0].Polygons) != 1 || len(rows[1].Polygons) != 2 {
		t.Errorf("items: %+v", rows)
	}
}

// Files as they shouldn't be, each beside a sound one: a row or a reject each, with its reason, and nothing ends the run.
func TestOddFiles(t *testing.T) {
	d := newDataset(t)
	sound := `{"source": "user", "pair_id": 3, "item1": ` + item(2, "[1, 1, 50, 50]") + `}`
	for name, c := range map[string]struct{ json, want string }{
		"sound":        {sound, "item 1"},
		"gap":          {strings.Replace(sound, "item1", "item4", 1), "item 4"},
		"far":          {strings.Replace(sound, "item1", "item2147483647", 1), "item 2147483647"},
		"too far":      {strings.Replace(sound, "item1", "item2147483648", 1), "annotation: no item1 in it"},
		"style 0":      {strings.Replace(sound, `"style": 1`, `"style": 0`, 1), "item 1"},
		"空":            {strings.Replace(sound, "{", `{"メモ": "ü", `, 1), "item 1"},
		"ズボン":          {strings.Replace(sound, "long sleeve top", "ズボン", 1), `item1: category_name must be "long sleeve top" for category_id 2, not "ズボン"`},
		"latin-1":      {strings.Replace(sound, "long sleeve top", "\xfcber", 1), `item1: category_name must be`},
		"bom":          {"\xef\xbb\xbf" + sound, "annotation: bad JSON"},
		"empty":        {"", "annotation: the annotation file is empty"},
		"cut":          {sound[:60], `annotation: bad JSON: unexpected EOF within "/item1/segmentation" after offset 60`},
		"twice":        {sound + sound, "annotation: bad JSON"},
		"text":         {`"item1"`, "annotation: bad JSON"},
		"deep":         {strings.Repeat("[", 100000), "annotation: bad JSON"},
		"no items":     {`{"source": "user", "pair_id": 3, "items": []}`, "annotation: no item1 in it"},
		"item is null": {`{"source": "user", "pair_id": 3, "item1": null}`, "item1: must be an object"},
		"box outside":  {strings.Replace(sound, "[1, 1, 50, 50]", "[-9, 1, 0, 50]", 1), "item1: bounding_box [-9 1 0 50] lies outside"},
		"box sticks":   {strings.Replace(sound, "[1, 1, 50, 50]", "[-9, -9, 900, 900]", 1), "item 1"},
		"no polygons":  {strings.Replace(sound, "[]", "[[]]", 1), "item1: segmentation has a polygon (number 1) of 0 numbers"},
		"source":       {strings.Replace(sound, "user", "USER", 1), `annotation: source must be "user" or "shop"`},
		"pair huge":    {strings.Replace(sound, "3,", "1e300,", 1), "annotation: pair_id must be a whole number"},
	} {
		d.photo("train/image/" + name + ".jpg")
		d.write("train/annos/"+name+".json", []byte(c.json))
		rows, rejects, err := d.readAll(t.Context(), df2.Options{Split: "train", Items: true})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := ""
		for _, r := range rows {
			if r.Path == "train/image/"+name+".jpg" {
				got += fmt.Sprint("item ", r.Item)
				if b := r.Box; b[0] < 0 || b[1] < 0 || b[2] > 100 || b[3] > 80 {
					t.Errorf("%s: box %v of a photo of 100×80", name, b)
				}
			}
		}
		for _, r := range rejects {
			if r.Path == "train/image/"+name+".jpg" {
				got += r.Reason
			}
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestBrokenThingsAreListed(t *testing.T) {
	d := newDataset(t)
	const box = "[1, 1, 50, 50]"
	for _, n := range []string{"sound", "half", "none", "json", "alone", "zero", "text", "outside"} {
		if n != "zero" && n != "text" {
			d.photo("train/image/" + n + ".jpg")
		}
		if n != "json" && n != "alone" {
			d.annotate("train/annos/"+n+".json", item(1, box))
		}
	}
	d.annotate("train/annos/half.json", item(1, "[5, 5, 5, 5]"), item(2, box))
	d.annotate("train/annos/none.json", item(1, "[5, 5, 5, 5]"))
	d.annotate("train/annos/outside.json", item(1, "[100, 5, 120, 50]"))
	d.write("train/annos/json.json", []byte(`{"source": `))
	d.annotate("train/annos/orphan.json", item(1, box))
	d.write("train/image/zero.jpg", nil)
	d.write("train/image/text.jpg", []byte("no photo at all"))

	rows, rejects := d.read(df2.Options{Split: "train", Workers: 2})
	var got []string
	for _, r := range rejects {
		got = append(got, r.Path+": "+r.Reason)
	}
	want := []string{
		"train/annos/orphan.json: an annotation without a photo",
		"train/image/alone.jpg: a photo without an annotation",
		"train/image/half.jpg: item1: bounding_box is empty, not [5, 5, 5, 5]",
		`train/image/json.jpg: annotation: bad JSON: unexpected EOF within "/source" after offset 11`,
		"train/image/none.jpg: item1: bounding_box is empty, not [5, 5, 5, 5]",
		"train/image/outside.jpg: item1: bounding_box [100 5 120 50] lies outside the photo of 100×80 pixels",
		`train/image/text.jpg: unreadable photo: not a photo: it starts with "no photo"`,
		"train/image/zero.jpg: the file is empty",
	}
	if !slices.Equal(got, want) {
		t.Errorf("rejects:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var kept []string
	for _, r := range rows {
		kept = append(kept, fmt.Sprint(r.Path, " ", r.Item))
	}
	if !slices.Equal(kept, []string{"train/image/half.jpg 2", "train/image/sound.jpg 1"}) {
		t.Errorf("rows: %v", kept)
	}
}

func TestSplitWithoutAnnotations(t *testing.T) {
	d := newDataset(t)
	d.photo("test/image/000002.jpg")
	d.photo("test/image/000001.jpg")
	rows, rejects := d.read(df2.Options{Split: "test"})
	if len(rows) != 2 || len(rejects) != 0 || rows[0].Path != "test/image/000001.jpg" || rows[0].Category != "" || rows[0].Item != 0 {
		t.Errorf("%+v, rejects %v", rows, rejects)
	}
}

func TestWorkersDontMatter(t *testing.T) {
	d := newDataset(t)
	for i := range 40 {
		name := fmt.Sprintf("%06d", i)
		d.photo("train/image/" + name + ".jpg")
		d.annotate("train/annos/"+name+".json", item(1+i%13, fmt.Sprintf("[%d, 1, 50, 50]", i+i%3*10)))
	}
	rows, rejects := d.read(df2.Options{Split: "train", Workers: 1})
	again, rejectsAgain := d.read(df2.Options{Split: "train", Workers: 7})
	if !reflect.DeepEqual(rows, again) || !reflect.DeepEqual(rejects, rejectsAgain) {
		t.Error("7 workers read something else than 1")
	}
	if len(rejects) == 0 || len(rows) == 0 {
		t.Errorf("%d rows and %d rejects: the test needs both", len(rows), len(rejects))
	}
}

func TestCancelled(t *testing.T) {
	d := newDataset(t)
	d.photo("test/image/000001.jpg")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := d.readAll(ctx, df2.Options{Split: "test"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNoPhotosSaysWhatIsThere(t *testing.T) {
	d := newDataset(t)
	d.photo("inner/train/image/000001.jpg")
	d.write("zips/train.zip", []byte("zip"))
	d.photo("flat/1.jpg")
	for _, c := range []struct{ root, want string }{
		{"nowhere", "there is no folder"},
		{"zips/train.zip", "is a zip file"},
		{"flat/1.jpg", "is a file, not a folder"},
		{"zips", "train.zip still has to be unpacked"},
		{".", "root should be " + filepath.Join(d.root, "inner")},
		{"inner/train", "root should be the folder above it, " + filepath.Join(d.root, "inner")},
		{"flat", "layout: folder"},
	} {
		err := df2.NoPhotos(filepath.Join(d.root, filepath.FromSlash(c.root)), "train")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want something with %q", c.root, err, c.want)
		}
	}
}

// Photos and annotations are paired by their names without the ending, in whatever order those come with it.
func TestPairsByName(t *testing.T) {
	d := newDataset(t)
	for _, name := range []string{"a", "a.k", "a.z", "b"} { // a.k.png comes before a.png, a.k.json behind a.json
		d.photo("train/image/" + name + ".png")
		d.annotate("train/annos/"+name+".json", item(1, "[1, 2, 30, 40]"))
	}
	d.photo("train/image/b.webp")
	d.annotate("train/annos/0.json", item(1, "[1, 2, 30, 40]"))
	rows, rejects := d.read(df2.Options{Split: "train"})
	if len(rows) != 4 || len(rejects) != 2 || rejects[0].Path != "train/annos/0.json" || rejects[1].Path != "train/image/b.webp" {
		t.Errorf("%d rows, rejects %v", len(rows), rejects)
	}
}
