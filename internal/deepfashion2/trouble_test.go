package deepfashion2_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/catalogue"
	df2 "fashionpipe/internal/deepfashion2"
)

// A file that was there when it was listed and isn't now must not become a reject, which would stay in the cache.
func TestVanishedFileIsNoReject(t *testing.T) {
	for _, gone := range []string{"train/annos/000002.json", "train/image/000002.jpg"} {
		d := newDataset(t)
		for _, n := range []string{"000001", "000002"} {
			d.photo("train/image/" + n + ".jpg")
			d.annotate("train/annos/"+n+".json", item(1, "[0, 0, 10, 10]"))
		}
		files := d.files("train")
		path := filepath.Join(d.root, filepath.FromSlash(gone))
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		_, err := df2.Read(t.Context(), d.root, files, df2.Options{Split: "train"}, func(formats.Photo) error { return nil })
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "run again") {
			t.Errorf("%s is gone: got %v", gone, err)
		}
	}
}

// What couldn't be read when it was listed is part of the key, and so may be a reject.
func TestUnreadableAnnotation(t *testing.T) {
	d := newDataset(t)
	for _, n := range []string{"000001", "000002"} {
		d.photo("train/image/" + n + ".jpg")
		d.annotate("train/annos/"+n+".json", item(1, "[0, 0, 10, 10]"))
	}
	files := d.files("train")
	for i, f := range files {
		if f.Path == "train/annos/000002.json" {
			files[i].Err = errors.New("permission denied")
		}
	}
	var rows []formats.Photo
	rejects, err := df2.Read(t.Context(), d.root, files, df2.Options{Split: "train"}, func(p formats.Photo) error {
		rows = append(rows, p)
		return nil
	})
	if err != nil || len(rows) != 1 || len(rejects) != 1 || rejects[0].Reason != "annotation: can't be read: permission denied" {
		t.Errorf("%d rows, rejects %v, %v", len(rows), rejects, err)
	}
}

func TestCheck(t *testing.T) {
	d := newDataset(t)
	d.photo("train/image/000001.jpg")
	photo, annos := catalogue.File{Path: "train/image/000001.jpg"}, catalogue.File{Path: "train/annos/000001.json"}
	for _, c := range []struct {
		name, split string
		files       []catalogue.File
		want        string
	}{
		{"whole", "train", []catalogue.File{photo, annos}, ""},
		{"bare test", "test", []catalogue.File{{Path: "test/image/1.jpg"}}, ""},
		{"no photos", "train", []catalogue.File{annos}, "no photos of DeepFashion2's train split"},
		{"no annotations", "train", []catalogue.File{photo}, "1 photos and no annotations: looked for " + filepath.Join(d.root, "train", "annos", "000001.json") + " and found in " + filepath.Join(d.root, "train") + ": image/; unpack"},
		{"closed folder", "test", []catalogue.File{{Path: "test/annos", Err: os.ErrPermission}, {Path: "test/image/1.jpg"}}, "permission denied"},
	} {
		err := df2.Check(d.root, c.split, c.files)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}
