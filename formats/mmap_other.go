//go:build !unix

package formats

import "os"

// mapFile reads a whole file into memory: only on systems without mmap, where an image table must fit into memory.
func mapFile(path string) ([]byte, func() error, error) {
	b, err := os.ReadFile(path)
	return b, func() error { return nil }, err
}
