// Package winograd computes 3×3 convolutions of stride 1 with fewer multiplications than their definition asks for:
// Winograd's minimal filtering (A. Lavin, S. Gray: Fast Algorithms for Convolutional Neural Networks, CVPR 2016). A tile
// of 4×4 outputs takes 36 products instead of 144, one of 2×2 takes 16 instead of 36; a weight gradient takes 36 per 4×4
// tile instead of 144. Arrays are float32, pixels NHWC, weights in any order.
//
// Input tiles, taps and products are transformed per channel: Y = Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A, summed over input channels before
// the outer transform. The sum is, for each of the transform's 36 or 16 planes, a matrix product, done by gemm's tiles; the
// transforms are done in registers, channels side by side. Blocks are such that transformed arrays stay in caches: see
// byRows, byChannels and Gradient. How they are cut depends on the shape alone, so results have the same bits for any
// number of workers and from run to run.
//
// # Error
//
// The transforms' points are 0, ±5/8, ±3/2 and ∞, found by testdata/points.py; Lavin and Gray's 0, ±1, ±2 give more than twice
// the error. Scaled points are an idea of B. Barabasz, A. Anderson, K. Soodhalter, D. Gregg: Error Analysis and Improving the
// Accuracy of Winograd Convolution for DNNs, ACM TOMS 46(4), 2020. Measured against float64, in units of eps·‖x‖·‖w‖ of the
// products that an output adds up, eps = 2⁻²⁴ (TestError asserts the bounds):
//
//	                                       rms    largest   bounds     a plain loop in float32
//	data around zero, 64 to 512 channels   0.5    4.3       1 and 8    0.3 and 2.6
//	input's mean 100 times its spread      0.1    0.9       1 and 8    0.3 and 2.5
//	both means not zero                    3.6    15        6 and 30   9.5 and 34
//	weight gradients, around zero          0.5    3.1       1 and 8    0.3 and 2.2
//	weight gradients, means not zero       1.1    6.0       6 and 30   14 and 59
//
// So the error is about twice that of direct convolution on noise, and less than that of a plain loop where sums grow steadily,
// since they have fewer terms. The worst that signs contrived against the transforms could do is 564/9 times the bound of
// direct convolution (802/16 for weight gradients), as the sums of the matrices' absolute values show.
//
// The package owns transforms, blocking, and the choice of where the method pays. It knows nothing of networks or of GoMLX.
package winograd

//go:generate go run ./gen
