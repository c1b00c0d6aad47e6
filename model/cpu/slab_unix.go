//go:build unix

package cpu

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// allocate gives size bytes, aligned to a page, from the system. They are none of the garbage collector's: it would let
// as much garbage gather as there is memory in use before it starts.
func allocate(size int) ([]byte, error) {
	mem, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("memory for an execution, %d MB: %w", size>>20, err)
	}
	largePages(mem)
	return mem, nil
}

func free(mem []byte) { _ = unix.Munmap(mem) } // it can only fail for memory that Mmap did not give
