package loop

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// program is a random program with its memory.
type program struct {
	b          *Builder
	rows, cols int
	slots      []Buffer
	inputs     int // slots below are operands
	nums       []Value
	masks      []Value
}

var sizes = []int{1, 2, 3, 7, 16, 17, 48, 64, 100, 255, 256, 257, 511, 512, 513, 1000, 1024, 1025, 2100, 5000}

func drawProgram(t *rapid.T) *program {
	cols := rapid.SampledFrom(sizes).Draw(t, "cols")
	p := &program{cols: cols, rows: rapid.IntRange(0, max(2, 60000/cols)).Draw(t, "rows"), b: New(cols)}
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	for range rapid.IntRange(1, 6).Draw(t, "inputs") {
		p.addInput(rng, rapid.IntRange(0, 6).Draw(t, "kind"))
	}
	p.inputs = len(p.slots)
	for range rapid.IntRange(0, 12).Draw(t, "operations") {
		p.addOp(t)
	}
	for range rapid.IntRange(1, 3).Draw(t, "results") {
		p.addResult(t)
	}
	for range rapid.IntRange(0, 3).Draw(t, "sinks") {
		p.addSink(t)
	}
	return p
}

func (p *program) addInput(rng *rand.Rand, kind int) {
	n := map[int]int{0: p.rows * p.cols, 1: p.cols, 2: p.rows, 3: 1, 5: p.rows * p.cols, 6: p.rows * p.cols}[kind]
	slot := len(p.slots)
	var s Buffer
	switch kind {
	case 4:
		p.nums = append(p.nums, p.b.Const(float32(rng.IntN(5)-2)))
		return
	case 5:
		s.U8 = make([]uint8, n)
		for i := range s.U8 {
			s.U8[i] = uint8(rng.Uint32())
		}
		p.nums = append(p.nums, p.b.Uint8(slot))
	case 6:
		s.Bool = make([]bool, n)
		for i := range s.Bool {
			s.Bool[i] = rng.IntN(2) == 0
		}
		p.masks = append(p.masks, p.b.Bool(slot))
	default:
		s.F32 = make([]float32, n)
		for i := range s.F32 {
			s.F32[i] = float32(rng.NormFloat64())
		}
		makers := []func(int) Value{p.b.Full, p.b.Row, p.b.Col, p.b.Scalar}
		p.nums = append(p.nums, makers[kind](slot))
	}
	p.slots = append(p.slots, s)
}

func (p *program) addOp(t *rapid.T) {
	op := Op(rapid.IntRange(int(Neg), int(ToMask)).Draw(t, "op"))
	s := signatures[op]
	var args []Value
	for i := range s.args {
		from := p.nums
		if s.masks[i] {
			from = p.masks
		}
		if len(from) == 0 {
			return
		}
		args = append(args, rapid.SampledFrom(from).Draw(t, "operand"))
	}
	v := p.b.Apply(op, args...)
	if s.gives {
		p.masks = append(p.masks, v)
	} else {
		p.nums = append(p.nums, v)
	}
}

func (p *program) addResult(t *rapid.T) {
	n := p.rows * p.cols
	slot := len(p.slots)
	switch kind := rapid.IntRange(0, 2).Draw(t, "result"); {
	case kind == 1 && len(p.masks) > 0:
		p.b.OutBool(slot, rapid.SampledFrom(p.masks).Draw(t, "mask"))
		p.slots = append(p.slots, Buffer{Bool: make([]bool, n)})
	case kind == 2 && len(p.nums) > 0:
		p.b.OutUint8(slot, rapid.SampledFrom(p.nums).Draw(t, "number"))
		p.slots = append(p.slots, Buffer{U8: make([]uint8, n)})
	case len(p.nums) > 0:
		p.b.Out(slot, rapid.SampledFrom(p.nums).Draw(t, "number"))
		p.slots = append(p.slots, Buffer{F32: make([]float32, n)})
	default:
		p.b.OutBool(slot, p.masks[0])
		p.slots = append(p.slots, Buffer{Bool: make([]bool, n)})
	}
}

func (p *program) addSink(t *rapid.T) {
	if len(p.nums) == 0 {
		return
	}
	v := rapid.SampledFrom(p.nums).Draw(t, "sink")
	if rapid.Bool().Draw(t, "products") {
		d := p.b.Apply(Sub, v, rapid.SampledFrom(p.nums).Draw(t, "mean"))
		v = p.b.Apply(Mul, d, rapid.SampledFrom(p.nums).Draw(t, "factor"))
	}
	over := Over(rapid.IntRange(0, 2).Draw(t, "over"))
	n := map[Over]int{OverRows: p.cols, OverCols: p.rows, OverAll: 1}[over]
	slot := len(p.slots)
	p.slots = append(p.slots, Buffer{F32: make([]float32, n)})
	p.b.Sink(slot, v, Reduction(rapid.IntRange(0, 2).Draw(t, "reduction")), over)
}

// clone copies the memory: operands with their content, results filled with rubbish.
func (p *program) clone() []Buffer {
	c := make([]Buffer, len(p.slots))
	for i, s := range p.slots {
		c[i] = Buffer{slices.Clone(s.F32), slices.Clone(s.U8), slices.Clone(s.Bool)}
		if i >= p.inputs {
			for j := range c[i].F32 {
				c[i].F32[j] = 77
			}
		}
	}
	return c
}

// alias lets results take the memory of operands of their kind, each of another one.
func (p *program) alias(c []Buffer) {
	taken := map[int]bool{}
	for _, r := range p.b.results {
		for _, n := range p.b.nodes {
			if n.op != opInput || taken[n.slot] {
				continue
			}
			if n.kind == inFull && r.kind == outFloat32 || n.kind == inUint8 && r.kind == outUint8 || n.kind == inBool && r.kind == outBool {
				taken[n.slot] = true
				c[r.slot] = c[n.slot]
				break
			}
		}
	}
}

func (p *program) do(prog *Program, slots []Buffer, workers int) {
	scratch := make([][]float32, workers)
	for i := range scratch {
		scratch[i] = make([]float32, prog.ScratchLen())
		for j := range scratch[i] {
			scratch[i][j] = float32(math.NaN())
		}
	}
	b := &Bind{Slots: slots, Records: make([]float64, prog.RecordLen()*prog.Parts(p.rows))}
	prog.Do(b, p.rows, scratch)
}

func sameBits(a, b Buffer) bool {
	return slices.EqualFunc(a.F32, b.F32, func(x, y float32) bool {
		return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
	}) && slices.Equal(a.U8, b.U8) && slices.Equal(a.Bool, b.Bool)
}

// TestRandomPrograms runs random programs against the plain interpreter: element results to the bit, sums within the
// rounding of float32; in place, with more workers, and cut at odd places.
func TestRandomPrograms(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		written := slices.Clone(p.b.nodes)
		prog, err := p.b.Build()
		if err != nil {
			t.Fatal(err)
		}
		naive := p.naive(p.b.nodes, false) // with fused products, as they round once
		p.sameMeaning(t, p.naive(written, true), p.naive(p.b.nodes, true))
		got := p.clone()
		p.do(prog, got, 1)
		p.check(t, naive, got)

		other := p.clone()
		p.do(prog, other, 3)
		old := streamLen
		streamLen = 1
		streamed := p.clone()
		p.do(prog, streamed, 2)
		streamLen = old
		place := p.clone()
		p.alias(place)
		p.do(prog, place, 2)
		for i := p.inputs; i < len(got); i++ {
			if !sameBits(got[i], other[i]) {
				t.Fatalf("slot %d: other bits with 3 workers", i)
			}
			if !sameBits(got[i], streamed[i]) {
				t.Fatalf("slot %d: other bits past the caches", i)
			}
			if !sameBits(got[i], place[i]) {
				t.Fatalf("slot %d: other bits in place", i)
			}
		}
		p.runInPieces(t, naive, prog)
	})
}

func (p *program) naive(nodes []node, twice bool) *naive {
	b := &Builder{cols: p.cols, nodes: nodes}
	return &naive{b: b, bind: &Bind{Slots: p.slots}, rows: p.rows, memo: map[Value][]float32{}, twice: twice}
}

// sameMeaning checks that Build has not changed what the values mean.
func (p *program) sameMeaning(t *rapid.T, written, built *naive) {
	for _, r := range p.b.results {
		if !sameBits(Buffer{F32: written.at(r.value)}, Buffer{F32: built.at(r.value)}) {
			t.Fatalf("slot %d: another meaning", r.slot)
		}
	}
	for _, s := range p.b.sinks {
		if !sameBits(Buffer{F32: written.at(s.value)}, Buffer{F32: built.at(s.value)}) {
			t.Fatalf("sink %d: another meaning", s.slots.Sum)
		}
	}
}

func (p *program) check(t *rapid.T, n *naive, got []Buffer) {
	for _, r := range p.b.results {
		want := n.at(r.value)
		for i, w := range want {
			var ok bool
			switch r.kind {
			case outBool:
				ok = got[r.slot].Bool[i] == set(w)
			case outUint8:
				ok = got[r.slot].U8[i] == toUint8(w)
			default:
				g := got[r.slot].F32[i]
				ok = math.Float32bits(g) == math.Float32bits(w) || g != g && w != w
			}
			if !ok {
				t.Fatalf("slot %d, number %d: want %v", r.slot, i, w)
			}
		}
	}
	for _, s := range p.b.sinks {
		want, scale := n.reduce(s)
		for i, w := range want {
			g := float64(got[s.slots.Sum].F32[i])
			if g == float64(float32(w)) || g != g && w != w || !(math.Abs(scale[i]) < 1e37) {
				continue
			}
			if !(math.Abs(g-w) <= 1e-5*scale[i]) {
				t.Fatalf("sink in slot %d: number %d is %v, want %v of magnitude %v", s.slots.Sum, i, g, w, scale[i])
			}
		}
	}
}

func toUint8(v float32) uint8 {
	switch {
	case !(v > 0):
		return 0
	case v >= 255:
		return 255
	}
	return uint8(v)
}

// runInPieces does the rows in three runs, the last first, as a convolution would.
func (p *program) runInPieces(t *rapid.T, n *naive, prog *Program) {
	got := p.clone()
	cut1 := rapid.IntRange(0, p.rows).Draw(t, "cut")
	cut2 := rapid.IntRange(cut1, p.rows).Draw(t, "cut")
	b := &Bind{Slots: got, Records: make([]float64, prog.RecordLen()*4)}
	scratch := make([]float32, prog.ScratchLen())
	prog.Begin(b)
	prog.Run(b, cut2, p.rows, 3, scratch)
	prog.Run(b, 0, cut1, 0, scratch)
	prog.Run(b, cut1, cut2, 1, scratch)
	prog.Finish(b)
	p.check(t, n, got)

	again := p.clone()
	b.Slots = again
	prog.Run(b, 0, cut1, 2, scratch)
	prog.Run(b, cut1, cut2, 0, scratch)
	prog.Run(b, cut2, p.rows, 1, scratch)
	prog.FinishIn(b, []int{2, 0, 1})
	for i := range got {
		if !sameBits(got[i], again[i]) {
			t.Fatalf("slot %d: other bits with records in another order", i)
		}
	}
}
