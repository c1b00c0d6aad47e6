package model

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
)

// Precision is how exactly networks are computed. Weights, their gradients, the optimiser's state, batch statistics, the
// mean over an image, losses and features are float32 in any of them.
type Precision string

const (
	// F32 has products of float32s, and keeps activations as float32.
	F32 Precision = "f32"
	// TF32 lets matrix units of NVIDIA GPUs round the factors of products to 10 bits of mantissa, as PyTorch's
	// torch.backends.cudnn.allow_tf32 does. Elsewhere it is F32.
	TF32 Precision = "tf32"
	// BF16 rounds the factors of products in convolutions and fully connected layers to bfloat16 (7 bits of mantissa, the
	// exponents of float32, so losses need no scaling), adds their products as float32, and keeps the activations between
	// layers as bfloat16. As torch.autocast(dtype=torch.bfloat16) does; but residual sums are rounded once, not twice, and a
	// weight that is used twice gets its gradients added as float32.
	BF16 Precision = "bf16"
)

// activations is the type of what is kept between layers.
func (p Precision) activations() dtypes.DType {
	if p == BF16 {
		return dtypes.BFloat16
	}
	return dtypes.Float32
}

// check says whether what was chosen has a precision.
func (c Choice) check(p Precision) error {
	switch {
	case p != F32 && p != TF32 && p != BF16:
		return fmt.Errorf("unknown precision %q: there are %s, %s and %s", p, F32, TF32, BF16)
	case p == BF16 && c.Name != "xla":
		is := "the backend is " + c.Name
		if c.Why != whyNamed {
			is = "the backend is " + c.Name + ", " + c.Why
		}
		return fmt.Errorf("precision %s needs XLA, and %s: set precision to %s, or backend to xla", p, is, F32)
	}
	return nil
}

// CheckPrecision says whether a backend setting has a precision on this machine. It looks only at files.
func CheckPrecision(setting string, p Precision) error {
	c, err := Choose(setting)
	if err != nil {
		return err
	}
	return c.check(p)
}

// rounds says whether what was chosen has matrix units that may round float32s.
func (c Choice) rounds() bool { return c.Name == "xla" && c.Plugin.Platform == "cuda" }

// cast gives x as a type, or x itself where it is of it.
func cast(x *Node, to dtypes.DType) *Node {
	if x.DType() == to {
		return x
	}
	return ConvertDType(x, to)
}

// wide gives x as float32.
func wide(x *Node) *Node { return cast(x, dtypes.Float32) }
