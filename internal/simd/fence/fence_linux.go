// Package fence gives tests of assembly memory in which a read or write outside is seen.
package fence

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Memory is memory for elements between two pages that can't be touched: who reads or writes one byte before the first or
// past the last page in between dies.
func Memory[T any](t testing.TB, pages int) []T {
	t.Helper()
	page := unix.Getpagesize()
	m, err := unix.Mmap(-1, 0, (pages+2)*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(m) })
	for _, p := range [][]byte{m[:page], m[(pages+1)*page:]} {
		if err := unix.Mprotect(p, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(&m[page])), pages*page/int(unsafe.Sizeof(zero)))
}
