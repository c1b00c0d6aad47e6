package networks

import "testing"

// TestOperations compares with what torch.utils.flop_counter.FlopCounterMode counts of torchvision's networks at 224 pixels,
// in multiplications with their additions, less what their last layers to 1,000 classes take.
func TestOperations(t *testing.T) {
	for _, tt := range []struct {
		arch, layer string
		products    float64
	}{
		{"resnet18", "", 1_814_073_344 - 512*1000},
		{"vgg16", "fc2", 15_470_264_320 - 4096*1000},
		{"vgg16", "pool5", 15_346_630_656},
	} {
		o, err := Of(tt.arch, tt.layer, 224)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Forward() / 2; got != tt.products {
			t.Errorf("%s %s: %.0f, want %.0f", tt.arch, tt.layer, got, tt.products)
		}
	}
	if _, err := Of("resnet50", "", 224); err == nil {
		t.Error("resnet50 has been counted")
	}
	if got := resnet18(224).Training(); got != 10_645_340_160 { // forward and backward
		t.Errorf("training: %.0f", got)
	}
}
