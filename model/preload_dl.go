//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

// #cgo linux LDFLAGS: -ldl
// #include <dlfcn.h>
// #include <stdlib.h>
import "C"

import "unsafe"

// load loads a shared library, so that libraries that ask for it by its name get this one: those of NVIDIA's Python
// packages don't find all of each other by themselves (cuDNN, for one, its compiler), and JAX loads them first as well.
// One that can't be loaded is left to whoever needs it, who says so.
func load(path string) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	C.dlopen(name, C.RTLD_LAZY|C.RTLD_LOCAL)
}
