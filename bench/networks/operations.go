package networks

import "fmt"

// Operations counts the multiplications and additions that a network of width 64 does for an image of size pixels up to a
// layer: those of its convolutions, each done directly, and of its fully connected layers. What lies between them (batch
// normalisation, pooling) is left out: it is some thousandth, and bound by memory.
type Operations struct {
	first, rest float64 // of the first convolution, whose input needs no gradient, and of all others
}

// Of knows resnet18, and vgg16 up to pool5 and fc2.
func Of(arch, layer string, size int) (Operations, error) {
	switch {
	case arch == "resnet18":
		return resnet18(size), nil
	case arch == "vgg16" && layer == "pool5":
		return vgg16(size), nil
	case arch == "vgg16" && layer == "fc2":
		o := vgg16(size)
		o.rest += 2 * (512*7*7*4096 + 4096*4096)
		return o, nil
	}
	return Operations{}, fmt.Errorf("the operations of %s up to %q are not counted", arch, layer)
}

// Forward is what inference takes.
func (o Operations) Forward() float64 { return o.first + o.rest }

// Training is what forward and backward pass take: each layer has, beside the forward product, one of the same size for the
// gradient of its weights, and all but the first another for that of its input.
func (o Operations) Training() float64 { return 2*o.first + 3*o.rest }

// convolution is a k×k one to size×size pixels.
func convolution(size, k, in, out int) float64 { return 2 * float64(size*size*k*k*in*out) }

func resnet18(size int) (o Operations) {
	s := (size + 1) / 2
	o.first = convolution(s, 7, 3, 64)
	s = (s + 1) / 2
	in := 64
	for stage := range 4 {
		out := 64 << stage
		if stage > 0 {
			s = (s + 1) / 2
			o.rest += convolution(s, 1, in, out)
		}
		o.rest += convolution(s, 3, in, out) + 3*convolution(s, 3, out, out)
		in = out
	}
	return o
}

func vgg16(size int) (o Operations) {
	o.first = convolution(size, 3, 3, 64)
	in := 64
	for i, stage := range [][]int{{64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}} {
		if i > 0 {
			size /= 2
		}
		for _, out := range stage {
			o.rest += convolution(size, 3, in, out)
			in = out
		}
	}
	return o
}
