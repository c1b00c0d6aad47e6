package formats

// Tensor is a named array of float32.
type Tensor struct {
	Name  string
	Shape []int     // empty: a scalar
	Data  []float32 // row-major, as many as the product of Shape
}

// Weights are the tensors of a network, sorted by name.
type Weights []Tensor
