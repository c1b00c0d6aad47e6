package catalogue

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"fashionpipe/formats"
)

// splitNames are the folders taken for splits, where nothing but splits lies at the top.
var splitNames = []string{"train", "validation", "valid", "val", "test"}

// Folder makes a row for every photo among files, in the order they are given. With split set, only the photos in that
// sub-folder of the root count. The first folder below is the photo's class, however deep it lies; a photo in no folder
// has none. If split is "" and all photos lie in top folders called train, validation, val, valid or test, then those
// are the splits, and classes are one level deeper.
func Folder(files []File, split string) ([]formats.Photo, []formats.Reject) {
	splits := split == "" && onlySplits(files)
	var rows []formats.Photo
	var rejects []formats.Reject
	for _, f := range files {
		if !inSplit(f.Path, split) || !IsPhoto(f.Path) && f.Err == nil {
			continue
		}
		rel := strings.TrimPrefix(f.Path[len(split):], "/")
		if reason := f.Unusable(); reason != "" {
			rejects = append(rejects, formats.Reject{Path: f.Shown(), Reason: reason})
			continue
		}
		l := formats.Labels{ID: f.Path, Path: f.Path, Split: split}
		if splits {
			l.Split, rel, _ = strings.Cut(rel, "/")
		}
		if class, _, deeper := strings.Cut(rel, "/"); deeper {
			l.Category = class
		}
		rows = append(rows, formats.Photo{Labels: l, SHA256: hex.EncodeToString(f.SHA256[:]), Bytes: f.Bytes})
	}
	return rows, rejects
}

// inSplit says whether a file lies in the sub-folder split, or split is "".
func inSplit(rel, split string) bool { return split == "" || strings.HasPrefix(rel, split+"/") }

// Unusable says why a photo's file can be no row; "" if it can.
func (f File) Unusable() string {
	switch {
	case f.Err != nil:
		return "can't be read: " + Reason(f.Err)
	case f.Bytes == 0:
		return "the file is empty"
	case !utf8.ValidString(f.Path):
		return "its name is not UTF-8 text: rename it"
	}
	return ""
}

// Reason words an error of the file system without the file's absolute path: reject tables don't tell where the
// photos lay, so that equal photos give equal tables.
func Reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

func onlySplits(files []File) bool {
	any := false
	for _, f := range files {
		if !IsPhoto(f.Path) {
			continue
		}
		top, _, deeper := strings.Cut(f.Path, "/")
		if !deeper || !slices.Contains(splitNames, top) {
			return false
		}
		any = true
	}
	return any
}
