package winograd

import (
	"unsafe"

	"fashionpipe/internal/simd/gemm"
)

// plan is how a shape is computed: its tiles, and where the transformed arrays lie. There is a matrix per plane, a plane
// being one of the transform's points²: V, tiles × Ci, of the input; U, Ci × Co in gemm's panels, of the taps; their product
// M, tiles × Co. All but workers depends on the shape alone, and on the level of instructions.
type plan struct {
	tiling
	workers    int
	channels   bool  // work items are panels of output channels, see byChannels, and not groups of tile rows, see byRows
	group      int   // tile rows in a group
	chunk      int   // tiles of a group whose V is made at a time
	ldv, ldm   int   // distance of the rows of V and M
	vs, us, ms int   // distance of the planes of V, U and M
	offsets    []int // of the rows of V
}

func newPlan(s Shape, workers int) *plan {
	s.positive()
	p := &plan{tiling: newTiling(s, choose(s)), workers: max(1, workers)}
	p.channels = fewTiles(p.tiles(), s)
	w := newWork(s)
	p.group = w.groupRows(p.tileRows(), p.across)
	p.chunk = min(p.group*p.across, w.chunk)
	p.place()
	return p
}

// place lays the arrays out.
func (p *plan) place() {
	tiles := p.chunk
	p.ldv, p.ldm = apart(p.Ci), apart(p.Co)
	if p.channels {
		tiles, p.ldm = p.tiles(), gemm.NR()
	}
	p.vs, p.us, p.ms = odd(tiles*p.ldv), odd(gemm.PackedLen(p.Ci, p.Co)), odd(tiles*p.ldm)
	p.offsets = rowOffsets(tiles, p.ldv)
}

// choose is the size of tile with fewer multiplications.
func choose(s Shape) *kernels {
	multiplications := func(k *kernels) int { return ceil(s.OH, k.size) * ceil(s.OW, k.size) * k.planes() }
	if multiplications(tile2) < multiplications(tile4) {
		return tile2
	}
	return tile4
}

// fewTiles tells whether work is to be shared out by panels of output channels: where there are several, and so few tiles that
// M of a panel stays in the second cache.
func fewTiles(tiles int, s Shape) bool { return tiles <= 128 && s.Co >= 4*gemm.NR() }

func (p *plan) groups() int { return ceil(p.tileRows(), p.group) }

// groupRange is the tile rows of a group.
func (p *plan) groupRange(g int) (first, last int) {
	return g * p.group, min((g+1)*p.group, p.tileRows())
}

func (p *plan) weightsLen() int { return p.kernels.planes() * p.us }

// workerLen is the scratch of a worker, a multiple of cache lines.
func (p *plan) workerLen() int {
	if p.channels {
		return p.byChannelsLen()
	}
	return max(p.byRowsLen(), blockLen(packRows))
}

const alignment = 16 // float32 in a cache line

// aligned is s from its first cache line on.
func aligned(s []float32) []float32 {
	past := int(uintptr(unsafe.Pointer(unsafe.SliceData(s)))/4) % alignment
	return s[(alignment-past)%alignment:]
}

func rowOffsets(n, distance int) []int {
	offsets := make([]int, n)
	for i := range offsets {
		offsets[i] = i * distance
	}
	return offsets
}
