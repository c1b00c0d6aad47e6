package stages

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"fashionpipe/model"
)

func TestAdviseBatch(t *testing.T) {
	o := &model.OutOfMemoryError{Device: "NVIDIA H100 80GB HBM3, 79.6 GiB", Usable: 70 << 30, Err: errors.New("all that XLA says")}
	const begin = "out of memory on NVIDIA H100 80GB HBM3, 79.6 GiB"
	for _, tt := range []struct {
		wanted                     int64
		batch, accumulate, devices int
		want                       string
	}{
		{0, 512, 1, 1, begin + "; a batch of 512 photos needs too much: try batch: 256 (and accumulate: 2 for steps of as many photos)"},
		{0, 512, 4, 1, begin + "; a batch of 512 photos needs too much: try batch: 256 (and accumulate: 8 for steps of as many photos)"},
		{90 << 30, 512, 1, 1, begin + ": XLA wanted 90.0 GiB; a batch of 512 photos needs too much: try batch: 352, or batch: 256 and accumulate: 2 for steps of as many photos"},
		{0, 7, 1, 1, begin + "; a batch of 7 photos needs too much: try batch: 3"},
		{90 << 30, 480, 1, 3, begin + ": XLA wanted 90.0 GiB; a batch of 480 photos needs too much: try batch: 336, or batch: 240 and accumulate: 2 for steps of as many photos"},
		{0, 12, 1, 4, begin + "; a batch of 12 photos needs too much: try batch: 4 (and accumulate: 3 for steps of as many photos)"},
		{0, 4, 1, 4, begin + "; a batch of 4 photos needs too much: use smaller images (size of decode), a smaller arch or width, or backend: cpu"},
		{0, 3, 1, 1, begin + "; a batch of 3 photos needs too much: use smaller images (size of decode), a smaller arch or width, or backend: cpu"},
	} {
		o.Wanted = tt.wanted
		err := adviseBatch(fmt.Errorf("training step 1: %w", o), tt.batch, tt.accumulate, tt.devices, "bf16")
		if err.Error() != tt.want {
			t.Errorf("%s\nwant %s", err, tt.want)
		}
		if !errors.Is(err, o) {
			t.Error("the error it is about is lost")
		}
	}
	if text := adviseBatch(o, 512, 1, 1, "f32").Error(); !strings.HasSuffix(text, "; with precision: bf16 it needs less") {
		t.Error(text)
	}
	o.Held = 15e9
	if text := adviseBatch(o, 512, 1, 1, "bf16").Error(); !strings.HasSuffix(text, "; with images: stream the photos don't take 15.0 GB of it") {
		t.Error(text)
	}
	o.Images, o.Wanted = true, 20<<30
	if err := adviseBatch(o, 8, 1, 1, "f32"); err.Error() != begin+": XLA wanted 20.0 GiB while the photos were brought there: set images to stream" {
		t.Error(err)
	}
	other := errors.New("other")
	if adviseBatch(other, 8, 1, 1, "f32") != other || adviseBatch(nil, 8, 1, 1, "f32") != nil || adviseEmbed(other, 8) != other { //nolint:errorlint // the very same
		t.Error("another error is changed")
	}
}

// TestSmallerBatchIsOne: what is advised is smaller, fits, can be shared by the devices, and keeps the step where it says so.
func TestSmallerBatchIsOne(t *testing.T) {
	for _, devices := range []int{1, 2, 3, 8} {
		for batch := 2 * devices; batch < 300; batch += devices {
			for fits := devices; fits < batch; fits += devices {
				var one, same, parts int
				text := smallerBatch(fits, batch, 1, devices)
				n, _ := fmt.Sscanf(text, "try batch: %d, or batch: %d and accumulate: %d", &one, &same, &parts)
				if n < 3 {
					n, _ = fmt.Sscanf(text, "try batch: %d (and accumulate: %d", &one, &parts)
					same = one
				}
				if n > 1 && (same*parts != batch || same > fits || same%devices != 0) || n > 0 && one != fits || n == 0 && fits > 1 {
					t.Errorf("%d of %d by %d devices: %s", fits, batch, devices, text)
				}
			}
		}
	}
}
