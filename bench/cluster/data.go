package main

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
)

// draw makes rows as encoders make them: they vary along a few directions, and a little along all. k-means has far more
// clusters to find than there are, so it takes many iterations.
func draw(s size) []float32 {
	const directions, noise = 8, 0.2
	r := rand.New(rand.NewPCG(1, 2))
	along := make([]float32, directions*s.dim)
	for i := range along {
		along[i] = float32(r.NormFloat64() / math.Sqrt(directions))
	}
	data := make([]float32, s.rows*s.dim)
	for i := range s.rows {
		row := data[i*s.dim : (i+1)*s.dim]
		for d := range directions {
			z := float32(r.NormFloat64())
			for j := range row {
				row[j] += z * along[d*s.dim+j]
			}
		}
		for j := range row {
			row[j] += float32(noise * r.NormFloat64())
		}
	}
	return data
}

// groups makes rows around 20 centres, for mean shift to find.
func groups(s size) []float32 {
	const centres, apart = 20, 3
	r := rand.New(rand.NewPCG(3, 4))
	centre := make([]float32, centres*s.dim)
	for i := range centre {
		centre[i] = float32(apart * r.NormFloat64())
	}
	data := make([]float32, s.walkers*s.dim)
	for i := range s.walkers {
		for j := range s.dim {
			data[i*s.dim+j] = centre[i%centres*s.dim+j] + float32(r.NormFloat64())
		}
	}
	return data
}

func writeRows(file string, data []float32) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := binary.Write(f, binary.LittleEndian, data); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
