package winograd

import "fashionpipe/internal/simd"

// spread computes T·D·Tᵀ in each of n channels: src are pointers to the elements of D, row by row, each with its channels, of
// which those from first on are meant; the k-th element of the result goes to dst + k·stride.
type spread func(dst *float32, stride int, src **float32, first, n int)

// gather computes T·M·Tᵀ in each of n channels: the k-th element of M is at src + k·stride, dst are pointers to the
// channels of the elements of the result.
type gather func(dst **float32, src *float32, stride, n int)

// kernels are the transforms of one size of tile.
type kernels struct {
	size, points int    // tile's outputs and the points of the transform along an axis; points² planes
	lanes        int    // least number of channels
	input        spread // Bᵀ·d·B: points² pixels
	weights      spread // G·g·Gᵀ: 9 taps
	output       gather // Aᵀ·m·A: size² pixels
	gradient     spread // of output gradients, size² pixels, for weight gradients
	taps         gather // 9 taps of a weight gradient
	plain        *kernels
}

func (k *kernels) planes() int { return k.points * k.points }

// forChannels is the kernels for n channels at a time: plain ones if n is less than a register holds.
func (k *kernels) forChannels(n int) *kernels {
	if n < k.lanes {
		return k.plain
	}
	return k
}

var (
	plain4 = kernels{size: 4, points: 6, lanes: 1, input: spreadPlain(6, 6, input6), weights: spreadPlain(3, 6, weights6),
		output: gatherPlain(6, 4, output6), gradient: spreadPlain(4, 6, gradient6), taps: gatherPlain(6, 3, taps6)}
	plain2 = kernels{size: 2, points: 4, lanes: 1, input: spreadPlain(4, 4, input4), weights: spreadPlain(3, 4, weights4),
		output: gatherPlain(4, 2, output4)}
)

// tile4 and tile2 are the transforms in use, for tiles of 4×4 and 2×2 outputs.
var tile4, tile2 = forLevel(simd.Active())
