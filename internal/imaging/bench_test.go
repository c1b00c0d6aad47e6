package imaging

import (
	"image"
	"os"
	"path/filepath"
	"testing"
)

func BenchmarkPhoto(b *testing.B) {
	paths, _ := filepath.Glob("../../../shared/data/clothing/train/*/*.jpg")
	if len(paths) == 0 {
		b.Skip("no real photos beside the repository")
	}
	var photos [][]byte
	for i := 0; i < len(paths); i += 7 {
		data, err := os.ReadFile(paths[i])
		if err != nil {
			b.Fatal(err)
		}
		photos = append(photos, data)
	}
	const size = 224
	var r Renderer
	dst := make([]byte, 3*size*size)
	for i := 0; b.Loop(); i++ {
		data := photos[i%len(photos)]
		info, err := Probe(data)
		if err != nil {
			b.Fatal(err)
		}
		all := image.Rect(0, 0, info.Width, info.Height)
		g := Grid{3, 3}
		whole, cell := View{all, size, Stretch}, View{g.Cell(all, g.Center()), size, Stretch}
		p, err := Decode(data, info, Scale(whole, cell))
		if err != nil {
			b.Fatal(err)
		}
		r.Render(dst, p, whole)
		r.Render(dst, p, cell)
	}
}
