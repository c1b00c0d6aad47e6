package model

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestReadingsEqualTorch compares every map of VGG16, pooled in every way, with torchvision's.
func TestReadingsEqualTorch(t *testing.T) {
	for _, c := range readGoldenNets(t).Readings {
		t.Run(fmt.Sprintf("%s %s width %d", c.Layer, c.Pool, c.Width), func(t *testing.T) {
			e, err := namedEncoder("vgg16", c.Width, c.Layer, c.Pool)
			if err != nil {
				t.Fatal(err)
			}
			e.weights = map[string]tensor{}
			for _, w := range e.arch.weights(c.Width, c.Layer) {
				e.weights[w.name] = goldenWeight(w.name, w.shape)
			}
			all := embedAll(t, e, hashedImages("whole0", c.N, c.Size), Whole, false)
			got := all[c.N-1]
			if len(got) != c.Dim || e.Dim(c.Size) != c.Dim {
				t.Fatalf("%d numbers, Dim says %d, want %d", len(got), e.Dim(c.Size), c.Dim)
			}
			if n := norm(got); !near(n, c.Last.Norm, 0) {
				t.Errorf("norm %v, want %v", n, c.Last.Norm)
			}
			rms := c.Last.Norm / math.Sqrt(float64(c.Dim))
			for i, w := range c.Last.First {
				if math.Abs(float64(got[i])-w) > 1e-4*math.Max(rms, math.Abs(w)) {
					t.Errorf("number %d is %v, want %v", i, got[i], w)
				}
			}
		})
	}
}

func TestReadingsThatCantBe(t *testing.T) {
	for _, c := range []struct{ arch, layer, pool, want string }{
		{"vgg16", "fc2", "gram", "layer fc2 of vgg16 gives a vector"},
		{"resnet50", "", "avg", "layer avgpool of resnet50 gives a vector"},
		{"vgg16", "conv3_4", "", `no layer "conv3_4" to read: there are fc2, fc1, pool5, conv5_3, conv5_2`},
		{"vgg16", "pool5", "max", "there are avg, flatten, gram"},
		{"vgg19", "", "", "there are resnet18, resnet34, resnet50, vgg16"},
	} {
		if err := CheckReading(c.arch, c.layer, c.pool); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
