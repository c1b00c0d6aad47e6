package winograd

import "testing"

// TestWindowIsLeftEmpty: a window that waits for its next use points to nothing.
func TestWindowIsLeftEmpty(t *testing.T) {
	w := newWindow()
	image := make([]float32, 36)
	w.move(image, 6, 6, 1, 0, 0, 6, &image[0])
	w.release()
	if *w != (window{}) {
		t.Errorf("released with %+v", *w)
	}
}
