package deepfashion2

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fashionpipe/internal/catalogue"
)

// Check says why files, listed with Keep, are no split to read: a folder of it can't be listed, it has no photos, or no
// annotations, which only the test split is released without.
func Check(root, split string, files []catalogue.File) error {
	photos, annos := 0, 0
	for _, f := range files {
		switch {
		case f.Err != nil && (f.Path == split+"/image" || f.Path == split+"/annos"):
			return fmt.Errorf("%s can't be read: %w", filepath.Join(root, filepath.FromSlash(f.Path)), f.Err)
		case strings.HasPrefix(f.Path, split+"/image/"):
			photos++
		case strings.HasPrefix(f.Path, split+"/annos/"):
			annos++
		}
	}
	switch {
	case photos == 0:
		return NoPhotos(root, split)
	case annos == 0 && split != "test":
		return fmt.Errorf("DeepFashion2's %s split has %d photos and no annotations: looked for %s and found %s; unpack the annotations too, "+
			"or say layout: folder and split: %s/image to use the photos without labels",
			split, photos, filepath.Join(root, split, "annos", "000001.json"), here(root, split, "annos"), split)
	}
	return nil
}

// NoPhotos explains why root gives no photos of a split: what was looked for, what is there, and what may be meant.
func NoPhotos(root, split string) error {
	if err := catalogue.CheckRoot(root); err != nil {
		return err
	}
	want := filepath.Join(root, split, "image")
	return fmt.Errorf("no photos of DeepFashion2's %s split: looked for %s and found %s%s",
		split, filepath.Join(want, "000001.jpg"), here(root, split, "image"), hint(root, split))
}

// here lists the deepest folder there is on the way to root/split/sub.
func here(root, split, sub string) string {
	for _, dir := range []string{filepath.Join(root, split, sub), filepath.Join(root, split)} {
		if catalogue.IsDir(dir) {
			return "in " + dir + ": " + catalogue.Listing(dir)
		}
	}
	return "in " + root + ": " + catalogue.Listing(root)
}

// hint recognises the usual mistakes.
func hint(root, split string) string {
	if catalogue.IsDir(filepath.Join(root, "image")) {
		return fmt.Sprintf("; root should be the folder above it, %s", filepath.Dir(filepath.Clean(root)))
	}
	if zip := filepath.Join(root, split+".zip"); exists(zip) {
		return fmt.Sprintf("; %s still has to be unpacked (its password comes from the data set's owners)", zip)
	}
	if deeper, _ := filepath.Glob(filepath.Join(root, "*", split, "image")); len(deeper) > 0 {
		return fmt.Sprintf("; root should be %s", filepath.Dir(filepath.Dir(deeper[0])))
	}
	return "; for a folder of photos without annotations say layout: folder"
}

func exists(p string) bool {
	_, err := os.Stat(p)
	return err == nil
}
