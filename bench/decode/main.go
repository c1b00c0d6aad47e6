// Command decode measures the kind decode against Pillow on the same photos, side by side:
//
//	go run ./bench/decode -photos DIR -python PYTHON
//
// Rounds alternate, and the medians count, since other work on the machine comes and goes. Ours is the whole stage: read,
// check the SHA-256, decode, resize whole and centre cell, write the Arrow table. Pillow (pillow.py) reads, decodes and
// resizes, one process per core, and writes nothing. README.md says what to expect.
package main

import (
	"flag"
	"fmt"
	"log"
	"runtime"
	"slices"
)

func main() {
	log.SetFlags(0)
	photos := flag.String("photos", "../shared/data/clothing", "folder of photos")
	python := flag.String("python", "python3", "Python with Pillow")
	script := flag.String("script", "bench/decode/pillow.py", "Pillow's side")
	size := flag.Int("size", 224, "edge of the images")
	rounds := flag.Int("rounds", 7, "rounds of each, alternating")
	workers := flag.Int("workers", runtime.NumCPU(), "goroutines, and processes of Pillow")
	flag.Parse()
	if err := compare(*photos, *python, *script, *size, *rounds, *workers); err != nil {
		log.Fatal("bench/decode: ", err)
	}
}

func compare(photos, python, script string, size, rounds, workers int) error {
	b, err := newOurs(photos, size, workers)
	if err != nil {
		return err
	}
	defer b.close()
	p, err := newPillow(python, script, photos, size, workers)
	if err != nil {
		return err
	}
	defer p.close()
	if b.photos != p.photos {
		return fmt.Errorf("%d photos here, %d for Pillow: the folder holds files that only one of the two reads", b.photos, p.photos)
	}
	var speed, theirs, ratio, cpu, theirCPU, cpuRatio []float64
	for i := range rounds + 1 {
		a, err := b.round()
		if err != nil {
			return err
		}
		c, err := p.round()
		if err != nil {
			return err
		}
		if i == 0 {
			continue // the first round of each warms up the file cache
		}
		n := float64(b.photos)
		speed, theirs, ratio = append(speed, n/a.wall), append(theirs, n/c.wall), append(ratio, c.wall/a.wall)
		cpu, theirCPU, cpuRatio = append(cpu, a.cpu/n*1e3), append(theirCPU, c.cpu/n*1e3), append(cpuRatio, c.cpu/a.cpu)
	}
	fmt.Printf("decode: %d photos, whole and centre cell of 3x3 at %d, %d workers, medians of %d rounds\n", b.photos, size, workers, rounds)
	fmt.Printf("  pipe    %6.0f photos/s  %5.2f ms of CPU each  (with SHA-256 and writing the table)\n", median(speed), median(cpu))
	fmt.Printf("  Pillow  %6.0f photos/s  %5.2f ms of CPU each\n", median(theirs), median(theirCPU))
	fmt.Printf("  ratio   %6.2f           %5.2f\n", median(ratio), median(cpuRatio))
	return nil
}

// cost is what a round took, in seconds.
type cost struct{ wall, cpu float64 }

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[len(v)/2] + v[(len(v)-1)/2]) / 2
}
