package model

import "github.com/gomlx/gomlx/core/tensors"

// input is an array for a program. What is kept is used again; the rest is freed.
type input struct {
	*tensors.Tensor
	kept bool
}

// release frees what isn't kept.
func (x input) release() {
	if !x.kept {
		free(x.Tensor)
	}
}

// held has the batches of some images on the device, for who runs the same ones through a network again and again.
type held struct{ batches []*tensors.Tensor }

// get gives a batch, in order of i: one it has, or what bring brings, which it keeps. nil has and keeps none.
func (h *held) get(i int, bring func() (*tensors.Tensor, error)) (input, error) {
	if h != nil && i < len(h.batches) {
		return input{h.batches[i], true}, nil
	}
	x, err := bring()
	if err == nil && h != nil {
		h.batches = append(h.batches, x)
	}
	return input{x, h != nil}, err
}

func (h *held) free() {
	if h != nil {
		free(h.batches...)
	}
}
