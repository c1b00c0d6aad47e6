package deepfashion2

import (
	"fmt"
	"os"
	"path/filepath"

	"fashionpipe/internal/catalogue"
)

// NoPhotos explains why root gives no photos of a split: what was looked for, what is there, and what may be meant.
func NoPhotos(root, split string) error {
	if err := catalogue.CheckRoot(root); err != nil {
		return err
	}
	want := filepath.Join(root, split, "image")
	return fmt.Errorf("no photos of DeepFashion2's %s split: looked for %s and found %s%s",
		split, filepath.Join(want, "000001.jpg"), here(root, split), hint(root, split))
}

func here(root, split string) string {
	for _, dir := range []string{filepath.Join(root, split, "image"), filepath.Join(root, split)} {
		if isDir(dir) {
			return "in " + dir + ": " + catalogue.Listing(dir)
		}
	}
	return "in " + root + ": " + catalogue.Listing(root)
}

// hint recognises the usual mistakes.
func hint(root, split string) string {
	if isDir(filepath.Join(root, "image")) {
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

func isDir(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.IsDir()
}

func exists(p string) bool {
	_, err := os.Stat(p)
	return err == nil
}
