// Package conv computes convolutions of images and the gradients of their weights, in float32, as matrix products with
// implicit lowering: the tile kernels of internal/simd/gemm read the pixels under the kernel through tables of offsets,
// so no matrix of patches is ever written (indirect convolution: M. Dukhan, The Indirect Convolution Algorithm, 2019).
//
// Images are [N, H, W, C], channels innermost. Weights may have any strides, so that [out, in, h, w] (torch), [h, w, in,
// out] (TensorFlow), kernels with input and output channels exchanged and reversed ones are all taken as they lie.
// Strides, kernel dilation, input dilation (zeros between pixels, as in gradients of strided convolutions), any padding,
// also negative, and groups are covered; no product with an inserted zero is computed.
//
// A Forward or a Gradient is made once for a shape and run many times; a run allocates nothing that lasts. Results have the
// same bits for any number of workers. The package knows slices and shapes only, neither tensors nor GoMLX.
package conv
