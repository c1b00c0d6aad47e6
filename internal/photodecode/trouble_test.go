package photodecode_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the catalogue's digests don't cover must never end up in a table: it fails the stage, however many rejects are
// allowed.
func TestTroubleWithAFileIsNoReject(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		want string
	}{
		"gone":         {func(t *testing.T, path string) { must(t, os.Remove(path)) }, "no such file or directory"},
		"a folder":     {func(t *testing.T, path string) { must(t, os.Remove(path)); must(t, os.Mkdir(path, 0o700)) }, "when it was catalogued"},
		"broken link":  {func(t *testing.T, path string) { must(t, os.Remove(path)); must(t, os.Symlink("nowhere", path)) }, "no such file or directory"},
		"grown":        {func(t *testing.T, path string) { must(t, os.WriteFile(path, make([]byte, 5000), 0o600)) }, "and has 5000"},
		"other pixels": {flipLastByte, "changed since it was catalogued"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAlbum(t, 12)
			path := filepath.Join(a.root, a.photos[9].Path)
			c.make(t, path)
			j := a.job()
			j.MaxRejects = 1
			_, err := j.Write(t.Context(), t.TempDir(), len(a.photos), a.rows)
			for _, want := range []string{c.want, path, "run again, and the catalogue is made anew"} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want something with %q", err, want)
				}
			}
		})
	}
	a := newAlbum(t, 1)
	a.photos[0].Path = "../out.png"
	if _, err := a.job().Write(t.Context(), t.TempDir(), 1, a.rows); err == nil || !strings.Contains(err.Error(), "leads out of the folder") {
		t.Errorf("a path outside: %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func flipLastByte(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	must(t, err)
	data[len(data)-1] ^= 1
	must(t, os.WriteFile(path, data, 0o600))
}

// A header alone is enough to refuse a photo that would take too much memory.
func TestPhotoThatTakesTooMuchMemory(t *testing.T) {
	a := newAlbum(t, 1)
	a.add("large.png", pngHeader(9000, 9000))
	j := a.job()
	j.MaxPixels, j.MaxRejects = 1e9, 0.5
	_, images, rejects := a.table(j)
	const want = "a png of 9000×9000 pixels takes 849 MB of memory, and at most 320 MB are given: scale it down, or save it as a baseline JPEG"
	if images.Len() != 1 || len(rejects) != 1 || rejects[0].Reason != want {
		t.Errorf("%d images, rejects %v", images.Len(), rejects)
	}
}

// pngHeader is the beginning of a PNG of 16 bits per channel, RGBA.
func pngHeader(width, height uint32) []byte {
	b := bytes.NewBufferString("\x89PNG\r\n\x1a\n")
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	ihdr = binary.BigEndian.AppendUint32(ihdr, height)
	ihdr = append(ihdr, 16, 6, 0, 0, 0)
	b.Write([]byte{0, 0, 0, 13})
	b.Write(ihdr)
	b.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(ihdr)))
	return b.Bytes()
}
