package model

import (
	"math"
	"strings"
	"testing"

	"fashionpipe/formats"
)

// several is the plugin that PIPE_TEST_PLUGIN names, on its first devices.
func several(t *testing.T, devices string) *Backend {
	t.Helper()
	one, want := xlaBackend(t), len(strings.Fields(devices))
	if n := one.compute.NumDevices(); n < want {
		t.Skipf("needs %d devices, and there is %d: of a processor, let PJRT_CPU_DEVICES be %d", want, n, want)
	}
	b, err := one.on(place{devices: devices, precision: one.precision})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func twoDevices(t *testing.T) *Backend { return several(t, "0 1") }

// TestThreeDevices: a number that both views together could not be halved by.
func TestThreeDevices(t *testing.T) {
	cfg, im := smallConfig("mse"), newFakeImages(6, 16, 16)
	cfg.Batch, cfg.Epochs = 6, 1
	var losses []float64
	for _, b := range []*Backend{several(t, "0 1 2"), xlaBackend(t)} {
		r, err := Train(t.Context(), b, im, cfg, Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, r.History[1].Loss)
	}
	if math.Abs(losses[0]-losses[1]) > 1e-4*losses[1] {
		t.Errorf("the loss is %v on three devices, %v on one", losses[0], losses[1])
	}
}

// TestTwoDevicesAreAsOne: the losses of the first steps on two devices are those on one, up to rounding, to 1e-4: also losses
// that compare all photos of a batch, with accumulation, and however the images come.
func TestTwoDevicesAreAsOne(t *testing.T) {
	two, one := twoDevices(t), xlaBackend(t)
	for where, change := range map[string]func(*TrainConfig){
		ImagesDevice: func(c *TrainConfig) { c.Loss, c.Augment = "supcon", everyAugmentation },
		ImagesStream: func(c *TrainConfig) { c.Loss, c.Accumulate, c.EMA = "vicreg", 2, 0.9 },
		ImagesAuto:   func(c *TrainConfig) { c.Loss = "byol" },
	} {
		cfg := smallConfig("")
		change(&cfg)
		im := newFakeImages(32, 32, 32)
		im.labels = sameGarment
		var all [2][]formats.HistoryRow
		for i, b := range []*Backend{one, two} {
			r, err := Train(t.Context(), b, im, cfg, Hooks{Images: where})
			if err != nil {
				t.Fatal(err)
			}
			all[i] = r.History[1:5] // of an epoch; rounding grows from step to step
		}
		for i, want := range all[0] {
			if got := all[1][i].Loss; math.Abs(got-want.Loss) > 1e-4*math.Abs(want.Loss) {
				t.Errorf("%s, step %d: loss %v on two devices, %v on one", cfg.Loss, i+1, got, want.Loss)
			}
		}
	}
}

// TestTwoDevicesAgain: the same training on two devices gives the same bytes.
func TestTwoDevicesAgain(t *testing.T) {
	b := twoDevices(t)
	im, cfg := newFakeImages(16, 16, 16), smallConfig("vicreg")
	var all [2]string
	for i := range all {
		r, err := Train(t.Context(), b, im, cfg, Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		all[i] = string(bytesOf(t, r))
	}
	if all[0] != all[1] {
		t.Error("two trainings gave two results")
	}
}

func TestBatchThatDevicesCannotShare(t *testing.T) {
	cfg := smallConfig("mse")
	cfg.Batch = 5
	_, err := Train(t.Context(), twoDevices(t), newFakeImages(16, 16, 16), cfg, Hooks{})
	if err == nil || !strings.Contains(err.Error(), "a batch of 5 photos can't be shared equally by 2 devices: make batch a multiple of 2") {
		t.Error(err)
	}
}
