package dot8

import (
	"fmt"
	"unsafe"
)

// Panels are rows packed to be the columns of products, NR to a panel: [width/4][NR] groups of four integers, moved by
// 128 into the range of bytes without a sign.
type Panels struct {
	width, n int
	b        []uint8   // panels × width × NR
	cols     []float32 // panels × (scale, half, norm, rest) × NR
}

// NewPanels makes room for n columns.
func NewPanels(n, width int) *Panels {
	panels := (n + NR - 1) / NR
	return &Panels{width: width, n: n, b: make([]uint8, panels*width*NR), cols: make([]float32, panels*4*NR)}
}

// Set makes row i of r column c. half is ½‖v‖² of the row, or what else stands for it, and norm ‖v‖.
func (p *Panels) Set(c int, r *Rows, i int, half, norm float64) {
	if r.width != p.width {
		panic(fmt.Sprintf("dot8: a row of %d in columns of %d", r.width, p.width))
	}
	panel, at := c/NR, c%NR
	q := words(unsafe.Slice((*uint8)(unsafe.Pointer(&r.q[i*r.width])), r.width))
	b := words(p.b[panel*p.width*NR : (panel+1)*p.width*NR])
	for g, w := range q {
		b[g*NR+at] = w ^ 0x80808080
	}
	f, cols := r.factors[3*i:3*i+3], p.cols[panel*4*NR:]
	cols[at], cols[NR+at], cols[2*NR+at], cols[3*NR+at] = f[0], float32(half*(1-2*tiny)-least), float32(norm*(1+tiny)), f[1]
}

// words takes bytes in fours. The order of bytes in a word does not matter.
func words(b []uint8) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}

// Bounds writes to dst[r·ldc + c − NR·panel], for each row r of a and each column c of the panels from panel to end,
// a lower bound of half − product: so with ½‖row‖² added, a lower bound of half the squared distance. dst has
// ⌈rows/MR⌉·MR rows, of which those after the last are lost.
func Bounds(dst []float32, ldc int, a *Rows, p *Panels, panel, end int) {
	tiles, cols := (a.n+MR-1)/MR, (end-panel)*NR
	if a.width != p.width || panel < 0 || panel > end || end*p.width*NR > len(p.b) || ldc < cols || len(dst) < (tiles*MR-1)*ldc+cols {
		panic(fmt.Sprintf("dot8: %d rows of %d by panels %d to %d of %d columns of %d into %d numbers by %d",
			a.n, a.width, panel, end, p.n, p.width, len(dst), ldc))
	}
	for ; panel < end; panel++ {
		for t := range tiles {
			tile(dst[t*MR*ldc:], ldc, a, t*MR, p.b[panel*p.width*NR:], p.cols[panel*4*NR:])
		}
		dst = dst[min(NR, len(dst)):]
	}
}

// Slack is at least how far what Bounds bounds from below may lie above its bound, for row i of a and column c.
func Slack(a *Rows, i int, p *Panels, c int) float64 {
	cols := p.cols[c/NR*4*NR+c%NR:]
	half, norm, rest := float64(cols[NR]), float64(cols[2*NR]), float64(cols[3*NR])
	return 2*(float64(a.factors[3*i+1])*norm+float64(a.factors[3*i+2])*rest) + 4*tiny*max(0, half) + 4*least
}
