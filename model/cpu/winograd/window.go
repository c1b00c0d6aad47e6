package winograd

import (
	"sync"
	"unsafe"
)

// window is pointers to the channels of n×n pixels of an image, row by row. One window always has the same n.
type window struct {
	pixels    [36]*float32
	image     *float32
	top, left int
	inside    bool // no pixel is outside the image
}

// windows are kept between uses: kernels are called by a variable, so tables given to them can't lie on the stack.
var windows = sync.Pool{New: func() any { return new(window) }}

// newWindow is an empty window; it should go back by release.
func newWindow() *window { return windows.Get().(*window) }

// release gives the window back, empty: what it points to may be unmapped while it waits.
func (v *window) release() {
	*v = window{}
	windows.Put(v)
}

// move sets the window to the pixels from (top, left) on of an image of h×w pixels, c numbers apart; those outside the image
// point to outside. Windows inside that follow each other in a row are found by sliding: several times faster.
func (v *window) move(image []float32, h, w, c, top, left, n int, outside *float32) {
	inside := top >= 0 && left >= 0 && top+n <= h && left+n <= w
	if inside && v.inside && v.image == &image[0] && v.top == top {
		step := (left - v.left) * c * 4
		for i := range v.pixels[:n*n] {
			v.pixels[i] = (*float32)(unsafe.Add(unsafe.Pointer(v.pixels[i]), step))
		}
		v.left = left
		return
	}
	v.image, v.top, v.left, v.inside = &image[0], top, left, inside
	for i := range n {
		line := v.pixels[i*n : (i+1)*n]
		if top+i < 0 || top+i >= h {
			for j := range line {
				line[j] = outside
			}
			continue
		}
		for j := range line {
			if col := left + j; col < 0 || col >= w {
				line[j] = outside
			} else {
				line[j] = &image[((top+i)*w+col)*c]
			}
		}
	}
}
