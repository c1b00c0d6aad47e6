package array

import (
	"fmt"
	"unsafe"
)

// Element is any type whose values this package moves: fixed size, no pointers.
type Element interface {
	~bool | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64 | ~complex64 | ~complex128
}

// Bytes is the memory of x, not a copy.
func Bytes[T Element](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(*new(T))))
}

// wide is an element of 16 bytes.
type wide [2]uint64

// unit is an element as the loops move it: bits of one size.
type unit interface {
	uint8 | uint16 | uint32 | uint64 | wide
}

// view takes the bytes for elements of type T. They must be aligned as T is, and a whole number of T.
func view[T unit | float32](b []byte) []T {
	size := int(unsafe.Sizeof(*new(T)))
	p := unsafe.Pointer(unsafe.SliceData(b))
	if len(b)%size != 0 || uintptr(p)%unsafe.Alignof(*new(T)) != 0 {
		panic(fmt.Sprintf("array: %d bytes at %p do not hold elements of %d bytes", len(b), p, size))
	}
	return unsafe.Slice((*T)(p), len(b)/size)
}

// aligned says whether both slices may be taken for elements of size bytes.
func aligned(a, b []byte, size int) bool {
	align := uintptr(min(size, 8))
	return uintptr(unsafe.Pointer(unsafe.SliceData(a)))%align == 0 && uintptr(unsafe.Pointer(unsafe.SliceData(b)))%align == 0
}

// floats takes words for the numbers they may be, for the kernels that know only those.
func floats(x []uint32) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}
