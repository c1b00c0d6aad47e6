package model

import (
	"fmt"
	"slices"
	"strings"

	"fashionpipe/formats"
)

// otherNames are what timm calls VGG16's fully connected layers, which it has as convolutions over the 7×7 grid, [out, in,
// 7, 7] and [out, in, 1, 1]: the same numbers in the same order as torchvision's [out, in·7·7].
var otherNames = strings.NewReplacer("classifier.0.", "pre_logits.fc1.", "classifier.3.", "pre_logits.fc2.")

// readWeights takes a network's weights up to a layer from a file. Their names may have a prefix in common, which is found:
// module. of DataParallel, backbone. of a detector, state_dict.encoder_q. of a checkpoint. What else is in the file, such
// as a last layer, is left alone.
func (a *arch) readWeights(path string, width int, layer string) (map[string]tensor, error) {
	f, err := formats.OpenWeights(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	ws := a.weights(width, layer)
	prefix, err := a.prefix(f, ws)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	out := map[string]tensor{}
	for _, w := range ws {
		name, shape := find(f, prefix, w)
		if !fits(shape, w.shape) {
			return nil, fmt.Errorf("%s: %s has shape %v, and %s of width %d needs %v%s", path, name, shape, a.name, width, w.shape, widthHint(shape, w.shape, width))
		}
		t, err := f.Read(name)
		if err != nil {
			return nil, err
		}
		out[w.name] = tensor{w.shape, t.Data}
	}
	return out, nil
}

// find gives the name in the file of a weight below a prefix, and its shape; nil if it isn't there.
func find(f *formats.TensorFile, prefix string, w weight) (string, []int) {
	for _, name := range []string{prefix + w.name, prefix + otherNames.Replace(w.name)} {
		if shape, ok := f.Shape(name); ok {
			return name, append([]int{}, shape...)
		}
	}
	return prefix + w.name, nil
}

// widthHint says which width a weight has, where all that is different is its number of channels.
func widthHint(shape, need []int, width int) string {
	if len(shape) == 0 || len(shape) != len(need) || !slices.Equal(shape[1:], need[1:]) || shape[0]*width%need[0] != 0 {
		return ""
	}
	return fmt.Sprintf(": it is of width %d, so set width: %d", shape[0]*width/need[0], shape[0]*width/need[0])
}

// fits says whether a weight has the shape that is needed, or one of a convolution that is the same.
func fits(shape, need []int) bool {
	if len(shape) == 4 && len(need) == 2 {
		return shape[0] == need[0] && size(shape[1:]) == need[1]
	}
	return slices.Equal(shape, need)
}

// prefix finds what the names of the network's weights have before them in the file. It is an error if some are missing,
// if there are several such networks in the file, or if the one there has more blocks than this.
func (a *arch) prefix(f *formats.TensorFile, ws []weight) (string, error) {
	names := f.Names()
	var whole []string
	best, most, missing := "", 0, ws[0].name
	for _, name := range names {
		p, ok := strings.CutSuffix(name, ws[0].name)
		if !ok || p != "" && !strings.HasSuffix(p, ".") {
			continue
		}
		found, lacks := 0, ""
		for _, w := range ws {
			if _, shape := find(f, p, w); shape != nil {
				found++
			} else if lacks == "" {
				lacks = p + w.name
			}
		}
		if found > most {
			best, most, missing = p, found, lacks
		}
		if found == len(ws) {
			whole = append(whole, p)
		}
	}
	switch {
	case len(whole) > 1:
		return "", fmt.Errorf("it has %s %d times, with %s before the names of the weights: save the one you mean alone", a.name, len(whole), strings.Join(whole, ", "))
	case len(whole) == 0:
		return "", fmt.Errorf("no weight %s: these are not the weights of torchvision's %s; the file has %s", missing, a.name, some(names))
	}
	return best, a.noMore(names, best)
}

// noMore refuses the weights of a deeper network, such as ResNet34's for ResNet18, which has a part of them.
func (a *arch) noMore(names []string, prefix string) error {
	known := map[string]bool{}
	for _, w := range a.weights(1, a.layers[0]) {
		known[w.name] = true
	}
	for _, name := range names {
		own, ok := strings.CutPrefix(name, prefix)
		if ok && strings.HasPrefix(own, a.trunk) && strings.HasSuffix(own, ".weight") && !known[own] {
			return fmt.Errorf("%s is no weight of %s: this is another network", name, a.name)
		}
	}
	return nil
}

// some lists the first of many names.
func some(names []string) string {
	const most = 4
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
