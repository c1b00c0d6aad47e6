package model

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
)

// writeWeights writes a network's weights as a file, each under the names that rename gives, in the shape it gives.
func writeWeights(t *testing.T, e *Encoder, rename func(name string, shape []int) ([]string, []int)) string {
	t.Helper()
	var all formats.Weights
	for n, x := range e.weights {
		names, shape := rename(n, x.shape)
		for _, name := range names {
			all = append(all, formats.Tensor{Name: name, Shape: shape, Data: x.data})
		}
	}
	path := filepath.Join(t.TempDir(), "w")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := formats.WriteSafetensors(f, all, nil); err != nil {
		t.Fatal(err)
	}
	return path
}

func below(prefixes ...string) func(string, []int) ([]string, []int) {
	return func(name string, shape []int) (names []string, _ []int) {
		for _, p := range prefixes {
			names = append(names, p+name)
		}
		return names, shape
	}
}

func randomNet(t *testing.T, arch string) *Encoder {
	t.Helper()
	e, err := RandomEncoder(t.Context(), arch, 2, "", "", 5)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestNamesOfWeights: prefixes are found, and timm's names of VGG16.
func TestNamesOfWeights(t *testing.T) {
	timm := func(name string, shape []int) ([]string, []int) {
		switch {
		case strings.HasPrefix(name, "classifier.0.w"):
			shape = []int{shape[0], shape[1] / 49, 7, 7}
		case strings.HasPrefix(name, "classifier.3.w"):
			shape = []int{shape[0], shape[1], 1, 1}
		}
		name = strings.Replace(name, "classifier.0", "pre_logits.fc1", 1)
		return []string{strings.Replace(name, "classifier.3", "pre_logits.fc2", 1)}, shape
	}
	for _, c := range []struct {
		arch   string
		rename func(string, []int) ([]string, []int)
	}{
		{"resnet50", below("module.")}, {"resnet18", below("state_dict.module.encoder_q.")}, {"vgg16", below("backbone.")}, {"vgg16", timm},
	} {
		e := randomNet(t, c.arch)
		got, err := FileEncoder(c.arch, 2, "", "", writeWeights(t, e, c.rename))
		if err != nil {
			t.Errorf("%s: %v", c.arch, err)
			continue
		}
		for n, x := range e.weights {
			if y := got.weights[n]; !slices.Equal(y.data, x.data) || !slices.Equal(y.shape, x.shape) {
				t.Errorf("%s: %s is other", c.arch, n)
			}
		}
	}
}

func TestWeightsOfOthers(t *testing.T) {
	deeper := randomNet(t, "resnet34")
	twice := writeWeights(t, randomNet(t, "resnet18"), below("encoder_q.", "encoder_k."))
	for _, c := range []struct{ arch, path, want string }{
		{"resnet18", writeWeights(t, deeper, below("")), "is no weight of resnet18: this is another network"},
		{"resnet50", writeWeights(t, deeper, below("x.")), "no weight x.layer1.0.conv3.weight: these are not the weights of torchvision's resnet50"},
		{"resnet18", twice, "has resnet18 2 times, with encoder_k., encoder_q. before the names"},
		{"vgg16", twice, "no weight features.0.weight: these are not the weights of torchvision's vgg16; the file has encoder_k.bn1.bias, "},
	} {
		if _, err := FileEncoder(c.arch, 2, "", "", c.path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// TestTrainFrom: a training that hardly moves ends near the weights that it is given.
func TestTrainFrom(t *testing.T) {
	cfg := smallConfig("vicreg")
	cfg.LR, cfg.Epochs, cfg.Warmup = 1e-9, 1, 0
	from, err := RandomEncoder(t.Context(), cfg.Arch, cfg.Width, "", "", 77)
	if err != nil {
		t.Fatal(err)
	}
	r := mustTrain(t, newFakeImages(8, 16, 16), cfg, Hooks{From: from})
	for _, name := range []string{"conv1.weight", "layer4.1.conv2.weight"} {
		got, _ := r.Weights.Get(name)
		for i, x := range from.weights[name].data {
			if d := got.Data[i] - x; d > 1e-6 || d < -1e-6 {
				t.Fatalf("%s: number %d is %v, want %v", name, i, got.Data[i], x)
			}
		}
	}
	if !strings.HasSuffix(r.Info.Name, "1 epoch from given weights") {
		t.Errorf("name %q", r.Info.Name)
	}
}
