package model

import "github.com/gomlx/gomlx/core/tensors"

// input is an array for a program. What is kept is used again; the rest is freed.
type input struct {
	*tensors.Tensor
	kept   bool
	copies []*tensors.Tensor // on the further devices, or their shares
}

// all are those of each device.
func (x input) all() []*tensors.Tensor { return append([]*tensors.Tensor{x.Tensor}, x.copies...) }

// release frees what isn't kept.
func (x input) release() {
	if !x.kept {
		free(x.all()...)
	}
}

// held has the batches of some images on the device, for who runs the same ones through a network again and again; nil has
// and keeps none.
type held struct{ batches []*tensors.Tensor }

// grow makes room for count batches.
func (h *held) grow(count int) {
	if h != nil && h.batches == nil {
		h.batches = make([]*tensors.Tensor, count)
	}
}

// get gives batch i: that it has, or what bring brings, which it keeps.
func (h *held) get(i int, bring func() (*tensors.Tensor, error)) (input, error) {
	if h != nil && h.batches[i] != nil {
		return input{Tensor: h.batches[i], kept: true}, nil
	}
	x, err := bring()
	if err == nil && h != nil {
		h.batches[i] = x
	}
	return input{Tensor: x, kept: h != nil}, err
}

func (h *held) free() {
	if h == nil {
		return
	}
	for _, x := range h.batches {
		if x != nil { // a stop came before it
			free(x)
		}
	}
}
