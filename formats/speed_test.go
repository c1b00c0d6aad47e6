package formats

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkEmbeddings writes and reads 2,000 vectors of 4,096 numbers: MB/s of numbers.
func BenchmarkEmbeddings(b *testing.B) {
	const n, dim = 2000, 4096
	e := &Embeddings{Labels: sampleLabels(n), Dim: dim, Data: make([]float32, n*dim)}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range e.Data {
		e.Data[i] = rng.Float32()
	}
	dir := b.TempDir()
	b.Run("write", func(b *testing.B) {
		b.SetBytes(4 * n * dim)
		for b.Loop() {
			if err := WriteEmbeddings(dir, e); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(4 * n * dim)
		for b.Loop() {
			if _, err := ReadEmbeddings(dir); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkImages looks up rows of an image table in a scattered order: MB/s of pixels touched.
func BenchmarkImages(b *testing.B) {
	const n, size = 500, 64
	dir := b.TempDir()
	m := imageTable{Spec: ImageSpec{Size: size, Fit: "pad", Box: "photo"}, Labels: sampleLabels(n), Cell: make([][]byte, n)}
	for i := range n {
		m.Whole = append(m.Whole, pattern(i, m.Spec.wholeBytes()))
	}
	if err := writeImages(dir, m); err != nil {
		b.Fatal(err)
	}
	im, err := OpenImages(dir)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(m.Spec.wholeBytes()))
	b.ReportAllocs()
	sum := 0
	for i := 0; b.Loop(); i++ {
		for _, x := range im.Whole(i * 7919 % n) {
			sum += int(x)
		}
	}
	if err := im.Close(); err != nil || sum == 0 {
		b.Fatal(err, sum)
	}
}
