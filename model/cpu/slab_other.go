//go:build !unix

package cpu

import "unsafe"

// allocate gives size bytes, aligned as slabs are.
func allocate(size int) ([]byte, error) {
	mem := make([]byte, size+alignment)
	skip := (alignment - int(uintptr(unsafe.Pointer(unsafe.SliceData(mem)))%alignment)) % alignment
	return mem[skip : skip+size : skip+size], nil
}

func free([]byte) {} // by the garbage collector
