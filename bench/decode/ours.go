package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"fashionpipe/formats"
	"fashionpipe/internal/imaging"
	"fashionpipe/internal/photodecode"
)

// ours does the work of the kind decode in this process.
type ours struct {
	dir    string // temporary, for tables
	rows   []formats.Photo
	job    photodecode.Job
	photos int
}

func newOurs(root string, size, workers int) (*ours, error) {
	rows, err := list(root)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("no photos in %s", root)
	}
	dir, err := os.MkdirTemp("", "bench-decode-")
	if err != nil {
		return nil, err
	}
	job := photodecode.Job{Root: root, Size: size, Fit: imaging.Stretch, Grid: imaging.Grid{Rows: 3, Cols: 3}, Cell: "center",
		MaxPixels: 1e8, Workers: workers}
	return &ours{dir, rows, job, len(rows)}, nil
}

func (o *ours) close() { _ = os.RemoveAll(o.dir) }

// round decodes all photos.
func (o *ours) round() (cost, error) {
	start, before := time.Now(), cpuSeconds()
	out, err := o.job.Write(context.Background(), o.dir, len(o.rows), func(use func([]formats.Photo) error) error { return use(o.rows) })
	if err == nil && len(out.Rejects) > 0 {
		err = fmt.Errorf("%s: %s", out.Rejects[0].Path, out.Rejects[0].Reason)
	}
	return cost{time.Since(start).Seconds(), cpuSeconds() - before}, err
}

// cpuSeconds gives the CPU time of this process so far, user and system.
func cpuSeconds() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}

// list catalogues the photos of the formats that both sides read.
func list(root string) ([]formats.Photo, error) {
	var rows []formats.Photo
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		ends := []string{".jpg", ".jpeg", ".png", ".webp"}
		if err != nil || d.IsDir() || !slices.Contains(ends, strings.ToLower(filepath.Ext(p))) {
			return err
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		rel = filepath.ToSlash(rel)
		rows = append(rows, formats.Photo{Labels: formats.Labels{ID: rel, Path: rel}, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])})
		return nil
	})
	return rows, err
}
