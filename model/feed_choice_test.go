package model

import (
	"strings"
	"testing"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/pjrt"
)

// TestWhereImagesGo: on the device if they take no more than half of what is free there, else they are streamed, and a line says why;
// on our own backend they are packed, and nothing is said.
func TestWhereImagesGo(t *testing.T) {
	im, cfg := newFakeImages(100, 64, 32), smallConfig("mse")
	const bytes = 100 * 3 * (64*64 + 32*32) // 1.5 MB
	goal, err := newObjective(resnet18, im, cfg, 100/8*2)
	if err != nil {
		t.Fatal(err)
	}
	all := newBatches(im, goal, 8, 100/8, 2)
	cuda := func(total, free int64) *Backend {
		return &Backend{name: "xla", plugin: pjrt.Plugin{Platform: "cuda"}, gpus: []*gpu.GPU{{Name: "GPU", Total: total, Free: free}}}
	}
	for name, c := range map[string]struct {
		b     *Backend
		where string
		want  string // "" for packed
	}{
		"fits":            {cuda(4*bytes, 2*bytes), ImagesAuto, "images: 1.5 MB on the device"},
		"is the default":  {cuda(4*bytes, 2*bytes), "", "images: 1.5 MB on the device"},
		"is too large":    {cuda(4*bytes, 2*bytes-2), ImagesAuto, "images: streamed in chunks of 2.9 MB: all 1.5 MB are more than half of the 3.1 MB that are free of the device's 6.1 MB"},
		"memory unknown":  {cuda(0, 0), ImagesAuto, "images: streamed in chunks of 2.9 MB: all 1.5 MB are more than can be risked on a device whose memory isn't known; where they fit, set images to device"},
		"on a processor":  {&Backend{name: "xla", plugin: pjrt.Plugin{Platform: "cpu"}}, ImagesAuto, "images: 1.5 MB on the device"},
		"asked to stream": {cuda(4*bytes, 4*bytes), ImagesStream, "images: streamed in chunks of 2.9 MB, as was asked for"},
		"asked to stay":   {cuda(4*bytes, 0), ImagesDevice, "images: 1.5 MB on the device, as was asked for"},
		"ours":            {&Backend{name: "cpu"}, ImagesAuto, ""},
	} {
		f, says, err := newFeed(c.b, all, 0, [2]int{64, 32}, c.where)
		if err != nil || says != c.want {
			t.Errorf("%s: %q, %v", name, says, err)
		}
		switch f.(type) {
		case *packed:
			if c.want != "" {
				t.Errorf("%s: packed", name)
			}
		case *resident:
			if !strings.Contains(c.want, "on the device") || strings.Contains(c.want, "stream") {
				t.Errorf("%s: on the device", name)
			}
		case *streamed:
			if !strings.Contains(c.want, "streamed") {
				t.Errorf("%s: streamed", name)
			}
		}
	}
}
