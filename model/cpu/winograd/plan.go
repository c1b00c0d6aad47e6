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
	ldv, ldm   int   // distance of the rows of V and M
	vs, us, ms int   // distance of the planes of V, U and M
	offsets    []int // of the rows of V
}

func newPlan(s Shape, workers int) *plan {
	s.positive()
	p := &plan{tiling: newTiling(s, choose(s)), workers: max(1, workers)}
	p.channels = fewTiles(p.tiles(), s)
	p.group = groupRows(p.tileRows(), p.across, gemm.MR())
	p.ldv, p.ldm = odd(s.Ci), odd(s.Co)
	tiles := p.group * p.across
	if p.channels {
		tiles, p.ldm = p.tiles(), gemm.NR()
	}
	p.vs, p.us, p.ms = odd(tiles*p.ldv), odd(gemm.PackedLen(s.Ci, s.Co)), odd(tiles*p.ldm)
	p.offsets = rowOffsets(tiles, p.ldv)
	return p
}

// choose is the size of tile with fewer multiplications.
func choose(s Shape) *kernels {
	multiplications := func(k *kernels) int { return ceil(s.OH, k.size) * ceil(s.OW, k.size) * k.planes() }
	if multiplications(tile2) < multiplications(tile4) {
		return tile2
	}
	return tile4
}

// fewTiles tells whether U is more than V.
func fewTiles(tiles int, s Shape) bool { return tiles <= 256 && tiles <= s.Co && s.Co >= 4*gemm.NR() }

// tilesWanted is how many tiles a work item should have at least: as many as let each number of U, once fetched, serve
// several tiles of gemm's.
const tilesWanted = 48

// groupRows is the number of tile rows, of cols tiles each, in a group.
func groupRows(rows, cols, mr int) int {
	best, least := 1, 0.0
	for g := 1; g <= rows; g++ {
		tiles := g * cols
		if tiles < tilesWanted && g < rows {
			continue
		}
		// Unused rows of gemm's tiles, in whole items and in the last, smaller one.
		waste := float64(rows/g*ceil(tiles, mr)*mr+ceil(rows%g*cols, mr)*mr) / float64(rows*cols)
		if least == 0 || waste < least-0.02 {
			best, least = g, waste
		}
		if tiles >= 2*tilesWanted {
			break
		}
	}
	return best
}

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
