package catalogue

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// File is a file below the root of a data set.
type File struct {
	Path   string // relative to the root, with slashes
	Bytes  int64
	SHA256 [sha256.Size]byte
	Err    error // why it can't be read, if it can't
}

// Shown is the path as tables and screens have it: what is no UTF-8 text, which readers of Parquet refuse, as \xff.
func (f *File) Shown() string {
	if utf8.ValidString(f.Path) {
		return f.Path
	}
	quoted := strconv.Quote(f.Path)
	return quoted[1 : len(quoted)-1]
}

// imageExtensions are the endings, in lower case, that promise a photo.
var imageExtensions = []string{
	".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl",
}

// IsPhoto says whether a file's name promises a photo. Hidden files (a name or folder that starts with a dot) and what
// archivers leave behind (__MACOSX) don't.
func IsPhoto(rel string) bool {
	for part := range strings.SplitSeq(rel, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return false
		}
	}
	return slices.Contains(imageExtensions, strings.ToLower(path.Ext(rel)))
}

// Digest gives one SHA-256, in lower-case hexadecimal, over the paths, sizes and digests of files: it changes when a file
// is added, removed, renamed, edited or becomes unreadable. What can be no row by its name alone counts as another state,
// since it was one in earlier versions.
func Digest(files []File) string {
	h := sha256.New()
	var b []byte
	for i := range files {
		f := &files[i]
		b = binary.LittleEndian.AppendUint64(b[:0], uint64(len(f.Path)))
		b = append(b, f.Path...)
		what := "unreadable"
		switch {
		case f.Err == nil && !utf8.ValidString(f.Path):
			what = "no UTF-8"
		case f.Err == nil:
			what = hex.EncodeToString(f.SHA256[:])
		}
		b = binary.LittleEndian.AppendUint64(b, uint64(len(what)))
		h.Write(append(b, what...))
	}
	return hex.EncodeToString(h.Sum(nil))
}
